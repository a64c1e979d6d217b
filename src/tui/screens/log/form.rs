//! An open log form: its fields, the picker over them, and the verdict on what is stated so far.

use std::path::PathBuf;

use auxlog_law::{Rulebook, Suggestion};
use auxlog_record::facts::{Defaults, Source as Facts, judge};
use auxlog_record::{AuxiliaryId, OfficerId, TaskField};
use auxlog_registers::people_on;
use crossterm::event::KeyCode;

use super::content::{Content, Pick};
use super::entries;
use super::fields::{self, Editors, First, Place};
use super::picking::{Done, Picking};
use super::proposal::Proposal;
use crate::canvas::Hit;
use crate::command::Command;
use crate::event::Input;
use crate::shared::Shared;
use crate::task::panel::Assessment;
use crate::text;
use crate::widgets::Picker;
use crate::widgets::Prompt;
use crate::words::say;

#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) content: Content,
    /// The editors behind its typed fields.
    pub(super) editors: Editors,
    pub(super) first: First,
    /// Which field has the focus.
    pub(super) at: Place,
    pub(super) picking: Option<Picking>,
    /// The path of a file to attach, being written.
    pub(super) attaching: Option<Prompt>,
    /// A file that was named, to be kept.
    pub(super) named: Option<PathBuf>,
    pub(super) assessment: Assessment,
    /// The first line of the verdict that is seen.
    pub(super) panel_top: usize,
}

impl Form {
    pub(super) fn new(mut content: Content, first: First, shared: &Shared) -> Self {
        content.rulebooks = shared.words.rulebooks().clone();
        let editors = Editors::of(&content);
        let mut form = Self {
            content,
            editors,
            first,
            at: first.place(),
            picking: None,
            attaching: None,
            named: None,
            assessment: Assessment::default(),
            panel_top: 0,
        };
        form.judge(shared);
        form
    }

    /// Judges what is stated so far. What the description suggests is proposed, and judged in
    /// place of what was not stated.
    pub(super) fn judge(&mut self, shared: &Shared) {
        let rulebooks = self.content.rulebooks.clone();
        let rulebook = self.content.rulebook_of(&rulebooks);
        let text = self.content.typed(TaskField::Text);
        let proposed = if text.trim().is_empty() { Suggestion::default() } else { rulebook.suggest(text) };
        self.content.suggest(&proposed, |code| rulebook.activity(code).is_some());
        self.assessment = self.assess(rulebook, shared);
        self.panel_top = 0;
    }

    fn assess(&self, rulebook: &Rulebook, shared: &Shared) -> Assessment {
        let Some(session) = &shared.session else { return Assessment::default() };
        let task = self.content.task(&session.identity.agency);
        if self.content.is_pristine() {
            return Assessment::default();
        }
        let defaults = Defaults {
            source: Facts::Roster,
            agency: Some(session.identity.agency.clone()),
            today: Some(shared.now.china_date()),
        };
        let day = task.at.map_or(shared.now, |at| at).china_date();
        let told = people_on(&*session.entries, &session.roster, &task, day);
        let roster = told.as_ref().unwrap_or(&session.roster);
        Assessment::of(rulebook, judge(rulebook, &task, roster, &defaults))
    }

    /// Handles a key or text before the keymap does; whether it was taken.
    pub(super) fn input(&mut self, input: &Input, shared: &Shared) -> bool {
        if let Some(picking) = &mut self.picking {
            return picking.input(input);
        }
        if let Some(prompt) = &mut self.attaching {
            return prompt.input(input);
        }
        match self.at {
            Place::Typed(typed) => {
                let taken = self.editors.input(typed, input);
                if taken {
                    self.typed(typed, shared);
                }
                taken
            }
            Place::Mode | Place::Presence | Place::Arranged => self.choose(input, shared),
            Place::Auxiliaries | Place::Duties | Place::Officers | Place::Circumstances | Place::Attachments => {
                self.pick(input, shared)
            }
        }
    }

    pub(super) fn run(&mut self, command: Command, shared: &Shared) -> bool {
        if self.picking.is_some() {
            return self.run_picker(command, shared);
        }
        if self.attaching.is_some() {
            self.run_attaching(command);
            return true;
        }
        match command {
            Command::FormNext | Command::ListDown => self.go(1),
            Command::FormPrevious | Command::ListUp => self.go(-1),
            Command::FormActivate => self.activate(shared),
            Command::LogAccept => {
                self.content.accept_all();
                self.changed(shared);
            }
            Command::ListPageUp => self.panel_top = self.panel_top.saturating_sub(4),
            Command::ListPageDown => self.panel_top += 4,
            command => {
                let Place::Typed(typed) = self.at else { return false };
                if !self.editors.run(typed, command) {
                    return false;
                }
                self.typed(typed, shared);
            }
        }
        true
    }

