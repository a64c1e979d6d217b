//! `POST /v1/sync`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use auxlog_record::{Event, Hash, OfficerId, Record, WriterId};
use auxlog_sync::Refusal;
use auxlog_sync::merkle;
use auxlog_sync::message::{
    Awaiting, Capabilities, Custody, Have, IncidentNote, MAX_PAGE, Noted, OLDEST_PROTOCOL, PROTOCOL, Page, PulledRun,
    Refused, RefusedFor, Standing, SyncAnswer, SyncRequest, SyncResponse,
};
use auxlog_sync::receipt::{Checkpoint, Receipt};
use auxlog_sync::run::MAX_RECORDS;
use auxlog_sync::signed::Signed;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;

use super::asked::{Asked, answer, told};
use super::refuse::Refuse;
use super::{App, Door, MESSAGES, Route, Shared, day, page};
use crate::answered::Request;
use crate::ingest::{self, Ingest};
use crate::metrics;
use crate::scope::{Action, AgencyScope, Principal};
use crate::store::{Appended, DeviceRow, Head, Incident, IncidentKind, RosterRow};

pub(super) const ROUTES: &[Route] =
    &[Route::post("/v1/sync", Door::Signed(Action::Sync), MESSAGES, "Push records, pull a page, get receipts", || {
        post(sync)
    })];

/// How often a push is decided anew because its writer's state moved meanwhile.
const TRIES: u32 = 5;

/// Incidents in one answer.
const INCIDENTS: u32 = 50;

/// Kinds of records that await somebody, by device, in one answer.
const AWAITING: usize = 100;

/// How long what stands in the log is told, after it was received.
const FORTNIGHT_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// How long a push waits for its turn to be verified before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Own writers that a laptop may name.
const OWN: usize = 16;

/// What pushing came to.
#[derive(Default)]
struct Pushed {
    acked: BTreeMap<WriterId, (u64, Hash)>,
    noted: Vec<Noted>,
    refused: Vec<Refused>,
    head: Option<Head>,
    /// Whether the request came for the first time, where anything of it was stored.
    first: Option<bool>,
}

async fn sync(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let start = Instant::now();
    let principal = asked.principal()?;
    let request: SyncRequest = asked.message(&app).await?;
    if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&request.protocol) {
        return Err(Refusal::UpgradeNeeded.into());
    }
    let device = principal.device();
    let scope = principal.scope(&device.agency, Action::Sync)?;
    check_form(&scope, &request)?;
    // What pushes is noted with what it brings.
    let noted = if request.push.is_empty() { Some(asked.note(&app, &scope).await?) } else { None };

    let caps = request.caps.agreed_with(Capabilities::OURS);
    let own: BTreeSet<WriterId> = request.have.own.iter().map(|own| own.writer).collect();
    let named: BTreeSet<WriterId> = own.iter().copied().chain(request.push.iter().map(|run| run.writer)).collect();
    // The roster and the head at once, so that the record that issued it is in the log that this answer
    // speaks of.
    let (known, newest, at_hand) = app.store.head_and_roster(&scope).await?;
    let mut runs = Vec::with_capacity(request.push.len());
    // What a laptop made under what this log lost waits until that was brought: its receipt says how far
    // the server is, and it comes once more.
    let waits = knows_more(&request.have, &known);
    for run in request.push.into_iter().filter(|_| !waits) {
        let writer = run.writer;
        let records = ingest::unfold(run).await?;
        runs.push((writer, records.ok_or(Refusal::Malformed)?));
    }
    let with = Ingest { at_hand: Some(at_hand), ..app.ingest() };
    let mut pushed = push(&app, with, &scope, &principal, asked.request()?, runs).await?;

    if !caps.answers() && pushed.refused.iter().any(|refused| refused.reason.is_full()) {
        // 0.1.0 does not know this reason.
        return Err(Refusal::Unavailable.into());
    }
    let mut head = pushed.head.take().unwrap_or(known);
    if let Some(proof) = &request.proof {
        head = came_back(&app, &scope, proof, head).await?;
    }
    let checkpoint = app.checkpoint(&scope, &head);
    let (receipts, custody) = receipts(&app, &scope, device, named, &pushed, &checkpoint).await?;

    // Whoever is frozen or revoked brings their own chain and is given nothing but what becomes of it.
    let trusted = device.standing == Standing::Active;
    let same = request.have.epoch == head.epoch;
    let cursor = if same { request.have.cursor } else { 0 };
    let page = if trusted && request.want > 0 {
        page::build(&app, &scope, cursor, &head, &own, request.want.min(MAX_PAGE), caps).await?
    } else {
        Page { next: cursor, ..Page::default() }
    };
    metrics::add(&app.metrics.sent, page.runs.iter().map(|pulled| pulled.run.len()).sum());
    let consistency = if same && request.have.size <= head.size {
        proof(&app, &scope, request.have.size, head.size).await?
    } else {
        None
    };
    let readable = |row: &RosterRow| trusted && (row.manifest.form.is_none() || caps.salted());
    let roster = newest.filter(|row| readable(row) && is_news(&request.have, row));
    let roster = roster.map(|row| Signed::seal(&app.key, &row.manifest));
    let restored = restore(&app, &scope, &principal, request.restore, &request.have.own, caps).await?;
    let response = SyncResponse {
        protocol: PROTOCOL,
        server_ms: app.now(),
        receipts,
        noted: pushed.noted.into_iter().filter(|noted| page::understood(noted.disposition, caps)).collect(),
        refused: pushed.refused,
        page,
        consistency,
        roster,
        standing: device.standing,
        restored,
        caps,
        role: trusted.then_some(device.role),
        custody,
        awaiting: awaiting(&app, &scope, &principal).await?,
        incidents: incidents(&app, &scope, &principal, request.have.incident_ms).await?,
    };
    // Records may come twice, what is read is given once.
    match (pushed.first, noted) {
        (Some(true), _) => {}
        (Some(false), _) => return Err(Refusal::Replayed.into()),
        (None, Some(noted)) => told(noted).await?,
        (None, None) => told(asked.note(&app, &scope).await?).await?,
    }
    metrics::add(&app.metrics.syncs, 1);
    app.metrics.took(start.elapsed());
    if caps.answers() {
        let whole = SyncAnswer { device: device.writer, nonce: asked.nonce(), response };
        return answer(&app, &Signed::seal(&app.key, &whole));
    }
    answer(&app, &response)
}

