//! An entry with everything known about it.

use std::sync::Arc;

use auxlog_record::Moment;
use auxlog_registers::{Dossier, Reading, Register, json, rules};
use chrono::TimeZone as _;
use clap::Args;
use i18n_embed_fl::fl;

use super::Noted;
use super::make::named;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::{Format, Results, Table};
use crate::task_list::{ListFormat, plain_form};

/// Which entry, and in which form.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[arg(value_name = "ENTRY")]
    pub(super) entry: String,
    /// With what is sealed to the server's key.
    #[arg(long)]
    pub(super) sealed: bool,
    #[arg(long, value_parser = plain_form(), default_value = "table")]
    format: ListFormat,
}

impl Show {
    pub(super) fn run(
        &self,
        context: &Context,
        register: &'static Register,
        reading: &dyn Reading,
    ) -> Result<Noted, Failure> {
        let mut entry = named(context, register, reading, &self.entry)?;
        if self.sealed {
            let nowhere = || Failure::usage(fl!(context.words.loader(), "register-sealed-not-here"));
            entry = Arc::new(reading.opened(&entry).ok_or_else(nowhere)?);
        }
        let mut results = Results::new();
        match self.format.into() {
            Format::Json => results.json(&json::entry(reading, &entry))?,
            Format::Table => table(context, reading, &entry).print(&mut results)?,
        }
        results.flush()?;
        let subject = format!("register {} {}", register.key, entry.id);
        Ok(Noted { exit: Exit::Done, subject, count: 1, kept: self.format == ListFormat::Json })
    }
}

fn table(context: &Context, reading: &dyn Reading, entry: &Dossier) -> Table {
    let (loader, lang) = (context.words.loader(), context.words.lang());
    let mut table = Table::default();
    table.row([entry.register.name(lang).to_owned(), reading.title(entry, lang)]);
    table.row([fl!(loader, "register-id"), entry.id.to_string()]);
    let state = context.words.terms().entry_state(entry, reading.today()).into_owned();
    table.row([fl!(loader, "register-state"), state]);
    for field in &entry.register.fields {
        if let Some(datum) = entry.data.get(&field.n) {
            table.row([field.name(lang).to_owned(), reading.shown_of(entry, field, datum, lang)]);
        }
    }
    for due in reading.due(entry) {
        table.row([fl!(loader, "register-due"), format!("{} {}", due.day.0, due.what.of(lang))]);
    }
    if let Some(reason) = &entry.reason {
        table.row([fl!(loader, "register-reason"), reason.clone()]);
    }
    table.row([fl!(loader, "register-made-by"), by(&entry.author.name, &entry.author.officer.0, entry.wall_ms)]);
    for taken in &entry.taken {
        let said = |field: &auxlog_registers::Field| {
            Some(format!(" {} {}", field.name(lang), reading.shown_of(entry, field, taken.data.get(&field.n)?, lang)))
        };
        let said: String = taken.step.fields.iter().filter_map(said).collect();
        let reason = taken.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
        let who = by(&taken.author.name, &taken.author.officer.0, taken.wall_ms);
        table.row([taken.step.name(lang).to_owned(), format!("{who}{said}{reason}")]);
    }
    let person = entry.persons().first().map(|person| {
        let roster = reading.roster();
        roster.auxiliaries.get(person).map_or_else(|| person.to_string(), |row| row.name.clone())
    });
    for finding in rules::findings(reading, entry, reading.today()) {
        let told = context.words.terms().entry_finding(&entry.register.key, &finding, person.as_deref());
        table.row([context.words.terms().verdict(finding.severity), told.unwrap_or(finding.rule)]);
    }
    for annulled in &entry.annulled {
        table.row([fl!(loader, "register-is-annulled"), annulled.reason.clone()]);
    }
    for conflict in &entry.conflicts {
        let field = entry.register.field(&conflict.field).map_or(conflict.field.as_str(), |field| field.name(lang));
        table.row([fl!(loader, "register-conflict"), field.to_owned()]);
    }
    for (record, why) in &entry.void {
        table.row([fl!(loader, "register-void"), format!("{record} {}", context.words.terms().entry_closed(why))]);
    }
    table
}

fn by(name: &str, officer: &str, wall_ms: i64) -> String {
    let at = auxlog_record::china().timestamp_millis_opt(wall_ms).single().map(Moment);
    let at = at.map(|at| at.0.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    [name, officer, &at].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
