//! The server's proofs in an evidence bundle: asked for when a task is exported, checked by `verify`.

use std::time::Duration;

use auxlog_record::evidence::{Evidence, EvidenceError, Known, Rendering};
use auxlog_record::{PublicKey, Record, RecordId};
use auxlog_store::server_of;
use auxlog_store::{Ledger, LedgerError, Reader};
use auxlog_sync::SyncError;
use auxlog_sync::receipt::Receipt;
use auxlog_sync::signed::Signed;
use auxlog_sync::task_proof::TaskProof;
use auxlog_sync::vouched::{Vouched, VouchedError, VouchedFor, prove};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::words::Words;
use crate::{failed, runtime};

/// How long an export waits for the server's proofs; the receipts are here anyhow.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a bundle is not whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotWhole {
    #[error(transparent)]
    Bundle(#[from] EvidenceError),
    #[error(transparent)]
    Server(#[from] VouchedError),
    /// The server that was to vouch for it does not.
    #[error("no server with the key {0} vouches for it")]
    OtherServer(String),
    /// More than one server says who wrote the records.
    #[error("more than one server says who wrote the records")]
    Servers,
    /// The page says something else than the records.
    #[error("the page is not what its records say")]
    Page,
    /// A newer auxlog rendered the page.
    #[error("its page was rendered by renderer {0}; this auxlog knows {newest}: update it", newest = Rendering::NEWEST)]
    NewerPage(u16),
}

/// A task's bundle with the receipts that are here, under the server's key.
pub(crate) fn receipts(reader: &Reader, task: RecordId) -> Result<Evidence, LedgerError> {
    let mut evidence = reader.evidence(task, &[])?;
    seal(reader, &mut evidence, None);
    Ok(evidence)
}

/// The same with all that the server's log holds about the task, which it is asked for; and why that is
/// not in it, where it was to be.
pub(crate) fn prove_all(
    ledger: &Ledger,
    task: RecordId,
    words: &Words,
) -> Result<(Evidence, Option<String>), LedgerError> {
    // Standing alone is no fault.
    if ledger.enrolment().is_none() {
        return Ok((receipts(ledger, task)?, None));
    }
    match ask(ledger, task, words) {
        Ok((proof, about)) => {
            let mut evidence = ledger.evidence(task, &about)?;
            seal(ledger, &mut evidence, Some(proof));
            Ok((evidence, None))
        }
        Err(why) => Ok((receipts(ledger, task)?, Some(why))),
    }
}

/// What the server signs about the task, and the records that it names.
fn ask(ledger: &Ledger, task: RecordId, words: &Words) -> Result<(Signed<TaskProof>, Vec<RecordId>), String> {
    let (connection, server) = server_of(ledger).map_err(|error| failed::join(&error, words).message)?;
    // On a thread of its own: the screen's exports run on one that belongs to a runtime.
    let proof = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let runtime = runtime::start().map_err(|failure| failure.message)?;
            runtime.block_on(async {
                let asked = tokio::time::timeout(PATIENCE, prove(ledger, &connection, &server, task));
                let answer = asked.await.unwrap_or(Err(SyncError::Timeout));
                answer.map_err(|error| failed::sync(&error, words).message)
            })
        });
        asking.join().unwrap_or_else(|_| Err(failed::sync(&SyncError::Timeout, words).message))
    })?;
    let proof = proof.ok_or_else(|| fl!(words.loader(), "export-not-there"))?;
    let about = proof.claimed().map(|proof| proof.about.iter().map(|about| about.record).collect());
    Ok((proof, about.unwrap_or_default()))
}

fn seal(reader: &Reader, evidence: &mut Evidence, task: Option<Signed<TaskProof>>) {
    let receipts = std::mem::take(&mut evidence.server);
    let key = reader.enrolment().and_then(|enrolment| PublicKey::from_bytes(&enrolment.server_key).ok());
    let Some(key) = key else { return };
    // What the server signed with a key that it had before is of no use beside what it signs today.
    let receipts = receipts.iter().filter_map(|bytes| Signed::<Receipt>::from_bytes(bytes).ok());
    let vouched = Vouched::new(&key, receipts.filter(|receipt| receipt.open(&key).is_ok()).collect(), task);
    if vouched.is_empty() {
        return;
    }
    evidence.server.push(vouched.to_bytes());
    // What does not hold (a receipt of another server than today's) is of no use to a court.
    match check(evidence) {
        Ok(found) => evidence.cite(&known(&found), reader.rulebooks()),
        Err(error) => {
            tracing::warn!(%error, "the server's word is left out of the bundle");
            evidence.server.clear();
        }
    }
}

/// What is known of a bundle's records by the server that signed for all that it holds about the task.
pub(crate) fn known(found: &[VouchedFor]) -> Known {
    found.iter().find_map(|found| found.known.clone()).unwrap_or_default()
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
    // Who is who is one server's to say: a second one would be a stranger's.
    if found.iter().filter(|found| found.known.is_some()).count() > 1 {
        return Err(NotWhole::Servers);
    }
    Ok(found)
}

/// It as programs read it.
pub(crate) fn json(found: &VouchedFor) -> Value {
    json!({
        "key": found.key_text(), "in_log": found.in_log, "by_receipt": found.by_receipt, "of": found.records,
        "log_size": found.log.size, "root": found.log.root.to_string(), "at": at(found),
        "complete": found.known.is_some(),
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
