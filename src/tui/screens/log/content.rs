//! What a log form says: the draft, and the task that is made of it.

use std::collections::BTreeSet;

use auxlog_law::{Arranged, Circumstance, Mode, Presence, Rulebook, RulebookSet, Suggestion};
use auxlog_record::{AgencyId, AuxiliaryId, Moment, OfficerId, StatedAuxiliary, StatedOfficer, Task, TaskField};
use auxlog_store::Staged;
use serde::{Deserialize, Serialize};

use super::last::LastUsed;
use super::proposal::Proposal;
use crate::when::{read_end, read_time};

/// A person picked from the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick<Id> {
    /// Number.
    pub id: Id,
    /// Name, as the roster had it when they were picked.
    pub name: String,
}

/// What keeps a form from being recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Neither an activity nor a description: nothing is said.
    SaysNothing,
    /// What was typed is no time.
    NoTime(TaskField),
    /// The end lies before the start.
    EndsBeforeStart,
}

/// What a log form says; serialised, it is the draft.
///
/// The id and the moment of opening are fixed when the form is opened, so that a draft found
/// after a crash and saved again is acknowledged as the same task, never recorded twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The task's reference.
    pub id: String,
    /// When the form was opened: when the task began, unless something else is typed.
    pub opened: Moment,
    /// The auxiliaries.
    pub auxiliaries: Vec<Pick<AuxiliaryId>>,
    /// Activity codes.
    pub duties: Proposal<Vec<String>>,
    /// Independent or assisted.
    pub mode: Proposal<Mode>,
    /// Where the supervising officer was.
    pub presence: Proposal<Presence>,
    /// The supervising officers.
    pub officers: Proposal<Vec<Pick<OfficerId>>>,
    /// Whether it was arranged this way.
    pub arranged: Proposal<Arranged>,
    /// Circumstances.
    pub circumstances: Proposal<BTreeSet<Circumstance>>,
    /// The place of the last task, proposed.
    pub place: Proposal<String>,
    /// Files whose content is kept already.
    #[serde(default)]
    pub attachments: Vec<Staged>,
    text: String,
    legal_basis: String,
    counterpart: String,
    case_number: String,
    start: String,
    end: String,
    /// The rulebooks of the ledger in which it will be kept.
    #[serde(skip)]
    pub rulebooks: RulebookSet,
}

/// What all fields that can be proposed answer.
macro_rules! each_proposal {
    ($content:expr, $ask:ident) => {
        [
            $content.duties.$ask(),
            $content.mode.$ask(),
            $content.presence.$ask(),
            $content.officers.$ask(),
            $content.arranged.$ask(),
            $content.circumstances.$ask(),
            $content.place.$ask(),
        ]
    };
}

impl Content {
    /// An empty form, opened at `opened`.
    pub fn new(id: String, opened: Moment) -> Self {
        Self {
            id,
            opened,
            auxiliaries: Vec::new(),
            duties: Proposal::default(),
            mode: Proposal::default(),
            presence: Proposal::default(),
            officers: Proposal::default(),
            arranged: Proposal::default(),
            circumstances: Proposal::default(),
            place: Proposal::default(),
            attachments: Vec::new(),
            text: String::new(),
            legal_basis: String::new(),
            counterpart: String::new(),
            case_number: String::new(),
            start: String::new(),
            end: String::new(),
            rulebooks: RulebookSet::default(),
        }
    }

    /// A form that says what `task` says, as a new task called `id`. The names of people are
    /// looked up; where there is none, the number stands for it.
    pub fn like(
        task: &Task,
        id: String,
        opened: Moment,
        auxiliary: impl Fn(&AuxiliaryId) -> Option<String>,
        officer: impl Fn(&OfficerId) -> Option<String>,
    ) -> Self {
        let words = |words: &Option<String>| words.clone().unwrap_or_default();
        let mut content = Self::new(id, opened);
        content.auxiliaries = task
            .auxiliaries
            .iter()
            .map(|a| Pick { name: auxiliary(&a.id).unwrap_or_else(|| a.id.0.clone()), id: a.id.clone() })
            .collect();
        content.duties.state((!task.items.is_empty()).then(|| task.items.clone()));
        content.mode.state((task.mode != Mode::Unstated).then_some(task.mode));
        content.presence.state((task.presence != Presence::Unstated).then_some(task.presence));
        content.officers.state(task.officers.as_ref().map(|officers| {
            let pick = |id: &OfficerId| Pick { name: officer(id).unwrap_or_else(|| id.0.clone()), id: id.clone() };
            officers.iter().map(|stated| pick(&stated.id)).collect()
        }));
        content.arranged.state((task.arranged != Arranged::Unstated).then_some(task.arranged));
        let circumstances: BTreeSet<Circumstance> = task.circumstances.iter().copied().collect();
        content.circumstances.state((!circumstances.is_empty()).then_some(circumstances));
        content.place.state(task.place.clone());
        content.text = words(&task.text);
        content.legal_basis = words(&task.legal_basis);
        content.counterpart = words(&task.counterpart);
        content.case_number = words(&task.case_number);
        content
    }

