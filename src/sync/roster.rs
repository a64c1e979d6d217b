//! The roster on its way down: a signed manifest and immutable chunks named by their hashes, so
//! that a download goes on where it was cut and a chunk damaged on the way is fetched again alone.

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, Hash, Roster};
use minicbor::{Decode, Encode};

use crate::pack::{self, PackError};
use crate::signed::Statement;

/// Bytes of a chunk; the last may have fewer.
pub const CHUNK: usize = 256 << 10;

/// The most bytes that a roster may have once decompressed.
pub const MAX_ROSTER: usize = 256 << 20;

/// Which roster is the newest, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    /// The agency it is for.
    #[n(0)]
    pub agency: AgencyId,
    /// Its version; grows with every change.
    #[n(1)]
    pub version: u64,
    /// Hash of the compressed roster.
    #[n(2)]
    pub digest: Hash,
    /// Its bytes, compressed.
    #[n(3)]
    pub bytes: u64,
    /// Hashes of its chunks, in order.
    #[n(4)]
    pub chunks: Vec<Hash>,
    /// When it came into being, milliseconds since 1970 UTC.
    #[n(5)]
    pub at_ms: u64,
}

impl Statement for Manifest {
    const DOMAIN: &'static [u8] = b"AUXLOG-RST\x01";
}

/// Why chunks are not the roster that the manifest names.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Not the bytes that the manifest names.
    #[error("the roster downloaded is not the one that the server signed")]
    Digest,
    /// Not decompressible or not a roster.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Not a roster.
    #[error("the roster cannot be read: {0}")]
    Content(#[from] minicbor::decode::Error),
}

/// A roster cut into chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is made of.
    pub manifest: Manifest,
    /// The chunks, in the manifest's order.
    pub chunks: Vec<Vec<u8>>,
}

impl Snapshot {
    /// Compresses a roster and cuts it.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn of(agency: &AgencyId, roster: &Roster, at_ms: u64) -> Result<Self, PackError> {
        let packed = pack::deflate(&minicbor::to_vec(roster).expect("writing to memory cannot fail"))?;
        let chunks: Vec<Vec<u8>> = packed.chunks(CHUNK).map(<[u8]>::to_vec).collect();
        let manifest = Manifest {
            agency: agency.clone(),
            version: roster.version,
            digest: sha256(&[&packed]),
            bytes: packed.len() as u64,
            chunks: chunks.iter().map(|chunk| sha256(&[chunk])).collect(),
            at_ms,
        };
        Ok(Self { manifest, chunks })
    }
}

impl Manifest {
    /// The roster that the chunks make.
    ///
    /// # Errors
    /// When they are not the ones that the manifest names.
    pub fn assemble(&self, chunks: &[Vec<u8>]) -> Result<Roster, SnapshotError> {
        let packed = chunks.concat();
        if sha256(&[&packed]) != self.digest {
            return Err(SnapshotError::Digest);
        }
        Ok(minicbor::decode(&pack::inflate(&packed, MAX_ROSTER)?)?)
    }
}
