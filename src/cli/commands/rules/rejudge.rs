//! `auxlog rules rejudge`: judges every stored task by the rulebook in use, or by one to be tried.

use std::path::PathBuf;

use auxlog_law::RulebookSet;
use auxlog_store::{Reader, Rejudgement};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::progress::Bar;
use crate::{failed, local_rules, verdict};

/// Which rulebook, and whether the new verdicts are recorded.
#[derive(Debug, Args)]
pub(crate) struct Rejudge {
    #[arg(value_name = "FILE", conflicts_with = "record")]
    file: Option<PathBuf>,
    #[arg(long)]
    record: bool,
    #[command(flatten)]
    whose: Whose,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Rejudge {
    /// Lists what changes and why. Exit 0: nothing does · 1: something does.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let tried = match &self.file {
            Some(path) => {
                let layers = local_rules::tried(path, context)?.map(auxlog_law::beside_embedded);
                let set = layers.and_then(|layers| RulebookSet::from_layers(&layers));
                Some(set.map_err(|problems| local_rules::refused(&problems, context))?)
            }
            None => None,
        };
        let rulebooks = tried.as_ref().unwrap_or(context.words.rulebooks());
        let refuse = |error| failed::ledger(&error, &context.words);
        let (judged, changes) = if self.record {
            let ledger = ledger::open(context, &self.whose)?;
            let found = changes(&ledger, rulebooks, context)?;
            let mut recorded = 0;
            for batch in found.1.chunks(BATCH) {
                recorded += ledger.record_rejudged(batch).map_err(refuse)?;
            }
            ledger.close();
            if recorded < found.1.len() {
                let count = found.1.len() - recorded;
                crate::output::tell(&fl!(context.words.loader(), "rejudge-unprovable", count = count));
            }
            found
        } else {
            changes(&ledger::read(context, &self.whose)?, rulebooks, context)?
        };
        let mut results = Results::new();
        for change in &changes {
            match self.format {
                Format::Json => results.json(&json!({
                    "id": change.reference, "seq": change.id.seq, "writer": change.id.writer.to_string(),
                    "from": change.change.from, "to": change.change.to,
                    "gone": verdict::findings(&change.change.gone, &change.people, &context.words),
                    "come": verdict::findings(&change.change.come, &change.people, &context.words),
                    "rulebook": change.verdict.rulebook, "digest": change.verdict.digest,
                }))?,
                Format::Table => show(change, context, &mut results)?,
            }
        }
        results.flush()?;
        let loader = context.words.loader();
        let (judged, count) = (judged.to_string(), changes.len().to_string());
        crate::output::tell(&if self.record {
            fl!(loader, "rejudge-recorded", judged = judged, changed = count)
        } else {
            fl!(loader, "rejudge-listed", judged = judged, changed = count)
        });
        Ok(if changes.is_empty() { Exit::Done } else { Exit::Found })
    }
}

/// New verdicts made durable at once.
const BATCH: usize = 1_000;

fn changes(reader: &Reader, rulebooks: &RulebookSet, context: &Context) -> Result<(u64, Vec<Rejudgement>), Failure> {
    let bar = Bar::new(&fl!(context.words.loader(), "progress-rejudge"));
    let mut changes = Vec::new();
    let judged = reader.rejudge(rulebooks, &|done, all| bar.set(done, all), &mut |change| {
        changes.push(change);
        Ok(())
    });
    bar.clear();
    Ok((judged.map_err(|error| failed::ledger(&error, &context.words))?, changes))
}

fn show(change: &Rejudgement, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let words = &context.words;
    let (from, to) = (words.terms().verdict(change.change.from), words.terms().verdict(change.change.to));
    results.line(&format!("{}  {from} → {to}", change.reference))?;
    for (sign, findings) in [("-", &change.change.gone), ("+", &change.change.come)] {
        for finding in verdict::findings(findings, &change.people, words) {
            results.line(&format!("  {sign} {}  {}", finding.rule, finding.message))?;
        }
    }
    Ok(())
}
