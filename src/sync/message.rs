//! The messages of `POST /v1/sync`: push a batch, pull a page, get receipts, in one round trip.

use auxlog_law::Verdict;
pub use auxlog_record::{Disposition, Standing};
use auxlog_record::{Hash, Word, WriterId};
use minicbor::{Decode, Encode};

use crate::enrol::Role;
use crate::receipt::{Checkpoint, Epoch, Receipt};
use crate::roster::Manifest;
use crate::run::Run;
use crate::signed::{Signed, Statement};

/// The newest version of the protocol that this program speaks.
pub const PROTOCOL: u16 = 1;

/// The oldest version that this program's server still answers; below it a laptop is told to be
/// updated, and keeps everything.
pub const OLDEST_PROTOCOL: u16 = 1;

/// The most records that a page may have.
pub const MAX_PAGE: u32 = 1000;

/// What a side can do beyond the first version's core. Each side names its own and uses what both
/// can; bits that it does not know mean nothing to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Capabilities(#[n(0)] u64);

impl Capabilities {
    /// Attachments are transferred (`/v1/blobs`).
    const BLOBS: u64 = 1;

    /// The roster is compared table by table, and only pieces that differ are sent.
    const TABLES: u64 = 2;

    /// Orders to mask are carried out, or told to be refused.
    const ORDERS: u64 = 4;

    /// Answers to a synchronisation are signed whole, and say of every record of the log what it says
    /// ([`SyncAnswer`], [`Page::own`]).
    const ANSWERS: u64 = 8;

    /// Rosters whose rows are salted are read ([`crate::roster::SALTED`]).
    const SALTED: u64 = 16;

    /// What this program can do.
    pub const OURS: Self = Self(Self::BLOBS | Self::TABLES | Self::ORDERS | Self::ANSWERS | Self::SALTED);

    /// What both sides can do.
    #[must_use]
    pub fn agreed_with(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether attachments are transferred.
    pub fn blobs(self) -> bool {
        self.0 & Self::BLOBS != 0
    }

    /// Whether the roster is compared table by table.
    pub fn tables(self) -> bool {
        self.0 & Self::TABLES != 0
    }

    /// Whether orders to mask are carried out, or told to be refused.
    pub fn orders(self) -> bool {
        self.0 & Self::ORDERS != 0
    }

    /// Whether answers are signed whole.
    pub fn answers(self) -> bool {
        self.0 & Self::ANSWERS != 0
    }

    /// Whether rosters whose rows are salted are read.
    pub fn salted(self) -> bool {
        self.0 & Self::SALTED != 0
    }

    /// Their names, for people and scripts.
    pub fn names(self) -> Vec<&'static str> {
        let known = [
            (Self::BLOBS, "blobs"),
            (Self::TABLES, "roster_tables"),
            (Self::ORDERS, "mask_orders"),
            (Self::ANSWERS, "signed_answers"),
            (Self::SALTED, "salted_rosters"),
        ];
        known.into_iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, name)| name).collect()
    }
}

/// What a laptop holds of one of its own writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OwnHead {
    /// The writer.
    #[n(0)]
    pub writer: WriterId,
    /// Seq of its newest record in the journal.
    #[n(1)]
    pub seq: u64,
}

/// What the laptop has already.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Have {
    /// The log's life that the rest is about.
    #[n(0)]
    pub epoch: Epoch,
    /// Log number up to which everything was pulled.
    #[n(1)]
    pub cursor: u64,
    /// Size of the newest checkpoint seen; 0 is none.
    #[n(2)]
    pub size: u64,
    /// Version of the roster held; 0 is none.
    #[n(3)]
    pub roster: u64,
    /// Its own writers, whose records it has in full and which are not sent to it.
    #[n(4)]
    pub own: Vec<OwnHead>,
    /// Digest of the roster held, as its manifest has it: a copy that drifted from its version has
    /// another, and is mended.
    #[n(5)]
    pub roster_digest: Option<Hash>,
    /// When the newest incident that it knows happened, milliseconds since 1970 UTC.
    #[n(6)]
    #[cbor(default)]
    pub incident_ms: u64,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncRequest {
    /// Protocol version.
    #[n(0)]
    pub protocol: u16,
    /// The program's version, for the server's log.
    #[n(1)]
    pub client: String,
    /// Records pushed.
    #[n(2)]
    pub push: Vec<Run>,
    /// What is here already.
    #[n(3)]
    pub have: Have,
    /// The most records wanted; 0 pulls nothing.
    #[n(4)]
    pub want: u32,
    /// A writer of this laptop whose records beyond `OwnHead::seq` are wanted back, after its disk
    /// was restored from an old copy.
    #[n(5)]
    pub restore: Option<WriterId>,
    /// A receipt of this server over a larger log than the one it now shows: proof that it came
    /// back from a backup. It begins a new epoch and files an incident.
    #[n(6)]
    pub proof: Option<Signed<Receipt>>,
    /// What the laptop can do.
    #[n(7)]
    #[cbor(default)]
    pub caps: Capabilities,
}

