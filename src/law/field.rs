//! The closed vocabulary of facts that rows may read, each with its finite values.

use crate::{Arranged, Circumstance, Circumstances, Facts, Mode, Officers, Outcome, Person, Presence, Recusal, Status};

/// A fact of the decision table, beside the activity itself.
///
/// Mode, presence and officers are one field of 48 values, because rows read them together; so
/// are the five circumstances, of which any may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(usize)]
pub(crate) enum Field {
    Supervision,
    Effect,
    LegalBasis,
    Arranged,
    Counterpart,
    Circumstance,
    Qualification,
    Roster,
    Status,
    Certificate,
    Training,
    Assessment,
    Agency,
    Recusal,
    Age,
    Standing,
    Date,
    Text,
}

/// Values of one field, a bit each.
pub(crate) type Mask = u128;

/// What a row is about, and so which facts it may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scope {
    Activity,
    Task,
    Person,
    /// The day on which it was done.
    Date,
    Text,
}

impl Field {
    pub(crate) const COUNT: usize = 18;

    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Supervision,
        Self::Effect,
        Self::LegalBasis,
        Self::Arranged,
        Self::Counterpart,
        Self::Circumstance,
        Self::Qualification,
        Self::Roster,
        Self::Status,
        Self::Certificate,
        Self::Training,
        Self::Assessment,
        Self::Agency,
        Self::Recusal,
        Self::Age,
        Self::Standing,
        Self::Date,
        Self::Text,
    ];

    /// Its name in a row's `when`; the two composite fields go by several.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Supervision => "supervision",
            Self::Effect => "effect",
            Self::LegalBasis => "legal_basis",
            Self::Arranged => "arranged",
            Self::Counterpart => "counterpart",
            Self::Circumstance => "circumstance",
            Self::Qualification => "qualification",
            Self::Roster => "roster",
            Self::Status => "status",
            Self::Certificate => "certificate",
            Self::Training => "training",
            Self::Assessment => "assessment",
            Self::Agency => "agency",
            Self::Recusal => "recusal",
            Self::Age => "age",
            Self::Standing => "standing",
            Self::Date => "date",
            Self::Text => "text",
        }
    }

    /// The names of its values, by position; the composite fields have none of their own.
    pub(crate) fn values(self) -> &'static [&'static str] {
        match self {
            Self::Supervision => &[],
            Self::Effect => &["substantive_effect", "no_substantive_effect", "unstated"],
            Self::LegalBasis => &["named", "unnamed"],
            Self::Arranged => Arranged::WORDS,
            Self::Counterpart => &["at_enterprise", "other"],
            Self::Circumstance => &CIRCUMSTANCES,
            Self::Qualification => &["nobody", "missing", "all"],
            Self::Roster | Self::Standing => &["known", "unknown"],
            Self::Status => Status::WORDS,
            Self::Certificate => &["valid", "invalid"],
            Self::Training | Self::Assessment => Outcome::WORDS,
            Self::Agency => &["own", "other"],
            Self::Recusal => &["none", "known", "decided"],
            Self::Age => &["adult", "under_18"],
            Self::Date => &["in_force", "before"],
            Self::Text => &["contradicts", "judged", "unclassified"],
        }
    }

    /// How many values it can take.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Supervision => SUPERVISIONS,
            Self::Circumstance => 1 << CIRCUMSTANCES.len(),
            other => other.values().len(),
        }
    }

    pub(crate) fn full(self) -> Mask {
        Mask::MAX >> (Mask::BITS as usize - self.size())
    }

    pub(crate) fn scope(self) -> Scope {
        match self {
            Self::Supervision | Self::Effect | Self::LegalBasis | Self::Arranged | Self::Counterpart => Scope::Activity,
            Self::Circumstance | Self::Qualification => Scope::Task,
            Self::Date => Scope::Date,
            Self::Text => Scope::Text,
            _ => Scope::Person,
        }
    }

    /// What the value at `position` is called, composite ones part by part.
    pub(crate) fn describe(self, position: usize) -> String {
        match self {
            Self::Supervision => {
                let (mode, presence, officers) = supervision_parts(position);
                format!("mode={} presence={} officers={}", MODES[mode], PRESENCES[presence], OFFICERS[officers])
            }
            Self::Circumstance => {
                let held: Vec<_> = (0..CIRCUMSTANCES.len()).filter(|bit| position & (1 << bit) != 0).collect();
                let names: Vec<_> = held.into_iter().map(|bit| CIRCUMSTANCES[bit]).collect();
                format!("circumstance={}", if names.is_empty() { "-".to_owned() } else { names.join("+") })
            }
            other => format!("{}={}", other.name(), other.values().get(position).copied().unwrap_or("?")),
        }
    }
}

