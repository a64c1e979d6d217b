//! The routes.

mod admin;
mod asked;
mod enrol;
mod ops;
mod page;
mod proofs;
mod roster;
mod sync;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use auxlog_record::{PublicKey, SigningKey};
use auxlog_store::Clock;
use auxlog_sync::auth::{ServerId, TIME_HEADER};
use auxlog_sync::pack::MAX_PACKED;
use auxlog_sync::receipt::Checkpoint;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

use crate::commit::Committer;
use crate::judge::Judge;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::scope::{Action, AgencyScope};
use crate::store::{Head, Store};

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
    pub(crate) judge: Judge,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Arc<dyn Clock>,
    /// How many requests verify signatures at once.
    pub(crate) verifying: Semaphore,
    /// Set when the server begins to end: balancers should go elsewhere.
    pub(crate) draining: AtomicBool,
}

pub(crate) type Shared = State<Arc<App>>;

impl App {
    /// Milliseconds since 1970 UTC by the server's clock.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.clock.now().millis()).unwrap_or(0)
    }

    /// What the server signs of a log's head.
    pub(crate) fn checkpoint(&self, scope: &AgencyScope, head: &Head) -> Checkpoint {
        let at_ms = head.at_ms.max(self.now());
        Checkpoint { agency: scope.agency().clone(), epoch: head.epoch, size: head.size, root: head.root, at_ms }
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anyone.
    Open,
    /// Whoever has a one-time code.
    Code,
    /// A device whose role is allowed this.
    Signed(Action),
}

/// A route as documentation, tests and router know it.
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
    /// Whether bodies are messages of the protocol (else JSON or text).
    pub messages: bool,
    /// What it does.
    pub summary: &'static str,
}

const fn route(
    method: &'static str,
    path: &'static str,
    door: Door,
    query: &'static [&'static str],
    messages: bool,
    summary: &'static str,
) -> Route {
    Route { method, path, door, query, messages, summary }
}

/// All routes.
pub const ROUTES: &[Route] = &[
    route("POST", "/v1/enroll", Door::Code, &[], true, "Whom a one-time code is for; uses nothing up"),
    route("POST", "/v1/enroll/confirm", Door::Code, &[], true, "Enrol a key with a code, or ask where it stands"),
    route("POST", "/v1/sync", Door::Signed(Action::Sync), &[], true, "Push records, pull a page, get receipts"),
    route("GET", "/v1/log", Door::Signed(Action::ReadLog), &["agency", "after", "limit?"], true, "A page of a log"),
    route("GET", "/v1/snapshot", Door::Signed(Action::ReadRoster), &["agency"], true, "The newest roster's manifest"),
    route("GET", "/v1/objects/{hash}", Door::Signed(Action::ReadRoster), &["agency"], false, "An immutable piece"),
    route("GET", "/v1/checkpoint", Door::Signed(Action::ReadProofs), &["agency"], true, "The log's signed state"),
    route(
        "GET",
        "/v1/proof/inclusion",
        Door::Signed(Action::ReadProofs),
        &["agency", "writer", "seq"],
        true,
        "Proof that a record is in the log",
    ),
    route(
        "GET",
        "/v1/proof/consistency",
        Door::Signed(Action::ReadProofs),
        &["agency", "old", "new?"],
        true,
        "Proof that the log only grew",
    ),
    route("GET", "/v1/audit", Door::Signed(Action::ReadAudit), &["agency", "limit?"], false, "The audit log"),
    route("GET", "/v1/incidents", Door::Signed(Action::ReadAudit), &["agency", "limit?"], false, "Incidents"),
    route("GET", "/v1/devices", Door::Signed(Action::ReadAudit), &["agency"], false, "The devices"),
    route(
        "POST",
        "/v1/devices/{device}/approve",
        Door::Signed(Action::Administer),
        &["agency"],
        false,
        "Let a device in",
    ),
    route(
        "POST",
        "/v1/devices/{device}/revoke",
        Door::Signed(Action::Administer),
        &["agency", "reason"],
        false,
        "Shut a device out",
    ),
    route(
        "POST",
        "/v1/devices/{device}/release",
        Door::Signed(Action::Release),
        &["agency", "reason"],
        false,
        "Move a device's held records into the log",
    ),
    route("GET", "/v1/caps", Door::Open, &[], false, "Versions spoken and the server's key"),
    route("GET", "/v1/openapi.json", Door::Open, &[], false, "This description"),
    route("GET", "/healthz", Door::Open, &[], false, "Whether the process runs"),
    route("GET", "/readyz", Door::Open, &[], false, "Whether it can serve"),
    route("GET", "/metrics", Door::Open, &[], false, "Counters for Prometheus"),
];

/// The router over all of [`ROUTES`].
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/enroll", post(enrol::offer))
        .route("/v1/enroll/confirm", post(enrol::confirm))
        .route("/v1/sync", post(sync::sync))
        .route("/v1/log", get(page::log))
        .route("/v1/snapshot", get(roster::snapshot))
        .route("/v1/objects/{hash}", get(roster::object))
        .route("/v1/checkpoint", get(proofs::checkpoint))
        .route("/v1/proof/inclusion", get(proofs::inclusion))
        .route("/v1/proof/consistency", get(proofs::consistency))
        .route("/v1/audit", get(admin::audit))
        .route("/v1/incidents", get(admin::incidents))
        .route("/v1/devices", get(admin::devices))
        .route("/v1/devices/{device}/approve", post(admin::approve))
        .route("/v1/devices/{device}/revoke", post(admin::revoke))
        .route("/v1/devices/{device}/release", post(admin::release))
        .route("/v1/caps", get(ops::caps))
        .route("/v1/openapi.json", get(ops::openapi))
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .fallback(asked::not_found)
        .layer(DefaultBodyLimit::max(MAX_PACKED))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(map_response_with_state(Arc::clone(&app), stamp))
        .with_state(app)
}

/// States the server's clock on every answer, so that a laptop whose clock is years off learns it.
async fn stamp(State(app): Shared, mut response: Response) -> Response {
    response.headers_mut().insert(TIME_HEADER, HeaderValue::from(app.now()));
    response
}
