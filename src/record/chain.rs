//! A writer's chain: gapless, each record naming the hash of the one before, time never back.

use crate::crypto::PublicKey;
use crate::{AgencyId, EnvelopeError, Event, EventError, Hash, Record, RecordId, Tip, WriterId};

/// Why a record doesn't follow a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The record is of another writer.
    #[error("record {found} is of another writer than the chain of {writer}")]
    OtherWriter {
        /// Whose chain it is.
        writer: WriterId,
        /// The record.
        found: RecordId,
    },
    /// The record is of another agency.
    #[error("record {id} is of agency {found}, its chain of {expected}")]
    OtherAgency {
        /// The record.
        id: RecordId,
        /// The chain's agency.
        expected: AgencyId,
        /// The record's.
        found: AgencyId,
    },
    /// One or more records are missing before this one.
    #[error("record {found} does not follow: {writer}:{expected} is missing", writer = .found.writer)]
    Gap {
        /// The seq that should come.
        expected: u64,
        /// The record that came.
        found: RecordId,
    },
    /// The place is taken by a record with another hash: a cloned disk, a restored copy, or
    /// tampering. Both are kept.
    #[error("record {id} exists twice with different content ({kept} and {found})")]
    Fork {
        /// The place.
        id: RecordId,
        /// The hash that the chain holds.
        kept: Hash,
        /// The other one.
        found: Hash,
    },
    /// The record's place lies before the chain's tip; compare it with the one kept there.
    #[error("record {found} lies before the chain's newest, {tip}")]
    Behind {
        /// Seq of the chain's newest record.
        tip: u64,
        /// The record that came.
        found: RecordId,
    },
    /// The record names another predecessor than the one there is.
    #[error("record {id} follows {named}, but the record before it is {actual}: one was altered, removed or inserted")]
    Broken {
        /// The record.
        id: RecordId,
        /// The predecessor that it names.
        named: Hash,
        /// The one that the chain has.
        actual: Hash,
    },
    /// The logical clock doesn't go on.
    #[error("record {id}: its logical time does not follow that of the record before it")]
    ClockBack {
        /// The record.
        id: RecordId,
    },
    /// A chain's first record must say whose it is.
    #[error("record {id} begins a chain without saying whose it is")]
    NotOpened {
        /// The record.
        id: RecordId,
    },
    /// Envelope, key or signature.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The opening record's body.
    #[error(transparent)]
    Event(#[from] EventError),
}

/// What a record was to its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The next one; the chain has grown by it.
    Next,
    /// The newest one once more, the same bytes.
    Duplicate,
}

/// The state of one writer's chain: enough to check the next record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    agency: AgencyId,
    key: PublicKey,
    tip: Tip,
}

impl Chain {
    /// Begins a chain with its first record, which names agency and key; the writer's id proves
    /// that the key is the writer's, the key that the record is.
    ///
    /// # Errors
    /// When it is not a first record, its event opens no chain, or it is not signed by the key that it
    /// names.
    pub fn open(first: &Record) -> Result<Self, ChainError> {
        let id = first.id();
        if id.seq != 1 {
            return Err(ChainError::Gap { expected: 1, found: id });
        }
        let (key, agency) = match first.event()? {
            Event::WriterOpened(opened) => (opened.public_key, opened.agency),
            Event::OfficeOpened(opened) => (opened.public_key, opened.agency),
            _ => return Err(ChainError::NotOpened { id }),
        };
        let key =
            PublicKey::from_bytes(&key).map_err(|source| ChainError::Envelope(EnvelopeError::Crypto { id, source }))?;
        if agency != first.envelope().agency {
            return Err(ChainError::OtherAgency { id, expected: agency, found: first.envelope().agency.clone() });
        }
        let mut chain = Self { agency, key, tip: Tip::default() };
        chain.check_next(first)?;
        Ok(chain)
    }

    /// Goes on with a chain whose records up to `tip` were checked before.
    pub fn resume(agency: AgencyId, key: PublicKey, tip: Tip) -> Self {
        Self { agency, key, tip }
    }

    /// Checks that `record` is the next one (writer, agency, place, predecessor, time,
    /// signature) and, if so, moves the tip onto it.
    ///
    /// # Errors
    /// [`ChainError`]; the chain stays as it was.
    pub fn check_next(&mut self, record: &Record) -> Result<Link, ChainError> {
        let link = self.check_links(record)?;
        if link == Link::Next {
            record.verify(&self.key)?;
            self.tip = record.tip();
        }
        Ok(link)
    }

    fn check_links(&self, record: &Record) -> Result<Link, ChainError> {
        let id = record.id();
        let envelope = record.envelope();
        if id.writer != self.writer() {
            return Err(ChainError::OtherWriter { writer: self.writer(), found: id });
        }
        if envelope.agency != self.agency {
            return Err(ChainError::OtherAgency { id, expected: self.agency.clone(), found: envelope.agency.clone() });
        }
        if id.seq == self.tip.seq {
            return if record.hash() == self.tip.hash {
                Ok(Link::Duplicate)
            } else {
                Err(ChainError::Fork { id, kept: self.tip.hash, found: record.hash() })
            };
        }
        if id.seq < self.tip.seq {
            return Err(ChainError::Behind { tip: self.tip.seq, found: id });
        }
        if id.seq > self.tip.seq + 1 {
            return Err(ChainError::Gap { expected: self.tip.seq + 1, found: id });
        }
        if envelope.prev != self.tip.hash {
            return Err(ChainError::Broken { id, named: envelope.prev, actual: self.tip.hash });
        }
        if envelope.hlc <= self.tip.hlc {
            return Err(ChainError::ClockBack { id });
        }
        Ok(Link::Next)
    }

    /// Whose chain it is.
    pub fn writer(&self) -> WriterId {
        self.key.writer()
    }

    /// The agency whose log it belongs to.
    pub fn agency(&self) -> &AgencyId {
        &self.agency
    }

    /// The writer's public key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The newest record.
    pub fn tip(&self) -> Tip {
        self.tip
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
