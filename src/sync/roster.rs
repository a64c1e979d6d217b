//! The roster on its way down: a signed manifest that names immutable pieces by their hashes.
//!
//! Each table is cut where its keys' hashes say so, not at fixed lengths: when a person changes, the
//! piece that he stands in changes and no other. A laptop cuts the roster that it holds the same way
//! and fetches the pieces that it lacks, so a new version costs what is new in it, whatever version
//! the laptop had. A download goes on where it was cut, a piece damaged on the way is fetched again
//! alone, and a copy that drifted from its version is noticed by its digest and mended table by table.

use std::collections::BTreeMap;

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, Hash, Roster};
use minicbor::{Decode, Encode};

use crate::pack::{self, PackError};
use crate::signed::Statement;

/// A table is cut behind about one row in so many.
const ROWS: u16 = 1024;

/// The most rows of a piece, wherever the cuts fall.
const MOST_ROWS: usize = 4096;

/// The most bytes that a piece may have once decompressed.
pub const MAX_PIECE: usize = 16 << 20;

/// A table of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
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
    /// Hashes of its pieces before compression, in order.
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
}

impl Statement for Manifest {
    const DOMAIN: &'static [u8] = b"AUXLOG-RST\x01";
}

/// Why pieces are not the roster that the manifest names.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A piece is not here.
    #[error("piece {0} of the roster is missing")]
    Missing(Hash),
    /// Its tables are not the ones that the manifest names.
    #[error("the roster downloaded is not the one that the server signed")]
    Digest,
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
    /// The pieces, compressed, by the hash of what they hold.
    pub pieces: BTreeMap<Hash, Vec<u8>>,
}

impl Snapshot {
    /// Cuts a roster and compresses its pieces.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn of(agency: &AgencyId, roster: &Roster, at_ms: u64) -> Result<Self, PackError> {
        let (tables, plain) = cut(roster);
        let mut pieces = BTreeMap::new();
        for (hash, piece) in plain {
            pieces.insert(hash, pack::deflate(&piece)?);
        }
        let bytes = pieces.values().map(|piece| piece.len() as u64).sum();
        let digest = digest_of(&tables);
        let manifest = Manifest { agency: agency.clone(), version: roster.version, digest, bytes, tables, at_ms };
        Ok(Self { manifest, pieces })
    }
}

impl Manifest {
    /// The hashes of all pieces, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &Hash> {
        self.tables.iter().flat_map(|table| &table.pieces)
    }

    /// The roster that pieces make, each decompressed and named by its hash.
    ///
    /// # Errors
    /// When they are not the ones that the manifest names.
    pub fn assemble(&self, pieces: &BTreeMap<Hash, Vec<u8>>) -> Result<Roster, SnapshotError> {
        if digest_of(&self.tables) != self.digest {
            return Err(SnapshotError::Digest);
        }
        let mut roster = Roster { version: self.version, ..Roster::default() };
        for table in &self.tables {
            let mut rows = 0;
            for hash in &table.pieces {
                let piece = pieces.get(hash).ok_or(SnapshotError::Missing(*hash))?;
                let part: Roster = minicbor::decode(piece)?;
                rows += part.agencies.len() + part.officers.len() + part.auxiliaries.len();
                roster.agencies.extend(part.agencies);
                roster.officers.extend(part.officers);
                roster.auxiliaries.extend(part.auxiliaries);
            }
            if rows as u64 != table.rows || checksum(&table.pieces) != table.checksum {
                return Err(SnapshotError::Digest);
            }
        }
        Ok(roster)
    }
}

/// A piece as it came, decompressed, and the hash that names it.
///
/// # Errors
/// When it can't be decompressed.
pub fn unpack_piece(packed: &[u8]) -> Result<(Hash, Vec<u8>), PackError> {
    let piece = pack::inflate(packed, MAX_PIECE)?;
    Ok((sha256(&[&piece]), piece))
}

/// The pieces that a roster is cut into, by their hashes: what a laptop need not fetch.
pub fn pieces_of(roster: &Roster) -> BTreeMap<Hash, Vec<u8>> {
    cut(roster).1
}

/// The digest that the manifest of this roster has.
pub fn digest(roster: &Roster) -> Hash {
    digest_of(&cut(roster).0)
}

fn digest_of(tables: &[Table]) -> Hash {
    let sums: Vec<&[u8]> = tables.iter().map(|table| table.checksum.0.as_slice()).collect();
    sha256(&[b"AUXLOG-TBS\x01", sums.concat().as_slice()])
}

fn checksum(pieces: &[Hash]) -> Hash {
    let hashes: Vec<&[u8]> = pieces.iter().map(|piece| piece.0.as_slice()).collect();
    sha256(&[b"AUXLOG-TBL\x01", hashes.concat().as_slice()])
}

