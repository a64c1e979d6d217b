//! A real server over a real database and real TCP, and laptops that enrol with it.

#[path = "../../../../sync/tests/days/mod.rs"]
pub(crate) mod days;
pub(crate) mod everyday;
#[path = "../../../../sync/tests/support/ledger.rs"]
pub(crate) mod ledger;
pub(crate) mod postgres;
pub(crate) mod proxy;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use auxlog_record::{AgencyId, Clock, Moment, PublicKey, Signer, SystemClock, WriterId, china};
use auxlog_server::admin::Admin;
use auxlog_server::{Allowance, Config, Handle, LimitOptions, Rulebooks, Server};
use auxlog_sync::auth::{RequestAuth, ServerId, Signable};
use auxlog_sync::enrol::Role;
use auxlog_sync::http::Request;
use auxlog_sync::local::{LocalLedger, Pulled};
use auxlog_sync::message::{Capabilities, Have, PROTOCOL, Standing, SyncRequest};
use auxlog_sync::{Confirmed, Connection, EnrolError, Outcome, SyncError, offer, sync_once};
use chrono::TimeZone as _;
use tempfile::TempDir;

pub(crate) use ledger::{Laptop, task};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A clock that tests set.
#[derive(Debug)]
pub(crate) struct SetClock(pub(crate) AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Moment {
        let ms = self.0.load(Ordering::Relaxed);
        Moment(china().timestamp_millis_opt(ms).single().expect("in range"))
    }
}

/// A server under test.
pub(crate) struct World {
    pub(crate) handle: Option<Handle>,
    pub(crate) admin: Admin,
    pub(crate) dir: TempDir,
    pub(crate) db: Option<String>,
    pub(crate) clock: Option<Arc<SetClock>>,
    pub(crate) limits: LimitOptions,
    proxies: Vec<std::net::IpAddr>,
    /// By which it judges from its next start on.
    pub(crate) rulebooks: Rulebooks,
}

impl World {
    /// A server with agencies A01 and A02.
    pub(crate) async fn new(kind: Kind) -> Self {
        Self::with(kind, None).await
    }

    /// The same, its clock set by the test.
    pub(crate) async fn with(kind: Kind, clock: Option<Arc<SetClock>>) -> Self {
        Self::made(kind, clock, LimitOptions::default()).await
    }

    /// The same over SQLite, with limits of its own.
    pub(crate) async fn limited(limits: LimitOptions) -> Self {
        Self::made(Kind::Sqlite, None, limits).await
    }

    /// The same over either, for as many laptops as a test enrols.
    pub(crate) async fn crowded(kind: Kind) -> Self {
        let strangers = Allowance { burst: 10_000, per_minute: 10_000 };
        Self::made(kind, None, LimitOptions { strangers, ..LimitOptions::default() }).await
    }

    /// The same behind proxies that are trusted.
    pub(crate) async fn behind(limits: LimitOptions, proxies: Vec<std::net::IpAddr>) -> Self {
        Self::of(Kind::Sqlite, None, limits, proxies).await
    }

    /// The same over a database, its clock set by the test.
    pub(crate) async fn made(kind: Kind, clock: Option<Arc<SetClock>>, limits: LimitOptions) -> Self {
        Self::of(kind, clock, limits, Vec::new()).await
    }

