//! The office's chains of this process: who is who, and which rules hold, as records of the log.
//!
//! Each agency has a chain with a key that lives in this process only, made when its office first has
//! something to say. What it says goes into the log in the transaction that changes the tables. A chain
//! that took part in a transaction which did not commit, or of which that is not known, is thrown away:
//! none ever forks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use auxlog_record::{
    AgencyId, Asked, Event, Hlc, KeyCertified, LogicalClock, MAX_FIELD, MAX_TEXT, OfficeOpened, PublicKey, Reading,
    Record, RecordId, RosterIssued, RulesAdopted, Signer as _, SigningKey, Standing, StandingSet, Tip, WriterId, cut,
    visible, visible_line,
};
use auxlog_sync::roster::{Manifest, Salts, TableName};
use auxlog_sync::run::MAX_RECORDS;
use sqlx::{Any, AssertSqlSafe, Transaction};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::append::extend_log;
use super::log::Head;
use super::{DeviceRow, Fresh, Result, Store, StoreError, about, fixed, ms, unsigned};
use crate::scope::AgencyScope;

/// An event as it may stand in a record: what comes from rosters, laptops and older tables is cut, and seen
/// as it is. What somebody types is refused where they do.
fn told(event: &Event) -> Event {
    let line = |text: &mut String| *text = cut(&visible_line(text), MAX_FIELD - 1).into_owned();
    let lines = |text: &mut String| *text = cut(&visible(text), MAX_TEXT - 1).into_owned();
    let mut event = event.clone();
    match &mut event {
        Event::KeyCertified(certified) => {
            line(&mut certified.officer.0);
            line(&mut certified.name);
            line(&mut certified.laptop);
        }
        Event::StandingSet(set) => lines(&mut set.reason),
        Event::HeldReleased(released) => lines(&mut released.reason),
        Event::RosterIssued(issued) => line(&mut issued.source),
        _ => {}
    }
    event
}

/// Whether a reason that somebody types may stand in a record.
pub(super) fn sayable(reason: &str) -> Result<()> {
    let (writer, standing, reason) = (WriterId::default(), Standing::Revoked, reason.to_owned());
    let set = StandingSet { writer, standing, reason, by: None, asked: None };
    Ok(Event::StandingSet(set).within_limits()?)
}

/// A chain of the office, as far as its records are in the log.
#[derive(Debug)]
struct OfficeChain {
    key: SigningKey,
    tip: Tip,
}

/// An agency's chain; `None` until its office says something.
type Place = Arc<Turn<Option<OfficeChain>>>;

/// The offices that this process writes for.
#[derive(Debug)]
pub(super) struct Office {
    server: SigningKey,
    salts: Salts,
    program: String,
    started: Instant,
    boot_id: [u8; 8],
    places: Mutex<HashMap<AgencyId, Place>>,
}

/// An agency's office for one transaction. It is taken before the transaction begins; whoever holds it
/// alone writes on the chain.
pub(super) struct Desk {
    office: Arc<Office>,
    agency: AgencyId,
    place: OwnedMutexGuard<Option<OfficeChain>>,
    /// The chain while a transaction writes on it.
    taken: Option<OfficeChain>,
    head: Option<Head>,
    /// The records that it wrote.
    written: Vec<RecordId>,
}

fn random() -> StoreError {
    StoreError::Database(sqlx::Error::Io(std::io::Error::other("the system's random number generator failed")))
}

impl Office {
    pub(super) fn new(server: SigningKey, program: &str) -> Result<Self> {
        let mut boot_id = [0; 8];
        getrandom::fill(&mut boot_id).map_err(|_| random())?;
        let (program, started, salts) = (program.to_owned(), Instant::now(), Salts::of(&server));
        Ok(Self { server, salts, program, started, boot_id, places: Mutex::default() })
    }

    async fn desk(self: &Arc<Self>, agency: &AgencyId) -> Desk {
        let place = {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(places.entry(agency.clone()).or_default())
        };
        let place = place.lock_owned().await;
        Desk { office: Arc::clone(self), agency: agency.clone(), place, taken: None, head: None, written: Vec::new() }
    }
}

