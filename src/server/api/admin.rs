//! What administrators, supervisors and auditors do from their own laptops.

use auxlog_record::WriterId;
use auxlog_sync::Refusal;
use auxlog_sync::message::Standing;
use axum::extract::{Path, State};
use axum::response::Response;

use super::asked::{Asked, Refuse, failed, json, refuse};
use super::lines::{AttentionLine, AuditLine, DeviceDone, DeviceLine, IncidentLine};
use super::{App, Shared};
use crate::release;
use crate::scope::Action;

/// `GET /v1/audit`.
pub(crate) async fn audit(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let entries = app.store.audit_log(&scope, asked.limit(&app)?).await.map_err(|e| failed(&app, &e))?;
    Ok(json(&entries.into_iter().map(AuditLine::from).collect::<Vec<_>>()))
}

/// `GET /v1/incidents`.
pub(crate) async fn incidents(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let incidents = app.store.incidents(&scope, asked.limit(&app)?).await.map_err(|e| failed(&app, &e))?;
    Ok(json(&incidents.into_iter().map(IncidentLine::from).collect::<Vec<_>>()))
}

/// `GET /v1/attention`. It names people, so looking is logged.
pub(crate) async fn attention(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let noted = app.store.note(&scope, app.now(), "read_attention", &scope.agency().0, "").await;
    noted.map_err(|e| failed(&app, &e))?;
    let found = app.store.attention(&scope, asked.limit(&app)?).await.map_err(|e| failed(&app, &e))?;
    Ok(json(&found.into_iter().map(AttentionLine::from).collect::<Vec<_>>()))
}

/// `GET /v1/devices`. It names people, so looking is logged.
pub(crate) async fn devices(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let noted = app.store.note(&scope, app.now(), "read_devices", &scope.agency().0, "").await;
    noted.map_err(|e| failed(&app, &e))?;
    let devices = app.store.devices(&scope).await.map_err(|e| failed(&app, &e))?;
    Ok(json(&devices.into_iter().map(|device| DeviceLine::new(device, &app.public_key)).collect::<Vec<_>>()))
}

/// `POST /v1/devices/{device}/approve`.
pub(crate) async fn approve(State(app): Shared, path: Path<String>, asked: Asked) -> Result<Response, Refuse> {
    stand(&app, &path, &asked, Standing::Active).await
}

/// `POST /v1/devices/{device}/revoke`.
pub(crate) async fn revoke(State(app): Shared, path: Path<String>, asked: Asked) -> Result<Response, Refuse> {
    stand(&app, &path, &asked, Standing::Revoked).await
}

async fn stand(app: &App, device: &str, asked: &Asked, standing: Standing) -> Result<Response, Refuse> {
    let scope = asked.scope(app, Action::Administer).await?;
    let device: WriterId = device.parse().map_err(|_| refuse(app, Refusal::Malformed))?;
    let reason = match asked.query("reason") {
        None if standing == Standing::Active => String::new(),
        reason => reason.filter(|reason| !reason.trim().is_empty()).ok_or_else(|| refuse(app, Refusal::Malformed))?,
    };
    asked.once(app, &scope).await?;
    release::stand(app.ingest(), &scope, device, standing, &reason).await.map_err(|e| failed(app, &e))?;
    Ok(json(&DeviceDone { device: device.to_string(), released: None }))
}

/// `POST /v1/devices/{device}/release`.
pub(crate) async fn release(State(app): Shared, Path(device): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::Release).await?;
    let device: WriterId = device.parse().map_err(|_| refuse(&app, Refusal::Malformed))?;
    let reason = asked.query("reason").filter(|reason| !reason.trim().is_empty());
    let reason = reason.ok_or_else(|| refuse(&app, Refusal::Malformed))?;
    asked.once(&app, &scope).await?;
    let released = release::release(app.ingest(), &scope, device, &reason).await.map_err(|e| failed(&app, &e))?;
    Ok(json(&DeviceDone { device: device.to_string(), released: Some(released) }))
}
