//! What administrators, supervisors and auditors do from their own laptops.

use auxlog_record::WriterId;
use auxlog_sync::Refusal;
use auxlog_sync::message::Standing;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::asked::{Asked, Refuse, failed, json, refuse};
use super::{App, Shared};
use crate::admin::device_json;
use crate::scope::Action;

/// Entries of a list when nothing else is asked for.
const ENTRIES: u64 = 200;

fn limit(app: &App, asked: &Asked) -> Result<u32, Refuse> {
    Ok(u32::try_from(asked.number(app, "limit", Some(ENTRIES))?.min(10_000)).unwrap_or(10_000))
}

/// `GET /v1/audit`.
pub(crate) async fn audit(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let entries = app.store.audit_log(&scope, limit(&app, &asked)?).await.map_err(|e| failed(&app, &e))?;
    let entries: Vec<_> = entries
        .iter()
        .map(|e| json!({ "at_ms": e.at_ms, "actor": e.actor, "act": e.act, "subject": e.subject, "detail": e.detail }))
        .collect();
    Ok(json(&json!(entries)))
}

/// `GET /v1/incidents`.
pub(crate) async fn incidents(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let incidents = app.store.incidents(&scope, limit(&app, &asked)?).await.map_err(|e| failed(&app, &e))?;
    let incidents: Vec<_> = incidents
        .iter()
        .map(|i| {
            json!({ "at_ms": i.at_ms, "kind": i.kind, "writer": i.writer.to_string(), "seq": i.seq, "detail": i.detail })
        })
        .collect();
    Ok(json(&json!(incidents)))
}

/// `GET /v1/devices`.
pub(crate) async fn devices(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadAudit).await?;
    let devices = app.store.devices(&scope).await.map_err(|e| failed(&app, &e))?;
    let devices: Vec<_> = devices.iter().map(|device| device_json(device, &app.public_key)).collect();
    Ok(json(&json!(devices)))
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
        Some(reason) => reason,
        None if standing == Standing::Active => String::new(),
        None => return Err(refuse(app, Refusal::Malformed)),
    };
    app.store.set_standing(&scope, device, standing, &reason, app.now()).await.map_err(|e| failed(app, &e))?;
    Ok(json(&json!({ "device": device.to_string() })))
}

/// `POST /v1/devices/{device}/release`.
pub(crate) async fn release(State(app): Shared, Path(device): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::Release).await?;
    let device: WriterId = device.parse().map_err(|_| refuse(&app, Refusal::Malformed))?;
    let reason = asked.query("reason").ok_or_else(|| refuse(&app, Refusal::Malformed))?;
    let released = app.store.release(&scope, device, &reason, app.now()).await.map_err(|e| failed(&app, &e))?;
    Ok(json(&json!({ "device": device.to_string(), "released": released })))
}
