//! A server in a process of its own, so that its memory can be told from the laptops'.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use auxlog_record::{AgencyId, PublicKey};
use auxlog_server::admin::Admin;
use auxlog_server::{Config, Server};
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Connection, Outcome, SyncError, confirm, offer, sync_once};
use tempfile::TempDir;

use crate::support::{Kind, Laptop, postgres};

/// Serves over `dir` until its standard input ends; prints its address.
pub(crate) async fn serve(dir: &str, db: Option<&str>) {
    let mut config = Config::new(Path::new(dir), SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db = db.map(str::to_owned);
    let handle = Server::start(config).await.expect("the server starts");
    println!("{}", handle.url);
    let wait = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = wait.await;
    handle.shutdown().await;
}

/// The same, as those who use it see it.
pub(crate) struct Served {
    child: Child,
    dir: TempDir,
    pub(crate) url: String,
    pub(crate) admin: Admin,
}

impl Served {
    pub(crate) async fn start(kind: Kind) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let db = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(postgres::database().await),
        };
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.arg("serve").arg(dir.path()).args(&db).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut url).expect("its address");
        let admin = Admin::open(dir.path(), db.as_deref()).await.expect("the same database");
        admin.add_agency(&"A01".into(), "A01").await.expect("added");
        Self { child, dir, url: url.trim().to_owned(), admin }
    }

    pub(crate) fn key(&self) -> PublicKey {
        *self.admin.server_key()
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection::new(&self.url, None).expect("an address")
    }

    /// The most memory that it ever had, MiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
    }

    /// Bytes of the database, where it is a file.
    pub(crate) fn disk(&self) -> u64 {
        std::fs::metadata(self.dir.path().join("server.sqlite")).map_or(0, |file| file.len())
    }

    pub(crate) async fn laptop(&self, officer: &str, seed: u8) -> Arc<Laptop> {
        let laptop = Arc::new(Laptop::new("A01", officer, seed));
        enrol(&self.admin, &self.connection(), &laptop, officer).await;
        laptop
    }

    pub(crate) async fn sync(&self, laptop: &Arc<Laptop>) -> Result<Outcome, SyncError> {
        let ledger: Arc<dyn LocalLedger> = Arc::clone(laptop) as Arc<dyn LocalLedger>;
        sync_once(&ledger, &self.connection(), self.key(), |_| {}).await.map_err(|(error, _)| error)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Enrols a laptop with a code made on the server's machine.
pub(crate) async fn enrol(admin: &Admin, connection: &Connection, laptop: &Laptop, officer: &str) {
    let code = admin.code(&AgencyId::from("A01"), &officer.into(), Role::Officer, true).await.expect("a code");
    let offered = offer(connection, &code).await.expect("an offer");
    let keep = |_| Ok::<_, auxlog_sync::EnrolError>(());
    confirm(connection, &offered.server_key, &code, &laptop.key, "laptop", None, keep).await.expect("confirmed");
}
