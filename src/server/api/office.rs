//! `POST /v1/office`: what the office did after a backup that was put back comes from a laptop.

use auxlog_record::{Chain, Event, Record};
use auxlog_sync::Refusal;
use auxlog_sync::run::{MAX_RECORDS, Run};
use axum::extract::State;
use axum::response::Response;

use super::asked::{Asked, Refuse, answer, failed, refuse};
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
