//! `auxlog admin`: the server's agencies, codes, devices, rosters and audit log, on its machine.

use std::path::PathBuf;

use auxlog_record::{AgencyId, Moment, OfficerId, china};
use auxlog_server::admin::Admin as Server;
use auxlog_sync::enrol::Role;
use auxlog_sync::message::Standing;
use chrono::{DateTime, TimeZone as _};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use super::admin_figures::Figures;
use super::admin_key::NewKey;
use super::admin_register::Register;
use super::admin_whole::{Backup, Restore, Verify};
use super::person_edit::Edit;
use super::roster_mask::RosterMask;
use crate::approval::Approval;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Results, Table};
use crate::task_list::{ListFormat, plain_form};
use crate::words::Words;
use crate::{failed, local_rules, roster_file, runtime};

/// What to do on which server.
#[derive(Debug, Args)]
pub(crate) struct Admin {
    #[arg(long, global = true, value_name = "URL", env = "AUXLOG_DB", hide_env_values = true)]
    db: Option<String>,
    #[arg(long, global = true, value_parser = plain_form(), default_value = "table")]
    format: ListFormat,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    #[command(subcommand)]
    Agency(Agency),
    Code(Code),
    Devices,
    Approve(Approval),
    Revoke(Because),
    Release(Because),
    #[command(subcommand)]
    Roster(RosterAct),
    /// The agency's registers.
    Register(Register),
    /// The figures of a period.
    Figures(Figures),
    Log(Newest),
    Incidents(Of),
    Held(Of),
    Key,
    Backup(Backup),
    Restore(Restore),
    Verify(Verify),
    NewKey(NewKey),
}

#[derive(Debug, Subcommand)]
enum Agency {
    Add(NewAgency),
    List,
}

#[derive(Debug, Args)]
struct NewAgency {
    id: String,
    name: String,
}

#[derive(Debug, Args)]
struct Code {
    #[arg(long, value_name = "ID")]
    agency: String,
    #[arg(id = "new_officer", long = "officer", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    officer: String,
    #[arg(long, value_enum, default_value_t = RoleName::Officer)]
    role: RoleName,
    #[arg(long)]
    approve: bool,
}

/// [`Role`] on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Officer,
    Supervisor,
    Legal,
    Auditor,
    Clerk,
    Admin,
}

#[derive(Debug, Args)]
pub(super) struct Because {
    pub(super) device: String,
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
}

#[derive(Debug, Subcommand)]
enum RosterAct {
    Import(Import),
    Set(EditOf),
    History(HistoryOf),
    Mask(RosterMask),
}

#[derive(Debug, Args)]
struct EditOf {
    #[arg(long, value_name = "ID")]
    agency: String,
    #[command(flatten)]
    edit: Edit,
}

#[derive(Debug, Args)]
struct HistoryOf {
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    #[command(flatten)]
    of: Of,
}

#[derive(Debug, Args)]
struct Import {
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Newest {
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) limit: u32,
}

#[derive(Debug, Args)]
struct Of {
    #[arg(long, value_name = "ID")]
    agency: String,
    #[command(flatten)]
    newest: Newest,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Officer => Self::Officer,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Legal => Self::Legal,
            RoleName::Auditor => Self::Auditor,
            RoleName::Clerk => Self::Clerk,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl Admin {
    fn form(&self) -> Format {
        self.format.into()
    }

    /// Does it; works while the server runs.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let dir = context.server_dir()?;
        runtime::block_on(async {
            match &self.act {
                Act::Restore(of) => return of.run(&dir, self.db.as_deref(), self.form(), &context.words).await,
                Act::NewKey(of) => return of.run(&dir, self.db.as_deref(), self.form(), &context.words).await,
                _ => {}
            }
            let refuse = |error| failed::admin(&error, &context.words);
            let rulebooks = local_rules::of_server(context)?;
            let server = Server::open(&dir, self.db.as_deref()).await.map_err(refuse)?.with_rulebooks(rulebooks);
            let outcome = match &self.act {
                Act::Register(register) => register.run(&server, context).await,
                Act::Figures(figures) => figures.run(&server, context).await,
                _ => self.act(&server, context).await,
            };
            server.close().await;
            outcome
        })
    }

