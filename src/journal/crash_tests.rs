//! Power cut at every write: an in-memory disk remembers what was made durable and what was
//! merely written, enumerates the states in which a disk may come back, and each of them must
//! open with every acknowledged entry and no other than were appended.
//!
//! The model's disk: sectors of 512 bytes are written in any order or not at all until a sync of
//! their file; one that was being written may come back torn (garbage); names made or changed
//! are lost or kept until the directory is synced; an unsynced length may be lost too.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use crate::disk::{Disk, DiskFile};
use crate::entry::{Entry, Position};
use crate::journal::{Journal, JournalOptions};
use crate::key::StoreKey;
use crate::report::DamageKind;

const SECTOR: usize = 512;

/// A file's durable content, and the sectors written since it was last synced, oldest first.
#[derive(Debug, Clone, Default)]
struct ModelFile {
    durable: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

impl ModelFile {
    fn now(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        for (at, sector) in &self.pending {
            put(&mut bytes, *at, sector);
        }
        bytes
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    if bytes.len() < at + part.len() {
        bytes.resize(at + part.len(), 0);
    }
    bytes[at..at + part.len()].copy_from_slice(part);
}

#[derive(Debug, Clone, Default)]
struct Model {
    /// Contents by number; names point to them.
    files: BTreeMap<usize, ModelFile>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// What goes wrong next, and after how many calls.
    faults: Vec<(Fault, usize)>,
    /// The states seen so far at moments where the power could go, with what was acknowledged.
    moments: Option<Vec<Moment>>,
    acknowledged: Position,
    attempted: Position,
}

#[derive(Debug, Clone)]
struct Moment {
    files: BTreeMap<usize, ModelFile>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    acknowledged: Position,
    attempted: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Write,
    Sync,
    Create,
    Rename,
    SyncDir,
}

impl Model {
    fn step(&mut self, what: Fault) -> io::Result<()> {
        for n in 0..self.faults.len() {
            let (fault, left) = &mut self.faults[n];
            if *fault != what {
                continue;
            }
            if *left == 0 {
                self.faults.remove(n);
                return Err(io::Error::other("the disk fails"));
            }
            *left -= 1;
        }
        Ok(())
    }

    /// The power may go right now.
    fn moment(&mut self) {
        let moment = Moment {
            files: self.files.clone(),
            names: self.names.clone(),
            durable_names: self.durable_names.clone(),
            acknowledged: self.acknowledged,
            attempted: self.attempted,
        };
        if let Some(moments) = &mut self.moments {
            moments.push(moment);
        }
    }
}

#[derive(Clone, Default)]
struct ModelDisk(Arc<Mutex<Model>>);

impl ModelDisk {
    fn with<T>(&self, act: impl FnOnce(&mut Model) -> T) -> T {
        act(&mut self.0.lock().expect("no test panics while holding it"))
    }

