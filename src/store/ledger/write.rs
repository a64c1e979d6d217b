//! Making records: stamped, sealed, durable, then in the index.

use std::borrow::Cow;

use auxlog_journal::{Entry, Journal, JournalError, Unlocked, reading};
use auxlog_record::LogicalClock;
use auxlog_record::{
    AgencyId, ClockAnomaly, Event, Hlc, Reading, Record, RecordId, Signer as _, SigningKey, Tip, WriterOpened, jump,
};

use super::Ledger;
use crate::LedgerError;
use crate::index::{Index, Item, Origin};

/// How many entries the cache may lack before it is brought up to date without waiting for a
/// quiet moment.
const UNKEPT: u64 = 8192;

/// The writing end of the open officer's chain.
pub(super) struct ChainWriter {
    pub(super) journal: Journal,
    pub(super) agency: AgencyId,
    signing: SigningKey,
    tip: Tip,
    /// What the clocks said at the newest record of this laptop.
    last: Option<Reading>,
}

impl ChainWriter {
    pub(super) fn new(journal: Journal, unlocked: &Unlocked, index: &Index) -> Self {
        let known = index.writers().get(&unlocked.signing.writer());
        let agency = known.and_then(|writer| writer.view.as_ref()).map(|view| view.opened.agency.clone());
        Self {
            journal,
            agency: agency.unwrap_or_default(),
            signing: unlocked.signing.clone(),
            tip: known.map(|writer| writer.tip).unwrap_or_default(),
            last: None,
        }
    }

    /// The seq of the next record.
    pub(super) fn next_seq(&self) -> u64 {
        self.tip.seq + 1
    }

    /// A clock that jumped since the newest record: recorded before what is recorded now.
    fn jumped(&self, now: Reading) -> Option<Event> {
        let before = self.last?;
        jump(&before, &now).map(|jump| Event::ClockAnomaly(ClockAnomaly { jump, before, after: now }))
    }

    /// Seals events as the records after the tip, and after all that was read of other writers.
    fn seal<'e>(
        &self,
        events: impl Iterator<Item = &'e Event>,
        now: Reading,
        seen: &[Hlc],
    ) -> Result<Vec<Record>, LedgerError> {
        let mut tip = self.tip;
        let mut clock = LogicalClock::after(tip.hlc);
        for remote in seen {
            clock.observe(*remote, now.wall_ms);
        }
        let mut records = Vec::with_capacity(events.size_hint().0);
        for event in events {
            let record = Record::seal(&self.signing, &self.agency, tip, clock.stamp(now), event)
                .map_err(|error| LedgerError::NotSaved { source: Box::new(error) })?;
            tip = record.tip();
            records.push(record);
        }
        Ok(records)
    }
}

impl Ledger {
    /// Records events: durable, and in the index, when this returns. The records are those of
    /// the events, in their order.
    pub(super) fn append(&self, events: &[Event]) -> Result<Vec<Record>, LedgerError> {
        let mut writer = self.lock_writer();
        self.append_with(&mut writer, events)
    }

