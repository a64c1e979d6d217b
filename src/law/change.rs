//! What would make a task proper: the smallest change of facts that gives `permitted`.
//!
//! The groups of facts are independent (see [`crate::prove`]), so the smallest change of the whole
//! is the smallest of each group put together; within a group every combination is tried.

use crate::field::{self, Field, Point, SITUATION, combinations, unpack};
use crate::vocabulary::word;
use crate::{
    ActivityId, Circumstance, Circumstances, Facts, Lang, Mode, Officers, Person, Presence, Rulebook, Severity, Status,
};

/// One change of one fact, of those that would make a task proper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// Work in this mode.
    Mode(Mode),
    /// A supervising officer is present in this way.
    Presence(Presence),
    /// At least so many officers with a valid certificate take part.
    Officers(u8),
    /// The law relied on is named.
    LegalBasis,
    /// The circumstance does not obtain.
    Without(Circumstance),
    /// The circumstance obtains and is stated.
    With(Circumstance),
    /// The auxiliary does not do this.
    LeaveOut(ActivityId),
    /// An auxiliary on the roster is named.
    NamePerson,
    /// A fact of the auxiliary at this position of [`Facts::people`] is put right.
    Person(u16, PersonChange),
}

/// A fact of an auxiliary put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonChange {
    /// Entered on the roster.
    OnRoster,
    /// Back in service after a suspension.
    Active,
    /// With a certificate that is valid at the time.
    Certified,
    /// Trained, and passed.
    Trained,
    /// Assessed, and passed.
    Assessed,
    /// Of the task's agency.
    OwnAgency,
    /// Found to have been in order on the day.
    Settled,
    /// A dispatch agreement in force covers them.
    Agreed,
    /// Holding the qualification.
    Qualified,
    /// Somebody eligible does it instead.
    Replaced,
}

impl Change {
    /// Makes the change in `facts`.
    pub fn apply(self, facts: &mut Facts) {
        match self {
            Self::Mode(mode) => facts.mode = mode,
            Self::Presence(presence) => facts.presence = presence,
            Self::Officers(valid) => {
                let total = match facts.officers {
                    Officers::Stated { total, .. } => total.max(valid),
                    Officers::Unstated => valid,
                };
                facts.officers = Officers::Stated { valid, total };
            }
            Self::LegalBasis => facts.legal_basis = true,
            Self::Without(circumstance) => facts.circumstances = without(facts.circumstances, circumstance),
            Self::With(circumstance) => {
                if circumstance == Circumstance::NoSubstantiveEffect {
                    facts.circumstances = without(facts.circumstances, Circumstance::SubstantiveEffect);
                }
                facts.circumstances.insert(circumstance);
            }
            Self::LeaveOut(activity) => facts.activities.remove(activity),
            Self::NamePerson => facts.people.push(Person::default()),
            Self::Person(at, change) => {
                if let Some(person) = facts.people.get_mut(usize::from(at)) {
                    change.apply(person);
                }
            }
        }
    }
}

impl PersonChange {
    const PUT_RIGHT: [Self; 8] = [
        Self::OnRoster,
        Self::Active,
        Self::Certified,
        Self::Trained,
        Self::Assessed,
        Self::OwnAgency,
        Self::Settled,
        Self::Agreed,
    ];

    fn apply(self, person: &mut Person) {
        let harmless = Person { qualified: person.qualified, ..Person::default() };
        match self {
            Self::OnRoster => person.known = true,
            // Who has left does not come back for a task.
            Self::Active if person.status == Status::Suspended => person.status = Status::Active,
            Self::Active => {}
            Self::Certified => person.certificate_valid = true,
            Self::Trained => person.training = harmless.training,
            Self::Assessed => person.assessment = harmless.assessment,
            Self::OwnAgency => person.other_agency = false,
            Self::Settled => person.standing_unknown = false,
            Self::Agreed => person.agreement_lapsed = false,
            Self::Qualified => person.qualified = true,
            Self::Replaced => *person = harmless,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::OnRoster => "on_roster",
            Self::Active => "active",
            Self::Certified => "certified",
            Self::Trained => "trained",
            Self::Assessed => "assessed",
            Self::OwnAgency => "own_agency",
            Self::Settled => "settled",
            Self::Agreed => "agreed",
            Self::Qualified => "qualified",
            Self::Replaced => "replaced",
        }
    }
}

