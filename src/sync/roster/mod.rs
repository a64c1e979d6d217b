//! The roster on its way down: a signed manifest that names immutable pieces by their hashes.
//!
//! Each table is cut where its keys' hashes say so, not at fixed lengths: when a person changes, the
//! piece that they stand in changes and no other. A laptop cuts the roster that it holds the same way
//! and fetches the pieces that it lacks, so a new version costs what is new in it, whatever version
//! the laptop had. A download goes on where it was cut, a piece damaged on the way is fetched again
//! alone, and a copy that drifted from its version is noticed by its digest and mended.

mod piece;

use std::collections::BTreeMap;

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, Hash, Roster};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::pack::{self, PackError};
use crate::signed::{Signed, Statement};
use piece::Piece;
pub use piece::{Salts, mask};

/// A table is cut behind about one row in so many.
const ROWS: u16 = 1024;

/// The most rows of a piece, wherever the cuts fall.
const MOST_ROWS: usize = 4096;

/// The most bytes that a piece may have once decompressed.
pub const MAX_PIECE: usize = 16 << 20;

/// The form of pieces whose rows are salted: from their names nobody can tell by trying who is in them,
/// and a row can be taken out without another name.
pub const SALTED: u16 = 2;

/// Pieces as they travel, compressed, by their names.
pub type Pieces = BTreeMap<Hash, Vec<u8>>;

/// A table of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum TableName {
    /// Agencies.
    #[n(0)]
    Agencies,
    /// Officers.
    #[n(1)]
    Officers,
    /// Auxiliaries.
    #[n(2)]
    Auxiliaries,
}

/// What a table is made of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Table {
    /// Which.
    #[n(0)]
    pub name: TableName,
    /// Its rows.
    #[n(1)]
    pub rows: u64,
    /// Hash over its pieces' hashes: equal where the table is.
    #[n(2)]
    pub checksum: Hash,
    /// Names of its pieces, in order.
    #[n(3)]
    pub pieces: Vec<Hash>,
}

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
    /// Hash over the tables' check sums.
    #[n(2)]
    pub digest: Hash,
    /// Bytes of all pieces, compressed.
    #[n(3)]
    pub bytes: u64,
    /// The tables.
    #[n(4)]
    pub tables: Vec<Table>,
    /// When it came into being, milliseconds since 1970 UTC.
    #[n(5)]
    pub at_ms: u64,
    /// How its pieces are made ([`SALTED`]); `None` is as 0.1.0 made them, named by what they hold.
    #[n(6)]
    pub form: Option<u16>,
}

impl Statement for Manifest {
    const DOMAIN: &'static [u8] = b"AUXLOG-RST\x01";
}

/// A roster that a server issued and lacks since it was put back from an older copy, and pieces of it:
/// the body of `POST /v1/office/roster`. The answer names the pieces that are still missing.
#[derive(Debug, Clone, Encode, Decode)]
#[cbor(map)]
pub struct Brought {
    /// As the server signed it.
    #[n(0)]
    pub manifest: Signed<Manifest>,
    /// Some of its pieces, as they came.
    #[n(1)]
    pub pieces: Vec<ByteVec>,
}

/// Why pieces are not the roster that the manifest names.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A piece is not here.
    #[error("piece {0} of the roster is missing")]
    Missing(Hash),
    /// Rows of a piece were masked. Of the newest roster none are.
    #[error("people were taken out of a piece of the roster")]
    Masked,
    /// Its tables are not the ones that the manifest names.
    #[error("the roster downloaded is not the one that the server signed")]
    Digest,
    /// A newer program made it.
    #[error("the roster is of form {0}, which this version cannot read: update auxlog")]
    Form(u16),
    /// Not decompressible.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Not a roster.
    #[error("the roster cannot be read: {0}")]
    Content(#[from] minicbor::decode::Error),
}

/// A roster cut into pieces, to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is made of.
    pub manifest: Manifest,
    /// Its pieces.
    pub pieces: Pieces,
}

impl Snapshot {
    /// Cuts a roster, salts its rows and compresses its pieces.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn of(agency: &AgencyId, roster: &Roster, at_ms: u64, salts: &Salts) -> Result<Self, PackError> {
        let mut pieces = Pieces::new();
        let mut table = |name, rows: Vec<(&[u8], Vec<u8>)>| {
            let (count, mut names) = (rows.len() as u64, Vec::new());
            for piece in cut(rows) {
                let from = salts.of_piece(agency, name, &piece);
                let piece = Piece::salted(piece, from);
                names.push(piece.name());
                pieces.insert(piece.name(), pack::deflate(&piece.encode())?);
            }
            Ok::<_, PackError>(Table { name, rows: count, checksum: checksum(&names), pieces: names })
        };
        let tables = vec![
            table(TableName::Agencies, rows(&roster.agencies, |id| &id.0))?,
            table(TableName::Officers, rows(&roster.officers, |id| &id.0))?,
            table(TableName::Auxiliaries, rows(&roster.auxiliaries, |id| &id.0))?,
        ];
        let bytes = pieces.values().map(|piece| piece.len() as u64).sum();
        let (agency, version, digest) = (agency.clone(), roster.version, digest_of(&tables));
        let manifest = Manifest { agency, version, digest, bytes, tables, at_ms, form: Some(SALTED) };
        Ok(Self { manifest, pieces })
    }
}

