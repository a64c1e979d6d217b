//! What is believed of an answer: signatures of the server, its log's history, and every
//! signature and link of the records that it sends, and the root of the log, computed anew from all
//! that was pulled. Nothing of an answer is used before.

use std::collections::BTreeMap;

use auxlog_law::Verdict;
use auxlog_record::{AgencyId, Disposition, Hash, PublicKey, Record, RecordId, Word};

use crate::compare::Comparison;
use crate::error::SyncError;
use crate::local::{Cursor, LocalLedger, Placed, Pulled, Seen};
use crate::merkle;
use crate::message::{Page, PulledRun, SyncResponse, Words};
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
    if now.epoch != seen.cursor.epoch {
        return Ok(History::Anew);
    }
    if now.size < seen.size {
        return Ok(History::Behind);
    }
    let proven =
        proof.is_some_and(|proof| merkle::verify_consistency(seen.size, &seen.root, now.size, &now.root, proof));
    if proven { Ok(History::Continues) } else { Err(SyncError::HistoryRewritten { old: seen.size }) }
}

/// A page once everything in it was checked.
pub(crate) struct Turned {
    /// Records of others that are new here, in the log's order.
    pub(crate) pulled: Vec<Pulled>,
    /// What the log says of records that are here already: own ones, and after a new life of the log all.
    pub(crate) placed: Vec<Placed>,
    /// Up to where the log is pulled with the page; `None` where an own record that it counts is not here.
    pub(crate) upto: Option<Cursor>,
}

/// The records of a page, every signature and link verified, and every number of the log accounted for.
/// `pushed` knows hashes of own records that were sent a moment ago.
pub(crate) fn page(
    page: Page,
    cursor: &Cursor,
    server: &PublicKey,
    ledger: &dyn LocalLedger,
    pushed: &BTreeMap<RecordId, Hash>,
) -> Result<Turned, SyncError> {
    let agency = ledger.agency();
    let mut comparison = Comparison::new(server, cursor);
    let mut rows: Vec<(u64, Option<Hash>, Vec<u8>)> = Vec::new();
    let (mut pulled, mut placed) = (Vec::new(), Vec::new());
    let leaf = |word: &Word, hash: &Hash| word.leaf(hash, if word.lsn > page.leaves_from { 2 } else { 1 });
    for run in page.runs {
        let writer = run.run.writer;
        let (tip_seq, tip_hash) = ledger.pulled_tip(writer)?;
        let words = words(&run.lsns, &run.noted, run.words.clone())?;
        let records = self::run(run, &agency)?;
        if words.len() != records.len() {
            return Err(SyncError::BadAnswer("a page numbers other records than it has".into()));
        }
        let first = records.first().map_or(0, |first| first.id().seq);
        let mut known = Placed { writer, first, words: Vec::new() };
        // A key that was replaced here went on elsewhere: what it wrote there counts in the log, not here.
        let (fork, mut apart) = (ledger.is_fork(writer), false);
        if first > tip_seq + 1 && !fork {
            return Err(SyncError::BadAnswer(format!("records {}–{} of {writer} are missing", tip_seq + 1, first - 1)));
        }
        for (record, word) in records.into_iter().zip(words) {
            let (id, hash) = (record.id(), record.hash());
            rows.push((word.lsn, Some(hash), leaf(&word, &hash)));
            comparison.take(&record, &word)?;
            // After a new life of the log, or from its beginning, records known before come again.
            if id.seq <= tip_seq {
                let here = ledger.own_hash(writer, id.seq)?;
                if here.is_some_and(|here| here != hash) {
                    if fork {
                        apart = true;
                        continue;
                    }
                    return Err(SyncError::Fork(id));
                }
                known.words.push(word);
                continue;
            }
            if id.seq == tip_seq + 1 && record.envelope().prev != tip_hash {
                if !fork {
                    return Err(SyncError::Fork(id));
                }
                apart = true;
            }
            if apart || (fork && first > tip_seq + 1) {
                continue;
            }
            pulled.push(Pulled { record, word });
        }
        placed.extend(Some(known).filter(|known| !known.words.is_empty()));
    }
    for run in page.own {
        let words = words(&run.lsns, &run.noted, run.words)?;
        for (seq, word) in (run.first_seq..).zip(&words) {
            let id = RecordId { writer: run.writer, seq };
            let hash = match pushed.get(&id) {
                Some(hash) => Some(*hash),
                None => ledger.own_hash(run.writer, seq)?,
            };
            rows.push((word.lsn, hash, hash.map(|hash| leaf(word, &hash)).unwrap_or_default()));
        }
        placed.push(Placed { writer: run.writer, first: run.first_seq, words });
    }
    rows.sort_unstable_by_key(|(lsn, ..)| *lsn);
    pulled.sort_by_key(|pulled| pulled.word.lsn);
    let mut frontier = cursor.frontier.clone();
    comparison.grown(&frontier)?;
    for (lsn, hash, leaf) in &rows {
        if *lsn != frontier.size() + 1 {
            let missing = frontier.size() + 1;
            return Err(SyncError::BadAnswer(format!("it says nothing of number {missing} of the log")));
        }
        if hash.is_none() {
            return Ok(Turned { pulled: Vec::new(), placed: Vec::new(), upto: None });
        }
        frontier.append(merkle::leaf(leaf), |_, _| {});
        comparison.grown(&frontier)?;
    }
    if frontier.size() != page.next {
        return Err(SyncError::BadAnswer("its page ends elsewhere than it says".into()));
    }
    let doubts = comparison.doubts();
    Ok(Turned { pulled, placed, upto: Some(Cursor { frontier, doubts, ..cursor.clone() }) })
}

/// What the log says of consecutive records, out of its columns.
fn words(lsns: &[u64], noted: &[(u64, Disposition)], columns: Words) -> Result<Vec<Word>, SyncError> {
    if columns.recv.len() != lsns.len() {
        return Err(SyncError::BadAnswer("it does not say when each record was received".into()));
    }
    let noted: BTreeMap<u64, Disposition> = noted.iter().copied().collect();
    let mut verdicts: BTreeMap<u64, Verdict> = columns.verdicts.into_iter().collect();
    let (mut lsn, mut recv) = (0_u64, 0_i64);
    let words = lsns.iter().zip(&columns.recv).map(|(step, later)| {
        lsn = lsn.wrapping_add(*step);
        recv = recv.wrapping_add(*later);
        Word {
            lsn,
            recv_ms: recv.cast_unsigned(),
            disposition: noted.get(&lsn).copied().unwrap_or_default(),
            verdict: verdicts.remove(&lsn).map(Box::new),
        }
    });
    Ok(words.collect())
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
