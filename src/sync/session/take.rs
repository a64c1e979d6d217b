//! Taking an answer: what is proven is believed, kept, and compared with what is here.

use auxlog_record::{AgencyId, Record, RecordId, is_office, kind};

use super::{Life, Session};
use crate::error::SyncError;
use crate::local::{Cursor, LocalLedger, Seen};
use crate::merkle::Frontier;
use crate::message::{Capabilities, Disposition, PulledRun, Refused, RefusedFor, Standing, SyncResponse};
use crate::progress::Notice;
use crate::run::MAX_RECORDS;
use crate::verify::{self, Believed, History};

/// What is said of a record that was set aside.
pub(super) fn why(refused: Refused) -> SyncError {
    let id = RecordId { writer: refused.writer, seq: refused.seq };
    match refused.reason {
        RefusedFor::Fork => SyncError::Fork(id),
        full if full.is_full() => SyncError::Full(full),
        reason => SyncError::SetAside { id, reason },
    }
}

/// Whether a record says only what its writer's laptop was shown.
pub(super) fn is_note(record: &Record) -> bool {
    record.envelope().kind == kind::number::SYNC_NOTED
}

/// Whether a record is work, and nothing that comes with a key.
pub(super) fn is_work(record: &Record) -> bool {
    let kind = record.envelope().kind;
    !is_note(record) && kind != kind::number::WRITER_OPENED && !is_office(kind)
}

impl Session {
    /// Takes an answer: believes what is proven, keeps it, and notes what is left to do.
    pub(super) fn take(
        &mut self,
        now_ms: u64,
        response: SyncResponse,
        ledger: &dyn LocalLedger,
    ) -> Result<(), SyncError> {
        let agency = ledger.agency();
        self.outcome.standing = response.standing;
        self.measure(now_ms, response.server_ms);
        let receipts = verify::receipts(&response, &self.server, &agency)?;
        let Some(first) = receipts.first() else {
            return Err(SyncError::BadAnswer("it brings no receipt".into()));
        };
        let checkpoint = first.receipt.checkpoint.clone();
        let mut seen = ledger.seen()?;
        match verify::history(&seen, &checkpoint, response.consistency.as_deref())? {
            History::Continues => {}
            History::Behind if self.life == Life::Proven => {
                return Err(SyncError::BadAnswer("it stays behind the receipt that it was shown".into()));
            }
            History::Behind => {
                // Its own receipt proves that it came back; it answers with a new life of the log.
                self.life = Life::Proven;
                self.to_receive = 1;
                return Ok(());
            }
            History::Anew => {
                self.outcome.notices.push(Notice::ServerCameBack);
                // Before anything of the new life is kept: once it is, nothing else tells that it is to be done.
                ledger.note_to_bring(true)?;
                self.life = Life::New;
                seen = Seen::default();
            }
        }
        // The first of this life that is seen here, by whichever clock is ahead: the server's may be behind.
        if seen.cursor.epoch != checkpoint.epoch || seen.cursor.since_ms == 0 {
            let (epoch, since_ms) = (checkpoint.epoch, checkpoint.at_ms.max(now_ms));
            seen.cursor = Cursor { epoch, since_ms, ..seen.cursor };
        }
        let before = self.outcome.sent + self.outcome.received;
        let refused_elsewhere = self.take_refused(&response, ledger)?;
        if self.take_own(&receipts, response.restored.clone(), &agency, ledger)? || refused_elsewhere {
            // What it says of that key's records is of others than those that are here: asked for anew.
            self.to_receive = 1;
            return Ok(());
        }
        self.keep_receipts(&receipts, &seen, ledger)?;
        self.outcome.noted.extend(response.noted.iter().filter(|noted| noted.disposition != Disposition::ClockOff));
        self.outcome.refused +=
            response.noted.iter().filter(|noted| noted.disposition == Disposition::Held).count() as u64;

        self.agreed = response.caps.agreed_with(Capabilities::OURS);
        if let Some(role) = response.role {
            ledger.note_role(role)?;
        }
        ledger.note_custody(&response.custody)?;
        ledger.note_awaiting(&response.awaiting)?;
        (self.outcome.custody, self.outcome.awaiting) = (response.custody, response.awaiting);
        if !response.incidents.is_empty() {
            ledger.note_incidents(&response.incidents)?;
        }

        let (next, left, came_back) = (response.page.next, response.page.left, response.restored.is_some());
        let cursor = seen.cursor.frontier.size();
        if next < cursor || (left > 0 && next == cursor && response.standing != Standing::Revoked) {
            return Err(SyncError::BadAnswer("its page leads nowhere".into()));
        }
        self.to_receive = left;
        let turned = verify::page(response.page, &seen.cursor, &self.server, ledger, &self.pushed)?;
        match turned.upto {
            Some(upto) => {
                if next == checkpoint.size && upto.frontier.root() != checkpoint.root {
                    // From the beginning next time: what is wrong is not known to be in this page.
                    let anew = Cursor { frontier: Frontier::default(), doubts: Vec::new(), ..upto };
                    ledger.accept_pulled(&anew, Vec::new(), Vec::new())?;
                    return Err(SyncError::LogDiffers { size: checkpoint.size });
                }
                if next != cursor {
                    // What laptops write for each other's sake is told to nobody.
                    let news = turned.pulled.iter().filter(|pulled| !is_note(&pulled.record)).count() as u64;
                    self.outcome.received += news;
                    self.trace.worked |= turned.pulled.iter().any(|pulled| is_work(&pulled.record));
                    ledger.accept_pulled(&upto, turned.pulled, turned.placed)?;
                }
            }
            // This disk came back from an old copy: own records that the log counts come first.
            None if self.restore.is_some() || came_back => self.to_receive = left.max(1),
            None => {
                let missing = || SyncError::BadAnswer("it counts own records that are not here".into());
                return Err(self.set_aside.take().map_or_else(missing, why));
            }
        }
        let moved = self.outcome.sent + self.outcome.received > before || next > cursor || came_back;
        self.idle_exchanges = if moved { 0 } else { self.idle_exchanges + 1 };
        if self.late == 0 {
            self.learnt.batch = (self.learnt.batch * 2).min(MAX_RECORDS);
        }
        self.late = self.late.saturating_sub(1);
        if let Some(manifest) = response.roster {
            self.begin_roster(manifest, &agency, ledger)?;
        }
        Ok(())
    }

