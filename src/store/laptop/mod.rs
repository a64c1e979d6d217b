//! The real laptop: a ledger as synchronisation sees it.

pub(crate) mod join;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use auxlog_journal::ServerVerdict;
use auxlog_record::{
    AgencyId, Attachment, Hash, PublicKey, Record, RecordId, Roster, RosterIssued, Succession, WriterId,
};
use auxlog_sync::blob::BlobId;
use auxlog_sync::compare::Doubt;
use auxlog_sync::enrol::{Nonce, Role};
use auxlog_sync::local::{Cursor, LocalError, LocalLedger, Own, Placed, Pulled, Seen};
use auxlog_sync::merkle::Frontier;
use auxlog_sync::message::{Awaiting, Custody, Disposition, IncidentNote, Refused};
use auxlog_sync::receipt::{Epoch, Receipt};
use auxlog_sync::roster::{self, Manifest, Pieces};
use auxlog_sync::signed::Signed;
use auxlog_sync::{Connection, Refusal, SyncError, fetch_attachment};
use minicbor::{Decode, Encode};

use crate::{Ledger, LedgerError, ORDER_REFUSED, OwnWriter, RELEASED, Reader, Received};

/// Topic of the note with the newest receipt.
const RECEIPT: &str = "sync.receipt";

/// Topic of the note with the cursor.
const CURSOR: &str = "sync.cursor";

/// Topic of the note with the version of the server's roster.
const ROSTER: &str = "sync.roster";

/// Topic of the note with the digests of the server's roster, its pieces being kept: as signed, and as it
/// was taken over. Without pieces the digests were `sync.roster_digest`.
const ROSTER_KEPT: &str = "sync.roster_kept";

/// Topic of the note that what the office did is to be brought to a server that came back: one byte, or none.
const TO_BRING: &str = "sync.to_bring";

/// Topic of the note with the own records that are not in the log.
const CUSTODY: &str = "sync.custody";

/// Topic of the note with others' records that await this laptop's officer.
const AWAITING: &str = "sync.awaiting";

/// Topic of the note with the newest incidents of the agency's log.
const INCIDENT: &str = "sync.incidents";

const INCIDENTS: usize = 200;

/// Topic of the note with the record that the server set aside last.
const SET_ASIDE: &str = "sync.set_aside";

/// A [`Cursor`] as it is kept.
#[derive(Debug, Default, Encode, Decode)]
struct KeptCursor {
    #[n(0)]
    epoch: Epoch,
    #[n(1)]
    lsn: u64,
    /// Peaks of the log's tree up to there; 0.1.0 kept none, and pulls from the beginning once more.
    #[n(2)]
    #[cbor(default, with = "minicbor::bytes")]
    peaks: Vec<u8>,
    #[n(3)]
    #[cbor(default)]
    since_ms: u64,
    #[n(4)]
    #[cbor(default)]
    doubts: Vec<Doubt>,
}

fn cbor<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("writing to memory cannot fail")
}

/// The digest of the roster held, computed once for as long as it is the same.
fn held_digest(roster: &Arc<Roster>) -> Hash {
    static KNOWN: Mutex<Option<(Weak<Roster>, Hash)>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, digest)) = &*known
        && of.as_ptr() == Arc::as_ptr(roster)
    {
        return *digest;
    }
    let digest = roster::digest(roster);
    *known = Some((Arc::downgrade(roster), digest));
    digest
}

/// What the server said that somebody should look at, by its newest word. Empty where all is well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concerns {
    /// Own records that are with the server but not in its log: held until a supervisor releases them, or
    /// set aside.
    pub custody: Vec<Custody>,
    /// Others' records that await the officer of this laptop.
    pub awaiting: Vec<Awaiting>,
    /// The newest incidents of the agency's log, oldest first, on laptops of those who may read them.
    pub incidents: Vec<IncidentNote>,
}

/// What somebody should look at.
pub fn concerns(ledger: &Reader) -> Concerns {
    let (custody, awaiting) = (kept(ledger, CUSTODY), kept(ledger, AWAITING));
    Concerns { custody, awaiting, incidents: kept(ledger, INCIDENT) }
}

/// What a note lists; nothing where there is none.
fn kept<T: for<'b> Decode<'b, ()>>(ledger: &Reader, topic: &str) -> Vec<T> {
    ledger.note(topic).and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default()
}

