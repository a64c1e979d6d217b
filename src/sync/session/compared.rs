//! What is left behind of a synchronisation, and what other laptops left behind: the clock's offset
//! and the receipt that was shown go into the chain, and theirs are proven to be of the same log.

use std::collections::BTreeSet;

use auxlog_record::RecordId;

use super::{Session, State};
use crate::Refusal;
use crate::compare::Doubt;
use crate::error::SyncError;
use crate::http::{Answer, Request};
use crate::local::{Cursor, LocalError, LocalLedger};
use crate::merkle::{self, Frontier};
use crate::message::{ConsistencyProof, Standing};

/// An answer that took longer says too little of the clock.
const SLOW_MS: u64 = 20_000;

/// What a synchronisation leaves behind in the chain.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    /// Work was sent or came: something is to be noted.
    pub(super) worked: bool,
    /// By how much the server's clock is ahead; `None` where it was not measured, or is written down.
    pub(super) offset_ms: Option<i64>,
    /// The log is pulled from its beginning once more, for want of a proof.
    pub(super) anew: bool,
    /// Own records that say only what this laptop was shown.
    pub(super) notes: BTreeSet<RecordId>,
}

impl Session {
    /// What the server's clock says, read in the middle of the exchange.
    pub(super) fn measure(&mut self, now_ms: u64, server_ms: u64) {
        let took = now_ms.saturating_sub(self.asked_ms);
        let offset = server_ms.cast_signed().wrapping_sub((now_ms - took / 2).cast_signed());
        self.learnt.offset_ms = offset;
        // Whoever is given nothing of the log was shown nothing.
        self.trace.offset_ms = (took < SLOW_MS && self.outcome.standing == Standing::Active).then_some(offset);
    }

    /// Writes a note, once, of a session that moved something; gives whether there is one to be sent.
    pub(super) fn note(&mut self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<bool, LocalError> {
        if !std::mem::take(&mut self.trace.worked) {
            return Ok(false);
        }
        self.trace.offset_ms.take().map_or(Ok(false), |offset| ledger.note_sync(now_ms.saturating_add_signed(offset)))
    }

    /// Asks the server to prove that the log shown to another laptop is this one's beginning.
    pub(super) fn prove(&mut self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<Option<Request>, LocalError> {
        let seen = ledger.seen()?;
        let Some(doubt) = seen.cursor.doubts.first().copied() else { return Ok(None) };
        self.state = State::Proving(doubt);
        let target = format!("/v1/proof/consistency?agency={}&old={}&new={}", ledger.agency(), doubt.size, seen.size);
        Ok(Some(self.sign("GET", target, Vec::new(), now_ms, ledger)))
    }

    pub(super) fn take_proof(
        &mut self,
        doubt: Doubt,
        answer: Answer,
        ledger: &dyn LocalLedger,
    ) -> Result<(), SyncError> {
        let seen = ledger.seen()?;
        let proven = match answer.message::<ConsistencyProof>() {
            Ok(ConsistencyProof { path, .. }) => {
                merkle::verify_consistency(doubt.size, &doubt.root, seen.size, &seen.root, &path)
            }
            Err(SyncError::Refused(Refusal::NotFound) | SyncError::BadAnswer(_)) => false,
            Err(error) => return Err(error),
        };
        if !proven {
            // No signature is over this answer: it may be anybody's on the way. Pages are signed, and pulled
            // from the beginning they say themselves which it was.
            if std::mem::replace(&mut self.trace.anew, true) {
                let why = format!("it does not prove what another laptop was shown at number {}", doubt.size);
                return Err(SyncError::BadAnswer(why));
            }
            self.to_receive = 1;
            let anew = Cursor { frontier: Frontier::default(), ..seen.cursor };
            return ledger.accept_pulled(&anew, Vec::new(), Vec::new()).map_err(SyncError::Ledger);
        }
        let mut doubts = seen.cursor.doubts;
        doubts.retain(|other| *other != doubt);
        let upto = Cursor { doubts, ..seen.cursor };
        ledger.accept_pulled(&upto, Vec::new(), Vec::new()).map_err(SyncError::Ledger)
    }
}
