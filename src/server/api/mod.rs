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
mod registers;
mod roster;
mod sync;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub(crate) use asked::LARGEST;
use auxlog_record::{Clock, PublicKey, SigningKey};
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
use axum::routing::MethodRouter;
use serde_json::Value;
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
use crate::quota::RecordQuotas;
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
    pub(crate) answered: Answered,
    pub(crate) judge: Judge,
    pub(crate) limits: Limits,
    pub(crate) blamed: Blamed,
    pub(crate) connections: Arc<Connections>,
    /// Bodies that are held.
    pub(crate) bodies: Bodies,
    /// How much of attachments is taken.
    pub(crate) quotas: Quotas,
    /// How much of records is taken.
    pub(crate) records: RecordQuotas,
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
        Ingest { store, judge, server, now: self.now(), beside: &[], at_hand: None, quotas: self.records }
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
    /// Whoever proves with the message itself that the keys in it are theirs.
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

const MESSAGES: [Content; 2] = [Content::Message; 2];

/// Makes what answers at a route.
type Handler = fn() -> MethodRouter<Arc<App>>;

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
    handler: Handler,
}

/// All routes, as each part of the interface brings them.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    let of_parts = [
        enrol::ROUTES,
        sync::ROUTES,
        office::ROUTES,
        page::ROUTES,
        roster::ROUTES,
        registers::ROUTES,
        blobs::ROUTES,
        proofs::ROUTES,
        admin::ROUTES,
        ops::ROUTES,
    ];
    of_parts.into_iter().flatten()
}

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
    const fn get(path: &'static str, door: Door, answer: Content, summary: &'static str, handler: Handler) -> Self {
        Self { method: "GET", path, door, query: &[], body: Content::Nothing, answer, summary, handler }
    }

    const fn post(
        path: &'static str,
        door: Door,
        [body, answer]: [Content; 2],
        summary: &'static str,
        handler: Handler,
    ) -> Self {
        Self { method: "POST", path, door, query: &[], body, answer, summary, handler }
    }

    const fn asks(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    pub(crate) fn of(method: &str, path: &str) -> Option<&'static Self> {
        let is = |route: &&Self| {
            let parts = || route.path.split('/').zip(path.split('/'));
            route.method == method
                && route.path.split('/').count() == path.split('/').count()
                && parts().all(|(wanted, part)| wanted == part || wanted.starts_with('{'))
        };
        routes().find(is)
    }

    pub(crate) fn budget(&self) -> Budget {
        let signed = matches!(self.door, Door::Signed(_));
        let body = match self.body {
            Content::Nothing => 0,
            _ if !signed => 4 << 10,
            Content::Bytes => MAX_PIECE,
            Content::Message | Content::Text | Content::Json(_) => MAX_PACKED,
        };
        let time = if signed { Duration::from_mins(1) } else { Duration::from_secs(10) };
        Budget { body, message: (!signed).then_some(16 << 10), time, signed }
    }
}

/// The router over all [`routes`].
pub(crate) fn router(app: Arc<App>) -> Router {
    routes()
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bodies::UNPROVEN;

    /// What is read and unpacked for a stranger, by the table that every route is made from.
    #[test]
    fn no_route_reads_more_than_a_mebibyte_for_a_stranger() {
        const { assert!(UNPROVEN <= 1 << 20) }
        for route in routes().filter(|route| !route.budget().signed) {
            let budget = route.budget();
            assert!(budget.body <= 4 << 10 && budget.message.is_some_and(|most| most <= 16 << 10), "{}", route.path);
        }
    }
}
