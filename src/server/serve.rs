//! Starting and ending the server.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auxlog_record::{Clock, PublicKey, Signer as _, SystemClock};
use auxlog_sync::auth::ServerId;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::answered::Answered;
use crate::api::{self, App};
use crate::bodies::Bodies;
use crate::commit::Committer;
use crate::connections::{Connections, Gate};
use crate::identity;
use crate::judge::Judge;
use crate::limits::{Blamed, LimitOptions, Limits};
use crate::metrics::Metrics;
use crate::rulebooks::Rulebooks;
use crate::store::{Store, StoreError, file_of};
use crate::verify;

/// How long requests that are under way may take once the server ends.
const DRAIN: Duration = Duration::from_secs(10);

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server's key is kept, and the database where no other is named.
    pub data_dir: PathBuf,
    /// `sqlite://PATH` or `postgres://…`; `None` is SQLite in the data directory.
    pub db: Option<String>,
    /// Where it listens; port 0 picks one.
    pub listen: SocketAddr,
    /// Certificate chain and key in PEM; required beyond loopback.
    pub tls: Option<Tls>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Limits of this replica.
    pub limits: LimitOptions,
    /// Proxies whose `X-Forwarded-For` counts for where a request comes from.
    pub trusted_proxies: Vec<IpAddr>,
    /// By which records are judged again.
    pub rulebooks: Rulebooks,
}

/// Files of a TLS certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub cert: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

impl Config {
    /// A server over `data_dir` that listens on `listen`, everything else as usual.
    pub fn new(data_dir: impl Into<PathBuf>, listen: SocketAddr) -> Self {
        Self {
            data_dir: data_dir.into(),
            db: None,
            listen,
            tls: None,
            clock: Arc::new(SystemClock),
            limits: LimitOptions::default(),
            trusted_proxies: Vec::new(),
            rulebooks: Rulebooks::default(),
        }
    }

    /// The database's address.
    pub fn database(&self) -> String {
        database(&self.data_dir, self.db.as_deref())
    }
}

/// The database's address: as named, or SQLite in the data directory.
pub(crate) fn database(data_dir: &Path, db: Option<&str>) -> String {
    db.map_or_else(|| format!("sqlite://{}", data_dir.join("server.sqlite").display()), str::to_owned)
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Plain HTTP is for loopback only.
    #[error(
        "{0} is not a loopback address: give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that ends TLS"
    )]
    PlainHttp(SocketAddr),
    /// Certificate or key can't be used.
    #[error("TLS certificate {} with key {}: {source}", tls.cert.display(), tls.key.display())]
    Certificate {
        /// The files.
        tls: Tls,
        /// Why.
        source: std::io::Error,
    },
    /// The server's signing key can't be read or made.
    #[error("the server's key {}: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database is a server's whose key is not here.
    #[error(
        "the database belongs to the server {}, and there is no key {}: put server.key back from its backup; every \
         replica needs the same one; where no copy is left, `auxlog admin new-key` makes another",
        server.map_or_else(|| "that made it".to_owned(), |server| server.to_string()),
        path.display()
    )]
    NoKey {
        /// Where the key should be.
        path: PathBuf,
        /// The server, where the database knows it.
        server: Option<ServerId>,
    },
    /// The database is another server's.
    #[error(
        "the database belongs to the server {theirs}, {} is the key of {ours}: put the right server.key back from its \
         backup, or name the right database; every replica needs the same key",
        path.display()
    )]
    OtherKey {
        /// The key that is here.
        path: PathBuf,
        /// Its server.
        ours: ServerId,
        /// The server that the database belongs to.
        theirs: ServerId,
    },
    /// The database has nothing of the logs that are remembered.
    #[error(
        "the database {database} is gone or empty, but {} remembers its logs: put a backup in its place with \
         `auxlog admin restore FILE`; to begin anew without the old records move that file away",
        heads.display()
    )]
    Gone {
        /// The database.
        database: String,
        /// What remembers its logs.
        heads: PathBuf,
    },
    /// The address can't be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The server.
#[derive(Debug)]
pub struct Server;

/// A running server. Dropping it ends it without waiting for what is under way.
#[derive(Debug)]
pub struct Handle {
    /// Where it listens.
    pub addr: SocketAddr,
    /// `http://…` or `https://…`.
    pub url: String,
    /// The key that it signs receipts with.
    pub public_key: PublicKey,
    /// The database, for [`crate::admin`] in the same process.
    pub store: Store,
    pub(crate) app: Arc<App>,
    axum: axum_server::Handle<SocketAddr>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    /// What goes on beside the requests; ends with the server.
    beside: Vec<tokio::task::JoinHandle<()>>,
}