/// Keeps what the server says at every synchronisation for as long as it is so: once, and never for the all
/// clear alone.
fn keep<T: Encode<()> + Clone>(ledger: &Ledger, topic: &str, said: &[T]) -> Result<(), LocalError> {
    let bytes = cbor(&said.to_vec());
    let before = ledger.note(topic);
    let same = before.as_ref() == Some(&bytes) || (before.is_none() && said.is_empty());
    if same { Ok(()) } else { Ok(ledger.put_note(topic, bytes)?) }
}

/// The server's words as the journal keeps them.
fn verdict(disposition: Disposition) -> (ServerVerdict, Vec<String>) {
    let said = match disposition.apart_from_time() {
        Disposition::VerdictDiffers => Some("verdict_differs"),
        Disposition::Held => Some(RELEASED),
        Disposition::OrderRefused => Some(ORDER_REFUSED),
        Disposition::Stale => Some("stale"),
        Disposition::Void => Some("void"),
        _ => None,
    };
    let reasons: Vec<String> =
        said.into_iter().chain(disposition.is_doubtful().then_some("clock_off")).map(str::to_owned).collect();
    (if reasons.is_empty() { ServerVerdict::Ok } else { ServerVerdict::Flagged }, reasons)
}

impl LocalLedger for Ledger {
    fn agency(&self) -> AgencyId {
        self.identity().agency.clone()
    }

    fn public_key(&self) -> PublicKey {
        Ledger::public_key(self)
    }

    fn office_chains(&self) -> Result<Vec<Vec<Record>>, LocalError> {
        Ok(Reader::office_chains(self)?)
    }

    fn to_bring(&self) -> Result<bool, LocalError> {
        Ok(self.note(TO_BRING).is_some_and(|note| !note.is_empty()))
    }

    fn note_to_bring(&self, to_bring: bool) -> Result<(), LocalError> {
        if LocalLedger::to_bring(self)? == to_bring {
            return Ok(());
        }
        Ok(self.put_note(TO_BRING, if to_bring { vec![1] } else { Vec::new() })?)
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        Ledger::sign(self, message)
    }

    fn own(&self) -> Result<Vec<Own>, LocalError> {
        let own = self.own_writers().into_iter().filter(|own| !self.is_fork(own.writer));
        // What damage took is asked for as if nothing after it were here.
        let seq = |own: &OwnWriter| own.hole.map_or(own.tip.seq, |hole| hole - 1);
        let held = self.holders();
        let replaced = |own: &OwnWriter| !held.contains(&own.writer);
        let one =
            |own: OwnWriter| Own { writer: own.writer, seq: seq(&own), acked: own.acked, replaced: replaced(&own) };
        Ok(own.map(one).collect())
    }

    fn own_records(&self, writer: WriterId, after: u64, limit: usize, bytes: usize) -> Result<Vec<Record>, LocalError> {
        Ok(Reader::own_records(self, writer, after, limit, bytes)?)
    }

    fn own_hash(&self, writer: WriterId, seq: u64) -> Result<Option<Hash>, LocalError> {
        Ok(self.record_hash(writer, seq)?)
    }

    fn seen(&self) -> Result<Seen, LocalError> {
        let Some(bytes) = self.note(RECEIPT) else { return Ok(Seen::default()) };
        let exact = Signed::<Receipt>::from_bytes(&bytes)?;
        // What the server signed with a key that it no longer has is nothing that it would prove.
        let server = self.enrolment().and_then(|found| PublicKey::from_bytes(&found.server_key).ok());
        let Some(receipt) = server.and_then(|server| exact.open(&server).ok()) else { return Ok(Seen::default()) };
        let checkpoint = receipt.checkpoint;
        let kept: KeptCursor = match self.note(CURSOR) {
            Some(bytes) => minicbor::decode(&bytes)?,
            None => KeptCursor::default(),
        };
        let (epoch, size, root) = (checkpoint.epoch, checkpoint.size, checkpoint.root);
        let KeptCursor { lsn, peaks, since_ms, doubts, .. } = kept;
        let frontier = Frontier::from_bytes(lsn, &peaks).filter(|_| kept.epoch == epoch);
        let cursor = frontier.map(|frontier| Cursor { epoch, frontier, since_ms, doubts });
        let cursor = cursor.unwrap_or_else(|| Cursor { epoch, ..Cursor::default() });
        Ok(Seen { size, root, cursor, receipt: Some(exact) })
    }

    fn pulled_tip(&self, writer: WriterId) -> Result<(u64, Hash), LocalError> {
        let tip = self.tip_of(writer);
        Ok((tip.seq, tip.hash))
    }

