//! Judging: collect every row that fires; the verdict is the worst severity among them.

mod tables;
mod task;

use chrono::{DateTime, FixedOffset};

pub(crate) use tables::{Fired, Tables, Template, case_of, conditions, rules, said};

use crate::{ActivityId, Answerable, Facts, Finding, Person, Rulebook, Severity, Verdict, field};

/// A judged task that borrows from its facts and its rulebook: nothing is copied or allocated.
///
/// [`Judgement::verdict`] makes the lasting, owned form of it.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    book: &'a Rulebook,
    facts: &'a Facts,
    severity: Severity,
    class: usize,
    /// What fires for the auxiliary of a task that names none.
    unnamed: Option<&'a Fired>,
    /// What fires for the task as a whole, its text and its date.
    whole: [&'a Fired; 2],
    in_force: bool,
}

/// A row that fired, with all it cites.
#[derive(Debug, Clone, Copy)]
pub struct Cited<'a> {
    book: &'a Rulebook,
    template: &'a Template,
    /// The activity it is about.
    pub activity: Option<ActivityId>,
    /// The person it is about, as a position in [`Facts::people`].
    pub person: Option<u16>,
}

impl<'a> Cited<'a> {
    /// Id of the row.
    #[must_use]
    pub fn rule(&self) -> &'a str {
        &self.book.rows()[self.row()].id
    }

    /// Position of the row in the table.
    pub(crate) fn row(&self) -> usize {
        usize::from(self.template.row)
    }

    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.template.severity
    }

    /// The provisions cited.
    #[must_use]
    pub fn cites(&self) -> &'a [String] {
        &self.template.cites
    }

    /// Who answers.
    #[must_use]
    pub fn answers(&self) -> &'a [Answerable] {
        &self.template.answers
    }

    /// The articles on what may follow.
    #[must_use]
    pub fn consequence(&self) -> &'a [String] {
        &self.template.consequence
    }

    /// Place in the order of findings: graver first, then the table's order.
    fn order(&self) -> (std::cmp::Reverse<Severity>, u16, Option<ActivityId>, Option<u16>) {
        (std::cmp::Reverse(self.template.severity), self.template.row, self.activity, self.person)
    }

    fn to_finding(self) -> Finding {
        let activity = self.activity.map(|id| &self.book.activities()[usize::from(id.0)]);
        Finding {
            activity: activity.map(|activity| activity.code.clone()),
            item: activity.map(|activity| activity.item.clone()),
            person: self.person,
            ..self.template.clone().into_finding(self.rule().to_owned())
        }
    }
}

impl Template {
    /// The finding of the row `rule`, about nothing in particular.
    pub(crate) fn into_finding(self, rule: String) -> Finding {
        let Self { row: _, severity, cites, answers, consequence, asks } = self;
        Finding { rule, severity, activity: None, item: None, person: None, answers, cites, consequence, asks }
    }
}

/// What is permitted by `cites`, each once: items first, then the articles that hold for all of them.
pub(crate) fn basis<'a>(cites: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut basis: Vec<String> = Vec::new();
    for cite in cites {
        if !basis.contains(cite) {
            basis.push(cite.clone());
        }
    }
    basis.sort_by_key(|cite| !cite.contains('.'));
    basis
}

impl<'a> Judgement<'a> {
    /// The worst severity among the rows that fired.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The rows that fired with `improper` or `needs_review`, activity by activity, then person by
    /// person, then those about the task as a whole.
    pub fn findings(&self) -> impl Iterator<Item = Cited<'a>> + use<'a> {
        self.outcomes()
            .flat_map(|(outcome, activity, person)| {
                outcome.findings.iter().map(move |&template| (template, activity, person))
            })
            .map(self.cited())
    }

    /// The rows that fired with `permitted`, for each activity.
    pub fn permits(&self) -> impl Iterator<Item = Cited<'a>> + use<'a> {
        self.outcomes()
            .flat_map(|(outcome, activity, person)| {
                outcome.permits.iter().map(move |&template| (template, activity, person))
            })
            .map(self.cited())
    }

