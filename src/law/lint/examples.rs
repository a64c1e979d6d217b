//! Running a rulebook's worked examples.

use std::collections::BTreeMap;

use super::seen_by;
use crate::rulebook::assemble;
use crate::{ActivitySet, Example, Facts, Layer, Problem, ReasonCode, Rulebook, Severity};

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
    for (row, rule) in book.rows().iter().zip(&book.model().rules).filter(|(row, _)| row.replaced_by.is_none()) {
        for (kind, fires) in [("fires", true), ("near-miss", false)] {
            if !book.examples().iter().any(|example| example.row == row.id && example.fires == fires) {
                problems.push(rule.place.problem(ReasonCode::MissingExample, &[("row", &row.id), ("kind", kind)]));
            }
        }
    }
}

/// Judges one example of `book` by the rulebook `among`.
fn run(book: &Rulebook, among: &Rulebook, example: &Example, problems: &mut Vec<Problem>) {
    for name in std::iter::once(&example.row).chain(&example.findings) {
        if book.row(name).is_none() {
            let args = [("code", name.as_str()), ("field", "example")];
            problems.push(example.place.problem(ReasonCode::UnknownCode, &args));
            return;
        }
    }
    let facts = translated(book, among, &example.facts);
    let verdict = among.judge_task(&facts, example.suggestion.as_ref());
    let mut got: Vec<&str> = verdict.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let mut expected: Vec<&str> = example.findings.iter().map(String::as_str).collect();
    for rows in [&mut got, &mut expected] {
        rows.sort_unstable();
        rows.dedup();
    }
    let fires = got.contains(&example.row.as_str())
        || among.assess(&facts).permits().any(|permit| permit.rule() == example.row);
    let say = |severity: Severity, rows: &[&str], fires: bool| {
        format!("{severity:?} [{}] {}", rows.join(" "), if fires { "fires" } else { "does not fire" })
    };
    if verdict.verdict != example.verdict || got != expected || fires != example.fires {
        let expected = say(example.verdict, &expected, example.fires);
        let got = say(verdict.verdict, &got, fires);
        let args = [("row", &example.row), ("example", &example.title), ("expected", &expected), ("got", &got)];
        problems
            .push(example.place.problem(ReasonCode::ExampleFails, &args.map(|(name, value)| (name, value.as_str()))));
    }
}

/// The facts with their activities at the positions they have in `to`.
fn translated(from: &Rulebook, to: &Rulebook, facts: &Facts) -> Facts {
    let code = |id: crate::ActivityId| &from.activities()[usize::from(id.0)].code;
    let activities: ActivitySet = facts.activities.iter().filter_map(|id| to.activity(code(id))).collect();
    Facts { activities, ..facts.clone() }
}
