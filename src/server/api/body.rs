//! A body on its way in: whose it is, before and after it is read, and the work that it makes.

use std::sync::Arc;
use std::time::Duration;

use auxlog_record::crypto::sha256;
use auxlog_record::{Hash, PublicKey};
use auxlog_sync::Refusal;
use auxlog_sync::auth::{self, BODY_HEADER, Signable};
use axum::body::Bytes;
use axum::http::request::Parts;

use super::asked;
use super::refuse::Refuse;
use super::{App, Budget};
use crate::metrics;
use crate::store::DeviceRow;

/// Bodies below this size are hashed at once: it takes less than to have it done elsewhere.
const HASHED_HERE: usize = 64 << 10;

/// How long a body waits for its turn to be read before its sender is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// The hash of a request's body, where it is known before the body is read.
pub(super) fn stated(parts: &Parts, budget: Budget) -> Option<Hash> {
    if budget.body == 0 {
        return Some(sha256(&[]));
    }
    parts.headers.get(BODY_HEADER)?.to_str().ok().and_then(auth::stated_body)
}

/// The hash of a body that came; a large one is hashed off the threads that serve.
pub(super) async fn hashed(app: &App, body: &Bytes) -> Result<Hash, Refuse> {
    if body.len() < HASHED_HERE {
        return Ok(sha256(&[body]));
    }
    let body = body.clone();
    aside(app, move || sha256(&[&body])).await
}

/// Does `work` off the threads that serve, on as many at once as there are processors.
pub(super) async fn aside<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refuse> {
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(&app.unpacking).acquire_owned()).await;
    let permit = turn.ok().and_then(Result::ok).ok_or(Refusal::Unavailable)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    });
    done.await.map_err(|error| {
        tracing::error!(%error, "a request could not be read");
        Refusal::Internal.into()
    })
}

/// Whether the device signed the request, whose body has that hash.
pub(super) fn signed(app: &App, parts: &Parts, device: &DeviceRow, body: &Hash) -> Result<(), Refusal> {
    let strange = Refusal::Unauthenticated;
    let auth = asked::auth(parts).ok_or(strange)?;
    let key = PublicKey::from_bytes(&device.public_key).map_err(|_| strange)?;
    metrics::add(&app.metrics.signatures, 1);
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let signable = Signable { method: parts.method.as_str(), target, body: &[], server: app.id };
    if auth.verify_hashed(&key, signable, body) { Ok(()) } else { Err(strange) }
}