    fn cited(&self) -> impl Fn((u16, Option<ActivityId>, Option<u16>)) -> Cited<'a> + use<'a> {
        let book = self.book;
        move |(template, activity, person)| {
            let template = &book.tables().templates[usize::from(template)];
            Cited { book, template, activity, person }
        }
    }

    fn outcomes(&self) -> impl Iterator<Item = (&'a Fired, Option<ActivityId>, Option<u16>)> + use<'a> {
        let Self { book, facts, class, unnamed, whole, in_force, .. } = *self;
        let tables = book.tables();
        let activities = facts.activities.iter().take(if in_force { usize::MAX } else { 0 });
        let people = facts.people.iter().take(if in_force { usize::MAX } else { 0 });
        activities
            .map(move |id| (tables.of_activity(usize::from(id.0), class), Some(id), None))
            .chain(people.zip(0..).map(move |(person, at)| (tables.of_person(field::person(person)), None, Some(at))))
            .chain(unnamed.map(|outcome| (outcome, None, None)))
            .chain(whole.map(|outcome| (outcome, None, None)))
    }

    /// The verdict as it is kept: findings in order, graver first, then the table's order.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict_with(Vec::new())
    }

    /// The verdict with further findings, which the task's text gives.
    fn verdict_with(&self, mut more: Vec<Cited<'a>>) -> Verdict {
        more.extend(self.findings());
        more.sort_by_key(Cited::order);
        let worst = more.iter().map(Cited::severity).max().unwrap_or_default();
        Verdict {
            verdict: worst,
            basis: basis(self.permits().flat_map(|permit| permit.cites())),
            findings: more.into_iter().map(Cited::to_finding).collect(),
            rulebook: self.book.id().to_owned(),
            digest: self.book.digest().to_owned(),
        }
    }
}

impl Rulebook {
    /// Judges a task by its stated facts, without allocating.
    #[must_use]
    #[inline]
    pub fn assess<'a>(&'a self, facts: &'a Facts) -> Judgement<'a> {
        let unnamed = Person { known: false, ..Person::default() };
        let tables = self.tables();
        let text = if facts.activities.is_empty() { tables.unclassified } else { NOTHING };
        self.assess_as(facts, &unnamed, text)
    }

    /// Judges facts; `unnamed` is the auxiliary of a task that names none, `text` the outcome of
    /// what its text gives for the task as a whole.
    #[inline]
    fn assess_as<'a>(&'a self, facts: &'a Facts, unnamed: &Person, text: u16) -> Judgement<'a> {
        let tables = self.tables();
        let outcome = |id: u16| &tables.outcomes[usize::from(id)];
        if !self.is_in_force(facts.at) {
            let whole = [outcome(tables.before), outcome(NOTHING)];
            let severity = whole[0].severity;
            return Judgement { book: self, facts, severity, class: 0, unnamed: None, whole, in_force: false };
        }
        let class = tables.class(field::situation(facts));
        let unnamed = facts.people.is_empty().then(|| tables.of_person(field::person(unnamed)));
        let whole = [tables.of_task(field::task(facts)), outcome(text)];
        let mut severity = whole[0].severity.max(whole[1].severity);
        for id in facts.activities.iter() {
            severity = severity.max(tables.of_activity(usize::from(id.0), class).severity);
        }
        for person in &facts.people {
            severity = severity.max(tables.of_person(field::person(person)).severity);
        }
        severity = unnamed.map_or(severity, |outcome| severity.max(outcome.severity));
        Judgement { book: self, facts, severity, class, unnamed, whole, in_force: true }
    }

    /// Whether the regulation was in force at `at`; an undated task is taken to be of today.
    #[must_use]
    pub fn is_in_force(&self, at: Option<DateTime<FixedOffset>>) -> bool {
        at.is_none_or(|at| {
            self.in_force_from().is_none_or(|from| from <= at) && self.in_force_until().is_none_or(|until| at < until)
        })
    }
}

/// The outcome in which no row fires.
const NOTHING: u16 = 0;
