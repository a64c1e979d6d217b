//! `auxlog admin backup`, `restore` and `verify`: the server's database as a whole.

use std::path::{Path, PathBuf};

use auxlog_record::{AgencyId, Clock as _, SystemClock};
use auxlog_server::Found;
use auxlog_server::admin::Admin as Server;
use auxlog_server::restore::restore;
use auxlog_server::store::{Fault, Wrong};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::output::{Format, Results};
use crate::words::Words;

#[derive(Debug, Args)]
pub(crate) struct Backup {
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    pub(crate) file: PathBuf,
}

impl Backup {
    /// Copies the database.
    pub(crate) async fn run(
        &self,
        server: &Server,
        format: Format,
        words: &Words,
        results: &mut Results,
    ) -> Result<(), Failure> {
        server.backup(&self.file).await.map_err(|error| failed::admin(&error, words))?;
        let file = self.file.display().to_string();
        match format {
            Format::Json => results.json(&json!({ "file": file })),
            Format::Table => results.line(&fl!(words.loader(), "admin-backed-up", file = file)),
        }
    }
}

impl Verify {
    /// Audits the logs and says of each whether it is whole.
    pub(crate) async fn run(&self, server: &Server, format: Format, words: &Words, results: &mut Results) -> Outcome {
        let refuse = |error| failed::admin(&error, words);
        let agencies: Vec<AgencyId> = match &self.agency {
            Some(agency) => vec![AgencyId::from(agency.as_str())],
            None => server.agencies().await.map_err(refuse)?.into_iter().map(|(id, _)| id).collect(),
        };
        let mut exit = Exit::Done;
        for agency in agencies {
            let found = server.verify(&agency).await.map_err(refuse)?;
            if matches!(found, Found::Wrong(_)) {
                exit = Exit::Found;
            }
            say(&agency, &found, format, words, results)?;
        }
        Ok(exit)
    }
}

fn say(agency: &AgencyId, found: &Found, format: Format, words: &Words, results: &mut Results) -> Result<(), Failure> {
    let loader = words.loader();
    match (found, format) {
        (Found::Whole { records, writers }, Format::Json) => {
            results.json(&json!({ "agency": agency, "whole": true, "records": records, "writers": writers }))
        }
        (Found::Whole { records, writers }, Format::Table) => {
            let agency = agency.to_string();
            let (records, writers) = (records.to_string(), writers.to_string());
            results.line(&fl!(loader, "admin-verify-whole", agency = agency, records = records, writers = writers))
        }
        (Found::Wrong(Wrong { lsn, writer, seq, fault }), Format::Json) => {
            let last = if let Fault::Tree { last } = fault { Some(last) } else { None };
            results.json(&json!({ "agency": agency, "whole": false, "lsn": lsn, "last": last,
                "writer": writer.to_string(), "seq": seq, "why": fault.name() }))
        }
        (Found::Wrong(Wrong { lsn, writer, seq, fault }), Format::Table) => {
            let (agency, lsn) = (agency.to_string(), lsn.to_string());
            let (record, why) = (format!("{writer}:{seq}"), why(fault, words));
            results.line(&fl!(loader, "admin-verify-wrong", agency = agency, lsn = lsn, record = record, why = why))
        }
    }
}

fn why(fault: &Fault, words: &Words) -> String {
    let loader = words.loader();
    match fault {
        Fault::Missing => fl!(loader, "fault-missing"),
        Fault::Beyond => fl!(loader, "fault-beyond"),
        Fault::Unreadable(why) => fl!(loader, "fault-unreadable", why = why.clone()),
        Fault::Place => fl!(loader, "fault-place"),
        Fault::Hash => fl!(loader, "fault-hash"),
        Fault::Writer => fl!(loader, "fault-writer"),
        Fault::Signature => fl!(loader, "fault-signature"),
        Fault::Office => fl!(loader, "fault-office"),
        Fault::Chain => fl!(loader, "fault-chain"),
        Fault::Tree { last } => fl!(loader, "fault-tree", last = last.to_string()),
        Fault::Root => fl!(loader, "fault-root"),
        Fault::Rewritten => fl!(loader, "fault-rewritten"),
        Fault::Leaves => fl!(loader, "fault-leaves"),
        Fault::Acked => fl!(loader, "fault-acked"),
        Fault::Standing => fl!(loader, "fault-standing"),
        Fault::Roster { version } => fl!(loader, "fault-roster", version = version.to_string()),
    }
}

impl Restore {
    /// Puts the backup in place and says what to do next.
    pub(crate) async fn run(&self, dir: &Path, db: Option<&str>, format: Format, words: &Words) -> Outcome {
        let at = SystemClock.now().0.format("%Y%m%dT%H%M%S%3f").to_string();
        let done = restore(dir, db, &self.file, &at).await.map_err(|error| failed::restore(&error, words))?;
        let (database, replaced) =
            (done.database.display().to_string(), done.replaced.map(|path| path.display().to_string()));
        let (mut results, loader) = (Results::new(), words.loader());
        match format {
            Format::Json => {
                results.json(&json!({ "database": database, "replaced": replaced, "agencies": done.agencies }))?;
            }
            Format::Table => {
                let file = self.file.display().to_string();
                results.line(&fl!(loader, "admin-restored", file = file, database = database))?;
                if let Some(replaced) = replaced {
                    results.line(&fl!(loader, "admin-restored-kept", replaced = replaced))?;
                }
                results.line(&fl!(loader, "admin-restored-next"))?;
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }
}
