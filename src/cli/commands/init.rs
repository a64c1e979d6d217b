//! `auxlog init`: a data directory for an officer without any server.

use auxlog_record::{AgencyId, Certificate, Date, OfficerId};
use auxlog_store::{InitOptions, Ledger, OpenOptions};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Results};
use crate::{failed, ledger};

/// Who the data directory is for.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[arg(long, value_name = "ID")]
    agency: String,
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    agency_name: String,
    #[command(flatten)]
    who: Who,
    /// Weak key derivation, for tests of throw-away data.
    #[arg(long, hide = true)]
    cheap_keys: bool,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// An officer.
#[derive(Debug, Args)]
pub(crate) struct Who {
    #[arg(id = "new_officer", long = "officer", value_name = "ID")]
    officer: String,
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    officer_name: String,
    #[arg(long, value_name = "NO")]
    certificate: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = ledger::date, requires = "certificate")]
    certificate_until: Option<Date>,
}

impl Who {
    /// As the ledger wants it told.
    pub(crate) fn options(&self, agency: AgencyId, agency_name: String) -> InitOptions {
        let until = self.certificate_until;
        let certificate = self.certificate.clone().map(|number| Certificate { number, from: None, until });
        InitOptions {
            officer: OfficerId::from(self.officer.as_str()),
            officer_name: self.officer_name.clone(),
            agency,
            agency_name,
            certificate,
        }
    }
}

impl Init {
    /// Makes the directory and the officer's keys.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let dir = context.data_dir()?;
        let who = self.who.options(AgencyId::from(self.agency.as_str()), self.agency_name.clone());
        who.within_limits().map_err(|beyond| Failure::usage(context.words.reason(&beyond)))?;
        let passphrase = context.new_passphrase()?;
        let options = OpenOptions { cheap_keys: self.cheap_keys, ..ledger::options(context) };
        let ledger =
            Ledger::init(&dir, &who, &passphrase, options).map_err(|error| failed::open(&error, &context.words))?;
        let (identity, dir) = (ledger.identity().clone(), dir.display().to_string());
        ledger.close();

        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({
                "data_dir": dir, "writer": identity.writer.to_string(),
                "officer": identity.officer, "agency": identity.agency,
            }))?,
            Format::Table => {
                let (officer, agency) = (identity.officer_name, identity.agency_name);
                results.line(&fl!(
                    context.words.loader(),
                    "init-done",
                    dir = dir,
                    officer = officer,
                    agency = agency
                ))?;
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }
}
