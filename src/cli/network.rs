//! The way to the server.

use auxlog_sync::{Connection, ConnectionError};
use i18n_embed_fl::fl;

use crate::exit::Failure;
use crate::words::Words;

/// A way to the server at `address`.
pub(crate) fn connect(address: &str, words: &Words) -> Result<Connection, Failure> {
    Connection::new(address, None).map_err(|error| refused(&error, words))
}

/// Why an address cannot be used.
pub(crate) fn refused(error: &ConnectionError, words: &Words) -> Failure {
    let loader = words.loader();
    Failure::usage(match error {
        ConnectionError::Address(address) => fl!(loader, "server-address", address = address.clone()),
        ConnectionError::PlainHttp(address) => fl!(loader, "server-plain-http", address = address.clone()),
        ConnectionError::Tls(why) => fl!(loader, "server-tls", why = words.reason(why)),
    })
}

/// What the laptop calls itself in the administrator's list.
pub(crate) fn laptop_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
