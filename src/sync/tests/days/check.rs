//! What must hold after every day, whatever it brought.
//!
//! I1 whatever an officer was told is saved exists · I2 what has a receipt is on the server, with
//! the hash that the receipt names · I3 each record has one number · I4 neither a chain nor the
//! log has a gap · I5 a laptop that was given a cursor has everything below it · I6 every
//! signature and link verifies · I7 all receipts of one life of a log speak of one log that only
//! grew · I8 all laptops and the server derive the same from the same records · I9 within a
//! minute of the last fault nothing waits to be sent ([`World::live`]) · I10 whose records are
//! held is told so ([`World::live`]) · I11 no agency is sent anything of another.
//!
//! That no plaintext reaches a disk (I12), and that what is saved outlives a real crash, is for
//! real disks: the tests of the journal and of the whole program.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::fold::{Memory, apply};
use auxlog_record::kind::number;
use auxlog_record::{Event, Hash, PublicKey, Record, RecordId, Word, WriterId};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::merkle::{self, Frontier};
use auxlog_sync::receipt::Epoch;

use super::Central;
use super::world::{Desk, World};

impl<C: Central> World<C> {
    pub(super) fn check(&mut self) {
        let agencies: BTreeSet<_> = self.desks.iter().map(|desk| desk.agency.clone()).collect();
        for agency in agencies {
            let log = self.server.log(&agency);
            self.totals.records += log.len() as u64;
            let desks: Vec<&Desk> = self.desks.iter().filter(|desk| desk.agency == agency).collect();
            chains(&log, &desks);
            promises(&log, &desks);
            copies(&log, &desks);
        }
    }

    /// I5, in the middle of the day: below the cursor that a laptop was given, it has everything.
    pub(super) fn check_prefix(&self, laptop: usize) {
        let desk = &self.desks[laptop];
        let Some((life, log)) = self.server.peek(&desk.agency) else { return };
        let stored = desk.laptop.disk();
        let (epoch, cursor) = (&stored.cursor.epoch, &stored.cursor.frontier);
        // A server that was put back since is in another life of the log.
        if *epoch != life {
            return;
        }
        let here: BTreeSet<Hash> = stored.pulled.iter().map(|pulled| pulled.record.hash()).collect();
        let own = desk.laptop.writer();
        let below = log.iter().take(usize::try_from(cursor.size()).expect("small"));
        let missed = below.filter(|(writer, hash)| *writer != own && !here.contains(hash)).count();
        assert_eq!(missed, 0, "I5: records below the cursor {} that the laptop never got", cursor.size());
    }
}

/// I3, I4, I6: the log's own order.
fn chains(log: &[Record], desks: &[&Desk]) {
    let hashes: BTreeSet<Hash> = log.iter().map(Record::hash).collect();
    assert_eq!(hashes.len(), log.len(), "I3: no record has two numbers");
    let mut tips: BTreeMap<WriterId, (u64, Hash)> = BTreeMap::new();
    let mut offices: BTreeMap<WriterId, PublicKey> = BTreeMap::new();
    for record in log {
        let id = record.id();
        if let Event::OfficeOpened(opened) = record.event().expect("readable") {
            assert!(opened.holds(), "I11: a chain of the office bears the server's signature");
            offices.insert(id.writer, PublicKey::from_bytes(&opened.public_key).expect("a key"));
        }
        let desk = desks.iter().find(|desk| desk.laptop.writer() == id.writer).map(|desk| desk.laptop.public_key());
        let key = desk.or_else(|| offices.get(&id.writer).copied()).expect("I11: a writer of this agency");
        record.verify(&key).expect("I6: every signature");
        let tip = tips.entry(id.writer).or_default();
        assert_eq!((id.seq, record.envelope().prev), (tip.0 + 1, tip.1), "I4, I6: each record follows its predecessor");
        *tip = (id.seq, record.hash());
    }
    for desk in desks {
        let stored = desk.laptop.disk();
        let own = stored.own.last().expect("a chain");
        assert_eq!(tips.get(&desk.laptop.writer()), Some(&(own.id().seq, own.hash())), "I4: up to its newest");
        for hash in &desk.saved {
            assert!(hashes.contains(hash), "I1: an officer was told that {hash} is saved");
        }
    }
}

