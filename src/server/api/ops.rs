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

use super::Shared;
use super::asked::{Refuse, failed, json, refuse};
use super::lines::{Bounds, Caps, Versions};

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
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response()
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
