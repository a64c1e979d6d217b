//! Pages of a log.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::{Record, Word, WriterId};
use auxlog_sync::message::{Capabilities, Disposition, MAX_PAGE, OwnRun, Page, PulledRun, Words};
use auxlog_sync::run::Run;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::asked::{Asked, answer};
use super::refuse::Refuse;
use super::{App, Content, Door, Route, Shared};
use crate::scope::{Action, AgencyScope};
use crate::store::{Head, LogRow, OwnRow, StoreError};

pub(super) const ROUTES: &[Route] =
    &[Route::get("/v1/log", Door::Signed(Action::ReadLog), Content::Message, "A page of a log", || get(log))
        .asks(&["agency", "after", "limit?"])];

/// `GET /v1/log`: reading an agency's log without taking part in it. Reads are logged.
async fn log(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadLog).await?;
    let after = asked.number("after", None)?;
    let limit = asked.number("limit", Some(u64::from(MAX_PAGE)))?.min(u64::from(MAX_PAGE));
    let limit = u32::try_from(limit).unwrap_or(MAX_PAGE);
    let head = app.store.head(&scope).await?;
    let range = format!("after {after}, at most {limit}");
    app.store.note(&scope, app.now(), "read_log", &scope.agency().0, &range).await?;
    let page = build(&app, &scope, after, &head, &BTreeSet::new(), limit, Capabilities::OURS).await?;
    answer(&app, &page)
}

/// The page after `cursor`. The asker has its own records; who can read it is told what the log says of
/// them.
pub(super) async fn build(
    app: &App,
    scope: &AgencyScope,
    cursor: u64,
    head: &Head,
    own: &BTreeSet<WriterId>,
    limit: u32,
    caps: Capabilities,
) -> Result<Page, Refuse> {
    let leaves_from = if caps.answers() { head.leaves_from } else { 0 };
    if cursor >= head.size {
        return Ok(Page { next: cursor, leaves_from, ..Page::default() });
    }
    let own: Vec<WriterId> = own.iter().copied().collect();
    let (rows, owned, next) = app.store.page(scope, cursor, head.size, &own, limit).await?;
    let words = if caps.answers() { own_runs(owned) } else { Vec::new() };
    let mut writers: BTreeMap<WriterId, Vec<LogRow>> = BTreeMap::new();
    for row in rows {
        writers.entry(row.writer).or_default().push(row);
    }
    let mut runs = Vec::with_capacity(writers.len());
    for (writer, rows) in writers {
        let key = key(app, scope, writer).await?;
        runs.push(run(key, rows, caps)?);
    }
    Ok(Page { runs, next, left: head.size - next, own: words, leaves_from })
}

/// The key of whoever writes in the log: a device, or the agency's office.
async fn key(app: &App, scope: &AgencyScope, writer: WriterId) -> Result<[u8; 32], Refuse> {
    if let Some(device) = app.store.device(scope.agency(), writer).await? {
        return Ok(device.public_key);
    }
    let office = app
        .store
        .office_key(scope, writer)
        .await?
        .ok_or_else(|| corrupt(format!("records of unknown writer {writer}")))?;
    Ok(office.to_bytes())
}

/// One writer's rows as a run, for whoever can do `caps`.
pub(super) fn run(key: [u8; 32], rows: Vec<LogRow>, caps: Capabilities) -> Result<PulledRun, Refuse> {
    let mut columns = Columns::default();
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        records.push(Record::decode(&row.record).map_err(|e| corrupt(e.to_string()))?);
        columns.push(row.word, caps);
    }
    let run = Run::of(&records).map_err(|e| corrupt(e.to_string()))?;
    let Columns { lsns, noted, words, .. } = columns;
    Ok(PulledRun { run, key, lsns, noted, words })
}

/// The asker's own records in runs of seqs that follow each other, in the log's order.
fn own_runs(rows: Vec<OwnRow>) -> Vec<OwnRun> {
    let mut runs: Vec<(WriterId, u64, Columns)> = Vec::new();
    // A writer's open run: another writer's records may lie between two of its own.
    let mut open: BTreeMap<WriterId, usize> = BTreeMap::new();
    for row in rows {
        let follows = open.get(&row.writer).copied().filter(|&at| {
            let (_, first, columns) = &runs[at];
            first + columns.lsns.len() as u64 == row.seq
        });
        let at = follows.unwrap_or_else(|| {
            runs.push((row.writer, row.seq, Columns::default()));
            runs.len() - 1
        });
        open.insert(row.writer, at);
        runs[at].2.push(row.word, Capabilities::OURS);
    }
    let run =
        |(writer, first_seq, Columns { lsns, noted, words, .. })| OwnRun { writer, first_seq, lsns, noted, words };
    runs.into_iter().map(run).collect()
}

/// What the log says of a run's records, in columns.
#[derive(Default)]
struct Columns {
    lsns: Vec<u64>,
    noted: Vec<(u64, Disposition)>,
    words: Words,
    last: (u64, u64),
}

impl Columns {
    fn push(&mut self, word: Word, caps: Capabilities) {
        let (lsn, recv_ms) = self.last;
        self.last = (word.lsn, word.recv_ms);
        self.lsns.push(word.lsn.wrapping_sub(lsn));
        if word.disposition != Disposition::Logged && understood(word.disposition, caps) {
            self.noted.push((word.lsn, word.disposition));
        }
        if caps.answers() {
            self.words.recv.push(word.recv_ms.wrapping_sub(recv_ms).cast_signed());
            self.words.verdicts.extend(word.verdict.map(|verdict| (word.lsn, *verdict)));
        }
    }
}

/// Whether a laptop that can do `caps` can read a disposition at all.
pub(super) fn understood(disposition: Disposition, caps: Capabilities) -> bool {
    match disposition {
        Disposition::OrderRefused => caps.orders(),
        Disposition::Stale
        | Disposition::Void
        | Disposition::DiffersDoubtful
        | Disposition::StaleDoubtful
        | Disposition::VoidDoubtful => caps.answers(),
        Disposition::Logged | Disposition::VerdictDiffers | Disposition::ClockOff | Disposition::Held => true,
    }
}

fn corrupt(what: String) -> StoreError {
    StoreError::Corrupt { table: "event", what }
}
