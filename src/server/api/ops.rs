//! Health, metrics, capabilities, and the description of the interface.

use std::sync::atomic::Ordering;

use auxlog_sync::Refusal;
use auxlog_sync::blob::{MAX_BLOB, MAX_PIECE};
use auxlog_sync::message::{Capabilities, MAX_PAGE, OLDEST_PROTOCOL, PROTOCOL};
use auxlog_sync::pack::{MAX_PACKED, MAX_UNPACKED};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;

use super::asked::{Refuse, failed, json, refuse};
use super::lines::{Bounds, Caps, Versions};
use super::{App, Shared};

/// `GET /healthz`.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: not while the server ends, nor without its database.
pub(crate) async fn readyz(State(app): Shared) -> Result<&'static str, Refuse> {
    if app.draining.load(Ordering::Relaxed) {
        return Err(refuse(&app, Refusal::Unavailable));
    }
    app.store.ping().await.map_err(|e| failed(&app, &e))?;
    Ok("ready\n")
}

/// `GET /metrics`.
pub(crate) async fn metrics(State(app): Shared) -> Response {
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
pub(crate) async fn caps(State(app): Shared) -> Response {
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
pub(crate) async fn openapi() -> Response {
    json(&crate::openapi::document())
}
