//! `auxlog roster`: the people, listed, imported, and a template for agencies to fill in.

use std::path::{Path, PathBuf};

use auxlog_law::Status;
use auxlog_store::roster::{csv_text, template, workbook};
use auxlog_store::{OfficerRow, PersonRow, Reader, Service};
use clap::{Args, Subcommand};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Results, Table, json_line, tell};
use crate::task_list::{Destination, ListFormat};
use crate::words::Words;
use crate::{failed, roster_file, sheet};

/// Lists the roster, or does what a subcommand says.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Roster {
    #[command(subcommand)]
    command: Option<RosterCommand>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum RosterCommand {
    Import(Import),
    Template(Template),
}

/// Who is listed, and where the list goes.
#[derive(Debug, Args)]
struct List {
    #[arg(long, value_name = "T", default_value = "", hide_default_value = true)]
    search: String,
    #[command(flatten)]
    to: Destination,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
struct Import {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
struct Template {
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Roster {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        match &self.command {
            None => self.list.run(context),
            Some(RosterCommand::Import(import)) => import.run(context),
            Some(RosterCommand::Template(to)) => {
                let book = template().map_err(|error| sheet::unwritten(&error, &context.words))?;
                save(&to.output, &book, &context.words)?;
                Ok(Exit::Done)
            }
        }
    }
}

impl Import {
    fn run(&self, context: &Context) -> Outcome {
        let ledger = ledger::open(context, &self.whose)?;
        let agency = ledger.identity().agency.clone();
        let agencies = ledger.roster().agencies.values().cloned().collect();
        let import = roster_file::read(&self.file, agencies, Some(agency), &context.words)?;
        let source = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        ledger.import_roster(import.roster, &source).map_err(|error| failed::ledger(&error, &context.words))?;
        ledger.close();
        let mut results = Results::new();
        results.line(&roster_file::summary(&import.report, &context.words))?;
        results.flush()?;
        Ok(roster_file::exit(&import.report))
    }
}

impl List {
    fn run(&self, context: &Context) -> Outcome {
        let words = &context.words;
        let ledger = ledger::read(context, &self.whose)?;
        let bytes = match self.to.format {
            ListFormat::Xlsx => workbook(&ledger.roster()).map_err(|error| sheet::unwritten(&error, words))?,
            ListFormat::Csv => csv_text(&ledger.roster()).into_bytes(),
            ListFormat::Json => {
                let people = ledger.search_auxiliaries(&self.search, 0).into_iter().map(|row| auxiliary_json(&row));
                let officers = ledger.search_officers(&self.search, 0).into_iter().map(|row| officer_json(&row));
                people.chain(officers).filter_map(|line| json_line(&line).ok()).collect::<String>().into_bytes()
            }
            ListFormat::Table => table(&ledger, &self.search, words).into_bytes(),
        };
        if let Some(path) = &self.to.output {
            save(path, &bytes, words)?;
        } else {
            let mut results = Results::new();
            results.file(&bytes)?;
            results.flush()?;
        }
        // Files of the roster's own form hold all of it.
        let all = matches!(self.to.format, ListFormat::Xlsx | ListFormat::Csv) || self.search.trim().is_empty();
        let search = if all { "" } else { self.search.trim() };
        let listed = ledger.search_auxiliaries(search, 0).len() + ledger.search_officers(search, 0).len();
        if listed > 0 {
            let subject = if all { "roster".to_owned() } else { format!("roster text={search}") };
            failed::unnoted(self.to.note(&ledger, &subject, listed as u64), words);
        }
        if ledger.roster().auxiliaries.is_empty() && ledger.roster().officers.is_empty() {
            tell(&fl!(words.loader(), "roster-empty"));
        }
        Ok(Exit::Done)
    }
}

fn save(path: &Path, bytes: &[u8], words: &Words) -> Result<(), Failure> {
    crate::outfile::write(path, bytes).map_err(|error| Failure::usage(failed::file(path, &error, words)))
}

fn auxiliary_json(row: &PersonRow) -> Value {
    let barred = match &row.service {
        Service::Ready => Vec::new(),
        Service::Barred(rules) => rules.clone(),
    };
    let mut line = json!({ "kind": "auxiliary", "agency_name": row.agency_name, "barred": barred });
    merge(&mut line, json!(row.person));
    line["status"] = json!(row.status);
    line
}

fn officer_json(row: &OfficerRow) -> Value {
    let mut line = json!({
        "kind": "officer",
        "agency_name": row.agency_name,
        "certificate_valid": row.certificate_valid,
        "may_supervise": row.supervises,
    });
    merge(&mut line, json!(row.person));
    line["status"] = json!(row.status);
    line
}

fn merge(line: &mut Value, person: Value) {
    if let (Value::Object(line), Value::Object(person)) = (line, person) {
        line.extend(person);
    }
}

fn table(ledger: &Reader, search: &str, words: &Words) -> String {
    let loader = words.loader();
    let mut table = Table::new([
        fl!(loader, "column-id"),
        fl!(loader, "column-name"),
        fl!(loader, "column-kind"),
        fl!(loader, "column-agency"),
        fl!(loader, "column-standing"),
        fl!(loader, "column-certificate"),
        fl!(loader, "column-training"),
        fl!(loader, "column-assessment"),
        fl!(loader, "column-service"),
    ]);
    let until = |certificate: &Option<auxlog_record::Certificate>| match certificate {
        None => fl!(loader, "no-certificate"),
        Some(certificate) => certificate.until.map_or_else(|| certificate.number.clone(), |until| until.0.to_string()),
    };
    for row in ledger.search_auxiliaries(search, 0) {
        let service = match &row.service {
            Service::Ready => fl!(loader, "service-ready"),
            Service::Barred(rules) => {
                rules.iter().map(|rule| words.terms().against(rule)).collect::<Vec<_>>().join(" / ")
            }
        };
        let person = &row.person;
        table.row([
            person.id.to_string(),
            person.name.clone(),
            fl!(loader, "kind-auxiliary"),
            row.agency_name,
            words.terms().standing(row.status),
            until(&person.certificate),
            words.terms().outcome(person.training),
            words.terms().outcome(person.assessment),
            service,
        ]);
    }
    for row in ledger.search_officers(search, 0) {
        let person = &row.person;
        let service = match (row.supervises, row.status) {
            (Some(true), _) => fl!(loader, "service-ready"),
            (None, _) => words.terms().against("person.standing-unknown"),
            (Some(false), Some(Status::Departed)) => words.terms().against("person.departed"),
            (Some(false), Some(Status::Suspended)) => words.terms().against("person.suspended"),
            (Some(false), _) => fl!(loader, "service-no-certificate"),
        };
        table.row([
            person.id.to_string(),
            person.name.clone(),
            fl!(loader, "kind-officer"),
            row.agency_name,
            row.status.map(|status| words.terms().standing(status)).unwrap_or_default(),
            until(&person.certificate),
            String::new(),
            String::new(),
            service,
        ]);
    }
    table.render()
}