/// Of each writer how far the log has them, and of those who are shut out what became of what they brought.
async fn receipts(
    app: &App,
    scope: &AgencyScope,
    device: &DeviceRow,
    named: BTreeSet<WriterId>,
    pushed: &Pushed,
    checkpoint: &Checkpoint,
) -> Result<(Vec<Signed<Receipt>>, Vec<Custody>), Refuse> {
    let mut receipts = Vec::with_capacity(named.len());
    let mut custody = Vec::new();
    for writer in named {
        // A push may have frozen its writer; else the row that let the device in will do.
        let row = if writer == device.writer && pushed.refused.is_empty() {
            Some(device.clone())
        } else if writer == device.writer || !pushed.acked.contains_key(&writer) {
            app.store.device(scope.agency(), writer).await?
        } else {
            None
        };
        let row = row.filter(|row| device.standing == Standing::Active || row.officer == device.officer);
        if let Some(row) = row.as_ref().filter(|row| matches!(row.standing, Standing::Frozen | Standing::Revoked)) {
            let found = app.store.custody(scope, row).await?;
            // A key that was succeeded is none of the laptop's business once nothing of it waits.
            if writer == device.writer || found.held > 0 || !found.set_aside.is_empty() {
                custody.push(found);
            }
        }
        let covered = pushed.acked.get(&writer).copied();
        if let Some((acked, head)) = covered.or(row.map(|row| (row.acked_seq, row.acked_hash))) {
            let receipt = Receipt { writer, acked, head, checkpoint: checkpoint.clone() };
            receipts.push(Signed::seal(&app.key, &receipt));
        }
    }
    Ok((receipts, custody))
}

/// Whether a laptop saw this log longer than it is, or another life of it: it came back from a backup, and
/// the laptop does not know yet.
fn knows_more(have: &Have, head: &Head) -> bool {
    have.size > 0 && (have.epoch != head.epoch || have.size > head.size)
}

/// Whether a laptop lacks a version of the roster: it has an older one, or a copy that drifted.
fn is_news(have: &Have, row: &RosterRow) -> bool {
    let drifted = || have.roster_digest.is_some_and(|digest| digest != row.manifest.digest);
    row.version > have.roster || (row.version == have.roster && drifted())
}

