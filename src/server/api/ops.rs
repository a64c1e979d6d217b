//! Health, metrics, capabilities, and the description of the interface.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use auxlog_sync::Refusal;
use auxlog_sync::blob::{MAX_BLOB, MAX_PIECE};
use auxlog_sync::message::{Capabilities, MAX_PAGE, OLDEST_PROTOCOL, PROTOCOL};
use auxlog_sync::pack::{MAX_PACKED, MAX_UNPACKED};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::asked::{Asked, json};
use super::lines::{Bounds, Caps, Versions};
use super::refuse::Refuse;
use super::{App, Content, Door, Route, Shared};
use crate::openapi::{document, schema};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/v1/caps", Door::Open, Content::Json(schema::<Caps>), "Versions spoken and the server's key", || {
        get(caps)
    }),
    Route::get("/v1/openapi.json", Door::Open, Content::Json(schema::<Map<String, Value>>), "This description", || {
        get(openapi)
    }),
    Route::get("/healthz", Door::Open, Content::Text, "Whether the process runs", || get(healthz)),
    Route::get("/readyz", Door::Open, Content::Text, "Whether it can serve", || get(readyz)),
    Route::get("/metrics", Door::Open, Content::Text, "Counters for Prometheus", || get(metrics)),
];

/// How long the database's word counts for whoever asks next.
const REMEMBERED: Duration = Duration::from_secs(1);

/// Whether the database answered when it was asked last.
pub(crate) type Pinged = Mutex<Option<(Instant, bool)>>;

/// `GET /healthz`.
async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: not while the server ends, nor without its database, which is asked once a second,
/// whoever wants to know: what strangers ask must not take a replica out of its balancer.
async fn readyz(State(app): Shared) -> Result<&'static str, Refuse> {
    if app.draining.load(Ordering::Relaxed) {
        return Err(Refusal::Unavailable.into());
    }
    let mut pinged = app.pinged.lock().await;
    if let Some((at, ready)) = *pinged
        && at.elapsed() < REMEMBERED
    {
        return if ready { Ok("ready\n") } else { Err(Refusal::Unavailable.into()) };
    }
    let pong = app.store.ping().await;
    *pinged = Some((Instant::now(), pong.is_ok()));
    pong?;
    Ok("ready\n")
}

/// `GET /metrics`.
async fn metrics(State(app): Shared, _: Asked) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render() + &now(&app)).into_response()
}

/// What stands and is held at the moment, in the same form.
fn now(app: &App) -> String {
    let (connections, closed) = app.connections.counts();
    let held = app.bodies.held();
    format!(
        "# HELP auxlog_connections Connections that stand.\n# TYPE auxlog_connections gauge\n\
         auxlog_connections {connections}\n\
         # HELP auxlog_connections_closed_total Connections closed to make room for others.\n\
         # TYPE auxlog_connections_closed_total counter\nauxlog_connections_closed_total {closed}\n\
         # HELP auxlog_bodies_held_bytes Room given to bodies that are not answered yet.\n\
         # TYPE auxlog_bodies_held_bytes gauge\nauxlog_bodies_held_bytes {held}\n"
    )
}

/// `GET /v1/caps`.
async fn caps(State(app): Shared, _: Asked) -> Response {
    json(&Caps {
        server: env!("CARGO_PKG_VERSION"),
        server_id: app.id.to_string(),
        server_key: HEXLOWER.encode(&app.public_key.to_bytes()),
        protocol: Versions { min: OLDEST_PROTOCOL, max: PROTOCOL },
        capabilities: Capabilities::OURS.names(),
        limits: Bounds {
            page: MAX_PAGE,
            packed_bytes: MAX_PACKED,
            unpacked_bytes: MAX_UNPACKED,
            blob_bytes: MAX_BLOB,
            piece_bytes: MAX_PIECE,
        },
    })
}

/// `GET /v1/openapi.json`.
async fn openapi(_: Asked) -> Response {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let text = DOCUMENT.get_or_init(|| document().to_string().into());
    ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response()
}
