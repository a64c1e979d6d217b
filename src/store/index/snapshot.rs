//! The index as pieces that the cache keeps, and back.
//!
//! Lists that only grow are cut into pieces of a fixed number of entries, so that a change
//! writes the pieces it touched and not the whole.

use auxlog_record::fold::WriterView;
use auxlog_record::{Authority, Hlc, RecordId, Tip, WriterId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::slot::{SLOT_BYTES, SLOTS_PER_CHUNK, Slot};
use super::writers::{KnownWriter, PLACES_PER_PIECE};
use super::{Awaiting, Index, Place, Run};

/// The layout of the pieces; another number means that the cache is rebuilt.
const SCHEMA: u32 = 7;

/// Names, and sets of names, in one piece.
const NAMES_PER_PIECE: u32 = 64;

/// What a piece holds; the numbers order pieces as they are read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Everything that has no piece of its own.
    Tables = 2,
    Names = 3,
    Sets = 4,
    /// Where a writer's records stand.
    Places = 5,
    Slots = 6,
    /// Further records about tasks.
    More = 7,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Tables, Self::Names, Self::Sets, Self::Places, Self::Slots, Self::More];

    pub(crate) fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// A piece's name: what kind, which one. No person's name stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PieceKey {
    pub(crate) kind: Kind,
    /// Which one of its kind.
    pub(crate) number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pieces {
    All,
    /// Those that changed since the last time.
    Changed,
}

