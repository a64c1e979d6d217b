//! 人员: the auxiliaries, what is known of one, and who may be sent for a duty.

use auxlog_law::Finding;
use auxlog_record::AuxiliaryId;
use ratatui::layout::Rect;

use super::book::{LIMIT, People, judged};
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::Answer;
use crate::event::Input;
use crate::labels;
use crate::remembered::Remembered;
use crate::shared::{Cx, Shared};
use crate::task::duties::duties;
use crate::theme::Meaning;
use crate::widgets::register::{Did, Front, Register, cites};
use crate::widgets::{Field, Picker};
use crate::words::say;

/// The page of people.
#[derive(Debug, Default)]
pub(super) struct Crew {
    people: Register<People>,
}

impl Crew {
    /// Changes what is searched for; whether that was taken.
    fn search(&mut self, change: impl FnOnce(&mut Field) -> bool, cx: &mut Cx) -> bool {
        let before = self.people.book.search.text().to_owned();
        let taken = change(&mut self.people.book.search);
        if self.people.book.search.text() != before {
            self.people.rows.list.select(0);
            self.people.reload(cx);
        }
        taken
    }

    /// Looks for whom to send for a duty, once one is chosen.
    fn chosen(&mut self, did: Did<String>, cx: &mut Cx) {
        if let Did::Chosen(code) = did {
            self.people.book.duty = Some(code);
            self.people.rows.list.select(0);
            self.people.reload(cx);
        }
    }

    /// What stands against sending the person opened, or selected.
    fn against(&self, shared: &Shared) -> Vec<Finding> {
        if self.people.opened().is_none() {
            return self.people.rows.selected().map(|(_, against)| against.clone()).unwrap_or_default();
        }
        let opened = self.people.detail().and_then(|detail| judged(self.people.book.duty(), &detail.row, shared));
        opened.unwrap_or_default()
    }

    /// The search field, how many are found, and for which duty.
    fn head(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let (found, all) = (self.people.rows.list.total(), shared.roster().auxiliaries.len());
        let number = |count: usize| labels::grouped(u64::try_from(count).unwrap_or(u64::MAX));
        let total = if found >= LIMIT && all > found {
            let (found, all) = (number(found), number(all));
            say!(words, "staff-first", found = found, total = all)
        } else {
            say!(words, "staff-total", total = found)
        };
        let (label, hint) = (say!(words, "staff-search"), say!(words, "staff-search-hint"));
        self.people.book.search.view_between(canvas, area, &label, &total, true, &hint);
        let (duty, look) = match self.people.book.duty() {
            Some(code) => (say!(words, "staff-for-duty", duty = labels::activity(words, code)), Meaning::Accent),
            None => (say!(words, "staff-for-any"), Meaning::Dim),
        };
        canvas.text(area.x, area.y + 1, &duty, area.width, look);
    }

    pub(super) fn scopes(&self) -> &'static [Scope] {
        self.people.scopes(&[Scope::Staff, Scope::List])
    }

    pub(super) fn editing(&self) -> bool {
        self.people.is_covered() || self.people.opened().is_none()
    }

    pub(super) fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if self.people.is_covered() {
            return self.people.input(input);
        }
        self.search(|search| search.input(input), cx)
    }

    pub(super) fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match self.people.run(command, cx) {
            Did::Nothing => {}
            did => {
                self.chosen(did, cx);
                return true;
            }
        }
        match command {
            Command::StaffLaw => self.people.read(&cites::cited(&self.against(cx.shared)), cx),
            Command::StaffRefresh => self.people.reload(cx),
            Command::StaffDuty => {
                let duties = duties(cx.words().rulebook(), cx.shared.lang());
                let picker = Picker::one(say!(cx.words(), "staff-duty-title"), duties);
                self.people.ask(Front::choice(picker, say!(cx.words(), "log-picker-hint"), (76, 18)));
            }
            Command::Back if self.people.book.duty.take().is_some() => self.people.reload(cx),
            Command::Back if !self.people.book.search.text().is_empty() => {
                self.people.book.search.set("");
                self.people.reload(cx);
            }
            Command::ListSearch => self.people.close(),
            command => return self.people.opened().is_none() && self.search(|search| search.run(command), cx),
        }
        true
    }

    pub(super) fn is_covered(&self) -> bool {
        self.people.is_covered()
    }

    pub(super) fn enabled(&self, command: Command, shared: &Shared) -> bool {
        match command {
            Command::StaffLaw => !self.against(shared).is_empty(),
            Command::ListSearch => true,
            command => self.people.enabled(command),
        }
    }

    pub(super) fn click(&mut self, hit: Hit, cx: &mut Cx) {
        let did = self.people.click(hit, cx);
        self.chosen(did, cx);
    }

    /// Opens somebody, or asks again for what is shown.
    pub(super) fn enter(&mut self, who: Option<&AuxiliaryId>, cx: &mut Cx) {
        match who {
            Some(id) => {
                self.people.reload(cx);
                self.people.open(id.clone(), cx);
            }
            None => self.people.refresh(cx),
        }
    }

    /// Who is opened, else selected.
    pub(super) fn current(&self) -> Option<&AuxiliaryId> {
        let row = match self.people.detail() {
            Some(detail) => &detail.row,
            None => &self.people.current()?.0,
        };
        Some(&row.person.id)
    }

    pub(super) fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            // An answer to what was typed before is late.
            Answer::People(query, rows) if *query == self.people.book.search.text() => {
                self.people.rows.put_all(self.people.book.fitted(rows, cx.shared));
            }
            Answer::Person(id, Some(detail)) => {
                self.people.put(id, detail);
            }
            Answer::Roster(_) if self.people.rows.list.total() > 0 => self.people.refresh(cx),
            _ => {}
        }
    }

    pub(super) fn remember(&self, kept: &mut Remembered) {
        kept.put("staff.search", self.people.book.search.text());
        kept.put("staff.duty", self.people.book.duty().unwrap_or_default());
    }

    pub(super) fn restore(&mut self, kept: &Remembered, cx: &mut Cx) {
        self.people.book.search.set(kept.get("staff.search").unwrap_or_default());
        let known = |code: &&str| cx.words().rulebook().activity(code).is_some();
        self.people.book.duty = kept.get("staff.duty").filter(known).map(str::to_owned);
    }

    pub(super) fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let listed = self.people.opened().is_none();
        if listed {
            self.head(shared, canvas, area);
        }
        let none = say!(shared.words, "staff-none-found");
        self.people.view(shared, canvas, area, if listed { 2 } else { 0 }, (&none, Meaning::Dim));
    }
}
