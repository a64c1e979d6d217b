//! Running a rulebook's worked examples.

use std::collections::BTreeMap;

use super::seen_by;
use crate::rulebook::{Model, Place, assemble};
use crate::{ActivitySet, Example, Facts, Layer, Problem, ReasonCode, Rulebook, Severity, Verdict};

/// Runs every example among the layers its own layer knows of, and asks for those that are missing.
pub(super) fn check(book: &Rulebook, layers: &[Layer], problems: &mut Vec<Problem>) {
    let mut books: BTreeMap<Vec<usize>, Option<Rulebook>> = BTreeMap::new();
    for example in book.examples() {
        let seen = seen_by(book, example.layer);
        let among = books.entry(seen).or_insert_with_key(|seen| {
            let subset: Vec<Layer> = seen.iter().map(|&at| layers[at].clone()).collect();
            // All of them are the book itself; some may not stand without the others.
            (subset.len() < layers.len()).then(|| assemble(&subset).ok().map(Rulebook::compiled)).flatten()
        });
        run(book, among.as_ref().unwrap_or(book), example, problems);
    }
    let has = |row: &str, fires: bool| book.examples().iter().any(|one| one.row == row && one.fires == fires);
    missing(book.model(), has, problems);
}

/// Asks for an example of each row that judges in which it fires, and one in which it just does not.
pub(super) fn missing(model: &Model, has: impl Fn(&str, bool) -> bool, problems: &mut Vec<Problem>) {
    for (row, rule) in model.rows.iter().zip(&model.rules).filter(|(row, _)| row.replaced_by.is_none()) {
        for (kind, fires) in [("fires", true), ("near-miss", false)] {
            if !has(&row.id, fires) {
                problems.push(rule.place.problem(ReasonCode::MissingExample, &[("row", &row.id), ("kind", kind)]));
            }
        }
    }
}

/// Judges one example of `book` by the rulebook `among`.
fn run(book: &Rulebook, among: &Rulebook, example: &Example, problems: &mut Vec<Problem>) {
    let expected = Expected {
        row: &example.row,
        fires: example.fires,
        title: &example.title,
        verdict: example.verdict,
        findings: &example.findings,
        place: &example.place,
    };
    if !expected.is_known(book.model(), problems) {
        return;
    }
    let facts = translated(book, among, &example.facts);
    let verdict = among.judge_task(&facts, example.suggestion.as_ref());
    let permits = among.assess(&facts).permits().any(|permit| permit.rule() == example.row);
    problems.extend(expected.differs(&verdict, permits));
}

/// What an example says must come of its facts.
pub(super) struct Expected<'a> {
    pub(super) row: &'a str,
    pub(super) fires: bool,
    pub(super) title: &'a str,
    pub(super) verdict: Severity,
    pub(super) findings: &'a [String],
    pub(super) place: &'a Place,
}

impl Expected<'_> {
    /// Whether `model` has the rows that it names.
    pub(super) fn is_known(&self, model: &Model, problems: &mut Vec<Problem>) -> bool {
        let mut named = std::iter::once(self.row).chain(self.findings.iter().map(String::as_str));
        let unknown = named.find(|name| !model.rows.iter().any(|row| row.id == **name));
        problems.extend(
            unknown.map(|name| self.place.problem(ReasonCode::UnknownCode, &[("code", name), ("field", "example")])),
        );
        unknown.is_none()
    }

    /// How `verdict` differs, where it does; `permits` says whether the example's row permitted.
    pub(super) fn differs(&self, verdict: &Verdict, permits: bool) -> Option<Problem> {
        let mut got: Vec<&str> = verdict.findings.iter().map(|finding| finding.rule.as_str()).collect();
        let mut expected: Vec<&str> = self.findings.iter().map(String::as_str).collect();
        for rows in [&mut got, &mut expected] {
            rows.sort_unstable();
            rows.dedup();
        }
        let fires = permits || got.contains(&self.row);
        if verdict.verdict == self.verdict && got == expected && fires == self.fires {
            return None;
        }
        let say = |severity: Severity, rows: &[&str], fires: bool| {
            format!("{severity:?} [{}] {}", rows.join(" "), if fires { "fires" } else { "does not fire" })
        };
        let (expected, got) = (say(self.verdict, &expected, self.fires), say(verdict.verdict, &got, fires));
        let args = [("row", self.row), ("example", self.title), ("expected", &expected), ("got", &got)];
        Some(self.place.problem(ReasonCode::ExampleFails, &args))
    }
}

/// The facts with their activities at the positions they have in `to`.
fn translated(from: &Rulebook, to: &Rulebook, facts: &Facts) -> Facts {
    let code = |id: crate::ActivityId| &from.activities()[usize::from(id.0)].code;
    let activities: ActivitySet = facts.activities.iter().filter_map(|id| to.activity(code(id))).collect();
    Facts { activities, ..facts.clone() }
}