    fn roster_version(&self) -> u64 {
        // The number of a roster imported while the laptop stood alone is not the server's.
        self.note(ROSTER).and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or(0)
    }

    fn accept_receipt(&self, receipt: &Receipt, exact: &Signed<Receipt>) -> Result<(), LocalError> {
        let bytes = exact.to_bytes();
        let note = (RECEIPT.to_owned(), bytes.clone());
        Ok(Ledger::accept_receipt(self, receipt.writer, receipt.acked, bytes, vec![note])?)
    }

    fn accept_pulled(&self, upto: &Cursor, records: Vec<Pulled>, placed: Vec<Placed>) -> Result<(), LocalError> {
        let received = records
            .into_iter()
            .map(|Pulled { record, word }| {
                let (verdict, reasons) = verdict(word.disposition);
                Received { record, word, verdict, reasons }
            })
            .collect();
        let Cursor { epoch, since_ms, .. } = *upto;
        let (lsn, peaks, doubts) = (upto.frontier.size(), upto.frontier.to_bytes(), upto.doubts.clone());
        let note = (CURSOR.to_owned(), cbor(&KeptCursor { epoch, lsn, peaks, since_ms, doubts }));
        let own = placed.into_iter().flat_map(|Placed { writer, first, words }| {
            (first..).zip(words).map(move |(seq, word)| (RecordId { writer, seq }, word))
        });
        Ok(Ledger::accept_pulled(self, received, own, vec![note])?)
    }

    fn note_sync(&self, server_ms: u64) -> Result<bool, LocalError> {
        match self.note(RECEIPT) {
            Some(receipt) => Ok(Ledger::note_sync(self, server_ms, receipt)?),
            None => Ok(false),
        }
    }

    fn restore_own(&self, records: Vec<Record>) -> Result<(), LocalError> {
        Ok(Ledger::restore_own(self, &records)?)
    }

    fn rosters_issued(&self) -> Result<Option<Vec<RosterIssued>>, LocalError> {
        Ok(Reader::rosters_issued(self))
    }

    fn accept_roster(&self, roster: Roster, manifest: &Signed<Manifest>, pieces: &Pieces) -> Result<(), LocalError> {
        // Its signature was verified before the first piece was fetched.
        let digest = manifest.claimed()?.digest;
        Ledger::accept_roster(self, &roster, &manifest.to_bytes(), pieces)?;
        self.put_note(ROSTER_KEPT, cbor(&(digest, roster::digest(&roster))))?;
        Ok(self.put_note(ROSTER, cbor(&roster.version))?)
    }

    fn kept_roster(&self) -> Result<Option<(Signed<Manifest>, Pieces)>, LocalError> {
        let Some(kept) = Reader::kept_roster(self)? else { return Ok(None) };
        Ok(Some((Signed::from_bytes(&kept.manifest)?, kept.pieces)))
    }

    fn roster_digest(&self) -> Option<Hash> {
        self.note(ROSTER)?;
        let kept = self.note(ROSTER_KEPT).and_then(|bytes| minicbor::decode(&bytes).ok());
        // An older version kept no pieces: they are fetched once.
        let Some((signed, here)): Option<(Hash, Hash)> = kept else { return Some(Hash::default()) };
        let now = held_digest(&Reader::roster(self));
        // A program older than the server may know less of a person than was signed; what counts
        // is whether its own copy is still what it took over.
        Some(if now == here { signed } else { now })
    }

    fn note_custody(&self, custody: &[Custody]) -> Result<(), LocalError> {
        keep(self, CUSTODY, custody)
    }

    fn note_awaiting(&self, awaiting: &[Awaiting]) -> Result<(), LocalError> {
        keep(self, AWAITING, awaiting)
    }

    fn newest_incident_ms(&self) -> u64 {
        kept(self, INCIDENT).last().map_or(0, |newest: &IncidentNote| newest.at_ms)
    }

    fn note_incidents(&self, fresh: &[IncidentNote]) -> Result<(), LocalError> {
        let mut all: Vec<IncidentNote> = kept(self, INCIDENT);
        all.extend(fresh.iter().cloned());
        let first = all.len().saturating_sub(INCIDENTS);
        Ok(self.put_note(INCIDENT, cbor(&all.split_off(first)))?)
    }

    fn note_role(&self, role: Role) -> Result<(), LocalError> {
        Ok(Ledger::set_may_order(self, matches!(role, Role::Supervisor | Role::Admin))?)
    }

    fn note_fork(&self, writer: WriterId) -> Result<(), LocalError> {
        Ok(self.put_note(&fork_topic(writer), vec![1])?)
    }

