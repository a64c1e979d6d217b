//! `auxlog rules lint FILE`: everything that is wrong with a rulebook, by file and line.

use std::path::{Path, PathBuf};

use auxlog_law::{Layer, Problem, ReasonCode, Rulebook};
use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::local_rules;
use crate::output::Results;

#[derive(Debug, Args)]
pub(crate) struct Lint {
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Lint {
    /// Lints it. Exit 0: nothing is wrong · 1: something is.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let mut results = Results::new();
        let exit = match layers(self.file.as_deref(), context)?.and_then(|layers| Rulebook::from_layers(&layers)) {
            Ok(book) => {
                let (id, rows, activities) = (book.id().to_owned(), book.rows().len(), book.activities().len());
                let loader = context.words.loader();
                results.line(&fl!(loader, "lint-whole", id = id, rows = rows, activities = activities))?;
                Exit::Done
            }
            Err(problems) => {
                for problem in &problems {
                    results.line(&words_for(problem, context))?;
                }
                Exit::Found
            }
        };
        results.flush()?;
        Ok(exit)
    }
}

/// The embedded layers, the one in `file` among them where one is named.
pub(super) fn layers(file: Option<&Path>, context: &Context) -> Result<Result<Vec<Layer>, Vec<Problem>>, Failure> {
    let Some(path) = file else { return Ok(Ok(Layer::embedded())) };
    Ok(local_rules::tried(path, context)?.map(auxlog_law::beside_embedded))
}

/// What is wrong, by file and line.
pub(crate) fn words_for(problem: &Problem, context: &Context) -> String {
    let loader = context.words.loader();
    let arg = |name: &str| problem.reason.arg(name).to_owned();
    let what = match problem.reason.code {
        ReasonCode::Syntax => fl!(loader, "lint-syntax", detail = context.words.terms().toml_fault(&arg("detail"))),
        ReasonCode::UnknownCode => fl!(loader, "lint-unknown-code", code = arg("code"), field = arg("field")),
        ReasonCode::Duplicate => fl!(loader, "lint-duplicate", code = arg("code")),
        ReasonCode::MissingText => fl!(loader, "lint-missing-text", row = arg("row"), field = arg("field")),
        ReasonCode::NeverFires => fl!(loader, "lint-never-fires", row = arg("row"), case = arg("case")),
        ReasonCode::Contradiction => fl!(loader, "lint-contradiction", row = arg("row"), other = arg("other")),
        ReasonCode::Doubled => fl!(loader, "lint-doubled", row = arg("row"), other = arg("other")),
        ReasonCode::UselessName => fl!(loader, "lint-useless-name", row = arg("row"), other = arg("other")),
        ReasonCode::Gap => fl!(loader, "lint-gap", facts = arg("facts")),
        ReasonCode::ExampleFails => {
            let (expected, got) = (arg("expected"), arg("got"));
            fl!(
                loader,
                "lint-example-fails",
                row = arg("row"),
                example = arg("example"),
                expected = expected,
                got = got
            )
        }
        ReasonCode::MissingExample => fl!(loader, "lint-missing-example", row = arg("row"), kind = arg("kind")),
        ReasonCode::Weakens => fl!(loader, "lint-weakens", row = arg("row")),
        ReasonCode::RankClaimed => {
            fl!(loader, "lint-rank-claimed", claimed = arg("claimed"), given = arg("given"))
        }
        ReasonCode::ReplacesNothing => fl!(loader, "lint-replaces-nothing", row = arg("row"), other = arg("other")),
        ReasonCode::MixedFacts => fl!(loader, "lint-mixed-facts", row = arg("row"), field = arg("field")),
        ReasonCode::TooMany => fl!(loader, "lint-too-many", field = arg("field"), limit = arg("limit")),
        ReasonCode::NoBasis => fl!(loader, "lint-no-basis", facts = arg("facts")),
        ReasonCode::Miscompiled => {
            fl!(loader, "lint-miscompiled", facts = arg("facts"), expected = arg("expected"), got = arg("got"))
        }
    };
    fl!(loader, "lint-problem", file = problem.file.clone(), line = problem.line, what = what)
}
