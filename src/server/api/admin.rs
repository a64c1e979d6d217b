//! What administrators, supervisors and auditors do from their own laptops.

use auxlog_record::WriterId;
use auxlog_sync::Refusal;
use auxlog_sync::message::Standing;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};

use super::asked::{Asked, json};
use super::lines::{AttentionLine, AuditLine, DeviceDone, DeviceLine, IncidentLine};
use super::refuse::Refuse;
use super::{App, Content, Door, Route, Shared};
use crate::openapi::schema;
use crate::release;
use crate::scope::{Action, AgencyScope};
use crate::store::Look;

const READS: Door = Door::Signed(Action::ReadAudit);
const DECIDES: Door = Door::Signed(Action::Administer);
const DONE: [Content; 2] = [Content::Nothing, Content::Json(schema::<DeviceDone>)];

pub(super) const ROUTES: &[Route] = &[
    Route::get("/v1/audit", READS, Content::Json(schema::<Vec<AuditLine>>), "The audit log", || get(audit))
        .asks(&["agency", "limit?"]),
    Route::get("/v1/incidents", READS, Content::Json(schema::<Vec<IncidentLine>>), "What went wrong in a log", || {
        get(incidents)
    })
    .asks(&["agency", "limit?"]),
    Route::get(
        "/v1/attention",
        READS,
        Content::Json(schema::<Vec<AttentionLine>>),
        "Records that are held, set aside, without effect or judged otherwise",
        || get(attention),
    )
    .asks(&["agency", "limit?"]),
    Route::get("/v1/devices", READS, Content::Json(schema::<Vec<DeviceLine>>), "The devices", || get(devices))
        .asks(&["agency"]),
    Route::post("/v1/devices/{device}/approve", DECIDES, DONE, "Let a device in", || post(approve))
        .asks(&["agency", "digits"]),
    Route::post("/v1/devices/{device}/revoke", DECIDES, DONE, "Shut a device out", || post(revoke))
        .asks(&["agency", "reason"]),
    Route::post(
        "/v1/devices/{device}/release",
        Door::Signed(Action::Release),
        DONE,
        "Move a device's held records into the log",
        || post(release),
    )
    .asks(&["agency", "reason"]),
];

/// `GET /v1/audit`. It names people, so looking is logged.
async fn audit(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let look = looks(&app, &scope, "read_audit").await?;
    let entries = app.store.audit_log(look, asked.limit()?).await?;
    Ok(json(&entries.into_iter().map(AuditLine::from).collect::<Vec<_>>()))
}

async fn looks<'a>(app: &App, scope: &'a AgencyScope, act: &str) -> Result<Look<'a>, Refuse> {
    Ok(app.store.look(scope, app.now(), act, &scope.agency().0).await?)
}

/// `GET /v1/incidents`. It names people, so looking is logged.
async fn incidents(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let look = looks(&app, &scope, "read_incidents").await?;
    let incidents = app.store.incidents(look, asked.limit()?).await?;
    Ok(json(&incidents.into_iter().map(IncidentLine::from).collect::<Vec<_>>()))
}

/// `GET /v1/attention`. It names people, so looking is logged.
async fn attention(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let look = looks(&app, &scope, "read_attention").await?;
    let found = app.store.attention(look, asked.limit()?).await?;
    Ok(json(&found.into_iter().map(AttentionLine::from).collect::<Vec<_>>()))
}

/// `GET /v1/devices`. It names people, so looking is logged.
async fn devices(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let look = looks(&app, &scope, "read_devices").await?;
    let devices = app.store.devices(look).await?;
    Ok(json(&devices.into_iter().map(|device| DeviceLine::new(device, &app.public_key)).collect::<Vec<_>>()))
}

/// `POST /v1/devices/{device}/approve`: with the digits that its laptop shows. Whoever stands between
/// can show other digits in a list, but not have others approved.
async fn approve(State(app): Shared, path: Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let (scope, device) = about(&app, &path, &asked, Action::Administer).await?;
    let digits = asked.query("digits").ok_or(Refusal::Malformed)?;
    let found = app.store.device(scope.agency(), device).await?.ok_or(Refusal::NotFound)?;
    if !found.shows(&app.public_key, &digits) {
        app.store.note(&scope, app.now(), "wrong_digits", &device.to_string(), "").await?;
        return Err(Refusal::WrongDigits.into());
    }
    stand(&app, &asked, &scope, device, Standing::Active, "").await
}

/// `POST /v1/devices/{device}/revoke`.
async fn revoke(State(app): Shared, path: Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let (scope, device) = about(&app, &path, &asked, Action::Administer).await?;
    let reason = reason(&asked)?;
    stand(&app, &asked, &scope, device, Standing::Revoked, &reason).await
}

/// The agency and the device that an act is about.
async fn about(app: &App, device: &str, asked: &Asked, action: Action) -> Result<(AgencyScope, WriterId), Refuse> {
    let scope = asked.scope(app, action).await?;
    // Whoever checks the act in the log reads the path as it was signed, letter by letter.
    let device: WriterId = device.parse().map_err(|_| Refusal::Malformed)?;
    if !asked.path().starts_with(&format!("/v1/devices/{device}/")) {
        return Err(Refusal::Malformed.into());
    }
    Ok((scope, device))
}

fn reason(asked: &Asked) -> Result<String, Refusal> {
    let reason = asked.query("reason").filter(|reason| !reason.trim().is_empty());
    reason.ok_or(Refusal::Malformed)
}

async fn stand(
    app: &App,
    asked: &Asked,
    scope: &AgencyScope,
    device: WriterId,
    standing: Standing,
    reason: &str,
) -> Result<Response, Refuse> {
    asked.once(app, scope).await?;
    release::stand(app.ingest(), scope, device, standing, reason).await?;
    Ok(json(&DeviceDone { device: device.to_string(), released: None }))
}

/// `POST /v1/devices/{device}/release`.
async fn release(State(app): Shared, path: Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let (scope, device) = about(&app, &path, &asked, Action::Release).await?;
    let reason = reason(&asked)?;
    asked.once(&app, &scope).await?;
    let released = release::release(app.ingest(), &scope, device, &reason).await?;
    Ok(json(&DeviceDone { device: device.to_string(), released: Some(released) }))
}
