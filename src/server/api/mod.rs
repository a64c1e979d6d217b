//! The routes.

mod admin;
mod asked;
mod blobs;
mod body;
mod enrol;
pub(crate) mod lines;
mod office;
mod ops;
mod page;
mod proofs;
mod refuse;
mod roster;
mod sync;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub(crate) use asked::LARGEST;
use auxlog_record::{PublicKey, SigningKey};
use auxlog_store::Clock;
use auxlog_sync::auth::{PROTOCOL_HEADER, SERVER_HEADER, ServerId, TIME_HEADER};
use auxlog_sync::blob::MAX_PIECE;
use auxlog_sync::message::{OLDEST_PROTOCOL, PROTOCOL};
use auxlog_sync::pack::MAX_PACKED;
use auxlog_sync::receipt::Checkpoint;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{map_request_with_state, map_response_with_state};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, get, head, on, patch, post};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

use crate::answered::Answered;
use crate::bodies::Bodies;
use crate::commit::Committer;
use crate::connections::Connections;
use crate::ingest::Ingest;
use crate::judge::Judge;
use crate::limits::{Blamed, Limits, Quotas};
use crate::metrics::Metrics;
use crate::openapi::schema;
use crate::roster::RosterEdit;
use crate::scope::{Action, AgencyScope};
use crate::store::{Head, Store};

use Action::{Administer, Bring, Deliver, ReadAudit, ReadBlobs, ReadLog, ReadProofs, ReadRoster, Release, Sync};
use Content::{Bytes, Json, Message, Nothing, Text};
use Door::{Code, Open, Proof, Signed};

/// A request that takes longer is given up; the laptop sends it again.
const TIMEOUT: Duration = Duration::from_mins(2);

/// What every handler shares. Holds no state of any laptop: any replica may serve any request.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) key: SigningKey,
    pub(crate) public_key: PublicKey,
    pub(crate) id: ServerId,
    pub(crate) committer: Committer,
    pub(crate) answered: Answered,
    pub(crate) judge: Judge,
    pub(crate) limits: Limits,
    pub(crate) blamed: Blamed,
    pub(crate) connections: Arc<Connections>,
    /// Bodies that are held.
    pub(crate) bodies: Bodies,
    /// How much of attachments is taken.
    pub(crate) quotas: Quotas,
    /// The directory of the database, where it is on this machine's disk.
    pub(crate) disk: Option<PathBuf>,
    /// Proxies whose word counts for where a request comes from.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Arc<dyn Clock>,
    /// What whoever asks whether the server is ready is told for a moment.
    pub(crate) pinged: ops::Pinged,
    /// How many requests verify signatures at once.
    pub(crate) verifying: Semaphore,
    /// How many bodies are hashed or unpacked at once, off the threads that serve.
    pub(crate) unpacking: Arc<Semaphore>,
    /// Set when the server begins to end: balancers should go elsewhere.
    pub(crate) draining: AtomicBool,
}

pub(crate) type Shared = State<Arc<App>>;

impl App {
    /// Milliseconds since 1970 UTC by the server's clock.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.clock.now().millis()).unwrap_or(0)
    }

    /// What records are weighed with, now.
    pub(crate) fn ingest(&self) -> Ingest<'_> {
        let (store, judge, server) = (&self.store, &self.judge, &self.public_key);
        Ingest { store, judge, server, now: self.now(), beside: &[], roster: None }
    }

    /// What the server signs of a log's head.
    pub(crate) fn checkpoint(&self, scope: &AgencyScope, head: &Head) -> Checkpoint {
        let at_ms = head.at_ms.max(self.now());
        Checkpoint { agency: scope.agency().clone(), epoch: head.epoch, size: head.size, root: head.root, at_ms }
    }
}

/// The day of a time (UTC), for what is filed once a day.
fn day(ms: u64) -> impl std::fmt::Display {
    chrono::DateTime::from_timestamp_millis(ms.cast_signed()).unwrap_or_default().format("%F")
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anyone.
    Open,
    /// Whoever has a one-time code.
    Code,
    /// Whoever proves with the message itself that the keys in it are his.
    Proof,
    /// A device whose role is allowed this.
    Signed(Action),
}

/// What a body holds.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// There is none.
    Nothing,
    /// A message of the protocol.
    Message,
    /// Bytes as they are.
    Bytes,
    /// Text.
    Text,
    /// JSON, with the schema of the type that it is made from.
    Json(fn() -> Value),
}

/// A route: documentation, tests and router are made from it.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Method.
    pub method: &'static str,
    /// Path, `{…}` standing for a part of it.
    pub path: &'static str,
    /// Who may use it.
    pub door: Door,
    /// Query parameters, a `?` behind those that may be left out.
    pub query: &'static [&'static str],
    /// What requests carry.
    pub body: Content,
    /// What answers carry.
    pub answer: Content,
    /// What it does.
    pub summary: &'static str,
    handler: fn() -> MethodRouter<Arc<App>>,
}

