//! A server in memory that keeps the protocol's promises: what the real one does in SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use auxlog_record::{Hash, PublicKey, Record, Signer as _, SigningKey, WriterId};
use auxlog_sync::Refusal;
use auxlog_sync::auth::{MAX_SKEW_MS, RequestAuth, ServerId, Signable};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::merkle::{self, Frontier, NodeId};
use auxlog_sync::message::{Capabilities, PROTOCOL, Page, PulledRun, Standing, SyncRequest, SyncResponse};
use auxlog_sync::pack::{MEDIA_TYPE, pack, unpack};
use auxlog_sync::receipt::{Checkpoint, Epoch, Receipt};
use auxlog_sync::run::Run;
use auxlog_sync::signed::Signed;

/// Records in a page: few, so that many pages are turned.
const PAGE: usize = 7;

/// The database, as a backup copies it.
#[derive(Clone, Default)]
pub(crate) struct Database {
    pub(crate) log: Vec<Record>,
    acked: BTreeMap<WriterId, (u64, Hash)>,
    frontier: Frontier,
    nodes: HashMap<NodeId, Hash>,
    epoch: Epoch,
}

pub(crate) struct Server {
    key: SigningKey,
    keys: BTreeMap<WriterId, PublicKey>,
    pub(crate) database: Database,
    /// Kept beside the database: how long the log was.
    longest: (Epoch, u64),
    ended: BTreeSet<Epoch>,
    epochs: u8,
    nonces: BTreeSet<(WriterId, [u8; 12])>,
}

