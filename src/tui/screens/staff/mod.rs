//! 人员: the auxiliaries, what is known of one, and who may be sent for a duty.

pub mod fitness;
mod view;

#[cfg(test)]
mod tests;

use auxlog_law::{Rulebook, Severity};
use auxlog_record::AuxiliaryId;
use auxlog_store::{PersonDetail, PersonRow};
use ratatui::layout::Rect;

use self::fitness::{Fitness, fitness};
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask};
use crate::event::Input;
use crate::kept::Kept;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared};
use crate::task::duties::duties;
use crate::widgets::Reader;
use crate::widgets::cites;
use crate::widgets::{Field, List, Picked, Picker};
use crate::words::say;

/// Found at most.
const LIMIT: usize = 500;

/// The staff screen.
#[derive(Debug, Default)]
pub struct Staff {
    search: Field,
    found: Vec<(PersonRow, Fitness)>,
    list: List,
    /// The duty for which somebody is looked for.
    duty: Option<String>,
    choosing: Option<Picker<String>>,
    /// The provisions to choose from.
    citing: Option<Picker<String>>,
    opened: Option<Opened>,
}

#[derive(Debug)]
struct Opened {
    id: AuxiliaryId,
    detail: Option<Box<PersonDetail>>,
    reader: Reader,
}

impl Staff {
    fn ask(&self, cx: &mut Cx) {
        cx.ask(Ask::People { query: self.search.text().to_owned(), limit: LIMIT });
    }

    /// Judges everybody found for the duty looked for; with a duty, those who may be sent first.
    fn judge(&mut self, shared: &Shared) {
        let Some(session) = &shared.session else { return };
        for (row, fit) in &mut self.found {
            *fit = judged(self.duty.as_deref(), row, session, shared);
        }
        if self.duty.is_some() {
            self.found.sort_by_key(|(_, fit)| fit.severity);
        }
        self.list.set_total(self.found.len());
    }

    fn take_in(&mut self, rows: &[PersonRow], shared: &Shared) {
        let unjudged = Fitness { severity: Severity::Permitted, against: Vec::new() };
        self.found = rows.iter().map(|row| (row.clone(), unjudged.clone())).collect();
        self.judge(shared);
    }

    fn open(&mut self, id: AuxiliaryId, cx: &mut Cx) {
        cx.ask(Ask::Person(id.clone()));
        self.opened = Some(Opened { id, detail: None, reader: Reader::default() });
    }

    /// Reads the provision behind what stands against somebody; one to choose where there are
    /// several.
    fn read_law(&mut self, cx: &mut Cx) {
        let cited = cites::cited(&self.against(cx.shared));
        match &cited[..] {
            [] => {}
            [only] => cx.go(Target::Provision(only.clone())),
            _ => self.citing = Some(cites::picker(cx.words(), &cited)),
        }
    }

    /// What stands against sending the person opened, or selected.
    fn against(&self, shared: &Shared) -> Vec<auxlog_law::Finding> {
        let Some(opened) = &self.opened else {
            let selected = self.list.selected().and_then(|place| self.found.get(place));
            return selected.map(|(_, fit)| fit.against.clone()).unwrap_or_default();
        };
        match (&opened.detail, &shared.session) {
            (Some(detail), Some(session)) => judged(self.duty.as_deref(), &detail.row, session, shared).against,
            _ => Vec::new(),
        }
    }

    fn cited(&mut self, picked: Picked<String>, cx: &mut Cx) {
        match picked {
            Picked::Open => return,
            Picked::Cancelled => {}
            Picked::Chosen(cited) => cited.into_iter().take(1).for_each(|cite| cx.go(Target::Provision(cite))),
        }
        self.citing = None;
    }

    fn picked(&mut self, picked: Picked<String>, cx: &mut Cx) {
        match picked {
            Picked::Open => return,
            Picked::Cancelled => {}
            Picked::Chosen(codes) => {
                self.duty = codes.into_iter().next();
                self.list.select(0);
                self.ask(cx);
            }
        }
        self.choosing = None;
    }
}