    async fn act(&self, server: &Server, context: &Context) -> Outcome {
        let (words, loader) = (&context.words, context.words.loader());
        let refuse = |error| failed::admin(&error, words);
        let mut results = Results::new();
        let mut exit = Exit::Done;
        match &self.act {
            Act::Agency(Agency::Add(new)) => {
                server.add_agency(&AgencyId::from(new.id.as_str()), &new.name).await.map_err(refuse)?;
                results.line(&fl!(loader, "admin-agency-added", id = new.id.clone(), name = new.name.clone()))?;
            }
            Act::Agency(Agency::List) => {
                for (id, name) in server.agencies().await.map_err(refuse)? {
                    self.line(&mut results, &json!({ "agency": id, "name": name }), || format!("{id}  {name}"))?;
                }
            }
            Act::Code(code) => {
                let (agency, officer) = (AgencyId::from(code.agency.as_str()), OfficerId::from(code.officer.as_str()));
                let text = server.code(&agency, &officer, code.role.into(), code.approve).await.map_err(refuse)?;
                self.line(&mut results, &json!({ "code": text }), || text.clone())?;
            }
            Act::Devices => self.devices(server, words, &mut results).await?,
            Act::Approve(of) => {
                let writer = server.approve(&of.device, &of.digits(words)?).await.map_err(refuse)?;
                results.line(&fl!(loader, "admin-approved", device = writer.to_string()))?;
            }
            Act::Revoke(of) => {
                let writer = server.revoke(&of.device, &of.reason).await.map_err(refuse)?;
                results.line(&fl!(loader, "admin-revoked", device = writer.to_string()))?;
            }
            Act::Release(of) => {
                let records = server.release(&of.device, &of.reason).await.map_err(refuse)?;
                results.line(&fl!(loader, "admin-released", records = records))?;
            }
            Act::Roster(RosterAct::Import(import)) => {
                exit = self.import(server, import, words, &mut results).await?;
            }
            Act::Roster(RosterAct::Set(set)) => {
                let agency = AgencyId::from(set.agency.as_str());
                let version = server.edit_roster(&agency, &set.edit.to_edit(words)?).await.map_err(refuse)?;
                self.line(&mut results, &json!({ "agency": agency, "version": version }), || {
                    fl!(loader, "admin-roster-edited", agency = agency.to_string(), version = version)
                })?;
            }
            Act::Roster(RosterAct::History(history)) => self.history(server, history, words, &mut results).await?,
            Act::Roster(RosterAct::Mask(of)) => of.run(server, self.form(), words, &mut results).await?,
            Act::Backup(of) => of.run(server, self.form(), words, &mut results).await?,
            Act::Verify(of) => exit = of.run(server, self.form(), words, &mut results).await?,
            // Done elsewhere.
            Act::Restore(_) | Act::NewKey(_) | Act::Register(_) | Act::Figures(_) => {}
            Act::Log(newest) => {
                for (agency, entry) in server.log(newest.limit).await.map_err(refuse)? {
                    let at = moment(entry.at_ms);
                    let line = json!({ "at": at, "agency": agency, "actor": entry.actor, "act": entry.act,
                        "subject": entry.subject, "detail": entry.detail });
                    self.line(&mut results, &line, || {
                        let at = at.0.format("%Y-%m-%d %H:%M:%S");
                        format!("{at}  {agency}  {}  {}  {}  {}", entry.actor, entry.act, entry.subject, entry.detail)
                    })?;
                }
            }
            Act::Key => {
                let key = server.public_key().await.map_err(refuse)?;
                let none = || Failure::new(Exit::Found, fl!(loader, "admin-no-key"));
                let key = data_encoding::HEXLOWER.encode(&key.ok_or_else(none)?.to_bytes());
                self.line(&mut results, &json!({ "key": key }), || key.clone())?;
            }
            Act::Held(of) => {
                let agency = AgencyId::from(of.agency.as_str());
                for found in server.attention(&agency, of.newest.limit).await.map_err(refuse)? {
                    let at = moment(found.at_ms);
                    let line = json!({ "at": at, "what": found.what, "officer": found.officer,
                        "device": found.writer.to_string(), "seq": found.seq, "detail": found.detail });
                    self.line(&mut results, &line, || {
                        let at = at.0.format("%Y-%m-%d %H:%M:%S");
                        let what = words.terms().attention(found.what);
                        format!("{at}  {what}  {}  {}:{}  {}", found.officer, found.writer, found.seq, found.detail)
                    })?;
                }
            }
            Act::Incidents(of) => {
                let agency = AgencyId::from(of.agency.as_str());
                for incident in server.incidents(&agency, of.newest.limit).await.map_err(refuse)? {
                    let at = moment(incident.at_ms);
                    let line = json!({ "at": at, "kind": incident.kind, "device": incident.writer.to_string(),
                        "seq": incident.seq, "detail": incident.detail });
                    self.line(&mut results, &line, || {
                        let at = at.0.format("%Y-%m-%d %H:%M:%S");
                        format!("{at}  {}  {}:{}  {}", incident.kind, incident.writer, incident.seq, incident.detail)
                    })?;
                }
            }
        }
        results.flush()?;
        Ok(exit)
    }

    /// A line in the form asked for.
    fn line(
        &self,
        results: &mut Results,
        json: &serde_json::Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.form() {
            Format::Json => results.json(json),
            Format::Table => results.line(&text()),
        }
    }

