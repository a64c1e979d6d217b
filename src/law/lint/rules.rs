//! Holding the rows of a register to what a rulebook's are held to.

use super::examples::{Expected, missing};
use super::survey::Survey;
use super::words;
use crate::{Problem, Rules};

/// All that is wrong with `rules`.
pub(crate) fn check(rules: &Rules) -> Vec<Problem> {
    problems(rules, &Survey::of_entries(rules.model()))
}

pub(super) fn problems(rules: &Rules, survey: &Survey) -> Vec<Problem> {
    let model = rules.model();
    let mut problems = survey.problems(model);
    words(model, &mut problems);
    for example in rules.examples() {
        let expected = Expected {
            row: &example.row,
            fires: example.fires,
            title: &example.title,
            verdict: example.verdict,
            findings: &example.findings,
            place: &example.place,
        };
        if expected.is_known(model, &mut problems) {
            let fires = |at: u16| model.rows[usize::from(at)].id == example.row;
            let permits = rules.fired(example.facts).iter().any(|fired| fires(fired.row));
            problems.extend(expected.differs(&rules.decide(&example.facts), permits));
        }
    }
    missing(model, |row, fires| rules.examples().iter().any(|one| one.row == row && one.fires == fires), &mut problems);
    problems.sort();
    problems
}
