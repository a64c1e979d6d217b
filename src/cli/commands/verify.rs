//! `auxlog verify`: re-checks every record's hash, chain and signature, and the store against them.

use std::path::{Path, PathBuf};

use auxlog_record::fold::{AttachmentView, TaskView};
use auxlog_store::{Flaw, Whole};
use clap::Args;
use i18n_embed_fl::fl;
use serde::Serialize;
use serde_json::{Value, json};

use crate::attachments::{self, FileState};
use crate::bundle::{self, Bundle, KeyArgs, Signatory, Unknown};
use crate::clocks::Clocks;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::progress::Bar;
use crate::server_proofs::{self, NotWhole};
use crate::words::Words;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    file: Option<PathBuf>,
    #[command(flatten)]
    trusted: KeyArgs,
    #[command(flatten)]
    whose: Whose,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// What was found of an attachment's file beside a bundle.
#[derive(Debug, Serialize)]
struct Found {
    name: String,
    sha256: String,
    state: FileState,
}

/// Compares the files beside a bundle with its records.
fn beside(bundle: &Path, task: &TaskView) -> Vec<Found> {
    let dir = attachments::beside(bundle);
    let found = |(place, view): (usize, &AttachmentView)| Found {
        name: view.attachment.name.clone(),
        sha256: view.attachment.sha256.to_string(),
        state: attachments::file_state(&dir, place, &view.attachment),
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
        let bar = Bar::new(&fl!(loader, "progress-verify"));
        let whole =
            ledger.verify(&|done, all| bar.set(done, all)).map_err(|error| failed::ledger(&error, &context.words))?;
        bar.clear();
        let clocks = match Clocks::of(&ledger) {
            Ok(clocks) => clocks,
            // What is damaged is the answer; what it took of the clocks is not told besides.
            Err(_) if matches!(whole, Whole::No { .. }) => Clocks::default(),
            Err(error) => return Err(failed::ledger(&error, &context.words)),
        };
        let (jumps, offsets) = clocks.json();

        let mut results = Results::new();
        let exit = match whole {
            Whole::Yes { records } => {
                match self.format {
                    Format::Json => {
                        results.json(&json!({ "whole": true, "records": records, "clock_jumps": jumps, "clock_offsets": offsets }))?;
                    }
                    Format::Table => results.line(&fl!(loader, "verify-whole", records = records))?,
                }
                Exit::Done
            }
            Whole::No { id, place, problem } => {
                let id = id.map(|id| id.to_string());
                match self.format {
                    Format::Json => {
                        results.json(&json!({
                            "whole": false, "record": id, "place": place.to_string(), "problem": problem.to_string(),
                            "clock_jumps": jumps, "clock_offsets": offsets,
                        }))?;
                    }
                    Format::Table => {
                        let record = id.unwrap_or_else(|| fl!(loader, "verify-unnamed"));
                        let why = context.words.reason(&problem);
                        // Damage says itself where it is.
                        results.line(&if let Flaw::Damage(_) = problem {
                            fl!(loader, "verify-damaged", record = record, why = why)
                        } else {
                            let place = context.words.terms().spot(&place);
                            fl!(loader, "verify-broken", record = record, place = place, why = why)
                        })?;
                    }
                }
                Exit::Found
            }
        };
        if self.format == Format::Table {
            for line in clocks.lines(&context.words) {
                results.line(&line)?;
            }
        }
        results.flush()?;
        Ok(exit)
    }

    /// Checks a bundle on any machine, with no data directory.
    fn bundle(&self, context: &Context, file: &Path) -> Outcome {
        let loader = context.words.loader();
        let unreadable = |source| Failure::usage(failed::file(file, &source, &context.words));
        let bytes = std::fs::read(file).map_err(unreadable)?;
        let trusted = self.trusted.keys(&context.words)?;
        let checked = bundle::check(&bytes, &trusted, context.words.rulebooks());
        let mut results = Results::new();
        let exit = match checked {
            Ok(found) => {
                let files = beside(file, &found.checked.task);
                let altered = files.iter().any(|found| found.state == FileState::Altered);
                match self.format {
                    Format::Json => results.json(&bundle_json(&found, !altered, &files))?,
                    Format::Table => bundle_lines(&found, files, &context.words, &mut results)?,
                }
                if altered || found.unknown.is_some() { Exit::Found } else { Exit::Done }
            }
            Err(problem) => {
                match self.format {
                    Format::Json => results.json(&json!({ "whole": false, "problem": problem.to_string() }))?,
                    Format::Table => {
                        let why = match problem {
                            NotWhole::OtherServer(key) => fl!(loader, "verify-server-other", key = key),
                            NotWhole::Bundle(error) => context.words.reason(&error),
                            NotWhole::Server(error) => context.words.reason(&error),
                            NotWhole::Servers => fl!(loader, "verify-servers"),
                            NotWhole::Page => fl!(loader, "verify-page-other"),
                            NotWhole::NewerPage(number) => {
                                fl!(loader, "verify-page-newer", number = number.to_string())
                            }
                        };
                        results.line(&fl!(loader, "verify-bundle-broken", why = why))?;
                    }
                }
                Exit::Found
            }
        };
        results.flush()?;
        Ok(exit)
    }
}

