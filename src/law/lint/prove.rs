//! Proving a rulebook: every combination of facts that rows read together is walked, and judged
//! by the compiled table as well.
//!
//! Rows read facts in groups: two facts are of one group when some row (or addition) reads both.
//! A task's findings are the union of what each group gives and its verdict the worst of them, so
//! walking each group covers the product without multiplying it. That the groups are in fact
//! independent is checked too: each combination is judged with all other groups at their most
//! harmless and at their most harmful values, and must give the same.

use chrono::TimeDelta;

use super::examples;
use super::survey::{Survey, describe};
use crate::field::{self, Field, PERSON, Point, SITUATION, Scope, TASK, combinations, unpack};
use crate::judge::{case_of, rules};
use crate::rulebook::{Model, Place, assemble, ordered};
use crate::{ActivityId, ActivitySet, Facts, Judgement, Layer, Problem, ReasonCode, Rulebook, Rules, Severity};

/// What was walked and what it showed.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Id of the rulebook.
    pub rulebook: String,
    /// Its digest.
    pub digest: String,
    /// The groups of facts that are read together.
    pub groups: Vec<Group>,
    /// For each case of each row, the combination by which it is first reached.
    pub rows: Vec<Reach>,
    /// Combinations walked, over all groups.
    pub combinations: u64,
    /// What is wrong; empty if the rulebook is proved.
    pub faults: Vec<Problem>,
}

/// A group of facts that rows read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Names of the facts.
    pub facts: Vec<String>,
    /// The rows that read them.
    pub rows: Vec<String>,
    /// How many combinations they have.
    pub combinations: u64,
    /// How many of these are permitted, need review, are improper.
    pub verdicts: [u64; 3],
}

/// How a case of a row is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The row.
    pub rule: String,
    /// Its case, from 1.
    pub case: usize,
    /// Severity.
    pub severity: Severity,
    /// The first combination in which it fires.
    pub by: String,
    /// In how many combinations of its group it fires.
    pub count: u64,
}

/// Walks every combination of facts that the rows of `layers` read together.
///
/// # Errors
/// When the layers cannot be read or name what is unknown; what the walk finds is in
/// [`Proof::faults`].
pub fn prove(layers: &[Layer]) -> Result<Proof, Vec<Problem>> {
    let layers = &ordered(layers)[..];
    let book = Rulebook::compiled(assemble(layers)?);
    let model = book.model();
    let situations: Vec<Point> = (0..combinations(&SITUATION)).map(|index| unpack(&SITUATION, index)).collect();
    let survey = Survey::of(model, &situations);
    let mut faults = survey.problems(model);
    examples::check(&book, layers, &mut faults);
    let mut prover = Prover { book: &book, model, faults: Vec::new() };
    let scopes = [Scope::Date, Scope::Activity, Scope::Task, Scope::Person, Scope::Text];
    let groups = groups(model, &scopes).into_iter().map(|reading| {
        walk(model, &reading, |activity, point, fired| prover.compare(&reading, activity, point, fired))
    });
    let groups = groups.collect();
    prover.texts();
    faults.append(&mut prover.faults);
    Ok(Proof::of(model, &survey, groups, faults))
}

impl Rules {
    /// Walks every combination of the facts of an entry, as [`prove`] does for a task.
    #[must_use]
    pub fn prove(&self) -> Proof {
        let (model, survey) = (self.model(), Survey::of_entries(self.model()));
        let groups = groups(model, &[Scope::Entry]).iter().map(|reading| walk(model, reading, |_, _, _| {})).collect();
        Proof::of(model, &survey, groups, super::rules::problems(self, &survey))
    }
}

impl Proof {
    fn of(model: &Model, survey: &Survey, groups: Vec<Group>, mut faults: Vec<Problem>) -> Self {
        faults.sort();
        faults.dedup();
        let rows = survey.reached.iter().map(|(&(row, case), reached)| Reach {
            rule: model.rows[row].id.clone(),
            case: case + 1,
            severity: model.rows[row].cases[case].severity,
            by: describe(model, reached.activity, &reached.fields, reached.point),
            count: reached.count,
        });
        Self {
            rulebook: model.id.clone(),
            digest: model.digest.clone(),
            rows: rows.collect(),
            combinations: groups.iter().map(|group| group.combinations).sum(),
            groups,
            faults,
        }
    }
}