    /// The same, at the time of `task`: to correct it, not to log it once more.
    #[must_use]
    pub fn at_its_time(mut self, task: &Task) -> Self {
        if let Some(at) = task.at {
            self.opened = at;
        }
        self.end = task.until.map(|end| end.0.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default();
        self
    }

    /// What stands in a typed field.
    pub fn typed(&self, field: TaskField) -> &str {
        match field {
            TaskField::Text => &self.text,
            TaskField::LegalBasis => &self.legal_basis,
            TaskField::Place => self.place.stated().map_or("", String::as_str),
            TaskField::Counterpart => &self.counterpart,
            TaskField::CaseNumber => &self.case_number,
            TaskField::At => &self.start,
            TaskField::Until => &self.end,
            _ => "",
        }
    }

    /// Replaces what stands in a typed field.
    pub fn type_in(&mut self, field: TaskField, words: &str) {
        let words = words.to_owned();
        match field {
            TaskField::Text => self.text = words,
            TaskField::LegalBasis => self.legal_basis = words,
            TaskField::Place => self.place.state((!words.is_empty()).then_some(words)),
            TaskField::Counterpart => self.counterpart = words,
            TaskField::CaseNumber => self.case_number = words,
            TaskField::At => self.start = words,
            TaskField::Until => self.end = words,
            _ => {}
        }
    }

    /// Whether nothing was stated yet: such a form is no draft.
    pub fn is_pristine(&self) -> bool {
        !each_proposal!(self, is_stated).contains(&true)
            && self.auxiliaries.is_empty()
            && self.attachments.is_empty()
            && TaskField::ALL.iter().all(|&field| self.typed(field).is_empty())
    }

    /// Proposes what the description suggests. `is_activity` tells codes that can be picked from
    /// provisions that merely apply (`21`, `22`, `19.7`).
    pub fn suggest(&mut self, suggestion: &Suggestion, is_activity: impl Fn(&str) -> bool) {
        let codes: Vec<String> =
            suggestion.items.iter().filter(|item| is_activity(&item.code)).map(|item| item.code.clone()).collect();
        let seen: BTreeSet<Circumstance> =
            Circumstance::ALL.into_iter().filter(|c| suggestion.circumstances.contains(*c)).collect();
        self.duties.suggest((!codes.is_empty()).then_some(codes));
        self.mode.suggest((suggestion.mode != Mode::Unstated).then_some(suggestion.mode));
        self.presence.suggest((suggestion.presence != Presence::Unstated).then_some(suggestion.presence));
        self.arranged.suggest((suggestion.arranged != Arranged::Unstated).then_some(suggestion.arranged));
        self.circumstances.suggest((!seen.is_empty()).then_some(seen));
    }

    /// Proposes what the officer's last task had: who supervised, how, and where.
    pub fn carry(&mut self, last: &LastUsed) {
        self.mode.carry(last.mode);
        self.presence.carry(last.presence);
        self.officers.carry((!last.officers.is_empty()).then(|| last.officers.clone()));
        self.place.carry(last.place.clone());
    }

    /// Accepts everything proposed; whether there was anything.
    pub fn accept_all(&mut self) -> bool {
        each_proposal!(self, accept).contains(&true)
    }

    /// Whether anything proposed waits to be accepted.
    pub fn has_proposals(&self) -> bool {
        each_proposal!(self, is_proposed).contains(&true)
    }

    /// The rulebook by which the task is judged, now and when it is saved.
    pub fn rulebook(&self) -> &Rulebook {
        self.rulebook_of(&self.rulebooks)
    }

    /// The same of these.
    pub fn rulebook_of<'a>(&self, rulebooks: &'a RulebookSet) -> &'a Rulebook {
        rulebooks.in_force_at(Some(self.start().unwrap_or(self.opened).0))
    }

    /// Whether the law relied on must be named.
    pub fn needs_legal_basis(&self) -> bool {
        let rulebook = self.rulebook();
        let mut duties = self.duties.shown().into_iter().flat_map(|(codes, _)| codes);
        duties.any(|code| rulebook.activity(code).is_some_and(|duty| rulebook.asks_for_legal_basis(duty)))
    }

    /// Adds or takes away a circumstance; the two effects exclude one another.
    pub fn toggle(&mut self, circumstance: Circumstance) {
        let mut set = self.circumstances.shown().map(|(set, _)| set.clone()).unwrap_or_default();
        if !set.remove(&circumstance) {
            match circumstance {
                Circumstance::SubstantiveEffect => set.remove(&Circumstance::NoSubstantiveEffect),
                Circumstance::NoSubstantiveEffect => set.remove(&Circumstance::SubstantiveEffect),
                _ => false,
            };
            set.insert(circumstance);
        }
        self.circumstances.state(Some(set));
    }

    /// When the task began.
    pub fn start(&self) -> Option<Moment> {
        if self.start.trim().is_empty() { Some(self.opened) } else { read_time(&self.start, self.opened) }
    }

    /// What keeps this form from being recorded.
    pub fn hindrances(&self) -> Vec<Hindrance> {
        let mut hindrances = Vec::new();
        if self.duties.stated().is_none_or(Vec::is_empty) && self.text.trim().is_empty() {
            hindrances.push(Hindrance::SaysNothing);
        }
        let start = self.start();
        if start.is_none() {
            hindrances.push(Hindrance::NoTime(TaskField::At));
        }
        if !self.end.trim().is_empty() {
            let start = start.unwrap_or(self.opened);
            match read_end(&self.end, start) {
                None => hindrances.push(Hindrance::NoTime(TaskField::Until)),
                Some(end) if end < start => hindrances.push(Hindrance::EndsBeforeStart),
                Some(_) => {}
            }
        }
        hindrances
    }

    /// The task as stated so far, to be judged while the officer types. Proposals are not in it.
    pub fn task(&self, agency: &AgencyId) -> Task {
        let words = |typed: &str| (!typed.trim().is_empty()).then(|| typed.trim().to_owned());
        let start = self.start().unwrap_or(self.opened);
        Task {
            id: self.id.clone(),
            at: Some(start),
            until: words(&self.end).and_then(|end| read_end(&end, start)),
            agency: Some(agency.clone()),
            text: words(&self.text),
            items: self.duties.stated().cloned().unwrap_or_default(),
            mode: self.mode.stated().copied().unwrap_or_default(),
            presence: self.presence.stated().copied().unwrap_or_default(),
            officers: self.officers.stated().map(|picks| picks.iter().map(stated_officer).collect()),
            auxiliaries: self.auxiliaries.iter().map(stated_auxiliary).collect(),
            circumstances: self.circumstances.stated().map(|set| set.iter().copied().collect()).unwrap_or_default(),
            legal_basis: self.needs_legal_basis().then(|| words(&self.legal_basis)).flatten(),
            arranged: self.arranged.stated().copied().unwrap_or_default(),
            place: words(self.typed(TaskField::Place)),
            counterpart: words(&self.counterpart),
            case_number: words(&self.case_number),
        }
    }

    /// The same task again for other auxiliaries: everything stated stays, the people go.
    #[must_use]
    pub fn again(&self, id: String, opened: Moment) -> Self {
        Self {
            id,
            opened,
            auxiliaries: Vec::new(),
            attachments: Vec::new(),
            start: String::new(),
            end: String::new(),
            ..self.clone()
        }
    }

    /// What of it can be used again: everything but when it was, and in which case.
    #[must_use]
    pub fn pattern(&self) -> Self {
        Self {
            id: String::new(),
            attachments: Vec::new(),
            start: String::new(),
            end: String::new(),
            case_number: String::new(),
            ..self.clone()
        }
    }

    /// A form that says what this pattern says.
    #[must_use]
    pub fn after_pattern(&self, id: String, opened: Moment) -> Self {
        Self { id, opened, ..self.pattern() }
    }

    /// The rest of a task whose supervising officer left: a task is one supervision situation.
    /// People, place and counterpart stay; who supervises is to be stated anew.
    #[must_use]
    pub fn rest(&self, id: String, opened: Moment) -> Self {
        let mut rest = self.again(id, opened);
        rest.auxiliaries.clone_from(&self.auxiliaries);
        rest.mode = Proposal::default();
        rest.presence = Proposal::default();
        rest.officers = Proposal::default();
        rest.start.clone_from(&self.end);
        rest
    }
}

fn stated_officer(pick: &Pick<OfficerId>) -> StatedOfficer {
    StatedOfficer { id: pick.id.clone(), ..StatedOfficer::default() }
}

fn stated_auxiliary(pick: &Pick<AuxiliaryId>) -> StatedAuxiliary {
    StatedAuxiliary { id: pick.id.clone(), ..StatedAuxiliary::default() }
}
