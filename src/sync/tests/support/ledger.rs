//! A laptop in memory: what synchronisation asks of a ledger, with the ledger's own promises.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auxlog_record::{
    AgencyId, Attachment, Event, Hash, Judged, LogicalClock, PublicKey, Reading, Record, Roster, RosterIssued,
    Signer as _, SigningKey, Succession, SyncNoted, Task, TaskLogged, Tip, WriterId, WriterOpened,
};
use auxlog_sync::blob::BlobId;
use auxlog_sync::enrol::{Nonce, Role};
use auxlog_sync::local::{Cursor, LocalError, LocalLedger, Own, Placed, Pulled, Seen};
use auxlog_sync::message::{Awaiting, Custody, IncidentNote, Refused};
use auxlog_sync::receipt::{Epoch, Receipt};
use auxlog_sync::roster::{Manifest, Pieces};
use auxlog_sync::signed::Signed;

/// What a laptop's disk holds; cloning it is copying the disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) own: Vec<Record>,
    pub(crate) pulled: Vec<Pulled>,
    pub(crate) receipts: Vec<(Receipt, Signed<Receipt>)>,
    pub(crate) cursor: Cursor,
    /// Whether what was measured and shown is written down at every synchronisation; most tests count
    /// records, and leave it.
    pub(crate) notes: bool,
    /// By how much its clock is ahead.
    pub(crate) ahead_ms: i64,
    /// What the log says of records that were here already.
    pub(crate) placed: Vec<Placed>,
    pub(crate) roster: Arc<Roster>,
    /// What it was made of, and its own digest then.
    pub(crate) kept: Option<(Signed<Manifest>, Pieces, Hash)>,
    pub(crate) refused: Vec<Refused>,
    /// Whether what the office did is to be brought to a server that came back.
    pub(crate) to_bring: bool,
    pub(crate) custody: Vec<Custody>,
    pub(crate) awaiting: Vec<Awaiting>,
    pub(crate) incidents: Vec<IncidentNote>,
    pub(crate) attachments: Vec<File>,
}

/// An attachment's content.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) hash: Hash,
    pub(crate) content: Vec<u8>,
    /// In which life of its log the server has it whole.
    pub(crate) sent_in: Option<Epoch>,
}

/// A laptop.
pub(crate) struct Laptop {
    pub(crate) key: SigningKey,
    agency: AgencyId,
    officer: String,
    disk: Mutex<Disk>,
}

impl Laptop {
    /// A laptop of `officer` whose key is made from `seed`; its chain is opened.
    pub(crate) fn new(agency: &str, officer: &str, seed: u8) -> Self {
        let key = SigningKey::from_seed(&[seed; 32]);
        let laptop = Self { key, agency: agency.into(), officer: officer.into(), disk: Mutex::default() };
        let opened = WriterOpened {
            officer: officer.into(),
            officer_name: format!("{officer} name"),
            agency: agency.into(),
            agency_name: agency.into(),
            certificate: None,
            public_key: laptop.key.public_key().to_bytes(),
        };
        laptop.record(&Event::WriterOpened(opened));
        laptop
    }

    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn writer(&self) -> WriterId {
        self.key.writer()
    }

    /// Puts an older copy of the disk back.
    pub(crate) fn restore(&self, disk: Disk) {
        *self.disk() = disk;
    }

    /// Seals an event as the next record of the chain.
    pub(crate) fn record(&self, event: &Event) -> Record {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let ahead_ms = self.disk().ahead_ms;
        self.record_at(event, i64::try_from(since.as_millis()).unwrap_or_default() + ahead_ms)
    }

    /// The same, the wall clock standing at `wall_ms`.
    pub(crate) fn record_at(&self, event: &Event, wall_ms: i64) -> Record {
        let mut disk = self.disk();
        let tip = disk.own.last().map_or_else(Tip::default, Record::tip);
        let reading = Reading { wall_ms, mono_ms: tip.seq * 1000, boot_id: [1; 8] };
        let stamp = LogicalClock::after(tip.hlc).stamp(reading);
        let record = Record::seal(&self.key, &self.agency, tip, stamp, event).expect("seals");
        disk.own.push(record.clone());
        record
    }

    /// Logs `count` tasks.
    pub(crate) fn log(&self, count: usize) {
        for _ in 0..count {
            let seq = self.disk().own.len() + 1;
            self.record(&task(&format!("{}-{seq}", self.officer), "协助执法队员清点占道物品"));
        }
    }

    /// Attaches `content` to the first record; gives its hash.
    pub(crate) fn attach(&self, name: &str, content: &[u8]) -> Hash {
        let hash = auxlog_record::crypto::sha256(&[content]);
        let attachment = Attachment {
            target: auxlog_record::RecordId { writer: self.writer(), seq: 1 },
            sha256: hash,
            size: content.len() as u64,
            media_type: "image/jpeg".into(),
            name: name.into(),
            note: None,
            preview: None,
        };
        self.record(&Event::Attachment(attachment));
        self.disk().attachments.push(File { hash, content: content.to_vec(), sent_in: None });
        hash
    }

