//! The facts of a task in their places in its vocabulary, and the way from typed facts to these places and back.

pub(crate) use crate::vocabulary::{Field, Point, Scope, combinations, unpack};
use crate::{Arranged, Circumstance, Circumstances, Facts, Mode, Officers, Outcome, Person, Presence, Recusal, Status};

/// Mode, presence and officers are one field of 48 values, because rows read them together; so are the five
/// circumstances of the task as a whole, of which any may hold. A test holds that `vocabulary.toml` says the same.
impl Field {
    pub(crate) const SUPERVISION: Self = Self::new(0, 48, Scope::Activity);
    pub(crate) const EFFECT: Self = Self::new(1, 3, Scope::Activity);
    pub(crate) const LEGAL_BASIS: Self = Self::new(2, 2, Scope::Activity);
    pub(crate) const ARRANGED: Self = Self::new(3, 3, Scope::Activity);
    pub(crate) const COUNTERPART: Self = Self::new(4, 2, Scope::Activity);
    pub(crate) const CIRCUMSTANCE: Self = Self::new(5, 32, Scope::Task);
    pub(crate) const QUALIFICATION: Self = Self::new(6, 3, Scope::Task);
    pub(crate) const ROSTER: Self = Self::new(7, 2, Scope::Person);
    pub(crate) const STATUS: Self = Self::new(8, 3, Scope::Person);
    pub(crate) const CERTIFICATE: Self = Self::new(9, 2, Scope::Person);
    pub(crate) const TRAINING: Self = Self::new(10, 3, Scope::Person);
    pub(crate) const ASSESSMENT: Self = Self::new(11, 3, Scope::Person);
    pub(crate) const AGENCY: Self = Self::new(12, 2, Scope::Person);
    pub(crate) const RECUSAL: Self = Self::new(13, 3, Scope::Person);
    pub(crate) const AGE: Self = Self::new(14, 2, Scope::Person);
    pub(crate) const STANDING: Self = Self::new(15, 2, Scope::Person);
    pub(crate) const AGREEMENT: Self = Self::new(16, 2, Scope::Person);
    pub(crate) const DATE: Self = Self::new(17, 2, Scope::Date);
    pub(crate) const TEXT: Self = Self::new(18, 3, Scope::Text);
}

/// How many circumstances are of a task as a whole; those that an activity is judged by are fields of their own.
pub(crate) const OF_TASK: usize = 5;

const PRESENCES: usize = Presence::WORDS.len();
const OFFICERS: usize = 4;

pub(crate) fn supervision(mode: usize, presence: usize, officers: usize) -> usize {
    (mode * PRESENCES + presence) * OFFICERS + officers
}

/// Mode, presence and officers of a value of [`Field::SUPERVISION`].
pub(crate) fn supervision_parts(position: usize) -> (usize, usize, usize) {
    let rest = position / OFFICERS;
    (rest / PRESENCES, rest % PRESENCES, position % OFFICERS)
}

/// The fields of the activity scope, most significant first, as [`situation`] packs them.
pub(crate) const SITUATION: [Field; 5] =
    [Field::SUPERVISION, Field::EFFECT, Field::LEGAL_BASIS, Field::ARRANGED, Field::COUNTERPART];
pub(crate) const TASK: [Field; 2] = [Field::CIRCUMSTANCE, Field::QUALIFICATION];
pub(crate) const PERSON: [Field; 10] = [
    Field::ROSTER,
    Field::STATUS,
    Field::CERTIFICATE,
    Field::TRAINING,
    Field::ASSESSMENT,
    Field::AGENCY,
    Field::RECUSAL,
    Field::AGE,
    Field::STANDING,
    Field::AGREEMENT,
];

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
    index = index * 2 + usize::from(person.standing_unknown);
    index * 2 + usize::from(person.agreement_lapsed)
}