    async fn of(
        kind: Kind,
        clock: Option<Arc<SetClock>>,
        limits: LimitOptions,
        proxies: Vec<std::net::IpAddr>,
    ) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let db = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(postgres::database().await),
        };
        let rulebooks = Rulebooks::default();
        let handle = start(&dir, db.as_deref(), clock.clone(), limits, &proxies, &rulebooks).await;
        let admin = Admin::of(&handle);
        for agency in ["A01", "A02"] {
            admin.add_agency(&agency.into(), agency).await.expect("added");
        }
        Self { handle: Some(handle), admin, dir, db, clock, limits, proxies, rulebooks }
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.handle.as_ref().expect("it runs")
    }

    pub(crate) fn url(&self) -> &str {
        &self.handle().url
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection::new(self.url(), None).expect("a good address")
    }

    /// Ends the server and starts it again over the same data.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    pub(crate) async fn stop(&mut self) {
        self.handle.take().expect("it runs").shutdown().await;
    }

    pub(crate) async fn start(&mut self) {
        let handle =
            start(&self.dir, self.db.as_deref(), self.clock.clone(), self.limits, &self.proxies, &self.rulebooks).await;
        self.admin = Admin::of(&handle);
        self.handle = Some(handle);
    }

    /// An enrolled laptop of an officer, its key made from `seed`.
    pub(crate) async fn laptop(&self, agency: &str, officer: &str, seed: u8) -> Arc<Laptop> {
        self.laptop_as(agency, officer, seed, Role::Officer).await
    }

    /// The same in another role.
    pub(crate) async fn laptop_as(&self, agency: &str, officer: &str, seed: u8, role: Role) -> Arc<Laptop> {
        let laptop = Arc::new(Laptop::new(agency, officer, seed));
        self.enrol(&laptop, agency, officer, role).await;
        laptop
    }

    pub(crate) async fn enrol(&self, laptop: &Laptop, agency: &str, officer: &str, role: Role) {
        let code = self.admin.code(&AgencyId::from(agency), &officer.into(), role, true).await.expect("a code");
        let connection = self.connection();
        let offered = offer(&connection, &code).await.expect("an offer");
        let before = Some(laptop.disk().own.len() as u64).filter(|seq| *seq > 1);
        let confirmed = confirm(&connection, &offered.server_key, &code, &laptop.key, "laptop", before).await;
        let confirmed = confirmed.expect("confirmed");
        assert_eq!(confirmed.standing, Standing::Active);
    }

    /// Lets a laptop in, with the digits that the list shows.
    pub(crate) async fn approve(&self, writer: WriterId) {
        let device = writer.to_string();
        let digits = self.admin.find(&device).await.expect("known").digits(self.admin.server_key());
        self.admin.approve(&device, &digits.expect("it met the server")).await.expect("approved");
    }

    /// Has a laptop's key frozen: a copy of its disk comes with another record in a place that is taken.
    pub(crate) async fn freeze(&self, laptop: &Arc<Laptop>, officer: &str, seed: u8) {
        let twin = Arc::new(Laptop::new("A01", officer, seed));
        twin.restore(laptop.disk().clone());
        laptop.log(1);
        twin.record(&ledger::task("other", "在路口劝导行人"));
        self.sync(laptop).await.expect("the first to come is the chain");
        self.sync(&twin).await.expect_err("the other is a fork");
    }

    /// Synchronises once.
    pub(crate) async fn sync(&self, laptop: &Arc<Laptop>) -> Result<Outcome, SyncError> {
        self.sync_by(&self.connection(), laptop).await
    }

    /// Synchronises once by another way.
    pub(crate) async fn sync_by(&self, connection: &Connection, laptop: &Arc<Laptop>) -> Result<Outcome, SyncError> {
        let ledger: Arc<dyn LocalLedger> = Arc::clone(laptop) as Arc<dyn LocalLedger>;
        let before = of_office(laptop);
        let outcome = sync_once(&ledger, connection, self.handle().public_key, |_| {}).await;
        let mut outcome = outcome.map_err(|(error, _)| error)?;
        // Tests count what officers wrote; what the office says comes down beside it.
        outcome.received -= of_office(laptop) - before;
        Ok(outcome)
    }
}

/// Records of the office that a laptop pulled.
fn of_office(laptop: &Laptop) -> u64 {
    let pulled = laptop.disk().pulled.len() as u64;
    pulled - laptop.of_officers().len() as u64
}

impl Laptop {
    /// What it pulled of other officers, in the log's order.
    pub(crate) fn of_officers(&self) -> Vec<Pulled> {
        let disk = self.disk();
        let pulled = disk.pulled.iter().filter(|pulled| !auxlog_record::is_office(pulled.record.envelope().kind));
        pulled.cloned().collect()
    }
}

