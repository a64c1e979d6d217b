//! What synchronisation reads from the ledger and keeps in it.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use auxlog_journal::{Entry, ServerVerdict};
use auxlog_record::{
    Disposition, Event, Hash, Moment, PublicKey, Record, RecordId, Roster, RosterIssued, Signer as _, SyncNoted, Tip,
    Word, WriterId,
};

use super::book::{RosterParts, acked_entry, placed_entry, roster_entry, word_entry};
use super::rows::moment;
use super::{Ledger, Reader};
use crate::index::Run;
use crate::{Enrolment, LedgerError};

/// Topic of the note that says where the laptop is enrolled.
pub(crate) const ENROLMENT: &str = "enrolment";

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const MINUTE_MS: u64 = 60_000;

/// One of the laptop's own writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnWriter {
    /// The writer.
    pub writer: WriterId,
    /// Its newest record.
    pub tip: Tip,
    /// Seq covered by its last verified receipt; 0 is none.
    pub acked: u64,
    /// The first of its records that damage took from this disk although the server has it.
    pub hole: Option<u64>,
}

/// A record of another laptop, verified by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The record.
    pub record: Record,
    /// What the agency's log says of it.
    pub word: Word,
    /// What the server said of it.
    pub verdict: ServerVerdict,
    /// Why, in the server's codes.
    pub reasons: Vec<String>,
}

/// Records of one of the laptop's own writers that no receipt covers yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub officer: String,
    /// The first of them, by its number in their chain.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// When the first was recorded, by the wall clock.
    pub since: Moment,
}

impl Reader {
    /// What waits to be sent, writer by writer, longest waiting first.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn waiting(&self) -> Result<Vec<Waiting>, LedgerError> {
        let mut all = Vec::new();
        for own in self.own_writers().into_iter().filter(|own| own.acked < own.tip.seq) {
            let Some(first) = self.record_of(own.writer, own.acked + 1)? else { continue };
            let index = self.index();
            let view = index.writers().get(&own.writer).and_then(|writer| writer.view.as_ref());
            let officer = view.map(|view| view.opened.officer_name.clone()).unwrap_or_default();
            let since = moment(first.envelope().reading.wall_ms);
            all.push(Waiting { officer, first: own.acked + 1, last: own.tip.seq, since });
        }
        all.sort_by_key(|waiting| waiting.since);
        Ok(all)
    }

    /// Where the laptop is enrolled, if it is.
    pub fn enrolment(&self) -> Option<Enrolment> {
        self.note(ENROLMENT).and_then(|bytes| serde_json::from_slice(&bytes).ok())
    }

    /// The newest note kept under `topic`.
    pub fn note(&self, topic: &str) -> Option<Vec<u8>> {
        self.index().topic(topic).map(<[u8]>::to_vec)
    }

    /// The rosters that the agency's office issued, in the order of the log as it was pulled; `None` where
    /// the log has no office.
    pub fn rosters_issued(&self) -> Option<Vec<RosterIssued>> {
        let index = self.index();
        let authority = index.authority();
        authority.has_office().then(|| authority.rosters().cloned().collect())
    }

    /// What the server's roster held here was made of, as [`Ledger::accept_roster`] kept it; `None` where
    /// there is none, or an older version kept it without its pieces.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when it cannot be read back.
    pub fn kept_roster(&self) -> Result<Option<RosterParts>, LedgerError> {
        let place = self.index().roster_place();
        place.map_or(Ok(None), |place| self.book.roster_parts(place))
    }

    /// The laptop's own writers.
    pub fn own_writers(&self) -> Vec<OwnWriter> {
        let index = self.index();
        let own = index.writers().iter().filter(|writer| writer.own);
        own.map(|writer| OwnWriter {
            writer: writer.id,
            tip: writer.tip,
            acked: writer.acked,
            hole: writer.first_hole().filter(|hole| *hole <= writer.acked),
        })
        .collect()
    }

    /// Consecutive records of one of the laptop's own writers after seq `after`: at most `limit`,
    /// together about `bytes` long (one is given even if it is longer).
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn own_records(
        &self,
        writer: WriterId,
        after: u64,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<Record>, LedgerError> {
        let mut records = Vec::new();
        let mut length = 0;
        while records.len() < limit && (records.is_empty() || length < bytes) {
            let seq = after + 1 + records.len() as u64;
            let Some(record) = self.record_of(writer, seq)? else { break };
            length += record.signed().len() + record.body().map_or(0, <[u8]>::len) + 64;
            records.push(record);
        }
        Ok(records)
    }

    /// A record by writer and seq; `None` where it is not here.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when it cannot be read back.
    pub fn record_of(&self, writer: WriterId, seq: u64) -> Result<Option<Record>, LedgerError> {
        let place = {
            let index = self.index();
            index.writers().get(&writer).and_then(|known| known.place(seq))
        };
        let record = place.map(|place| crate::index::Source::record(&self.book, place)).transpose()?;
        Ok(record.map(|record| self.index().veil(record)))
    }

    /// Hash of a record by writer and seq; `None` where it is not here.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when it cannot be read back.
    pub fn record_hash(&self, writer: WriterId, seq: u64) -> Result<Option<Hash>, LedgerError> {
        Ok(self.record_of(writer, seq)?.map(|record| record.hash()))
    }

    /// The newest record known of a writer; seq 0 where there is none.
    pub fn tip_of(&self, writer: WriterId) -> Tip {
        self.index().writers().get(&writer).map(|known| known.tip).unwrap_or_default()
    }
}

