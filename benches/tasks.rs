//! Tasks to judge, and their facts as Cedar reads them.

use auxlog_law::{ActivityId, Arranged, Circumstance, Facts, Mode, Officers, Person, Presence, Rulebook};
use cedar_policy::RestrictedExpression;

/// Tasks such as agencies log: one or two activities under two officers, two auxiliaries.
#[must_use]
pub fn permitted(n: usize) -> Vec<Facts> {
    let book = Rulebook::embedded();
    let codes = ["15.1:publicity", "15.2:patrol", "16.1:stop", "16.2:inspection", "16.3:inventory", "16.6:keep-order"];
    let id = |at: usize| book.activity(codes[at % codes.len()]);
    let task = |at: usize| Facts {
        activities: [id(at), id(at / 6)].into_iter().flatten().collect(),
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        officers: Officers::Stated { valid: 2, total: 2 },
        people: vec![Person::default(); 1 + at % 2],
        arranged: Arranged::Yes,
        ..Facts::default()
    };
    (0..n).map(task).collect()
}

/// Tasks of every kind, most of them with several findings.
#[must_use]
pub fn mixed(n: usize) -> Vec<Facts> {
    let activities = Rulebook::embedded().activities().len();
    let task = |at: usize| {
        // A prime stride walks through the combinations without a visible pattern.
        let mut rest = at * 7_919;
        let mut digit = |n: usize| {
            let digit = rest % n;
            rest /= n;
            digit
        };
        let first = ActivityId(u8::try_from(digit(activities)).unwrap_or(0));
        let second = ActivityId(u8::try_from((usize::from(first.0) * 31 + 7) % activities).unwrap_or(0));
        Facts {
            activities: [first, second].into_iter().collect(),
            mode: [Mode::Independent, Mode::Assisted, Mode::Unstated][digit(3)],
            presence: [Presence::OnScene, Presence::Remote, Presence::None, Presence::Unstated][digit(4)],
            officers: [
                Officers::Unstated,
                Officers::Stated { valid: 0, total: 1 },
                Officers::Stated { valid: 1, total: 1 },
                Officers::Stated { valid: 2, total: 2 },
            ][digit(4)],
            people: vec![Person { certificate_valid: !at.is_multiple_of(5), ..Person::default() }; 1 + at % 2],
            circumstances: at.is_multiple_of(7).then_some(Circumstance::AsOfficer).into_iter().collect(),
            arranged: [Arranged::Yes, Arranged::No, Arranged::Unstated][at % 3],
            ..Facts::default()
        }
    };
    (0..n).map(task).collect()
}

/// Facts by name.
pub type Named = Vec<(String, RestrictedExpression)>;

fn named<const N: usize>(facts: [(&str, RestrictedExpression); N]) -> Named {
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

/// The facts of one activity.
#[must_use]
pub fn activity_facts(code: &str, item: &str, facts: &Facts) -> Named {
    let (stated, valid) = match facts.officers {
        Officers::Unstated => (false, 0),
        Officers::Stated { valid, .. } => (true, valid),
    };
    let holds = |circumstance| RestrictedExpression::new_bool(facts.circumstances.contains(circumstance));
    named([
        ("code", text(code)),
        ("item", text(item)),
        ("mode", text(["independent", "assisted", "unstated"][facts.mode as usize])),
        ("presence", text(["on_scene", "remote", "none", "unstated"][facts.presence as usize])),
        ("officers_stated", RestrictedExpression::new_bool(stated)),
        ("valid", RestrictedExpression::new_long(valid.into())),
        ("substantive", holds(Circumstance::SubstantiveEffect)),
        ("no_substantive", holds(Circumstance::NoSubstantiveEffect)),
        ("legal_basis", RestrictedExpression::new_bool(facts.legal_basis)),
        ("arranged", text(["yes", "no", "unstated"][facts.arranged as usize])),
    ])
}

/// The facts of one auxiliary.
#[must_use]
pub fn person_facts(person: &Person) -> Named {
    named([
        ("known", RestrictedExpression::new_bool(person.known)),
        ("status", text(["active", "suspended", "departed"][person.status as usize])),
        ("certificate_valid", RestrictedExpression::new_bool(person.certificate_valid)),
        ("training", text(["passed", "failed", "none"][person.training as usize])),
        ("assessment", text(["passed", "failed", "none"][person.assessment as usize])),
        ("other_agency", RestrictedExpression::new_bool(person.other_agency)),
        ("recusal", text(["none", "known", "decided"][person.recusal as usize])),
        ("underage", RestrictedExpression::new_bool(person.underage)),
    ])
}

/// The facts of a task as a whole.
#[must_use]
pub fn task_facts(facts: &Facts) -> Named {
    let names = ["as_officer", "fine_quota", "pay_linked", "state_secret", "needs_qualification"];
    let held = Circumstance::ALL.into_iter().zip(names).filter(|(held, _)| facts.circumstances.contains(*held));
    let count = |n: usize| RestrictedExpression::new_long(i64::try_from(n).unwrap_or(i64::MAX));
    named([
        ("circumstances", RestrictedExpression::new_set(held.map(|(_, name)| text(name)))),
        ("named", count(facts.people.len())),
        ("qualified", count(facts.people.iter().filter(|person| person.qualified).count())),
        ("items_stated", RestrictedExpression::new_bool(!facts.activities.is_empty())),
        ("items_suggested", RestrictedExpression::new_bool(false)),
    ])
}