/// The pieces are not those of an index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cache does not hold a whole read model: {0}")]
pub(crate) struct SnapshotError(pub(crate) &'static str);

/// Everything that has no piece of its own.
#[derive(Debug, Clone, Default, Encode, Decode)]
#[cbor(map)]
struct Tables {
    #[n(0)]
    schema: u32,
    #[n(1)]
    applied: u64,
    #[n(2)]
    slots: u32,
    #[n(3)]
    names: u32,
    #[n(4)]
    sets: u32,
    #[n(5)]
    writers: Vec<WriterRow>,
    #[n(6)]
    notices: Vec<Place>,
    #[n(7)]
    orphans: Vec<(RecordId, u32)>,
    #[n(8)]
    roster_origin: Option<(Hlc, RecordId)>,
    #[n(9)]
    roster_place: Option<Place>,
    #[n(10)]
    roster_from_server: bool,
    #[n(11)]
    topics: Vec<(String, ByteVec)>,
    #[n(12)]
    masked: Vec<RecordId>,
    #[n(13)]
    authority: Authority,
    #[n(14)]
    #[cbor(default)]
    placed: Vec<Run>,
    #[n(15)]
    #[cbor(default)]
    unsettled: bool,
    /// Rulebooks other than the program's own by which it was folded.
    #[n(16)]
    rulebooks: Option<String>,
}

#[derive(Debug, Clone, Default, Encode, Decode)]
#[cbor(map)]
struct WriterRow {
    #[n(0)]
    id: WriterId,
    #[n(1)]
    view: Option<WriterView>,
    #[n(2)]
    own: bool,
    #[n(3)]
    tip: (u64, auxlog_record::Hash, Hlc),
    #[n(4)]
    acked: u64,
}

fn cbor<T: Encode<()>>(value: T) -> Vec<u8> {
    minicbor::to_vec(value).expect("writing to memory cannot fail")
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The part of a list that one piece holds.
fn part<T>(list: &[T], piece: u32, per_piece: u32) -> &[T] {
    let from = (piece as usize).saturating_mul(per_piece as usize).min(list.len());
    let to = from.saturating_add(per_piece as usize).min(list.len());
    &list[from..to]
}

impl Index {
    /// The pieces to keep, one after the other, the tables among them.
    pub(crate) fn pieces(&self, which: Pieces) -> impl Iterator<Item = (PieceKey, Vec<u8>)> {
        let keys = match which {
            Pieces::All => self.keys(),
            Pieces::Changed => self.changed(),
        };
        keys.into_iter().map(|key| (key, self.piece(key)))
    }

    fn keys(&self) -> Vec<PieceKey> {
        let counted = |kind, count: u32| (0..count).map(move |number| PieceKey { kind, number });
        let mut keys = vec![PieceKey { kind: Kind::Tables, number: 0 }];
        keys.extend(counted(Kind::Names, number(self.sets.all_names().len()).div_ceil(NAMES_PER_PIECE)));
        keys.extend(counted(Kind::Sets, number(self.sets.all_sets().len()).div_ceil(NAMES_PER_PIECE)));
        for (at, writer) in (0_u32..).zip(self.writers.iter()) {
            let pieces = number(writer.places().len()).div_ceil(PLACES_PER_PIECE);
            keys.extend((0..pieces).map(|piece| PieceKey { kind: Kind::Places, number: (at << 16) | piece }));
        }
        keys.extend(counted(Kind::Slots, self.slots.chunks()));
        let mut more: Vec<u32> = self.more.keys().map(|slot| slot / SLOTS_PER_CHUNK).collect();
        more.dedup();
        keys.extend(more.into_iter().map(|number| PieceKey { kind: Kind::More, number }));
        keys
    }

    /// Pieces that differ from what the cache holds.
    fn changed(&self) -> Vec<PieceKey> {
        let mut keys = vec![PieceKey { kind: Kind::Tables, number: 0 }];
        let grown = |kind, before: u32, now: usize| {
            let last = number(now).div_ceil(NAMES_PER_PIECE);
            (before / NAMES_PER_PIECE..last).map(move |number| PieceKey { kind, number })
        };
        keys.extend(grown(Kind::Names, self.dirty.names, self.sets.all_names().len()));
        keys.extend(grown(Kind::Sets, self.dirty.sets, self.sets.all_sets().len()));
        keys.extend(self.dirty.pieces.iter().copied());
        keys
    }

    fn piece(&self, key: PieceKey) -> Vec<u8> {
        match key.kind {
            Kind::Tables => cbor(self.tables()),
            Kind::Names => {
                let names = part(self.sets.all_names(), key.number, NAMES_PER_PIECE);
                cbor(names.iter().map(|name| &**name).collect::<Vec<&str>>())
            }
            Kind::Sets => {
                let sets = part(self.sets.all_sets(), key.number, NAMES_PER_PIECE);
                cbor(sets.iter().map(|set| set.to_vec()).collect::<Vec<_>>())
            }
            Kind::Places => {
                let writer = u16::try_from(key.number >> 16).ok().and_then(|number| self.writers.at(number));
                let places = writer.map(KnownWriter::places).unwrap_or_default();
                part(places, key.number & 0xffff, PLACES_PER_PIECE)
                    .iter()
                    .flat_map(|place| place.to_le_bytes())
                    .collect()
            }
            Kind::Slots => self.slots.chunk_bytes(key.number).unwrap_or_default(),
            Kind::More => {
                let from = key.number.saturating_mul(SLOTS_PER_CHUNK);
                let more = self.more.range(from..from.saturating_add(SLOTS_PER_CHUNK));
                cbor(more.map(|(slot, places)| (*slot, places.clone())).collect::<Vec<_>>())
            }
        }
    }

    /// Hash of everything that lists are made of; equal however the records were folded together, on
    /// which the numbers of names and sets depend.
    pub(crate) fn digest(&self) -> auxlog_record::Hash {
        let mut all = Vec::new();
        for key in self.keys() {
            let value = match key.kind {
                Kind::Names | Kind::Sets => continue,
                Kind::Tables => cbor(Tables { names: 0, sets: 0, ..self.tables() }),
                Kind::Slots => self.spelled(key.number),
                Kind::Places | Kind::More => self.piece(key),
            };
            let hash = auxlog_record::crypto::sha256(&[&[key.kind as u8], &key.number.to_be_bytes(), &value]);
            all.extend_from_slice(&hash.0);
        }
        auxlog_record::crypto::sha256(&[&all])
    }

    /// A chunk of slots, each with the names of its sets in their place.
    fn spelled(&self, chunk: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        for slot in (chunk * SLOTS_PER_CHUNK..(chunk + 1) * SLOTS_PER_CHUNK).map_while(|number| self.slots.get(number))
        {
            super::Slot { people: 0, officers: 0, items: 0, ..*slot }.write(&mut bytes);
            for set in [slot.people, slot.officers, slot.items] {
                let mut names: Vec<&str> = self.sets.names(set).collect();
                names.sort_unstable();
                bytes.extend_from_slice(&cbor(names));
            }
        }
        bytes
    }

    /// Forgets what changed: the cache has it.
    pub(crate) fn kept(&mut self) {
        self.dirty = super::Dirty {
            since: self.applied,
            names: number(self.sets.all_names().len()),
            sets: number(self.sets.all_sets().len()),
            ..super::Dirty::default()
        };
    }

    /// Whether the cache lacks anything.
    pub(crate) fn has_changed(&self) -> bool {
        self.dirty.tables || !self.dirty.pieces.is_empty()
    }

    fn tables(&self) -> Tables {
        let row = |writer: &KnownWriter| WriterRow {
            id: writer.id,
            view: writer.view.clone(),
            own: writer.own,
            tip: (writer.tip.seq, writer.tip.hash, writer.tip.hlc),
            acked: writer.acked,
        };
        Tables {
            schema: SCHEMA,
            applied: self.applied,
            slots: self.slots.len(),
            names: number(self.sets.all_names().len()),
            sets: number(self.sets.all_sets().len()),
            writers: self.writers.iter().map(row).collect(),
            notices: self.notices.clone(),
            orphans: self.orphans.iter().map(|(id, slot)| (*id, *slot)).collect(),
            roster_origin: self.roster_origin,
            roster_place: self.roster_place,
            roster_from_server: self.roster_from_server,
            topics: self.topics.iter().map(|(topic, bytes)| (topic.clone(), bytes.clone().into())).collect(),
            masked: self.masked.iter().copied().collect(),
            authority: self.authority.clone(),
            unsettled: self.unsettled,
            rulebooks: self.judged_by.clone(),
            placed: self.placed.runs().copied().collect(),
        }
    }

    /// Where the roster stands that counts; the caller reads it back after a restore.
    pub(crate) fn roster_place(&self) -> Option<Place> {
        self.roster_place
    }

    /// Puts a roster back after a restore.
    pub(crate) fn restore_roster(&mut self, roster: auxlog_record::Roster) {
        self.roster = std::sync::Arc::new(roster);
    }
}

/// An index being put together from its pieces, in the order of their keys.
#[derive(Default)]
pub(crate) struct Restore {
    index: Index,
    tables: Option<Tables>,
    awaiting: Awaiting,
}

impl Restore {
    pub(crate) fn take(&mut self, key: PieceKey, value: &[u8]) -> Result<(), SnapshotError> {
        let unreadable = |_| SnapshotError("a piece cannot be read");
        match key.kind {
            Kind::Tables => {
                let tables: Tables = minicbor::decode(value).map_err(unreadable)?;
                if tables.schema != SCHEMA {
                    return Err(SnapshotError("another layout"));
                }
                self.index.expect(tables.slots);
                self.tables = Some(tables);
            }
            Kind::Names => {
                let names: Vec<String> = minicbor::decode(value).map_err(unreadable)?;
                self.index.sets.restore_names(&names);
            }
            Kind::Sets => {
                let sets: Vec<Vec<u32>> = minicbor::decode(value).map_err(unreadable)?;
                if !self.index.sets.restore_sets(sets) {
                    return Err(SnapshotError("a set names nobody"));
                }
            }
            Kind::Places => self.places(key.number, value)?,
            Kind::Slots => {
                if !value.len().is_multiple_of(SLOT_BYTES) {
                    return Err(SnapshotError("tasks cut short"));
                }
                for bytes in value.chunks(SLOT_BYTES) {
                    let slot = Slot::read(bytes).ok_or(SnapshotError("a task"))?;
                    self.slot(slot)?;
                }
            }
            Kind::More => {
                let more: Vec<(u32, Vec<Place>)> = minicbor::decode(value).map_err(unreadable)?;
                self.index.more.extend(more);
            }
        }
        Ok(())
    }

    /// Writers come from the tables, in their order, when the first of their places does.
    fn places(&mut self, number: u32, value: &[u8]) -> Result<(), SnapshotError> {
        self.writers()?;
        let places: Vec<Place> =
            value.chunks_exact(8).filter_map(|b| b.try_into().ok().map(u64::from_le_bytes)).collect();
        let writer = u16::try_from(number >> 16).unwrap_or(u16::MAX);
        if self.index.writers.restore_places(writer, &places) { Ok(()) } else { Err(SnapshotError("places of nobody")) }
    }

    fn writers(&mut self) -> Result<(), SnapshotError> {
        let tables = self.tables.as_mut().ok_or(SnapshotError("no tables"))?;
        for row in std::mem::take(&mut tables.writers) {
            let (seq, hash, hlc) = row.tip;
            let mut writer = KnownWriter::default();
            (writer.id, writer.view, writer.own, writer.acked) = (row.id, row.view, row.own, row.acked);
            writer.tip = Tip { seq, hash, hlc };
            self.index.writers.restore(writer);
        }
        Ok(())
    }

    fn slot(&mut self, slot: Slot) -> Result<(), SnapshotError> {
        let number = self.index.slots.push(slot);
        let tables = self.tables.as_ref().ok_or(SnapshotError("no tables"))?;
        let orphan = tables.orphans.iter().any(|(_, orphan)| *orphan == number);
        if !orphan && !self.index.writers.restore_slot(&slot, number) {
            return Err(SnapshotError("a task without its record"));
        }
        self.index.enter(number, &slot, &mut self.awaiting);
        Ok(())
    }

    /// The index, once every piece was taken.
    pub(crate) fn finish(mut self) -> Result<Index, SnapshotError> {
        self.writers()?;
        let (mut index, tables) = (self.index, self.tables.ok_or(SnapshotError("no tables"))?);
        let whole = index.slots.len() == tables.slots
            && number(index.sets.all_names().len()) == tables.names
            && number(index.sets.all_sets().len()) == tables.sets
            && index.writers.iter().all(|writer| writer.places().len() as u64 == writer.tip.seq);
        if !whole {
            return Err(SnapshotError("a piece is missing"));
        }
        index.await_all(self.awaiting);
        index.orphans = tables.orphans.into_iter().collect();
        index.notices = tables.notices;
        index.authority = tables.authority;
        index.unsettled = tables.unsettled;
        index.judged_by = tables.rulebooks;
        tables.placed.into_iter().for_each(|run| index.placed.put(run));
        index.roster_origin = tables.roster_origin;
        index.roster_place = tables.roster_place;
        index.roster_from_server = tables.roster_from_server;
        index.topics = tables.topics.into_iter().map(|(topic, bytes)| (topic, bytes.into())).collect();
        index.masked = tables.masked.into_iter().collect();
        index.applied = tables.applied;
        index.kept();
        index.settle();
        Ok(index)
    }
}
