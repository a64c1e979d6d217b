//! `auxlog verify`: re-checks every record's hash, chain and signature, and the store against them.

use std::path::{Path, PathBuf};

use auxlog_law::Rulebook;
use auxlog_record::evidence::Evidence;
use auxlog_record::fold::{AttachmentView, TaskView};
use auxlog_store::Whole;
use clap::Args;
use i18n_embed_fl::fl;
use serde::Serialize;
use serde_json::json;

use crate::attachments::{self, Standing};
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::progress::Bar;
use crate::refusal;

/// What to verify.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// An evidence bundle, checked by itself; without one the data directory is verified.
    file: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
    /// The form of the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// What was found of an attachment's file beside a bundle.
#[derive(Debug, Serialize)]
struct Found {
    name: String,
    sha256: String,
    state: Standing,
}

/// Compares the files beside a bundle with its records.
fn beside(bundle: &Path, task: &TaskView) -> Vec<Found> {
    let dir = attachments::beside(bundle);
    let found = |(place, view): (usize, &AttachmentView)| Found {
        name: view.attachment.name.clone(),
        sha256: view.attachment.sha256.to_string(),
        state: attachments::standing(&dir, place, &view.attachment),
    };
    task.attachments.iter().enumerate().map(found).collect()
}

impl Verify {
    /// Exit 0: whole · 1: names the first record that is not.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        if let Some(file) = &self.file {
            return self.bundle(context, file);
        }
        let loader = context.words.loader();
        let ledger = ledger::read(context, &self.whose)?;
        let bar = Bar::new(fl!(loader, "progress-verify"));
        let whole =
            ledger.verify(&|done, all| bar.set(done, all)).map_err(|error| refusal::ledger(&error, &context.words))?;
        bar.clear();

        let mut results = Results::new();
        let exit = match whole {
            Whole::Yes { records } => {
                match self.format {
                    Format::Json => results.json(&json!({ "whole": true, "records": records }))?,
                    Format::Table => results.line(&fl!(loader, "verify-whole", records = records))?,
                }
                Exit::Done
            }
            Whole::No { id, place, problem } => {
                let id = id.map(|id| id.to_string());
                match self.format {
                    Format::Json => {
                        results.json(&json!({ "whole": false, "record": id, "place": place, "problem": problem }))?;
                    }
                    Format::Table => {
                        let record = id.unwrap_or_else(|| fl!(loader, "verify-unnamed"));
                        results.line(&fl!(loader, "verify-broken", record = record, place = place, why = problem))?;
                    }
                }
                Exit::Found
            }
        };
        results.flush()?;
        Ok(exit)
    }

    /// Checks a bundle on any machine, with no data directory.
    fn bundle(&self, context: &Context, file: &Path) -> Outcome {
        let loader = context.words.loader();
        let unreadable = |source| Failure::usage(refusal::file(file, &source, &context.words));
        let bytes = std::fs::read(file).map_err(unreadable)?;
        let checked = String::from_utf8(bytes)
            .map_err(|error| error.to_string())
            .and_then(|text| Evidence::read(&text).map_err(|error| error.to_string()))
            .and_then(|sealed| sealed.check(Rulebook::embedded()).map_err(|error| error.to_string()));
        let mut results = Results::new();
        let exit = match checked {
            Ok(checked) => {
                let files = beside(file, &checked.task);
                let (id, by) = (checked.task.original.id, checked.exporter.opened);
                let altered = files.iter().any(|found| found.state == Standing::Altered);
                match self.format {
                    Format::Json => results.json(&json!({
                        "whole": !altered, "task": id, "records": checked.records, "exporter": by.officer,
                        "provisions_compared": checked.provisions_compared, "attachments": files,
                    }))?,
                    Format::Table => {
                        let (name, officer) = (by.officer_name, by.officer.to_string());
                        let count = checked.records;
                        results.line(&fl!(
                            loader,
                            "verify-bundle",
                            id = id,
                            records = count,
                            name = name,
                            officer = officer
                        ))?;
                        if !checked.provisions_compared {
                            results.line(&fl!(loader, "verify-bundle-other-rulebook"))?;
                        }
                        for found in files {
                            let name = found.name;
                            results.line(&match found.state {
                                Standing::Whole => fl!(loader, "verify-attachment-whole", name = name),
                                Standing::Altered => fl!(loader, "verify-attachment-altered", name = name),
                                Standing::Absent => fl!(loader, "verify-attachment-absent", name = name),
                            })?;
                        }
                    }
                }
                if altered { Exit::Found } else { Exit::Done }
            }
            Err(problem) => {
                match self.format {
                    Format::Json => results.json(&json!({ "whole": false, "problem": problem }))?,
                    Format::Table => results.line(&fl!(loader, "verify-bundle-broken", why = problem))?,
                }
                Exit::Found
            }
        };
        results.flush()?;
        Ok(exit)
    }
}
