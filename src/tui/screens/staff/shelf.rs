//! A list of entries with what is searched for in it, and what may be done with one.

use auxlog_registers::{Closed, Step};
use ratatui::layout::Rect;

use super::entries::{Entries, Wish};
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::Answer;
use crate::entries::{Deed, Sheet, Within};
use crate::event::Input;
use crate::labels;
use crate::shared::{Cx, Shared, Tone};
use crate::theme::Meaning;
use crate::widgets::register::{Did, Front, Register};
use crate::widgets::{Entry, Field, Picker, Prompt};
use crate::words::say;

/// A list of entries.
#[derive(Debug)]
pub(super) struct Shelf {
    entries: Register<Entries>,
}

/// What is to be done now.
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    /// It was none of a list's commands.
    Nothing,
    /// It was done.
    Taken,
    /// A form for this is to be filled in.
    Form(Deed),
    /// This is to be annulled, for a reason.
    Annul(Deed, String),
    /// The list is to be left.
    Left,
}

impl Shelf {
    /// A list, not yet asked for.
    pub(super) fn new(of: Within) -> Self {
        Self { entries: Register::with(Entries::of(of)) }
    }

    /// Whose entries it lists.
    pub(super) fn of(&self) -> &Within {
        &self.entries.book.of
    }

    /// The entry opened, else the selected one.
    pub(super) fn sheet(&self) -> Option<&Sheet> {
        if self.entries.opened().is_some() { self.entries.detail() } else { self.entries.rows.selected() }
    }

    pub(super) fn refresh(&mut self, cx: &mut Cx) {
        self.entries.refresh(cx);
    }

    pub(super) fn open(&mut self, id: auxlog_record::RecordId, cx: &mut Cx) {
        self.entries.open(id, cx);
    }