    fn of(names: BTreeMap<String, Vec<u8>>) -> Self {
        let mut model = Model::default();
        for (number, (name, durable)) in names.into_iter().enumerate() {
            model.files.insert(number, ModelFile { durable, pending: Vec::new() });
            model.names.insert(name.clone(), number);
            model.durable_names.insert(name, number);
        }
        Self(Arc::new(Mutex::new(model)))
    }
}

struct ModelHandle(ModelDisk, usize);

impl Disk for ModelDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.with(|model| model.names.keys().cloned().collect()))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.with(|model| {
            let number = model.names.get(name).ok_or(io::ErrorKind::NotFound)?;
            Ok(model.files[number].now())
        })
    }

    fn read_start(&self, name: &str, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read(name)?;
        if bytes.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let number = self.with(|model| model.names.get(name).copied()).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(ModelHandle(self.clone(), number)))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.with(|model| {
            model.step(Fault::Create)?;
            let number = model.files.keys().next_back().map_or(0, |last| last + 1);
            model.files.insert(number, ModelFile::default());
            model.names.insert(name.to_owned(), number);
            model.moment();
            Ok(Box::new(ModelHandle(self.clone(), number)) as Box<dyn DiskFile>)
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.with(|model| {
            model.step(Fault::Rename)?;
            let number = model.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
            model.names.insert(to.to_owned(), number);
            model.moment();
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.with(|model| {
            model.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
            model.moment();
            Ok(())
        })
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.with(|model| {
            model.step(Fault::SyncDir)?;
            model.moment();
            model.durable_names = model.names.clone();
            model.moment();
            Ok(())
        })
    }

    fn quarantine(&self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for ModelHandle {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let number = self.1;
        self.0.with(|model| {
            model.step(Fault::Write)?;
            let file = model.files.get_mut(&number).expect("open");
            let mut at = usize::try_from(offset).expect("small");
            let mut rest = bytes;
            while !rest.is_empty() {
                // Whole sectors, as the disk writes them.
                let start = at / SECTOR * SECTOR;
                let part = rest.len().min(start + SECTOR - at);
                let mut sector =
                    file.now().get(start..).map_or(Vec::new(), |old| old[..old.len().min(SECTOR)].to_vec());
                sector.resize(SECTOR, 0);
                sector[at - start..at - start + part].copy_from_slice(&rest[..part]);
                file.pending.push((start, sector));
                at += part;
                rest = &rest[part..];
            }
            model.moment();
            Ok(())
        })
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let number = self.1;
        self.0.with(|model| {
            model.moment();
            if let Err(error) = model.step(Fault::Sync) {
                // As Linux does it: what was not written is forgotten, and clean from now on.
                let file = model.files.get_mut(&number).expect("open");
                file.pending.clear();
                return Err(error);
            }
            let file = model.files.get_mut(&number).expect("open");
            file.durable = file.now();
            file.pending.clear();
            model.moment();
            Ok(())
        })
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Small, fast random numbers with a seed that a failure names.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).expect("below a usize")
    }
}

fn key() -> StoreKey {
    StoreKey::from_bytes(&[9; 32])
}

const OPTIONS: JournalOptions = JournalOptions { segment_bytes: 16 << 10 };

fn note(n: u64) -> Entry {
    // Lengths differ, so that frames end anywhere in a sector; some span several.
    let length = [20, 470, 1100, 300][usize::try_from(n % 4).expect("small")];
    Entry::Note { topic: n.to_string(), bytes: vec![0xa5; length] }
}

fn append(disk: &ModelDisk, journal: &Journal, count: u64) -> bool {
    let start = journal.end();
    let entries: Vec<Entry> = (start..start + count).map(note).collect();
    disk.with(|model| model.attempted = model.attempted.max(start + count));
    let saved = journal.append(&entries).is_ok();
    if saved {
        disk.with(|model| {
            model.acknowledged = start + count;
            model.moment();
        });
    }
    saved
}

/// All ways in which a disk may come back from a power cut at this moment, at most `most`.
fn states(moment: &Moment, most: usize, dice: &mut Dice) -> Vec<BTreeMap<String, Vec<u8>>> {
    let mut result = Vec::new();
    let mut seen = BTreeSet::new();
    let pending: Vec<(usize, usize)> =
        moment.files.iter().flat_map(|(&number, file)| (0..file.pending.len()).map(move |n| (number, n))).collect();
    let count = pending.len();
    let mut subsets: Vec<Vec<u8>> = Vec::new();
    // Every prefix, with and without its last sector torn; every one alone missing; then
    // all subsets of few sectors, or a sample of many.
    for kept in 0..=count {
        subsets.push((0..count).map(|n| u8::from(n < kept)).collect());
        if kept > 0 {
            subsets.push((0..count).map(|n| if n + 1 == kept { 2 } else { u8::from(n < kept) }).collect());
        }
    }
    for missing in 0..count {
        subsets.push((0..count).map(|n| u8::from(n != missing)).collect());
    }
    if count <= 6 {
        subsets.extend((0..1_u32 << count).map(|bits| (0..count).map(|n| u8::from(bits & (1 << n) != 0)).collect()));
    }
    while subsets.len() < most {
        let torn = dice.roll(2 * count + 1);
        subsets.push((0..count).map(|n| if n == torn { 2 } else { u8::from(dice.roll(2) == 0) }).collect());
        if count == 0 {
            break;
        }
    }
    subsets.truncate(most);
    for names in [&moment.durable_names, &moment.names] {
        for subset in &subsets {
            if !seen.insert((names == &moment.names && names != &moment.durable_names, subset.clone())) {
                continue;
            }
            let mut files: BTreeMap<usize, Vec<u8>> =
                moment.files.iter().map(|(&number, file)| (number, file.durable.clone())).collect();
            for (&(number, n), &fate) in pending.iter().zip(subset) {
                let (at, sector) = &moment.files[&number].pending[n];
                let bytes = files.get_mut(&number).expect("listed");
                match fate {
                    0 => {}
                    1 => put(bytes, *at, sector),
                    _ => {
                        let garbage: Vec<u8> =
                            (0..SECTOR).map(|_| u8::try_from(dice.roll(256)).expect("a byte")).collect();
                        put(bytes, *at, &garbage);
                    }
                }
            }
            result.push(names.iter().map(|(name, number)| (name.clone(), files[number].clone())).collect());
        }
        if moment.names == moment.durable_names {
            break;
        }
    }
    result
}

/// Opens a state; every acknowledged entry must be there, and nothing that was not appended.
/// Then goes on writing and opens once more.
fn survives(state: BTreeMap<String, Vec<u8>>, moment: &Moment, what: &str) {
    let disk = ModelDisk::of(state);
    let mut read = Vec::new();
    let opened = Journal::open(Arc::new(disk.clone()), &key(), OPTIONS, 0, &mut |at, entry| read.push((at, entry)));
    let (journal, report) = match opened {
        Ok(opened) => opened,
        Err(_) if moment.acknowledged == 0 && disk.with(|model| model.names.is_empty()) => return,
        // The very first segment had no name yet.
        Err(crate::JournalError::Missing) if moment.acknowledged == 0 => return,
        Err(error) => panic!("{what}: {error}"),
    };
    let end = read.len() as u64;
    assert!(end >= moment.acknowledged, "{what}: {} of {} acknowledged: {report:?}", end, moment.acknowledged);
    assert!(end <= moment.attempted, "{what}: more than was ever appended");
    for (n, (at, entry)) in read.iter().enumerate() {
        assert_eq!((*at, entry), (n as u64, &note(n as u64)), "{what}: a false entry");
    }
    let worst = report.damage.iter().find(|damage| damage.kind != DamageKind::Slot);
    assert!(worst.is_none(), "{what}: a power cut is no damage: {report:?}");
    assert!(append(&disk, &journal, 1), "{what}: writing goes on");
    drop(journal);
    let mut again = 0;
    let (_, report) =
        Journal::open(Arc::new(disk), &key(), OPTIONS, 0, &mut |_, _| again += 1).expect("opens once more");
    assert_eq!((again, &report.torn), (end + 1, &None), "{what}: after going on");
    assert!(report.is_whole(), "{what}: after going on: {:?}", report.damage);
}

fn budget(default: usize) -> usize {
    std::env::var("AUXLOG_CRASH_STATES").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Sizes of the commits of one run.
const RUNS: [&[u64]; 4] = [&[1, 1, 1, 1], &[3, 1, 5], &[1, 9, 2], &[2, 14, 1]];

fn run(sizes: &[u64], fault: Option<(Fault, usize)>, close_between: bool) -> Vec<Moment> {
    let disk = ModelDisk::default();
    disk.with(|model| model.moments = Some(Vec::new()));
    let shared: Arc<dyn Disk> = Arc::new(disk.clone());
    let mut journal = Journal::create(Arc::clone(&shared), &key(), OPTIONS).expect("created");
    disk.with(|model| model.faults.extend(fault));
    for &size in sizes {
        // What was not saved is saved again, as the officer would.
        if !append(&disk, &journal, size) {
            append(&disk, &journal, size);
        }
        if close_between {
            drop(journal);
            // A disk that fails on opening is opened again.
            let open = || Journal::open(Arc::clone(&shared), &key(), OPTIONS, 0, &mut |_, _| {});
            journal = open().or_else(|_| open()).expect("opens").0;
        }
    }
    drop(journal);
    disk.with(|model| model.moments.take().expect("kept"))
}

#[test]
fn no_power_cut_loses_what_was_acknowledged() {
    let wanted = budget(100_000);
    let mut runs = Vec::new();
    for sizes in RUNS {
        for close_between in [false, true] {
            runs.push((format!("{sizes:?} close {close_between}"), run(sizes, None, close_between)));
        }
        for fault in [Fault::Write, Fault::Sync, Fault::Create, Fault::Rename, Fault::SyncDir] {
            for after in [0, 1, 3, 6] {
                let what = format!("{sizes:?} {fault:?} fails after {after}");
                runs.push((what, run(sizes, Some((fault, after)), after % 2 == 1)));
            }
        }
    }
    let moments: usize = runs.iter().map(|(_, moments)| moments.len()).sum();
    // Some moments have fewer states than their share.
    let most = (2 * wanted / moments).max(8);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let checked: usize = std::thread::scope(|scope| {
        let share = runs.len().div_ceil(workers);
        let check = |part: &[(String, Vec<Moment>)], seed: u64| {
            let mut dice = Dice(seed);
            let mut checked = 0;
            for (what, moments) in part {
                for (n, moment) in moments.iter().enumerate() {
                    for state in states(moment, most, &mut dice) {
                        survives(state, moment, &format!("{what}, moment {n}, state {checked}"));
                        checked += 1;
                    }
                }
            }
            checked
        };
        let handles: Vec<_> = runs
            .chunks(share)
            .zip(1_u64..)
            .map(|(part, n)| scope.spawn(move || check(part, 0x9e37_79b9_7f4a_7c15 ^ n)))
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("every state survives")).sum()
    });
    assert!(checked >= wanted, "only {checked} of {wanted} states at {moments} moments");
    println!("{checked} crash states at {moments} moments, none lost an acknowledged entry");
}

#[test]
fn a_failed_sync_is_written_again_in_a_new_segment() {
    let disk = ModelDisk::default();
    let journal = Journal::create(Arc::new(disk.clone()), &key(), OPTIONS).expect("created");
    assert!(append(&disk, &journal, 2));
    disk.with(|model| model.faults = vec![(Fault::Sync, 0)]);
    assert!(append(&disk, &journal, 2), "saved in a new segment");
    assert_eq!(disk.list().expect("lists").len(), 2);
    drop(journal);
    let mut read = Vec::new();
    let (_, report) =
        Journal::open(Arc::new(disk), &key(), OPTIONS, 0, &mut |_, entry| read.push(entry)).expect("opens");
    assert_eq!(read, (0..4).map(note).collect::<Vec<_>>());
    assert!(report.is_whole(), "{report:?}");
}

#[test]
fn where_no_new_segment_can_be_made_nothing_is_acknowledged_and_nothing_lost() {
    let disk = ModelDisk::default();
    let journal = Journal::create(Arc::new(disk.clone()), &key(), OPTIONS).expect("created");
    assert!(append(&disk, &journal, 2));
    disk.with(|model| model.faults = vec![(Fault::Sync, 0), (Fault::Create, 0), (Fault::Create, 0)]);
    for _ in 0..2 {
        let refused = journal.append(&[note(2)]);
        assert!(matches!(refused, Err(crate::JournalError::NotSaved { .. })), "{refused:?}");
        assert_eq!(journal.end(), 2, "nothing was acknowledged");
    }
    assert_eq!(journal.append(&[note(2)]).expect("the disk is well again"), 2..3);
    drop(journal);
    let mut read = Vec::new();
    Journal::open(Arc::new(disk), &key(), OPTIONS, 0, &mut |_, entry| read.push(entry)).expect("opens");
    assert_eq!(read, (0..3).map(note).collect::<Vec<_>>());
}
