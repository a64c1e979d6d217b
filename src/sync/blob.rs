//! Attachments on the wire: pieces of a content that a record names by its hash and length.
//!
//! A transfer is asked for, goes up piece by piece, and goes on at the offset that the server names
//! wherever it was cut, at whichever replica. It is whole once the server hashed it.

use auxlog_record::{AgencyId, Hash};
use serde::{Deserialize, Serialize};

/// The largest attachment: 50 MiB.
pub const MAX_BLOB: u64 = 50 << 20;

/// The most bytes of one piece: 1 MiB.
pub const MAX_PIECE: usize = 1 << 20;

/// The media type of a piece.
pub const PIECE_TYPE: &str = "application/octet-stream";

/// The header that says up to where a server has an attachment.
pub const OFFSET_HEADER: &str = "upload-offset";

/// An attachment, by what its record says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlobId {
    /// SHA-256 of its content.
    pub hash: Hash,
    /// Its bytes.
    pub length: u64,
}

impl BlobId {
    /// Where a server has it.
    pub fn target(&self, agency: &AgencyId) -> String {
        format!("/v1/blobs/{}?agency={agency}&length={}", self.hash, self.length)
    }
}

/// How far an attachment has come, as a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobState {
    /// Bytes received, from the first on without a gap: where the next piece begins.
    pub offset: u64,
    /// Bytes in all.
    pub length: u64,
    /// Whether all of it is there and its hash was found right.
    pub whole: bool,
}