const fn get_from(
    path: &'static str,
    door: Door,
    query: &'static [&'static str],
    answer: Content,
    summary: &'static str,
    handler: fn() -> MethodRouter<Arc<App>>,
) -> Route {
    Route { method: "GET", path, door, query, body: Content::Nothing, answer, summary, handler }
}

const fn post_to(
    path: &'static str,
    door: Door,
    query: &'static [&'static str],
    body: Content,
    answer: Content,
    summary: &'static str,
    handler: fn() -> MethodRouter<Arc<App>>,
) -> Route {
    Route { method: "POST", path, door, query, body, answer, summary, handler }
}

const BLOB: &str = "/v1/blobs/{hash}";
const BLOB_STATE: Content = Content::Json(schema::<lines::BlobLine>);
const DEVICE_DONE: Content = Content::Json(schema::<lines::DeviceDone>);

/// All routes.
pub const ROUTES: &[Route] = &[
    post_to("/v1/enroll", Code, &[], Message, Message, "Whom a one-time code is for; uses nothing up", || {
        post(enrol::offer)
    }),
    post_to(
        "/v1/enroll/confirm",
        Code,
        &[],
        Message,
        Message,
        "Enrol a key with a code, or ask where it stands",
        || post(enrol::confirm),
    ),
    post_to("/v1/succeed", Proof, &[], Message, Message, "A new key takes over from one that is retired", || {
        post(enrol::succeed)
    }),
    post_to("/v1/sync", Signed(Sync), &[], Message, Message, "Push records, pull a page, get receipts", || {
        post(sync::sync)
    }),
    post_to(
        "/v1/office",
        Signed(Bring),
        &["agency"],
        Message,
        Message,
        "What the office said after a backup that was put back",
        || post(office::office),
    ),
    post_to(
        "/v1/office/roster",
        Signed(ReadRoster),
        &["agency"],
        Message,
        Message,
        "A roster that the office issued after a backup that was put back",
        || post(office::roster),
    ),
    get_from("/v1/log", Signed(ReadLog), &["agency", "after", "limit?"], Message, "A page of a log", || get(page::log)),
    get_from("/v1/snapshot", Signed(ReadRoster), &["agency"], Message, "The newest roster's manifest", || {
        get(roster::snapshot)
    }),
    get_from("/v1/objects/{hash}", Signed(ReadRoster), &["agency"], Bytes, "A piece of a roster", || {
        get(roster::object)
    }),
    post_to(
        "/v1/roster/edits",
        Signed(Administer),
        &["agency"],
        Json(schema::<RosterEdit>),
        Json(schema::<lines::RosterDone>),
        "Edit people; a new version of the roster",
        || post(roster::edit),
    ),
    get_from(
        "/v1/roster/history",
        Signed(ReadAudit),
        &["agency", "person?", "limit?"],
        Json(schema::<Vec<lines::ChangeLine>>),
        "What changed of whom",
        || get(roster::history),
    ),
    post_to(BLOB, Signed(Deliver), &["agency", "length"], Nothing, BLOB_STATE, "Begin an attachment, or go on", || {
        post(blobs::begin)
    }),
    Route {
        method: "HEAD",
        path: BLOB,
        door: Signed(Deliver),
        query: &["agency", "length"],
        body: Nothing,
        answer: BLOB_STATE,
        summary: "How far an attachment has come",
        handler: || head(blobs::head),
    },
    Route {
        method: "PATCH",
        path: BLOB,
        door: Signed(Deliver),
        query: &["agency", "length", "offset"],
        body: Bytes,
        answer: BLOB_STATE,
        summary: "The piece of an attachment that begins at the offset",
        handler: || patch(blobs::piece),
    },
    get_from(
        BLOB,
        Signed(ReadBlobs),
        &["agency", "length", "offset?", "limit?"],
        Bytes,
        "A piece of an attachment",
        || on(MethodFilter::GET, blobs::get),
    ),
    get_from("/v1/checkpoint", Signed(ReadProofs), &["agency"], Message, "The log's signed state", || {
        get(proofs::checkpoint)
    }),
    get_from(
        "/v1/proof/inclusion",
        Signed(ReadProofs),
        &["agency", "writer", "seq"],
        Message,
        "Proof that a record is in the log",
        || get(proofs::inclusion),
    ),
    get_from(
        "/v1/proof/task",
        Signed(ReadProofs),
        &["agency", "writer", "seq"],
        Message,
        "All that the log holds about a task",
        || get(proofs::task),
    ),
    get_from(
        "/v1/proof/consistency",
        Signed(ReadProofs),
        &["agency", "old", "new?"],
        Message,
        "Proof that the log only grew",
        || get(proofs::consistency),
    ),
    get_from(
        "/v1/audit",
        Signed(ReadAudit),
        &["agency", "limit?"],
        Json(schema::<Vec<lines::AuditLine>>),
        "The audit log",
        || get(admin::audit),
    ),
    get_from(
        "/v1/incidents",
        Signed(ReadAudit),
        &["agency", "limit?"],
        Json(schema::<Vec<lines::IncidentLine>>),
        "What went wrong in a log",
        || get(admin::incidents),
    ),
    get_from(
        "/v1/attention",
        Signed(ReadAudit),
        &["agency", "limit?"],
        Json(schema::<Vec<lines::AttentionLine>>),
        "Records that are held, set aside, without effect or judged otherwise",
        || get(admin::attention),
    ),
    get_from(
        "/v1/devices",
        Signed(ReadAudit),
        &["agency"],
        Json(schema::<Vec<lines::DeviceLine>>),
        "The devices",
        || get(admin::devices),
    ),
    post_to(
        "/v1/devices/{device}/approve",
        Signed(Administer),
        &["agency", "digits"],
        Nothing,
        DEVICE_DONE,
        "Let a device in",
        || post(admin::approve),
    ),
    post_to(
        "/v1/devices/{device}/revoke",
        Signed(Administer),
        &["agency", "reason"],
        Nothing,
        DEVICE_DONE,
        "Shut a device out",
        || post(admin::revoke),
    ),
    post_to(
        "/v1/devices/{device}/release",
        Signed(Release),
        &["agency", "reason"],
        Nothing,
        DEVICE_DONE,
        "Move a device's held records into the log",
        || post(admin::release),
    ),
    get_from("/v1/caps", Open, &[], Json(schema::<lines::Caps>), "Versions spoken and the server's key", || {
        get(ops::caps)
    }),
    get_from("/v1/openapi.json", Open, &[], Json(schema::<Map<String, Value>>), "This description", || {
        get(ops::openapi)
    }),
    get_from("/healthz", Open, &[], Text, "Whether the process runs", || get(ops::healthz)),
    get_from("/readyz", Open, &[], Text, "Whether it can serve", || get(ops::readyz)),
    get_from("/metrics", Open, &[], Text, "Counters for Prometheus", || get(ops::metrics)),
];

