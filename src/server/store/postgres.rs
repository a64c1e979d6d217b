//! What is particular to `PostgreSQL`: row locks, and the errors after which a transaction is
//! tried again.

use std::str::FromStr as _;

use sqlx::any::AnyConnectOptions;

use super::{Dialect, Result};

pub(super) const DIALECT: Dialect = Dialect {
    bytes: "BYTEA",
    numbered: true,
    begin: "BEGIN",
    for_update: " FOR UPDATE",
    // Whatever the cluster's default is: a receipt is sent after the commit.
    on_connect: &["SET synchronous_commit = on"],
    loosen: "SET synchronous_commit = off",
    // VACUUM needs no telling: autovacuum comes round, and only then are old rows gone.
    scrub: None,
    single_writer: false,
    // Serialisation failure, deadlock, and a connection or server that went away.
};

pub(super) fn options(url: &str) -> Result<AnyConnectOptions> {
    Ok(AnyConnectOptions::from_str(url)?)
}
