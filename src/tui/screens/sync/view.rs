//! How the state of synchronisation looks.

use auxlog_record::Moment;
use auxlog_sync::message::{Disposition, Standing};
use auxlog_sync::{Notice, Outcome, Progress};
use ratatui::layout::{Constraint, Layout, Rect};

use super::Sync;
use crate::canvas::Canvas;
use crate::labels;
use crate::shared::Shared;
use crate::sync_state::SyncNews;
use crate::task::rows;
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, Page, table};
use crate::words::{Words, say};

/// The newest of what went wrong that are told.
const INCIDENTS: usize = 50;

pub(super) fn draw(sync: &Sync, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let conflicts = u16::try_from(sync.conflicts.rows.len()).unwrap_or(u16::MAX);
    let last = if conflicts == 0 { 0 } else { conflicts.saturating_add(2).min(area.height / 4).max(3) };
    let parts = [Constraint::Length(6), Constraint::Length(7), Constraint::Min(3), Constraint::Length(last)];
    let [top, middle, rest, bottom] = Layout::vertical(parts).areas(area);
    counts(shared, canvas, top);
    server(sync, shared, canvas, middle);
    latest(sync, shared, canvas, rest);
    if conflicts > 0 {
        settling(sync, shared, canvas, bottom);
    }
}

fn counts(shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let (words, counts) = (&shared.words, shared.counts);
    let inner = canvas.frame(area, &say!(words, "sync-counts"), false);
    let pending = if counts.pending == 0 { Meaning::Good } else { Meaning::Warn };
    let lines = [
        (say!(words, "sync-stored"), counts.stored, say!(words, "sync-stored-doc"), Meaning::Text),
        (say!(words, "sync-received"), counts.received_by_server, say!(words, "sync-received-doc"), Meaning::Text),
        (say!(words, "sync-pending"), counts.pending, say!(words, "sync-pending-doc"), pending),
        (say!(words, "sync-pulled"), counts.pulled, say!(words, "sync-pulled-doc"), Meaning::Dim),
    ];
    for ((label, count, doc, meaning), y) in lines.iter().zip(inner.top()..inner.bottom()) {
        canvas.text(inner.x + 1, y, label, 12, *meaning);
        let number = Rect { x: inner.x + 13, y, width: 10, height: 1 };
        canvas.text_right(number, &labels::grouped(*count), *meaning);
        canvas.text(inner.x + 26, y, doc, inner.width.saturating_sub(26), Meaning::Dim);
    }
}

fn server(sync: &Sync, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let inner = canvas.frame(area, &say!(words, "sync-server"), false);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let enrolment = shared.session.as_ref().and_then(|session| session.enrolment.as_ref());
    let Some(enrolment) = enrolment else {
        canvas.paragraph(inner, &say!(words, "sync-alone"), 0, Meaning::Dim);
        return;
    };
    let mut lines = vec![(say!(words, "sync-address"), enrolment.server.clone())];
    lines.push((say!(words, "sync-device"), enrolment.device.clone()));
    match &sync.receipt {
        Some(receipt) => {
            lines.push((
                say!(words, "sync-receipt"),
                say!(
                    words,
                    "sync-receipt-seq",
                    seq = receipt.acked.to_string(),
                    at = receipt.at.0.format("%Y-%m-%d %H:%M:%S").to_string()
                ),
            ));
            lines.push((say!(words, "sync-head"), receipt.head.clone()));
            let root = say!(words, "sync-root-of", size = labels::grouped(receipt.size), root = receipt.root.as_str());
            lines.push((say!(words, "sync-root"), root));
        }
        None => lines.push((say!(words, "sync-receipt"), say!(words, "sync-no-receipt"))),
    }
    for ((label, value), y) in lines.iter().zip(inner.top()..inner.bottom()) {
        let label = text::pad(label, 12, "");
        canvas.line(Rect { y, height: 1, ..inner }, &[(&label, Meaning::Dim), (value, Meaning::Text)]);
    }
}

fn latest(sync: &Sync, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let inner = canvas.frame(area, &say!(words, "sync-latest"), false);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut paragraphs = match &sync.news {
        Some(SyncNews::Progress(progress)) => progressing(progress, words, canvas.glyphs.thumb, canvas.glyphs.track),
        Some(news) => vec![said(news, words)],
        None => vec![(say!(words, "sync-nothing-yet"), Meaning::Dim)],
    };
    let today = shared.now.china_date();
    paragraphs.extend(sync.waiting.iter().map(|waiting| {
        let (officer, since) = (waiting.officer.as_str(), labels::when(waiting.since, today));
        let (first, last) = (labels::grouped(waiting.first), labels::grouped(waiting.last));
        (say!(words, "sync-waiting", officer = officer, first = first, last = last, since = since), Meaning::Text)
    }));
    if let Some(outcome) = &sync.outcome {
        paragraphs.extend(concerns(outcome, words));
    }
    for own in sync.concerns.custody.iter().filter(|own| own.held > 0) {
        let (held, reason) = (labels::grouped(own.held), own.reason.as_str());
        paragraphs.push((say!(words, "sync-own-held", held = held, reason = reason), Meaning::Bad));
    }
    paragraphs.extend(sync.concerns.awaiting.iter().map(|awaiting| labels::awaiting(words, awaiting, today)));
    if !sync.concerns.awaiting.is_empty() {
        paragraphs.push((say!(words, "awaiting-how"), Meaning::Dim));
    }
    let newest = sync.concerns.incidents.iter().rev().take(INCIDENTS);
    paragraphs.extend(newest.map(|incident| (labels::incident(words, incident, today), Meaning::Warn)));
    let mut page = Page::new(shared, usize::from(inner.width.saturating_sub(1)));
    for (paragraph, meaning) in &paragraphs {
        page.add(0, paragraph, *meaning);
    }
    sync.latest.view(canvas, inner, &page.lines);
}

