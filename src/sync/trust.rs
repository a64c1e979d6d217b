//! What is believed of an answer: signatures of the server, its log's history, and every
//! signature and link of the records that it sends. Nothing of an answer is used before.

use auxlog_record::{AgencyId, Hash, PublicKey, Record};

use crate::error::SyncError;
use crate::hooks::{Hooks, Pulled, Seen};
use crate::merkle;
use crate::message::{Disposition, Page, PulledRun, SyncResponse};
use crate::receipt::{Checkpoint, Receipt};
use crate::signed::Signed;

/// Records from which on verifying is spread over threads.
const PARALLEL: usize = 32;

/// A receipt that proved to be the server's.
#[derive(Debug, Clone)]
pub(crate) struct Believed {
    pub(crate) receipt: Receipt,
    pub(crate) exact: Signed<Receipt>,
}

/// The receipts of an answer, all over the same checkpoint of our agency's log.
pub(crate) fn receipts(
    response: &SyncResponse,
    server: &PublicKey,
    agency: &AgencyId,
) -> Result<Vec<Believed>, SyncError> {
    let mut believed: Vec<Believed> = Vec::with_capacity(response.receipts.len());
    for exact in &response.receipts {
        let receipt = exact.open(server).map_err(|_| SyncError::OtherServer)?;
        if receipt.checkpoint.agency != *agency {
            return Err(SyncError::BadAnswer("a receipt speaks of another agency".into()));
        }
        if believed.iter().any(|other| other.receipt.checkpoint != receipt.checkpoint) {
            return Err(SyncError::BadAnswer("its receipts speak of different logs".into()));
        }
        believed.push(Believed { receipt, exact: exact.clone() });
    }
    Ok(believed)
}

/// How a checkpoint relates to the newest one seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    /// It is the same log, grown or not.
    Continues,
    /// It is shorter than what was seen: the server came back from a backup.
    Behind,
    /// The server began a new life of the log after it came back.
    Anew,
}

/// Relates a checkpoint to what was seen.
pub(crate) fn history(seen: &Seen, now: &Checkpoint, proof: Option<&[Hash]>) -> Result<History, SyncError> {
    if seen.size == 0 && seen.receipt.is_none() {
        return Ok(History::Continues);
    }
    if now.epoch != seen.epoch {
        return Ok(History::Anew);
    }
    if now.size < seen.size {
        return Ok(History::Behind);
    }
    let proven =
        proof.is_some_and(|proof| merkle::verify_consistency(seen.size, &seen.root, now.size, &now.root, proof));
    if proven { Ok(History::Continues) } else { Err(SyncError::HistoryRewritten { old: seen.size }) }
}

/// The records of a page, in the log's order, every signature and link verified.
pub(crate) fn page(page: Page, agency: &AgencyId, ledger: &dyn Hooks) -> Result<Vec<Pulled>, SyncError> {
    let mut all = Vec::new();
    for pulled in page.runs {
        let writer = pulled.run.writer;
        let (tip_seq, tip_hash) = ledger.pulled_tip(writer).map_err(SyncError::Ledger)?;
        let lsns = pulled.lsns.clone();
        let noted = pulled.noted.clone();
        let records = run(pulled, agency)?;
        if lsns.len() != records.len() {
            return Err(SyncError::BadAnswer("a page numbers other records than it has".into()));
        }
        let first = records.first().map_or(0, |first| first.id().seq);
        if first > tip_seq + 1 {
            return Err(SyncError::BadAnswer(format!("records {}–{} of {writer} are missing", tip_seq + 1, first - 1)));
        }
        let mut lsn = 0_u64;
        for (record, step) in records.into_iter().zip(lsns) {
            lsn = lsn.wrapping_add(step);
            // After a new life of the log, records known before come again.
            if record.id().seq <= tip_seq {
                continue;
            }
            if record.id().seq == tip_seq + 1 && record.envelope().prev != tip_hash {
                return Err(SyncError::Fork(record.id()));
            }
            let disposition =
                noted.iter().find(|(number, _)| *number == lsn).map_or(Disposition::Logged, |(_, what)| *what);
            all.push(Pulled { lsn, record, disposition });
        }
    }
    all.sort_by_key(|pulled| pulled.lsn);
    Ok(all)
}

/// The records of a run, every signature verified; the links within it hold by construction.
pub(crate) fn run(pulled: PulledRun, agency: &AgencyId) -> Result<Vec<Record>, SyncError> {
    let writer = pulled.run.writer;
    let bad = |what: String| SyncError::BadAnswer(format!("records of {writer}: {what}"));
    if pulled.run.agency != *agency {
        return Err(bad("they are of another agency".into()));
    }
    let key = PublicKey::from_bytes(&pulled.key).map_err(|e| bad(e.to_string()))?;
    let records = pulled.run.records().map_err(|e| bad(e.to_string()))?;
    match verify(&key, &records) {
        None => Ok(records),
        Some(error) => Err(bad(error)),
    }
}

/// Verifies signatures on as many threads as there are processors; gives the first that fails.
fn verify(key: &PublicKey, records: &[Record]) -> Option<String> {
    let check = |records: &[Record]| records.iter().find_map(|record| record.verify(key).err()).map(|e| e.to_string());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if records.len() < PARALLEL || threads == 1 {
        return check(records);
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            records.chunks(records.len().div_ceil(threads)).map(|part| scope.spawn(move || check(part))).collect();
        parts.into_iter().find_map(|part| part.join().expect("verifying a signature does not panic"))
    })
}