/// What the server makes of a record pushed, where it is not plainly logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Noted {
    /// The writer.
    #[n(0)]
    pub writer: WriterId,
    /// Which of its records.
    #[n(1)]
    pub seq: u64,
    /// What.
    #[n(2)]
    pub disposition: Disposition,
}

/// Why a record was set aside and not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RefusedFor {
    /// The signature is not the writer's.
    #[n(0)]
    Signature,
    /// It does not follow the writer's chain.
    #[n(1)]
    Chain,
    /// The server holds another record in its place (a cloned or restored disk).
    #[n(2)]
    Fork,
    /// A body of a known kind that can't be read.
    #[n(3)]
    Body,
    /// The writer is not enrolled with this server.
    #[n(4)]
    UnknownWriter,
    /// The chain's first record does not say whose it is as the office does, or another one says it.
    #[n(5)]
    Opening,
    /// Nothing is wrong with it: as much came of its writer that day as the server takes. It goes on the next day.
    #[n(6)]
    DayFull,
    /// Nothing is wrong with it: the agency has as many records as the server takes. Somebody has to make room.
    #[n(7)]
    AgencyFull,
}

impl RefusedFor {
    /// Whether there is only no room for the record: it was not set aside, and is sent again.
    pub fn is_full(self) -> bool {
        matches!(self, Self::DayFull | Self::AgencyFull)
    }
}

/// A record that was set aside: kept by the server with its reason, not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// The writer.
    #[n(0)]
    pub writer: WriterId,
    /// Which of its records.
    #[n(1)]
    pub seq: u64,
    /// Why.
    #[n(2)]
    pub reason: RefusedFor,
}

/// Own records that are with the server but not in the log: what a laptop is told at every
/// synchronisation for as long as it is so, whatever answer was lost.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Custody {
    /// The writer.
    #[n(0)]
    pub writer: WriterId,
    /// Its standing.
    #[n(1)]
    pub standing: Standing,
    /// Why it was frozen or revoked, as the administrator or the server wrote it.
    #[n(2)]
    pub reason: String,
    /// When that happened, milliseconds since 1970 UTC.
    #[n(3)]
    pub since_ms: u64,
    /// Records held until a supervisor releases them.
    #[n(4)]
    pub held: u64,
    /// Records set aside (at most 100), kept with their reason.
    #[n(5)]
    pub set_aside: Vec<Refused>,
}

/// Records of one device that await somebody: for those who may release them, at every synchronisation for
/// as long as it is so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Awaiting {
    /// Its writer.
    #[n(0)]
    pub writer: WriterId,
    /// Whose device it is; empty where the server does not know it.
    #[n(1)]
    pub officer: String,
    /// What they are: `held`, `set_aside`, or as [`Disposition::name`] says.
    #[n(2)]
    pub what: String,
    /// How many.
    #[n(3)]
    pub count: u64,
    /// When the newest was received, milliseconds since 1970 UTC.
    #[n(4)]
    pub newest_ms: u64,
}

/// Something that went wrong in the agency's log, for those whose role reads incidents.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct IncidentNote {
    /// When, milliseconds since 1970 UTC.
    #[n(0)]
    pub at_ms: u64,
    /// What: `fork`, `malformed`, `server_behind`, `laptop_behind`, `mask_refused`, `log_damaged`,
    /// `attachments_refused`, ….
    #[n(1)]
    pub kind: String,
    /// Whose record.
    #[n(2)]
    pub writer: WriterId,
    /// Which.
    #[n(3)]
    pub seq: u64,
    /// More of it.
    #[n(4)]
    pub detail: String,
}

/// What the log says of records beside the records themselves, in columns: for those who can
/// [`Capabilities::answers`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Words {
    /// Times of receipt, milliseconds since 1970 UTC, each less the one before (the first less 0).
    #[n(0)]
    pub recv: Vec<i64>,
    /// Numbers in the log of those of which the server's verdict is another than the one stated.
    #[n(1)]
    pub verdicts: Vec<(u64, Verdict)>,
}

/// The laptop's own records in a page of the log: it has them, and learns what the log says of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OwnRun {
    /// The writer.
    #[n(0)]
    pub writer: WriterId,
    /// Seq of the first.
    #[n(1)]
    pub first_seq: u64,
    /// Their numbers in the log, each less the one before (the first less 0).
    #[n(2)]
    pub lsns: Vec<u64>,
    /// Numbers of those with a disposition other than [`Disposition::Logged`].
    #[n(3)]
    pub noted: Vec<(u64, Disposition)>,
    /// The rest of what the log says.
    #[n(4)]
    pub words: Words,
}

