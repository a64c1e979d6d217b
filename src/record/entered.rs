//! Entries of registers (条目): what their records say. Which fields, steps and states a register has is
//! declared above this crate; here a value is what it is by itself.

use std::collections::BTreeMap;

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use crate::{Hash, RecordId};

/// How deep values may nest: a list of groups whose fields are lists, and no deeper.
const MAX_DEPTH: usize = 4;

/// What stands in a field of an entry, in the plain types of CBOR.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Datum {
    /// A text: words, a day as `2026-11-30`, a moment in RFC 3339, a number of somebody, a record's id.
    Text(String),
    /// A number; money in fen.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Several of one shape.
    List(Vec<Self>),
    /// Fields of their own.
    Group(Data),
    /// Sealed to the server's key; nobody else reads it.
    Sealed(Vec<u8>),
}

/// Values by the numbers of their fields.
pub type Data = BTreeMap<u16, Datum>;

impl Datum {
    /// The text that it is.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it is yes.
    pub fn is_yes(&self) -> bool {
        *self == Self::Flag(true)
    }

    /// Every text in it.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(list) => list.iter().flat_map(Self::texts).collect(),
            Self::Group(group) => group.values().flat_map(Self::texts).collect(),
            Self::Number(_) | Self::Flag(_) | Self::Sealed(_) => Vec::new(),
        }
    }

    /// The longest list in it, groups among them.
    pub(crate) fn longest(&self) -> usize {
        match self {
            Self::List(list) => list.iter().map(Self::longest).max().unwrap_or(0).max(list.len()),
            Self::Group(group) => group.values().map(Self::longest).max().unwrap_or(0).max(group.len()),
            Self::Sealed(bytes) => bytes.len() / 64,
            Self::Text(_) | Self::Number(_) | Self::Flag(_) => 0,
        }
    }

    /// Reads one that stands alone.
    pub(crate) fn alone(d: &mut Decoder<'_>) -> Result<Self, decode::Error> {
        Self::read(d, MAX_DEPTH)
    }

    fn read(d: &mut Decoder<'_>, depth: usize) -> Result<Self, decode::Error> {
        if depth == 0 {
            return Err(decode::Error::message("values nest too deep").at(d.position()));
        }
        match d.datatype()? {
            Type::String => Ok(Self::Text(d.str()?.to_owned())),
            Type::Bool => d.bool().map(Self::Flag),
            Type::Bytes => Ok(Self::Sealed(d.bytes()?.to_vec())),
            Type::Array => {
                let mut list = Vec::new();
                for _ in 0..definite(d.array()?, d.position())? {
                    list.push(Self::read(d, depth - 1)?);
                }
                Ok(Self::List(list))
            }
            Type::Map => read_data(d, depth - 1).map(Self::Group),
            _ => d.i64().map(Self::Number),
        }
    }
}

fn definite(length: Option<u64>, at: usize) -> Result<u64, decode::Error> {
    length.ok_or_else(|| decode::Error::message("of indefinite length").at(at))
}

fn read_data(d: &mut Decoder<'_>, depth: usize) -> Result<Data, decode::Error> {
    let mut data = Data::new();
    for _ in 0..definite(d.map()?, d.position())? {
        let at = d.position();
        let number = d.u16()?;
        if data.last_key_value().is_some_and(|(last, _)| *last >= number) {
            return Err(decode::Error::message("fields are not in rising order").at(at));
        }
        data.insert(number, Datum::read(d, depth)?);
    }
    Ok(data)
}

impl<C> Encode<C> for Datum {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, c: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Text(text) => e.str(text)?,
            Self::Number(number) => e.i64(*number)?,
            Self::Flag(flag) => e.bool(*flag)?,
            Self::List(list) => return list.encode(e, c),
            Self::Group(group) => return group.encode(e, c),
            Self::Sealed(bytes) => e.bytes(bytes)?,
        };
        Ok(())
    }
}

mod data {
    use minicbor::encode::Write;
    use minicbor::{Decoder, Encode as _, Encoder};

    use super::{Data, MAX_DEPTH, read_data};

    pub(super) fn encode<C, W: Write>(
        data: &Data,
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        data.encode(e, c)
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Data, minicbor::decode::Error> {
        read_data(d, MAX_DEPTH)
    }
}

/// Which row of which table an entry was read from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Origin {
    /// The file's name.
    #[n(0)]
    pub file: String,
    /// The row as a person counts it, headings included.
    #[n(1)]
    pub row: u32,
}

/// An entry was made in a register.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EntryMade {
    /// The register's number.
    #[n(0)]
    pub register: u16,
    /// Number of the declaration that it was made by.
    #[n(1)]
    pub schema: u16,
    /// What was entered.
    #[n(2)]
    #[cbor(with = "data")]
    pub data: Data,
    /// Why it is made although something stands against it.
    #[n(3)]
    pub reason: Option<String>,
    /// Where it was read from, if it was not typed.
    #[n(4)]
    pub origin: Option<Origin>,
    /// Random: of a masked entry nobody finds out what it said by trying.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub salt: [u8; 16],
}

/// An entry was taken a step further.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EntryStepped {
    /// The entry.
    #[n(0)]
    pub target: RecordId,
    /// The newest records about it that the author had seen.
    #[n(1)]
    pub based_on: Vec<Hash>,
    /// The step's number in its register.
    #[n(2)]
    pub step: u16,
    /// What the step says beside its reason.
    #[n(3)]
    #[cbor(with = "data")]
    pub data: Data,
    /// Why, or why although something stands against it.
    #[n(4)]
    pub reason: Option<String>,
    /// Random, as an entry's.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub salt: [u8; 16],
}

/// Fields of an entry were corrected; what was entered stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EntryCorrected {
    /// The entry.
    #[n(0)]
    pub target: RecordId,
    /// The newest records about it that the author had seen.
    #[n(1)]
    pub based_on: Vec<Hash>,
    /// The fields as they are now.
    #[n(2)]
    #[cbor(with = "data")]
    pub data: Data,
    /// Fields in which nothing stands now.
    #[n(3)]
    pub cleared: Vec<u16>,
    /// Why.
    #[n(4)]
    pub reason: String,
    /// Random, as an entry's.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub salt: [u8; 16],
}