/// Incidents that the laptop does not know, for those whose role reads them.
async fn incidents(
    app: &App,
    scope: &AgencyScope,
    principal: &Principal,
    after: u64,
) -> Result<Vec<IncidentNote>, Refuse> {
    if principal.scope(scope.agency(), Action::ReadAudit).is_err() {
        return Ok(Vec::new());
    }
    let incidents = app.store.incidents_after(scope, after, INCIDENTS).await?;
    let note = |Incident { at_ms, kind, writer, seq, detail }| IncidentNote { at_ms, kind, writer, seq, detail };
    Ok(incidents.into_iter().map(note).collect())
}

/// What of others' records awaits somebody, for those who may release it.
async fn awaiting(app: &App, scope: &AgencyScope, principal: &Principal) -> Result<Vec<Awaiting>, Refuse> {
    if principal.scope(scope.agency(), Action::Release).is_err() {
        return Ok(Vec::new());
    }
    let since = app.now().saturating_sub(FORTNIGHT_MS);
    let mut all = app.store.awaiting(scope, since).await?;
    all.retain(|one| one.writer != principal.device().writer);
    all.truncate(AWAITING);
    Ok(all)
}

/// Refuses what no laptop sends.
fn check_form(scope: &AgencyScope, request: &SyncRequest) -> Result<(), Refusal> {
    let writers: BTreeSet<WriterId> = request.push.iter().map(|run| run.writer).collect();
    let records: usize = request.push.iter().map(auxlog_sync::run::Run::len).sum();
    if request.push.iter().any(|run| run.agency != *scope.agency()) {
        return Err(Refusal::Forbidden);
    }
    if records > MAX_RECORDS {
        return Err(Refusal::TooLarge);
    }
    if writers.len() != request.push.len() || request.have.own.len() > OWN || request.push.len() > OWN {
        return Err(Refusal::Malformed);
    }
    Ok(())
}

/// Stores what was pushed, deciding anew as often as a writer's state moves meanwhile.
async fn push(
    app: &App,
    with: Ingest<'_>,
    scope: &AgencyScope,
    principal: &Principal,
    request: Request,
    mut runs: Vec<(WriterId, Vec<Record>)>,
) -> Result<Pushed, Refuse> {
    let mut pushed = Pushed::default();
    let device = principal.device();
    for attempt in 0..TRIES {
        if runs.is_empty() {
            return Ok(pushed);
        }
        let turn = tokio::time::timeout(PATIENCE, app.verifying.acquire()).await;
        let _permit = turn.ok().and_then(Result::ok).ok_or(Refusal::Unavailable)?;
        let (mut decided, mut batch) = (Vec::new(), Vec::new());
        let shared = beside(app, scope, &runs).await?;
        for (writer, records) in runs.drain(..) {
            let row = if writer == device.writer && attempt == 0 {
                Some(device.clone())
            } else {
                app.store.device(scope.agency(), writer).await?
            };
            // Whoever is frozen or revoked brings their own chains, and nobody else's.
            let own = |officer: &OfficerId| device.standing == Standing::Active || *officer == device.officer;
            let Some(row) = row.filter(|row| row.standing != Standing::Pending && own(&row.officer)) else {
                let seq = records.first().map_or(0, |first| first.id().seq);
                pushed.refused.push(Refused { writer, seq, reason: RefusedFor::UnknownWriter });
                continue;
            };
            let with = Ingest { beside: &shared, now: app.now(), ..with };
            metrics::add(&app.metrics.signatures, records.len());
            let mut prepared = ingest::prepare(with, scope, &row, device, records.clone()).await?;
            prepared.push.request = Some(request).filter(|_| pushed.first.is_none());
            if prepared.push.forged && app.blamed.is_news(device.writer, app.now()) {
                let detail = format!("sent a record in the name of {writer} that {writer} did not sign");
                let (kind, seq) = (IncidentKind::Malformed, 0);
                app.store.file_incident(scope, app.now(), kind, device.writer, seq, &detail).await?;
            }
            if let Some(full) = prepared.refused.iter().find(|refused| refused.reason.is_full()) {
                let (kind, now) = (IncidentKind::RecordQuota, app.now());
                let detail = format!("{}, {writer}: {:?}", day(now), full.reason);
                app.store.file_once(scope, now, kind, (writer, full.seq), &detail).await?;
            }
            if prepared.push.is_empty() {
                pushed.refused.extend(prepared.refused);
                metrics::add(&app.metrics.duplicates, records.len());
                pushed.acked.insert(writer, (row.acked_seq, row.acked_hash));
                continue;
            }
            batch.push(prepared.push);
            decided.push((writer, records, prepared.noted, prepared.refused));
        }
        if batch.is_empty() {
            return Ok(pushed);
        }
        let sizes: Vec<usize> = batch.iter().map(|push| push.fresh.len()).collect();
        let outcomes = app.committer.append(batch, app.now()).await?;
        for (((writer, records, noted, refused), outcome), fresh) in decided.into_iter().zip(outcomes).zip(sizes) {
            match outcome {
                Appended::Moved => runs.push((writer, records)),
                Appended::Done { acked, hash, head, first } => {
                    pushed.first.get_or_insert(first);
                    metrics::add(&app.metrics.appended, fresh);
                    metrics::add(&app.metrics.duplicates, records.len().saturating_sub(fresh + refused.len()));
                    metrics::add(&app.metrics.set_aside, refused.len());
                    for noted in &noted {
                        app.metrics.noted(noted.disposition);
                    }
                    pushed.acked.insert(writer, (acked, hash));
                    pushed.noted.extend(noted);
                    pushed.refused.extend(refused);
                    pushed.head = Some(head);
                }
            }
        }
    }
    if runs.is_empty() { Ok(pushed) } else { Err(Refusal::Unavailable.into()) }
}