async fn start(
    dir: &TempDir,
    db: Option<&str>,
    clock: Option<Arc<SetClock>>,
    limits: LimitOptions,
    proxies: &[std::net::IpAddr],
    rulebooks: &Rulebooks,
) -> Handle {
    let mut config = Config::new(dir.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
    config.db = db.map(str::to_owned);
    config.limits = limits;
    config.trusted_proxies = proxies.to_vec();
    config.rulebooks = rulebooks.clone();
    if let Some(clock) = clock {
        config.clock = clock;
    }
    Server::start(config).await.expect("the server starts")
}

/// A request signed by a laptop's key as of `at_ms`, its nonce made from `nonce`.
pub(crate) fn signed(
    world: &World,
    laptop: &Laptop,
    method: &'static str,
    target: &str,
    body: Vec<u8>,
    at_ms: u64,
    nonce: u64,
) -> Request {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&nonce.to_be_bytes());
    let server = ServerId::of(&world.handle().public_key);
    let signable = Signable { method, target, body: &body, server };
    let auth = RequestAuth::sign(&laptop.key, &laptop.agency(), at_ms, bytes, signable).to_string();
    Request { method, target: target.to_owned(), auth: Some(auth), body }
}

/// Uses a code as a laptop does that keeps nothing of an earlier try.
pub(crate) async fn confirm(
    connection: &Connection,
    server: &PublicKey,
    code: &str,
    signer: &dyn Signer,
    laptop: &str,
    before: Option<u64>,
) -> Result<Confirmed, EnrolError> {
    auxlog_sync::confirm(connection, server, code, signer, laptop, before, |_| Ok(())).await
}

/// The machine's clock, milliseconds since 1970 UTC.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(SystemClock.now().millis()).expect("after 1970")
}

/// What a sync request of a laptop that has nothing looks like.
pub(crate) fn empty_sync() -> SyncRequest {
    SyncRequest {
        protocol: PROTOCOL,
        client: "test".into(),
        push: Vec::new(),
        have: Have::default(),
        want: 0,
        restore: None,
        proof: None,
        caps: Capabilities::default(),
    }
}

/// How many were made.
static COPIES: AtomicU32 = AtomicU32::new(0);

/// A copy of a server's database, to be put back later.
pub(crate) enum Copy {
    Sqlite(std::path::PathBuf),
    Postgres(String),
}

impl World {
    /// Copies the database: SQLite while it is in use, PostgreSQL as a template.
    pub(crate) async fn copy(&mut self) -> Copy {
        if let Some(url) = self.db.clone() {
            self.stop().await;
            let copy = postgres::copy(&url).await;
            self.start().await;
            return Copy::Postgres(copy);
        }
        let file = self.dir.path().join(format!("backup-{}.sqlite", COPIES.fetch_add(1, Ordering::Relaxed)));
        self.admin.backup(&file).await.expect("a backup");
        Copy::Sqlite(file)
    }

    /// Ends the server, puts a copy in its database's place, and starts it again.
    pub(crate) async fn put_back(&mut self, copy: Copy) {
        self.stop().await;
        self.replace(copy);
        self.start().await;
    }

    /// The same, with everything that the server keeps of its log beside the database gone, as by
    /// somebody who wants it to go unnoticed.
    pub(crate) async fn put_back_unnoticed(&mut self, copy: Copy) {
        self.stop().await;
        std::fs::remove_file(self.dir.path().join("heads")).expect("removed");
        self.replace(copy);
        self.start().await;
    }

    fn replace(&mut self, copy: Copy) {
        match copy {
            Copy::Postgres(url) => self.db = Some(url),
            Copy::Sqlite(file) => {
                for end in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(self.dir.path().join(format!("server.sqlite{end}")));
                }
                std::fs::rename(file, self.dir.path().join("server.sqlite")).expect("moved");
            }
        }
    }
}