impl Ledger {
    /// The open officer's public key on this laptop.
    pub fn public_key(&self) -> PublicKey {
        self.unlocked.signing.public_key()
    }

    /// The open officer's signature over `message`: for requests and proofs, never for a record.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.unlocked.signing.sign(message)
    }

    /// The writers whose keys are held here: each officer's that works on this laptop.
    pub fn holders(&self) -> Vec<WriterId> {
        let keyring = self.keyring.lock().unwrap_or_else(PoisonError::into_inner);
        keyring.officers().into_iter().map(|holder| holder.writer).collect()
    }

    /// Keeps where the laptop is enrolled, durably.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn set_enrolment(&self, enrolment: &Enrolment) -> Result<(), LedgerError> {
        let bytes = serde_json::to_vec(enrolment).map_err(|error| LedgerError::NotSaved { source: error.into() })?;
        self.put_note(ENROLMENT, bytes)
    }

    /// Keeps a note under `topic`, durably; the newest of a topic counts.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn put_note(&self, topic: &str, bytes: Vec<u8>) -> Result<(), LedgerError> {
        self.keep(&[Entry::Note { topic: topic.to_owned(), bytes }])
    }

    /// Keeps a receipt that the caller verified, durably and as it came, with notes that go with
    /// it: `acked` of `writer`'s records are covered. A server that came back from a backup may
    /// cover fewer than before.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn accept_receipt(
        &self,
        writer: WriterId,
        acked: u64,
        receipt: Vec<u8>,
        notes: Vec<(String, Vec<u8>)>,
    ) -> Result<(), LedgerError> {
        let mut entries = vec![Entry::Receipt(receipt), acked_entry(writer, acked)];
        entries.extend(notes.into_iter().map(|(topic, bytes)| Entry::Note { topic, bytes }));
        self.keep(&entries)?;
        // What was to be done is done for now: a quiet moment.
        self.rest();
        Ok(())
    }

    /// Keeps records pulled from the server, with the notes that say up to where: the notes come
    /// last, so that after a crash in between the same records are pulled once more. Records
    /// known already are left out. What they order to be masked is erased here at once. `own` is what
    /// the log says of records that were here already.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn accept_pulled(
        &self,
        records: Vec<Received>,
        own: impl IntoIterator<Item = (RecordId, Word)>,
        notes: Vec<(String, Vec<u8>)>,
    ) -> Result<(), LedgerError> {
        let mut tips: BTreeMap<WriterId, u64> = BTreeMap::new();
        let mut entries = Vec::new();
        for Received { record, word, verdict, reasons } in records {
            let id = record.id();
            let tip = tips.entry(id.writer).or_insert_with(|| self.tip_of(id.writer).seq);
            if id.seq == *tip + 1 {
                *tip += 1;
                let lsn = word.lsn;
                entries.push(Entry::Received { lsn, record, verdict, reasons, word: Some(word) });
            } else if id.seq > *tip {
                tracing::warn!(record = %id, tip = *tip, "a record pulled does not follow its chain");
            }
        }
        let masks = {
            let index = self.index();
            entries.iter().any(|entry| {
                matches!(entry, Entry::Received { record, .. }
                if record.envelope().kind == auxlog_record::kind::number::MASK_ORDERED || index.is_masked(record))
            })
        };
        let mut runs: Vec<Run> = Vec::new();
        for (id, word) in own {
            let (known, noted) = (self.index().word_of(id), self.index().noted_word(id).is_some());
            if known.as_ref() == Some(&word) {
                continue;
            }
            if noted || word.disposition != Disposition::Logged || word.verdict.is_some() {
                entries.push(word_entry(id, &word));
                continue;
            }
            let run = Run::of(id, &word);
            if !runs.last_mut().is_some_and(|last| last.push(&run)) {
                runs.push(run);
            }
        }
        entries.extend(runs.iter().map(placed_entry));
        entries.extend(notes.into_iter().map(|(topic, bytes)| Entry::Note { topic, bytes }));
        self.keep(&entries)?;
        if masks && let Err(error) = self.erase_masked() {
            tracing::warn!(%error, "what was masked by order is shown to nobody but not erased yet");
        }
        Ok(())
    }

    /// Writes down what a synchronisation measured and was shown, at most once a day by this laptop's
    /// clock, or when the server's moved against it by a minute; gives whether it did.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn note_sync(&self, server_ms: u64, receipt: Vec<u8>) -> Result<bool, LedgerError> {
        let topic = format!("sync.noted/{}", self.public_key().writer());
        let now = self.clock.now().millis();
        let last: Option<(i64, i64)> = self.note(&topic).and_then(|bytes| minicbor::decode(&bytes).ok());
        let offset_ms = server_ms.cast_signed().saturating_sub(now);
        if let Some((at, before)) = last
            && (0..DAY_MS).contains(&(now - at))
            && before.abs_diff(offset_ms) < MINUTE_MS
        {
            return Ok(false);
        }
        self.record(&Event::SyncNoted(SyncNoted { offset_ms, receipt }))?;
        self.put_note(&topic, minicbor::to_vec((now, offset_ms)).expect("writing to memory cannot fail"))?;
        Ok(true)
    }

    /// Takes over a roster from the server, with the signed manifest that proves it and the pieces that it
    /// was made of.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn accept_roster(
        &self,
        roster: &Roster,
        manifest: &[u8],
        pieces: &BTreeMap<Hash, Vec<u8>>,
    ) -> Result<(), LedgerError> {
        self.keep(&[roster_entry(roster, manifest, pieces)])
    }
}
