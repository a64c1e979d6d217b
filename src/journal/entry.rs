//! What stands in the journal.

use auxlog_record::{Record, Word};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// A place in the journal: 0, 1, 2, … over all segments, without gaps.
pub type Position = u64;

/// What the server said of a record that was pulled from it. Nothing is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum ServerVerdict {
    /// Nothing stands against it.
    #[default]
    Ok = 0,
    /// Stored and visible, with a flag.
    Flagged = 1,
    /// Stored, but a supervisor must release it: a fork, a revoked laptop.
    Quarantined = 2,
    /// Stored as bytes only.
    Malformed = 3,
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A record made on this laptop.
    Own(Record),
    /// A record pulled from the server.
    Received {
        /// Its number in the agency's log.
        lsn: u64,
        /// The record.
        record: Record,
        /// What the server said of it.
        verdict: ServerVerdict,
        /// Why, in the server's codes.
        reasons: Vec<String>,
        /// What the log says of it, proven by its root; `None` where 0.1.0 pulled it.
        word: Option<Word>,
    },
    /// A receipt signed by the server, as it came.
    Receipt(Vec<u8>),
    /// A roster from the server, as it came.
    RosterSnapshot(Vec<u8>),
    /// Anything else, under a name that its owner chose (`enrolment`, `cursor`, …).
    Note {
        /// The name.
        topic: String,
        /// The content.
        bytes: Vec<u8>,
    },
    /// An entry of a newer version: kept as it is.
    Unknown {
        /// Its tag.
        tag: u16,
        /// The whole entry.
        bytes: Vec<u8>,
    },
}

/// An entry could not be read although its frame is whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the entry can't be read: {0}")]
pub struct EntryError(String);

impl Entry {
    /// A CBOR array: tag, then the parts.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        let written = match self {
            Self::Own(record) => e.array(2).and_then(|e| e.u16(1)).and_then(|e| e.bytes(&record.encode())).map(drop),
            Self::Received { lsn, record, verdict, reasons, word } => e
                .array(if word.is_some() { 6 } else { 5 })
                .and_then(|e| e.u16(2))
                .and_then(|e| e.u64(*lsn))
                .and_then(|e| e.bytes(&record.encode()))
                .and_then(|e| e.u8(*verdict as u8))
                .and_then(|e| e.encode(reasons))
                .and_then(|e| match word {
                    Some(word) => e.encode(word),
                    None => Ok(e),
                })
                .map(drop),
            Self::Receipt(bytes) => e.array(2).and_then(|e| e.u16(3)).and_then(|e| e.bytes(bytes)).map(drop),
            Self::RosterSnapshot(bytes) => e.array(2).and_then(|e| e.u16(4)).and_then(|e| e.bytes(bytes)).map(drop),
            Self::Note { topic, bytes } => {
                e.array(3).and_then(|e| e.u16(5)).and_then(|e| e.str(topic)).and_then(|e| e.bytes(bytes)).map(drop)
            }
            Self::Unknown { bytes, .. } => return bytes.clone(),
        };
        written.expect("writing to memory can't fail");
        e.into_writer()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        let mut d = Decoder::new(bytes);
        let entry = Self::read(&mut d, bytes).map_err(|e| EntryError(e.to_string()))?;
        if d.position() == bytes.len() { Ok(entry) } else { Err(EntryError("bytes follow its end".into())) }
    }

    fn read(d: &mut Decoder<'_>, whole: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let other = |message: String| minicbor::decode::Error::message(message);
        let record = |bytes: &[u8]| Record::decode(bytes).map_err(|e| other(e.to_string()));
        let parts = d.array()?;
        let tag = d.u16()?;
        Ok(match (tag, parts) {
            (1, Some(2)) => Self::Own(record(d.bytes()?)?),
            (2, Some(parts @ 5..=6)) => Self::Received {
                lsn: d.u64()?,
                record: record(d.bytes()?)?,
                verdict: match d.u8()? {
                    0 => ServerVerdict::Ok,
                    1 => ServerVerdict::Flagged,
                    2 => ServerVerdict::Quarantined,
                    3 => ServerVerdict::Malformed,
                    other_verdict => return Err(other(format!("verdict {other_verdict} is not known"))),
                },
                reasons: d.decode()?,
                word: if parts == 6 { Some(d.decode()?) } else { None },
            },
            (3, Some(2)) => Self::Receipt(d.bytes()?.to_vec()),
            (4, Some(2)) => Self::RosterSnapshot(d.bytes()?.to_vec()),
            (5, Some(3)) => Self::Note { topic: d.str()?.to_owned(), bytes: d.bytes()?.to_vec() },
            _ => {
                while d.position() < whole.len() && d.datatype()? != Type::Break {
                    d.skip()?;
                }
                Self::Unknown { tag, bytes: whole.to_vec() }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_as_they_were() {
        let unknown = {
            let mut e = Encoder::new(Vec::new());
            e.array(2).and_then(|e| e.u16(99)).and_then(|e| e.str("later")).expect("memory");
            e.into_writer()
        };
        for entry in [
            Entry::Receipt(vec![1, 2]),
            Entry::RosterSnapshot(vec![]),
            Entry::Note { topic: "cursor".into(), bytes: vec![0] },
            Entry::Unknown { tag: 99, bytes: unknown },
        ] {
            assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
        }
        assert!(Entry::decode(&[]).is_err());
        assert!(Entry::decode(&[0x82, 1, 0x40]).is_err(), "no record");
    }
}