fn without(circumstances: Circumstances, out: Circumstance) -> Circumstances {
    Circumstance::ALL.into_iter().filter(|&held| held != out && circumstances.contains(held)).collect()
}

impl Rulebook {
    /// The smallest change of facts that makes the verdict `permitted`: empty when it is already,
    /// `None` when nothing would (article 17.4 stays prohibited whoever is present).
    #[must_use]
    pub fn make_proper(&self, facts: &Facts) -> Option<Vec<Change>> {
        if !self.is_in_force(facts.at) || facts.activities.is_empty() {
            return None;
        }
        if self.assess(facts).severity() == Severity::Permitted {
            return Some(Vec::new());
        }
        let mut changes = self.situation_changes(facts)?;
        let mut named = facts.clone();
        if facts.people.is_empty() {
            Change::NamePerson.apply(&mut named);
            changes.push(Change::NamePerson);
        }
        changes.extend(self.circumstance_changes(&named)?);
        for (person, at) in named.people.iter().zip(0..) {
            changes.extend(self.person_change(person)?.map(|change| Change::Person(at, change)));
        }
        Some(changes)
    }

    /// Mode, presence, officers, effect and basis, or activities left out: every combination is
    /// tried, and the one that changes least is taken.
    fn situation_changes(&self, facts: &Facts) -> Option<Vec<Change>> {
        let now = unpack(&SITUATION, field::situation(facts));
        let tries = (0..combinations(&SITUATION)).map(|index| unpack(&SITUATION, index));
        let stays = |field: Field, then: Point| then.get(field) == now.get(field);
        let tries = tries.filter(|&then| stays(Field::ARRANGED, then) && stays(Field::COUNTERPART, then));
        let best = tries
            .filter_map(|then| {
                let changes = self.to_reach(facts, now, then)?;
                let left_out = changes.iter().filter(|change| matches!(change, Change::LeaveOut(_))).count();
                Some((changes.len(), left_out, changes))
            })
            .min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        best.map(|(_, _, changes)| changes)
    }

    /// The changes from the situation `now` to `then`, if what is left of the task is permitted.
    fn to_reach(&self, facts: &Facts, now: Point, then: Point) -> Option<Vec<Change>> {
        let mut changes = Vec::new();
        let parts = |point: Point| field::supervision_parts(point.get(Field::SUPERVISION));
        let ((mode, presence, officers), (new_mode, new_presence, new_officers)) = (parts(now), parts(then));
        if mode != new_mode {
            changes.push(Change::Mode(*[Mode::Independent, Mode::Assisted].get(new_mode)?));
        }
        if presence != new_presence {
            changes.push(Change::Presence(*[Presence::OnScene, Presence::Remote, Presence::None].get(new_presence)?));
        }
        if officers != new_officers {
            // Fewer officers are never asked for.
            changes.push(Change::Officers(match new_officers {
                2 if officers < 2 => 1,
                3 => 2,
                _ => return None,
            }));
        }
        match (now.get(Field::EFFECT), then.get(Field::EFFECT)) {
            (now, then) if now == then => {}
            (_, 1) => changes.push(Change::With(Circumstance::NoSubstantiveEffect)),
            (0, 2) => changes.push(Change::Without(Circumstance::SubstantiveEffect)),
            _ => return None,
        }
        if now.get(Field::LEGAL_BASIS) != then.get(Field::LEGAL_BASIS) {
            (then.get(Field::LEGAL_BASIS) == 0).then(|| changes.push(Change::LegalBasis))?;
        }
        let class = self.tables().class(then.pack(&SITUATION));
        let permitted =
            |id: ActivityId| self.tables().of_activity(usize::from(id.0), class).severity == Severity::Permitted;
        let mut rest = facts.activities;
        for activity in facts.activities.iter().filter(|&activity| !permitted(activity)) {
            rest.remove(activity);
            changes.push(Change::LeaveOut(activity));
        }
        (!rest.is_empty()).then_some(changes)
    }