impl Server {
    /// Opens the database, listens, and serves until [`Handle::shutdown`].
    ///
    /// # Errors
    /// [`ServeError`]; then nothing listens.
    pub async fn start(config: Config) -> Result<Handle, ServeError> {
        if config.tls.is_none() && !config.listen.ip().is_loopback() {
            return Err(ServeError::PlainHttp(config.listen));
        }
        let tls = match &config.tls {
            Some(tls) => Some(certificate(tls).await?),
            None => None,
        };
        identity::no_links(&config.data_dir)?;
        // Also where an earlier version made it for everybody to read.
        auxlog_journal::private_dir(&config.data_dir)
            .map_err(|source| ServeError::Key { path: config.data_dir.clone(), source })?;
        let now = u64::try_from(config.clock.now().millis()).unwrap_or(0);
        let opened = identity::open(&config.data_dir, config.db.as_deref(), now).await?;
        let key = opened.key(&config.data_dir).await?;
        let store = opened.store.remembering(&config.data_dir.join("heads"));
        let store = store.with_office(key.clone(), "serve")?;
        store.notice_rollback(now).await?;
        store.open_offices(now).await?;
        store.fill_about().await?;
        let public_key = key.public_key();
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let trusted_proxies: Vec<IpAddr> = config.trusted_proxies.iter().map(IpAddr::to_canonical).collect();
        let LimitOptions { connections, of_address, .. } = config.limits;
        let connections = Connections::new(connections, of_address, trusted_proxies.clone());
        let app = Arc::new(App {
            id: ServerId::of(&public_key),
            public_key,
            key,
            committer: Committer::start(&store),
            answered: Answered::start(&store),
            judge: Judge::by(config.rulebooks.clone()),
            limits: Limits::new(&config.limits),
            blamed: Blamed::default(),
            connections: Arc::clone(&connections),
            bodies: Bodies::new(config.limits.bodies),
            quotas: config.limits.attachments,
            records: config.limits.records,
            disk: file_of(&config.database()).and_then(|file| file.parent().map(Path::to_owned)),
            trusted_proxies,
            metrics: Metrics::default(),
            clock: Arc::clone(&config.clock),
            pinged: tokio::sync::Mutex::default(),
            verifying: Semaphore::new(processors * 8),
            unpacking: Arc::new(Semaphore::new(processors)),
            draining: AtomicBool::new(false),
            store: store.clone(),
        });
        let failed = |source| ServeError::Listen { address: config.listen, source };
        let listener = std::net::TcpListener::bind(config.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let service = api::router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
        let arriving = Arc::clone(&connections);
        let service = service.map_request(move |peer: SocketAddr| {
            arriving.arrived(peer);
            peer
        });
        let axum = axum_server::Handle::new();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let task = if let Some(tls) = tls {
            let server = axum_server::from_tcp(listener).map_err(failed)?.handle(axum.clone());
            let server = patient(server.acceptor(RustlsAcceptor::new(tls).acceptor(Gate(Arc::clone(&connections)))));
            tokio::spawn(server.serve(service))
        } else {
            let server = axum_server::from_tcp(listener).map_err(failed)?.handle(axum.clone());
            let server = patient(server.acceptor(Gate(Arc::clone(&connections))));
            tokio::spawn(server.serve(service))
        };
        let beside = vec![
            tokio::spawn(remember(store.clone())),
            tokio::spawn(verify::in_background(Arc::clone(&app))),
            tokio::spawn(sweep(connections)),
        ];
        tracing::info!(%addr, scheme, database = %config.db.as_deref().map_or("sqlite", |_| "by --db"), "serving");
        Ok(Handle { addr, url: format!("{scheme}://{addr}"), public_key, store, app, axum, task, beside })
    }
}

/// How long a connection may be silent before its first request, and a request's headers take.
const HEADERS: Duration = Duration::from_secs(10);

/// Ends connections on which nobody asks for anything.
fn patient<A: axum_server::Address, Acceptor>(
    mut server: axum_server::Server<A, Acceptor>,
) -> axum_server::Server<A, Acceptor> {
    server.http_builder().http1().header_read_timeout(HEADERS);
    server
        .http_builder()
        .http2()
        .keep_alive_interval(HEADERS * 3)
        .keep_alive_timeout(HEADERS)
        // A laptop asks one thing at a time; what streams hold is bounded by connections.
        .max_concurrent_streams(16);
    server.first_request_timeout(HEADERS)
}

impl Handle {
    /// Takes no new connections, lets what is under way end, and closes the database.
    pub async fn shutdown(mut self) {
        self.app.draining.store(true, Ordering::Relaxed);
        self.beside.iter().skip(1).for_each(tokio::task::JoinHandle::abort);
        self.axum.graceful_shutdown(Some(DRAIN));
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the server's task did not end cleanly");
        }
        self.store.remember();
        self.store.close().await;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.axum.shutdown();
        self.beside.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

/// Keeps the logs' lengths every second.
async fn remember(store: Store) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        ticks.tick().await;
        store.remember();
    }
}

/// Ends connections that are of no use any more.
async fn sweep(connections: Arc<Connections>) {
    let mut ticks = tokio::time::interval(HEADERS);
    loop {
        ticks.tick().await;
        connections.sweep();
    }
}

async fn certificate(tls: &Tls) -> Result<RustlsConfig, ServeError> {
    // One provider for all; a second call finds it installed, which is what is wanted.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    RustlsConfig::from_pem_file(&tls.cert, &tls.key)
        .await
        .map_err(|source| ServeError::Certificate { tls: tls.clone(), source })
}
