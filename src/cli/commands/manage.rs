//! `auxlog manage`: what administrators and supervisors do at the server from their own laptops. Each
//! request is signed with their key; what their role does not allow, the server refuses.

use std::fmt::Write as _;
use std::sync::Arc;

use auxlog_store::Ledger;
use auxlog_store::server_of;
use auxlog_sync::{Question, ask};
use clap::{Args, Subcommand};
use i18n_embed_fl::fl;
use serde_json::Value;

use super::admin::{Because, Newest};
use super::person_edit::Edit;
use crate::approval::Approval;
use crate::context::Context;
use crate::evidence_page::in_link;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results, Table};
use crate::words::Words;
use crate::{failed, runtime};

/// What to do, as whom.
#[derive(Debug, Args)]
pub(crate) struct Manage {
    #[command(flatten)]
    whose: Whose,
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[arg(id = "manage_agency", long = "agency", global = true, value_name = "ID")]
    agency: Option<String>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    Devices,
    Approve(Approval),
    Revoke(Because),
    Release(Because),
    Log(Newest),
    Incidents(Newest),
    Held(Newest),
    Set(Edit),
    History(History),
}

#[derive(Debug, Args)]
struct History {
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    #[command(flatten)]
    newest: Newest,
}

impl Manage {
    /// Asks the server and prints what it answers.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let words = &context.words;
        let ledger = Arc::new(ledger::open(context, &self.whose)?);
        let question = self.question(&ledger, words)?;
        let (connection, key) = server_of(&ledger).map_err(|error| failed::join(&error, words))?;
        let answer = runtime::block_on(async { Ok(ask(&*ledger, &connection, &key, &question).await) })?;
        let answer = answer.map_err(|error| failed::sync(&error, words))?;
        let detail = serde_json::from_slice::<Value>(&answer.body).ok();
        let detail = detail.and_then(|body| body["detail"].as_str().map(str::to_owned));
        let body = answer.content("application/json").map_err(|error| {
            let failure = failed::sync(&error, words);
            match detail {
                Some(detail) => Failure::new(failure.exit, format!("{} {detail}", failure.message)),
                None => failure,
            }
        })?;
        let bad = |error: serde_json::Error| {
            Failure::new(Exit::Found, fl!(words.loader(), "sync-bad-answer", why = error.to_string()))
        };
        let mut results = Results::new();
        match serde_json::from_slice(&body).map_err(bad)? {
            Value::Array(lines) => self.list(&lines, words, &mut results)?,
            done => match self.format {
                Format::Json => results.json(&done)?,
                Format::Table => results.line(&fl!(words.loader(), "manage-done"))?,
            },
        }
        results.flush()?;
        Ok(Exit::Done)
    }

    fn question(&self, ledger: &Ledger, words: &Words) -> Result<Question, Failure> {
        let agency = self.agency.clone().unwrap_or_else(|| ledger.identity().agency.to_string());
        let with = |path: &str, more: &[(&str, &str)]| {
            let mut target = format!("{path}?agency={}", in_link(&agency));
            for (name, value) in more {
                let _ = write!(target, "&{name}={}", in_link(value));
            }
            target
        };
        let of = |device: &str, act: &str| format!("/v1/devices/{}/{act}", in_link(device));
        Ok(match &self.act {
            Act::Devices => Question::new("GET", with("/v1/devices", &[])),
            Act::Approve(to) => {
                let digits = to.digits(words)?;
                Question::new("POST", with(&of(&to.device, "approve"), &[("digits", &digits)]))
            }
            Act::Revoke(to) => Question::new("POST", with(&of(&to.device, "revoke"), &[("reason", &to.reason)])),
            Act::Release(to) => Question::new("POST", with(&of(&to.device, "release"), &[("reason", &to.reason)])),
            Act::Log(newest) => Question::new("GET", with("/v1/audit", &[("limit", &newest.limit.to_string())])),
            Act::Incidents(newest) => {
                Question::new("GET", with("/v1/incidents", &[("limit", &newest.limit.to_string())]))
            }
            Act::Held(newest) => Question::new("GET", with("/v1/attention", &[("limit", &newest.limit.to_string())])),
            Act::Set(edit) => {
                let body =
                    serde_json::to_vec(&edit.to_edit(words)?).map_err(|error| Failure::usage(error.to_string()))?;
                Question { body, ..Question::new("POST", with("/v1/roster/edits", &[])) }
            }
            Act::History(history) => {
                let limit = history.newest.limit.to_string();
                let mut more = vec![("limit", limit.as_str())];
                more.extend(history.person.as_deref().map(|person| ("person", person)));
                Question::new("GET", with("/v1/roster/history", &more))
            }
        })
    }

    fn list(&self, lines: &[Value], words: &Words, results: &mut Results) -> Result<(), Failure> {
        if let Format::Json = self.format {
            return lines.iter().try_for_each(|line| results.json(line));
        }
        let columns = self.columns(words);
        let mut table = Table::new(columns.iter().map(|(_, heading)| heading.clone()));
        for line in lines {
            table.row(columns.iter().map(|(field, _)| cell(field, &line[*field], words)));
        }
        table.print(results)
    }

    /// The fields that a list shows, and what they are called.
    fn columns(&self, words: &Words) -> Vec<(&'static str, String)> {
        let loader = words.loader();
        let at = ("at_ms", fl!(loader, "column-at"));
        let device = fl!(loader, "column-device");
        match &self.act {
            Act::Devices => vec![
                ("device", device),
                ("officer", fl!(loader, "kind-officer")),
                ("officer_name", fl!(loader, "column-name")),
                ("laptop", fl!(loader, "column-laptop")),
                ("role", fl!(loader, "column-role")),
                ("standing", fl!(loader, "column-standing")),
                ("acked", fl!(loader, "column-received")),
                ("digits", fl!(loader, "column-digits")),
            ],
            Act::Incidents(_) => vec![
                at,
                ("kind", fl!(loader, "column-kind")),
                ("writer", device),
                ("seq", fl!(loader, "column-seq")),
                ("detail", fl!(loader, "column-detail")),
            ],
            Act::Held(_) => vec![
                at,
                ("officer", fl!(loader, "kind-officer")),
                ("writer", device),
                ("seq", fl!(loader, "column-seq")),
                ("what", fl!(loader, "column-kind")),
                ("detail", fl!(loader, "column-detail")),
            ],
            Act::History(_) => vec![
                at,
                ("version", fl!(loader, "column-version")),
                ("id", fl!(loader, "column-person")),
                ("fields", fl!(loader, "column-detail")),
                ("actor", fl!(loader, "column-actor")),
                ("source", fl!(loader, "column-reason")),
            ],
            _ => vec![
                at,
                ("actor", fl!(loader, "column-actor")),
                ("act", fl!(loader, "column-act")),
                ("subject", fl!(loader, "column-subject")),
                ("detail", fl!(loader, "column-detail")),
            ],
        }
    }
}

/// A value in a cell: times as people read them, changes as `field: before → after`.
fn cell(field: &str, value: &Value, words: &Words) -> String {
    match (field, value) {
        ("what", Value::String(what)) => words.terms().attention(what),
        ("at_ms", value) => super::admin::moment(value.as_u64().unwrap_or_default()).0.format("%F %T").to_string(),
        ("fields", Value::Object(fields)) => super::admin::changed(fields),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Null) => String::new(),
        (_, other) => other.to_string(),
    }
}
