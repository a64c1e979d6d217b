//! A form made from what is declared: a new entry, a correction, a step.

use auxlog_registers::{Kind, Misfit};

use super::place::{self, Place, Value};
use crate::canvas::Hit;
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask, Ticket};
use crate::entries::{Deed, EntryList, Refusal, Sheet, Spot, Within, Written};
use crate::event::Input;
use crate::shared::{Cx, Shared, Tone};
use crate::widgets::{Entry, Picked, Picker};
use crate::words::say;

/// Entries offered at most where one is to be picked: the latest.
const OFFERED: usize = 2000;

/// A form being filled in.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) deed: Deed,
    pub(super) title: String,
    pub(super) places: Vec<Place>,
    /// The place that has the focus.
    pub(super) at: usize,
    /// The picker in front of it.
    pub(super) picking: Option<Picker<String>>,
    /// Entries to pick from, on their way, and what was typed until they come.
    offering: Option<(Ticket, Vec<Input>)>,
    /// What was written, on its way.
    pub(super) saving: Option<Ticket>,
    /// Esc was pressed while something was not saved; once more discards it.
    leaving: bool,
}

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// It was none of the form's.
    No,
    /// The form stays.
    Open,
    /// The form is done with.
    Closed,
}

impl Form {
    pub(super) fn new(deed: Deed, sheet: Option<&Sheet>, shared: &Shared) -> Self {
        let (words, lang) = (&shared.words, shared.lang());
        let entry = sheet.map(|sheet| sheet.title.of(lang)).unwrap_or_default();
        let title = match &deed {
            Deed::Enter(register) => say!(words, "entry-form-new", register = register.name(lang)),
            Deed::Step(_, step) => say!(words, "entry-form-step", step = step.name(lang), entry = entry),
            Deed::Correct(_) | Deed::Annul(_) => say!(words, "entry-form-correct", entry = entry),
        };
        let places = Place::all(&deed, sheet, shared);
        Self { deed, title, places, at: 0, picking: None, offering: None, saving: None, leaving: false }
    }

    fn place(&self) -> Option<&Place> {
        self.places.get(self.at)
    }

    /// Whether nothing may stand at a place.
    pub(super) fn is_needed(&self, place: &Place) -> bool {
        match (place.field, &self.deed) {
            (Some(field), _) => field.required && place.group.is_none_or(|group| group.required || self.begun(place)),
            (None, Deed::Correct(_)) => true,
            (None, Deed::Step(_, step)) => step.reason,
            (None, _) => false,
        }
    }

    /// Whether something stands in the group that a place is part of: then its parts are needed.
    fn begun(&self, part: &Place) -> bool {
        let of = |place: &&Place| place.row() == part.row();
        self.places.iter().filter(of).any(|place| !place.text().trim().is_empty())
    }

    /// Behind the last of several groups, once something stands in it, one more can be typed.
    fn grow(&mut self, shared: &Shared) {
        let Some(place) = self.place() else { return };
        let (Some(group), Some((n, row))) = (place.group.filter(|group| group.many), place.row()) else { return };
        let last = self.places.iter().rposition(|place| place.row().is_some_and(|(of, _)| of == n));
        if let Some(last) = last.filter(|last| self.places[*last].row() == Some((n, row)))
            && self.begun(&self.places[last])
        {
            let behind = last + 1;
            self.places.splice(behind..behind, Place::group(group, row.saturating_add(1), None, None, shared));
        }
    }