impl Manifest {
    /// The names of all pieces, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &Hash> {
        self.tables.iter().flat_map(|table| &table.pieces)
    }

    /// The name of a piece as it came.
    ///
    /// # Errors
    /// When it is no piece of this form, or rows of it are masked.
    pub fn name_of(&self, packed: &[u8]) -> Result<Hash, SnapshotError> {
        let piece = self.open(packed)?;
        if piece.is_whole() { Ok(piece.name()) } else { Err(SnapshotError::Masked) }
    }

    fn open(&self, packed: &[u8]) -> Result<Piece, SnapshotError> {
        let piece = pack::inflate(packed, MAX_PIECE)?;
        match self.form {
            None => Ok(Piece::Plain(piece)),
            Some(SALTED) => Ok(Piece::decode(&piece)?),
            Some(form) => Err(SnapshotError::Form(form)),
        }
    }

    /// The roster that pieces make, with everybody who is on it.
    ///
    /// # Errors
    /// When they are not the ones that the manifest names, or rows of them are masked.
    pub fn assemble(&self, pieces: &Pieces) -> Result<Roster, SnapshotError> {
        Ok(self.put_together(pieces, true)?.0)
    }

    /// An older roster as it is kept; whose rows were masked are not in it. Gives whether any were.
    ///
    /// # Errors
    /// When the pieces are not the ones that the manifest names.
    pub fn assemble_masked(&self, pieces: &Pieces) -> Result<(Roster, bool), SnapshotError> {
        self.put_together(pieces, false)
    }

    fn put_together(&self, pieces: &Pieces, strict: bool) -> Result<(Roster, bool), SnapshotError> {
        let mut masked = false;
        if digest_of(&self.tables) != self.digest {
            return Err(SnapshotError::Digest);
        }
        let mut roster = Roster { version: self.version, ..Roster::default() };
        for table in &self.tables {
            let mut rows = 0;
            for name in &table.pieces {
                let packed = pieces.get(name).ok_or(SnapshotError::Missing(*name))?;
                let piece = self.open(packed)?;
                if piece.name() != *name {
                    return Err(SnapshotError::Digest);
                }
                masked |= !piece.is_whole();
                if strict && masked {
                    return Err(SnapshotError::Masked);
                }
                rows += piece.put_into(&mut roster, table.name)?;
            }
            if rows as u64 != table.rows || checksum(&table.pieces) != table.checksum {
                return Err(SnapshotError::Digest);
            }
        }
        Ok((roster, masked))
    }
}

/// What a roster held is told by: a copy that drifted has another.
pub fn digest(roster: &Roster) -> Hash {
    sha256(&[&minicbor::to_vec(roster).expect("writing to memory cannot fail")])
}

fn digest_of(tables: &[Table]) -> Hash {
    let sums: Vec<&[u8]> = tables.iter().map(|table| table.checksum.0.as_slice()).collect();
    sha256(&[b"AUXLOG-TBS\x01", sums.concat().as_slice()])
}

fn checksum(pieces: &[Hash]) -> Hash {
    let hashes: Vec<&[u8]> = pieces.iter().map(|piece| piece.0.as_slice()).collect();
    sha256(&[b"AUXLOG-TBL\x01", hashes.concat().as_slice()])
}

fn rows<K, V: Encode<()>>(table: &BTreeMap<K, V>, key: impl Fn(&K) -> &str) -> Vec<(&[u8], Vec<u8>)> {
    let row = |row: &V| minicbor::to_vec(row).expect("writing to memory cannot fail");
    table.iter().map(|(id, person)| (key(id).as_bytes(), row(person))).collect()
}

/// Rows in pieces: each ends where the hash of a key says so.
fn cut(rows: Vec<(&[u8], Vec<u8>)>) -> Vec<Vec<Vec<u8>>> {
    let (mut pieces, mut piece) = (Vec::new(), Vec::new());
    for (key, row) in rows {
        piece.push(row);
        let hash = sha256(&[key]).0;
        if u16::from_be_bytes([hash[0], hash[1]]).is_multiple_of(ROWS) || piece.len() >= MOST_ROWS {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
