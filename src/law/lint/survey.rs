//! Walking the facts that rows read together, to see what fires with what.

use std::collections::{BTreeMap, BTreeSet};

use crate::field::{Field, PERSON, Point, SITUATION, Scope, TASK, combinations, unpack};
use crate::judge::{case_of, rules};
use crate::rulebook::{Model, Rule};
use crate::{Problem, ReasonCode, Severity};

/// Where a case of a row was first seen to fire, and how often.
#[derive(Debug, Clone)]
pub(crate) struct Reached {
    pub(crate) activity: Option<usize>,
    pub(crate) point: Point,
    pub(crate) fields: Vec<Field>,
    pub(crate) count: u64,
}

/// What a walk over the facts has shown.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// By row and case.
    pub(crate) reached: BTreeMap<(usize, usize), Reached>,
    additions: BTreeSet<usize>,
    /// Pairs of rows that fire together: for each, how often, and once where.
    together: BTreeMap<(usize, usize), String>,
    /// Activities for which under some facts no row decides, with the first such facts.
    gaps: BTreeMap<usize, String>,
    /// The severity each row of a scope gives at each point walked, for comparing rows.
    given: BTreeMap<usize, Vec<(u32, Severity)>>,
}

impl Survey {
    /// Walks every scope; the activity scope at the `situations` given.
    pub(crate) fn of(model: &Model, situations: &[Point]) -> Self {
        let mut survey = Self::default();
        for activity in 0..model.activities.len() {
            let rules = rules(model, Scope::Activity, Some(activity));
            for (at, &point) in situations.iter().enumerate() {
                let place = activity * situations.len() + at;
                let fired = survey.walk(model, &rules, &SITUATION, Some(activity), point, place);
                survey.decide(model, &fired, &SITUATION, Some(activity), point);
            }
        }
        for (scope, fields) in [(Scope::Person, &PERSON[..]), (Scope::Task, &TASK), (Scope::Date, &[Field::DATE])] {
            let rules = rules(model, scope, None);
            for index in 0..combinations(fields) {
                survey.walk(model, &rules, fields, None, unpack(fields, index), index);
            }
        }
        let rules = rules(model, Scope::Text, None);
        for index in 0..Field::TEXT.size() {
            let point = unpack(&[Field::TEXT], index);
            // Only a contradiction is about an activity.
            let activities = if index == 0 { model.activities.len() } else { 1 };
            for activity in 0..activities {
                let about = (index == 0).then_some(activity);
                survey.walk(model, &rules, &[Field::TEXT], about, point, index * model.activities.len() + activity);
            }
        }
        survey
    }

    /// Walks all that the entries of a register can be.
    pub(crate) fn of_entries(model: &Model) -> Self {
        let mut survey = Self::default();
        let (fields, rules) = (model.vocabulary.all_fields(), rules(model, Scope::Entry, None));
        for index in 0..combinations(&fields) {
            let point = unpack(&fields, index);
            if model.vocabulary.can_be(&fields, point) {
                let fired = survey.walk(model, &rules, &fields, None, point, index);
                survey.decide(model, &fired, &fields, None, point);
            }
        }
        survey
    }

    /// What fires at one point, noted; returns the rows.
    fn walk(
        &mut self,
        model: &Model,
        rules: &[usize],
        fields: &[Field],
        activity: Option<usize>,
        point: Point,
        place: usize,
    ) -> Vec<(usize, Severity)> {
        let mut fired = Vec::new();
        for &row in rules {
            let rule = &model.rules[row];
            let Some(case) = case_of(rule, fields, activity, point) else { continue };
            let reached = || Reached { activity, point, fields: fields.to_vec(), count: 0 };
            self.reached.entry((row, case)).or_insert_with(reached).count += 1;
            self.additions.extend(rule.additions.iter().filter(|&&addition| {
                let when = &model.additions[addition].when;
                when.admits(fields, point) && activity.is_none_or(|activity| when.activities & (1 << activity) != 0)
            }));
            let given = (u32::try_from(place).unwrap_or(u32::MAX), model.rows[row].cases[case].severity);
            self.given.entry(row).or_default().push(given);
            fired.push((row, given.1));
        }
        fired
    }