fn judged(duty: Option<&str>, row: &PersonRow, session: &crate::shared::Session, shared: &Shared) -> Fitness {
    let agency = &session.identity.agency;
    fitness(Rulebook::in_use(), &session.roster, agency, &row.person.id, duty, shared.now)
}

impl Screen for Staff {
    fn scopes(&self) -> &'static [Scope] {
        let picking = self.choosing.is_some() || self.citing.is_some();
        if picking { &[Scope::List] } else { &[Scope::Staff, Scope::List] }
    }

    fn editing(&self) -> bool {
        self.choosing.is_some() || self.citing.is_some() || self.opened.is_none()
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if let Some(picker) = self.choosing.as_mut().or(self.citing.as_mut()) {
            return picker.input(input);
        }
        let before = self.search.text().to_owned();
        let taken = self.search.input(input);
        if self.search.text() != before {
            self.list.select(0);
            self.ask(cx);
        }
        taken
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if let Some(picker) = &mut self.choosing {
            let picked = picker.run(command);
            self.picked(picked, cx);
            return true;
        }
        if let Some(picker) = &mut self.citing {
            let picked = picker.run(command);
            self.cited(picked, cx);
            return true;
        }
        match command {
            Command::StaffLaw => self.read_law(cx),
            Command::StaffRefresh => self.ask(cx),
            Command::StaffDuty => {
                let entries = duties(Rulebook::in_use(), cx.shared.lang());
                self.choosing = Some(Picker::one(say!(cx.words(), "staff-duty-title"), entries));
            }
            Command::Back if self.opened.is_some() => self.opened = None,
            Command::Back if self.duty.is_some() => {
                self.duty = None;
                self.ask(cx);
            }
            Command::Back if !self.search.text().is_empty() => {
                self.search.set("");
                self.ask(cx);
            }
            Command::ListSearch => {
                self.opened = None;
            }
            Command::ListOpen if self.opened.is_none() => {
                let selected = self.list.selected().and_then(|place| self.found.get(place));
                if let Some(id) = selected.map(|(row, _)| row.person.id.clone()) {
                    self.open(id, cx);
                }
            }
            command => {
                if let Some(opened) = &mut self.opened {
                    return opened.reader.run(command);
                }
                let before = self.search.text().to_owned();
                if self.search.run(command) {
                    if self.search.text() != before {
                        self.ask(cx);
                    }
                    return true;
                }
                return self.list.run(command);
            }
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        match command {
            Command::ListOpen if self.choosing.is_some() || self.citing.is_some() => true,
            Command::ListOpen => self.opened.is_none() && self.list.selected().is_some(),
            Command::StaffLaw => !self.against(shared).is_empty(),
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Some(picker) = &mut self.choosing {
            let picked = picker.click(hit);
            self.picked(picked, cx);
        } else if let Some(picker) = &mut self.citing {
            let picked = picker.click(hit);
            self.cited(picked, cx);
        } else if let (Hit::Row(row), None) = (hit, &self.opened) {
            if self.list.selected() == Some(row) {
                self.run(Command::ListOpen, cx);
            } else {
                self.list.select(row);
            }
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Auxiliary(_))
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        self.ask(cx);
        if let Target::Auxiliary(id) = target {
            self.open(id.clone(), cx);
        }
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            // An answer to what was typed before is late.
            Answer::People(query, rows) if *query == self.search.text() => self.take_in(rows, cx.shared),
            Answer::Person(id, detail) => {
                if let Some(opened) = &mut self.opened
                    && opened.id == *id
                {
                    opened.detail.clone_from(detail);
                }
            }
            Answer::Roster(_) if !self.found.is_empty() => self.ask(cx),
            _ => {}
        }
    }

    fn keep(&self, kept: &mut Kept) {
        kept.put("staff.search", self.search.text());
        kept.put("staff.duty", self.duty.clone().unwrap_or_default());
    }

    fn restore(&mut self, kept: &Kept, _cx: &mut Cx) {
        self.search.set(kept.get("staff.search").unwrap_or_default());
        let known = |code: &&str| Rulebook::in_use().activity(code).is_some();
        self.duty = kept.get("staff.duty").filter(known).map(str::to_owned);
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}
