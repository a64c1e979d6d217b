//! A server in memory that keeps the protocol's promises: what the real one does in SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use auxlog_record::{AgencyId, Hash, PublicKey, Record, Signer as _, SigningKey, Word, WriterId};
use auxlog_sync::Refusal;
use auxlog_sync::auth::{MAX_SKEW_MS, RequestAuth, ServerId, Signable};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::merkle::{self, Frontier, NodeId};
use auxlog_sync::message::{
    self, Capabilities, Disposition, Noted, OwnRun, PROTOCOL, Page, PulledRun, Standing, SyncRequest, SyncResponse,
    Words,
};
use auxlog_sync::pack::{MEDIA_TYPE, pack, unpack};
use auxlog_sync::receipt::{Checkpoint, Epoch, Receipt};
use auxlog_sync::run::Run;
use auxlog_sync::signed::Signed;

/// Records in a page, unless a test says otherwise: few, so that many pages are turned.
const PAGE: usize = 7;

/// The database, as a backup copies it.
#[derive(Clone, Default)]
pub(crate) struct Database {
    logs: BTreeMap<AgencyId, Log>,
    acked: BTreeMap<WriterId, (u64, Hash)>,
    /// Writers that were shut out, with what they sent since.
    held: BTreeMap<WriterId, Vec<Record>>,
}

/// An agency's log.
#[derive(Clone, Default)]
pub(crate) struct Log {
    pub(crate) records: Vec<Record>,
    frontier: Frontier,
    nodes: HashMap<NodeId, Hash>,
    pub(crate) epoch: Epoch,
}

impl Log {
    fn append(&mut self, record: Record) {
        let lsn = self.size() + 1;
        let nodes = &mut self.nodes;
        let word = Word { lsn, recv_ms: recv_ms(lsn), ..Word::default() };
        self.frontier.append(merkle::leaf(&word.leaf(&record.hash(), 2)), |id, hash| {
            nodes.insert(id, hash);
        });
        self.records.push(record);
    }

    fn size(&self) -> u64 {
        self.records.len() as u64
    }
}

/// When the record with this number was received: a log of a simulated day needs no truer time.
fn recv_ms(lsn: u64) -> u64 {
    1_000_000 + lsn * 10
}

#[derive(Clone)]
pub(crate) struct Server {
    key: Arc<SigningKey>,
    keys: BTreeMap<WriterId, (PublicKey, AgencyId)>,
    pub(crate) database: Database,
    /// Kept beside the database: how long each log was.
    longest: BTreeMap<AgencyId, (Epoch, u64)>,
    ended: BTreeSet<Epoch>,
    epochs: u8,
    nonces: BTreeSet<(WriterId, [u8; 12])>,
    /// Records in a page.
    pub(crate) page: usize,
}