    /// A click on a field, or on a line of the picker.
    pub(super) fn click(&mut self, hit: Hit, shared: &Shared) {
        match (hit, &mut self.picking) {
            (Hit::Field(place), None) => {
                if let Some(place) = self.order().get(place) {
                    self.at = *place;
                }
            }
            (hit, Some(_)) => self.settle(|picking| picking.click(hit), shared),
            _ => {}
        }
    }

    /// The fields in the order of Tab.
    pub(super) fn order(&self) -> Vec<Place> {
        fields::order(&self.content, self.first)
    }

    /// Begins with the description, or with the fields; goes where it now begins.
    pub(super) fn begin_with(&mut self, first: First) {
        self.first = first;
        self.go_to(first.place());
    }

    /// Goes to a field.
    pub(super) fn go_to(&mut self, place: Place) {
        self.at = place;
        self.picking = None;
    }

    fn go(&mut self, by: isize) {
        let order = self.order();
        let at = order.iter().position(|place| *place == self.at).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(order.len() - 1);
        self.at = order[to];
    }

    /// Enter: takes what is proposed and goes on; opens the picker where nothing was picked.
    fn activate(&mut self, shared: &Shared) {
        let accepted = match self.at {
            Place::Duties => self.content.duties.accept(),
            Place::Mode => self.content.mode.accept(),
            Place::Presence => self.content.presence.accept(),
            Place::Officers => self.content.officers.accept(),
            Place::Arranged => self.content.arranged.accept(),
            Place::Circumstances => self.content.circumstances.accept(),
            Place::Typed(TaskField::Place) => self.content.place.accept(),
            Place::Typed(_) | Place::Auxiliaries | Place::Attachments => false,
        };
        if accepted {
            self.changed(shared);
        } else if self.wants_picking() {
            self.open_picker(shared);
            return;
        }
        self.go(1);
    }

    fn wants_picking(&self) -> bool {
        match self.at {
            Place::Auxiliaries => self.content.auxiliaries.is_empty(),
            Place::Duties => self.content.duties.stated().is_none_or(Vec::is_empty),
            Place::Officers => self.content.officers.stated().is_none_or(Vec::is_empty),
            Place::Circumstances => true,
            Place::Attachments => self.content.attachments.is_empty(),
            _ => false,
        }
    }

    fn changed(&mut self, shared: &Shared) {
        if let Some(field) = self.editors.line_mut(TaskField::Place)
            && field.text() != self.content.typed(TaskField::Place)
        {
            field.set(self.content.typed(TaskField::Place));
        }
        self.judge(shared);
    }

    fn typed(&mut self, typed: TaskField, shared: &Shared) {
        let text = self.editors.text(typed).to_owned();
        if self.content.typed(typed) != text {
            self.content.type_in(typed, &text);
            self.judge(shared);
        }
    }

    /// Left and Right go through the choices, a figure takes one and goes on, Delete takes it back.
    fn choose(&mut self, input: &Input, shared: &Shared) -> bool {
        let Input::Key(key) = input else { return false };
        let taken = match self.at {
            Place::Mode => choose(&mut self.content.mode, &fields::MODES, *key),
            Place::Presence => choose(&mut self.content.presence, &fields::PRESENCES, *key),
            _ => choose(&mut self.content.arranged, &fields::ARRANGEMENTS, *key),
        };
        match taken {
            Choice::NotTaken => return false,
            Choice::Changed => {}
            Choice::Settled => self.go(1),
        }
        self.changed(shared);
        true
    }

    /// Typing opens the picker and searches at once; Backspace takes the last one away.
    fn pick(&mut self, input: &Input, shared: &Shared) -> bool {
        if let Input::Key(key) = input {
            if matches!(key.code, KeyCode::Backspace | KeyCode::Delete) && key.modifiers.is_empty() {
                self.drop_last();
                self.changed(shared);
                return true;
            }
            if key.typed().is_none() {
                return false;
            }
        } else if !matches!(input, Input::Text(_)) {
            return false;
        }
        self.open_picker(shared);
        self.input(input, shared)
    }

    fn drop_last(&mut self) {
        fn shorter<T: Clone + PartialEq>(answer: &mut Proposal<Vec<T>>) {
            let mut picks = answer.stated().cloned().unwrap_or_default();
            picks.pop();
            answer.state((!picks.is_empty()).then_some(picks));
        }
        match self.at {
            Place::Auxiliaries => {
                self.content.auxiliaries.pop();
            }
            Place::Duties => shorter(&mut self.content.duties),
            Place::Officers => shorter(&mut self.content.officers),
            Place::Attachments => {
                self.content.attachments.pop();
            }
            _ => self.content.circumstances.state(None),
        }
    }

