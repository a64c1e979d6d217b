//! The roster on its way down, its edits and their history.

use auxlog_record::Hash;
use auxlog_sync::Refusal;
use auxlog_sync::signed::Signed;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::asked::{Asked, answer, json};
use super::lines::{ChangeLine, RosterDone};
use super::refuse::Refuse;
use crate::admin::{self, AdminError};
use crate::roster::RosterEdit;
use crate::scope::Action;

/// `GET /v1/snapshot`: the newest roster's manifest.
pub(crate) async fn snapshot(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    let row = app.store.roster(&scope, None).await?.ok_or(Refusal::NotFound)?;
    answer(&app, &Signed::seal(&app.key, &row.manifest))
}

/// `GET /v1/objects/{hash}`: a piece of a roster, compressed, by its name. A download cut short goes on
/// with the next piece.
pub(crate) async fn object(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    let hash: Hash = hash.parse().map_err(|_| Refusal::Malformed)?;
    let object = app.store.object(&scope, hash).await?.ok_or(Refusal::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], object).into_response())
}

/// `POST /v1/roster/edits`: edits of single persons become one new version.
pub(crate) async fn edit(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::Administer).await?;
    let edit: RosterEdit = asked.json(&app).await?;
    asked.once(&app, &scope).await?;
    match admin::edit_roster(&app.store, &app.judge, &scope, &edit, app.now()).await {
        Ok(version) => Ok(json(&RosterDone { version })),
        Err(AdminError::Store(error)) => Err(error.into()),
        Err(error @ AdminError::Moved { .. }) => Err(Refuse::from(Refusal::Conflict).because(error)),
        Err(AdminError::Edit(error)) => Err(Refuse::from(Refusal::Malformed).because(error)),
        Err(error) => {
            tracing::error!(%error, "a roster could not be edited");
            Err(Refusal::Internal.into())
        }
    }
}

/// `GET /v1/roster/history`: what changed of whom, newest first.
pub(crate) async fn history(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let person = asked.query("person");
    let subject = person.clone().unwrap_or_else(|| scope.agency().0.clone());
    app.store.note(&scope, app.now(), "read_roster_history", &subject, "").await?;
    let changes = app.store.roster_history(&scope, person.as_deref(), asked.limit()?).await?;
    Ok(json(&changes.into_iter().map(ChangeLine::from).collect::<Vec<_>>()))
}
