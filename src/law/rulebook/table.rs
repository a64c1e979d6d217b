//! Decision rows and additions, from their raw form to bit masks.

use std::collections::BTreeMap;

use toml::Spanned;

use super::condition::Condition;
use super::raw::{RawAddition, RawCase, RawRow, RawWhen, RawWords};
use super::reader::{Place, Text, answerable, look_up, require_words, severity};
use crate::vocabulary::{Mask, Scope, Vocabulary};
use crate::{Activity, Answerable, Problem, Provision, ReasonCode, Row, RowCase, Severity};

/// A row's conditions; its words stand in the [`Row`] at the same position.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) scope: Scope,
    pub(crate) when: Condition,
    /// The first that holds is the row's case.
    pub(crate) cases: Vec<Condition>,
    /// Rows beside which it may fire; empty for a row that decides by itself.
    pub(crate) qualifies: Vec<String>,
    pub(crate) additions: Vec<usize>,
    /// Least confidence of a suggestion that contradicts.
    pub(crate) confidence: f32,
    /// Activities that a stated item covers, by item.
    pub(crate) covers: Vec<(String, u128)>,
    pub(crate) place: Place,
}

/// What rows cite beside their own, and ask, where a further condition holds.
#[derive(Debug, Clone)]
pub(crate) struct Addition {
    pub(crate) when: Condition,
    pub(crate) cites: Vec<String>,
    pub(crate) answers: Vec<Answerable>,
    pub(crate) asks: Option<(String, String)>,
    pub(crate) place: Place,
}

/// What rows may name.
pub(super) struct Names<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) activities: &'a [Activity],
    pub(super) provisions: &'a [Provision],
    pub(super) situations: &'a BTreeMap<String, Mask>,
}

static NO_SITUATIONS: BTreeMap<String, Mask> = BTreeMap::new();

impl<'a> Names<'a> {
    /// Nothing but facts.
    pub(super) fn of(vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, activities: &[], provisions: &[], situations: &NO_SITUATIONS }
    }

    /// The activities that `pattern` names: an article, an item, `item:slug` or `item:unnamed`.
    fn activities(&self, pattern: &str) -> Option<u128> {
        let mask = self.activities.iter().enumerate().fold(0, |mask, (at, activity)| {
            let named = activity.code == pattern && pattern.contains(':')
                || pattern.strip_suffix(":unnamed") == Some(&activity.code)
                || activity.item == pattern
                || activity.article() == pattern;
            mask | u128::from(named) << at
        });
        (mask != 0).then_some(mask)
    }

    fn cite(&self, cite: &str) -> Option<String> {
        let known = cite == "item" && !self.activities.is_empty()
            || self.provisions.iter().any(|provision| provision.cite == cite);
        known.then(|| cite.to_owned())
    }
}

/// Compiles a `when` into masks.
pub(super) fn condition(file: &Text<'_>, raw: &RawWhen, names: &Names<'_>, problems: &mut Vec<Problem>) -> Condition {
    let mut result = Condition::always();
    for (field, values) in raw {
        let mut union = |known: &dyn Fn(&str) -> Option<Mask>| {
            values
                .iter()
                .filter_map(|value| look_up(file, value, field, known, problems))
                .fold(0, |mask, bits| mask | bits)
        };
        match (field.as_str(), names.vocabulary.joined()) {
            ("activity" | "except", _) => {
                let mask = values
                    .iter()
                    .filter_map(|value| look_up(file, value, field, |name| names.activities(name), problems))
                    .fold(0, |mask, bits| mask | bits);
                result.activities &= if field == "activity" { mask } else { !mask };
            }
            ("situation", Some(joined)) => result.narrow(joined, union(&|name| names.situations.get(name).copied())),
            ("except_situation", Some(joined)) => {
                result.narrow(joined, !union(&|name| names.situations.get(name).copied()));
            }
            (other, _) => {
                if let Some(fact) = names.vocabulary.fact(other) {
                    result.narrow(fact.field, union(&|name| fact.position(name).map(|value| fact.mask(value))));
                } else {
                    let place = values.first().map_or_else(Place::default, |value| file.at(value));
                    problems.push(place.problem(ReasonCode::UnknownCode, &[("code", other), ("field", "when")]));
                }
            }
        }
    }
    result
}

/// The order in which the conditions of a row are read out.
pub(crate) fn condition_order(field: &str) -> usize {
    const FIRST: [&str; 7] = ["activity", "except", "situation", "except_situation", "mode", "presence", "officers"];
    FIRST.iter().position(|name| *name == field).unwrap_or(FIRST.len())
}

fn listed(raw: &RawWhen) -> Vec<(String, Vec<String>)> {
    let values = |values: &Vec<Spanned<String>>| values.iter().map(|value| value.get_ref().clone()).collect();
    raw.iter().map(|(field, list)| (field.clone(), values(list))).collect()
}

