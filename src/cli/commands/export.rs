//! `auxlog export --evidence`: a task's evidence in one file.

use std::path::PathBuf;

use auxlog_record::evidence::Evidence;
use auxlog_record::{Access, RecordId};
use auxlog_store::{Ledger, LedgerError, OpenError, Reader};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results, tell};
use crate::{attachments, evidence_page, failed, outfile, server_proofs};

/// What to export, and where to.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[arg(long, value_name = "TASK")]
    evidence: String,
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    whose: Whose,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Export {
    /// Writes the bundle. That it was taken out is recorded; by the instance that is writing, where
    /// there is one.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let loader = context.words.loader();
        let dir = ledger::there(context, &self.whose)?;
        let passphrase = context.passphrase()?;
        let opened = Ledger::open(&dir, self.whose.officer().as_ref(), &passphrase, ledger::options(context));
        let records = match opened {
            Ok(ledger) => {
                // Before anything leaves: what was begun is on record, whatever becomes of it.
                let noted = ledger.record_access(Access::Exported, &self.evidence, 1);
                noted.map_err(|error| failed::ledger(&error, &context.words))?;
                let written =
                    self.write(context, &ledger, |task| server_proofs::prove_all(&ledger, task, &context.words))?;
                ledger.close();
                written
            }
            // Somebody else writes here, or nobody can.
            Err(error) if matches!(error, OpenError::Locked { .. }) || failed::is_not_writable(&error) => {
                let reader = ledger::read_with(context, &dir, &self.whose, &passphrase)?;
                failed::unnoted(reader.note_access(Access::Exported, &self.evidence, 1), &context.words);
                self.write(context, &reader, |task| Ok((server_proofs::receipts(&reader, task)?, None)))?
            }
            Err(error) => return Err(failed::open(&error, &context.words)),
        };
        let file = self.output.display().to_string();
        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({ "file": file, "records": records }))?,
            Format::Table => results.line(&fl!(loader, "export-done", file = file, records = records))?,
        }
        results.flush()?;
        Ok(Exit::Done)
    }

    /// Gives the number of records in the bundle. `gather` makes it with what the server vouches for,
    /// and says why that is not in it where it should be.
    fn write(
        &self,
        context: &Context,
        reader: &Reader,
        gather: impl FnOnce(RecordId) -> Result<(Evidence, Option<String>), LedgerError>,
    ) -> Result<usize, Failure> {
        let words = &context.words;
        let refuse = |error| failed::ledger(&error, words);
        let none = || Failure::usage(fl!(words.loader(), "ledger-no-task", id = self.evidence.clone()));
        let task = reader.find(&self.evidence).map_err(refuse)?.ok_or_else(none)?;
        let (mut evidence, unproven) = gather(task).map_err(refuse)?;
        if let Some(why) = unproven {
            tell(&fl!(words.loader(), "export-unproven", why = why));
        }
        let page = evidence_page::written(&mut evidence, &attachments::beside(&self.output), words)
            .map_err(|error| Failure::new(Exit::Damaged, words.reason(&error)))?;
        let file = reader.seal_evidence(&evidence, &page).map_err(refuse)?;
        outfile::write(&self.output, file.as_bytes())
            .map_err(|source| Failure::new(Exit::Found, failed::file(&self.output, &source, words)))?;
        let attached = reader.attachments(task).map_err(refuse)?;
        for name in attachments::save(reader, &attached, &attachments::beside(&self.output), words)? {
            tell(&fl!(words.loader(), "export-attachment-elsewhere", name = name));
        }
        Ok(evidence.chains.iter().map(Vec::len).sum())
    }
}