/// What the runs of a request say, where there are several: officers who share a laptop see each other's
/// records before the log has them.
async fn beside(
    app: &App,
    scope: &AgencyScope,
    runs: &[(WriterId, Vec<Record>)],
) -> Result<Vec<(Record, Event)>, Refuse> {
    let mut all = Vec::new();
    for (writer, records) in runs.iter().filter(|_| runs.len() > 1) {
        let Some(row) = app.store.device(scope.agency(), *writer).await? else { continue };
        // What is not to stand in the log explains nothing.
        if row.standing == Standing::Active {
            all.extend(ingest::signed(&row, records.clone()).await?);
        }
    }
    Ok(all)
}

/// A laptop shows a receipt of this server over more than the log has: it came back from a
/// backup. From here the log is another, and everyone pulls and pushes what is missing.
async fn came_back(app: &App, scope: &AgencyScope, proof: &Signed<Receipt>, head: Head) -> Result<Head, Refuse> {
    let Ok(receipt) = proof.open(&app.public_key) else { return Ok(head) };
    let claimed = &receipt.checkpoint;
    if claimed.agency != *scope.agency() || claimed.epoch != head.epoch || claimed.size <= head.size {
        return Ok(head);
    }
    tracing::error!(agency = %scope.agency(), had = claimed.size, has = head.size, "the log is behind a receipt");
    Ok(app.store.new_epoch(scope, head.epoch, claimed.size, app.now()).await?)
}

/// The proof that the log of `size` begins with that of `old`.
pub(super) async fn proof(app: &App, scope: &AgencyScope, old: u64, size: u64) -> Result<Option<Vec<Hash>>, Refuse> {
    let Some(plan) = merkle::plan_consistency(old, size) else { return Ok(None) };
    let nodes = app.store.nodes(scope, plan.nodes()).await?;
    // A laptop that got none would think that the history was rewritten.
    Ok(Some(plan.assemble(&nodes).ok_or(Refusal::ServerDamaged)?))
}

/// A device's own records beyond what it has, after its disk came back from an old copy.
async fn restore(
    app: &App,
    scope: &AgencyScope,
    principal: &Principal,
    wanted: Option<WriterId>,
    own: &[auxlog_sync::message::OwnHead],
    caps: Capabilities,
) -> Result<Option<PulledRun>, Refuse> {
    let device = principal.device();
    let own = own.iter().find(|own| Some(own.writer) == wanted && own.writer == device.writer);
    let Some(own) = own.filter(|_| device.standing == Standing::Active) else { return Ok(None) };
    let rows = app.store.of_writer(scope, own.writer, own.seq, MAX_PAGE).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    // Once a day, however often it asks and whatever it says that it has.
    let now = app.now();
    let detail = format!("{}, {}: own records come back", day(now), own.writer);
    app.store.file_once(scope, now, IncidentKind::LaptopBehind, (own.writer, own.seq), &detail).await?;
    page::run(device.public_key, rows, caps).map(Some)
}