/// Facts that are in the given combinations of the activity and the task scope; the inverse of
/// [`situation`] and [`task`], for enumeration.
pub(crate) fn facts_at(point: Point) -> Facts {
    let (mode, presence, officers) = supervision_parts(point.get(Field::SUPERVISION));
    let mut circumstances: Circumstances = Circumstance::ALL
        .into_iter()
        .filter(|&circumstance| {
            (circumstance as usize) < OF_TASK && point.get(Field::CIRCUMSTANCE) & (1 << circumstance as usize) != 0
        })
        .collect();
    match point.get(Field::EFFECT) {
        0 => circumstances.insert(Circumstance::SubstantiveEffect),
        1 => circumstances.insert(Circumstance::NoSubstantiveEffect),
        _ => {}
    }
    if point.get(Field::COUNTERPART) == 0 {
        circumstances.insert(Circumstance::AtEnterprise);
    }
    let qualified = point.get(Field::QUALIFICATION);
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
        legal_basis: point.get(Field::LEGAL_BASIS) == 0,
        arranged: [Arranged::Yes, Arranged::No, Arranged::Unstated][point.get(Field::ARRANGED)],
        ..Facts::default()
    }
}

/// A person in the given combination of the person scope; the inverse of [`person`].
pub(crate) fn person_at(point: Point) -> Person {
    let outcome = |field| [Outcome::Passed, Outcome::Failed, Outcome::None][point.get(field)];
    Person {
        known: point.get(Field::ROSTER) == 0,
        status: [Status::Active, Status::Suspended, Status::Departed][point.get(Field::STATUS)],
        certificate_valid: point.get(Field::CERTIFICATE) == 0,
        training: outcome(Field::TRAINING),
        assessment: outcome(Field::ASSESSMENT),
        other_agency: point.get(Field::AGENCY) == 1,
        recusal: [Recusal::None, Recusal::Known, Recusal::Decided][point.get(Field::RECUSAL)],
        qualified: false,
        underage: point.get(Field::AGE) == 1,
        standing_unknown: point.get(Field::STANDING) == 1,
        agreement_lapsed: point.get(Field::AGREEMENT) == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn the_vocabulary_names_what_the_types_have_at_the_same_places() {
        let task = Vocabulary::task();
        let typed: [(&str, Field, &[&str]); 8] = [
            ("mode", Field::SUPERVISION, Mode::WORDS),
            ("presence", Field::SUPERVISION, Presence::WORDS),
            ("arranged", Field::ARRANGED, Arranged::WORDS),
            ("circumstance", Field::CIRCUMSTANCE, &Circumstance::WORDS[..OF_TASK]),
            ("status", Field::STATUS, Status::WORDS),
            ("training", Field::TRAINING, Outcome::WORDS),
            ("assessment", Field::ASSESSMENT, Outcome::WORDS),
            ("effect", Field::EFFECT, &["substantive_effect", "no_substantive_effect", "unstated"]),
        ];
        for (key, field, words) in typed {
            let fact = task.fact(key).expect("a fact");
            assert_eq!(
                (fact.field, fact.values.iter().map(|value| &**value).collect::<Vec<_>>()),
                (field, words.to_vec()),
                "{key}"
            );
        }
        let places = [&SITUATION[..], &TASK, &PERSON, &[Field::DATE, Field::TEXT]].concat();
        assert_eq!(task.all_fields(), places);
        let officers = task.fact("officers").expect("a fact");
        assert!((0..48).all(|at| officers.holds(supervision_parts(at).2, at)));
    }

    #[test]
    fn every_combination_of_a_scope_unpacks_to_facts_that_pack_to_it() {
        for index in 0..combinations(&SITUATION) {
            assert_eq!(situation(&facts_at(unpack(&SITUATION, index))), index);
        }
        for index in 0..combinations(&TASK) {
            let mut point = unpack(&TASK, index);
            point.set(Field::EFFECT, 2);
            assert_eq!(task(&facts_at(point)), index);
        }
        for index in 0..combinations(&PERSON) {
            assert_eq!(person(&person_at(unpack(&PERSON, index))), index);
        }
    }
}
