//! `POST /v1/office` and `POST /v1/office/roster`: what the office did after a backup that was put back
//! comes from a laptop.

use auxlog_record::{Chain, Event, Record};
use auxlog_sync::Refusal;
use auxlog_sync::roster::{Brought, Pieces, SnapshotError};
use auxlog_sync::run::{MAX_RECORDS, Run};
use axum::extract::State;
use axum::response::Response;

use super::asked::{Asked, Refuse, answer, failed, refuse};
use super::body::aside;
use super::{App, Shared};
use crate::ingest;
use crate::scope::{Action, AgencyScope};
use crate::store::Returned;

/// Takes the whole of one chain; says how many of its records were missing.
pub(crate) async fn office(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::Sync).await?;
    asked.once(&app, &scope).await?;
    let run: Run = asked.message(&app).await?;
    let malformed = || refuse(&app, Refusal::Malformed);
    if run.agency != *scope.agency() || run.len() > MAX_RECORDS {
        return Err(malformed());
    }
    let records = ingest::unfold(run).await.map_err(|e| failed(&app, &e))?.ok_or_else(malformed)?;
    let chain = genuine(&app, &scope, records).ok_or_else(malformed)?;
    let taken = app.store.take_back(&scope, &chain, app.now()).await.map_err(|e| failed(&app, &e))?;
    answer(&app, &taken)
}

/// Takes a roster that this server signed and its log says was issued, piece by piece; names the pieces
/// that are still missing.
pub(crate) async fn roster(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    if !scope.is_own() {
        return Err(refuse(&app, Refusal::Forbidden));
    }
    asked.once(&app, &scope).await?;
    let brought: Brought = asked.message(&app).await?;
    let malformed = || refuse(&app, Refusal::Malformed);
    let manifest = brought.manifest.open(&app.public_key).map_err(|_| malformed())?;
    if manifest.agency != *scope.agency() {
        return Err(malformed());
    }
    // What is known already is not looked at.
    let known = app.store.roster(&scope, Some(manifest.version)).await.map_err(|e| failed(&app, &e))?;
    let brings = if known.is_some() { Vec::new() } else { brought.pieces };
    let named = {
        let manifest = manifest.clone();
        aside(&app, move || {
            let named = brings.into_iter().map(Vec::from).map(|piece| Ok((manifest.name_of(&piece)?, piece)));
            named.collect::<Result<Pieces, SnapshotError>>()
        })
        .await?
    };
    let pieces = named.map_err(|e| malformed().because(e))?;
    if pieces.keys().any(|name| !manifest.pieces().any(|piece| piece == name)) {
        return Err(malformed());
    }
    let missing = app.store.take_back_roster(&scope, &manifest, brought.manifest.hash(), &pieces, app.now()).await;
    let missing = missing.map_err(|e| failed(&app, &e))?;
    answer(&app, &missing.ok_or_else(|| refuse(&app, Refusal::NotFound))?)
}

/// A chain that this server's office wrote: its first record bears the server's signature over the
/// chain's key, each follows the one before it, and none is of another kind than the office's.
fn genuine(app: &App, scope: &AgencyScope, records: Vec<Record>) -> Option<Returned> {
    let first = records.first()?;
    let Ok(Event::OfficeOpened(opened)) = first.event() else { return None };
    let ours = opened.server_key == app.public_key.to_bytes() && opened.agency == *scope.agency() && opened.holds();
    let mut chain = Chain::open(first).ok().filter(|_| ours)?;
    for record in &records[1..] {
        chain.check_next(record).ok()?;
        auxlog_record::is_office(record.envelope().kind).then_some(())?;
    }
    Some(Returned { key: *chain.key(), program: opened.program, records })
}
