//! One record in a task's history.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use crate::{AgencyId, Event, Hash, Hlc, OfficerId, RecordId, Role, Vouched, Word, WriterId};

/// Who wrote a record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Author {
    /// Writer.
    #[n(0)]
    pub writer: WriterId,
    /// The officer, as the office says, or, where there is none, as the chain's first record does;
    /// empty while nobody says it.
    #[n(1)]
    pub officer: OfficerId,
    /// Their name, likewise.
    #[n(2)]
    pub name: String,
    /// Whose word that is.
    #[n(3)]
    pub vouched: Vouched,
    /// What they may do.
    #[n(4)]
    pub role: Role,
    /// The record was made before the chain joined the agency's log (入网前).
    #[n(5)]
    pub before_joining: bool,
}

impl Author {
    /// Whether both are the same person: an officer is one person on all their laptops.
    pub fn same_person(&self, other: &Self) -> bool {
        self.writer == other.writer || (!self.officer.0.is_empty() && self.officer == other.officer)
    }
}

/// An event as a view keeps it: kind, schema, body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored(pub Event);

impl<C> Encode<C> for Stored {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(3)?.u16(self.0.kind())?.u16(self.0.schema())?;
        match &self.0 {
            Event::Masked { .. } => e.null()?,
            event => e.bytes(&event.to_body())?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Stored {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = d.position();
        d.array()?;
        let (kind, schema) = (d.u16()?, d.u16()?);
        if d.datatype()? == minicbor::data::Type::Null {
            d.null()?;
            return Ok(Self(Event::Masked { kind, schema }));
        }
        Event::from_body(kind, schema, d.bytes()?).map(Self).map_err(|e| decode::Error::message(e).at(at))
    }
}

/// One record about a task.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// The record.
    #[n(0)]
    pub record: RecordId,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
    /// Who wrote it.
    #[n(2)]
    pub author: Author,
    /// The agency whose log it stands in.
    #[n(3)]
    pub agency: AgencyId,
    /// Logical time.
    #[n(4)]
    pub hlc: Hlc,
    /// What the wall clock said, in milliseconds since 1970 UTC.
    #[n(5)]
    pub wall_ms: i64,
    /// What it says.
    #[n(6)]
    pub event: Stored,
    /// What the agency's log says of it; `None` while it is in none.
    #[n(7)]
    pub word: Option<Word>,
    /// Number of the rules of steps that it is read by.
    #[n(8)]
    pub rules: u16,
}

impl Entry {
    /// Place in the canonical order, the same on every device.
    pub(super) fn place(&self) -> (Hlc, RecordId, Hash) {
        (self.hlc, self.record, self.hash)
    }
}
