//! Checkpoints and proofs over an agency's log.

use std::collections::{BTreeSet, HashMap};

use auxlog_record::{Event, Hash, RecordId, WriterId};
use auxlog_sync::Refusal;
use auxlog_sync::merkle::{self, NodeId};
use auxlog_sync::message::{ConsistencyProof, InclusionProof};
use auxlog_sync::signed::Signed;
use auxlog_sync::task_proof::{AboutTask, OfficeSays, TaskProof};
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::asked::{Asked, answer};
use super::refuse::Refuse;
use super::{Content, Door, Route, Shared};
use crate::scope::Action;
use crate::store::Placed;

const READS: Door = Door::Signed(Action::ReadProofs);

pub(super) const ROUTES: &[Route] = &[
    Route::get("/v1/checkpoint", READS, Content::Message, "The log's signed state", || get(checkpoint))
        .asks(&["agency"]),
    Route::get("/v1/proof/inclusion", READS, Content::Message, "Proof that a record is in the log", || get(inclusion))
        .asks(&["agency", "writer", "seq"]),
    Route::get("/v1/proof/task", READS, Content::Message, "All that the log holds about a task", || get(task))
        .asks(&["agency", "writer", "seq"]),
    Route::get("/v1/proof/consistency", READS, Content::Message, "Proof that the log only grew", || get(consistency))
        .asks(&["agency", "old", "new?"]),
];

/// `GET /v1/checkpoint`.
async fn checkpoint(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let head = app.store.head(&scope).await?;
    answer(&app, &Signed::seal(&app.key, &app.checkpoint(&scope, &head)))
}

/// `GET /v1/proof/inclusion`.
async fn inclusion(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let RecordId { writer, seq } = record(&asked)?;
    let head = app.store.head(&scope).await?;
    let found = app.store.find(&scope, writer, seq).await?;
    let (hash, word) = found.filter(|(_, word)| word.lsn <= head.size).ok_or(Refusal::NotFound)?;
    let lsn = word.lsn;
    let plan = merkle::plan_inclusion(lsn - 1, head.size).ok_or(Refusal::NotFound)?;
    let nodes = app.store.nodes(&scope, plan.nodes()).await?;
    let path = plan.assemble(&nodes).ok_or(Refusal::ServerDamaged)?;
    let checkpoint = Signed::seal(&app.key, &app.checkpoint(&scope, &head));
    answer(&app, &InclusionProof { lsn, hash, path, checkpoint, word: (lsn > head.leaves_from).then_some(word) })
}

/// The record that a request names.
fn record(asked: &Asked) -> Result<RecordId, Refusal> {
    let writer: Option<WriterId> = asked.query("writer").and_then(|text| text.parse().ok());
    let writer = writer.ok_or(Refusal::Malformed)?;
    Ok(RecordId { writer, seq: asked.number("seq", None)? })
}

/// `GET /v1/proof/task`.
async fn task(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let task = record(&asked)?;
    let head = app.store.head(&scope).await?;
    let in_log = |placed: &Placed| placed.word.lsn <= head.size;
    let mut about = app.store.about(&scope, task).await?;
    about.retain(in_log);
    if !about.iter().any(|placed| placed.record.id() == task) {
        return Err(Refusal::NotFound.into());
    }
    // Whoever planned it is in it too.
    let planned = about.iter().filter(|placed| placed.record.id() == task).find_map(|placed| {
        let Ok(Event::TaskLogged(logged)) = placed.record.event() else { return None };
        logged.plan
    });
    if let Some(plan) = planned {
        let of_plan = app.store.about(&scope, plan).await?;
        let masks =
            |placed: &Placed| matches!(placed.record.event(), Ok(Event::MaskOrdered(order)) if order.target == plan);
        about.extend(of_plan.into_iter().filter(|placed| placed.record.id() == plan || masks(placed)));
        about.retain(in_log);
        about.sort_by_key(|placed| placed.word.lsn);
        about.dedup_by_key(|placed| placed.word.lsn);
    }
    let exporter: Option<WriterId> = scope.actor().parse().ok();
    let mut involved: BTreeSet<WriterId> =
        about.iter().map(|placed| placed.record.id().writer).chain(exporter).collect();
    let office = app.store.office_records(&scope).await?;
    // What an administrator asked for holds by who they are.
    loop {
        let said = office.iter().filter(|placed| in_log(placed) && speaks_of(placed, &involved));
        let askers = said.filter_map(|placed| Some(placed.record.event().ok()?.asked()?.0.by()));
        let more: Vec<WriterId> = askers.filter(|by| !involved.contains(by)).collect();
        if more.is_empty() {
            break;
        }
        involved.extend(more);
    }
    let mut office: Vec<Placed> =
        office.iter().filter(|placed| in_log(placed) && speaks_of(placed, &involved)).cloned().collect();
    let said = office.iter().filter(|placed| placed.record.id().seq > 1);
    let needed: BTreeSet<WriterId> = said.chain(&about).map(|placed| placed.record.id().writer).collect();
    office.retain(|placed| needed.contains(&placed.record.id().writer));

    let plans: Vec<_> =
        about.iter().chain(&office).map(|p| merkle::plan_inclusion(p.word.lsn - 1, head.size)).collect();
    let ids: BTreeSet<NodeId> = plans.iter().flatten().flat_map(merkle::Plan::nodes).collect();
    let nodes: HashMap<NodeId, Hash> = app.store.nodes(&scope, ids.into_iter()).await?;
    let paths: Option<Vec<Vec<Hash>>> = plans.iter().map(|plan| plan.as_ref()?.assemble(&nodes)).collect();
    let mut paths = paths.ok_or(Refusal::ServerDamaged)?.into_iter();
    let mut path = || paths.next().unwrap_or_default();
    let about = about.into_iter().map(|Placed { record, word }| AboutTask {
        record: record.id(),
        hash: record.hash(),
        word,
        path: path(),
    });
    let about = about.collect();
    let office = office.into_iter().map(|Placed { record, word }| OfficeSays {
        record: record.encode().into(),
        word,
        path: path(),
    });
    let office = office.collect();
    let (checkpoint, leaves_from) = (app.checkpoint(&scope, &head), head.leaves_from);
    let former = app.store.former_keys(&scope).await?;
    answer(&app, &Signed::seal(&app.key, &TaskProof { checkpoint, task, about, office, leaves_from, former }))
}

/// Whether a record of the office says who one of these is, or by which rules steps are read.
fn speaks_of(placed: &Placed, involved: &BTreeSet<WriterId>) -> bool {
    match placed.record.event() {
        Ok(Event::KeyCertified(certified)) => involved.contains(&WriterId::of(&certified.key)),
        Ok(Event::StandingSet(set)) => involved.contains(&set.writer),
        Ok(Event::OfficeOpened(_) | Event::RulesAdopted(_)) => true,
        _ => false,
    }
}

/// `GET /v1/proof/consistency`.
async fn consistency(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let head = app.store.head(&scope).await?;
    let old = asked.number("old", None)?;
    let new = asked.number("new", Some(head.size))?;
    if new > head.size {
        return Err(Refusal::NotFound.into());
    }
    let path = super::sync::proof(&app, &scope, old, new).await?.ok_or(Refusal::NotFound)?;
    let checkpoint = Signed::seal(&app.key, &app.checkpoint(&scope, &head));
    answer(&app, &ConsistencyProof { old, new, path, checkpoint })
}