    pub(super) fn scopes(&self) -> &'static [Scope] {
        if self.picking.is_some() { &[Scope::List, Scope::Form] } else { &[Scope::Staff, Scope::Form] }
    }

    pub(super) fn enabled(&self, command: Command) -> bool {
        match command.scope() {
            Scope::Staff => command == Command::StaffSave && self.saving.is_none(),
            Scope::List => command != Command::ListSearch,
            _ => true,
        }
    }

    pub(super) fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if let Some(picker) = &mut self.picking {
            return picker.input(input);
        }
        let typed = match input {
            Input::Text(_) => true,
            Input::Key(key) => key.typed().is_some(),
            _ => false,
        };
        let Some(place) = self.places.get_mut(self.at) else { return false };
        if !matches!(place.value, Value::Picked(_)) {
            let taken = place.input(input);
            self.leaving &= !taken;
            self.grow(cx.shared);
            return taken;
        }
        self.leaving &= !typed;
        // Typed where something is picked: the picker opens, and looks for it.
        if typed {
            if self.offering.is_none() {
                self.open_picker(cx);
            }
            if let Some(picker) = &mut self.picking {
                picker.input(input);
            } else if let Some((_, waiting)) = &mut self.offering {
                waiting.push(input.clone());
            }
        }
        typed
    }

    pub(super) fn run(&mut self, command: Command, cx: &mut Cx) -> Left {
        if let Some(picker) = &mut self.picking {
            let picked = picker.run(command);
            self.take(picked, cx.shared);
            return Left::Open;
        }
        let leaving = std::mem::take(&mut self.leaving);
        match command {
            Command::Back if leaving || !self.places.iter().any(Place::is_changed) => return Left::Closed,
            Command::Back => {
                self.leaving = true;
                cx.notify(Tone::Hint, say!(cx.words(), "entry-form-leave"));
            }
            Command::StaffSave => self.save(cx),
            Command::FormNext => self.go(1),
            Command::FormPrevious => self.go(-1),
            Command::FormActivate => match self.place().map(|place| &place.value) {
                Some(Value::Picked(picked)) if picked.is_empty() => self.open_picker(cx),
                _ => self.go(1),
            },
            command => {
                let taken = self.places.get_mut(self.at).is_some_and(|place| place.run(command));
                return if taken { Left::Open } else { Left::No };
            }
        }
        Left::Open
    }

    pub(super) fn click(&mut self, hit: Hit, cx: &mut Cx) {
        match (hit, &mut self.picking) {
            (hit, Some(picker)) => {
                let picked = picker.click(hit);
                self.take(picked, cx.shared);
            }
            (Hit::Field(place), None) if place == self.at => self.open_picker(cx),
            (Hit::Field(place), None) => {
                self.at = place;
                self.go(0);
            }
            _ => {}
        }
    }

    fn go(&mut self, by: isize) {
        self.offering = None;
        self.at = self.at.saturating_add_signed(by).min(self.places.len().saturating_sub(1));
    }

    /// Opens the picker of the place that has the focus, or asks for what it offers.
    fn open_picker(&mut self, cx: &mut Cx) {
        let Some(place) = self.place().filter(|place| matches!(place.value, Value::Picked(_))) else { return };
        let picking = place::picker(place, cx.shared);
        let register = place.field.filter(|field| field.kind == Kind::Entry);
        let register = register.and_then(|field| auxlog_registers::named(&field.register));
        self.picking = picking;
        if let (None, Some(register)) = (&self.picking, register) {
            let of = Within::Register(register);
            let list = EntryList { of, text: String::new(), offset: 0, limit: OFFERED };
            self.offering = Some((cx.ask(Ask::Entries(list)), Vec::new()));
        }
    }

    fn take(&mut self, picked: Picked<String>, shared: &Shared) {
        let chosen = match picked {
            Picked::Open => return,
            Picked::Cancelled => {
                self.picking = None;
                return;
            }
            Picked::Chosen(chosen) => chosen,
        };
        let Some(picker) = self.picking.take() else { return };
        let Some(place) = self.places.get_mut(self.at) else { return };
        if let (Some(field), Value::Picked(held)) = (place.field, &mut place.value) {
            let label = |id: &String| picker.label_of(id).map(str::to_owned);
            *held = chosen.into_iter().map(|id| place::picked(field, id.clone(), label(&id), shared)).collect();
        }
        place.wrong = None;
        self.grow(shared);
        self.go(1);
    }

    pub(super) fn answer(&mut self, answer: &Answer, cx: &Cx) {
        let Answer::Entries(_, page) = answer else { return };
        let Some((_, typed)) = self.offering.take_if(|(asked, _)| cx.answers(*asked)) else { return };
        let lang = cx.shared.lang();
        let offer = |sheet: &Sheet| {
            let state = sheet.entry.state_on(cx.shared.now.china_date()).name(lang);
            Entry::new(sheet.entry.id.to_string(), sheet.title.of(lang), state, "")
        };
        let stand = page.rows.iter().filter(|sheet| !sheet.entry.is_annulled());
        let entries = stand.map(offer).collect();
        let mut picker = self.place().map(|place| place.picker(entries, cx.shared));
        for input in typed {
            picker.as_mut().map(|picker| picker.input(&input));
        }
        self.picking = picker;
    }

    /// Sends the form to the ledger.
    fn save(&mut self, cx: &mut Cx) {
        let corrects = matches!(self.deed, Deed::Correct(_));
        let mut written = Written { deed: self.deed.clone(), said: Vec::new(), reason: String::new() };
        // Of several groups all are written where one is changed.
        let changed: Vec<u16> = self.places.iter().filter(|place| place.is_changed()).filter_map(Place::list).collect();
        for place in &mut self.places {
            place.wrong = None;
            let text = place.said();
            let differs = place.is_changed() || place.list().is_some_and(|list| changed.contains(&list));
            match place.spot {
                Some(spot) if if corrects { differs } else { !text.trim().is_empty() } => {
                    written.said.push((spot, text));
                }
                Some(_) => {}
                None => written.reason = text,
            }
        }
        self.saving = Some(cx.ask(Ask::Write(Box::new(written))));
        cx.notify(Tone::Hint, say!(cx.words(), "entry-form-saving"));
    }

    /// It was not written: says why, at the places where that is.
    pub(super) fn refused(&mut self, refusal: &Refusal, cx: &mut Cx) {
        let words = cx.words();
        let wrong = match refusal {
            Refusal::Entry(error) => {
                let why = words.terms().entry(error);
                if let auxlog_registers::EntryError::NoReason = error {
                    self.at = self.places.len().saturating_sub(1);
                }
                cx.notify(Tone::Failed, say!(words, "entry-form-refused", why = why));
                return;
            }
            Refusal::Misfits(wrong) => wrong,
        };
        for (spot, misfit) in wrong {
            let of = |at: Spot| at == *spot || spot.1.is_none() && at.0 == spot.0;
            let places = || self.places.iter().enumerate().filter(|(_, place)| place.spot.is_some_and(of));
            // Of a group it is the part where nothing stands that is missing.
            let lacks = |place: &Place| place.text().trim().is_empty() && self.is_needed(place);
            let empty = places().find(|(_, place)| *misfit == Misfit::Missing && lacks(place));
            let at = empty.or_else(|| places().next()).map(|(at, _)| at);
            if let Some(place) = at.and_then(|at| self.places.get_mut(at)) {
                let label = place.label(cx.shared);
                place.wrong = Some(words.terms().misfit(&label, misfit));
            }
        }
        if let Some(at) = self.places.iter().position(|place| place.wrong.is_some()) {
            self.at = at;
        }
        cx.notify(Tone::Failed, say!(words, "entry-form-unfit", count = wrong.len()));
    }
}
