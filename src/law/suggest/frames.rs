//! Event frames: whose act each clause tells of, whether it came to pass, and where the officer
//! was by then. They decide what the model's answer may keep.

mod cues;
mod gate;

pub use cues::Cues;
pub(crate) use cues::Said;
pub(crate) use gate::gate;

use super::Parts;
use super::context::Role;

/// Whose act it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doer {
    /// The auxiliary: named, or the writer, or nobody else.
    Auxiliary,
    /// An officer.
    Officer,
    /// Somebody else: the counterpart, a passer-by.
    Other,
}

/// Whether it came to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It did.
    Done,
    /// It was meant to be done, and nothing says that it was.
    Planned,
    /// It nearly was.
    Almost,
    /// It is denied.
    Negated,
    /// Somebody is quoted as saying so.
    Quoted,
    /// It is known from others only.
    Heard,
    /// A rule is recited.
    Recited,
}

/// Where the officer was, as far as told up to a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Officer {
    /// Nothing is said.
    Unsaid,
    /// At the act.
    Present,
    /// Reached by telephone, message or video.
    Remote,
    /// Absent, or gone.
    Gone,
}

/// One clause, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The bytes of the clause.
    pub range: std::ops::Range<usize>,
    /// Whose act.
    pub doer: Doer,
    /// Whether it came to pass.
    pub status: Status,
    /// Where the officer was.
    pub officer: Officer,
    /// The bytes of the words that doer and status were read from; empty where they are assumed.
    pub because: std::ops::Range<usize>,
}

impl Frame {
    /// Whether the auxiliary did what the clause tells of.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.doer != Doer::Other && self.status == Status::Done
    }
}

/// The frames of a description, clause by clause.
pub(crate) fn frames(parts: &Parts<'_, '_>, cues: &Cues) -> Vec<Frame> {
    let scan = &parts.scan;
    let mut officer = Officer::Unsaid;
    let mut heard: Option<std::ops::Range<usize>> = None;
    let mut frames = Vec::with_capacity(scan.clauses.len());
    for (n, clause) in scan.clauses.iter().enumerate() {
        let range = clause.start..clause.end;
        let said = |cue| cues.first(&parts.cues, cue, &range);
        for mention in parts.context.mentions.iter().filter(|m| m.hit.clause == n) {
            officer = match mention.role {
                Some(Role::Present) => Officer::Present,
                Some(Role::Absent) => Officer::Gone,
                Some(Role::Remote) => Officer::Remote,
                _ => officer,
            };
        }
        if officer == Officer::Present && said(cues::LEAVES).is_some() {
            officer = Officer::Gone;
        }
        if said(cues::OWN).is_some() {
            heard = None;
        }
        if let Some(words) = said(cues::HEARD) {
            heard = Some(words);
        }
        let dropped = |from: usize| cues.after(&parts.cues, cues::DROPPED, from);
        let (status, mut because) = if quoted(scan.text, clause.start) && said(cues::OWN).is_none() {
            (Status::Quoted, range.clone())
        } else if let Some(words) = &heard {
            (Status::Heard, words.clone())
        } else if let Some(words) = said(cues::RECITED) {
            (Status::Recited, words)
        } else if let Some(words) = said(cues::ALMOST) {
            (Status::Almost, words)
        } else if let Some(words) = said(cues::PLANNED).filter(|words| !scan.text[..words.start].ends_with('不')) {
            (Status::Planned, words)
        } else if let Some(words) =
            frames.last().filter(|last: &&Frame| last.status == Status::Planned).and_then(|_| dropped(clause.start))
        {
            (Status::Planned, words)
        } else if parts.context.undone.contains(&n) || said(cues::NOT_US).is_some() {
            (Status::Negated, said(cues::NOT_US).unwrap_or(clause.start..clause.start))
        } else {
            (Status::Done, clause.start..clause.start)
        };
        let mut doer = Doer::Auxiliary;
        let denied = scan
            .clauses
            .get(n + 1)
            .is_some_and(|next| cues.first(&parts.cues, cues::NOT_US, &(next.start..next.end)).is_some());
        if let Some(words) = said(cues::SUFFERED).or_else(|| denied.then(|| range.clone())) {
            (doer, because) = (Doer::Other, words);
        } else if let Some(words) = said(cues::THIRD).filter(|words| subject(parts, cues, n, words)) {
            (doer, because) = (Doer::Other, words);
        } else if parts
            .context
            .mentions
            .iter()
            .any(|m| m.hit.clause == n && m.role == Some(Role::Present) && !m.joint && m.hit.start == clause.start)
        {
            doer = Doer::Officer;
        }
        frames.push(Frame { range, doer, status, officer, because });
    }
    frames
}

/// Whether the person at `words` opens their clause and something they do follows.
fn subject(parts: &Parts<'_, '_>, cues: &Cues, clause: usize, words: &std::ops::Range<usize>) -> bool {
    let clause = &parts.scan.clauses[clause];
    let text = parts.scan.text;
    let opens = text[clause.start..words.start].chars().count() <= 2;
    let rest = &text[words.end..clause.end];
    let ours =
        cues.first(&parts.cues, cues::WRITER, &(clause.start..clause.end)).is_some_and(|w| w.end <= words.end + 3);
    let verb = cues.first(&parts.cues, cues::DOES, &(words.end..clause.end)).is_some_and(|w| w.start <= words.end + 12);
    opens && !ours && verb && !rest.starts_with(['门', '的'])
}

/// Whether `at` is inside quotation marks that hold more than a word.
fn quoted(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let open = before.rfind(['“', '「']);
    let close = before.rfind(['”', '」']);
    open.is_some_and(|open| close.is_none_or(|close| close < open))
}
