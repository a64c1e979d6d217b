//! Receipts and checkpoints: what a server signs to say that it has the records.

use auxlog_record::{AgencyId, Hash, WriterId};
use minicbor::{Decode, Encode};

use crate::signed::Statement;

/// Which life of an agency's log a server speaks of: another once the database was made anew, or
/// came back from a backup behind what it had acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Epoch(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

/// The state of an agency's log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// The agency.
    #[n(0)]
    pub agency: AgencyId,
    /// The log's life.
    #[n(1)]
    pub epoch: Epoch,
    /// Records in the log.
    #[n(2)]
    pub size: u64,
    /// Root of the tree over them (RFC 6962).
    #[n(3)]
    pub root: Hash,
    /// When it was signed, milliseconds since 1970 UTC by the server's clock; never goes back
    /// within an agency.
    #[n(4)]
    pub at_ms: u64,
}

impl Statement for Checkpoint {
    const DOMAIN: &'static [u8] = b"AUXLOG-CKP\x01";
}

/// An acknowledgement: the server holds the writer's records up to `acked`, durably.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// Whose records.
    #[n(0)]
    pub writer: WriterId,
    /// The last seq up to which the server holds all of them; 0 is none.
    #[n(1)]
    pub acked: u64,
    /// Hash of that record; zeros for none.
    #[n(2)]
    pub head: Hash,
    /// The agency's log at that moment.
    #[n(3)]
    pub checkpoint: Checkpoint,
}

impl Statement for Receipt {
    const DOMAIN: &'static [u8] = b"AUXLOG-RCT\x01";
}
