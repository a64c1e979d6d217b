//! Which steps about a task are open to whom, and what each must say.
//!
//! Whoever is named in a task, logged, planned or arranged it may note and propose; another person
//! decides (第二十四条). A decision or measure against an auxiliary (第二十九条) is open only after the
//! facts, the evidence and their statement (陈述和申辩: offered, then given or waived) are on record
//! (第三十条). Which step is open to which role, in which relation to the task, and what must stand
//! before it is data: [`rules`]. The form, every fold and the server ask the same [`ReviewStanding::open`].

mod rules;

use auxlog_law::Answerable;

pub use rules::{NEWEST, Need, Rule, Step, rules};

use crate::fold::Status;
use crate::{AuxiliaryId, Decision, Role, Vouched};

impl Decision {
    /// All steps, in the order in which a review takes them.
    pub const ALL: [Self; 12] = [
        Self::Note,
        Self::Propose,
        Self::Facts,
        Self::Evidence,
        Self::Statement,
        Self::Confirm,
        Self::Dismiss,
        Self::OrderCorrection,
        Self::Criticise,
        Self::ReturnToCompany,
        Self::Transfer,
        Self::Reopen,
    ];

    /// Whether it is one of the four measures of 第二十九条 against an auxiliary.
    pub fn is_measure(self) -> bool {
        matches!(self, Self::OrderCorrection | Self::Criticise | Self::ReturnToCompany | Self::Transfer)
    }

    /// Whether it must say more than its reason: to confirm, the measure taken; to order
    /// correction, what and by when; to criticise, before whom; to return, what makes it serious
    /// (情节严重的); to transfer, to which authority.
    pub fn needs_measure(self) -> bool {
        self == Self::Confirm || self.is_measure()
    }
}

/// Where the review of a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Nothing was found and it was not sampled: there is nothing to decide.
    Nothing,
    /// A finding, or a sample, awaits a decision.
    #[default]
    Undecided,
    /// The findings stand.
    Confirmed,
    /// The findings don't stand.
    Dismissed,
}

impl Stage {
    /// The stage of a task with this status; `sampled` when it was permitted and is to be looked
    /// at all the same.
    pub fn of(status: Status, sampled: bool) -> Self {
        match status {
            Status::Open | Status::Statement | Status::Incomplete => Self::Undecided,
            Status::Confirmed => Self::Confirmed,
            Status::Dismissed => Self::Dismissed,
            Status::Clear if sampled => Self::Undecided,
            Status::Clear | Status::Planned | Status::Annulled | Status::Entry => Self::Nothing,
        }
    }
}

/// What decides which steps are open to someone, as of what they have seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of its own")]
pub struct ReviewStanding {
    /// Number of the rules that hold.
    pub rules: u16,
    /// Who vouches for whoever asks.
    pub vouched: Vouched,
    /// What they may do.
    pub role: Role,
    /// They are named in the task, logged, planned or arranged it.
    pub own: bool,
    /// They took the decision that stands.
    pub decided: bool,
    /// Where the review stands.
    pub stage: Stage,
    /// The facts are on record.
    pub facts: bool,
    /// The evidence is on record.
    pub evidence: bool,
    /// The auxiliary was asked for a statement.
    pub asked: bool,
    /// Whose statement was taken down and acknowledged, or waived, of those whom a version names.
    pub heard: Vec<AuxiliaryId>,
    /// The auxiliaries whom a finding is about that they answer for.
    pub accused: Vec<AuxiliaryId>,
    /// Who answers for the findings, all taken together.
    pub answers: Vec<Answerable>,
}

impl Default for ReviewStanding {
    fn default() -> Self {
        Self {
            rules: NEWEST,
            vouched: Vouched::Opening,
            role: Role::Officer,
            own: false,
            decided: false,
            stage: Stage::Undecided,
            facts: false,
            evidence: false,
            asked: false,
            heard: Vec::new(),
            accused: Vec::new(),
            answers: Vec::new(),
        }
    }
}

impl ReviewStanding {
    /// Whether `decision` is open, or why not; one against a person, against this auxiliary (`None`:
    /// against all whom the findings are about).
    ///
    /// # Errors
    /// The first reason that closes it.
    pub fn open(&self, decision: Decision, against: Option<&AuxiliaryId>) -> Result<(), Closed> {
        self.open_step(Step::Decide(decision), against)
    }

