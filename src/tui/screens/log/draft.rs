//! The form's draft: kept on disk after a quiet moment, brought back after lock, crash or power
//! loss.

use auxlog_record::{Hash, RecordId};
use auxlog_store::Draft;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::form::Form;
use super::{DRAFT, Log, QUIET};
use crate::effect::{Alarm, Ask, Effect};
use crate::shared::{Cx, Tone};
use crate::words::say;

/// The draft's keys in what the form knows beyond the task.
const CONTENT: &str = "content";
const CORRECTS: &str = "corrects";
const PLANS: &str = "plans";

/// Which task a form corrects, and the records about it that its author had seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Correction {
    pub(super) target: RecordId,
    /// The newest records about it.
    pub(super) based_on: Vec<Hash>,
}

/// A [`Correction`] as a draft keeps it.
#[derive(Serialize, Deserialize)]
struct KeptCorrection {
    writer: String,
    seq: u64,
    based_on: Vec<String>,
}

impl Log {
    /// Saves the draft where it changed since.
    pub(super) fn keep(&mut self, cx: &mut Cx) {
        let (Some(form), Some(session)) = (&self.form, &cx.shared.session) else { return };
        if self.kept.as_ref() == Some(&form.content) || self.saving.is_some() {
            return;
        }
        if form.content.is_pristine() {
            if self.kept.take().is_some() {
                cx.ask(Ask::ClearDraft(DRAFT));
            }
            return;
        }
        let Ok(content) = serde_json::to_string(&form.content) else { return };
        let mut draft = Draft {
            task: form.content.task(&session.identity.agency),
            state: [(CONTENT.to_owned(), content)].into(),
            saved_at: Some(cx.shared.now),
        };
        if let Some(correction) = &self.correcting {
            draft.state.insert(CORRECTS.to_owned(), write(correction));
        }
        if self.planning {
            draft.state.insert(PLANS.to_owned(), String::new());
        }
        self.kept = Some(form.content.clone());
        self.kept_safely = false;
        cx.ask(Ask::SaveDraft(DRAFT, Box::new(draft)));
    }

    /// Whether what is on the form now is safe on disk.
    pub(super) fn is_kept(&self) -> bool {
        self.kept_safely && self.form.as_ref().is_some_and(|form| self.kept.as_ref() == Some(&form.content))
    }

    /// Asks to be woken after a quiet moment when there is something to keep.
    pub(super) fn changed(&self, cx: &mut Cx) {
        if self.form.as_ref().is_some_and(|form| self.kept.as_ref() != Some(&form.content)) {
            cx.effect(Effect::Wake { alarm: Alarm::Draft, after: QUIET });
        }
    }

    /// Brings the draft back; if something was typed in the meantime, it is kept aside, to be
    /// brought back by clearing the form.
    pub(super) fn restore(&mut self, draft: Option<&Draft>, cx: &mut Cx) {
        let untouched = self.form.as_ref().is_none_or(|form| form.content.is_pristine());
        let Some(draft) = draft else { return };
        let Some(content) = draft.state.get(CONTENT) else { return };
        let Ok(mut content) = serde_json::from_str::<Content>(content) else {
            cx.notify(Tone::Failed, say!(cx.words(), "log-draft-unreadable"));
            return;
        };
        if untouched {
            self.kept = Some(content.clone());
            self.kept_safely = true;
            self.correcting = draft.state.get(CORRECTS).and_then(|kept| read(kept));
            self.planning = draft.state.contains_key(PLANS);
            content.carry(&self.last);
            self.form = Some(Form::new(content, self.first, cx.shared));
            cx.notify(Tone::Hint, say!(cx.words(), "log-draft-restored"));
        } else {
            self.discarded = Some(content);
        }
    }
}

fn write(correction: &Correction) -> String {
    let kept = KeptCorrection {
        writer: correction.target.writer.to_string(),
        seq: correction.target.seq,
        based_on: correction.based_on.iter().map(Hash::to_string).collect(),
    };
    serde_json::to_string(&kept).unwrap_or_default()
}

fn read(kept: &str) -> Option<Correction> {
    let kept: KeptCorrection = serde_json::from_str(kept).ok()?;
    let target = RecordId { writer: kept.writer.parse().ok()?, seq: kept.seq };
    let based_on = kept.based_on.iter().map(|hash| hash.parse().ok()).collect::<Option<_>>()?;
    Some(Correction { target, based_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_remembers_which_task_it_corrects() {
        let target = RecordId { seq: 7, ..RecordId::default() };
        let correction = Correction { target, based_on: vec![Hash([5; 32])] };
        assert_eq!(read(&write(&correction)), Some(correction));
        assert_eq!(read("something else"), None);
    }
}
