//! `POST /v1/office` and `POST /v1/office/roster`: what the office did after a backup that was put back
//! comes from a laptop.

use auxlog_record::kind::number;
use auxlog_record::{Chain, Event, Record, Tip};
use auxlog_sync::Refusal;
use auxlog_sync::roster::{Brought, Pieces, SnapshotError};
use auxlog_sync::run::{MAX_RECORDS, Run};
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;

use super::asked::{Asked, answer};
use super::body::aside;
use super::refuse::Refuse;
use super::{App, Door, MESSAGES, Route, Shared};
use crate::ingest;
use crate::scope::{Action, AgencyScope};
use crate::store::{Returned, StoreError};

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        "/v1/office",
        Door::Signed(Action::Bring),
        MESSAGES,
        "What the office said after a backup that was put back",
        || post(office),
    )
    .asks(&["agency"]),
    Route::post(
        "/v1/office/roster",
        Door::Signed(Action::ReadRoster),
        MESSAGES,
        "A roster that the office issued after a backup that was put back",
        || post(roster),
    )
    .asks(&["agency"]),
];

/// Takes one chain, from its first record on or from where the log has it; says how many of its records were missing.
async fn office(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    // Whoever is frozen or revoked brings their own chain, and nothing else.
    let scope = asked.scope(&app, Action::Bring).await?;
    asked.once(&app, &scope).await?;
    let run: Run = asked.message(&app).await?;
    if run.agency != *scope.agency() || run.len() > MAX_RECORDS {
        return Err(Refusal::Malformed.into());
    }
    let records = ingest::unfold(run).await?.ok_or(Refusal::Malformed)?;
    let chain = genuine(&app, &scope, records).await?.ok_or(Refusal::Malformed)?;
    let taken = app.store.take_back(&scope, &chain, app.now()).await?;
    answer(&app, &taken)
}

/// Takes a roster that this server signed and its log says was issued, piece by piece; names the pieces
/// that are still missing.
async fn roster(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRoster).await?;
    if !scope.is_own() {
        return Err(Refusal::Forbidden.into());
    }
    asked.once(&app, &scope).await?;
    let brought: Brought = asked.message(&app).await?;
    let manifest = brought.manifest.open(&app.public_key).map_err(|_| Refusal::Malformed)?;
    if manifest.agency != *scope.agency() {
        return Err(Refusal::Malformed.into());
    }
    // What is known already is not looked at.
    let known = app.store.roster(&scope, Some(manifest.version)).await?;
    let brings = if known.is_some() { Vec::new() } else { brought.pieces };
    let named = {
        let manifest = manifest.clone();
        aside(&app, move || {
            let named = brings.into_iter().map(Vec::from).map(|piece| Ok((manifest.name_of(&piece)?, piece)));
            named.collect::<Result<Pieces, SnapshotError>>()
        })
        .await?
    };
    let pieces = named.map_err(|e| Refuse::from(Refusal::Malformed).because(e))?;
    if pieces.keys().any(|name| !manifest.pieces().any(|piece| piece == name)) {
        return Err(Refusal::Malformed.into());
    }
    let missing = app.store.take_back_roster(&scope, &manifest, brought.manifest.hash(), &pieces, app.now()).await?;
    answer(&app, &missing.ok_or(Refusal::NotFound)?)
}

/// A run of a chain that this server's office wrote: its first record bears the server's signature over the
/// chain's key, or follows one that the log has; each follows the one before it, and none is of a kind that an
/// office does not write.
async fn genuine(app: &App, scope: &AgencyScope, records: Vec<Record>) -> Result<Option<Returned>, StoreError> {
    let Some(first) = records.first() else { return Ok(None) };
    let (mut program, id) = (String::new(), first.id());
    let chain = if id.seq == 1 {
        let Ok(Event::OfficeOpened(opened)) = first.event() else { return Ok(None) };
        let ours = opened.server_key == app.public_key.to_bytes() && opened.agency == *scope.agency() && opened.holds();
        program = opened.program;
        Chain::open(first).ok().filter(|_| ours)
    } else {
        let (before, prev) = (id.seq.saturating_sub(1), first.envelope().prev);
        let known = app.store.hashes(scope, id.writer, before, before).await?.get(&before) == Some(&prev);
        let tip = Tip { seq: before, hash: prev, ..Tip::default() };
        let key = app.store.office_key(scope, id.writer).await?.filter(|_| known);
        key.map(|key| Chain::resume(scope.agency().clone(), key, tip))
    };
    let Some(mut chain) = chain else { return Ok(None) };
    for record in &records {
        let follows = chain.check_next(record).is_ok();
        if !follows || !is_of_office(record.envelope().kind) {
            return Ok(None);
        }
    }
    Ok(Some(Returned { key: *chain.key(), program, records }))
}

/// Kinds that an office writes: who is who, and in registers.
fn is_of_office(kind: u16) -> bool {
    auxlog_record::is_office(kind)
        || matches!(
            kind,
            number::ENTRY_MADE
                | number::ENTRY_STEPPED
                | number::ENTRY_CORRECTED
                | number::ANNULMENT
                | number::ATTACHMENT
        )
}
