//! 派工: who is to be sent, with the verdict on each plan before anyone goes.

mod book;

#[cfg(test)]
mod tests;

use auxlog_law::Severity;
use auxlog_record::Date;
use auxlog_store::Agenda;
use ratatui::layout::Rect;

use self::book::{CallOff, Plans};
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask, Failure};
use crate::event::Input;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::sync_state::SyncNews;
use crate::theme::Meaning;
use crate::widgets::Prompt;
use crate::widgets::register::cites;
use crate::widgets::register::{Did, Front, Register};
use crate::words::say;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlanState {
    /// To be carried out today or later.
    Waiting,
    /// Its day is over and nothing was logged.
    Overdue,
    /// Logged since.
    Done,
    CalledOff,
}

impl PlanState {
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
    plans: Register<Plans>,
}

impl Screen for Plan {
    fn scopes(&self) -> &'static [Scope] {
        self.plans.scopes(&[Scope::Plan, Scope::List])
    }

    fn editing(&self) -> bool {
        self.plans.is_covered()
    }

    fn input(&mut self, input: &Input, _cx: &mut Cx) -> bool {
        self.plans.input(input)
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match self.plans.run(command, cx) {
            Did::Nothing => {}
            Did::Written(CallOff(id), reason) => {
                cx.ask(Ask::Annul(id, reason));
                return true;
            }
            _ => return true,
        }
        if command == Command::PlanNew {
            cx.go(Target::NewPlan);
            return true;
        }
        let (Some(plan), words) = (self.plans.current(), cx.words()) else { return false };
        match command {
            Command::PlanCarryOut => cx.go(Target::CarryOut(Box::new(plan.task.clone()))),
            Command::PlanCallOff => {
                let prompt = Prompt::new(say!(words, "plan-call-off-title"), say!(words, "plan-call-off-why"));
                let front = Front::words(prompt, CallOff(plan.id), say!(words, "reason-needed"), (70, 8));
                self.plans.ask(front);
            }
            Command::PlanLaw => self.plans.read(&cites::first(&plan.judged.verdict), cx),
            _ => return false,
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        let plan = self.plans.current();
        let open = plan.filter(|plan| PlanState::of(plan, shared.now.china_date()).is_open());
        match command {
            Command::PlanCarryOut => open.is_some(),
            Command::PlanCallOff => open.is_some_and(|plan| plan.mine),
            Command::PlanLaw => plan.is_some(),
            command => self.plans.enabled(command),
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        self.plans.click(hit, cx);
    }

    fn enter(&mut self, _target: &Target, cx: &mut Cx) {
        self.plans.refresh(cx);
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        let known = self.plans.rows.is_known();
        match answer {
            Answer::Plans(plans) => {
                self.plans.rows.put_all(plans.clone());
                if !known {
                    // It opens where work waits.
                    let today = cx.shared.now.china_date();
                    let next = plans.iter().position(|plan| PlanState::of(plan, today) == PlanState::Waiting);
                    self.plans.rows.list.select(next.unwrap_or(0));
                }
            }
            Answer::Task(detail) => {
                self.plans.put(&detail.row.id, detail);
            }
            Answer::Planned(_) | Answer::Logged(_) | Answer::Recorded(_) if known => self.plans.refresh(cx),
            Answer::Sync(SyncNews::Done { outcome, .. }) if outcome.received > 0 && known => self.plans.reload(cx),
            Answer::Failed(Failure { ask: Ask::Annul(id, _), error })
                if self.plans.current().is_some_and(|plan| plan.id == *id) =>
            {
                cx.notify(Tone::Failed, cx.words().terms().ledger(error));
            }
            _ => {}
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let (words, today) = (&shared.words, shared.now.china_date());
        let key = shared.keymap.shown(Command::PlanNew).unwrap_or_default();
        let none = say!(words, "plan-none", key = key);
        let listed = self.plans.opened().is_none() && self.plans.rows.is_known();
        if listed {
            let waiting = || self.plans.rows.iter().filter(|plan| PlanState::of(plan, today).is_open());
            let improper = waiting().filter(|plan| plan.judged.verdict.verdict == Severity::Improper).count();
            let head = say!(words, "plan-head", waiting = waiting().count(), improper = improper);
            canvas.text(area.x, area.y, &head, area.width, Meaning::Title);
        }
        self.plans.view(shared, canvas, area, u16::from(listed), (&none, Meaning::Dim));
    }
}