    fn is_fork(&self, writer: WriterId) -> bool {
        self.note(&fork_topic(writer)).is_some()
    }

    fn note_refused(&self, refused: Refused) -> Result<(), LocalError> {
        let bytes = cbor(&refused);
        // Sent again and again while it lasts; said once.
        if self.note(SET_ASIDE).as_ref() == Some(&bytes) { Ok(()) } else { Ok(self.put_note(SET_ASIDE, bytes)?) }
    }

    fn succession(&self) -> Option<Succession> {
        Ledger::succession(self)
    }

    fn meet_successor(&self, nonce: Nonce) -> Result<bool, LocalError> {
        Ok(join::keep_nonce(self, &join::successor_topic(self), nonce)?)
    }

    fn succeeded(&self) -> Result<(), LocalError> {
        Ok(Ledger::succeeded(self)?)
    }

    fn attachments_to_send(&self, epoch: Epoch) -> Result<Vec<BlobId>, LocalError> {
        let own = self.own_writers();
        let covered = |id: &RecordId| own.iter().any(|own| own.writer == id.writer && id.seq <= own.acked);
        let mut waiting = Vec::new();
        for row in self.all_attachments()? {
            let Attachment { sha256: hash, size: length, .. } = row.view.attachment;
            let sent = || self.note(&sent_topic(&hash)).is_some_and(|kept| kept == epoch.0);
            if row.mine && row.here && covered(&row.view.record) && !sent() {
                waiting.push(BlobId { hash, length });
            }
        }
        Ok(waiting)
    }

    fn attachment_piece(&self, hash: Hash, offset: u64, limit: usize) -> Result<Vec<u8>, LocalError> {
        match self.attachment(&hash)? {
            Some(mut content) => Ok(content.read_at(offset, limit)?),
            None => Ok(Vec::new()),
        }
    }

    fn attachment_sent(&self, hash: Hash, epoch: Epoch) -> Result<(), LocalError> {
        Ok(self.put_note(&sent_topic(&hash), epoch.0.to_vec())?)
    }
}

/// Topic of the note that a replaced key went on elsewhere.
fn fork_topic(writer: WriterId) -> String {
    format!("sync.fork/{writer}")
}

/// Records of replaced keys that are in no log, since a copy of this disk went on with the key: how many,
/// by key.
pub fn only_here(ledger: &Reader) -> Vec<(WriterId, u64)> {
    let own = ledger.own_writers().into_iter();
    let forked = own.filter(|own| ledger.note(&fork_topic(own.writer)).is_some() && own.acked < own.tip.seq);
    forked.map(|own| (own.writer, own.tip.seq - own.acked)).collect()
}

/// Topic of the note that the server has an attachment whole, in which life of its log.
fn sent_topic(hash: &Hash) -> String {
    format!("sync.attachment/{hash}")
}

/// Fetches the contents that other laptops attached and that are not here, from where an earlier try
/// stopped; gives how many came, and how many the server has not got yet.
///
/// # Errors
/// Why it stopped; what came whole stays.
pub async fn fetch_missing(
    ledger: &Arc<Ledger>,
    connection: &Connection,
    server: &PublicKey,
) -> Result<(u64, u64), SyncError> {
    let failed = |error: LedgerError| SyncError::Ledger(error.into());
    let (mut came, mut absent) = (0, 0);
    for row in ledger.all_attachments().map_err(failed)?.into_iter().filter(|row| !row.here) {
        let Attachment { sha256: hash, size: length, .. } = row.view.attachment;
        let mut incoming = ledger.receive_attachment(hash, length).map_err(failed)?;
        let from = incoming.offset();
        let keep = |_: u64, piece: &[u8]| Ok(incoming.push(piece)?);
        match fetch_attachment(&**ledger, connection, server, BlobId { hash, length }, from, keep).await {
            Ok(()) => {
                incoming.finish().map_err(|error| SyncError::Ledger(error.into()))?;
                came += 1;
            }
            Err(SyncError::Refused(Refusal::NotFound)) => absent += 1,
            Err(error) => return Err(error),
        }
    }
    Ok((came, absent))
}

/// The newest receipt that was verified and kept, for the screen and for evidence.
///
/// # Errors
/// When what is kept can't be read.
pub fn newest_receipt(ledger: &Reader) -> Result<Option<Receipt>, LocalError> {
    let Some(bytes) = ledger.note(RECEIPT) else { return Ok(None) };
    Ok(Some(Signed::<Receipt>::from_bytes(&bytes)?.claimed()?))
}
