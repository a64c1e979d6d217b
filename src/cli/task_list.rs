//! Lists of tasks as a table, JSON Lines, CSV or a workbook.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use auxlog_law::Severity;
use auxlog_record::{Access, AuxiliaryId, Date};
use auxlog_store::{LedgerError, Reader, TaskQuery, TaskRow};
use clap::{Args, ValueEnum};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Results, Table, unwritten};
use crate::words::Words;
use crate::{ledger, refusal, sheet, terms, verdict};

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Aligned columns.
    Table,
    /// One JSON object a line.
    Json,
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
}

/// Where a list goes.
#[derive(Debug, Args)]
pub(crate) struct Destination {
    /// The form.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub(crate) format: ListFormat,
    /// A file instead of standard output.
    #[arg(short, long, value_name = "FILE", required_if_eq("format", "xlsx"))]
    pub(crate) output: Option<PathBuf>,
}

impl Destination {
    /// Notes who took a list out: what is kept in a file or a file's form at once, what is shown or
    /// handed to another program with other such readings.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub(crate) fn note(&self, ledger: &Reader, subject: &str, count: u64) -> Result<(), LedgerError> {
        if self.output.is_some() || matches!(self.format, ListFormat::Csv | ListFormat::Xlsx) {
            return ledger.note_access(Access::Exported, subject, count);
        }
        let access = if self.format == ListFormat::Table { Access::Read } else { Access::Exported };
        ledger.note_reading(access, subject, count)
    }
}

/// Which tasks.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// Naming this auxiliary.
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// Of this activity, item or article.
    #[arg(long, value_name = "CODE")]
    item: Option<String>,
    /// With this verdict.
    #[arg(long, value_enum)]
    verdict: Option<Judged>,
    /// Done on this day or later.
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    since: Option<Date>,
    /// Done on this day or earlier.
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    until: Option<Date>,
    /// Holding this text.
    #[arg(long, value_name = "T")]
    text: Option<String>,
    /// Of flags, the sample of permitted tasks too.
    #[arg(long)]
    sampled: bool,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    limit: usize,
}

/// [`Severity`] on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Judged {
    Permitted,
    NeedsReview,
    Improper,
}

impl Filter {
    /// The filter as the ledger's question.
    pub(crate) fn query(&self) -> TaskQuery {
        TaskQuery {
            person: self.person.as_deref().map(AuxiliaryId::from),
            item: self.item.clone(),
            verdict: self.verdict.map(|verdict| match verdict {
                Judged::Permitted => Severity::Permitted,
                Judged::NeedsReview => Severity::NeedsReview,
                Judged::Improper => Severity::Improper,
            }),
            since: self.since,
            until: self.until,
            text: self.text.clone(),
            sampled: self.sampled,
            limit: self.limit,
            ..TaskQuery::default()
        }
    }
}

/// What a list's filter is called in the record of who took what out.
pub(crate) fn subject(list: &str, query: &TaskQuery) -> String {
    let part = |name: &str, value: Option<String>| value.map(|value| format!(" {name}={value}"));
    let parts = [
        part("person", query.person.as_ref().map(ToString::to_string)),
        part("officer", query.officer.as_ref().map(ToString::to_string)),
        part("item", query.item.clone()),
        part("verdict", query.verdict.map(|verdict| format!("{verdict:?}"))),
        part("status", query.status.map(|status| format!("{status:?}"))),
        part("since", query.since.map(|day| day.0.to_string())),
        part("until", query.until.map(|day| day.0.to_string())),
        part("place", query.place.clone()),
        part("text", query.text.clone()),
    ];
    format!("{list}{}", parts.into_iter().flatten().collect::<String>())
}

/// Writes `rows` where `to` says.
///
/// # Errors
/// When the file or standard output cannot be written.
pub(crate) fn write(context: &Context, rows: &[TaskRow], to: &Destination) -> Result<(), Failure> {
    let words = &context.words;
    match to.format {
        ListFormat::Xlsx => {
            let path = to.output.as_deref().unwrap_or(Path::new("tasks.xlsx"));
            let sheet = sheet::Sheet { name: fl!(words.loader(), "sheet-tasks"), heading: heading(words) };
            sheet.save(path, rows.iter().map(|row| cells(row, words)), words)
        }
        ListFormat::Csv => {
            let text = sheet::csv(&heading(words), rows.iter().map(|row| cells(row, words)));
            put(context, to, &text)
        }
        ListFormat::Json => {
            let lines: Vec<String> = rows.iter().map(|row| json(row, words).to_string() + "\n").collect();
            put(context, to, &lines.concat())
        }
        ListFormat::Table => {
            let short = [0, 1, 2, 3, 5, 7, 8];
            let pick = |cells: Vec<String>| short.map(|at| cells.get(at).cloned().unwrap_or_default());
            let mut table = Table::new(pick(heading(words)));
            for row in rows {
                table.row(pick(cells(row, words)));
            }
            put(context, to, &table.render())
        }
    }
}