/// Records of one writer from the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PulledRun {
    /// The records.
    #[n(0)]
    pub run: Run,
    /// The key that they are signed with; the writer's id proves that it is the writer's.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Their numbers in the log, each less the one before (the first less 0).
    #[n(2)]
    pub lsns: Vec<u64>,
    /// Numbers of those with a disposition other than [`Disposition::Logged`].
    #[n(3)]
    pub noted: Vec<(u64, Disposition)>,
    /// The rest of what the log says; empty for those who cannot read it.
    #[n(4)]
    #[cbor(default)]
    pub words: Words,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Page {
    /// Records of others.
    #[n(0)]
    pub runs: Vec<PulledRun>,
    /// The cursor after this page: everything up to it was sent, or is the laptop's own.
    #[n(1)]
    pub next: u64,
    /// Records in the log that come after `next`.
    #[n(2)]
    pub left: u64,
    /// The laptop's own records between its cursor and `next`: with `runs` every number is accounted
    /// for.
    #[n(3)]
    #[cbor(default)]
    pub own: Vec<OwnRun>,
    /// Leaves of the log's tree up to this number hold the record's hash alone, those after it what the
    /// log says, too ([`auxlog_record::Word::leaf`]).
    #[n(4)]
    #[cbor(default)]
    pub leaves_from: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncResponse {
    /// Protocol version.
    #[n(0)]
    pub protocol: u16,
    /// The server's clock, milliseconds since 1970 UTC.
    #[n(1)]
    pub server_ms: u64,
    /// For each writer pushed or named in [`Have::own`] that the server knows.
    #[n(2)]
    pub receipts: Vec<Signed<Receipt>>,
    /// Records pushed that are not plainly logged.
    #[n(3)]
    pub noted: Vec<Noted>,
    /// Records pushed that were set aside.
    #[n(4)]
    pub refused: Vec<Refused>,
    /// The page asked for.
    #[n(5)]
    pub page: Page,
    /// Proof that the log at the receipts' checkpoint begins with the one of [`Have::size`]
    /// (RFC 6962); absent where the server's log is shorter than that.
    #[n(6)]
    pub consistency: Option<Vec<Hash>>,
    /// The roster's newest version, where it is newer than [`Have::roster`].
    #[n(7)]
    pub roster: Option<Signed<Manifest>>,
    /// Standing of the device that asks.
    #[n(8)]
    pub standing: Standing,
    /// The own tail asked for by [`SyncRequest::restore`].
    #[n(9)]
    pub restored: Option<PulledRun>,
    /// What both sides can do.
    #[n(10)]
    #[cbor(default)]
    pub caps: Capabilities,
    /// Own records that are not in the log; empty for a laptop in good standing.
    #[n(11)]
    #[cbor(default)]
    pub custody: Vec<Custody>,
    /// Incidents after [`Have::incident_ms`], oldest first, for those who may read them.
    #[n(12)]
    #[cbor(default)]
    pub incidents: Vec<IncidentNote>,
    /// What the officer of the device that asks may do.
    #[n(13)]
    #[cbor(default)]
    pub role: Option<Role>,
    /// What of others' records awaits somebody, for those who may release it.
    #[n(14)]
    #[cbor(default)]
    pub awaiting: Vec<Awaiting>,
}

/// A whole answer with what it answers, as the server signs it: nothing in it can be left out,
/// exchanged or altered on the way, and it answers this request and no other.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncAnswer {
    /// The device that asked.
    #[n(0)]
    pub device: WriterId,
    /// The nonce of its request.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 12],
    /// The answer.
    #[n(2)]
    pub response: SyncResponse,
}

impl Statement for SyncAnswer {
    const DOMAIN: &'static [u8] = b"AUXLOG-ANS\x01";
    const HASHED: bool = true;
}

/// Proof that a record is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct InclusionProof {
    /// The record's number in the log, from 1.
    #[n(0)]
    pub lsn: u64,
    /// The record's hash.
    #[n(1)]
    pub hash: Hash,
    /// The path from its leaf to the root (RFC 6962).
    #[n(2)]
    pub path: Vec<Hash>,
    /// The state of the log that it is proven for.
    #[n(3)]
    pub checkpoint: Signed<Checkpoint>,
    /// What the log says of it, where its leaf holds that, too.
    #[n(4)]
    pub word: Option<Word>,
}

/// Proof that the log of `old` records is the beginning of the one of `new`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConsistencyProof {
    /// The older size.
    #[n(0)]
    pub old: u64,
    /// The newer size.
    #[n(1)]
    pub new: u64,
    /// The proof (RFC 6962).
    #[n(2)]
    pub path: Vec<Hash>,
    /// The log's state now.
    #[n(3)]
    pub checkpoint: Signed<Checkpoint>,
}
