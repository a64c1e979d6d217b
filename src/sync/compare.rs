//! Whether other laptops were shown the same log: the receipts in their chains against what was pulled
//! here.
//!
//! A receipt in a note is signed by the server, so that a note that does not fit proves that the server
//! signed two logs; an officer cannot make one up.

use std::collections::BTreeMap;

use auxlog_record::{Event, Hash, PublicKey, Record, RecordId, Word, kind};
use minicbor::{Decode, Encode};

use crate::error::SyncError;
use crate::local::Cursor;
use crate::merkle::Frontier;
use crate::receipt::{Checkpoint, Receipt};
use crate::signed::Signed;

/// By how much clocks may differ.
const CLOCK_MS: u64 = 5 * 60 * 1000;

/// A root that another laptop was shown and that is not proven yet to be of the log pulled here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Doubt {
    /// The note that says so.
    #[n(0)]
    pub of: RecordId,
    /// The log's size.
    #[n(1)]
    pub size: u64,
    /// Its root then.
    #[n(2)]
    pub root: Hash,
}

impl Doubt {
    /// What to say of one that the log disproves.
    pub(crate) fn confirmed(&self) -> SyncError {
        SyncError::TwoViews { of: self.of, size: self.size }
    }
}

/// The notes of a page, compared while the log's tree grows over it.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    server: &'a PublicKey,
    /// The log's life, and since when it is known here.
    now: &'a Cursor,
    due: BTreeMap<u64, Vec<Doubt>>,
    doubts: Vec<Doubt>,
}

impl<'a> Comparison<'a> {
    /// Against the log of which this much was pulled.
    pub(crate) fn new(server: &'a PublicKey, now: &'a Cursor) -> Self {
        let mut comparison = Self { server, now, due: BTreeMap::new(), doubts: Vec::new() };
        for doubt in now.doubts.iter().copied() {
            comparison.add(doubt);
        }
        comparison
    }

    /// What the pages that are still to come decide waits for them; the rest is the server's to prove.
    fn add(&mut self, doubt: Doubt) {
        if doubt.size >= self.now.frontier.size() {
            self.due.entry(doubt.size).or_default().push(doubt);
        } else {
            self.doubts.push(doubt);
        }
    }

    /// Takes a record of another laptop, where it is such a note.
    pub(crate) fn take(&mut self, record: &Record, word: &Word) -> Result<(), SyncError> {
        let Some(shown) = shown(record, self.server) else { return Ok(()) };
        let doubt = Doubt { of: record.id(), size: shown.size, root: shown.root };
        if shown.epoch != self.now.epoch {
            // A life that ended before this one began is what a server that came back leaves behind. That it
            // did not, the clocks of the server and of the note's laptop say together, or none: one alone may
            // have been wrong.
            let since = self.now.since_ms;
            let noted_ms = record.envelope().reading.wall_ms.max(0).unsigned_abs();
            return if since > 0 && shown.at_ms.min(noted_ms) > since + CLOCK_MS {
                Err(doubt.confirmed())
            } else {
                Ok(())
            };
        }
        if shown.size >= word.lsn {
            return Err(doubt.confirmed());
        }
        if shown.size > 0 {
            // Of those that the server has to prove, the newest of each.
            if shown.size < self.now.frontier.size() {
                self.doubts.retain(|other| other.of.writer != doubt.of.writer);
            }
            self.add(doubt);
        }
        Ok(())
    }

    /// Compares what was shown of the log at this size.
    pub(crate) fn grown(&mut self, log: &Frontier) -> Result<(), SyncError> {
        let Some(due) = self.due.remove(&log.size()) else { return Ok(()) };
        let root = log.root();
        due.iter().find(|doubt| doubt.root != root).map_or(Ok(()), |doubt| Err(doubt.confirmed()))
    }

    /// What the server has to prove, and what later pages decide.
    pub(crate) fn doubts(self) -> Vec<Doubt> {
        self.doubts.into_iter().chain(self.due.into_values().flatten()).collect()
    }
}

/// The checkpoint that a note's writer was shown; `None` where the server did not sign it.
fn shown(record: &Record, server: &PublicKey) -> Option<Checkpoint> {
    if record.envelope().kind != kind::number::SYNC_NOTED {
        return None;
    }
    let Ok(Event::SyncNoted(noted)) = record.event() else { return None };
    let receipt = Signed::<Receipt>::from_bytes(&noted.receipt).ok()?.open(server).ok()?;
    (receipt.checkpoint.agency == record.envelope().agency).then_some(receipt.checkpoint)
}