    /// Whether a statement may be taken down, or why not.
    ///
    /// # Errors
    /// The first reason that closes it.
    pub fn open_statement(&self) -> Result<(), Closed> {
        self.open_step(Step::TakeStatement, None)
    }

    /// Whether a step is open, or why not.
    ///
    /// # Errors
    /// The first reason that closes it.
    pub fn open_step(&self, step: Step, against: Option<&AuxiliaryId>) -> Result<(), Closed> {
        let Some(rule) = rules(self.rules).iter().find(|rule| rule.step == step) else { return Err(Closed::Role) };
        // Where a log has no office, nobody has a role: whoever has a key there is an officer.
        match self.vouched {
            Vouched::Nobody if self.rules > 1 => return Err(Closed::Nobody),
            Vouched::Office if !rule.roles.contains(&self.role) => return Err(Closed::Role),
            _ => {}
        }
        if !rule.stages.contains(&self.stage) {
            return Err(match self.stage {
                Stage::Nothing => Closed::Nothing,
                Stage::Undecided => Closed::Undecided,
                Stage::Confirmed | Stage::Dismissed => Closed::Decided,
            });
        }
        if self.own && !rule.own {
            return Err(Closed::Own);
        }
        rule.needs.iter().try_for_each(|need| self.has(*need, against))
    }

    fn has(&self, need: Need, against: Option<&AuxiliaryId>) -> Result<(), Closed> {
        let closed = match need {
            Need::Another => self.decided.then_some(Closed::OwnDecision),
            Need::Asked => (!self.asked).then_some(Closed::NotAsked),
            Need::Answerable => (!self.answers.contains(&Answerable::Auxiliary)).then_some(Closed::NotTheirs),
            Need::Process => self.process(against),
            // Whoever it names besides: the finding stands against all whom it is about.
            Need::ProcessIfAnswerable if self.answers.contains(&Answerable::Auxiliary) => {
                self.process(against).or_else(|| self.process(None))
            }
            Need::ProcessIfAnswerable => None,
        };
        closed.map_or(Ok(()), Err)
    }

    /// What of 第三十条 is missing: facts, evidence, and the auxiliary heard.
    fn process(&self, against: Option<&AuxiliaryId>) -> Option<Closed> {
        // Where a finding says nobody, it may be any of those who took part.
        let about = |person| self.accused.is_empty() || self.accused.contains(person);
        let heard = match against {
            Some(person) if !about(person) => return Some(Closed::NotTheirs),
            Some(person) => self.heard.contains(person),
            None if self.accused.is_empty() => !self.heard.is_empty(),
            None => self.accused.iter().all(|person| self.heard.contains(person)),
        };
        if !self.facts {
            Some(Closed::NoFacts)
        } else if !self.evidence {
            Some(Closed::NoEvidence)
        } else if !heard {
            Some(if self.asked { Closed::NotHeard } else { Closed::NotAsked })
        } else {
            None
        }
    }
}

/// Whether someone of this role writes about tasks at all, by the newest rules.
pub fn may_record(role: Role) -> bool {
    rules(NEWEST).iter().any(|rule| rule.step == Step::Record && rule.roles.contains(&role))
}

/// Why a step is not open, or has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Closed {
    /// They are named in the task, logged, planned or arranged it themselves.
    Own,
    /// The flag has been decided.
    Decided,
    /// The flag has not been decided.
    Undecided,
    /// Nothing was found.
    Nothing,
    /// The facts are not on record (第三十条, 事实清楚).
    NoFacts,
    /// The evidence is not on record (第三十条, 证据确凿).
    NoEvidence,
    /// Nobody was asked for a statement.
    NotAsked,
    /// The auxiliary has not been heard (第三十条).
    NotHeard,
    /// No finding is one that the auxiliary answers for.
    NotTheirs,
    /// Their role does not take this step.
    Role,
    /// The agency's office does not vouch for their key.
    Nobody,
    /// They took the decision themselves; another reopens it.
    OwnDecision,
    /// Judging again gives another verdict, or cannot be done.
    NotGivenAgain,
    /// It does not say what it must: why, or which measure.
    Unsaid,
    /// The log says so; the body that would show why is gone.
    Emptied,
}

#[cfg(test)]
mod tests;