impl Server {
    pub(crate) fn new(laptops: impl Iterator<Item = PublicKey>) -> Self {
        Self {
            key: SigningKey::from_seed(&[200; 32]),
            keys: laptops.map(|key| (key.writer(), key)).collect(),
            database: Database::default(),
            longest: (Epoch::default(), 0),
            ended: BTreeSet::new(),
            epochs: 0,
            nonces: BTreeSet::new(),
        }
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    pub(crate) fn acked(&self, writer: WriterId) -> u64 {
        self.database.acked.get(&writer).map_or(0, |(acked, _)| *acked)
    }

    /// Puts a copy of the database back; what is kept beside it stays.
    pub(crate) fn put_back(&mut self, copy: Database) {
        self.database = copy;
        let shorter = self.database.epoch == self.longest.0 && (self.database.log.len() as u64) < self.longest.1;
        if shorter || self.ended.contains(&self.database.epoch) {
            self.begin_epoch();
        }
    }

    fn begin_epoch(&mut self) {
        self.epochs += 1;
        self.ended.extend([self.database.epoch, self.longest.0]);
        self.database.epoch = Epoch([self.epochs; 16]);
        self.longest = (self.database.epoch, self.database.log.len() as u64);
    }

    pub(crate) fn answer(&mut self, request: &Request, now_ms: u64) -> Answer {
        match self.serve(request, now_ms) {
            Ok(body) => Answer {
                status: 200,
                media_type: MEDIA_TYPE.into(),
                server_ms: Some(now_ms),
                body,
                ..Answer::default()
            },
            Err(refusal) => Answer {
                status: refusal.status(),
                media_type: "application/json".into(),
                error: Some(refusal.name().into()),
                server_ms: Some(now_ms),
                ..Answer::default()
            },
        }
    }

    fn serve(&mut self, request: &Request, now_ms: u64) -> Result<Vec<u8>, Refusal> {
        let auth = request.auth.as_deref().and_then(RequestAuth::parse).ok_or(Refusal::Unauthenticated)?;
        let key = self.keys.get(&auth.device).ok_or(Refusal::Unauthenticated)?;
        let server = ServerId::of(&self.public_key());
        let signable = Signable { method: request.method, target: &request.target, body: &request.body, server };
        if !auth.verify(key, signable) {
            return Err(Refusal::Unauthenticated);
        }
        if auth.at_ms.abs_diff(now_ms) > MAX_SKEW_MS {
            return Err(Refusal::ClockSkew);
        }
        if !self.nonces.insert((auth.device, auth.nonce)) {
            return Err(Refusal::Replayed);
        }
        let message: SyncRequest = unpack(&request.body).map_err(|_| Refusal::Malformed)?;
        let device = auth.device;
        Ok(pack(&self.sync(device, message, now_ms)?).expect("packs"))
    }

    fn sync(&mut self, device: WriterId, request: SyncRequest, now_ms: u64) -> Result<SyncResponse, Refusal> {
        for run in request.push {
            self.store(run.records().map_err(|_| Refusal::Malformed)?)?;
        }
        if let Some(receipt) = request.proof.as_ref().and_then(|proof| proof.open(&self.public_key()).ok())
            && receipt.checkpoint.epoch == self.database.epoch
            && receipt.checkpoint.size > self.database.log.len() as u64
        {
            self.begin_epoch();
        }
        let size = self.database.log.len() as u64;
        self.longest = (self.database.epoch, size);
        let root = self.database.frontier.root();
        let checkpoint = Checkpoint { agency: "A01".into(), epoch: self.database.epoch, size, root, at_ms: now_ms };
        let (acked, head) = self.database.acked.get(&device).copied().unwrap_or_default();
        let receipt = Receipt { writer: device, acked, head, checkpoint };
        let same = request.have.epoch == self.database.epoch;
        let cursor = if same { request.have.cursor } else { 0 };
        let consistency = (same && request.have.size <= size)
            .then(|| merkle::plan_consistency(request.have.size, size))
            .flatten()
            .and_then(|plan| plan.assemble(&self.database.nodes));
        let own = request.have.own.first().map_or(0, |own| own.seq);
        let restored = (request.restore == Some(device)).then(|| self.tail(device, own)).flatten();
        Ok(SyncResponse {
            protocol: PROTOCOL,
            server_ms: now_ms,
            receipts: vec![Signed::seal(&self.key, &receipt)],
            noted: Vec::new(),
            refused: Vec::new(),
            page: self.page(device, cursor, request.want),
            consistency,
            roster: None,
            standing: Standing::Active,
            restored,
            caps: Capabilities::default(),
            custody: Vec::new(),
            incidents: Vec::new(),
        })
    }

    fn store(&mut self, records: Vec<Record>) -> Result<(), Refusal> {
        let Some(first) = records.first() else { return Ok(()) };
        let writer = first.id().writer;
        let key = self.keys[&writer];
        for record in records {
            let (acked, hash) = self.database.acked.get(&writer).copied().unwrap_or_default();
            let seq = record.id().seq;
            if seq <= acked {
                let known = self.database.log.iter().find(|known| known.id() == record.id());
                assert_eq!(known.map(Record::hash), Some(record.hash()), "no day makes a fork");
                continue;
            }
            if seq > acked + 1 {
                break;
            }
            assert_eq!(record.envelope().prev, hash);
            record.verify(&key).map_err(|_| Refusal::Malformed)?;
            let database = &mut self.database;
            let nodes = &mut database.nodes;
            database.frontier.append(merkle::leaf(&record.hash().0), |id, hash| {
                nodes.insert(id, hash);
            });
            database.acked.insert(writer, (seq, record.hash()));
            database.log.push(record);
        }
        Ok(())
    }

    fn page(&self, device: WriterId, cursor: u64, want: u32) -> Page {
        let size = self.database.log.len() as u64;
        let foreign =
            (1..).zip(&self.database.log).filter(|(lsn, record)| *lsn > cursor && record.id().writer != device);
        let limit = PAGE.min(want as usize);
        let rows: Vec<(u64, &Record)> = foreign.take(limit).collect();
        let next = if rows.len() < limit { size } else { rows.last().map_or(cursor, |row| row.0) };
        let mut writers: BTreeMap<WriterId, Vec<(u64, Record)>> = BTreeMap::new();
        for (lsn, record) in rows {
            writers.entry(record.id().writer).or_default().push((lsn, record.clone()));
        }
        let runs = writers.into_values().map(|rows| self.run(&rows)).collect();
        Page { runs, next: next.max(cursor), left: size.saturating_sub(next) }
    }

    fn run(&self, rows: &[(u64, Record)]) -> PulledRun {
        let records: Vec<Record> = rows.iter().map(|(_, record)| record.clone()).collect();
        let mut last = 0;
        let lsns = rows.iter().map(|(lsn, _)| lsn - std::mem::replace(&mut last, *lsn)).collect();
        let run = Run::of(&records).expect("a writer's records follow each other");
        let key = self.keys[&run.writer].to_bytes();
        PulledRun { run, key, lsns, noted: Vec::new() }
    }

    fn tail(&self, device: WriterId, after: u64) -> Option<PulledRun> {
        let rows: Vec<(u64, Record)> = (1..)
            .zip(&self.database.log)
            .filter(|(_, record)| record.id().writer == device && record.id().seq > after)
            .map(|(lsn, record)| (lsn, record.clone()))
            .take(PAGE)
            .collect();
        (!rows.is_empty()).then(|| self.run(&rows))
    }
}
