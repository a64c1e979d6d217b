//! The decision table compiled: for every combination of facts, what fires and what it cites.
//!
//! Rows become bit masks ([`Condition`]); combinations of supervision, effect, basis and
//! arrangement that no mask tells apart become one class. What fires for an activity in a class
//! is then one look-up, and so is what fires for a person or a task as a whole.

use std::collections::HashMap;

use crate::field::{Field, PERSON, Point, SITUATION, Scope, TASK, combinations, unpack};
use crate::rulebook::{Condition, Model, Rule};
use crate::{Answerable, Severity};

/// A row that fires, with what it cites; shared by all combinations in which it says the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Template {
    /// Position of the row in the table.
    pub(crate) row: u16,
    pub(crate) severity: Severity,
    pub(crate) cites: Vec<String>,
    pub(crate) answers: Vec<Answerable>,
    pub(crate) consequence: Vec<String>,
    /// Names of the facts it asks for.
    pub(crate) asks: Vec<String>,
}

/// What fires together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fired {
    /// The worst severity among the templates.
    pub(crate) severity: Severity,
    /// Rows that give a finding.
    pub(crate) findings: Vec<u16>,
    /// Rows that permit, and so give a basis.
    pub(crate) permits: Vec<u16>,
}

/// A row that compares what is stated with what a text suggests.
#[derive(Debug, Clone)]
pub(crate) struct Contradiction {
    pub(crate) confidence: f32,
    pub(crate) covers: Vec<(String, u128)>,
    /// The template for each activity; `None` where the row does not ask about it.
    pub(crate) templates: Vec<Option<u16>>,
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) templates: Vec<Template>,
    pub(crate) outcomes: Vec<Fired>,
    /// The class of each combination of the activity scope.
    class_of: Vec<u16>,
    classes: usize,
    /// One combination of each class.
    representatives: Vec<Point>,
    /// Fired of each activity in each class.
    activity: Vec<u16>,
    person: Vec<u16>,
    task: Vec<u16>,
    pub(crate) before: u16,
    pub(crate) judged: u16,
    pub(crate) unclassified: u16,
    pub(crate) contradictions: Vec<Contradiction>,
}

impl Tables {
    pub(crate) fn compile(model: &Model) -> Self {
        let mut builder =
            Builder { model, tables: Self::default(), templates: HashMap::new(), outcomes: HashMap::new() };
        let nothing = builder.outcome(Vec::new());
        debug_assert_eq!(nothing, 0, "no row fired is the first outcome");
        let representatives = builder.classify();
        builder.tables.representatives.clone_from(&representatives);
        for activity in 0..model.activities.len() {
            let rules = rules(model, Scope::Activity, Some(activity));
            for &point in &representatives {
                let outcome = builder.fire(&rules, &SITUATION, Some(activity), point);
                builder.tables.activity.push(outcome);
            }
        }
        for (scope, fields) in [(Scope::Person, &PERSON[..]), (Scope::Task, &TASK[..])] {
            let rules = rules(model, scope, None);
            let outcomes = (0..combinations(fields))
                .map(|index| builder.fire(&rules, fields, None, unpack(fields, index)))
                .collect();
            match scope {
                Scope::Person => builder.tables.person = outcomes,
                _ => builder.tables.task = outcomes,
            }
        }
        let before = point_with(Field::DATE, 1);
        builder.tables.before = builder.fire(&rules(model, Scope::Date, None), &[Field::DATE], None, before);
        let text = rules(model, Scope::Text, None);
        let task_rows: Vec<usize> = text.into_iter().filter(|&rule| !contradicts(&model.rules[rule])).collect();
        builder.tables.judged = builder.fire(&task_rows, &[Field::TEXT], None, point_with(Field::TEXT, 1));
        builder.tables.unclassified = builder.fire(&task_rows, &[Field::TEXT], None, point_with(Field::TEXT, 2));
        builder.contradictions();
        builder.tables
    }

