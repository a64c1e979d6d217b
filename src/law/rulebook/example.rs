//! Worked examples: facts, and what must come of them.

use chrono::DateTime;

use super::raw::{RawExample, RawPerson};
use super::reader::{File, Place, look_up, severity};
use crate::field::{Field, Point, person_at};
use crate::vocabulary::Vocabulary;
use crate::{Activity, ActivityId, Facts, Officers, Person, Problem, ReasonCode, Severity, SuggestedItem, Suggestion};

/// A case that a rulebook carries to show, and to prove, what one of its rows means.
#[derive(Debug, Clone)]
pub struct Example {
    /// The row it illustrates.
    pub row: String,
    /// Whether that row fires in it; if not, it is a near miss.
    pub fires: bool,
    /// What happens, in the words of the rulebook's author.
    pub title: String,
    /// The facts.
    pub facts: Facts,
    /// What the task's text suggests, where it has one.
    pub suggestion: Option<Suggestion>,
    /// The verdict that must come of it.
    pub verdict: Severity,
    /// The rows that must give a finding, in any order.
    pub findings: Vec<String>,
    pub(crate) layer: usize,
    pub(crate) place: Place,
}

/// Reads one example of the layer at `layer`; `None` (and a problem) if it names what is unknown.
pub(super) fn example(
    file: &File<'_>,
    raw: &RawExample,
    layer: usize,
    activities: &[Activity],
    problems: &mut Vec<Problem>,
) -> Option<Example> {
    let before = problems.len();
    let place = file.at(&raw.row);
    if raw.title.trim().is_empty() {
        problems.push(place.problem(ReasonCode::MissingText, &[("row", raw.row.get_ref()), ("field", "title")]));
    }
    let code = |name: &str| {
        let at = activities.iter().position(|activity| activity.code == name)?;
        u8::try_from(at).ok().map(ActivityId)
    };
    let mut facts = Facts {
        activities: raw.facts.items.iter().filter_map(|item| look_up(file, item, "items", code, problems)).collect(),
        mode: raw.facts.mode,
        presence: raw.facts.presence,
        circumstances: raw.facts.circumstances.iter().copied().collect(),
        legal_basis: raw.facts.legal_basis,
        arranged: raw.facts.arranged,
        ..Facts::default()
    };
    if let Some(officers) = &raw.facts.officers {
        let validity = |name: &str| ["valid", "invalid"].contains(&name).then(|| name == "valid");
        let valid: Vec<bool> =
            officers.iter().filter_map(|officer| look_up(file, officer, "officers", validity, problems)).collect();
        let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        let held = valid.iter().filter(|valid| **valid).count();
        facts.officers = Officers::Stated { valid: count(held), total: count(valid.len()) };
    }
    facts.people = match &raw.facts.people {
        None => vec![Person::default()],
        Some(people) => people.iter().map(|raw| person(file, raw, problems)).collect(),
    };
    if let Some(at) = &raw.facts.at {
        facts.at = look_up(file, at, "at", |text| DateTime::parse_from_rfc3339(text).ok(), problems);
    }
    let suggestion = raw.facts.suggests.as_ref().map(|items| {
        let items = items.iter().filter_map(|item| {
            look_up(file, &item.code, "suggests", code, problems)?;
            let code = item.code.get_ref().clone();
            Some(SuggestedItem { code, confidence: item.confidence, because: Vec::new() })
        });
        Suggestion { items: items.collect(), ..Suggestion::default() }
    });
    let verdict = look_up(file, &raw.verdict, "verdict", severity, problems)?;
    (problems.len() == before).then(|| Example {
        row: raw.row.get_ref().clone(),
        fires: raw.fires,
        title: raw.title.clone(),
        facts,
        suggestion,
        verdict,
        findings: raw.findings.iter().map(|row| row.get_ref().clone()).collect(),
        layer,
        place,
    })
}

fn person(file: &File<'_>, raw: &RawPerson, problems: &mut Vec<Problem>) -> Person {
    let (task, mut point) = (Vocabulary::task(), Point::default());
    let stated = [
        (Field::ROSTER, &raw.roster),
        (Field::STATUS, &raw.status),
        (Field::CERTIFICATE, &raw.certificate),
        (Field::TRAINING, &raw.training),
        (Field::ASSESSMENT, &raw.assessment),
        (Field::AGENCY, &raw.agency),
        (Field::RECUSAL, &raw.recusal),
        (Field::AGE, &raw.age),
        (Field::STANDING, &raw.standing),
        (Field::AGREEMENT, &raw.agreement),
    ];
    for (field, value) in stated {
        let Some(value) = value else { continue };
        let Some(fact) = task.fact(task.name(field)) else { continue };
        if let Some(position) = look_up(file, value, &fact.key, |name| fact.position(name), problems) {
            point.set(field, position);
        }
    }
    Person { qualified: raw.qualified, ..person_at(point) }
}
