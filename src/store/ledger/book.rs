//! The journal as the ledger reads it: entries folded into the index, records read back.

use std::borrow::Borrow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use auxlog_journal::{Disk, Entry, Lookup, Report, StoreKey, scan};
use auxlog_record::{Hash, Record, RecordId, Roster, Word, WriterId};
use minicbor::Decoder;
use minicbor::bytes::{ByteSlice, ByteVec};

use crate::index::{Index, Item, Origin, Place, Run, Source};
use crate::{Flaw, LedgerError, Spot};

/// Records kept at hand: a page of a list and what is looked at next.
const AT_HAND: usize = 512;

/// Entries that are folded together: a task's records among them are derived from once.
const TOGETHER: usize = 512;

/// Topic of the notes that say up to which seq a receipt covers a writer's records.
const ACKED: &str = "acked/";

/// A record, and what the agency's log says of it.
type Said = (Record, Option<Word>);

/// Topic of the notes that say what the log says of a record of this laptop's.
const WORD: &str = "word/";

/// Topic of the notes that say where own records stand in the agency's log.
const PLACED: &str = "placed";

/// Reads the journal; several may while one process writes.
pub(crate) struct Book {
    disk: Arc<dyn Disk>,
    key: StoreKey,
    lookup: Lookup,
    recent: Mutex<VecDeque<(Place, Said)>>,
}

impl Book {
    pub(crate) fn new(disk: Arc<dyn Disk>, key: StoreKey) -> Self {
        let lookup = Lookup::new(disk.clone(), &key);
        Self { disk, key, lookup, recent: Mutex::default() }
    }

    /// Folds every entry from `index.applied()` on. `progress` is told how many were read.
    pub(crate) fn fold(&self, index: &mut Index, progress: &dyn Fn(u64)) -> Result<Report, LedgerError> {
        let mut pile = Pile::default();
        let mut failed = None;
        let mut read = 0_u64;
        let from = index.applied();
        let report = scan(&*self.disk, &self.key, from, &mut |position, entry| {
            if failed.is_none()
                && let Err(error) = pile.add(self, index, position, entry)
            {
                failed = Some(error);
            }
            read += 1;
            if read.is_multiple_of(1024) {
                progress(read);
            }
        });
        let report = report.map_err(unreadable(Spot::Journal))?;
        failed.map_or(Ok(()), Err)?;
        pile.fold(self, index)?;
        index.set_applied(index.applied().max(report.end));
        index.settle();
        progress(read);
        Ok(report)
    }

    /// Folds entries that stand at these positions, each task's records together.
    pub(crate) fn apply<E: Borrow<Entry>>(&self, index: &mut Index, entries: &[(Place, E)]) -> Result<(), LedgerError> {
        for together in entries.chunk_by(|(_, one), (_, next)| is_record(one.borrow()) && is_record(next.borrow())) {
            let items: Vec<Item<'_>> =
                together.iter().filter_map(|(place, entry)| item(*place, entry.borrow())).collect();
            for id in index.apply(self, &items)? {
                tracing::warn!(record = %id, "a record that does not follow its chain was left aside");
            }
            let other = together.last().filter(|_| items.is_empty());
            if let Some((position, entry)) = other {
                self.apply_other(index, *position, entry.borrow())?;
            }
        }
        Ok(())
    }

    fn apply_other(&self, index: &mut Index, position: Place, entry: &Entry) -> Result<(), LedgerError> {
        match entry {
            Entry::RosterSnapshot(bytes) => {
                index.apply_roster(position, roster_of(bytes).map_err(unreadable(Spot::Roster))?);
            }
            Entry::Note { topic, bytes } => {
                if let Some((writer, acked)) = acked_of(entry) {
                    index.set_acked(&writer, acked);
                    return Ok(());
                }
                if let Some(run) = placed_in(topic, bytes) {
                    return index.put_placed(self, run);
                }
                index.put_topic(topic, bytes.clone());
                if let Some((id, _)) = word_in(topic, bytes) {
                    index.moved(self, &id.writer)?;
                    return index.reread(self, id);
                }
                // Behind all words of a page comes a note of another kind.
                if index.settle_authority(self)? {
                    index.reread_all(self)?;
                }
            }
            // A receipt is evidence; what it says was noted beside it when it was verified.
            Entry::Own(_) | Entry::Received { .. } | Entry::Receipt(_) | Entry::Unknown { .. } => {}
        }
        Ok(())
    }