impl Server {
    pub(crate) fn new(laptops: impl Iterator<Item = (PublicKey, AgencyId)>) -> Self {
        let keys: BTreeMap<_, _> = laptops.map(|(key, agency)| (key.writer(), (key, agency))).collect();
        let mut database = Database::default();
        for (_, agency) in keys.values() {
            database.logs.entry(agency.clone()).or_default();
        }
        Self {
            key: Arc::new(SigningKey::from_seed(&[200; 32])),
            keys,
            database,
            longest: BTreeMap::new(),
            ended: BTreeSet::new(),
            epochs: 0,
            nonces: BTreeSet::new(),
            page: PAGE,
        }
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    pub(crate) fn log(&self, agency: &AgencyId) -> &Log {
        &self.database.logs[agency]
    }

    pub(crate) fn standing(&self, writer: WriterId) -> (Standing, u64) {
        let acked = self.database.acked.get(&writer).map_or(0, |(acked, _)| *acked);
        let held = self.database.held.contains_key(&writer);
        (if held { Standing::Revoked } else { Standing::Active }, acked)
    }

    pub(crate) fn revoke(&mut self, writer: WriterId) {
        self.database.held.entry(writer).or_default();
    }

    pub(crate) fn let_in(&mut self, writer: WriterId) {
        let agency = self.keys[&writer].1.clone();
        let held = self.database.held.remove(&writer).unwrap_or_default();
        let log = self.database.logs.entry(agency).or_default();
        for record in held {
            log.append(record);
        }
    }

    /// What decides how it goes on, in words.
    pub(crate) fn likeness(&self) -> String {
        let logs: Vec<_> = self.database.logs.values().map(|log| (log.epoch, log.frontier.root())).collect();
        format!("{logs:?} {:?} {:?} {:?}", self.database.acked, self.longest, self.ended)
    }

    /// What is in memory only is gone.
    pub(crate) fn crash(&mut self) {
        self.nonces.clear();
    }

    /// Puts a copy of the database back; what is kept beside it stays.
    pub(crate) fn put_back(&mut self, copy: Database) {
        self.database = copy;
        self.crash();
        for agency in self.database.logs.keys().cloned().collect::<Vec<_>>() {
            let (epoch, size) = (self.log(&agency).epoch, self.log(&agency).size());
            let known = self.longest.get(&agency).copied().unwrap_or_default();
            if (epoch == known.0 && size < known.1) || self.ended.contains(&epoch) {
                self.begin_epoch(&agency);
            }
        }
    }

    fn begin_epoch(&mut self, agency: &AgencyId) {
        self.epochs += 1;
        let fresh = Epoch([self.epochs; 16]);
        let log = self.database.logs.entry(agency.clone()).or_default();
        let known = self.longest.insert(agency.clone(), (fresh, log.size())).unwrap_or_default();
        self.ended.extend([log.epoch, known.0]);
        log.epoch = fresh;
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
        let (key, agency) = self.keys.get(&auth.device).cloned().ok_or(Refusal::Unauthenticated)?;
        let server = ServerId::of(&self.public_key());
        let signable = Signable { method: request.method, target: &request.target, body: &request.body, server };
        if auth.agency != agency || !auth.verify(&key, signable) {
            return Err(Refusal::Unauthenticated);
        }
        if auth.at_ms.abs_diff(now_ms) > MAX_SKEW_MS {
            return Err(Refusal::ClockSkew);
        }
        if !self.nonces.insert((auth.device, auth.nonce)) {
            return Err(Refusal::Replayed);
        }
        let message: SyncRequest = unpack(&request.body).map_err(|_| Refusal::Malformed)?;
        let response = self.sync(auth.device, &agency, message, now_ms)?;
        let answer = message::SyncAnswer { device: auth.device, nonce: auth.nonce, response };
        Ok(pack(&Signed::seal(&*self.key, &answer)).expect("packs"))
    }

    fn sync(
        &mut self,
        device: WriterId,
        agency: &AgencyId,
        request: SyncRequest,
        now_ms: u64,
    ) -> Result<SyncResponse, Refusal> {
        let mut noted = Vec::new();
        for run in request.push {
            if run.agency != *agency {
                return Err(Refusal::Forbidden);
            }
            self.store(agency, run.records().map_err(|_| Refusal::Malformed)?, &mut noted)?;
        }
        if let Some(receipt) = request.proof.as_ref().and_then(|proof| proof.open(&self.public_key()).ok())
            && receipt.checkpoint.epoch == self.log(agency).epoch
            && receipt.checkpoint.size > self.log(agency).size()
        {
            self.begin_epoch(agency);
        }
        let (standing, _) = self.standing(device);
        let log = &self.database.logs[agency];
        let size = log.size();
        self.longest.insert(agency.clone(), (log.epoch, size));
        let root = log.frontier.root();
        let checkpoint = Checkpoint { agency: agency.clone(), epoch: log.epoch, size, root, at_ms: now_ms };
        let (acked, head) = self.database.acked.get(&device).copied().unwrap_or_default();
        let receipt = Receipt { writer: device, acked, head, checkpoint };
        let same = request.have.epoch == log.epoch;
        let cursor = if same { request.have.cursor } else { 0 };
        let consistency = (same && request.have.size <= size)
            .then(|| merkle::plan_consistency(request.have.size, size))
            .flatten()
            .and_then(|plan| plan.assemble(&log.nodes));
        let own = request.have.own.first().map_or(0, |own| own.seq);
        let restored = (request.restore == Some(device)).then(|| self.tail(log, device, own)).flatten();
        let page = match standing {
            Standing::Active => self.page(log, device, cursor, request.want),
            _ => Page { next: cursor, ..Page::default() },
        };
        Ok(SyncResponse {
            protocol: PROTOCOL,
            server_ms: now_ms,
            receipts: vec![Signed::seal(&*self.key, &receipt)],
            noted,
            refused: Vec::new(),
            page,
            consistency,
            roster: None,
            standing,
            restored,
            caps: Capabilities::OURS,
            role: None,
            custody: Vec::new(),
            awaiting: Vec::new(),
            incidents: Vec::new(),
        })
    }

    fn store(&mut self, agency: &AgencyId, records: Vec<Record>, noted: &mut Vec<Noted>) -> Result<(), Refusal> {
        let Some(first) = records.first() else { return Ok(()) };
        let writer = first.id().writer;
        let (key, _) = self.keys[&writer];
        for record in records {
            let (acked, hash) = self.database.acked.get(&writer).copied().unwrap_or_default();
            let seq = record.id().seq;
            let held = self.database.held.get(&writer);
            if seq <= acked {
                let log = &self.database.logs[agency].records;
                let known = log.iter().chain(held.into_iter().flatten()).find(|known| known.id() == record.id());
                assert_eq!(known.map(Record::hash), Some(record.hash()), "no day makes a fork");
                continue;
            }
            if seq > acked + 1 {
                break;
            }
            assert_eq!(record.envelope().prev, hash);
            record.verify(&key).map_err(|_| Refusal::Malformed)?;
            self.database.acked.insert(writer, (seq, record.hash()));
            match self.database.held.get_mut(&writer) {
                Some(held) => {
                    held.push(record);
                    noted.push(Noted { writer, seq, disposition: Disposition::Held });
                }
                None => self.database.logs.entry(agency.clone()).or_default().append(record),
            }
        }
        Ok(())
    }

    fn page(&self, log: &Log, device: WriterId, cursor: u64, want: u32) -> Page {
        let size = log.size();
        let foreign = (1..).zip(&log.records).filter(|(lsn, record)| *lsn > cursor && record.id().writer != device);
        let limit = self.page.min(want as usize);
        let rows: Vec<(u64, &Record)> = foreign.take(limit).collect();
        let next = if rows.len() < limit { size } else { rows.last().map_or(cursor, |row| row.0) };
        let mut writers: BTreeMap<WriterId, Vec<(u64, Record)>> = BTreeMap::new();
        for (lsn, record) in rows {
            writers.entry(record.id().writer).or_default().push((lsn, record.clone()));
        }
        let runs = writers.into_values().map(|rows| self.run(&rows)).collect();
        let next = next.max(cursor);
        let between = (1..).zip(&log.records).filter(|(lsn, _)| *lsn > cursor && *lsn <= next);
        let own: Vec<(u64, u64)> = between
            .filter(|(_, record)| record.id().writer == device)
            .map(|(lsn, record)| (lsn, record.id().seq))
            .collect();
        let own = own.first().map(|(_, first_seq)| OwnRun {
            writer: device,
            first_seq: *first_seq,
            lsns: steps(own.iter().map(|(lsn, _)| *lsn)),
            noted: Vec::new(),
            words: words(own.iter().map(|(lsn, _)| *lsn)),
        });
        Page { runs, next, left: size.saturating_sub(next), own: own.into_iter().collect(), leaves_from: 0 }
    }

    fn run(&self, rows: &[(u64, Record)]) -> PulledRun {
        let records: Vec<Record> = rows.iter().map(|(_, record)| record.clone()).collect();
        let lsns = steps(rows.iter().map(|(lsn, _)| *lsn));
        let run = Run::of(&records).expect("a writer's records follow each other");
        let key = self.keys[&run.writer].0.to_bytes();
        PulledRun { run, key, lsns, noted: Vec::new(), words: words(rows.iter().map(|(lsn, _)| *lsn)) }
    }

    fn tail(&self, log: &Log, device: WriterId, after: u64) -> Option<PulledRun> {
        let rows: Vec<(u64, Record)> = (1..)
            .zip(&log.records)
            .filter(|(_, record)| record.id().writer == device && record.id().seq > after)
            .map(|(lsn, record)| (lsn, record.clone()))
            .take(PAGE)
            .collect();
        (!rows.is_empty()).then(|| self.run(&rows))
    }
}

/// Numbers, each less the one before.
fn steps(lsns: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut last = 0;
    lsns.map(|lsn| lsn - std::mem::replace(&mut last, lsn)).collect()
}

/// What the log says of the records with these numbers.
fn words(lsns: impl Iterator<Item = u64>) -> Words {
    let mut last = 0;
    let recv = lsns.map(|lsn| {
        let at = recv_ms(lsn).cast_signed();
        at - std::mem::replace(&mut last, at)
    });
    Words { recv: recv.collect(), verdicts: Vec::new() }
}