/// Cuts a roster's tables.
fn cut(roster: &Roster) -> (Vec<Table>, BTreeMap<Hash, Vec<u8>>) {
    let mut plain = BTreeMap::new();
    let agencies =
        pieces(&roster.agencies, |id| id.0.as_bytes(), |part| Roster { agencies: part, ..Roster::default() });
    let officers =
        pieces(&roster.officers, |id| id.0.as_bytes(), |part| Roster { officers: part, ..Roster::default() });
    let auxiliaries =
        pieces(&roster.auxiliaries, |id| id.0.as_bytes(), |part| Roster { auxiliaries: part, ..Roster::default() });
    let mut table = |name, rows: usize, cut: Vec<Vec<u8>>| {
        let pieces: Vec<Hash> = cut
            .into_iter()
            .map(|piece| {
                let hash = sha256(&[&piece]);
                plain.insert(hash, piece);
                hash
            })
            .collect();
        Table { name, rows: rows as u64, checksum: checksum(&pieces), pieces }
    };
    let tables = vec![
        table(TableName::Agencies, roster.agencies.len(), agencies),
        table(TableName::Officers, roster.officers.len(), officers),
        table(TableName::Auxiliaries, roster.auxiliaries.len(), auxiliaries),
    ];
    (tables, plain)
}

/// The rows of one table in pieces, each encoded as a roster that has nothing else.
fn pieces<K: Ord + Clone, V: Clone>(
    rows: &BTreeMap<K, V>,
    key: impl Fn(&K) -> &[u8],
    part: impl Fn(BTreeMap<K, V>) -> Roster,
) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut piece = BTreeMap::new();
    let encode = |piece| minicbor::to_vec(part(piece)).expect("writing to memory cannot fail");
    for (id, row) in rows {
        piece.insert(id.clone(), row.clone());
        let hash = sha256(&[key(id)]).0;
        let ends = u16::from_be_bytes([hash[0], hash[1]]).is_multiple_of(ROWS);
        if ends || piece.len() >= MOST_ROWS {
            pieces.push(encode(std::mem::take(&mut piece)));
        }
    }
    if !piece.is_empty() {
        pieces.push(encode(piece));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use auxlog_record::{Auxiliary, Officer};

    use super::*;

    fn roster(people: u32) -> Roster {
        let mut roster = Roster { version: 1, ..Roster::default() };
        for number in 0..people {
            let (id, name) = (format!("X{number:06}"), format!("辅助人员{number}"));
            let person = Auxiliary { id: id.as_str().into(), name, agency: "A01".into(), ..Auxiliary::default() };
            roster.auxiliaries.insert(person.id.clone(), person);
        }
        let officer = Officer { id: "O1".into(), name: "张三".into(), agency: "A01".into(), ..Officer::default() };
        roster.officers.insert(officer.id.clone(), officer);
        roster
    }

    fn missing(manifest: &Manifest, held: &Roster) -> usize {
        let held = pieces_of(held);
        manifest.pieces().filter(|piece| !held.contains_key(piece)).count()
    }

    #[test]
    fn what_was_cut_comes_together_again() {
        for people in [0, 1, 5000] {
            let roster = roster(people);
            let snapshot = Snapshot::of(&"A01".into(), &roster, 7).expect("packs");
            let pieces = snapshot.pieces.values().map(|packed| unpack_piece(packed).expect("unpacks")).collect();
            assert_eq!(snapshot.manifest.assemble(&pieces).expect("whole"), roster);
            assert_eq!(snapshot.manifest.digest, digest(&roster));
            assert_eq!(missing(&snapshot.manifest, &roster), 0, "whoever has it fetches nothing");
        }
    }

    #[test]
    fn a_change_costs_the_piece_that_it_stands_in() {
        let before = roster(20_000);
        let all = Snapshot::of(&"A01".into(), &before, 7).expect("packs").manifest;
        assert!(all.pieces().count() > 10, "{}", all.pieces().count());
        let mut after = before.clone();
        after.version = 2;
        after.auxiliaries.get_mut(&"X010000".into()).expect("there").name = "改名".into();
        let manifest = Snapshot::of(&"A01".into(), &after, 8).expect("packs").manifest;
        assert_eq!(missing(&manifest, &before), 1);
        let sums = |manifest: &Manifest| manifest.tables.iter().map(|table| table.checksum).collect::<Vec<_>>();
        assert_eq!(sums(&manifest)[..2], sums(&all)[..2], "the other tables' sums stay");
        assert_ne!(manifest.digest, all.digest);

        // Somebody new in the middle moves no other cut.
        let person = Auxiliary { id: "X010000A".into(), name: "新人".into(), ..Auxiliary::default() };
        after.auxiliaries.insert(person.id.clone(), person);
        let manifest = Snapshot::of(&"A01".into(), &after, 9).expect("packs").manifest;
        assert!(missing(&manifest, &before) <= 2, "{}", missing(&manifest, &before));
    }

    #[test]
    fn pieces_of_another_roster_are_refused() {
        let snapshot = Snapshot::of(&"A01".into(), &roster(10), 7).expect("packs");
        let pieces: BTreeMap<_, _> =
            snapshot.pieces.values().map(|packed| unpack_piece(packed).expect("unpacks")).collect();
        assert!(matches!(snapshot.manifest.assemble(&BTreeMap::new()), Err(SnapshotError::Missing(_))));
        let mut counted = snapshot.manifest.clone();
        counted.tables[2].rows = 11;
        assert!(matches!(counted.assemble(&pieces), Err(SnapshotError::Digest)));
        let mut other = snapshot.manifest;
        other.tables[2].pieces.clear();
        assert!(matches!(other.assemble(&pieces), Err(SnapshotError::Digest)), "the sums are signed");
    }
}