    /// The roster held.
    pub(crate) fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.disk().roster)
    }

    /// Hashes of everything that the laptop has of everybody but the office, in no particular order.
    pub(crate) fn everything(&self) -> Vec<Hash> {
        let disk = self.disk();
        let all = disk.own.iter().chain(disk.pulled.iter().map(|pulled| &pulled.record));
        let mut all: Vec<Hash> =
            all.filter(|record| !auxlog_record::is_office(record.envelope().kind)).map(Record::hash).collect();
        all.sort_unstable();
        all
    }
}

/// A logged task whose verdict the laptop left to nobody: judged by the embedded rulebook.
pub(crate) fn task(id: &str, text: &str) -> Event {
    use auxlog_law::Rulebook;
    use auxlog_record::facts::{Defaults, Judging, Source, judge};
    let rulebook = Rulebook::embedded();
    let task = Task {
        id: id.into(),
        text: Some(text.into()),
        items: vec!["16.3:inventory".into()],
        at: chrono::DateTime::parse_from_rfc3339("2026-11-23T09:30:00+08:00").ok().map(auxlog_record::Moment),
        ..Task::default()
    };
    let defaults = Defaults { source: Source::Roster, agency: Some("A01".into()), today: None };
    let Judging { reduced, verdict, .. } = judge(rulebook, &task, &Roster::default(), &defaults);
    let judged: Judged = reduced.judged(verdict, 0, 0);
    Event::TaskLogged(TaskLogged { task, judged, plan: None })
}

impl LocalLedger for Laptop {
    fn agency(&self) -> AgencyId {
        self.agency.clone()
    }

    fn office_chains(&self) -> Result<Vec<Vec<Record>>, LocalError> {
        let mut chains = std::collections::BTreeMap::<WriterId, Vec<Record>>::new();
        for pulled in &self.disk().pulled {
            if auxlog_record::is_office(pulled.record.envelope().kind) {
                chains.entry(pulled.record.id().writer).or_default().push(pulled.record.clone());
            }
        }
        Ok(chains.into_values().collect())
    }

    fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    fn to_bring(&self) -> Result<bool, LocalError> {
        Ok(self.disk().to_bring)
    }