    /// The key that the journal is sealed with.
    pub(crate) fn key(&self) -> &StoreKey {
        &self.key
    }

    /// Forgets where entries stand: the journal was written anew.
    pub(crate) fn forget(&self) {
        self.lookup.forget();
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The entry at `position`.
    pub(crate) fn entry(&self, position: Place) -> Result<Entry, LedgerError> {
        let found = self.lookup.entry(position).map_err(unreadable(position))?;
        let missing = || unreadable(position)(Flaw::NotThere);
        found.ok_or_else(missing)
    }

    /// Every entry from `from` on.
    pub(crate) fn scan(&self, from: Place, visit: &mut dyn FnMut(Place, Entry)) -> Result<Report, LedgerError> {
        scan(&*self.disk, &self.key, from, visit).map_err(unreadable(Spot::Journal))
    }

    /// Reads back the roster that counts, after the index was restored.
    pub(crate) fn restore_roster(&self, index: &mut Index) -> Result<(), LedgerError> {
        let Some(place) = index.roster_place() else { return Ok(()) };
        let roster = match self.entry(place)? {
            Entry::RosterSnapshot(bytes) => roster_of(&bytes).map_err(unreadable(place))?,
            Entry::Own(record) | Entry::Received { record, .. } => match record.event().map_err(unreadable(place))? {
                auxlog_record::Event::RosterReplaced(replaced) => replaced.roster,
                _ => return Err(unreadable(place)(Flaw::NoRoster)),
            },
            _ => return Err(unreadable(place)(Flaw::NoRoster)),
        };
        index.restore_roster(roster);
        Ok(())
    }

    /// What the server's roster at `place` is made of; `None` where it is none, or was kept without.
    pub(crate) fn roster_parts(&self, place: Place) -> Result<Option<RosterParts>, LedgerError> {
        match self.entry(place)? {
            Entry::RosterSnapshot(bytes) => roster_parts(&bytes).map_err(unreadable(place)),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
thread_local! {
    /// Records read back on this thread, so that tests see how reading grows.
    pub(super) static READS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Entries read and not folded yet.
#[derive(Default)]
pub(crate) struct Pile(Vec<(Place, Entry)>);

impl Pile {
    /// Adds the next entry, and folds them once they are many.
    pub(crate) fn add(
        &mut self,
        book: &Book,
        index: &mut Index,
        place: Place,
        entry: Entry,
    ) -> Result<(), LedgerError> {
        self.0.push((place, entry));
        if self.0.len() < TOGETHER { Ok(()) } else { self.fold(book, index) }
    }

    pub(crate) fn fold(&mut self, book: &Book, index: &mut Index) -> Result<(), LedgerError> {
        book.apply(index, &self.0)?;
        if let Some((place, _)) = self.0.last() {
            index.set_applied(place + 1);
        }
        self.0.clear();
        Ok(())
    }
}

fn is_record(entry: &Entry) -> bool {
    matches!(entry, Entry::Own(_) | Entry::Received { .. })
}

/// A record as the index applies it.
fn item(place: Place, entry: &Entry) -> Option<Item<'_>> {
    match entry {
        Entry::Own(record) => Some(Item { place, record, word: None, origin: Origin::Own }),
        Entry::Received { record, reasons, word, .. } => {
            let unheeded = reasons.iter().any(|reason| [super::RELEASED, super::ORDER_REFUSED].contains(&&**reason));
            let origin = if unheeded { Origin::Unheeded } else { Origin::Received };
            Some(Item { place, record, word: word.as_ref(), origin })
        }
        _ => None,
    }
}

impl Source for Book {
    fn said(&self, place: Place) -> Result<(Record, Option<Word>), LedgerError> {
        #[cfg(test)]
        READS.with(|reads| reads.set(reads.get() + 1));
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, said)) = recent.iter().find(|(at, _)| *at == place) {
            return Ok(said.clone());
        }
        let said = match self.entry(place)? {
            Entry::Own(record) => (record, None),
            Entry::Received { record, word, .. } => (record, word),
            _ => return Err(unreadable(place)(Flaw::NoRecord)),
        };
        if recent.len() >= AT_HAND {
            recent.pop_front();
        }
        recent.push_back((place, said.clone()));
        Ok(said)
    }
}

/// Wraps what could not be read with its place.
pub(crate) fn unreadable<E, P>(place: P) -> impl FnOnce(E) -> LedgerError
where
    E: std::error::Error + Send + Sync + 'static,
    P: Into<Spot>,
{
    move |source| LedgerError::Unreadable { place: place.into(), source: Box::new(source) }
}

/// What a roster from the server was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterParts {
    /// Its manifest as it was signed.
    pub manifest: Vec<u8>,
    /// Its pieces as they came, by their names.
    pub pieces: BTreeMap<Hash, Vec<u8>>,
}

/// A roster from the server as the journal keeps it, with what it was made of.
pub(crate) fn roster_entry(roster: &Roster, manifest: &[u8], pieces: &BTreeMap<Hash, Vec<u8>>) -> Entry {
    let pieces: BTreeMap<Hash, &ByteSlice> = pieces.iter().map(|(name, piece)| (*name, (&**piece).into())).collect();
    let parts = (roster, <&ByteSlice>::from(manifest), pieces);
    Entry::RosterSnapshot(minicbor::to_vec(parts).expect("writing to memory cannot fail"))
}

fn roster_of(bytes: &[u8]) -> Result<Roster, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    decoder.array()?;
    decoder.decode()
}

