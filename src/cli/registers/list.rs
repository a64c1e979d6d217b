//! Entries as a list, a workbook, csv or JSON; an empty workbook to fill in.

use std::path::PathBuf;
use std::sync::Arc;

use auxlog_record::{AuxiliaryId, Date};
use auxlog_registers::table::{Shown, headings, row};
use auxlog_registers::{Called, Dossier, EntryQuery, Field, Reading, Register, json};
use auxlog_sheet::{Book, Layout, Value};
use clap::Args;
use i18n_embed_fl::fl;

use super::{Noted, failure};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::{Results, Table, json_line};
use crate::progress::Bar;
use crate::task_list::{Destination, ListFormat};
use crate::{failed, ledger, outfile, sheet};

/// Which entries, and where their list goes.
#[derive(Debug, Default, Args)]
pub(crate) struct List {
    /// Naming this auxiliary.
    #[arg(long, value_name = "ID")]
    pub(super) person: Option<String>,
    /// Standing here.
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    #[arg(long, value_name = "T")]
    text: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    since: Option<Date>,
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    until: Option<Date>,
    /// Ending within so many days.
    #[arg(long, value_name = "DAYS")]
    due_within: Option<u16>,
    /// Those that were annulled, too.
    #[arg(long)]
    annulled: bool,
    /// What anybody may see of them, alone.
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    to: Destination,
}

/// Where the empty workbook goes.
#[derive(Debug, Args)]
pub(crate) struct Template {
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl List {
    pub(super) fn run(
        &self,
        context: &Context,
        register: &'static Register,
        reading: &dyn Reading,
    ) -> Result<Noted, Failure> {
        let query = EntryQuery {
            person: self.person.as_deref().map(AuxiliaryId::from),
            state: self.state.clone(),
            text: self.text.clone(),
            since: self.since,
            until: self.until,
            due_within: self.due_within,
            annulled: self.annulled,
        };
        let entries = reading.entries(register, &query).map_err(|error| failure(&error, context))?;
        let of = if self.public { Shown::Public } else { Shown::All };
        let bytes = file(context, register, reading, &entries, of, self.to.format)?;
        if let Some(path) = &self.to.output {
            outfile::write(path, &bytes).map_err(|error| Failure::usage(failed::file(path, &error, &context.words)))?;
        } else {
            let mut results = Results::new();
            results.file(&bytes)?;
            results.flush()?;
        }
        let kept = self.to.output.is_some() || self.to.format != ListFormat::Table;
        let subject = format!("register {}", register.key);
        Ok(Noted { exit: Exit::Done, subject, count: entries.len() as u64, kept })
    }
}

fn file(
    context: &Context,
    register: &'static Register,
    reading: &dyn Reading,
    entries: &[Arc<Dossier>],
    of: Shown,
    format: ListFormat,
) -> Result<Vec<u8>, Failure> {
    let (loader, lang) = (context.words.loader(), context.words.lang());
    let state = |entry: &Dossier| context.words.terms().entry_state(entry, reading.today()).into_owned();
    match format {
        ListFormat::Json => {
            let said = |entry: &Arc<Dossier>| match of {
                Shown::Public => json::public(entry, reading.today()),
                Shown::All => json::entry(reading, entry),
            };
            let lines = entries.iter().filter_map(|entry| json_line(&said(entry)).ok());
            Ok(lines.collect::<String>().into_bytes())
        }
        ListFormat::Table => {
            let listed: Vec<&Field> = of.fields(register).filter(|field| !field.unlisted).collect();
            let heads = listed.iter().map(|field| field.name(lang).to_owned());
            let mut table = Table::new(
                [fl!(loader, "register-id")].into_iter().chain(heads).chain([fl!(loader, "register-state")]),
            );
            for entry in entries {
                let cell = |field: &&Field| {
                    entry
                        .data
                        .get(&field.n)
                        .map(|datum| reading.shown_of(entry, field, datum, lang))
                        .unwrap_or_default()
                };
                let state = state(entry);
                let id = entry.id.to_string();
                table.row([id].into_iter().chain(listed.iter().map(cell)).chain([state]));
            }
            Ok(table.render().into_bytes())
        }
        ListFormat::Csv | ListFormat::Xlsx => {
            let (mut columns, called) = (headings(register, of), Called::of(reading));
            let heading = fl!(loader, "register-state");
            columns.push(auxlog_sheet::Column { heading, shape: auxlog_sheet::Shape::Line });
            let bar = Bar::new(&fl!(loader, "progress-rows-written"));
            let rows = (1..).zip(entries).map(|(done, entry)| {
                bar.step(done, entries.len() as u64);
                let mut row = row(entry, of, lang, &|field, id| match field.kind {
                    // By what it is called where that is read in again, and by its number where that is.
                    auxlog_registers::Kind::Entry if !field.by.is_empty() => called.by(field, id),
                    _ => id.to_owned(),
                });
                row.push(state(entry).into());
                row
            });
            if format == ListFormat::Csv {
                return Ok(auxlog_sheet::csv(&columns, rows).into_bytes());
            }
            book(context, register, &columns, rows)
        }
    }
}

fn book(
    context: &Context,
    register: &Register,
    columns: &[auxlog_sheet::Column],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<Vec<u8>, Failure> {
    let layout = Layout { name: register.name(context.words.lang()), title: None, columns, kept: 1 };
    let mut book = Book::new();
    let written = book.sheet(&layout, rows).and_then(|()| book.finish());
    written.map_err(|error| sheet::unwritten(&error, &context.words))
}

impl Template {
    pub(super) fn run(&self, context: &Context, register: &'static Register) -> Result<Exit, Failure> {
        let columns = headings(register, Shown::All);
        let bytes = book(context, register, &columns, [])?;
        let written = outfile::write(&self.output, &bytes);
        written.map_err(|error| Failure::usage(failed::file(&self.output, &error, &context.words)))?;
        Ok(Exit::Done)
    }
}
