//! What is wrong with what is stored, and where: of a closed set, so that it can be told in the
//! reader's language.

use std::fmt;

use auxlog_journal::Damage;
use auxlog_record::{ChainError, EventError, Hash, RecordId};

use crate::LedgerError;

/// What is wrong with a record, or with what is kept beside it.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// The journal is damaged.
    #[error(transparent)]
    Damage(Damage),
    /// The record does not continue its writer's chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The record can't be understood.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It is there more than once.
    #[error("the record stands twice")]
    Twice,
    /// It is not there, and others that follow it are.
    #[error("it is missing, while later records of its chain are here")]
    Missing,
    /// It was put in behind one that follows it.
    #[error("it stands after a later record of its chain")]
    Late,
    /// The journal was cut off, or an older copy of it put in its place.
    #[error("the server has a receipt up to {received}; the records after {newest} are gone")]
    CutOff {
        /// Seq of the newest record that the server has.
        received: u64,
        /// Seq of the newest one here.
        newest: u64,
    },
    /// The cache knew of a record that the journal did not hold: an older copy of the data
    /// directory was put in the place of a newer one.
    #[error("an older copy of the data directory is in the place of a newer one: this record was here, and is gone")]
    OlderCopy,
    /// The read models differ from what the records say.
    #[error("the lists do not say what the records say; delete the cache directory")]
    Lists,
    /// An attachment was made on this laptop, and its content is not here.
    #[error("the content is not on this laptop")]
    NoContent,
    /// An attachment's content can't be read, or was altered.
    #[error(transparent)]
    Content(Box<LedgerError>),
    /// Nothing stands where something should.
    #[error("it is not there")]
    NotThere,
    /// Something else stands where a record should.
    #[error("it is no record")]
    NoRecord,
    /// Something else stands where a roster should.
    #[error("it is no roster")]
    NoRoster,
}

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// The journal's entry at this position.
    Entry(u64),
    /// A byte of one of its files.
    Byte {
        /// The segment's file.
        file: String,
        /// Where in it, in bytes.
        offset: u64,
    },
    /// A record.
    Record(RecordId),
    /// The journal as a whole.
    Journal,
    /// Its end.
    JournalEnd,
    /// A roster in it.
    Roster,
    /// The cache.
    Cache,
    /// An attachment, by its name.
    Attachment(String),
    /// An attachment's content.
    Content(Hash),
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(position) => write!(f, "entry {position}"),
            Self::Byte { file, offset } => write!(f, "{file} at byte {offset}"),
            Self::Record(id) => write!(f, "record {id}"),
            Self::Journal => f.write_str("the journal"),
            Self::JournalEnd => f.write_str("the journal's end"),
            Self::Roster => f.write_str("the roster"),
            Self::Cache => f.write_str("cache"),
            Self::Attachment(name) => write!(f, "attachment {name}"),
            Self::Content(hash) => write!(f, "content {hash}"),
        }
    }
}

impl From<u64> for Spot {
    fn from(position: u64) -> Self {
        Self::Entry(position)
    }
}

impl From<RecordId> for Spot {
    fn from(id: RecordId) -> Self {
        Self::Record(id)
    }
}

impl From<Hash> for Spot {
    fn from(hash: Hash) -> Self {
        Self::Content(hash)
    }
}
