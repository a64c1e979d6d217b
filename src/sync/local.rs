//! What synchronisation asks of a laptop's ledger.
//!
//! Nothing here says "in flight": what is to be sent follows from the journal and the last
//! verified receipt, so there is no state that a crash could leave behind.

use auxlog_record::crypto::PROFILE_ED25519_SHA256;
use auxlog_record::{AgencyId, Hash, PublicKey, Record, Roster, RosterIssued, Signer, Succession, Word, WriterId};

use crate::blob::BlobId;
use crate::compare::Doubt;
use crate::enrol::{Nonce, Role};
use crate::merkle::Frontier;
use crate::message::{Awaiting, Custody, IncidentNote, Refused};
use crate::receipt::{Epoch, Receipt};
use crate::roster::{Manifest, Pieces};
use crate::signed::Signed;

/// Where the ledger failed; the text names the place and what to do.
pub type LocalError = Box<dyn std::error::Error + Send + Sync>;

/// One of the laptop's own writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    /// The writer.
    pub writer: WriterId,
    /// Seq of its newest record.
    pub seq: u64,
    /// Seq covered by its last verified receipt; 0 is none.
    pub acked: u64,
    /// Its key was replaced here by another.
    pub replaced: bool,
}

/// The newest state of the server's log that was verified here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Size of the newest checkpoint; 0 is none.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// What was pulled, in the checkpoint's life of the log.
    pub cursor: Cursor,
    /// The receipt that the checkpoint came with.
    pub receipt: Option<Signed<Receipt>>,
}

/// Up to where a life of the log was pulled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The log's life.
    pub epoch: Epoch,
    /// The log's tree over everything that was pulled in this life of it: its size is the number up to
    /// which that is.
    pub frontier: Frontier,
    /// When the first checkpoint of this life was seen here, by the server's clock or the laptop's, whichever
    /// was ahead; 0 is not known.
    pub since_ms: u64,
    /// What other laptops were shown and is not proven yet to be the same log, the newest of each.
    pub doubts: Vec<Doubt>,
}

/// A record of another laptop, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The record.
    pub record: Record,
    /// What the agency's log says of it.
    pub word: Word,
}

/// What the log says of records that are here already, of one writer, from one seq on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The writer.
    pub writer: WriterId,
    /// Seq of the first.
    pub first: u64,
    /// What the log says, one after the other.
    pub words: Vec<Word>,
}