/// Reads one row of the layer `layer`.
pub(super) fn row(
    file: &Text<'_>,
    raw: &RawRow,
    layer: &str,
    names: &Names<'_>,
    problems: &mut Vec<Problem>,
) -> (Row, Rule) {
    let place = file.at(&raw.id);
    let id = raw.id.get_ref();
    let when = condition(file, &raw.when, names, problems);
    let single = [RawCase::default()];
    let raw_cases: &[RawCase] = if raw.case.is_empty() { &single } else { &raw.case };
    let mut cases = Vec::new();
    let mut conditions = Vec::new();
    for case in raw_cases {
        cases.push(row_case(file, raw, case, names, &place, problems));
        conditions.push(condition(file, &case.when, names, problems));
    }
    let asked = conditions.iter().fold(when, Condition::and);
    let scope = match asked.scopes(&names.vocabulary.all_fields())[..] {
        [scope] => scope,
        [Scope::Activity, Scope::Text] => Scope::Text,
        [] => {
            problems.push(place.problem(ReasonCode::MissingText, &[("row", id), ("field", "when")]));
            Scope::Task
        }
        _ => {
            problems.push(place.problem(ReasonCode::MixedFacts, &[("row", id), ("field", "when")]));
            Scope::Task
        }
    };
    let covers = raw
        .covers
        .iter()
        .filter_map(|cover| {
            let item = look_up(file, &cover.item, "covers", |name| names.cite(name), problems)?;
            let activities = cover
                .activity
                .iter()
                .filter_map(|name| look_up(file, name, "covers", |name| names.activities(name), problems))
                .fold(0, |mask, bits| mask | bits);
            Some((item, activities))
        })
        .collect();
    let qualifies = raw.qualifies.iter().map(|name| name.get_ref().clone()).collect();
    let row = Row {
        id: id.clone(),
        layer: layer.to_owned(),
        replaces: raw.replaces.as_ref().map(|name| name.get_ref().clone()),
        replaced_by: None,
        when: listed(&raw.when),
        cases,
    };
    let confidence = raw.confidence.unwrap_or(0.0);
    (row, Rule { scope, when, cases: conditions, qualifies, additions: Vec::new(), confidence, covers, place })
}

/// A case, with what it leaves unsaid taken from its row.
fn row_case(
    file: &Text<'_>,
    row: &RawRow,
    case: &RawCase,
    names: &Names<'_>,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> RowCase {
    let id = row.id.get_ref();
    let missing = |field: &str| place.problem(ReasonCode::MissingText, &[("row", id), ("field", field)]);
    let severity_name = case.severity.as_ref().or(row.severity.as_ref());
    if severity_name.is_none() {
        problems.push(missing("severity"));
    }
    let severity = severity_name.and_then(|name| look_up(file, name, "severity", severity, problems));
    let severity = severity.unwrap_or_default();
    let raw_cites = case.cites.as_ref().or(row.cites.as_ref());
    // What is permitted needs its basis; another row says that it cites nothing.
    if raw_cites.is_none_or(|cites| cites.is_empty() && severity == Severity::Permitted) {
        problems.push(missing("cites"));
    }
    let cites = raw_cites.into_iter().flatten();
    let cites =
        cites.filter_map(|cite| look_up(file, cite, "cites", |name| names.cite(name), problems)).collect::<Vec<_>>();
    let answers = case.answers.as_ref().or(row.answers.as_ref());
    let answers =
        answers.into_iter().flatten().filter_map(|name| look_up(file, name, "answers", answerable, problems)).collect();
    let unsaid = RawWords::default();
    let message = case.message.as_ref().or(row.message.as_ref()).unwrap_or(&unsaid);
    let remedy = case.remedy.as_ref().or(row.remedy.as_ref()).unwrap_or(&unsaid);
    require_words(message, "message", id, place, problems);
    require_words(remedy, "remedy", id, place, problems);
    RowCase {
        when: listed(&case.when),
        severity,
        answers,
        cites,
        message_zh: message.zh.clone(),
        message_en: message.en.clone(),
        remedy_zh: remedy.zh.clone(),
        remedy_en: remedy.en.clone(),
    }
}

/// Reads one addition; the rows it names are resolved when all rows are known.
pub(super) fn addition(file: &Text<'_>, raw: &RawAddition, names: &Names<'_>, problems: &mut Vec<Problem>) -> Addition {
    let place = raw.rows.first().map_or_else(Place::default, |row| file.at(row));
    if let Some(asks) = &raw.asks {
        require_words(asks, "asks", "addition", &place, problems);
    }
    let cites = raw.cites.iter().filter_map(|cite| look_up(file, cite, "cites", |name| names.cite(name), problems));
    let cites = cites.collect();
    let answers = raw.answers.iter().filter_map(|name| look_up(file, name, "answers", answerable, problems)).collect();
    let asks = raw.asks.as_ref().map(|asks| (asks.zh.clone(), asks.en.clone()));
    Addition { when: condition(file, &raw.when, names, problems), cites, answers, asks, place }
}
