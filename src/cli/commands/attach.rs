//! `auxlog attach`: photos and documents of a task: attached, listed, saved.

use std::path::{Path, PathBuf};

use auxlog_record::{Access, RecordId};
use auxlog_store::{AttachmentRow, Ledger, Reader};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::attachments::{save, size, told};
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::ledger::{self, Whose};
use crate::output::{Format, Results, Table};
use crate::words::Words;

/// Which task, which files.
#[derive(Debug, Args)]
pub(crate) struct Attach {
    #[arg(value_name = "TASK")]
    task: String,
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "TEXT", requires = "files")]
    note: Option<String>,
    #[arg(long, value_name = "DIR", conflicts_with = "files")]
    save: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Attach {
    /// Attaches, lists or saves.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let words = &context.words;
        let rows = if let Some(dir) = &self.save {
            let ledger = ledger::open(context, &self.whose)?;
            let rows = self.saved(&ledger, dir, words)?;
            ledger.close();
            rows
        } else if self.files.is_empty() {
            let reader = ledger::read(context, &self.whose)?;
            let task = self.target(&reader, words)?;
            let rows = reader.attachments(task).map_err(|error| failed::ledger(&error, words))?;
            if !rows.is_empty() {
                let subject = format!("attachments of {}", self.task);
                failed::unnoted(reader.note_reading(Access::Read, &subject, rows.len() as u64), words);
            }
            rows
        } else {
            let ledger = ledger::open(context, &self.whose)?;
            let rows = self.attached(&ledger, words)?;
            ledger.close();
            rows
        };
        let mut results = Results::new();
        match self.format {
            Format::Json => rows.iter().try_for_each(|row| results.json(&line(row)))?,
            Format::Table => table(&rows, words).print(&mut results)?,
        }
        results.flush()?;
        Ok(Exit::Done)
    }

    fn target(&self, reader: &Reader, words: &Words) -> Result<RecordId, Failure> {
        let found = reader.find(&self.task).map_err(|error| failed::ledger(&error, words))?;
        found.ok_or_else(|| Failure::usage(fl!(words.loader(), "ledger-no-task", id = self.task.clone())))
    }

    /// Each file is durable before it is attached; those attached before a refusal stay.
    fn attached(&self, ledger: &Ledger, words: &Words) -> Result<Vec<AttachmentRow>, Failure> {
        let refuse = |error| failed::ledger(&error, words);
        let task = self.target(ledger, words)?;
        let mut records = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let staged = ledger.stage(file).map_err(refuse)?;
            records.push(ledger.attach(task, &staged, self.note.as_deref()).map_err(refuse)?);
        }
        let all = ledger.attachments(task).map_err(refuse)?;
        Ok(all.into_iter().filter(|row| records.contains(&row.view.record)).collect())
    }

    /// What leaves the store is noted, before it does.
    fn saved(&self, ledger: &Ledger, dir: &Path, words: &Words) -> Result<Vec<AttachmentRow>, Failure> {
        let refuse = |error| failed::ledger(&error, words);
        let task = self.target(ledger, words)?;
        let rows = ledger.attachments(task).map_err(refuse)?;
        ledger
            .record_access(Access::Exported, &format!("attachments of {}", self.task), rows.len() as u64)
            .map_err(refuse)?;
        save(ledger, &rows, dir, words)?;
        Ok(rows)
    }
}

fn line(row: &AttachmentRow) -> Value {
    let attachment = &row.view.attachment;
    let preview = attachment.preview.clone().unwrap_or_default();
    json!({
        "record": row.view.record.to_string(), "name": attachment.name, "sha256": attachment.sha256.to_string(),
        "size": attachment.size, "media_type": attachment.media_type, "note": attachment.note,
        "preview": preview, "here": row.here, "by": row.view.author.officer,
    })
}

fn table(rows: &[AttachmentRow], words: &Words) -> Table {
    let loader = words.loader();
    let mut table = Table::new([
        fl!(loader, "attach-name"),
        fl!(loader, "attach-kind"),
        fl!(loader, "attach-size"),
        fl!(loader, "attach-preview"),
        fl!(loader, "attach-note"),
        fl!(loader, "attach-hash"),
    ]);
    for row in rows {
        let attachment = &row.view.attachment;
        let size = if row.here { size(attachment.size) } else { fl!(loader, "attach-elsewhere") };
        let preview = attachment.preview.as_ref().map(|preview| told(preview, words)).unwrap_or_default();
        table.row([
            attachment.name.clone(),
            attachment.media_type.clone(),
            size,
            preview,
            attachment.note.clone().unwrap_or_default(),
            attachment.sha256.to_string(),
        ]);
    }
    table
}