/// What a request may cost before it is known who sends it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Bytes of its body.
    pub(crate) body: usize,
    /// Bytes of the message in it; `None` is as much as the protocol allows.
    pub(crate) message: Option<usize>,
    /// How long its body may be on the way.
    pub(crate) time: Duration,
    /// Whether it must name a device that is known before its body is read.
    pub(crate) signed: bool,
}

impl Route {
    /// The route of a request.
    pub(crate) fn of(method: &str, path: &str) -> Option<&'static Self> {
        let is = |route: &&Self| {
            let parts = || route.path.split('/').zip(path.split('/'));
            route.method == method
                && route.path.split('/').count() == path.split('/').count()
                && parts().all(|(wanted, part)| wanted == part || wanted.starts_with('{'))
        };
        ROUTES.iter().find(is)
    }

    pub(crate) fn budget(&self) -> Budget {
        let signed = matches!(self.door, Signed(_));
        let body = match self.body {
            Nothing => 0,
            _ if !signed => 4 << 10,
            Bytes => MAX_PIECE,
            Message | Text | Json(_) => MAX_PACKED,
        };
        let time = if signed { Duration::from_mins(1) } else { Duration::from_secs(10) };
        Budget { body, message: (!signed).then_some(16 << 10), time, signed }
    }
}

/// The router over all of [`ROUTES`].
pub(crate) fn router(app: Arc<App>) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    routes
        .fallback(asked::not_found)
        .layer(DefaultBodyLimit::max(MAX_PACKED))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(map_response_with_state(Arc::clone(&app), stamp))
        .layer(map_request_with_state(Arc::clone(&app), began))
        .with_state(app)
}

/// Takes note on its connection that a request began, at whichever door: a monitor's connection stands as
/// long as it asks.
async fn began(State(app): Shared, request: Request) -> Request {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        app.connections.asked(*peer);
    }
    request
}

/// Counts refusals, and states on every answer the server's clock, so that a laptop whose clock is years off learns it,
/// and the versions of the protocol that it answers.
async fn stamp(State(app): Shared, mut response: Response) -> Response {
    if let Some(refusal) = response.extensions().get() {
        app.metrics.refused(*refusal);
    }
    response.headers_mut().insert(TIME_HEADER, HeaderValue::from(app.now()));
    if let Ok(server) = HeaderValue::from_str(&ServerId::of(&app.public_key).to_string()) {
        response.headers_mut().insert(SERVER_HEADER, server);
    }
    if let Ok(versions) = HeaderValue::from_str(&format!("{OLDEST_PROTOCOL}-{PROTOCOL}")) {
        response.headers_mut().insert(PROTOCOL_HEADER, versions);
    }
    response
}
