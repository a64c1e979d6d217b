//! The roster on its way down.

use auxlog_record::Hash;
use auxlog_sync::Refusal;
use auxlog_sync::signed::Signed;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::asked::{Asked, Refuse, answer, failed, refuse};
use crate::scope::Action;

/// `GET /v1/snapshot`: the newest roster's manifest.
pub(crate) async fn snapshot(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    let row = app.store.roster(&scope, None).await.map_err(|e| failed(&app, &e))?;
    let row = row.ok_or_else(|| refuse(&app, Refusal::NotFound))?;
    answer(&app, &Signed::seal(&app.key, &row.manifest))
}

/// `GET /v1/objects/{hash}`: an immutable piece. A download cut short goes on with the next piece.
pub(crate) async fn object(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    let hash: Hash = hash.parse().map_err(|_| refuse(&app, Refusal::Malformed))?;
    let object = app.store.object(&scope, hash).await.map_err(|e| failed(&app, &e))?;
    let object = object.ok_or_else(|| refuse(&app, Refusal::NotFound))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], object).into_response())
}
