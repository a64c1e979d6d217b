//! A piece of a roster.
//!
//! It is named by its rows' hashes, and each of these covers a salt. Who has a name can therefore not try
//! who is in the piece; and where a row has to go, its hash in its place keeps the name as it was. Pieces
//! of 0.1.0 are named by what they hold.

use auxlog_record::crypto::sha256;
use auxlog_record::{Agency, AgencyId, Auxiliary, Hash, Officer, Roster, SigningKey};
use hkdf::Hkdf;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use sha2::Sha256;

use super::{MAX_PIECE, MOST_ROWS, SnapshotError, TableName};
use crate::pack;

/// The salt of a row, or what a whole piece's are made from.
type Salt = [u8; 16];

/// Where a server takes its pieces' salts from. A piece in which nothing changed has the same in every
/// version, so that it keeps its name.
pub struct Salts(Hkdf<Sha256>);

impl std::fmt::Debug for Salts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salts")
    }
}

impl Salts {
    /// Those of the server with this key; nobody without it can tell them.
    pub fn of(server: &SigningKey) -> Self {
        Self(Hkdf::new(Some(b"AUXLOG-SLT\x01"), server.seed().as_slice()))
    }

    /// The salts of a piece that holds these rows. Salts do not compress: a whole piece brings this one
    /// instead of one for each row.
    pub(super) fn of_piece(&self, agency: &AgencyId, table: TableName, rows: &[Vec<u8>]) -> [u8; 16] {
        let (mut salt, length) = (Salt::default(), (agency.0.len() as u64).to_be_bytes());
        let held = sha256(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let info = [&length, agency.0.as_bytes(), &[table as u8], &held.0];
        self.0.expand_multi_info(&info, &mut salt).expect("16 bytes are fewer than one block");
        salt
    }
}

fn salt(piece: &Salt, row: usize) -> Salt {
    let hash = sha256(&[b"AUXLOG-SLT\x01", piece, &(row as u64).to_be_bytes()]);
    hash.0.first_chunk().copied().unwrap_or_default()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// With its salt.
    Whole(Salt, Vec<u8>),
    /// What is left of one that was masked.
    Masked(Hash),
}

impl Row {
    fn hash(&self) -> Hash {
        match self {
            Self::Whole(salt, row) => sha256(&[b"AUXLOG-ROW\x01", salt, row]),
            Self::Masked(hash) => *hash,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// As 0.1.0 made it: a roster that has one table.
    Plain(Vec<u8>),
    /// Rows with their salts, and what all of these are made from: gone once a row was masked, or it
    /// would tell that row's.
    Salted(Option<Salt>, Vec<Row>),
}

impl Piece {
    pub(super) fn salted(rows: Vec<Vec<u8>>, from: Salt) -> Self {
        let rows = rows.into_iter().enumerate().map(|(at, row)| Row::Whole(salt(&from, at), row));
        Self::Salted(Some(from), rows.collect())
    }

    pub(super) fn name(&self) -> Hash {
        match self {
            Self::Plain(piece) => sha256(&[piece]),
            Self::Salted(_, rows) => {
                let hashes: Vec<[u8; 32]> = rows.iter().map(|row| row.hash().0).collect();
                sha256(&[b"AUXLOG-PCE\x01", hashes.concat().as_slice()])
            }
        }
    }

    /// Whether it says all that its name stands for. One whose rows were masked has the same name, so that
    /// whoever passes it on could take people out of it.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Salted(from, _) => from.is_some(),
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let (from, rows) = match self {
            Self::Plain(piece) => return piece.clone(),
            Self::Salted(from, rows) => (from, rows),
        };
        let mut e = Encoder::new(Vec::new());
        let mut write = || {
            e.array(2)?;
            match from {
                Some(from) => e.bytes(from)?,
                None => e.null()?,
            };
            e.array(rows.len() as u64)?;
            for row in rows {
                match row {
                    Row::Whole(_, row) if from.is_some() => e.bytes(row)?,
                    Row::Whole(salt, row) => e.array(2)?.bytes(salt)?.bytes(row)?,
                    Row::Masked(hash) => e.bytes(&hash.0)?,
                };
            }
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        };
        write().expect("writing to memory cannot fail");
        e.into_writer()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let bad = minicbor::decode::Error::message;
        let read = |bytes: &[u8]| Salt::try_from(bytes).map_err(|_| bad("a salt has 16 bytes"));
        let mut d = Decoder::new(bytes);
        if d.array()? != Some(2) {
            return Err(bad("a piece is a salt and its rows"));
        }
        let from = if d.datatype()? == Type::Null { d.null().map(|()| None)? } else { Some(read(d.bytes()?)?) };
        let count = d.array()?.filter(|count| *count <= MOST_ROWS as u64);
        let mut rows = Vec::new();
        for at in 0..count.ok_or_else(|| bad("not so many rows are in one piece"))? {
            rows.push(match (&from, d.datatype()?) {
                (Some(from), _) => {
                    Row::Whole(salt(from, usize::try_from(at).unwrap_or(usize::MAX)), d.bytes()?.to_vec())
                }
                (None, Type::Array) => {
                    if d.array()? != Some(2) {
                        return Err(bad("a row is a salt and its bytes"));
                    }
                    Row::Whole(read(d.bytes()?)?, d.bytes()?.to_vec())
                }
                (None, _) => Row::Masked(Hash(d.bytes()?.try_into().map_err(|_| bad("a hash has 32 bytes"))?)),
            });
        }
        if d.position() == bytes.len() { Ok(Self::Salted(from, rows)) } else { Err(bad("bytes follow its end")) }
    }

    /// Adds its rows to their table; gives how many there are, masked ones too.
    pub(super) fn put_into(&self, roster: &mut Roster, table: TableName) -> Result<usize, minicbor::decode::Error> {
        let rows = match self {
            Self::Plain(piece) => {
                let part: Roster = minicbor::decode(piece)?;
                let rows = part.agencies.len() + part.officers.len() + part.auxiliaries.len();
                roster.agencies.extend(part.agencies);
                roster.officers.extend(part.officers);
                roster.auxiliaries.extend(part.auxiliaries);
                return Ok(rows);
            }
            Self::Salted(_, rows) => rows,
        };
        for row in rows {
            let Row::Whole(_, row) = row else { continue };
            match table {
                TableName::Agencies => {
                    let agency: Agency = minicbor::decode(row)?;
                    roster.agencies.insert(agency.id.clone(), agency);
                }
                TableName::Officers => {
                    let officer: Officer = minicbor::decode(row)?;
                    roster.officers.insert(officer.id.clone(), officer);
                }
                TableName::Auxiliaries => {
                    let auxiliary: Auxiliary = minicbor::decode(row)?;
                    roster.auxiliaries.insert(auxiliary.id.clone(), auxiliary);
                }
            }
        }
        Ok(rows.len())
    }
}

/// A salted piece, as it travels, without what it says of a person; its name stays. `None` where it says
/// nothing of them.
///
/// # Errors
/// When it cannot be read.
pub fn mask(packed: &[u8], table: TableName, id: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
    let mut piece = Piece::decode(&pack::inflate(packed, MAX_PIECE)?)?;
    let mut found = false;
    let Piece::Salted(from, rows) = &mut piece else { return Ok(None) };
    for row in rows {
        let Row::Whole(_, bytes) = &row else { continue };
        let theirs = match table {
            TableName::Agencies => minicbor::decode::<Agency>(bytes)?.id.0 == id,
            TableName::Officers => minicbor::decode::<Officer>(bytes)?.id.0 == id,
            TableName::Auxiliaries => minicbor::decode::<Auxiliary>(bytes)?.id.0 == id,
        };
        if theirs {
            (*row, found, *from) = (Row::Masked(row.hash()), true, None);
        }
    }
    Ok(if found { Some(pack::deflate(&piece.encode())?) } else { None })
}
