//! Lists of tasks as a table, JSON Lines, CSV or a workbook.

use std::path::PathBuf;

use auxlog_i18n::Place;
use auxlog_law::Severity;
use auxlog_record::{Access, AuxiliaryId, Date, Shape, TaskField, Value as Stated};
use auxlog_sheet::{Book, Layout, Value as Cell};
use auxlog_store::{LedgerError, Reader, TaskQuery, TaskRow};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Format, Results, Table, json_line};
use crate::words::Words;
use crate::{failed, ledger, outfile, sheet, verdict};

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ListFormat {
    #[default]
    Table,
    Json,
    Csv,
    Xlsx,
}

/// Reads the form of what is no list: for people, or for programs.
pub(crate) fn plain_form() -> impl TypedValueParser<Value = ListFormat> {
    let read = |name: String| if name == "json" { ListFormat::Json } else { ListFormat::Table };
    PossibleValuesParser::new(["table", "json"]).map(read)
}

impl From<ListFormat> for Format {
    fn from(form: ListFormat) -> Self {
        if form == ListFormat::Json { Self::Json } else { Self::Table }
    }
}

/// Where a list goes.
#[derive(Debug, Default, Args)]
pub(crate) struct Destination {
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub(crate) format: ListFormat,
    #[arg(short, long, value_name = "FILE", required_if_eq("format", "xlsx"))]
    pub(crate) output: Option<PathBuf>,
}

impl Destination {
    /// Notes who took a list out: what is kept in a file or a file's form at once, what is shown or
    /// handed to another program with other such readings.
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
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    #[arg(long, value_name = "CODE")]
    item: Option<String>,
    #[arg(long, value_enum)]
    verdict: Option<Judged>,
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    since: Option<Date>,
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    until: Option<Date>,
    #[arg(long, value_name = "T")]
    text: Option<String>,
    #[arg(long)]
    sampled: bool,
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
pub(crate) fn write(context: &Context, rows: &[TaskRow], to: &Destination) -> Result<(), Failure> {
    let words = &context.words;
    match to.format {
        ListFormat::Table => {
            let columns = Column::of_table();
            let mut table = Table::new(columns.iter().map(|column| column.heading(words)));
            for row in rows {
                table.row(columns.iter().map(|column| column.cell(row, words).to_string()));
            }
            put(context, to, table.render().as_bytes())
        }
        format => put(context, to, &file(rows, format, words)?),
    }
}

/// `rows` as a file's bytes; a table is for the screen and no file's form.
pub(crate) fn file(rows: &[TaskRow], format: ListFormat, words: &Words) -> Result<Vec<u8>, Failure> {
    let all = || rows.iter().map(|row| cells(row, words));
    match format {
        ListFormat::Xlsx => {
            let (name, columns) = (fl!(words.loader(), "sheet-tasks"), columns(words));
            let layout = Layout { name: &name, title: None, columns: &columns, kept: 1 };
            let mut book = Book::new();
            let written = book.sheet(&layout, all()).and_then(|()| book.finish());
            written.map_err(|error| sheet::unwritten(&error, words))
        }
        ListFormat::Csv | ListFormat::Table => Ok(auxlog_sheet::csv(&columns(words), all()).into_bytes()),
        ListFormat::Json => {
            let lines: Vec<String> = rows.iter().filter_map(|row| json_line(&json(row, words)).ok()).collect();
            Ok(lines.concat().into_bytes())
        }
    }
}

fn put(context: &Context, to: &Destination, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(path) = &to.output {
        return outfile::write(path, bytes).map_err(|error| Failure::usage(failed::file(path, &error, &context.words)));
    }
    let mut results = Results::new();
    results.file(bytes)?;
    results.flush()
}

/// A task as programs read it.
pub(crate) fn json(row: &TaskRow, words: &Words) -> Value {
    let people: Vec<String> = row.auxiliaries.iter().map(|person| person.id.to_string()).collect();
    let named = |id: Value, name: &Option<String>| json!({ "id": id, "name": name });
    let mut told = json!({
        "id": row.reference, "seq": row.id.seq, "writer": row.id.writer.to_string(), "logged_by": row.logged_by.id,
        "verdict": row.verdict, "findings": verdict::findings(&row.findings, &people, words), "status": row.status,
        "synced": row.synced, "amended": row.amended, "conflict": row.conflict, "sampled": row.sampled,
        "late": row.late, "doubtful": row.doubtful, "over_limits": row.over_limits,
    });
    let stated = json!(row.task);
    for field in TaskField::ALL {
        told[field.name()] = match field.shape() {
            Shape::Text => json!(row.task.text.as_deref().unwrap_or_default()),
            Shape::Officers => json!(row.officers.as_ref().map(|officers| {
                officers.iter().map(|officer| named(json!(officer.id), &officer.name)).collect::<Vec<_>>()
            })),
            Shape::Auxiliaries => row.auxiliaries.iter().map(|person| named(json!(person.id), &person.name)).collect(),
            _ => stated.get(field.name()).cloned().unwrap_or_default(),
        };
    }
    told
}

/// A column of a list.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Reference,
    Field(TaskField),
    Verdict,
    Status,
    Synced,
    Findings,
    Record,
}

