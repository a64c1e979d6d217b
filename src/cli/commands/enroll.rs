//! `auxlog enroll`: joins a central server with a one-time code.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use auxlog_record::{PublicKey, visible_line};
use auxlog_store::{InitOptions, Ledger, OpenError, OpenOptions};
use auxlog_store::{JoinError, join};
use auxlog_sync::enrol::Offer;
use auxlog_sync::message::Standing;
use auxlog_sync::{Connection, EnrolError, Offered, offer};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::commands::sync::{is_shut_out, standing_words};
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::{failed, network, runtime, secret};

/// Which server, with which code.
#[derive(Debug, Args)]
pub(crate) struct Enroll {
    #[arg(long, value_name = "URL")]
    server: String,
    #[arg(long, value_name = "CODE")]
    code: String,
    /// The server's public key as the office gave it, in hexadecimal; a laptop that is enrolled already goes
    /// over to it.
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    server_key: Option<PublicKey>,
    #[arg(long, value_name = "F")]
    new_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
    /// Weak key derivation, for tests of throw-away data.
    #[arg(long, hide = true)]
    cheap_keys: bool,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Enroll {
    /// Exit 0: enrolled · 3: approval is pending, and the same command goes on from there.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let dir = context.data_dir()?;
        let connection = network::connect(&self.server, &context.words)?;
        let offered = self.offered(context, &dir, &connection)?;
        if let (Some(expected), Some(offered)) = (&self.server_key, &offered)
            && *expected != offered.server_key
        {
            return Err(failed::join(&JoinError::other_key(&offered.server_key), &context.words));
        }
        let fresh = !dir.exists();
        let ledger = Arc::new(match &offered {
            Some(offered) => self.ledger(context, &dir, &offered.offer)?,
            None => ledger::open(context, &self.whose)?,
        });
        let joined = runtime::block_on(async {
            let (offered, expected) = (offered.as_ref(), self.server_key.as_ref());
            Ok(join(&ledger, &connection, offered, expected, &self.code, &network::laptop_name()).await)
        })?;
        let confirmed = joined.map_err(|error| {
            if fresh && matches!(error, JoinError::Enrol(EnrolError::BadCode)) {
                undo(&dir);
            }
            failed::join(&error, &context.words)
        })?;

        let (loader, approved) = (context.words.loader(), confirmed.standing == Standing::Active);
        let identity = ledger.identity();
        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({
                "agency": identity.agency, "officer": identity.officer, "approved": approved,
                "digits": confirmed.digits,
            }))?,
            Format::Table if approved => {
                let (officer, agency) = (identity.officer_name.clone(), identity.agency_name.clone());
                results.line(&fl!(loader, "enroll-done", officer = officer, agency = agency))?;
            }
            Format::Table if is_shut_out(confirmed.standing) => {
                standing_words(confirmed.standing, &context.words).map_or(Ok(()), |said| results.line(&said))?;
            }
            Format::Table => results.line(&fl!(loader, "enroll-pending", digits = confirmed.digits))?,
        }
        results.flush()?;
        Ok(match confirmed.standing {
            Standing::Active => Exit::Done,
            Standing::Pending => Exit::Locked,
            Standing::Frozen | Standing::Revoked => Exit::ShutOut,
        })
    }

    /// Whom the code is for; `None` where it was used up by the keys that are here.
    fn offered(&self, context: &Context, dir: &Path, connection: &Connection) -> Result<Option<Offered>, Failure> {
        runtime::block_on(async {
            match offer(connection, &self.code).await {
                Ok(offered) => Ok(Some(offered)),
                Err(EnrolError::BadCode) if ledger::is_there(dir) => Ok(None),
                Err(error) => Err(failed::enrol(&error, &context.words)),
            }
        })
    }

    /// The ledger of the officer whom the code is for: made where there is none, their keys added
    /// where others use the laptop.
    fn ledger(&self, context: &Context, dir: &Path, offer: &Offer) -> Result<Ledger, Failure> {
        let refuse = |error: OpenError| failed::open(&error, &context.words);
        let who = InitOptions {
            officer: offer.officer.clone(),
            officer_name: visible_line(&offer.officer_name).into_owned(),
            agency: offer.agency.clone(),
            agency_name: visible_line(&offer.agency_name).into_owned(),
            certificate: offer.certificate.clone(),
        };
        let options = || OpenOptions { cheap_keys: self.cheap_keys, ..ledger::options(context) };
        let known = match Ledger::officers(dir) {
            Ok(known) => known,
            Err(OpenError::NoDirectory { .. }) => {
                return Ledger::init(dir, &who, &context.new_passphrase()?, options()).map_err(refuse);
            }
            Err(error) => return Err(refuse(error)),
        };
        if known.contains(&offer.officer) {
            return Ledger::open(dir, Some(&offer.officer), &context.passphrase()?, options()).map_err(refuse);
        }
        let host = ledger::open(context, &self.whose)?;
        if host.identity().agency != offer.agency {
            let agency = host.identity().agency_name.clone();
            return Err(Failure::usage(fl!(context.words.loader(), "enroll-other-agency", agency = agency)));
        }
        let passphrase = secret::new_passphrase(self.new_passphrase_file.as_deref(), &context.words)?;
        host.add_officer(&who, &passphrase).map_err(refuse)?;
        host.close();
        Ledger::open(dir, Some(&offer.officer), &passphrase, options()).map_err(refuse)
    }
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
    let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = key.and_then(|bytes| PublicKey::from_bytes(&bytes).ok());
    key.ok_or_else(|| "64 × 0-9 a-f".to_owned())
}

/// Takes back the directory that this command made a moment ago for keys which the server then
/// refused: nothing was recorded with them, and the next code must find the place empty.
fn undo(dir: &Path) {
    if let Err(error) = std::fs::remove_dir_all(dir) {
        tracing::warn!(dir = %dir.display(), %error, "could not be taken back");
    }
}
