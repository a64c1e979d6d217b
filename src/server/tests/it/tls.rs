//! TLS: what is beyond loopback is encrypted, and only a certificate that is trusted counts.
//!
//! The certificates under `tls/` are for these tests alone; their authority's key is gone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use auxlog_server::admin::Admin;
use auxlog_server::{Config, Server, Tls};
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Connection, SyncError, offer, sync_once};

use crate::support::{Laptop, confirm};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_talks_tls_to_a_server_whose_certificate_it_trusts() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut config = Config::new(dir.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
    config.tls = Some(Tls { cert: file("server.pem"), key: file("server.key") });
    let handle = Server::start(config).await.expect("starts");
    assert!(handle.url.starts_with("https://"));
    let admin = Admin::of(&handle);
    admin.add_agency(&"A01".into(), "A01").await.expect("added");
    let code = admin.code(&"A01".into(), &"O1".into(), Role::Officer, true).await.expect("a code");

    let stranger = Connection::new(&handle.url, None).expect("an address");
    let distrusted = offer(&stranger, &code).await.expect_err("an unknown authority");
    assert!(matches!(distrusted, auxlog_sync::EnrolError::Sync(SyncError::Network(_))), "{distrusted}");

    let authority = std::fs::read(file("ca.pem")).expect("there");
    let connection = Connection::new(&handle.url, Some(&authority)).expect("an address");
    let offered = offer(&connection, &code).await.expect("trusted");
    let laptop = Arc::new(Laptop::new("A01", "O1", 1));
    confirm(&connection, &offered.server_key, &code, &laptop.key, "laptop", None).await.expect("enrolled");
    let ledger: Arc<dyn LocalLedger> = laptop;
    let outcome = sync_once(&ledger, &connection, offered.server_key, |_| {}).await;
    assert!(outcome.map_err(|(error, _)| error).expect("synchronises").covered);
    handle.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_there_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut config = Config::new(dir.path(), SocketAddr::from(([0, 0, 0, 0], 0)));
    config.tls = Some(Tls { cert: file("missing.pem"), key: file("server.key") });
    let error = Server::start(config).await.expect_err("no certificate");
    assert!(error.to_string().contains("missing.pem"), "{error}");
}