    fn open_picker(&mut self, shared: &Shared) {
        let words = &shared.words;
        if self.at == Place::Attachments {
            self.attaching = Some(Prompt::new(say!(words, "log-attach-title"), say!(words, "log-attach-path")));
            return;
        }
        let at = self.content.start().unwrap_or(self.content.opened);
        let content = &self.content;
        self.picking = Some(match self.at {
            Place::Auxiliaries => {
                let picked: Vec<_> = content.auxiliaries.iter().map(|pick| pick.id.clone()).collect();
                let title = say!(words, "log-pick-auxiliaries");
                Picking::Auxiliaries(Picker::several(
                    title,
                    entries::auxiliaries(shared, at, content.typed(TaskField::Counterpart)),
                    &picked,
                ))
            }
            Place::Officers => {
                let stated = content.officers.stated();
                let picked: Vec<_> = stated.into_iter().flatten().map(|pick| pick.id.clone()).collect();
                let title = say!(words, "log-pick-officers");
                Picking::Officers(Picker::several(title, entries::officers(shared, at), &picked))
            }
            Place::Duties => {
                let picked = content.duties.stated().cloned().unwrap_or_default();
                let rulebook = content.rulebook();
                let entries = entries::duty_tree(rulebook, shared.lang());
                let tree = Picker::several(say!(words, "log-pick-duties"), entries, &picked);
                // What auxiliaries may do lies open; what nobody should have to pick is found by typing.
                Picking::Duties(tree.opened_at(|entry| rulebook.lists_what_may_be_done(&entry.value)))
            }
            _ => {
                let stated = content.circumstances.stated();
                let picked: Vec<_> = stated.into_iter().flatten().copied().collect();
                let title = say!(words, "log-pick-circumstances");
                Picking::Circumstances(Picker::several(title, entries::circumstances(shared), &picked))
            }
        });
        self.find_in_index(shared);
    }

    /// Lets an open picker of people find them by the index over the roster, where it is there.
    pub(super) fn find_in_index(&mut self, shared: &Shared) {
        if let (Some(picking), Some(people)) = (&mut self.picking, shared.people()) {
            picking.find_in(&people);
        }
    }

    fn run_picker(&mut self, command: Command, shared: &Shared) -> bool {
        self.settle(|picking| picking.run(command), shared);
        true
    }

    /// Lets the picker handle something and takes over what was chosen.
    fn settle(&mut self, handle: impl FnOnce(&mut Picking) -> Done, shared: &Shared) {
        let Some(picking) = &mut self.picking else { return };
        match handle(picking) {
            Done::Open => return,
            Done::Cancelled => {}
            Done::Auxiliaries(ids) => {
                let roster = shared.roster();
                let name =
                    |id: &AuxiliaryId| roster.auxiliaries.get(id).map_or_else(|| id.0.clone(), |p| p.name.clone());
                self.content.auxiliaries = ids.into_iter().map(|id| Pick { name: name(&id), id }).collect();
                self.go(1);
            }
            Done::Officers(ids) => {
                let roster = shared.roster();
                let name = |id: &OfficerId| roster.officers.get(id).map_or_else(|| id.0.clone(), |p| p.name.clone());
                let picks = ids.into_iter().map(|id| Pick { name: name(&id), id }).collect();
                self.content.officers.state(Some(picks));
                self.go(1);
            }
            Done::Duties(codes) => {
                self.content.duties.state(Some(codes));
                self.go(1);
            }
            Done::Circumstances(chosen) => {
                self.content.circumstances.state(None);
                self.content.circumstances.suggest(None);
                for circumstance in chosen {
                    self.content.toggle(circumstance);
                }
                self.go(1);
            }
        }
        self.picking = None;
        self.changed(shared);
    }
}

/// What a key did to a choice.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    NotTaken,
    Changed,
    /// Chosen by its figure: the form goes on.
    Settled,
}

fn choose<T: Clone + PartialEq>(answer: &mut Proposal<T>, options: &[T], key: crate::key::Key) -> Choice {
    if let Some(figure) = key.typed().map(text::fold_full_width).and_then(|c| c.to_digit(10)) {
        let option = usize::try_from(figure).ok().and_then(|figure| options.get(figure.checked_sub(1)?));
        return option.map_or(Choice::NotTaken, |option| {
            answer.state(Some(option.clone()));
            Choice::Settled
        });
    }
    if !key.modifiers.is_empty() {
        return Choice::NotTaken;
    }
    let at = answer.shown().and_then(|(value, _)| options.iter().position(|option| option == value));
    let to = match key.code {
        KeyCode::Right => at.map_or(0, |at| (at + 1) % options.len()),
        KeyCode::Left => at.map_or(options.len() - 1, |at| (at + options.len() - 1) % options.len()),
        KeyCode::Backspace | KeyCode::Delete => {
            answer.state(None);
            return Choice::Changed;
        }
        _ => return Choice::NotTaken,
    };
    answer.state(Some(options[to].clone()));
    Choice::Changed
}