/// What the roster is made of; `None` where an older version kept it, without pieces.
fn roster_parts(bytes: &[u8]) -> Result<Option<RosterParts>, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    if decoder.array()? != Some(3) {
        return Ok(None);
    }
    decoder.skip()?;
    let (manifest, pieces): (ByteVec, BTreeMap<Hash, ByteVec>) = (decoder.decode()?, decoder.decode()?);
    let pieces = pieces.into_iter().map(|(name, piece)| (name, piece.into())).collect();
    Ok(Some(RosterParts { manifest: manifest.into(), pieces }))
}

/// The note that a verified receipt covers a writer's records up to `acked`.
pub(crate) fn acked_entry(writer: WriterId, acked: u64) -> Entry {
    Entry::Note { topic: format!("{ACKED}{writer}"), bytes: acked.to_be_bytes().to_vec() }
}

/// What [`acked_entry`] notes: whose records, and up to which seq.
pub(crate) fn acked_of(entry: &Entry) -> Option<(WriterId, u64)> {
    let Entry::Note { topic, bytes } = entry else { return None };
    let writer = topic.strip_prefix(ACKED)?.parse().ok()?;
    Some((writer, bytes.first_chunk().copied().map(u64::from_be_bytes).unwrap_or_default()))
}

/// The note of what the agency's log says of a record that was here before it was in the log.
pub(crate) fn word_entry(id: RecordId, word: &Word) -> Entry {
    let bytes = minicbor::to_vec((id, word)).expect("writing to memory cannot fail");
    Entry::Note { topic: word_topic(id), bytes }
}

/// The note of where own records stand in the agency's log.
pub(crate) fn placed_entry(run: &Run) -> Entry {
    let bytes = minicbor::to_vec(run).expect("writing to memory cannot fail");
    Entry::Note { topic: PLACED.to_owned(), bytes }
}

fn placed_in(topic: &str, bytes: &[u8]) -> Option<Run> {
    minicbor::decode(bytes).ok().filter(|_| topic == PLACED)
}

/// Topic of that note.
pub(crate) fn word_topic(id: RecordId) -> String {
    format!("{WORD}{id}")
}

/// What such a note says.
pub(crate) fn word_in(topic: &str, bytes: &[u8]) -> Option<(RecordId, Word)> {
    topic.strip_prefix(WORD)?;
    minicbor::decode(bytes).ok()
}
