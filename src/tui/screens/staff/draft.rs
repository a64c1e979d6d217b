//! A form that was being filled in when the screens were left: sealed with what else is remembered of them, and
//! there again when they are opened.

use auxlog_record::RecordId;
use auxlog_registers::Register;
use serde::{Deserialize, Serialize};

use super::form::Form;
use super::place::Value;
use crate::entries::{Deed, Sheet, Spot};
use crate::shared::Shared;

/// What is done with the form, and what was typed in it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    register: String,
    /// The entry that is corrected or taken further; none where one is made.
    entry: Option<String>,
    /// The step's number.
    step: Option<u16>,
    /// The place that had the focus.
    at: usize,
    places: Vec<(Option<Spot>, Typed)>,
}

/// What stands at a place.
#[derive(Debug, Serialize, Deserialize)]
enum Typed {
    Text(String),
    Picked(Vec<(String, String)>),
}

impl Kept {
    /// What is kept of a form; nothing where nothing was typed.
    pub(super) fn of(form: &Form) -> Option<Self> {
        let (register, entry, step) = match &form.deed {
            Deed::Enter(register) => (*register, None, None),
            Deed::Correct(entry) => (entry.register, Some(entry), None),
            Deed::Step(entry, step) => (entry.register, Some(entry), Some(step.n)),
            Deed::Annul(_) => return None,
        };
        let changed = form.places.iter().filter(|place| place.is_changed());
        let typed = |value: &Value| match value {
            Value::Picked(picked) => Typed::Picked(picked.clone()),
            Value::Line(field) => Typed::Text(field.text().to_owned()),
            Value::Note(note) => Typed::Text(note.text().to_owned()),
        };
        let places: Vec<_> = changed.map(|place| (place.spot, typed(&place.value))).collect();
        let (register, entry) = (register.key.clone(), entry.map(|entry| entry.id.to_string()));
        let kept = Self { register, entry, step, at: form.at, places };
        Some(kept).filter(|kept| !kept.places.is_empty())
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The entry that must be read before the form is there again.
    pub(super) fn entry(&self) -> Option<RecordId> {
        self.entry.as_ref()?.parse().ok()
    }

    /// The form as it was, over the entry as it is now; none where that is not open to it any more.
    pub(super) fn form(&self, sheet: Option<&Sheet>, shared: &Shared) -> Option<Form> {
        let register: &'static Register = auxlog_registers::named(&self.register)?;
        let deed = match (sheet, self.step) {
            (None, _) => Deed::Enter(register),
            (Some(sheet), None) => Deed::Correct(sheet.entry.clone()),
            (Some(sheet), Some(n)) => {
                let (step, _) = sheet.steps.iter().find(|(step, closed)| step.n == n && closed.is_none())?;
                Deed::Step(sheet.entry.clone(), step)
            }
        };
        let mut form = Form::new(deed, sheet, shared);
        for (spot, typed) in &self.places {
            let Some(place) = form.places.iter_mut().find(|place| place.spot == *spot) else { continue };
            match (&mut place.value, typed) {
                (Value::Picked(held), Typed::Picked(picked)) => held.clone_from(picked),
                (Value::Line(field), Typed::Text(text)) => field.set(text),
                (Value::Note(note), Typed::Text(text)) => note.set(text),
                _ => {}
            }
        }
        form.at = self.at.min(form.places.len().saturating_sub(1));
        Some(form)
    }
}