/// A group while it is walked.
struct Reading {
    scope: Scope,
    /// Whether the activity itself is among its facts.
    activity: bool,
    fields: Vec<Field>,
    rows: Vec<usize>,
}

/// The facts joined wherever one row reads them together.
fn groups(model: &Model, scopes: &[Scope]) -> Vec<Reading> {
    let mut groups: Vec<Reading> = Vec::new();
    for &scope in scopes {
        for row in rules(model, scope, None) {
            let rule = &model.rules[row];
            let additions = rule.additions.iter().map(|&addition| &model.additions[addition].when);
            let conditions: Vec<_> = std::iter::once(&rule.when).chain(&rule.cases).chain(additions).collect();
            let fields: Vec<Field> = model
                .vocabulary
                .all_fields()
                .into_iter()
                .filter(|&field| conditions.iter().any(|condition| condition.reads(field)))
                .collect();
            let activity = conditions.iter().any(|condition| condition.activities != u128::MAX);
            let mut joined = Reading { scope, activity, fields, rows: vec![row] };
            groups.retain_mut(|group| {
                let shares = group.activity && joined.activity && group.scope == scope
                    || group.fields.iter().any(|field| joined.fields.contains(field));
                if shares {
                    joined.activity |= group.activity;
                    joined.fields.append(&mut group.fields);
                    joined.rows.append(&mut group.rows);
                }
                !shares
            });
            joined.fields.sort_unstable();
            joined.fields.dedup();
            joined.rows.sort_unstable();
            groups.push(joined);
        }
    }
    groups
}

/// Walks one group: every combination by the rows as written; `each` is given what fires.
fn walk(model: &Model, reading: &Reading, mut each: impl FnMut(Option<usize>, Point, &[(usize, Severity)])) -> Group {
    let activities = if reading.activity { model.activities.len() } else { 1 };
    let mut group = Group {
        facts: reading
            .activity
            .then(|| "activity".to_owned())
            .into_iter()
            .chain(
                reading.fields.iter().flat_map(|field| model.vocabulary.facts_of(*field).map(|fact| fact.key.clone())),
            )
            .collect(),
        rows: reading.rows.iter().map(|&row| model.rows[row].id.clone()).collect(),
        combinations: 0,
        verdicts: [0; 3],
    };
    for activity in 0..activities {
        let activity = reading.activity.then_some(activity);
        for index in 0..combinations(&reading.fields) {
            let point = unpack(&reading.fields, index);
            if !model.vocabulary.can_be(&reading.fields, point) {
                continue;
            }
            let mut severity = Severity::Permitted;
            let mut fired = Vec::new();
            for &row in &reading.rows {
                if let Some(case) = case_of(&model.rules[row], &reading.fields, activity, point) {
                    severity = severity.max(model.rows[row].cases[case].severity);
                    fired.push((row, model.rows[row].cases[case].severity));
                }
            }
            group.combinations += 1;
            group.verdicts[severity as usize] += 1;
            each(activity, point, &fired);
        }
    }
    group
}

struct Prover<'a> {
    book: &'a Rulebook,
    model: &'a Model,
    faults: Vec<Problem>,
}

