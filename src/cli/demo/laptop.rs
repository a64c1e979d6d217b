//! A laptop of the demonstration: enrolled, synchronised, with its officers' tasks logged.

use std::path::Path;
use std::sync::Arc;

use auxlog_record::OfficerId;
use auxlog_store::{InitOptions, Ledger, OpenError, OpenOptions};
use auxlog_store::{join, server_of};
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Connection, Offered, offer, sync_once};

use super::{PASSPHRASE, sample};
use crate::context::Context;
use crate::exit::Failure;
use crate::{failed, ledger, network};

/// Enrols an officer with each code, the first making the data directory `dir`; each logs their
/// sample tasks and synchronises.
pub(super) async fn set_up(context: &Context, server: &str, dir: &Path, codes: &[String]) -> Result<(), Failure> {
    let words = &context.words;
    let connection = network::connect(server, words)?;
    let mut first: Option<OfficerId> = None;
    for code in codes {
        let offered = offer(&connection, code).await.map_err(|error| failed::enrol(&error, words))?;
        let officer = offered.offer.officer.clone();
        let ledger = Arc::new(unlock(context, dir, &offered, first.as_ref())?);
        enrol(context, &ledger, &connection, &offered, code).await?;
        // The roster comes with the first synchronisation; tasks are judged by it.
        sync(context, &ledger).await?;
        for answer in ledger.log(&sample::tasks_of(&officer)) {
            answer.map_err(|error| failed::ledger(&error, words))?;
        }
        sync(context, &ledger).await?;
        first.get_or_insert(officer);
    }
    Ok(())
}

/// Synchronises the laptop at `dir` once.
pub(super) async fn synchronise(context: &Context, dir: &Path, officer: &OfficerId) -> Result<(), Failure> {
    let ledger = open(context, dir, officer)?;
    sync(context, &Arc::new(ledger)).await
}

fn open(context: &Context, dir: &Path, officer: &OfficerId) -> Result<Ledger, Failure> {
    Ledger::open(dir, Some(officer), PASSPHRASE, options(context)).map_err(|error| failed::open(&error, &context.words))
}

/// The ledger of the officer whom the code is for; `host` opens the directory to add them.
fn unlock(context: &Context, dir: &Path, offered: &Offered, host: Option<&OfficerId>) -> Result<Ledger, Failure> {
    let refuse = |error: OpenError| failed::open(&error, &context.words);
    let offer = &offered.offer;
    let who = InitOptions {
        officer: offer.officer.clone(),
        officer_name: offer.officer_name.clone(),
        agency: offer.agency.clone(),
        agency_name: offer.agency_name.clone(),
        certificate: offer.certificate.clone(),
    };
    let Some(host) = host else {
        return Ledger::init(dir, &who, PASSPHRASE, options(context)).map_err(refuse);
    };
    let ledger = open(context, dir, host)?;
    ledger.add_officer(&who, PASSPHRASE).map_err(refuse)?;
    ledger.close();
    open(context, dir, &offer.officer)
}

/// The passphrase is told to everybody: strong keys would only make the demonstration slow.
fn options(context: &Context) -> OpenOptions {
    OpenOptions { cheap_keys: true, ..ledger::options(context) }
}

async fn enrol(
    context: &Context,
    ledger: &Arc<Ledger>,
    connection: &Connection,
    offered: &Offered,
    code: &str,
) -> Result<(), Failure> {
    join(ledger, connection, Some(offered), None, code, &network::laptop_name())
        .await
        .map(drop)
        .map_err(|error| failed::join(&error, &context.words))
}

async fn sync(context: &Context, ledger: &Arc<Ledger>) -> Result<(), Failure> {
    let words = &context.words;
    let (connection, server_key) = server_of(ledger).map_err(|error| failed::join(&error, words))?;
    let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as _;
    sync_once(&local, &connection, server_key, |_| {}).await.map(drop).map_err(|(error, _)| failed::sync(&error, words))
}