    pub(super) fn scopes(&self) -> &'static [Scope] {
        self.entries.scopes(&[Scope::Staff, Scope::List])
    }

    pub(super) fn editing(&self) -> bool {
        self.entries.is_covered() || self.entries.opened().is_none()
    }

    pub(super) fn is_covered(&self) -> bool {
        self.entries.is_covered()
    }

    pub(super) fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if self.entries.is_covered() {
            return self.entries.input(input);
        }
        self.search(|search| search.input(input), cx)
    }

    fn search(&mut self, change: impl FnOnce(&mut Field) -> bool, cx: &mut Cx) -> bool {
        let before = self.entries.book.search.text().to_owned();
        let taken = change(&mut self.entries.book.search);
        if self.entries.book.search.text() != before {
            self.entries.rows.list.select(0);
            self.entries.reload(cx);
        }
        taken
    }

    pub(super) fn enabled(&self, command: Command) -> bool {
        match command {
            Command::StaffStep => self.sheet().is_some_and(|sheet| !sheet.steps.is_empty()),
            Command::StaffCorrect | Command::StaffAnnul => self.sheet().is_some(),
            Command::ListSearch => true,
            command => self.entries.enabled(command),
        }
    }

    pub(super) fn run(&mut self, command: Command, cx: &mut Cx) -> Wanted {
        match self.entries.run(command, cx) {
            Did::Nothing => {}
            did => return self.did(did, cx),
        }
        match command {
            Command::StaffRefresh => self.refresh(cx),
            Command::StaffStep => self.ask_step(cx),
            Command::StaffCorrect => match self.kept(cx) {
                Some(entry) => return Wanted::Form(Deed::Correct(entry)),
                None => return Wanted::Taken,
            },
            Command::StaffAnnul => {
                if let Some(entry) = self.kept(cx) {
                    let words = cx.words();
                    let prompt = Prompt::new(say!(words, "entry-annul-title"), say!(words, "entry-annul-why"));
                    let lacking = say!(words, "reason-needed");
                    self.entries.ask(Front::words(prompt, Wish::Annul(entry), lacking, (70, 8)));
                }
            }
            Command::Back if !self.entries.book.search.text().is_empty() => {
                self.entries.book.search.set("");
                self.entries.reload(cx);
            }
            Command::Back => return Wanted::Left,
            Command::ListSearch => self.entries.close(),
            command if self.entries.opened().is_none() && self.search(|search| search.run(command), cx) => {}
            _ => return Wanted::Nothing,
        }
        Wanted::Taken
    }

    pub(super) fn click(&mut self, hit: Hit, cx: &mut Cx) -> Wanted {
        let did = self.entries.click(hit, cx);
        self.did(did, cx)
    }

    fn did(&self, did: Did<Wish>, cx: &mut Cx) -> Wanted {
        match did {
            Did::Chosen(Wish::Step(n)) => self.chosen(n, cx),
            Did::Written(Wish::Annul(entry), reason) => Wanted::Annul(Deed::Annul(entry), reason),
            Did::Nothing => Wanted::Nothing,
            _ => Wanted::Taken,
        }
    }

    /// The entry, where it may be corrected and annulled; else says why not.
    fn kept(&self, cx: &mut Cx) -> Option<std::sync::Arc<auxlog_registers::Dossier>> {
        let sheet = self.sheet()?;
        if let Some(why) = &sheet.kept {
            cx.notify(Tone::Failed, cx.words().terms().entry_closed(why));
            return None;
        }
        Some(sheet.entry.clone())
    }

    /// Which step: those that are not open stand there with the reason.
    fn ask_step(&mut self, cx: &Cx) {
        let Some(sheet) = self.sheet() else { return };
        let (words, lang) = (cx.words(), cx.shared.lang());
        let offer = |(step, closed): &(&'static Step, Option<Closed>)| {
            let why = closed.as_ref().map(|why| words.terms().entry_closed(why)).unwrap_or_default();
            let entry = Entry::new(Wish::Step(step.n), step.name(lang), why, step.key.as_str());
            let open = closed.is_none();
            let mark = if open { cx.shared.glyphs.check } else { "" };
            Entry { remark: Some((mark.to_owned(), Meaning::Good)), faint: !open, ..entry }
        };
        let picker = Picker::one(say!(words, "entry-step-title"), sheet.steps.iter().map(offer).collect());
        self.entries.ask(Front::choice(picker, say!(words, "entry-step-hint"), (76, 14)));
    }

    fn chosen(&self, n: u16, cx: &mut Cx) -> Wanted {
        let Some(sheet) = self.sheet() else { return Wanted::Taken };
        match sheet.steps.iter().find(|(step, _)| step.n == n) {
            Some((step, None)) => Wanted::Form(Deed::Step(sheet.entry.clone(), step)),
            Some((_, Some(why))) => {
                cx.notify(Tone::Failed, cx.words().terms().entry_closed(why));
                Wanted::Taken
            }
            None => Wanted::Taken,
        }
    }

    pub(super) fn answer(&mut self, answer: &Answer) {
        match answer {
            Answer::Entries(list, page) if self.entries.book.is(list) => {
                self.entries.rows.put(list.offset, page.rows.clone(), page.total);
            }
            Answer::Entry(id, Some(sheet)) => {
                self.entries.put(id, sheet);
            }
            _ => {}
        }
    }

    fn title(&self, shared: &Shared) -> String {
        match self.of() {
            Within::Register(register) => register.name(shared.lang()).to_owned(),
            Within::Person(id) => {
                let roster = shared.roster();
                let name = roster.auxiliaries.get(id).map_or(id.0.as_str(), |person| person.name.as_str());
                say!(shared.words, "entries-file", name = name)
            }
            Within::Due => say!(shared.words, "staff-search"),
        }
    }

    /// Draws it; what is searched for above the list.
    pub(super) fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let listed = self.entries.opened().is_none();
        if listed {
            let total = labels::grouped(u64::try_from(self.entries.rows.list.total()).unwrap_or(u64::MAX));
            let total = say!(words, "entries-total", total = total);
            let hint = say!(words, "entries-search-hint");
            let title = self.title(shared);
            self.entries.book.search.view_between(canvas, area, &title, &total, true, &hint);
        }
        let due = matches!(self.of(), Within::Due);
        let none = if due { say!(words, "entries-none-due") } else { say!(words, "entries-none") };
        self.entries.view(shared, canvas, area, u16::from(listed), (&none, Meaning::Dim));
    }
}