/// Tasks whose corrections contradict each other, to be settled by one that knows of both.
fn settling(sync: &Sync, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let words = &shared.words;
    let inner = canvas.frame(area, &say!(words, "sync-conflicts", count = sync.conflicts.total), true);
    let columns = [Column::fixed("", 11), Column::fixed("", 14), Column::rest("", 10)];
    let today = shared.now.china_date();
    table(canvas, inner, &columns, &sync.list, true, |place| {
        let Some(row) = sync.conflicts.rows.get(place) else { return Vec::new() };
        vec![
            Cell::new(labels::when(row.at, today), Meaning::Text),
            Cell::new(rows::people(row, words), Meaning::Text),
            Cell::new(rows::gist(row, words), Meaning::Text),
        ]
    });
}

/// How far it has come: a bar, records, bytes, rate, time left.
fn progressing(progress: &Progress, words: &Words, done: &str, rest: &str) -> Vec<(String, Meaning)> {
    const BAR: u64 = 30;
    let (through, ahead) = (progress.sent + progress.received, progress.to_send + progress.to_receive);
    let filled = (through * BAR).checked_div(through + ahead).unwrap_or(0);
    let part = |mark: &str, count: u64| mark.repeat(usize::try_from(count).unwrap_or(0));
    let bar = format!("{}{}", part(done, filled), part(rest, BAR - filled));
    let records = say!(
        words,
        "sync-progress",
        sent = labels::grouped(progress.sent),
        to_send = labels::grouped(progress.to_send),
        received = labels::grouped(progress.received),
        to_receive = labels::grouped(progress.to_receive)
    );
    let speed = say!(
        words,
        "sync-speed",
        up = labels::bytes(progress.bytes_up),
        down = labels::bytes(progress.bytes_down),
        rate = labels::grouped(progress.rate())
    );
    let left = progress.left_ms().filter(|_| ahead > 0).map(|ms| {
        let seconds = ms.div_ceil(1000);
        say!(words, "sync-left", seconds = labels::grouped(seconds))
    });
    let speed = format!("{speed}{}", left.unwrap_or_default());
    [bar, records, speed].into_iter().map(|said| (said, Meaning::Accent)).collect()
}

/// What of a round someone should look at: the device's standing, records set aside or held for
/// review, a server or laptop that came back behind.
fn concerns(outcome: &Outcome, words: &Words) -> Vec<(String, Meaning)> {
    let mut said = Vec::new();
    match outcome.standing {
        Standing::Active => {}
        Standing::Pending => said.push((say!(words, "sync-standing-pending"), Meaning::Warn)),
        Standing::Frozen => said.push((say!(words, "sync-standing-frozen"), Meaning::Bad)),
        Standing::Revoked => said.push((say!(words, "sync-standing-revoked"), Meaning::Bad)),
    }
    for notice in &outcome.notices {
        said.push(match notice {
            Notice::ServerCameBack => (say!(words, "sync-server-came-back"), Meaning::Warn),
            Notice::LaptopCameBack => (say!(words, "sync-laptop-came-back"), Meaning::Warn),
            Notice::AttachmentsKept => (say!(words, "sync-attachments-kept"), Meaning::Warn),
        });
    }
    for refused in &outcome.set_aside {
        let why = words.terms().set_aside(refused.reason);
        said.push((say!(words, "sync-set-aside", seq = refused.seq.to_string(), why = why), Meaning::Bad));
    }
    for noted in &outcome.noted {
        let seq = noted.seq.to_string();
        if noted.disposition.is_doubtful() {
            said.push((say!(words, "sync-noted-clock", seq = seq.as_str()), Meaning::Warn));
        }
        said.push(match noted.disposition {
            Disposition::Logged | Disposition::ClockOff => continue,
            Disposition::VerdictDiffers | Disposition::DiffersDoubtful => {
                (say!(words, "sync-noted-verdict", seq = seq), Meaning::Warn)
            }
            Disposition::Stale | Disposition::StaleDoubtful => {
                (say!(words, "sync-noted-stale", seq = seq), Meaning::Warn)
            }
            Disposition::Void | Disposition::VoidDoubtful => (say!(words, "sync-noted-void", seq = seq), Meaning::Bad),
            Disposition::OrderRefused => (say!(words, "sync-noted-order", seq = seq), Meaning::Bad),
            Disposition::Held => (say!(words, "sync-noted-held", seq = seq), Meaning::Bad),
        });
    }
    said
}

fn said(news: &SyncNews, words: &Words) -> (String, Meaning) {
    let clock = |at: &Moment| at.0.format("%H:%M:%S").to_string();
    match news {
        SyncNews::Started | SyncNews::Progress(_) => (say!(words, "sync-started"), Meaning::Accent),
        SyncNews::Done { at, outcome } => {
            let (sent, received) = (outcome.sent.to_string(), outcome.received.to_string());
            (say!(words, "sync-done", at = clock(at), sent = sent, received = received), Meaning::Good)
        }
        SyncNews::Failed { at, error, again_in } => {
            let (why, seconds) = (words.terms().sync(error), again_in.as_secs().max(1).to_string());
            let meaning = if error.is_unreachable() { Meaning::Warn } else { Meaning::Bad };
            (say!(words, "sync-failed", at = clock(at), why = why, seconds = seconds), meaning)
        }
        SyncNews::Impossible(error) => (say!(words, "sync-impossible", why = words.terms().join(error)), Meaning::Bad),
    }
}