    #[inline]
    pub(crate) fn of_activity(&self, activity: usize, class: usize) -> &Fired {
        &self.outcomes[usize::from(self.activity[activity * self.classes + class])]
    }

    #[inline]
    pub(crate) fn class(&self, situation: usize) -> usize {
        usize::from(self.class_of[situation])
    }

    #[inline]
    pub(crate) fn of_person(&self, person: usize) -> &Fired {
        &self.outcomes[usize::from(self.person[person])]
    }

    #[inline]
    pub(crate) fn of_task(&self, task: usize) -> &Fired {
        &self.outcomes[usize::from(self.task[task])]
    }

    /// Whether it holds more than its positions can tell apart.
    pub(crate) fn is_overfull(&self) -> bool {
        [self.templates.len(), self.outcomes.len()].into_iter().any(|entries| entries > usize::from(u16::MAX))
    }

    /// One combination of each class of the activity scope that the rows tell apart.
    pub(crate) fn representatives(&self) -> &[Point] {
        &self.representatives
    }
}

fn point_with(field: Field, value: usize) -> Point {
    let mut point = Point::default();
    point.set(field, value);
    point
}

fn contradicts(rule: &Rule) -> bool {
    rule.when.mask(Field::TEXT) & 1 != 0
}

/// The rows of `scope` that judge (none replaced them) and may ask about `activity`.
pub(crate) fn rules(model: &Model, scope: Scope, activity: Option<usize>) -> Vec<usize> {
    (0..model.rules.len())
        .filter(|&at| {
            let rule = &model.rules[at];
            rule.scope == scope
                && model.rows[at].replaced_by.is_none()
                && activity.is_none_or(|activity| rule.when.activities & (1 << activity) != 0)
        })
        .collect()
}

/// All that the row at `rule` asks about: its own conditions, those of its cases and of its additions.
pub(crate) fn conditions(model: &Model, rule: usize) -> impl Iterator<Item = &Condition> {
    let rule = &model.rules[rule];
    let additions = rule.additions.iter().map(|&addition| &model.additions[addition].when);
    std::iter::once(&rule.when).chain(&rule.cases).chain(additions)
}

/// Whether `condition` holds for `activity` at `point`, as far as `fields` go.
fn holds(condition: &Condition, fields: &[Field], activity: Option<usize>, point: Point) -> bool {
    activity.is_none_or(|activity| condition.activities & (1 << activity) != 0) && condition.admits(fields, point)
}

/// The case of `rule` that holds, if the row fires.
pub(crate) fn case_of(rule: &Rule, fields: &[Field], activity: Option<usize>, point: Point) -> Option<usize> {
    if !holds(&rule.when, fields, activity, point) {
        return None;
    }
    rule.cases.iter().position(|case| holds(case, fields, activity, point))
}

struct Builder<'a> {
    model: &'a Model,
    tables: Tables,
    templates: HashMap<Template, u16>,
    outcomes: HashMap<Vec<u16>, u16>,
}