impl Column {
    /// The order in which files have had their columns from the beginning; other fields follow.
    const FIRST: [Self; 15] = [
        Self::Reference,
        Self::Field(TaskField::At),
        Self::Verdict,
        Self::Status,
        Self::Synced,
        Self::Field(TaskField::Items),
        Self::Field(TaskField::Mode),
        Self::Field(TaskField::Auxiliaries),
        Self::Field(TaskField::Text),
        Self::Field(TaskField::Presence),
        Self::Field(TaskField::Officers),
        Self::Field(TaskField::Place),
        Self::Field(TaskField::Counterpart),
        Self::Findings,
        Self::Record,
    ];

    fn all() -> Vec<Self> {
        let fields = TaskField::ALL.iter().map(|&field| Self::Field(field));
        Self::FIRST.into_iter().chain(fields.filter(|field| !Self::FIRST.contains(field))).collect()
    }

    /// Those of a table, which has one line for a task.
    fn of_table() -> Vec<Self> {
        let short = |column: &Self| match column {
            Self::Reference | Self::Verdict | Self::Status => true,
            Self::Field(field) => field.is_listed(),
            Self::Synced | Self::Findings | Self::Record => false,
        };
        Self::all().into_iter().filter(short).collect()
    }

    fn heading(self, words: &Words) -> String {
        let loader = words.loader();
        match self {
            Self::Reference => fl!(loader, "column-id"),
            Self::Field(field) => words.terms().label(field),
            Self::Verdict => fl!(loader, "column-verdict"),
            Self::Status => fl!(loader, "column-status"),
            Self::Synced => fl!(loader, "column-synced"),
            Self::Findings => fl!(loader, "column-findings"),
            Self::Record => fl!(loader, "column-record"),
        }
    }

    /// What stands in it in a file: times as times, all else as text.
    fn shape(self) -> auxlog_sheet::Shape {
        match self {
            Self::Field(field) if field.shape() == Shape::Moment => auxlog_sheet::Shape::Time,
            _ => auxlog_sheet::Shape::Text,
        }
    }

    fn cell(self, row: &TaskRow, words: &Words) -> Cell {
        match self {
            Self::Reference => row.reference.clone(),
            Self::Field(field) => match row.task.value(field) {
                Stated::Moment(at) => return Cell::Time(at.0.naive_local()),
                _ => words.terms().value(&row.task, field, Place::List, row, words.rulebook()),
            },
            Self::Verdict => words.terms().verdict(row.verdict),
            Self::Status => standing(row, words),
            Self::Synced if row.synced => fl!(words.loader(), "yes"),
            Self::Synced => fl!(words.loader(), "no"),
            Self::Findings => row.findings.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>().join(" "),
            Self::Record => row.id.to_string(),
        }
        .into()
    }
}

/// The columns of a file.
fn columns(words: &Words) -> Vec<auxlog_sheet::Column> {
    let written = |column: Column| auxlog_sheet::Column { heading: column.heading(words), shape: column.shape() };
    Column::all().into_iter().map(written).collect()
}

fn cells(row: &TaskRow, words: &Words) -> Vec<Cell> {
    Column::all().into_iter().map(|column| column.cell(row, words)).collect()
}

/// Where a task stands, and what is to be known of its time.
fn standing(row: &TaskRow, words: &Words) -> String {
    let loader = words.loader();
    let mut status = words.terms().status(row.status);
    if row.late {
        status = fl!(loader, "status-late", status = status);
    }
    if row.doubtful {
        status = fl!(loader, "status-doubtful", status = status);
    }
    status
}