pub(crate) const MODES: &[&str] = Mode::WORDS;
pub(crate) const PRESENCES: &[&str] = Presence::WORDS;
pub(crate) const OFFICERS: [&str; 4] = ["unstated", "none", "one", "several"];
/// The circumstances of a task as a whole; those that an activity is judged by are fields of their own.
pub(crate) const CIRCUMSTANCES: [&str; 5] =
    ["as_officer", "fine_quota", "pay_linked", "state_secret", "needs_qualification"];

/// Values of [`Field::Supervision`]: mode × presence × officers.
pub(crate) const SUPERVISIONS: usize = MODES.len() * PRESENCES.len() * OFFICERS.len();

pub(crate) fn supervision(mode: usize, presence: usize, officers: usize) -> usize {
    (mode * PRESENCES.len() + presence) * OFFICERS.len() + officers
}

/// Mode, presence and officers of a value of [`Field::Supervision`].
pub(crate) fn supervision_parts(position: usize) -> (usize, usize, usize) {
    let rest = position / OFFICERS.len();
    (rest / PRESENCES.len(), rest % PRESENCES.len(), position % OFFICERS.len())
}

/// The fields of the activity scope, most significant first, as [`situation`] packs them.
pub(crate) const SITUATION: [Field; 5] =
    [Field::Supervision, Field::Effect, Field::LegalBasis, Field::Arranged, Field::Counterpart];
pub(crate) const TASK: [Field; 2] = [Field::Circumstance, Field::Qualification];
pub(crate) const PERSON: [Field; 9] = [
    Field::Roster,
    Field::Status,
    Field::Certificate,
    Field::Training,
    Field::Assessment,
    Field::Agency,
    Field::Recusal,
    Field::Age,
    Field::Standing,
];

/// How many combinations the `fields` have.
pub(crate) fn combinations(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.size()).product()
}