    /// Holds that some row decides, and that others which fire beside it name it: of an activity all, of
    /// an entry those that find something beside one that permits.
    fn decide(
        &mut self,
        model: &Model,
        fired: &[(usize, Severity)],
        fields: &[Field],
        activity: Option<usize>,
        point: Point,
    ) {
        let (deciding, qualifying): (Vec<_>, Vec<_>) =
            fired.iter().copied().partition(|&(row, _)| model.rules[row].qualifies.is_empty());
        if deciding.is_empty() {
            self.gaps.entry(activity.unwrap_or(0)).or_insert_with(|| describe(model, activity, fields, point));
        }
        let mut note = |a: usize, b: usize| {
            self.together.entry((a, b)).or_insert_with(|| describe(model, activity, fields, point));
        };
        let permits = |severity: Severity| severity == Severity::Permitted;
        for (at, &(row, severity)) in deciding.iter().enumerate() {
            for &(other, beside) in &deciding[at + 1..] {
                if activity.is_some() || permits(severity) != permits(beside) {
                    note(row, other);
                }
            }
            for &(other, _) in &qualifying {
                note(other, row);
            }
        }
    }

    /// All that the walk has shown to be wrong.
    pub(crate) fn problems(&self, model: &Model) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.unreached(model, &mut problems);
        let mut doubled = BTreeSet::new();
        let rows: Vec<usize> = self.given.keys().copied().collect();
        for (at, &row) in rows.iter().enumerate() {
            for &other in &rows[at + 1..] {
                let same_scope = model.rules[row].scope == model.rules[other].scope;
                if same_scope && same_facts(&self.given[&row], &self.given[&other]) {
                    doubled.insert((row, other));
                    let same = self.given[&row] == self.given[&other];
                    let code = if same { ReasonCode::Doubled } else { ReasonCode::Contradiction };
                    problems.push(pair(model, code, other, row, ""));
                }
            }
        }
        for (&(row, other), facts) in &self.together {
            let (first, second) = (row.min(other), row.max(other));
            if !doubled.contains(&(first, second)) && !qualifies(model, row, other) && !qualifies(model, other, row) {
                problems.push(pair(model, ReasonCode::Contradiction, row, other, facts));
            }
        }
        for (at, rule) in model.rules.iter().enumerate() {
            self.useless_names(model, at, rule, &mut problems);
        }
        problems.extend(self.gaps.iter().map(|(&activity, facts)| {
            let code = model.activities.get(activity).map_or(model.vocabulary.subject(), |activity| &activity.code);
            // A gap has no line: the row that should close it is the one that is not there.
            let place = model.rules.first().map(|rule| rule.place.clone()).unwrap_or_default();
            let place = crate::rulebook::Place { line: 0, ..place };
            place.problem(ReasonCode::Gap, &[("code", code), ("facts", facts)])
        }));
        problems
    }

    fn unreached(&self, model: &Model, problems: &mut Vec<Problem>) {
        for (at, rule) in model.rules.iter().enumerate().filter(|(at, _)| model.rows[*at].replaced_by.is_none()) {
            let id = &model.rows[at].id;
            for case in (0..rule.cases.len()).filter(|case| !self.reached.contains_key(&(at, *case))) {
                let case = (case + 1).to_string();
                problems.push(rule.place.problem(ReasonCode::NeverFires, &[("row", id), ("case", &case)]));
            }
        }
        for (at, addition) in model.additions.iter().enumerate() {
            if !self.additions.contains(&at) {
                problems.push(addition.place.problem(ReasonCode::NeverFires, &[("row", "addition"), ("case", "1")]));
            }
        }
    }

    fn useless_names(&self, model: &Model, row: usize, rule: &Rule, problems: &mut Vec<Problem>) {
        for name in &rule.qualifies {
            let Some(other) = model.rows.iter().position(|row| row.id == *name) else { continue };
            // A row that was replaced speaks through the one that replaced it.
            let replaced = model.rows[other].replaced_by.is_some();
            if !replaced && !self.together.contains_key(&(row, other)) {
                problems.push(pair(model, ReasonCode::UselessName, row, other, ""));
            }
        }
    }
}

fn pair(model: &Model, code: ReasonCode, row: usize, other: usize, facts: &str) -> Problem {
    let args = [("row", model.rows[row].id.as_str()), ("other", &model.rows[other].id), ("facts", facts)];
    model.rules[row].place.problem(code, &args)
}

/// Whether `row` names `other`, or a row in whose place `other` stands.
fn qualifies(model: &Model, row: usize, other: usize) -> bool {
    model.rules[row].qualifies.iter().any(|name| {
        *name == model.rows[other].id || model.rows[other].replaces.as_ref().is_some_and(|replaced| replaced == name)
    })
}

fn same_facts(a: &[(u32, Severity)], b: &[(u32, Severity)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0)
}

/// A combination of facts in the rulebook's own words.
pub(crate) fn describe(model: &Model, activity: Option<usize>, fields: &[Field], point: Point) -> String {
    let activity = activity.map(|activity| model.activities[activity].code.clone());
    let facts = fields.iter().map(|&field| model.vocabulary.describe(field, point.get(field)));
    activity.into_iter().chain(facts).collect::<Vec<_>>().join(" ")
}