impl Desk {
    /// Seals what the office says as its next records and appends them to the agency's log; a new chain
    /// is opened first. Gives the log's head.
    pub(super) async fn append(
        &mut self,
        store: &Store,
        transaction: &mut Transaction<'_, Any>,
        events: &[Event],
        now: u64,
    ) -> Result<Option<Head>> {
        let events: Vec<Event> = events.iter().map(told).collect();
        // From here on the place is empty, until the transaction is known to have committed.
        let chain = match self.taken.take().or_else(|| self.place.take()) {
            Some(chain) => chain,
            None => self.open(store, transaction, Hlc::default(), now).await?,
        };
        let mut chain = self.taken.insert(chain);
        // What comes after rules were adopted has leaves of their kind, so they end a batch.
        let mut batches = events.split_inclusive(|event| matches!(event, Event::RulesAdopted(_)));
        let mut left = batches.next();
        while let Some(batch) = left {
            // A chain is no longer than what laptops bring at once.
            let mut room = MAX_RECORDS.saturating_sub(usize::try_from(chain.tip.seq).unwrap_or(usize::MAX));
            if room == 0 {
                let hlc = chain.tip.hlc;
                let next = self.open(store, transaction, hlc, now).await?;
                chain = self.taken.insert(next);
                room = MAX_RECORDS - 1;
            }
            let (batch, rest) = batch.split_at(batch.len().min(room));
            left = if rest.is_empty() { batches.next() } else { Some(rest) };
            let fresh = batch.iter().map(|event| chain.seal(&self.office, &self.agency, event, now));
            let fresh = fresh.collect::<Result<Vec<Fresh>>>()?;
            let writer = chain.key.writer();
            let rows: Vec<(WriterId, &Fresh)> = fresh.iter().map(|fresh| (writer, fresh)).collect();
            let mut head = extend_log(store, transaction, &self.agency, &rows, now, 0).await?;
            self.written.extend(fresh.iter().map(|fresh| RecordId { writer, seq: fresh.seq }));
            if let Some(Event::RulesAdopted(adopted)) = batch.last()
                && adopted.leaves > 1
                && head.leaves_from == u64::MAX
            {
                head.leaves_from = head.size;
                sql!("UPDATE agency_head SET leaves_from = $2 WHERE agency_id = $1"; self.agency, head.size)
                    .execute(&mut **transaction)
                    .await?;
            }
            self.head = Some(head);
        }
        Ok(self.head.clone())
    }

    /// Begins a chain: its key is made known, so that pages can give it, and certified by the server's.
    /// Its logical time goes on from that of the one before.
    async fn open(
        &self,
        store: &Store,
        transaction: &mut Transaction<'_, Any>,
        hlc: Hlc,
        now: u64,
    ) -> Result<OfficeChain> {
        let key = SigningKey::generate().map_err(|_| random())?;
        sql!(
            "INSERT INTO office_writer (agency_id, writer_id, public_key, program, opened_ms)
             VALUES ($1, $2, $3, $4, $5)";
            self.agency, key.writer(), key.public_key().to_bytes(), self.office.program, now
        )
        .execute(&mut **transaction)
        .await?;
        let opened = OfficeOpened::new(&self.office.server, &key.public_key(), &self.agency, &self.office.program);
        let mut chain = OfficeChain { key, tip: Tip { hlc, ..Tip::default() } };
        let fresh = chain.seal(&self.office, &self.agency, &Event::OfficeOpened(opened), now)?;
        extend_log(store, transaction, &self.agency, &[(chain.key.writer(), &fresh)], now, 0).await?;
        Ok(chain)
    }

    /// The records that it wrote, those that open a chain aside.
    pub(super) fn written(&self) -> &[RecordId] {
        &self.written
    }

    /// The transaction committed: the chain may be gone on with.
    pub(super) fn keep(mut self, store: &Store) {
        if let Some(chain) = self.taken.take() {
            *self.place = Some(chain);
        }
        if let Some(head) = &self.head {
            store.high_water.note(&self.agency, head);
        }
    }
}

impl OfficeChain {
    fn seal(&mut self, office: &Office, agency: &AgencyId, event: &Event, now: u64) -> Result<Fresh> {
        let reading = Reading {
            wall_ms: ms(now),
            mono_ms: u64::try_from(office.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            boot_id: office.boot_id,
        };
        let stamp = LogicalClock::after(self.tip.hlc).stamp(reading);
        let record = Record::seal(&self.key, agency, self.tip, stamp, event)
            .map_err(|e| StoreError::Corrupt { table: "office_writer", what: e.to_string() })?;
        self.tip = record.tip();
        Ok(Fresh { about: about::about(record.id(), event), ..Fresh::of(&record) })
    }
}

/// That a device's key is certified.
pub(super) fn certified(device: &DeviceRow, before: u64, succeeds: Option<WriterId>, asked: Option<&Asked>) -> Event {
    Event::KeyCertified(KeyCertified {
        key: device.public_key,
        officer: device.officer.clone(),
        name: device.officer_name.clone(),
        role: device.role,
        until_ms: None,
        laptop: device.laptop.clone(),
        before,
        succeeds,
        by: asked.map(Asked::by),
        asked: asked.cloned(),
    })
}

/// That a key's standing changed.
pub(super) fn stands(writer: WriterId, standing: Standing, reason: &str, asked: Option<&Asked>) -> Event {
    let (by, asked) = (asked.map(Asked::by), asked.cloned());
    Event::StandingSet(StandingSet { writer, standing, reason: reason.to_owned(), by, asked })
}

/// That a roster is in force.
pub(super) fn issued(manifest: &Manifest, source: &str, asked: Option<&Asked>) -> Event {
    let rows = |name| manifest.tables.iter().filter(|table| table.name == name).map(|table| table.rows).sum();
    let bytes = minicbor::to_vec(manifest).expect("writing to memory cannot fail");
    Event::RosterIssued(RosterIssued {
        version: manifest.version,
        manifest: auxlog_record::crypto::sha256(&[&bytes]),
        officers: rows(TableName::Officers),
        auxiliaries: rows(TableName::Auxiliaries),
        source: source.to_owned(),
        by: asked.map(Asked::by),
        asked: asked.cloned(),
    })
}

/// Which key took over from which: 0.1.0 kept it in the reason for which the old one ended.
fn line(devices: &[DeviceRow]) -> HashMap<WriterId, WriterId> {
    let heir = |device: &DeviceRow| device.reason.strip_prefix("succeeded by ")?.split(':').next()?.parse().ok();
    devices.iter().filter_map(|device| Some((heir(device)?, device.writer))).collect()
}

impl Store {
    /// Writes the offices' records from now on, as the server with this key.
    pub(crate) fn with_office(mut self, server: SigningKey, program: &str) -> Result<Self> {
        self.office = Some(Arc::new(Office::new(server, program)?));
        Ok(self)
    }