    /// Takes note of what was set aside; gives whether a key that was replaced here turned out to go on
    /// elsewhere.
    fn take_refused(&mut self, response: &SyncResponse, ledger: &dyn LocalLedger) -> Result<bool, SyncError> {
        let own = ledger.own()?;
        let mut elsewhere = false;
        for refused in &response.refused {
            if refused.reason == RefusedFor::UnknownWriter {
                // Another officer of this laptop who has not enrolled yet: their records wait for it.
                self.blocked.insert(refused.writer);
                self.outcome.set_aside.push(*refused);
                continue;
            }
            if refused.reason.is_full() {
                self.blocked.insert(refused.writer);
                self.set_aside = self.set_aside.or(Some(*refused));
                continue;
            }
            let replaced = own.iter().any(|own| own.writer == refused.writer && own.replaced);
            if replaced && refused.reason == RefusedFor::Fork {
                // A key that was replaced here goes on where the copy is: nothing more of it is sent.
                ledger.note_fork(refused.writer)?;
                elsewhere = true;
                continue;
            }
            ledger.note_refused(*refused)?;
            self.blocked.insert(refused.writer);
            self.outcome.refused += 1;
            self.outcome.set_aside.push(*refused);
            self.set_aside = Some(*refused);
        }
        Ok(elsewhere)
    }

    /// Compares what the server has of our own records with what is here; gives whether a key that was
    /// replaced here turned out to go on elsewhere.
    fn take_own(
        &mut self,
        receipts: &[Believed],
        restored: Option<PulledRun>,
        agency: &AgencyId,
        ledger: &dyn LocalLedger,
    ) -> Result<bool, SyncError> {
        if let Some(run) = restored {
            let writer = run.run.writer;
            let records = verify::run(run, agency)?;
            if let Some(first) = records.first() {
                let (seq, prev) = (first.id().seq - 1, first.envelope().prev);
                let here = ledger.own_hash(writer, seq)?;
                if seq > 0 && here != Some(prev) {
                    return Err(SyncError::Fork(RecordId { writer, seq }));
                }
            }
            ledger.restore_own(records)?;
            self.outcome.notices.push(Notice::LaptopCameBack);
            if self.restore == Some(writer) {
                self.restore = None;
            }
        }
        let own = ledger.own()?;
        let device = ledger.public_key().writer();
        let mut elsewhere = false;
        for Believed { receipt, .. } in receipts {
            let Some(mine) = own.iter().find(|own| own.writer == receipt.writer) else { continue };
            if receipt.acked > mine.seq {
                // The server has more of ours than we: this disk came back from an old copy. Only
                // the officer's own ledger can take it back.
                let whole = !self.blocked.contains(&mine.writer) && self.outcome.standing == Standing::Active;
                if mine.writer == device {
                    self.restore = whole.then_some(mine.writer);
                } else if mine.replaced {
                    ledger.note_fork(mine.writer)?;
                    elsewhere = true;
                }
                continue;
            }
            let here = ledger.own_hash(mine.writer, receipt.acked)?;
            if receipt.acked > 0 && here != Some(receipt.head) {
                if mine.replaced {
                    ledger.note_fork(mine.writer)?;
                    elsewhere = true;
                    continue;
                }
                self.blocked.insert(mine.writer);
                return Err(SyncError::Fork(RecordId { writer: mine.writer, seq: receipt.acked }));
            }
        }
        Ok(elsewhere)
    }

    /// Keeps receipts that say something new.
    fn keep_receipts(&mut self, receipts: &[Believed], seen: &Seen, ledger: &dyn LocalLedger) -> Result<(), SyncError> {
        let own = ledger.own()?;
        let device = ledger.public_key().writer();
        for Believed { receipt, exact } in receipts {
            let Some(mine) = own.iter().find(|own| own.writer == receipt.writer) else { continue };
            let before = self.sent_up_to(mine);
            let of = |seq| RecordId { writer: receipt.writer, seq };
            let notes = self.trace.notes.range(of(before + 1)..of((receipt.acked + 1).max(before + 1))).count() as u64;
            self.outcome.sent += receipt.acked.saturating_sub(before) - notes;
            self.acked.insert(receipt.writer, receipt.acked);
            if receipt.writer == device {
                // Whoever asks means what was recorded.
                self.outcome.acked = receipt.acked - u64::from(self.trace.notes.contains(&of(receipt.acked)));
            }
            let checkpoint = &receipt.checkpoint;
            let news = receipt.acked != mine.acked
                || checkpoint.epoch != seen.cursor.epoch
                || (receipt.writer == device && checkpoint.size != seen.size)
                || seen.receipt.is_none();
            if news && receipt.acked <= mine.seq {
                ledger.accept_receipt(receipt, exact)?;
            }
        }
        Ok(())
    }
}