/// `rows` as the bytes of the file `path`; a table is for the screen and no file's form.
///
/// # Errors
/// When there are more rows than a workbook has.
pub(crate) fn file(path: &Path, rows: &[TaskRow], format: ListFormat, words: &Words) -> Result<Vec<u8>, Failure> {
    let all = || rows.iter().map(|row| cells(row, words));
    match format {
        ListFormat::Xlsx => {
            let sheet = sheet::Sheet { name: fl!(words.loader(), "sheet-tasks"), heading: heading(words) };
            sheet.bytes(path, all(), words)
        }
        ListFormat::Csv | ListFormat::Table => Ok(sheet::csv(&heading(words), all()).into_bytes()),
        ListFormat::Json => {
            let lines: Vec<String> = rows.iter().map(|row| json(row, words).to_string() + "\n").collect();
            Ok(lines.concat().into_bytes())
        }
    }
}

fn put(context: &Context, to: &Destination, text: &str) -> Result<(), Failure> {
    if let Some(path) = &to.output {
        return std::fs::write(path, text).map_err(|error| Failure::usage(refusal::file(path, &error, &context.words)));
    }
    let mut results = Results::new();
    results.write_all(text.as_bytes()).map_err(|error| unwritten(&error))?;
    results.flush()
}

/// A task as programs read it.
pub(crate) fn json(row: &TaskRow, words: &Words) -> Value {
    let people: Vec<String> = row.auxiliaries.iter().map(|person| person.id.to_string()).collect();
    let auxiliaries: Vec<Value> =
        row.auxiliaries.iter().map(|person| json!({ "id": person.id, "name": person.name })).collect();
    let officers = row.officers.as_ref().map(|officers| {
        officers.iter().map(|officer| json!({ "id": officer.id, "name": officer.name })).collect::<Vec<_>>()
    });
    json!({
        "id": row.reference, "seq": row.id.seq, "writer": row.id.writer.to_string(), "at": row.at,
        "agency": row.agency, "logged_by": row.logged_by.id, "text": row.text, "items": row.items,
        "mode": row.mode, "presence": row.presence, "auxiliaries": auxiliaries, "officers": officers,
        "place": row.place, "counterpart": row.counterpart, "verdict": row.verdict,
        "findings": verdict::findings(&row.findings, &people, words), "status": row.status, "synced": row.synced,
        "amended": row.amended, "conflict": row.conflict, "sampled": row.sampled, "late": row.late,
        "doubtful": row.doubtful,
        "over_limits": row.over_limits,
    })
}

fn heading(words: &Words) -> Vec<String> {
    let loader = words.loader();
    vec![
        fl!(loader, "column-id"),
        fl!(loader, "column-at"),
        fl!(loader, "column-verdict"),
        fl!(loader, "column-status"),
        fl!(loader, "column-synced"),
        fl!(loader, "column-items"),
        fl!(loader, "column-mode"),
        fl!(loader, "column-auxiliaries"),
        fl!(loader, "column-text"),
        fl!(loader, "column-presence"),
        fl!(loader, "column-officers"),
        fl!(loader, "column-place"),
        fl!(loader, "column-counterpart"),
        fl!(loader, "column-findings"),
        fl!(loader, "column-record"),
    ]
}

fn cells(row: &TaskRow, words: &Words) -> Vec<String> {
    let loader = words.loader();
    let auxiliaries: Vec<String> =
        row.auxiliaries.iter().map(|p| p.name.clone().unwrap_or_else(|| p.id.to_string())).collect();
    let officers = match &row.officers {
        Some(officers) => officers.iter().map(|o| o.name.clone().unwrap_or_else(|| o.id.to_string())).collect(),
        None => vec![fl!(loader, "unstated")],
    };
    let rules: Vec<&str> = row.findings.iter().map(|finding| finding.rule.as_str()).collect();
    vec![
        row.reference.clone(),
        row.at.0.format("%Y-%m-%d %H:%M").to_string(),
        terms::verdict(row.verdict, words),
        standing(row, words),
        if row.synced { fl!(loader, "yes") } else { fl!(loader, "no") },
        row.items.join(" "),
        terms::mode(row.mode, words),
        auxiliaries.join(words.comma()),
        row.text.clone(),
        terms::presence(row.presence, words),
        officers.join(words.comma()),
        row.place.clone().unwrap_or_default(),
        row.counterpart.clone().unwrap_or_default(),
        rules.join(" "),
        row.id.to_string(),
    ]
}

/// Where a task stands, and what is to be known of its time.
fn standing(row: &TaskRow, words: &Words) -> String {
    let loader = words.loader();
    let mut status = terms::status(row.status, words);
    if row.late {
        status = fl!(loader, "status-late", status = status);
    }
    if row.doubtful {
        status = fl!(loader, "status-doubtful", status = status);
    }
    status
}
