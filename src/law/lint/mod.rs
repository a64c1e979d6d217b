//! Holding a rulebook to what a rulebook must be: complete, consistent, and borne out by its
//! own examples.

mod examples;
mod prove;
mod rules;
mod survey;

pub use prove::{Group, Proof, Reach, prove};
pub(crate) use rules::check as check_rules;
pub(crate) use survey::Survey;

use crate::rulebook::{Model, assemble, only_adds, ordered};
use crate::{Layer, Problem, Rank, ReasonCode, Rulebook};

/// All that is wrong with `layers`, in the order of files and lines.
#[must_use]
pub fn lint(layers: &[Layer]) -> Vec<Problem> {
    let layers = ordered(layers);
    match assemble(&layers) {
        Err(problems) => problems,
        Ok(model) => check(&Rulebook::compiled(model), &layers),
    }
}

/// The layers among which `layer` is to be judged: the embedded ones, less the one whose place it
/// takes.
#[must_use]
pub fn beside_embedded(layer: Layer) -> Vec<Layer> {
    let rank = layer.rank;
    let mut layers = Vec::new();
    let mut layer = Some(layer);
    for embedded in Layer::embedded() {
        if embedded.rank == rank {
            layers.extend(layer.take());
        } else {
            layers.push(embedded);
        }
    }
    layers.extend(layer);
    layers
}

/// What names alone do not show: rows that never fire, contradict, or fail their examples.
pub(crate) fn check(book: &Rulebook, layers: &[Layer]) -> Vec<Problem> {
    let model = book.model();
    let mut problems = Survey::of(model, book.tables().representatives()).problems(model);
    words(model, &mut problems);
    only_adds(book, layers, &mut problems);
    examples::check(book, layers, &mut problems);
    problems.sort();
    problems
}

/// Cases of a row that are equally grave must say the same, since a finding is put into words by
/// its row and severity.
fn words(model: &Model, problems: &mut Vec<Problem>) {
    for (row, rule) in model.rows.iter().zip(&model.rules) {
        for (at, case) in row.cases.iter().enumerate() {
            let alike = row.cases[..at].iter().find(|other| other.severity == case.severity);
            let said = |case: &crate::RowCase| {
                [&case.message_zh, &case.message_en, &case.remedy_zh, &case.remedy_en].map(String::clone)
            };
            if alike.is_some_and(|other| said(other) != said(case)) {
                let args = [("row", row.id.as_str()), ("other", row.id.as_str()), ("facts", "message")];
                problems.push(rule.place.problem(ReasonCode::Contradiction, &args));
            }
        }
    }
}

/// The layers on which an example of the layer at `layer` is judged: the regulation's own and,
/// for a higher layer, that one too; a local layer sees all.
fn seen_by(book: &Rulebook, layer: usize) -> Vec<usize> {
    let base = book.model().base();
    let all = 0..book.layers().len();
    match book.layers().get(layer).map(|header| header.rank) {
        Some(Rank::Local) => all.collect(),
        _ => all.filter(|&at| at == base || at == layer).collect(),
    }
}