    fn note_to_bring(&self, to_bring: bool) -> Result<(), LocalError> {
        self.disk().to_bring = to_bring;
        Ok(())
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message)
    }

    fn own(&self) -> Result<Vec<Own>, LocalError> {
        let disk = self.disk();
        let acked = disk.receipts.last().map_or(0, |(receipt, _)| receipt.acked);
        Ok(vec![Own { writer: self.writer(), seq: disk.own.len() as u64, acked, replaced: false }])
    }

    fn own_records(&self, _: WriterId, after: u64, limit: usize, bytes: usize) -> Result<Vec<Record>, LocalError> {
        let mut left = bytes;
        let disk = self.disk();
        let from = usize::try_from(after)?.min(disk.own.len());
        let records = disk.own[from..].iter().take(limit).enumerate();
        Ok(records
            .take_while(|(index, record)| {
                let length = record.body().map_or(0, <[u8]>::len) + 160;
                let fits = *index == 0 || length <= left;
                left = left.saturating_sub(length);
                fits
            })
            .map(|(_, record)| record.clone())
            .collect())
    }

    fn own_hash(&self, writer: WriterId, seq: u64) -> Result<Option<Hash>, LocalError> {
        let disk = self.disk();
        let all = disk.own.iter().chain(disk.pulled.iter().map(|pulled| &pulled.record));
        let id = auxlog_record::RecordId { writer, seq };
        Ok(all.into_iter().find(|record| record.id() == id).map(Record::hash))
    }

    fn seen(&self) -> Result<Seen, LocalError> {
        let disk = self.disk();
        let Some((receipt, exact)) = disk.receipts.last() else { return Ok(Seen::default()) };
        let checkpoint = &receipt.checkpoint;
        let (epoch, size, root) = (checkpoint.epoch, checkpoint.size, checkpoint.root);
        let same = disk.cursor.epoch == epoch;
        let cursor = if same { disk.cursor.clone() } else { Cursor { epoch, ..Cursor::default() } };
        Ok(Seen { size, root, cursor, receipt: Some(exact.clone()) })
    }

    fn pulled_tip(&self, writer: WriterId) -> Result<(u64, Hash), LocalError> {
        let disk = self.disk();
        let newest = disk.pulled.iter().rev().find(|pulled| pulled.record.id().writer == writer);
        Ok(newest.map_or_else(Default::default, |pulled| (pulled.record.id().seq, pulled.record.hash())))
    }

    fn roster_version(&self) -> u64 {
        self.disk().roster.version
    }

    fn accept_receipt(&self, receipt: &Receipt, exact: &Signed<Receipt>) -> Result<(), LocalError> {
        self.disk().receipts.push((receipt.clone(), exact.clone()));
        Ok(())
    }

    fn accept_pulled(&self, upto: &Cursor, records: Vec<Pulled>, placed: Vec<Placed>) -> Result<(), LocalError> {
        let mut disk = self.disk();
        disk.pulled.extend(records);
        disk.placed.extend(placed);
        disk.cursor = upto.clone();
        Ok(())
    }

    fn note_sync(&self, _: u64) -> Result<bool, LocalError> {
        let newest = {
            let disk = self.disk();
            disk.receipts.last().filter(|_| disk.notes).cloned()
        };
        let Some((_, receipt)) = newest else { return Ok(false) };
        self.record(&Event::SyncNoted(SyncNoted { offset_ms: 0, receipt: receipt.to_bytes() }));
        Ok(true)
    }

    fn restore_own(&self, records: Vec<Record>) -> Result<(), LocalError> {
        let mut disk = self.disk();
        for record in records {
            let tip = disk.own.last().map_or_else(Tip::default, Record::tip);
            if record.id().seq != tip.seq + 1 || record.envelope().prev != tip.hash {
                return Err(format!("{} does not follow {}", record.id(), tip.seq).into());
            }
            disk.own.push(record);
        }
        Ok(())
    }

    fn rosters_issued(&self) -> Result<Option<Vec<RosterIssued>>, LocalError> {
        let disk = self.disk();
        let mut office = disk.pulled.iter().filter(|pulled| auxlog_record::is_office(pulled.record.envelope().kind));
        let issued = office.clone().filter_map(|pulled| match pulled.record.event() {
            Ok(Event::RosterIssued(issued)) => Some(issued),
            _ => None,
        });
        let issued = issued.collect();
        Ok(office.next().map(|_| issued))
    }

    fn accept_roster(&self, roster: Roster, manifest: &Signed<Manifest>, pieces: &Pieces) -> Result<(), LocalError> {
        let mut disk = self.disk();
        disk.kept = Some((manifest.clone(), pieces.clone(), auxlog_sync::roster::digest(&roster)));
        disk.roster = Arc::new(roster);
        Ok(())
    }

    fn kept_roster(&self) -> Result<Option<(Signed<Manifest>, Pieces)>, LocalError> {
        Ok(self.disk().kept.as_ref().map(|(manifest, pieces, _)| (manifest.clone(), pieces.clone())))
    }

    fn roster_digest(&self) -> Option<Hash> {
        let disk = self.disk();
        let (manifest, _, digest) = disk.kept.as_ref()?;
        let now = auxlog_sync::roster::digest(&disk.roster);
        if now == *digest { Some(manifest.claimed().ok()?.digest) } else { Some(now) }
    }

    fn note_custody(&self, custody: &[Custody]) -> Result<(), LocalError> {
        self.disk().custody = custody.to_vec();
        Ok(())
    }

    fn note_awaiting(&self, awaiting: &[Awaiting]) -> Result<(), LocalError> {
        self.disk().awaiting = awaiting.to_vec();
        Ok(())
    }

    fn newest_incident_ms(&self) -> u64 {
        self.disk().incidents.last().map_or(0, |newest| newest.at_ms)
    }

    fn note_incidents(&self, incidents: &[IncidentNote]) -> Result<(), LocalError> {
        self.disk().incidents.extend_from_slice(incidents);
        Ok(())
    }

    fn succession(&self) -> Option<Succession> {
        None
    }

    fn meet_successor(&self, _: Nonce) -> Result<bool, LocalError> {
        Ok(true)
    }

    fn succeeded(&self) -> Result<(), LocalError> {
        Ok(())
    }

    fn attachments_to_send(&self, epoch: Epoch) -> Result<Vec<BlobId>, LocalError> {
        let disk = self.disk();
        let waiting = disk.attachments.iter().filter(|file| file.sent_in != Some(epoch));
        Ok(waiting.map(|file| BlobId { hash: file.hash, length: file.content.len() as u64 }).collect())
    }

    fn attachment_piece(&self, hash: Hash, offset: u64, limit: usize) -> Result<Vec<u8>, LocalError> {
        let disk = self.disk();
        let content = disk.attachments.iter().find(|file| file.hash == hash).map_or(&[][..], |file| &file.content);
        Ok(content.iter().skip(usize::try_from(offset)?).take(limit).copied().collect())
    }

    fn attachment_sent(&self, hash: Hash, epoch: Epoch) -> Result<(), LocalError> {
        for file in self.disk().attachments.iter_mut().filter(|file| file.hash == hash) {
            file.sent_in = Some(epoch);
        }
        Ok(())
    }

    fn note_role(&self, _: Role) -> Result<(), LocalError> {
        Ok(())
    }

    fn note_fork(&self, _: WriterId) -> Result<(), LocalError> {
        Ok(())
    }

    fn is_fork(&self, _: WriterId) -> bool {
        false
    }

    fn note_refused(&self, refused: Refused) -> Result<(), LocalError> {
        self.disk().refused.push(refused);
        Ok(())
    }
}