/// The value of each of `fields` in combination number `index`.
pub(crate) fn unpack(fields: &[Field], mut index: usize) -> Point {
    let mut point = Point::default();
    for &field in fields.iter().rev() {
        point.set(field, index % field.size());
        index /= field.size();
    }
    point
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Point([u8; Field::COUNT]);

impl Point {
    pub(crate) fn get(self, field: Field) -> usize {
        usize::from(self.0[field as usize])
    }

    pub(crate) fn set(&mut self, field: Field, value: usize) {
        self.0[field as usize] = u8::try_from(value).unwrap_or(u8::MAX);
    }

    /// The number of the combination that the `fields` have here.
    pub(crate) fn pack(self, fields: &[Field]) -> usize {
        fields.iter().fold(0, |index, &field| index * field.size() + self.get(field))
    }
}

/// The combination of the activity scope that `facts` are in.
#[inline]
pub(crate) fn situation(facts: &Facts) -> usize {
    let officers = match facts.officers {
        Officers::Unstated => 0,
        Officers::Stated { valid: 0, .. } => 1,
        Officers::Stated { valid: 1, .. } => 2,
        Officers::Stated { .. } => 3,
    };
    let supervision = supervision(facts.mode as usize, facts.presence as usize, officers);
    // Both effects together are refused where facts are read; here the graver one counts.
    let effect = if facts.circumstances.contains(Circumstance::SubstantiveEffect) {
        0
    } else if facts.circumstances.contains(Circumstance::NoSubstantiveEffect) {
        1
    } else {
        2
    };
    let stated = ((supervision * 3 + effect) * 2 + usize::from(!facts.legal_basis)) * 3 + facts.arranged as usize;
    stated * 2 + usize::from(!facts.circumstances.contains(Circumstance::AtEnterprise))
}

/// The combination of the task scope that `facts` are in.
#[inline]
pub(crate) fn task(facts: &Facts) -> usize {
    let circumstances = usize::from(facts.circumstances.bits() & 0b1_1111);
    let qualification = match &facts.people[..] {
        [] => 0,
        people if people.iter().all(|person| person.qualified) => 2,
        _ => 1,
    };
    circumstances * 3 + qualification
}

/// The combination of the person scope that `person` is in.
#[inline]
pub(crate) fn person(person: &Person) -> usize {
    let mut index = usize::from(!person.known);
    index = index * 3 + person.status as usize;
    index = index * 2 + usize::from(!person.certificate_valid);
    index = index * 3 + person.training as usize;
    index = index * 3 + person.assessment as usize;
    index = index * 2 + usize::from(person.other_agency);
    index = index * 3 + person.recusal as usize;
    index = index * 2 + usize::from(person.underage);
    index * 2 + usize::from(person.standing_unknown)
}

/// Facts that are in the given combinations of the activity and the task scope; the inverse of
/// [`situation`] and [`task`], for enumeration.
pub(crate) fn facts_at(point: Point) -> Facts {
    let (mode, presence, officers) = supervision_parts(point.get(Field::Supervision));
    let mut circumstances: Circumstances = Circumstance::ALL
        .into_iter()
        .filter(|&circumstance| {
            (circumstance as usize) < CIRCUMSTANCES.len()
                && point.get(Field::Circumstance) & (1 << circumstance as usize) != 0
        })
        .collect();
    match point.get(Field::Effect) {
        0 => circumstances.insert(Circumstance::SubstantiveEffect),
        1 => circumstances.insert(Circumstance::NoSubstantiveEffect),
        _ => {}
    }
    if point.get(Field::Counterpart) == 0 {
        circumstances.insert(Circumstance::AtEnterprise);
    }
    let qualified = point.get(Field::Qualification);
    Facts {
        mode: [Mode::Independent, Mode::Assisted, Mode::Unstated][mode],
        presence: [Presence::OnScene, Presence::Remote, Presence::None, Presence::Unstated][presence],
        officers: match officers {
            0 => Officers::Unstated,
            1 => Officers::Stated { valid: 0, total: 1 },
            2 => Officers::Stated { valid: 1, total: 1 },
            _ => Officers::Stated { valid: 2, total: 2 },
        },
        people: if qualified == 0 {
            Vec::new()
        } else {
            vec![Person { qualified: qualified == 2, ..person_at(point) }]
        },
        circumstances,
        legal_basis: point.get(Field::LegalBasis) == 0,
        arranged: [Arranged::Yes, Arranged::No, Arranged::Unstated][point.get(Field::Arranged)],
        ..Facts::default()
    }
}

/// A person in the given combination of the person scope; the inverse of [`person`].
pub(crate) fn person_at(point: Point) -> Person {
    let outcome = |field| [Outcome::Passed, Outcome::Failed, Outcome::None][point.get(field)];
    Person {
        known: point.get(Field::Roster) == 0,
        status: [Status::Active, Status::Suspended, Status::Departed][point.get(Field::Status)],
        certificate_valid: point.get(Field::Certificate) == 0,
        training: outcome(Field::Training),
        assessment: outcome(Field::Assessment),
        other_agency: point.get(Field::Agency) == 1,
        recusal: [Recusal::None, Recusal::Known, Recusal::Decided][point.get(Field::Recusal)],
        qualified: false,
        underage: point.get(Field::Age) == 1,
        standing_unknown: point.get(Field::Standing) == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_a_scope_unpacks_to_facts_that_pack_to_it() {
        for index in 0..combinations(&SITUATION) {
            assert_eq!(situation(&facts_at(unpack(&SITUATION, index))), index);
        }
        for index in 0..combinations(&TASK) {
            let mut point = unpack(&TASK, index);
            point.set(Field::Effect, 2);
            assert_eq!(task(&facts_at(point)), index);
        }
        for index in 0..combinations(&PERSON) {
            assert_eq!(person(&person_at(unpack(&PERSON, index))), index);
        }
    }
}