impl Prover<'_> {
    /// Holds the compiled table to `fired`, whatever the facts of other groups.
    fn compare(&mut self, reading: &Reading, activity: Option<usize>, point: Point, fired: &[(usize, Severity)]) {
        if reading.scope == Scope::Text {
            return;
        }
        for harm in [false, true] {
            let facts = self.facts(reading, activity, point, harm);
            let judgement = self.book.assess(&facts);
            let expected: Vec<(usize, Severity)> = if facts_before(self.book, &facts) && reading.scope != Scope::Date {
                Vec::new()
            } else {
                fired.to_vec()
            };
            let mut got = Self::fired(&judgement, &reading.rows);
            got.sort_unstable();
            got.dedup();
            let worst = judgement.findings().map(|cited| cited.severity()).max().unwrap_or_default();
            let unfounded = judgement.severity() == Severity::Permitted
                && !judgement.permits().any(|permit| !permit.cites().is_empty());
            if got != expected || worst != judgement.severity() {
                let (got, expected) = (self.say(&got), self.say(&expected));
                let facts = describe(self.model, activity, &reading.fields, point);
                let args = [("facts", facts.as_str()), ("got", &got), ("expected", &expected)];
                self.faults.push(Place::default().problem(ReasonCode::Miscompiled, &args));
            } else if unfounded {
                let facts = describe(self.model, activity, &reading.fields, point);
                self.faults.push(Place::default().problem(ReasonCode::NoBasis, &[("facts", &facts)]));
            }
        }
    }

    /// The rows of one group that a judgement gives.
    fn fired(judgement: &Judgement<'_>, rows: &[usize]) -> Vec<(usize, Severity)> {
        let all = judgement.findings().chain(judgement.permits());
        all.map(|cited| (cited.row(), cited.severity())).filter(|(row, _)| rows.contains(row)).collect()
    }

    fn say(&self, fired: &[(usize, Severity)]) -> String {
        let rows = fired.iter().map(|(row, severity)| format!("{} {severity:?}", self.model.rows[*row].id));
        rows.collect::<Vec<_>>().join(", ")
    }

    /// Whole facts in which the group stands at `point`, and all others at their most harmless or
    /// (`harm`) most harmful values.
    fn facts(&self, reading: &Reading, activity: Option<usize>, point: Point, harm: bool) -> Facts {
        let mut whole = Point::default();
        for field in SITUATION.into_iter().chain(TASK).chain(PERSON) {
            let other = if harm { field.size() - 1 } else { 0 };
            let own = reading.fields.contains(&field);
            whole.set(field, if own { point.get(field) } else { other });
        }
        let free = |field: Field| !reading.fields.contains(&field);
        if !harm && free(Field::SUPERVISION) {
            whole.set(Field::SUPERVISION, field::supervision(1, 0, 3));
        }
        if !harm && free(Field::EFFECT) {
            whole.set(Field::EFFECT, 2);
        }
        if free(Field::QUALIFICATION) {
            whole.set(Field::QUALIFICATION, 1);
        }
        let mut facts = field::facts_at(whole);
        if whole.get(Field::QUALIFICATION) == 0 && reading.scope == Scope::Person {
            facts.people = vec![field::person_at(whole)];
        }
        let chosen = activity.unwrap_or(if harm { self.model.activities.len() - 1 } else { 0 });
        facts.activities = std::iter::once(ActivityId(u8::try_from(chosen).unwrap_or(0))).collect::<ActivitySet>();
        if reading.scope == Scope::Date {
            let from = self.book.in_force_from().unwrap_or_default();
            facts.at = Some(if point.get(Field::DATE) == 0 { from } else { from - TimeDelta::seconds(1) });
        }
        facts
    }

    /// Holds that a task without activities gets a verdict, and never a permitted one.
    fn texts(&mut self) {
        let nothing = Facts { people: vec![crate::Person::default()], ..Facts::default() };
        let some = crate::Suggestion {
            items: self
                .model
                .activities
                .first()
                .map(|activity| crate::SuggestedItem {
                    code: activity.code.clone(),
                    confidence: 1.0,
                    because: Vec::new(),
                })
                .into_iter()
                .collect(),
            ..crate::Suggestion::default()
        };
        for (state, suggestion) in [("text=unclassified", None), ("text=judged", Some(&some))] {
            if self.book.judge_task(&nothing, suggestion).verdict == Severity::Permitted {
                self.faults.push(Place::default().problem(ReasonCode::NoBasis, &[("facts", state)]));
            }
        }
    }
}

fn facts_before(book: &Rulebook, facts: &Facts) -> bool {
    !book.is_in_force(facts.at)
}
