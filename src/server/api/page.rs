//! Pages of a log.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::{Record, WriterId};
use auxlog_sync::Refusal;
use auxlog_sync::message::{Capabilities, Disposition, MAX_PAGE, Page, PulledRun, Words};
use auxlog_sync::run::Run;
use axum::extract::State;
use axum::response::Response;

use super::asked::{Asked, Refuse, answer, failed, refuse};
use super::{App, Shared};
use crate::scope::{Action, AgencyScope};
use crate::store::{Head, LogRow, StoreError};

/// `GET /v1/log`: reading an agency's log without taking part in it. Reads are logged.
pub(crate) async fn log(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadLog).await?;
    let after = asked.number(&app, "after", None)?;
    let limit = asked.number(&app, "limit", Some(u64::from(MAX_PAGE)))?.min(u64::from(MAX_PAGE));
    let limit = u32::try_from(limit).unwrap_or(MAX_PAGE);
    let head = app.store.head(&scope).await.map_err(|e| failed(&app, &e))?;
    let range = format!("after {after}, at most {limit}");
    app.store.note(&scope, app.now(), "read_log", &scope.agency().0, &range).await.map_err(|e| failed(&app, &e))?;
    let page = build(&app, &scope, after, &head, &BTreeSet::new(), limit, Capabilities::OURS).await?;
    answer(&app, &page)
}

/// The page after `cursor`, without the asker's own records.
pub(super) async fn build(
    app: &App,
    scope: &AgencyScope,
    cursor: u64,
    head: &Head,
    own: &BTreeSet<WriterId>,
    limit: u32,
    caps: Capabilities,
) -> Result<Page, Refuse> {
    if cursor >= head.size {
        return Ok(Page { next: cursor, ..Page::default() });
    }
    let own: Vec<WriterId> = own.iter().copied().collect();
    let (rows, all) = app.store.page(scope, cursor, head.size, &own, limit).await.map_err(|e| failed(app, &e))?;
    // Where the page is not full, all that is left up to the head is the asker's own.
    let next = if all { head.size } else { rows.last().map_or(cursor, |row| row.lsn) };
    let mut writers: BTreeMap<WriterId, Vec<LogRow>> = BTreeMap::new();
    for row in rows {
        writers.entry(row.writer).or_default().push(row);
    }
    let mut runs = Vec::with_capacity(writers.len());
    for (writer, rows) in writers {
        let device = app.store.device(scope.agency(), writer).await.map_err(|e| failed(app, &e))?;
        let key = device.ok_or_else(|| corrupt(app, &format!("records of unknown writer {writer}")))?.public_key;
        runs.push(run(app, key, rows, caps)?);
    }
    Ok(Page { runs, next, left: head.size - next, ..Page::default() })
}

/// One writer's rows as a run, for whoever can do `caps`.
pub(super) fn run(app: &App, key: [u8; 32], rows: Vec<LogRow>, caps: Capabilities) -> Result<PulledRun, Refuse> {
    let mut lsns = Vec::with_capacity(rows.len());
    let mut noted = Vec::new();
    let mut records = Vec::with_capacity(rows.len());
    let mut last = 0;
    for row in rows {
        lsns.push(row.lsn.wrapping_sub(last));
        last = row.lsn;
        if row.disposition != Disposition::Logged && understood(row.disposition, caps) {
            noted.push((row.lsn, row.disposition));
        }
        records.push(Record::decode(&row.record).map_err(|e| corrupt(app, &e.to_string()))?);
    }
    let run = Run::of(&records).map_err(|e| corrupt(app, &e.to_string()))?;
    Ok(PulledRun { run, key, lsns, noted, words: Words::default() })
}

/// Whether a laptop that can do `caps` can read a disposition at all.
pub(super) fn understood(disposition: Disposition, caps: Capabilities) -> bool {
    disposition != Disposition::OrderRefused || caps.orders()
}

fn corrupt(app: &App, what: &str) -> Refuse {
    let error = StoreError::Corrupt { table: "event", what: what.to_owned() };
    tracing::error!(%error, "a log cannot be read");
    refuse(app, Refusal::Internal)
}