impl Builder<'_> {
    /// Gives every combination of the activity scope its class; returns one combination of each.
    fn classify(&mut self) -> Vec<Point> {
        let rules = rules(self.model, Scope::Activity, None);
        let conditions: Vec<&Condition> = rules.into_iter().flat_map(|rule| conditions(self.model, rule)).collect();
        let mut known: HashMap<Vec<bool>, u16> = HashMap::new();
        let mut representatives = Vec::new();
        for index in 0..combinations(&SITUATION) {
            let point = unpack(&SITUATION, index);
            let signature = conditions.iter().map(|condition| condition.admits(&SITUATION, point)).collect();
            let next = small(representatives.len());
            let class = *known.entry(signature).or_insert_with(|| {
                representatives.push(point);
                next
            });
            self.tables.class_of.push(class);
        }
        self.tables.classes = representatives.len();
        representatives
    }

    /// The outcome of `rules` for `activity` at `point`.
    fn fire(&mut self, rules: &[usize], fields: &[Field], activity: Option<usize>, point: Point) -> u16 {
        let mut fired = Vec::new();
        for &rule in rules {
            if let Some(case) = case_of(&self.model.rules[rule], fields, activity, point) {
                fired.push(self.template(rule, case, fields, activity, point));
            }
        }
        self.outcome(fired)
    }

    fn template(&mut self, rule: usize, case: usize, fields: &[Field], activity: Option<usize>, point: Point) -> u16 {
        let template = said(self.model, rule, case, fields, activity, point);
        if let Some(&known) = self.templates.get(&template) {
            return known;
        }
        let id = small(self.tables.templates.len());
        self.tables.templates.push(template.clone());
        self.templates.insert(template, id);
        id
    }

    fn outcome(&mut self, fired: Vec<u16>) -> u16 {
        if let Some(&known) = self.outcomes.get(&fired) {
            return known;
        }
        let severity_of = |template: &u16| self.tables.templates[usize::from(*template)].severity;
        let (permits, findings) = fired.iter().partition(|template| severity_of(template) == Severity::Permitted);
        let severity = fired.iter().map(severity_of).max().unwrap_or_default();
        let id = small(self.tables.outcomes.len());
        self.tables.outcomes.push(Fired { severity, findings, permits });
        self.outcomes.insert(fired, id);
        id
    }

    fn contradictions(&mut self) {
        let point = point_with(Field::TEXT, 0);
        for rule in rules(self.model, Scope::Text, None) {
            let compiled = &self.model.rules[rule];
            if !contradicts(compiled) {
                continue;
            }
            let template = |builder: &mut Self, activity| {
                let case = case_of(compiled, &[Field::TEXT], Some(activity), point)?;
                Some(builder.template(rule, case, &[Field::TEXT], Some(activity), point))
            };
            let templates = (0..self.model.activities.len()).map(|activity| template(self, activity)).collect();
            let (confidence, covers) = (compiled.confidence, compiled.covers.clone());
            self.tables.contradictions.push(Contradiction { confidence, covers, templates });
        }
    }
}

/// What the case `case` of the row at `rule` says at `point`, with its additions.
pub(crate) fn said(
    model: &Model,
    rule: usize,
    case: usize,
    fields: &[Field],
    activity: Option<usize>,
    point: Point,
) -> Template {
    let said = &model.rows[rule].cases[case];
    let mut cites: Vec<String> = Vec::new();
    let mut answers = said.answers.clone();
    let mut asks = Vec::new();
    let additions = model.rules[rule].additions.iter().map(|&addition| &model.additions[addition]);
    let additions: Vec<_> = additions.filter(|addition| holds(&addition.when, fields, activity, point)).collect();
    for addition in &additions {
        answers.extend(&addition.answers);
        if addition.asks.is_some() {
            let asked = fields.iter().filter(|&&field| addition.when.reads(field));
            asks.extend(asked.map(|&field| model.vocabulary.name(field).to_owned()));
        }
    }
    for cite in said.cites.iter().chain(additions.iter().flat_map(|addition| &addition.cites)) {
        let cite = match activity {
            Some(activity) if cite == "item" => &model.activities[activity].item,
            _ => cite,
        };
        if !cites.contains(cite) {
            cites.push(cite.clone());
        }
    }
    answers.sort_unstable();
    answers.dedup();
    Template {
        row: small(rule),
        severity: said.severity,
        consequence: consequences(model, &cites),
        cites,
        answers,
        asks,
    }
}

/// What may follow where `cites` are cited: by whole articles, each once, in the law's order.
fn consequences(model: &Model, cites: &[String]) -> Vec<String> {
    let of_article = |cite: &String, of: &String| {
        cite == of || cite.strip_prefix(of.as_str()).is_some_and(|rest| rest.starts_with('.'))
    };
    let mut follows: Vec<String> = Vec::new();
    for (of, then) in &model.consequences {
        if cites.iter().any(|cite| of_article(cite, of)) && !follows.contains(then) {
            follows.push(then.clone());
        }
    }
    follows
}

/// Positions are kept small; tables beyond 65,535 entries cannot arise from 128 activities.
fn small(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
