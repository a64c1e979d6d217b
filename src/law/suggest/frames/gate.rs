//! What the frames let through: nothing of articles 16, 17 and 23 without an act that an auxiliary
//! did, nobody on the scene who was only on the telephone.

use std::ops::Range;

use super::cues::{self, Cues};
use super::{Doer, Frame, Officer};
use crate::suggest::Parts;
use crate::{Arranged, Circumstances, Mode, Presence, SuggestedItem, SuggestedPerson, Suggestion};

/// How sure an act in everyday words is.
const EVERYDAY: f32 = 0.8;

/// How sure the model must be of conduct that no pattern of the lexicon shows.
const CONDUCT: f32 = 0.2;

fn item(code: &str) -> &str {
    code.split(':').next().unwrap_or_default()
}

fn article(code: &str) -> &str {
    code.split(['.', ':']).next().unwrap_or_default()
}

fn is_conduct(code: &str) -> bool {
    matches!(item(code), "17.3" | "17.4" | "17.5" | "17.6" | "17.7" | "17.8")
}

/// Settles `suggestion` by the `frames`.
pub(crate) fn gate(suggestion: &mut Suggestion, parts: &Parts<'_, '_>, cues: &Cues, frames: &[Frame]) {
    let anything = frames.iter().any(Frame::counts);
    let live = |range: &Range<usize>| {
        !in_their_words(parts.scan.text, range.start)
            && frames.iter().any(|f| f.counts() && range.start < f.range.end && range.end > f.range.start)
    };
    let before = suggestion.items.len();
    suggestion.items.retain(|one| {
        if !matches!(article(&one.code), "16" | "17" | "23") {
            return true;
        }
        let done = if one.because.is_empty() { anything } else { one.because.iter().any(live) };
        let shown = parts.reading.found.iter().any(|f| item(&f.act.code) == item(&one.code));
        done && (shown || !is_conduct(&one.code) || one.confidence >= CONDUCT)
    });
    let dropped = suggestion.items.len() < before;
    if dropped && suggestion.items.iter().all(|one| article(&one.code) != "23") {
        suggestion.circumstances = Circumstances::default();
        suggestion.arranged = Arranged::Unstated;
    }
    everyday(suggestion, parts, cues, frames);
    presence(suggestion, parts, cues, frames);
    let handled = cues.after(&parts.cues, cues::HANDLED, 0);
    if handled.is_some_and(|words| !parts.scan.text[..words.start].ends_with(['没', '未'])) {
        suggestion.person = SuggestedPerson { recusal: suggestion.person.recusal, ..SuggestedPerson::default() };
    }
    // Work of article 15 says nothing of who else was there, unless the words do.
    let supervised = suggestion.items.iter().any(|i| matches!(article(&i.code), "16" | "17" | "23"));
    let said = !parts.context.alone.is_empty() || parts.context.mentions.iter().any(|m| m.role.is_some());
    if !supervised && (dropped || (!said && !suggestion.items.is_empty())) {
        (suggestion.mode, suggestion.presence) = (Mode::Unstated, Presence::Unstated);
    }
    suggestion.confidence = suggestion.items.iter().map(|i| i.confidence).reduce(f32::min).unwrap_or(0.0);
}

fn add(suggestion: &mut Suggestion, code: &str, because: Range<usize>) {
    if suggestion.items.iter().all(|one| item(&one.code) != code) {
        let because = if because.is_empty() { Vec::new() } else { vec![because] };
        suggestion.items.push(SuggestedItem { code: code.to_owned(), confidence: EVERYDAY, because });
    }
}

/// Whether `at` stands in a sentence that somebody other than the writer is quoted with.
fn in_their_words(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let Some(open) = before.rfind(['“', '「']) else { return false };
    let rest = &text[open..];
    let end = rest.find(['”', '」']).unwrap_or(rest.len());
    // A word in quotation marks is one that the writer doubts, not speech.
    let speech = rest[..end].chars().count() > 6;
    let speaker = before[..open].rsplit(['，', '。', '；']).next().unwrap_or_default();
    at < open + end && speech && !speaker.contains('我')
}

/// Adds the acts that are told in everyday words.
fn everyday(suggestion: &mut Suggestion, parts: &Parts<'_, '_>, cues: &Cues, frames: &[Frame]) {
    for (n, act) in cues.everyday.iter().enumerate() {
        let told = cues.told(&parts.cues, n).find(|range| {
            frames.iter().any(|f| {
                f.counts()
                    && f.doer == Doer::Auxiliary
                    && range.start < f.range.end
                    && range.end > f.range.start
                    && !(act.alone && f.officer == Officer::Present)
            })
        });
        let Some(words) = told else { continue };
        for code in &act.codes {
            add(suggestion, code, words.clone());
        }
        if act.alone {
            (suggestion.mode, suggestion.presence) = (Mode::Independent, Presence::None);
        }
    }
}

/// An officer who left, signed afterwards or only said yes on the telephone led nothing.
fn presence(suggestion: &mut Suggestion, parts: &Parts<'_, '_>, cues: &Cues, frames: &[Frame]) {
    let says = |cue| cues.after(&parts.cues, cue, 0);
    let act = |code: &str| article(code) == "16" && item(code) != "16.1";
    if !suggestion.items.iter().any(|one| act(&one.code)) && says(cues::PHONE).is_none() {
        return;
    }
    let there = frames.last().is_some_and(|f| f.officer == Officer::Present) && says(cues::PHONE).is_none();
    let left = says(cues::LEAVES)
        .and_then(|left| cues.after(&parts.cues, cues::REST, left.end))
        .filter(|rest| frames.iter().any(|f| f.counts() && rest.start >= f.range.start && rest.end <= f.range.end));
    let alone = left.or_else(|| says(cues::AFTERWARDS)).or_else(|| {
        let asked = says(cues::PHONE)?;
        let done = suggestion.items.iter().any(|one| matches!(item(&one.code), "16.3" | "16.5"));
        says(cues::CONSENT).filter(|_| done).map(|yes| asked.start.min(yes.start)..yes.end.max(asked.end))
    });
    if let Some(words) = alone.filter(|_| suggestion.items.iter().any(|one| act(&one.code))) {
        (suggestion.mode, suggestion.presence) = (Mode::Independent, Presence::None);
        let power = suggestion.items.iter().any(|one| matches!(item(&one.code), "16.2" | "16.3" | "16.5"));
        if power {
            add(suggestion, "17.2", words);
        }
    } else if suggestion.presence == Presence::OnScene
        && !there
        && says(cues::PHONE).or_else(|| says(cues::VIDEO)).is_some()
    {
        suggestion.presence = Presence::Remote;
    }
}