fn bundle_json(found: &Bundle, whole: bool, files: &[Found]) -> Value {
    let checked = &found.checked;
    let writer = |who: &Signatory| {
        json!({
            "writer": who.writer.to_string(), "officer": who.officer, "name": who.name, "key": who.key,
            "certified": who.certified,
        })
    };
    json!({
        "whole": whole, "task": checked.task.original().id, "records": checked.records,
        "exporter": found.exporter.officer, "provisions_compared": checked.provisions_compared, "attachments": files,
        "servers": found.vouched.iter().map(server_proofs::json).collect::<Vec<_>>(),
        "vouched": found.unknown.is_none(), "unknown": found.unknown.as_ref().map(Unknown::name),
        "writers": found.writers.iter().map(writer).collect::<Vec<_>>(), "exported_by": writer(&found.exporter),
    })
}

fn bundle_lines(found: &Bundle, files: Vec<Found>, words: &Words, results: &mut Results) -> Result<(), Failure> {
    let loader = words.loader();
    // First of all whether anybody is known to stand behind it.
    if let Some(unknown) = &found.unknown {
        let why = match unknown {
            Unknown::NoKey => fl!(loader, "verify-nobody-no-key"),
            Unknown::OtherKeys => fl!(loader, "verify-nobody-other-keys"),
            Unknown::Incomplete => fl!(loader, "verify-nobody-incomplete"),
            Unknown::NotLogged(count) => {
                let count: usize = *count;
                fl!(loader, "verify-nobody-not-logged", count = count)
            }
            Unknown::Uncertified(writer) => fl!(loader, "verify-nobody-uncertified", writer = writer.to_string()),
        };
        results.line(&fl!(loader, "verify-nobody", why = why))?;
    }
    let checked = &found.checked;
    let (name, officer) = (found.exporter.name.clone(), found.exporter.officer.to_string());
    let (id, records) = (checked.task.original().id.clone(), checked.records);
    results.line(&fl!(loader, "verify-bundle", id = id, records = records, name = name, officer = officer))?;
    if !checked.provisions_compared {
        results.line(&fl!(loader, "verify-bundle-other-rulebook"))?;
    }
    for server in &found.vouched {
        results.line(&server_proofs::line(server, words))?;
        if server.known.is_some() {
            results.line(&fl!(loader, "verify-all"))?;
        }
    }
    if found.vouched.is_empty() {
        results.line(&fl!(loader, "verify-server-none"))?;
    }
    let who = |who: &Signatory| {
        let certified = if who.certified { "yes" } else { "no" };
        let (name, officer) = (who.name.clone(), who.officer.to_string());
        fl!(loader, "verify-writer", name = name, officer = officer, key = who.key.clone(), certified = certified)
    };
    for writer in &found.writers {
        results.line(&who(writer))?;
    }
    results.line(&fl!(loader, "verify-exporter", who = who(&found.exporter)))?;
    for found in files {
        let name = found.name;
        results.line(&match found.state {
            FileState::Whole => fl!(loader, "verify-attachment-whole", name = name),
            FileState::Altered => fl!(loader, "verify-attachment-altered", name = name),
            FileState::Absent => fl!(loader, "verify-attachment-absent", name = name),
        })?;
    }
    Ok(())
}
