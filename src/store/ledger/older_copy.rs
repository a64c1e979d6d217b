//! An older copy of a data directory put in the place of a newer one: its cache knows of records
//! that its journal does not hold. The journal itself is whole, so nothing else would show it.

use auxlog_record::{Hash, RecordId};
use minicbor::{Decode, Encode};

use super::{Ledger, Reader};
use crate::index::Source as _;

/// Topic of the note that says so.
const OLDER_COPY: &str = "older-copy";

/// A record that the cache knows, and the journal does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Lost {
    /// The newest that was known.
    #[n(0)]
    pub(crate) id: RecordId,
    /// Its hash.
    #[n(1)]
    pub(crate) hash: Hash,
}

impl Reader {
    /// The newest record that was here before an older copy of the data directory was put in the
    /// place of a newer one; `None` where that never was, or the record came back.
    pub fn older_copy(&self) -> Option<RecordId> {
        let index = self.index();
        let lost: Lost = minicbor::decode(index.topic(OLDER_COPY)?).ok()?;
        let place = index.writers().get(&lost.id.writer).and_then(|writer| writer.place(lost.id.seq));
        let back = place.is_some_and(|place| self.book.record(place).is_ok_and(|record| record.hash() == lost.hash));
        (!back).then_some(lost.id)
    }
}

impl Ledger {
    /// Writes into the journal what its cache told, before the cache is made anew.
    pub(super) fn note_older_copy(&self, lost: &Lost) {
        tracing::warn!(record = %lost.id, "an older copy of the data directory is in the place of a newer one");
        let bytes = minicbor::to_vec(lost).expect("writing to memory can't fail");
        if let Err(error) = self.put_note(OLDER_COPY, bytes) {
            tracing::warn!(%error, "it could not be noted");
        }
    }
}