/// I2, I7: what was promised, whether or not the laptop still has the receipt.
fn promises(log: &[Record], desks: &[&Desk]) {
    let numbers: BTreeMap<(WriterId, u64), (u64, Hash)> =
        (1..).zip(log).map(|(lsn, record)| ((record.id().writer, record.id().seq), (lsn, record.hash()))).collect();
    let mut roots = vec![Frontier::default().root()];
    let mut frontier = Frontier::default();
    // Whoever has pulled furthest in this life of the log.
    let furthest = desks.iter().max_by_key(|desk| desk.laptop.disk().cursor.frontier.size()).expect("a laptop");
    let known = furthest.laptop.disk().cursor.frontier.size();
    let words = words(furthest);
    let adopted = log.iter().position(|record| record.envelope().kind == number::RULES_ADOPTED);
    let leaves_from = adopted.map_or(0, |at| at + 1);
    for (at, record) in log.iter().enumerate().take(usize::try_from(known).expect("small")) {
        let word = words.get(&record.id()).expect("what the log says of every record is known everywhere");
        let leaf = word.leaf(&record.hash(), if at < leaves_from { 1 } else { 2 });
        frontier.append(merkle::leaf(&leaf), |_, _| {});
        roots.push(frontier.root());
    }
    let newest = desks.iter().filter_map(|desk| desk.promised.last()).map(|receipt| receipt.checkpoint.epoch);
    let epochs: BTreeSet<Epoch> = newest.collect();
    assert_eq!(epochs.len(), 1, "I7: all laptops are in the same life of the log");
    let mut said: BTreeMap<(Epoch, u64), Hash> = BTreeMap::new();
    for desk in desks {
        for receipt in &desk.promised {
            let checkpoint = &receipt.checkpoint;
            let root = said.entry((checkpoint.epoch, checkpoint.size)).or_insert(checkpoint.root);
            assert_eq!(*root, checkpoint.root, "I7: nobody is shown another log");
            let last = epochs.contains(&checkpoint.epoch);
            if last {
                let size = usize::try_from(checkpoint.size).expect("small");
                let root = roots.get(size);
                assert!(
                    root.is_none_or(|root| *root == checkpoint.root),
                    "I7: the log of {size} is the beginning of this one"
                );
            }
            if receipt.acked == 0 {
                continue;
            }
            let found = numbers.get(&(receipt.writer, receipt.acked));
            assert_eq!(found.map(|(_, hash)| *hash), Some(receipt.head), "I2: what has a receipt is on the server");
            // While a writer's records are held they are acknowledged, and get their numbers later.
            let logged = found.is_some_and(|(lsn, _)| *lsn <= checkpoint.size);
            assert!(logged || !last || desk.was_held, "I2: at the number that it had");
        }
    }
}

/// What a laptop knows that the log says.
fn words(desk: &Desk) -> BTreeMap<RecordId, Word> {
    let stored = desk.laptop.disk();
    let pulled = stored.pulled.iter().map(|pulled| (pulled.record.id(), pulled.word.clone()));
    let placed = stored.placed.iter().flat_map(|placed| {
        let id = |seq| RecordId { writer: placed.writer, seq };
        (placed.first..).map(id).zip(placed.words.iter().cloned())
    });
    pulled.chain(placed).collect()
}

/// I5, I8: what the laptops hold, and what they make of it.
fn copies(log: &[Record], desks: &[&Desk]) {
    // What the office says may come after the laptops' last synchronisation: the reader's own key.
    let of_officers = |record: &&Record| !auxlog_record::is_office(record.envelope().kind);
    let on_server = digest(log.iter().filter(of_officers));
    let encoded: BTreeSet<Vec<u8>> = log.iter().filter(of_officers).map(Record::encode).collect();
    for desk in desks {
        let stored = desk.laptop.disk();
        let all = || stored.own.iter().chain(stored.pulled.iter().map(|pulled| &pulled.record)).filter(of_officers);
        let here: BTreeSet<Vec<u8>> = all().map(Record::encode).collect();
        assert_eq!((here.len(), all().count()), (encoded.len(), encoded.len()), "I8: each record once");
        assert_eq!(here, encoded, "I6, I8: the exact bytes, signatures included");
        assert_eq!(digest(all()), on_server, "I8: the same tasks, corrections and conflicts");
        let mut newest: BTreeMap<WriterId, u64> = BTreeMap::new();
        for pulled in &stored.pulled {
            let id = pulled.record.id();
            assert_eq!(newest.insert(id.writer, id.seq).unwrap_or(0) + 1, id.seq, "I4, I5: in order, no gap");
        }
    }
}

/// What follows from records, in the order in which they came.
fn digest<'a>(records: impl Iterator<Item = &'a Record>) -> Hash {
    let mut views = Memory::default();
    for record in records {
        let event = record.event().expect("readable");
        let Ok(()) = apply(&mut views, record, event, None);
    }
    views.digest()
}
