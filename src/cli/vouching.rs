//! The server's word in an evidence bundle: asked for when a task is exported, checked by `verify`.

use std::time::Duration;

use auxlog_record::evidence::{Evidence, EvidenceError};
use auxlog_record::{PublicKey, Record};
use auxlog_store::{Ledger, Reader};
use auxlog_sync::receipt::Receipt;
use auxlog_sync::signed::Signed;
use auxlog_sync::vouched::{Vouched, VouchedError, VouchedFor, prove};
use auxlog_sync::{SyncError, server_of};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::words::Words;
use crate::{refusal, runtime};

/// How long an export waits for the server's proofs; the receipts are here anyhow.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a bundle is not whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotWhole {
    /// The bundle itself.
    #[error(transparent)]
    Bundle(#[from] EvidenceError),
    /// What a server vouches for in it.
    #[error(transparent)]
    Server(#[from] VouchedError),
    /// The server that was to vouch for it does not.
    #[error("no server with the key {0} vouches for it")]
    OtherServer(String),
}

/// Puts the receipts that are here into the bundle, under the server's key.
pub(crate) fn receipts(reader: &Reader, evidence: &mut Evidence) {
    seal(reader, evidence, Vec::new());
}

/// The same with proofs that the server is asked for; gives why none came, where one was to.
pub(crate) fn prove_all(ledger: &Ledger, evidence: &mut Evidence, words: &Words) -> Option<String> {
    // Standing alone is no fault.
    ledger.enrolment()?;
    match ask(ledger, evidence, words) {
        Ok(proofs) => {
            seal(ledger, evidence, proofs);
            None
        }
        Err(why) => {
            receipts(ledger, evidence);
            Some(why)
        }
    }
}

fn ask(ledger: &Ledger, evidence: &Evidence, words: &Words) -> Result<Vec<auxlog_sync::vouched::Proven>, String> {
    let (connection, server) = server_of(ledger).map_err(|error| refusal::join(&error, words).message)?;
    let about = evidence.about().map_err(|error| words.reason(&error))?;
    let own = ledger.own_writers();
    let there = |record: &&&Record| {
        let id = record.id();
        own.iter().find(|own| own.writer == id.writer).is_none_or(|own| id.seq <= own.acked)
    };
    // The chain makes a proof for the newest hold for all before it.
    let newest = evidence.chains.iter().filter_map(|chain| {
        let writer = chain.first()?.id().writer;
        about.iter().filter(|record| record.id().writer == writer).filter(there).max_by_key(|r| r.id().seq).copied()
    });
    let newest: Vec<&Record> = newest.collect();
    // On a thread of its own: the screen's exports run on one that belongs to a runtime.
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let runtime = runtime::start().map_err(|failure| failure.message)?;
            runtime.block_on(async {
                let asked = tokio::time::timeout(PATIENCE, prove(ledger, &connection, &server, &newest));
                let answer = asked.await.unwrap_or(Err(SyncError::Timeout));
                answer.map_err(|error| refusal::sync(&error, words).message)
            })
        });
        asking.join().unwrap_or_else(|_| Err(refusal::sync(&SyncError::Timeout, words).message))
    })
}

fn seal(reader: &Reader, evidence: &mut Evidence, proofs: Vec<auxlog_sync::vouched::Proven>) {
    let receipts = evidence.server.iter().filter_map(|bytes| Signed::<Receipt>::from_bytes(bytes).ok()).collect();
    let key = reader.enrolment().and_then(|enrolment| PublicKey::from_bytes(&enrolment.server_key).ok());
    let Some(vouched) = key.map(|key| Vouched::new(&key, receipts, proofs)) else { return };
    evidence.server.clear();
    if !vouched.is_empty() {
        evidence.server.push(vouched.to_bytes());
        // What does not hold (a receipt of another server than today's) is of no use to a court.
        if let Err(error) = check(evidence) {
            tracing::warn!(%error, "the server's word is left out of the bundle");
            evidence.server.clear();
        }
    }
}

/// What the servers vouch for in a bundle whose chains were checked.
///
/// # Errors
/// Why the word of one does not hold.
pub(crate) fn check(evidence: &Evidence) -> Result<Vec<VouchedFor>, NotWhole> {
    let about: Vec<_> = evidence.about()?.into_iter().map(Record::id).collect();
    let mut found = Vec::new();
    for bytes in &evidence.server {
        if let Some(vouched) = Vouched::read(bytes)? {
            found.extend(vouched.check(evidence, &about)?);
        }
    }
    Ok(found)
}

/// It as programs read it.
pub(crate) fn json(found: &VouchedFor) -> Value {
    json!({
        "key": found.key_text(), "in_log": found.in_log, "by_receipt": found.by_receipt, "of": found.records,
        "log_size": found.log.size, "root": found.log.root.to_string(), "at": at(found),
    })
}

/// It for a person.
pub(crate) fn line(found: &VouchedFor, words: &Words) -> String {
    let loader = words.loader();
    let (in_log, received, of) = (found.in_log, found.by_receipt, found.records);
    let mut line = fl!(
        loader,
        "verify-server",
        key = found.key_text(),
        count = in_log,
        of = of,
        size = found.log.size,
        at = at(found).0.format("%Y-%m-%d %H:%M:%S").to_string()
    );
    if received > 0 {
        line.push_str(&fl!(loader, "verify-server-receipt", count = received));
    }
    let rest: usize = of - in_log - received;
    if rest > 0 {
        line.push_str(&fl!(loader, "verify-server-rest", count = rest));
    }
    line
}

fn at(found: &VouchedFor) -> auxlog_record::Moment {
    use chrono::TimeZone as _;
    let millis = found.log.at_ms.cast_signed();
    auxlog_record::Moment(auxlog_record::china().timestamp_millis_opt(millis).single().unwrap_or_default())
}
