//! The state of synchronisation (同步): three counts that are told apart, the server's receipt, and
//! what happened last.

use std::sync::Arc;

use auxlog_record::Moment;
use auxlog_sync::message::Standing;
use auxlog_sync::{Notice, Outcome};
use ratatui::layout::{Constraint, Layout, Rect};

use crate::canvas::Canvas;
use crate::command::{Command, Scope};
use crate::effect::{Answer, Effect};
use crate::failure;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared};
use crate::sync_state::{ReceiptView, SyncNews};
use crate::text;
use crate::theme::Meaning;
use crate::words::{Words, say};

/// The screen's state.
#[derive(Debug, Default)]
pub struct Sync {
    news: Option<SyncNews>,
    receipt: Option<ReceiptView>,
    /// What the last round that ended well came to.
    outcome: Option<Arc<Outcome>>,
}

impl Screen for Sync {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Sync]
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        let enrolled = shared.session.as_ref().is_some_and(|session| session.enrolment.is_some());
        command == Command::SyncNow && enrolled
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if command == Command::SyncNow {
            cx.effect(Effect::SyncNow);
            return true;
        }
        false
    }

    fn enter(&mut self, _target: &Target, _cx: &mut Cx) {}

    fn answer(&mut self, answer: &Answer, _cx: &mut Cx) {
        match answer {
            Answer::Sync(news) => {
                if let SyncNews::Done { outcome, .. } = news {
                    self.outcome = Some(Arc::clone(outcome));
                }
                self.news = Some(news.clone());
            }
            Answer::Receipt(receipt) => self.receipt = Some(receipt.clone()),
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let [top, middle, rest] =
            Layout::vertical([Constraint::Length(6), Constraint::Length(7), Constraint::Min(3)]).areas(area);
        counts(shared, canvas, top);
        self.server(shared, canvas, middle);
        self.latest(shared, canvas, rest);
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
        canvas.text_right(number, &count.to_string(), *meaning);
        canvas.text(inner.x + 26, y, doc, inner.width.saturating_sub(26), Meaning::Dim);
    }
}

impl Sync {
    fn server(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
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
        match &self.receipt {
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
                let root = say!(words, "sync-root-of", size = receipt.size.to_string(), root = receipt.root.as_str());
                lines.push((say!(words, "sync-root"), root));
            }
            None => lines.push((say!(words, "sync-receipt"), say!(words, "sync-no-receipt"))),
        }
        for ((label, value), y) in lines.iter().zip(inner.top()..inner.bottom()) {
            let label = text::pad(label, 12, "");
            canvas.line(Rect { y, height: 1, ..inner }, &[(&label, Meaning::Dim), (value, Meaning::Text)]);
        }
    }

    fn latest(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let inner = canvas.frame(area, &say!(words, "sync-latest"), false);
        let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let mut paragraphs = vec![match &self.news {
            Some(news) => said(news, words),
            None => (say!(words, "sync-nothing-yet"), Meaning::Dim),
        }];
        if let Some(outcome) = &self.outcome {
            paragraphs.extend(concerns(outcome, words));
        }
        let mut rest = inner;
        for (paragraph, meaning) in &paragraphs {
            let lines = canvas.paragraph(rest, paragraph, 0, *meaning);
            let lines = u16::try_from(lines).unwrap_or(u16::MAX).min(rest.height);
            rest = Rect { y: rest.y + lines, height: rest.height - lines, ..rest };
        }
    }
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
        });
    }
    for refused in &outcome.set_aside {
        let why = failure::set_aside(words, refused.reason);
        said.push((say!(words, "sync-set-aside", seq = refused.seq.to_string(), why = why), Meaning::Bad));
    }
    if !outcome.noted.is_empty() {
        said.push((say!(words, "sync-noted", count = outcome.noted.len().to_string()), Meaning::Warn));
    }
    said
}

fn said(news: &SyncNews, words: &Words) -> (String, Meaning) {
    let clock = |at: &Moment| at.0.format("%H:%M:%S").to_string();
    match news {
        SyncNews::Started => (say!(words, "sync-started"), Meaning::Accent),
        SyncNews::Progress(progress) => {
            let said = say!(
                words,
                "sync-progress",
                sent = progress.sent.to_string(),
                to_send = progress.to_send.to_string(),
                received = progress.received.to_string(),
                to_receive = progress.to_receive.to_string()
            );
            (said, Meaning::Accent)
        }
        SyncNews::Done { at, outcome } => {
            let (sent, received) = (outcome.sent.to_string(), outcome.received.to_string());
            (say!(words, "sync-done", at = clock(at), sent = sent, received = received), Meaning::Good)
        }
        SyncNews::Failed { at, error, again_in } => {
            let (why, seconds) = (failure::sync(words, error), again_in.as_secs().max(1).to_string());
            let meaning = if error.is_unreachable() { Meaning::Warn } else { Meaning::Bad };
            (say!(words, "sync-failed", at = clock(at), why = why, seconds = seconds), meaning)
        }
        SyncNews::Impossible(error) => {
            (say!(words, "sync-impossible", why = failure::join(words, error)), Meaning::Bad)
        }
    }
}
