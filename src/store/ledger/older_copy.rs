//! An older copy of a data directory put in the place of a newer one: its cache, or the file with the newest
//! own records, knows of some that its journal does not hold. The journal itself is whole, so nothing else would
//! show it.

use std::path::{Path, PathBuf};

use auxlog_journal::{StoreKey, replace};
use auxlog_record::{Hash, RecordId};
use minicbor::{Decode, Encode};

use super::book::Book;
use super::{Ledger, Reader};
use crate::index::{Index, Source as _};

/// Topic of the note that says so.
const OLDER_COPY: &str = "older-copy";

/// What the file with the newest own records is sealed for, and its place.
const NEWEST: &str = "newest";

/// A record that the cache knows, and the journal does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Lost {
    /// The newest that was known.
    #[n(0)]
    pub(crate) id: RecordId,
    #[n(1)]
    pub(crate) hash: Hash,
}

/// The file with the newest own records: readers do not open the cache.
fn newest_file(root: &Path) -> PathBuf {
    root.join(NEWEST)
}

/// A record that was an own chain's newest when the directory was last left, and that the journal does not
/// hold; `None` also where nothing is known.
pub(super) fn gone(root: &Path, key: &StoreKey, index: &Index, book: &Book) -> Option<Lost> {
    let sealed = auxlog_journal::read(&newest_file(root)).ok()?;
    let bytes = key.for_purpose(NEWEST).open(NEWEST.as_bytes(), &sealed).ok()?;
    let newest: Vec<Lost> = minicbor::decode(&bytes).ok()?;
    newest.into_iter().find(|newest| !holds(index, book, newest))
}

fn holds(index: &Index, book: &Book, newest: &Lost) -> bool {
    let place = index.writers().get(&newest.id.writer).and_then(|writer| writer.place(newest.id.seq));
    place.is_some_and(|place| book.record(place).is_ok_and(|record| record.hash() == newest.hash))
}

impl Reader {
    /// The newest record that was here before an older copy of the data directory was put in the
    /// place of a newer one; `None` where that never was, or the record came back.
    pub fn older_copy(&self) -> Option<RecordId> {
        let index = self.index();
        let noted = index.topic(OLDER_COPY).and_then(|bytes| minicbor::decode::<Lost>(bytes).ok());
        let lost = noted.filter(|lost| !holds(&index, &self.book, lost)).or(self.gone);
        lost.map(|lost| lost.id)
    }
}

impl Ledger {
    /// Keeps which own records are the newest, for whoever finds an older journal here.
    pub(super) fn keep_newest(&self, index: &Index) {
        let own = index.writers().iter().filter(|writer| writer.own && writer.tip.seq > 0);
        let newest: Vec<Lost> =
            own.map(|own| Lost { id: RecordId { writer: own.id, seq: own.tip.seq }, hash: own.tip.hash }).collect();
        let bytes = minicbor::to_vec(&newest).expect("writing to memory can't fail");
        let kept = self.unlocked.store.for_purpose(NEWEST).seal(NEWEST.as_bytes(), &bytes);
        let path = newest_file(&self.layout.root);
        let kept = kept.map_err(std::io::Error::other).and_then(|sealed| replace(&path, &sealed));
        if let Err(error) = kept {
            tracing::warn!(%error, "which records are the newest could not be kept");
        }
    }

    /// Writes into the journal what its cache told, before the cache is made anew.
    pub(super) fn note_older_copy(&self, lost: &Lost) {
        tracing::warn!(record = %lost.id, "an older copy of the data directory is in the place of a newer one");
        let bytes = minicbor::to_vec(lost).expect("writing to memory can't fail");
        if let Err(error) = self.put_note(OLDER_COPY, bytes) {
            tracing::warn!(%error, "it could not be noted");
        }
    }
}