    /// Circumstances that must not obtain, or qualifications that must be held.
    fn circumstance_changes(&self, facts: &Facts) -> Option<Vec<Change>> {
        let held = facts.circumstances;
        let circumstances: Vec<Circumstance> =
            Circumstance::ALL.into_iter().take(field::OF_TASK).filter(|&one| held.contains(one)).collect();
        let unqualified: Vec<u16> =
            facts.people.iter().zip(0..).filter(|(person, _)| !person.qualified).map(|(_, at)| at).collect();
        let mut best: Option<Vec<Change>> = None;
        for kept in 0..1_usize << circumstances.len() {
            for qualify in [false, true] {
                let out = circumstances.iter().enumerate().filter(|(bit, _)| kept & (1 << bit) == 0);
                let mut changes: Vec<Change> = out.map(|(_, &circumstance)| Change::Without(circumstance)).collect();
                if qualify {
                    changes.extend(unqualified.iter().map(|&at| Change::Person(at, PersonChange::Qualified)));
                }
                let mut then = facts.clone();
                for change in &changes {
                    change.apply(&mut then);
                }
                let permitted = self.tables().of_task(field::task(&then)).severity == Severity::Permitted;
                if permitted && best.as_ref().is_none_or(|best| changes.len() < best.len()) {
                    best = Some(changes);
                }
            }
        }
        best
    }

    /// What must be put right with a person: nothing, one fact, or the person.
    #[expect(clippy::option_option, reason = "the outer says whether it can be done, the inner whether it must")]
    fn person_change(&self, person: &Person) -> Option<Option<PersonChange>> {
        let of = |person: &Person| self.tables().of_person(field::person(person)).severity;
        if of(person) == Severity::Permitted {
            return Some(None);
        }
        let mends = |change: &PersonChange| {
            let mut mended = *person;
            change.apply(&mut mended);
            of(&mended) == Severity::Permitted
        };
        PersonChange::PUT_RIGHT.into_iter().chain([PersonChange::Replaced]).find(mends).map(Some)
    }

    /// A change in words; `person` is the name of the auxiliary it is about.
    #[must_use]
    pub fn change_label(&self, change: &Change, lang: Lang, person: Option<&str>) -> String {
        let circumstance = |circumstance: Circumstance| match circumstance {
            Circumstance::SubstantiveEffect => word("effect.substantive_effect", lang).to_owned(),
            Circumstance::NoSubstantiveEffect => word("effect.no_substantive_effect", lang).to_owned(),
            other => word(&format!("circumstance.{}", other.word()), lang).to_owned(),
        };
        let nothing = String::new();
        let (key, what) = match *change {
            Change::Mode(mode) => (format!("change.mode.{}", mode.word()), nothing),
            Change::Presence(presence) => (format!("change.presence.{}", presence.word()), nothing),
            Change::Officers(n) => (format!("change.officers.{}", if n < 2 { "one" } else { "several" }), nothing),
            Change::LegalBasis => ("change.legal_basis".to_owned(), nothing),
            Change::Without(out) => ("change.without".to_owned(), circumstance(out)),
            Change::With(with) => ("change.with".to_owned(), circumstance(with)),
            Change::LeaveOut(activity) => {
                ("change.leave_out".to_owned(), self.activities()[usize::from(activity.0)].name(lang).to_owned())
            }
            Change::NamePerson => ("change.name_person".to_owned(), nothing),
            Change::Person(_, change) => (format!("change.person.{}", change.name()), nothing),
        };
        word(&key, lang).replace("{what}", &what).replace("{person}", person.unwrap_or_else(|| word("person", lang)))
    }
}
