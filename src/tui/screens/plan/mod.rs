//! 派工: who is to be sent, with the verdict on each plan before anyone goes.

mod view;

#[cfg(test)]
mod tests;

use auxlog_record::{Date, RecordId};
use auxlog_store::{Agenda, TaskDetail};
use chrono::Days;
use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask, Failure};
use crate::event::Input;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::sync_state::SyncNews;
use crate::widgets::List;
use crate::widgets::Reader;
use crate::widgets::{Asked, Prompt};
use crate::words::say;

/// Plans of so many days back are shown: what was not carried out should be seen.
const BACK: u64 = 7;
/// And of so many days ahead.
const AHEAD: u64 = 60;

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// To be carried out today or later.
    Waiting,
    /// Its day is over and nothing was logged.
    Overdue,
    /// Logged since.
    Done,
    /// Called off.
    CalledOff,
}

impl State {
    fn of(plan: &Agenda, today: Date) -> Self {
        if plan.annulled {
            Self::CalledOff
        } else if plan.done {
            Self::Done
        } else if plan.at.china_date() < today {
            Self::Overdue
        } else {
            Self::Waiting
        }
    }

    fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Overdue)
    }
}

/// The plans.
#[derive(Debug, Default)]
pub struct Plan {
    plans: Option<Vec<Agenda>>,
    list: List,
    /// The plan that is opened, once it came.
    opened: Option<Opened>,
    /// Why it is called off, being written.
    calling_off: Option<(RecordId, Prompt)>,
}

#[derive(Debug)]
struct Opened {
    id: RecordId,
    detail: Option<Box<TaskDetail>>,
    reader: Reader,
}

impl Plan {
    fn ask(cx: &mut Cx) {
        let today = cx.shared.now.china_date().0;
        let since = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
        let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
        cx.ask(Ask::Plans(Date(since), Date(until)));
    }

    fn at(&self, place: usize) -> Option<&Agenda> {
        self.plans.as_ref()?.get(place)
    }

    /// The plan that is opened, else the selected one.
    fn current(&self) -> Option<&Agenda> {
        match &self.opened {
            Some(opened) => self.plans.as_ref()?.iter().find(|plan| plan.id == opened.id),
            None => self.at(self.list.selected()?),
        }
    }

    fn open(&mut self, cx: &mut Cx) {
        let Some(id) = self.current().map(|plan| plan.id) else { return };
        self.opened = Some(Opened { id, detail: None, reader: Reader::default() });
        cx.ask(Ask::Task(id));
    }

    fn run_calling_off(&mut self, command: Command, cx: &mut Cx) {
        let Some((id, prompt)) = &mut self.calling_off else { return };
        let id = *id;
        match prompt.run(command) {
            Asked::Open => {}
            Asked::Cancelled => self.calling_off = None,
            Asked::Empty => cx.notify(Tone::Failed, say!(cx.words(), "reason-needed")),
            Asked::Given(reason) => {
                self.calling_off = None;
                cx.ask(Ask::Annul(id, reason));
            }
        }
    }
}

impl Screen for Plan {
    fn scopes(&self) -> &'static [Scope] {
        if self.calling_off.is_some() { &[Scope::Form] } else { &[Scope::Plan, Scope::List] }
    }

    fn editing(&self) -> bool {
        self.calling_off.is_some()
    }

    fn input(&mut self, input: &Input, _cx: &mut Cx) -> bool {
        self.calling_off.as_mut().is_some_and(|(_, prompt)| prompt.input(input))
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if self.calling_off.is_some() {
            self.run_calling_off(command, cx);
            return true;
        }
        match command {
            Command::PlanNew => cx.go(Target::NewPlan),
            Command::PlanCarryOut => {
                if let Some(plan) = self.current() {
                    cx.go(Target::CarryOut(Box::new(plan.task.clone())));
                }
            }
            Command::PlanCallOff => {
                let words = cx.words();
                let prompt = Prompt::new(say!(words, "plan-call-off-title"), say!(words, "plan-call-off-why"));
                self.calling_off = self.current().map(|plan| (plan.id, prompt));
            }
            Command::PlanLaw => {
                let verdict = self.current().map(|plan| &plan.judged.verdict);
                let cited = verdict.and_then(|verdict| verdict.findings.first()?.cites.first());
                if let Some(cite) = cited.or_else(|| verdict.and_then(|verdict| verdict.basis.first())) {
                    cx.go(Target::Provision(cite.clone()));
                }
            }
            Command::Back if self.opened.is_some() => self.opened = None,
            Command::ListOpen if self.opened.is_none() => self.open(cx),
            command => {
                return match &mut self.opened {
                    Some(opened) => opened.reader.run(command),
                    None => self.list.run(command),
                };
            }
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        let today = shared.now.china_date();
        let open = self.current().filter(|plan| State::of(plan, today).is_open());
        match command {
            Command::PlanCarryOut => open.is_some(),
            Command::PlanCallOff => open.is_some_and(|plan| plan.mine),
            Command::PlanLaw => self.current().is_some(),
            Command::ListOpen => self.opened.is_none() && self.current().is_some(),
            Command::ListSearch => false,
            _ => true,
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let (Hit::Row(row), None) = (hit, &self.opened) {
            if self.list.selected() == Some(row) {
                self.open(cx);
            } else {
                self.list.select(row);
            }
        }
    }

    fn enter(&mut self, _target: &Target, cx: &mut Cx) {
        Self::ask(cx);
        if let Some(opened) = &self.opened {
            cx.ask(Ask::Task(opened.id));
        }
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Plans(plans) => {
                let today = cx.shared.now.china_date();
                self.list.set_total(plans.len());
                if self.plans.is_none() {
                    // It opens where work waits.
                    let next = plans.iter().position(|plan| State::of(plan, today) == State::Waiting);
                    self.list.select(next.unwrap_or(0));
                }
                self.plans = Some(plans.clone());
            }
            Answer::Task(detail) => {
                if let Some(opened) = &mut self.opened
                    && opened.id == detail.row.id
                {
                    opened.detail = Some(detail.clone());
                }
            }
            Answer::Planned(_) | Answer::Logged(_) | Answer::Recorded(_) if self.plans.is_some() => {
                Self::ask(cx);
                if let Some(opened) = &self.opened {
                    cx.ask(Ask::Task(opened.id));
                }
            }
            Answer::Sync(SyncNews::Done { outcome, .. }) if outcome.received > 0 && self.plans.is_some() => {
                Self::ask(cx);
            }
            Answer::Failed(Failure { ask: Ask::Annul(id, _), error })
                if self.current().is_some_and(|p| p.id == *id) =>
            {
                cx.notify(Tone::Failed, cx.words().terms().ledger(error));
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::draw(self, shared, canvas, area);
    }
}
