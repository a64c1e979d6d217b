//! `auxlog rules prove`: walks every combination of facts that the rows read together.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use auxlog_law::{Group, Proof, Reach, Severity};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use super::lint::{layers, words_for};
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Results, Table};

/// Which rulebook, and the form of the proof.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Prove {
    /// Exit 0: proved · 1: not, and why.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let mut results = Results::new();
        let begun = Instant::now();
        let proof = match layers(self.file.as_deref(), context)?.and_then(|layers| auxlog_law::prove(&layers)) {
            Ok(proof) => proof,
            Err(problems) => {
                problems.iter().try_for_each(|problem| results.line(&words_for(problem, context)))?;
                results.flush()?;
                return Ok(Exit::Found);
            }
        };
        match self.format {
            Format::Json => results.json(&proof_json(&proof, begun.elapsed(), context))?,
            Format::Table => {
                show(&proof, context, &mut results)?;
                let seconds = format!("{:.2}", begun.elapsed().as_secs_f64());
                results.line(&fl!(context.words.loader(), "prove-time", seconds = seconds))?;
            }
        }
        results.flush()?;
        Ok(if proof.faults.is_empty() { Exit::Done } else { Exit::Found })
    }
}

fn proof_json(proof: &Proof, took: Duration, context: &Context) -> Value {
    let group = |group: &Group| {
        let [permitted, needs_review, improper] = group.verdicts;
        json!({ "facts": group.facts, "rows": group.rows, "combinations": group.combinations,
            "permitted": permitted, "needs_review": needs_review, "improper": improper })
    };
    let reach = |reach: &Reach| {
        json!({ "rule": reach.rule, "case": reach.case, "severity": reach.severity, "combinations": reach.count,
            "first": reach.by })
    };
    json!({
        "seconds": took.as_secs_f64(), "rows": proof.rows.iter().map(reach).collect::<Vec<_>>(),
        "rulebook": proof.rulebook, "digest": proof.digest, "combinations": proof.combinations,
        "proved": proof.faults.is_empty(), "groups": proof.groups.iter().map(group).collect::<Vec<_>>(),
        "faults": proof.faults.iter().map(|fault| words_for(fault, context)).collect::<Vec<_>>(),
    })
}

fn show(proof: &Proof, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let (words, loader) = (&context.words, context.words.loader());
    let mut table = Table::new([
        fl!(loader, "column-combinations"),
        words.terms().verdict(Severity::Permitted),
        words.terms().verdict(Severity::NeedsReview),
        words.terms().verdict(Severity::Improper),
        fl!(loader, "column-facts"),
    ]);
    for group in &proof.groups {
        let [permitted, needs_review, improper] = group.verdicts.map(|count| count.to_string());
        table.row([group.combinations.to_string(), permitted, needs_review, improper, group.facts.join(" × ")]);
    }
    table.print(results)?;
    let mut table = Table::new([
        fl!(loader, "column-rule"),
        fl!(loader, "column-verdict"),
        fl!(loader, "column-combinations"),
        fl!(loader, "column-reached"),
    ]);
    for reach in &proof.rows {
        let rule = format!("{} ({})", reach.rule, reach.case);
        table.row([rule, words.terms().verdict(reach.severity), reach.count.to_string(), reach.by.clone()]);
    }
    results.line("")?;
    table.print(results)?;
    results.line("")?;
    proof.faults.iter().try_for_each(|fault| results.line(&words_for(fault, context)))?;
    let (id, combinations, faults) = (proof.rulebook.clone(), proof.combinations.to_string(), proof.faults.len());
    if faults == 0 {
        let groups = proof.groups.len();
        results.line(&fl!(loader, "prove-independent", groups = groups))?;
    }
    results.line(&if faults == 0 {
        fl!(loader, "prove-whole", id = id, combinations = combinations)
    } else {
        fl!(loader, "prove-broken", id = id, combinations = combinations, faults = faults)
    })
}