    pub(super) fn append_with(&self, writer: &mut ChainWriter, events: &[Event]) -> Result<Vec<Record>, LedgerError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        self.append_following(writer, |_| Cow::Borrowed(events))
    }

    /// As [`Self::append`], where the events name each other: `events` is told which record the
    /// first of them will be.
    pub(super) fn append_following<'e>(
        &self,
        writer: &mut ChainWriter,
        events: impl FnOnce(RecordId) -> Cow<'e, [Event]>,
    ) -> Result<Vec<Record>, LedgerError> {
        let now = Reading { wall_ms: self.reader.clock.now().millis(), ..reading() };
        if writer.last.is_none() {
            writer.last = self.last_reading(writer)?;
        }
        let jumped = writer.jumped(now);
        let seq = writer.next_seq() + u64::from(jumped.is_some());
        let events = events(RecordId { writer: writer.signing.writer(), seq });
        let seen: Vec<Hlc> = self.reader.index().writers().iter().map(|writer| writer.tip.hlc).collect();
        let entries: Vec<Entry> =
            writer.seal(jumped.iter().chain(&*events), now, &seen)?.into_iter().map(Entry::Own).collect();
        // There may be a hundred thousand of them.
        drop(events);
        let places = writer.journal.append(&entries).map_err(not_saved)?;
        let records: Vec<Record> = entries
            .into_iter()
            .filter_map(|entry| if let Entry::Own(record) = entry { Some(record) } else { None })
            .collect();
        // From here on the records are durable, so the tip moves whatever the index says.
        if let Some(newest) = records.last() {
            writer.tip = newest.tip();
        }
        writer.last = Some(now);
        let mut index = self.reader.index_mut();
        let own = places.clone().zip(&records);
        let items: Vec<Item<'_>> =
            own.map(|(place, record)| Item { place, record, word: None, origin: Origin::Own }).collect();
        index.apply(&self.reader.book, &items)?;
        index.set_applied(places.end);
        index.settle();
        let unkept = index.unkept();
        drop(index);
        if unkept >= UNKEPT {
            self.keep_cache();
        }
        Ok(records.into_iter().skip(usize::from(jumped.is_some())).collect())
    }

    /// What the clocks said at the officer's newest record.
    fn last_reading(&self, writer: &ChainWriter) -> Result<Option<Reading>, LedgerError> {
        let id = writer.signing.writer();
        let place = {
            let index = self.reader.index();
            index.writers().get(&id).and_then(|known| known.place(known.tip.seq))
        };
        place.map(|place| self.record_at(place).map(|record| record.envelope().reading)).transpose()
    }

    /// Begins the chain of an officer who was given keys here.
    pub(super) fn open_chain_of(&self, officer: &Unlocked, opened: WriterOpened) -> Result<(), LedgerError> {
        let now = Reading { wall_ms: self.reader.clock.now().millis(), ..reading() };
        let stamp = LogicalClock::default().stamp(now);
        let agency = opened.agency.clone();
        let record = Record::seal(&officer.signing, &agency, Tip::default(), stamp, &Event::WriterOpened(opened))
            .map_err(|error| LedgerError::NotSaved { source: Box::new(error) })?;
        debug_assert_eq!(record.id().writer, officer.signing.public_key().writer());
        self.keep(&[Entry::Own(record)])
    }

    /// Takes back the open officer's own records that follow the newest one here, after the disk
    /// came back from an old copy, and those that damage took. The caller verified their signatures.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`] when they don't follow, or the disk fails; then none is kept.
    pub fn restore_own(&self, records: &[Record]) -> Result<(), LedgerError> {
        let mut writer = self.lock_writer();
        let mut tip = writer.tip;
        let (mut missing, before) = (Vec::new(), tip.seq);
        for record in records {
            let (id, envelope) = (record.id(), record.envelope());
            if id.writer == writer.signing.writer() && id.seq <= tip.seq {
                match self.record_of(id.writer, id.seq)? {
                    Some(here) if here.hash() == record.hash() => continue,
                    None => {
                        missing.push(record.clone());
                        continue;
                    }
                    Some(_) => {}
                }
            }
            if id.writer != writer.signing.writer() || id.seq != tip.seq + 1 || envelope.prev != tip.hash {
                let source = format!("record {id} does not follow the newest one here, {}", tip.seq).into();
                return Err(LedgerError::NotSaved { source });
            }
            tip = record.tip();
            missing.push(record.clone());
        }
        let records = missing;
        let mut entries: Vec<Entry> = records.iter().cloned().map(Entry::Own).collect();
        if tip.seq > before {
            // Not a hole that was filled: the disk itself is an old one.
            entries.push(super::renewal::came_back_entry(writer.signing.writer(), tip.seq));
        }
        let places = writer.journal.append(&entries).map_err(not_saved)?;
        writer.tip = tip;
        let mut index = self.reader.index_mut();
        let own = places.clone().zip(&records);
        let items: Vec<Item<'_>> =
            own.map(|(place, record)| Item { place, record, word: None, origin: Origin::Own }).collect();
        index.apply(&self.reader.book, &items)?;
        if let Some(Entry::Note { topic, bytes }) = entries.last() {
            index.put_topic(topic, bytes.clone());
        }
        index.set_applied(places.end);
        index.settle();
        Ok(())
    }

    /// Appends entries that are no records of the open officer's, durably, and folds them.
    pub(super) fn keep(&self, entries: &[Entry]) -> Result<(), LedgerError> {
        let writer = self.lock_writer();
        let places = writer.journal.append(entries).map_err(not_saved)?;
        let mut index = self.reader.index_mut();
        let fresh: Vec<(u64, &Entry)> = places.clone().zip(entries).collect();
        self.reader.book.apply(&mut index, &fresh)?;
        index.set_applied(places.end);
        index.settle();
        Ok(())
    }

    /// The record that stands at `place`.
    pub(super) fn record_at(&self, place: u64) -> Result<Record, LedgerError> {
        crate::index::Source::record(&self.reader.book, place)
    }
}

fn not_saved(error: JournalError) -> LedgerError {
    LedgerError::NotSaved { source: Box::new(error) }
}
