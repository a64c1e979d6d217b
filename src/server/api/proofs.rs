//! Checkpoints and proofs over an agency's log.

use auxlog_record::WriterId;
use auxlog_sync::Refusal;
use auxlog_sync::merkle;
use auxlog_sync::message::{ConsistencyProof, InclusionProof};
use auxlog_sync::signed::Signed;
use axum::extract::State;
use axum::response::Response;

use super::Shared;
use super::asked::{Asked, Refuse, answer, failed, refuse};
use crate::scope::Action;

/// `GET /v1/checkpoint`.
pub(crate) async fn checkpoint(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let head = app.store.head(&scope).await.map_err(|e| failed(&app, &e))?;
    answer(&app, &Signed::seal(&app.key, &app.checkpoint(&scope, &head)))
}

/// `GET /v1/proof/inclusion`.
pub(crate) async fn inclusion(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let writer: WriterId =
        asked.query("writer").and_then(|text| text.parse().ok()).ok_or_else(|| refuse(&app, Refusal::Malformed))?;
    let seq = asked.number(&app, "seq", None)?;
    let head = app.store.head(&scope).await.map_err(|e| failed(&app, &e))?;
    let found = app.store.find(&scope, writer, seq).await.map_err(|e| failed(&app, &e))?;
    let (hash, word) =
        found.filter(|(_, word)| word.lsn <= head.size).ok_or_else(|| refuse(&app, Refusal::NotFound))?;
    let lsn = word.lsn;
    let plan = merkle::plan_inclusion(lsn - 1, head.size).ok_or_else(|| refuse(&app, Refusal::NotFound))?;
    let nodes = app.store.nodes(&scope, plan.nodes()).await.map_err(|e| failed(&app, &e))?;
    let path = plan.assemble(&nodes).ok_or_else(|| refuse(&app, Refusal::ServerDamaged))?;
    let checkpoint = Signed::seal(&app.key, &app.checkpoint(&scope, &head));
    answer(&app, &InclusionProof { lsn, hash, path, checkpoint, word: (lsn > head.leaves_from).then_some(word) })
}

/// `GET /v1/proof/consistency`.
pub(crate) async fn consistency(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadProofs).await?;
    let head = app.store.head(&scope).await.map_err(|e| failed(&app, &e))?;
    let old = asked.number(&app, "old", None)?;
    let new = asked.number(&app, "new", Some(head.size))?;
    if new > head.size {
        return Err(refuse(&app, Refusal::NotFound));
    }
    let path = super::sync::proof(&app, &scope, old, new).await?.ok_or_else(|| refuse(&app, Refusal::NotFound))?;
    let checkpoint = Signed::seal(&app.key, &app.checkpoint(&scope, &head));
    answer(&app, &ConsistencyProof { old, new, path, checkpoint })
}