    /// What the rows of rosters are salted from.
    pub(crate) fn salts(&self) -> Result<&Salts> {
        Ok(&self.office.as_ref().ok_or(StoreError::NoServerKey)?.salts)
    }

    /// An agency's office for one transaction; to be taken before that begins.
    pub(super) async fn desk(&self, agency: &AgencyId) -> Result<Desk> {
        let office = self.office.as_ref();
        let office = office.ok_or(StoreError::NoServerKey)?;
        Ok(office.desk(agency).await)
    }

    /// The key of a chain of the agency's office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn office_key(&self, scope: &AgencyScope, writer: WriterId) -> Result<Option<PublicKey>> {
        let row = sql!(
            "SELECT public_key FROM office_writer WHERE agency_id = $1 AND writer_id = $2";
            scope.agency(), writer
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let key = PublicKey::from_bytes(&fixed(&row, "public_key")?);
        key.map(Some).map_err(|e| StoreError::Corrupt { table: "office_writer", what: e.to_string() })
    }

    /// Gives each agency of a database of 0.1.0 its office: what the tables say becomes records.
    pub(crate) async fn open_offices(&self, now: u64) -> Result<()> {
        for (agency, _) in self.agencies().await? {
            let known = sql!("SELECT count(*) AS chains FROM office_writer WHERE agency_id = $1"; agency)
                .fetch_one(&self.read)
                .await?;
            if unsigned(&known, "chains")? == 0 {
                self.again(|| self.open_office(&agency, now)).await?;
            }
        }
        Ok(())
    }

    async fn open_office(&self, agency: &AgencyId, now: u64) -> Result<()> {
        let scope = AgencyScope::local(agency);
        let roster = self.roster(&scope, None).await?;
        let mut desk = self.desk(agency).await?;
        let mut transaction = self.begin().await?;
        // Another replica may be doing the same.
        let lock = format!("SELECT size FROM agency_head WHERE agency_id = $1{}", self.dialect.for_update);
        sql!(AssertSqlSafe(lock); agency).fetch_one(&mut *transaction).await?;
        let known = sql!("SELECT count(*) AS chains FROM office_writer WHERE agency_id = $1"; agency)
            .fetch_one(&mut *transaction)
            .await?;
        if unsigned(&known, "chains")? > 0 {
            return Ok(());
        }
        let mut events = Vec::new();
        let devices = super::writers::devices_within(&mut transaction, agency).await?;
        let line = line(&devices);
        for (heir, old) in &line {
            sql!("UPDATE writer SET succeeds = $3 WHERE agency_id = $1 AND writer_id = $2"; agency, heir, old)
                .execute(&mut *transaction)
                .await?;
        }
        for device in devices {
            if device.standing == Standing::Pending {
                continue;
            }
            events.push(certified(&device, device.acked_seq, line.get(&device.writer).copied(), None));
            if device.standing != Standing::Active {
                events.push(stands(device.writer, device.standing, &device.reason, None));
            }
        }
        sql!("UPDATE writer SET certified = 1 WHERE agency_id = $1 AND standing <> 'pending'"; agency)
            .execute(&mut *transaction)
            .await?;
        events.extend(roster.map(|row| issued(&row.manifest, &row.source, None)));
        events.push(Event::RulesAdopted(RulesAdopted::NEWEST));
        desk.append(self, &mut transaction, &events, now).await?;
        transaction.commit().await?;
        desk.keep(self);
        tracing::info!(%agency, records = events.len() + 1, "the agency's office opened its log");
        Ok(())
    }
}