    async fn devices(&self, server: &Server, words: &Words, results: &mut Results) -> Result<(), Failure> {
        let loader = words.loader();
        let mut table = Table::new([
            fl!(loader, "column-device"),
            fl!(loader, "column-agency"),
            fl!(loader, "kind-officer"),
            fl!(loader, "column-laptop"),
            fl!(loader, "column-role"),
            fl!(loader, "column-standing"),
            fl!(loader, "column-received"),
            fl!(loader, "column-digits"),
        ]);
        for device in server.devices().await.map_err(|error| failed::admin(&error, words))? {
            let digits = device.digits(server.server_key());
            match self.form() {
                Format::Json => results.json(&json!({
                    "device": device.writer.to_string(), "agency": device.agency, "officer": device.officer,
                    "officer_name": device.officer_name, "laptop": device.laptop, "role": device.role.name(),
                    "standing": standing_name(device.standing), "reason": device.reason, "acked": device.acked_seq,
                    "digits": digits, "enrolled": moment(device.enrolled_ms),
                }))?,
                Format::Table => table.row([
                    device.writer.to_string(),
                    device.agency.to_string(),
                    format!("{} {}", device.officer, device.officer_name),
                    device.laptop,
                    device.role.name().to_owned(),
                    standing(device.standing, words),
                    device.acked_seq.to_string(),
                    digits.unwrap_or_else(|| "–".to_owned()),
                ]),
            }
        }
        match self.form() {
            Format::Table => table.print(results),
            Format::Json => Ok(()),
        }
    }

    async fn history(
        &self,
        server: &Server,
        history: &HistoryOf,
        words: &Words,
        results: &mut Results,
    ) -> Result<(), Failure> {
        let (agency, limit) = (AgencyId::from(history.of.agency.as_str()), history.of.newest.limit);
        let rows = server.roster_history(&agency, history.person.as_deref(), limit).await;
        for row in rows.map_err(|error| failed::admin(&error, words))? {
            let (at, change) = (moment(row.at_ms), row.change);
            let fields = json!(change.fields);
            let line = json!({ "at": at, "version": row.version, "kind": change.kind, "id": change.id,
                "fields": fields, "actor": row.actor, "source": row.source });
            self.line(results, &line, || {
                let at = at.0.format("%Y-%m-%d %H:%M:%S");
                let changed = changed(fields.as_object().unwrap_or(&serde_json::Map::new()));
                format!("{at}  {}  {}  {changed}  {}  {}", row.version, change.id, row.actor, row.source)
            })?;
        }
        Ok(())
    }

    async fn import(&self, server: &Server, import: &Import, words: &Words, results: &mut Results) -> Outcome {
        let refuse = |error| failed::admin(&error, words);
        let known = server.agencies().await.map_err(refuse)?;
        let known = known.into_iter().map(|(id, name)| auxlog_record::Agency { id, name }).collect();
        let read = roster_file::read(&import.file, known, None, words)?;
        let source = import.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for done in server.import_roster(&read.roster, &source).await.map_err(refuse)? {
            let (agency, version, officers, auxiliaries) = (done.agency, done.version, done.officers, done.auxiliaries);
            let line =
                json!({ "agency": agency, "version": version, "officers": officers, "auxiliaries": auxiliaries });
            self.line(results, &line, || {
                let agency = agency.to_string();
                let loader = words.loader();
                fl!(
                    loader,
                    "admin-roster-imported",
                    agency = agency,
                    version = version,
                    officers = officers,
                    auxiliaries = auxiliaries
                )
            })?;
        }
        Ok(roster_file::exit(&read.report))
    }
}

fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Active => "active",
        Standing::Frozen => "frozen",
        Standing::Revoked => "revoked",
    }
}

fn standing(standing: Standing, words: &Words) -> String {
    match standing {
        Standing::Pending => fl!(words.loader(), "device-pending"),
        Standing::Active => fl!(words.loader(), "device-active"),
        Standing::Frozen => fl!(words.loader(), "device-frozen"),
        Standing::Revoked => fl!(words.loader(), "device-revoked"),
    }
}

/// Changes of a person's fields: `field: before → after`.
pub(super) fn changed(fields: &serde_json::Map<String, Value>) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "∅".to_owned(),
        other => other.to_string(),
    };
    let one =
        |(name, change): (&String, &Value)| format!("{name}: {} → {}", text(&change["before"]), text(&change["after"]));
    fields.iter().map(one).collect::<Vec<_>>().join("; ")
}

pub(super) fn moment(millis: u64) -> Moment {
    let utc = i64::try_from(millis).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default();
    Moment(china().from_utc_datetime(&utc.naive_utc()))
}