/// A laptop's ledger as synchronisation sees it. Calls may block on the disk.
#[expect(clippy::missing_errors_doc, reason = "each fails where the disk does, and in no other way")]
pub trait LocalLedger: Send + Sync + 'static {
    /// The agency.
    fn agency(&self) -> AgencyId;

    /// The key of the officer whose ledger is open; requests are signed with it.
    fn public_key(&self) -> PublicKey;

    /// The chains of the agency's office as they were pulled, each from its first record on.
    fn office_chains(&self) -> Result<Vec<Vec<Record>>, LocalError>;

    /// Whether what the office did is still to be brought to a server that came back from a backup.
    fn to_bring(&self) -> Result<bool, LocalError>;

    /// Takes note, durably, that it is, or is not any more.
    fn note_to_bring(&self, to_bring: bool) -> Result<(), LocalError>;

    /// The open officer's signature over `message`.
    fn sign(&self, message: &[u8]) -> [u8; 64];

    /// The laptop's own writers that take part in synchronisation: not those that a copy of the disk went
    /// on with ([`LocalLedger::note_fork`]).
    fn own(&self) -> Result<Vec<Own>, LocalError>;

    /// Consecutive records of `writer` after `after`, at most `limit`, in all about `bytes` long
    /// (one record is given even if it is longer).
    fn own_records(&self, writer: WriterId, after: u64, limit: usize, bytes: usize) -> Result<Vec<Record>, LocalError>;

    /// Hash of the record `(writer, seq)` here; `None` where there is none.
    fn own_hash(&self, writer: WriterId, seq: u64) -> Result<Option<Hash>, LocalError>;

    /// The newest verified state of the server's log.
    fn seen(&self) -> Result<Seen, LocalError>;

    /// The tip (seq and hash) of another laptop's writer as pulled so far.
    fn pulled_tip(&self, writer: WriterId) -> Result<(u64, Hash), LocalError>;

    /// Version of the roster held; 0 is none.
    fn roster_version(&self) -> u64;

    /// Keeps a verified receipt, durably: with the exact bytes, as evidence.
    fn accept_receipt(&self, receipt: &Receipt, exact: &Signed<Receipt>) -> Result<(), LocalError>;

    /// Keeps records pulled, what the log says of those that are here already, and up to where that is,
    /// durably and all or nothing.
    fn accept_pulled(&self, upto: &Cursor, records: Vec<Pulled>, placed: Vec<Placed>) -> Result<(), LocalError>;

    /// Writes into the open officer's chain by how much the server's clock, which stands at `server_ms` now,
    /// is ahead of the one that records are stamped by, and the newest receipt: at most once a day, or when
    /// the offset moved by a minute. Gives whether it did.
    fn note_sync(&self, server_ms: u64) -> Result<bool, LocalError>;

    /// Takes the officer's own records back that follow the newest one here, after the disk came
    /// back from an old copy: whoever has that copy has the key, so it is to be retired. They are
    /// verified and linked to each other; the first must follow the newest here.
    fn restore_own(&self, records: Vec<Record>) -> Result<(), LocalError>;

    /// The rosters that the office issued, in the order of the log as far as it was pulled; `None` where the
    /// log has no office.
    fn rosters_issued(&self) -> Result<Option<Vec<RosterIssued>>, LocalError>;

    /// Keeps a roster from the server, with its manifest as it was signed and its pieces as they came.
    fn accept_roster(&self, roster: Roster, manifest: &Signed<Manifest>, pieces: &Pieces) -> Result<(), LocalError>;

    /// What [`Self::accept_roster`] kept last: of a newer roster only what differs is fetched, and a server
    /// that lost it is brought it back. `None` where nothing was kept, or an older version kept no pieces.
    fn kept_roster(&self) -> Result<Option<(Signed<Manifest>, Pieces)>, LocalError>;

    /// Takes note that a key that was replaced here went on elsewhere: its later records here are in no log,
    /// those of the log are not here, and neither is an error any more.
    fn note_fork(&self, writer: WriterId) -> Result<(), LocalError>;

    /// Whether that was noted of a writer.
    fn is_fork(&self, writer: WriterId) -> bool;

    /// Takes note that the server set a record aside: shown in red until someone settles it.
    fn note_refused(&self, refused: Refused) -> Result<(), LocalError>;

    /// Digest of the roster held as its manifest has it, another one where the copy drifted or its pieces
    /// are not here; `None` where none came from the server.
    fn roster_digest(&self) -> Option<Hash>;

    /// Keeps what the server says of own records that are not in the log; an empty list is the all
    /// clear.
    fn note_custody(&self, custody: &[Custody]) -> Result<(), LocalError>;

    /// Keeps what of others' records awaits the officer of this laptop; an empty list is the all clear.
    fn note_awaiting(&self, awaiting: &[Awaiting]) -> Result<(), LocalError>;

    /// When the newest incident that is known here happened; 0 for none.
    fn newest_incident_ms(&self) -> u64;

    /// Keeps incidents of the agency's log, oldest first.
    fn note_incidents(&self, incidents: &[IncidentNote]) -> Result<(), LocalError>;

    /// Takes note of what the officer whose ledger is open may do, as the server says.
    fn note_role(&self, role: Role) -> Result<(), LocalError>;

    /// What the server has to be told before it knows the officer's key, where a new one took over.
    fn succession(&self) -> Option<Succession>;

    /// Keeps the nonce that the server named for that, on the disk before the laptop shows its own. `false`
    /// where it named another before.
    fn meet_successor(&self, nonce: Nonce) -> Result<bool, LocalError>;

    /// Takes note that the server knows the new key.
    fn succeeded(&self) -> Result<(), LocalError>;

    /// Attachments of own records that receipts cover, whose content is here and which the server
    /// is not known to have whole in this life of its log, oldest first.
    fn attachments_to_send(&self, epoch: Epoch) -> Result<Vec<BlobId>, LocalError>;

    /// `limit` bytes of an attachment from `offset` on; fewer where the content is not all here.
    fn attachment_piece(&self, hash: Hash, offset: u64, limit: usize) -> Result<Vec<u8>, LocalError>;

    /// Takes note that the server has an attachment, whole.
    fn attachment_sent(&self, hash: Hash, epoch: Epoch) -> Result<(), LocalError>;
}

/// The key of the officer whose ledger is open, which stays within it.
pub struct HeldKey<'a>(pub &'a dyn LocalLedger);

impl Signer for HeldKey<'_> {
    fn profile(&self) -> u8 {
        PROFILE_ED25519_SHA256
    }

    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }
}
