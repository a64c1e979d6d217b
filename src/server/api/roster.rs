//! The roster on its way down, its edits and their history.

use auxlog_record::Hash;
use auxlog_sync::Refusal;
use auxlog_sync::signed::Signed;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::asked::{Asked, answer, json};
use super::lines::{ChangeLine, RosterDone};
use super::refuse::Refuse;
use super::{Content, Door, Route, Shared};
use crate::admin::{self, AdminError};
use crate::openapi::schema;
use crate::roster::RosterEdit;
use crate::scope::Action;

const READS: Door = Door::Signed(Action::ReadRoster);

pub(super) const ROUTES: &[Route] = &[
    Route::get("/v1/snapshot", READS, Content::Message, "The newest roster's manifest", || get(snapshot))
        .asks(&["agency"]),
    Route::get("/v1/objects/{hash}", READS, Content::Bytes, "A piece of a roster", || get(object)).asks(&["agency"]),
    Route::post(
        "/v1/roster/edits",
        Door::Signed(Action::Administer),
        [Content::Json(schema::<RosterEdit>), Content::Json(schema::<RosterDone>)],
        "Edit people; a new version of the roster",
        || post(edit),
    )
    .asks(&["agency"]),
    Route::get(
        "/v1/roster/history",
        Door::Signed(Action::ReadAudit),
        Content::Json(schema::<Vec<ChangeLine>>),
        "What changed of whom",
        || get(history),
    )
    .asks(&["agency", "person?", "limit?"]),
];

/// `GET /v1/snapshot`: the newest roster's manifest.
async fn snapshot(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    let row = app.store.roster(&scope, None).await?.ok_or(Refusal::NotFound)?;
    answer(&app, &Signed::seal(&app.key, &row.manifest))
}

/// `GET /v1/objects/{hash}`: a piece of a roster, compressed, by its name. A download cut short goes on
/// with the next piece.
async fn object(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    let hash: Hash = hash.parse().map_err(|_| Refusal::Malformed)?;
    let object = app.store.object(&scope, hash).await?.ok_or(Refusal::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], object).into_response())
}

/// `POST /v1/roster/edits`: edits of single persons become one new version.
async fn edit(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
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
async fn history(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let person = asked.query("person");
    let subject = person.clone().unwrap_or_else(|| scope.agency().0.clone());
    let look = app.store.look(&scope, app.now(), "read_roster_history", &subject).await?;
    let changes = app.store.roster_history(look, person.as_deref(), asked.limit()?).await?;
    Ok(json(&changes.into_iter().map(ChangeLine::from).collect::<Vec<_>>()))
}
