//! 今日: what was logged today, what waits, what falls due, what the server has.

mod view;

#[cfg(test)]
mod tests;

use auxlog_store::Concerns;
use auxlog_store::{DayReport, PersonKey};
use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask};
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared};
use crate::sync_state::SyncNews;
use crate::widgets::List;

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Flags that await a decision.
    #[default]
    Flags,
    /// Who is to be sent today.
    Planned,
    /// What was logged today.
    Logged,
    /// Certificates and assessments that fall due.
    Due,
}

impl Part {
    /// The parts, in the order in which Tab goes through them.
    pub const ALL: [Self; 4] = [Self::Flags, Self::Planned, Self::Logged, Self::Due];
}

/// Today's page.
#[derive(Debug, Default)]
pub struct Today {
    report: Option<Box<DayReport>>,
    /// What the server said that somebody should look at.
    concerns: Concerns,
    /// Entries of registers that end within thirty days.
    soon: usize,
    at: Part,
    lists: [List; 4],
    /// The calendar is shown instead of the lists, where there is no room for both.
    calendar: bool,
}

impl Today {
    fn ask(cx: &mut Cx) {
        cx.ask(Ask::Today(cx.shared.now.china_date()));
        cx.ask(Ask::Concerns);
        cx.ask(Ask::Holdings);
    }

    fn list(&self, part: Part) -> &List {
        &self.lists[part as usize]
    }

    fn turn(&mut self, by: usize) {
        let at = Part::ALL.iter().position(|part| *part == self.at).unwrap_or(0);
        self.at = Part::ALL[(at + by) % Part::ALL.len()];
    }

    /// Down from the last line of a part goes on to the next, so that arrows reach everything.
    fn step(&mut self, command: Command) -> bool {
        let list = &mut self.lists[self.at as usize];
        let before = list.selected();
        let moved = list.run(command);
        if moved && list.selected() == before {
            match command {
                Command::ListDown if self.at != Part::Due => self.turn(1),
                Command::ListUp if self.at != Part::Flags => self.turn(Part::ALL.len() - 1),
                _ => {}
            }
        }
        moved
    }

    fn open(&self, cx: &mut Cx) {
        let Some(report) = &self.report else { return };
        let Some(place) = self.list(self.at).selected() else { return };
        let target = match self.at {
            Part::Flags => report.flags.get(place).map(|row| Target::Flag(row.id)),
            Part::Planned => report.planned.get(place).map(|plan| Target::CarryOut(Box::new(plan.task.clone()))),
            Part::Logged => report.tasks.get(place).map(|row| Target::Task(row.id)),
            Part::Due => report.due.get(place).and_then(|due| match &due.person {
                PersonKey::Auxiliary(id) => Some(Target::Auxiliary(id.clone())),
                PersonKey::Officer(_) => None,
            }),
        };
        if let Some(target) = target {
            cx.go(target);
        }
    }
}

impl Screen for Today {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Today, Scope::List, Scope::Form]
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match command {
            Command::TodayCalendar => self.calendar = !self.calendar,
            Command::Back if self.calendar => self.calendar = false,
            Command::Back => return false,
            Command::FormNext => self.turn(1),
            Command::FormPrevious => self.turn(Part::ALL.len() - 1),
            Command::ListOpen | Command::FormActivate => self.open(cx),
            command => return self.step(command),
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        match command {
            Command::TodayCalendar => self.report.is_some() && shared.size.width < view::WIDE,
            Command::ListOpen => self.list(self.at).selected().is_some(),
            Command::ListSearch | Command::FormActivate => false,
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        match hit {
            Hit::Field(part) => self.at = Part::ALL.get(part).copied().unwrap_or_default(),
            Hit::Row(row) if self.list(self.at).selected() == Some(row) => self.open(cx),
            Hit::Row(row) => self.lists[self.at as usize].select(row),
            Hit::Command(_) => {}
        }
    }

    fn enter(&mut self, _target: &Target, cx: &mut Cx) {
        Self::ask(cx);
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Today(report) => {
                let totals = [report.flags.len(), report.planned.len(), report.tasks.len(), report.due.len()];
                for (list, total) in self.lists.iter_mut().zip(totals) {
                    list.set_total(total);
                }
                if self.report.is_none() && report.flags.is_empty() {
                    self.at = Part::Logged;
                }
                self.report = Some(report.clone());
            }
            Answer::Logged(_) | Answer::Recorded(_) | Answer::Planned(_) | Answer::Written(_) | Answer::Roster(_)
                if self.report.is_some() =>
            {
                Self::ask(cx);
            }
            Answer::Holdings(holdings) => self.soon = holdings.soon,
            Answer::Concerns(concerns) => self.concerns = (**concerns).clone(),
            Answer::Sync(SyncNews::Done { outcome, .. }) if self.report.is_some() => {
                if outcome.received > 0 {
                    Self::ask(cx);
                } else {
                    cx.ask(Ask::Concerns);
                }
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}

fn whole(part: Part) -> Command {
    match part {
        Part::Flags => Command::GoReview,
        Part::Planned => Command::GoPlan,
        Part::Logged => Command::GoTasks,
        Part::Due => Command::GoStaff,
    }
}
