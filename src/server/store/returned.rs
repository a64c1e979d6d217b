//! What the office did after a backup that was put back: laptops hold its records, and bring them.
//!
//! Each chain bears the server's own signature over its key, so that it matters to nobody who brings
//! it. What it says takes effect again, unless something newer was said of the same key since.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::{Event, Hash, KeyCertified, PublicKey, Record, Role, Standing, StandingSet, WriterId};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::append::extend_log;
use super::audit::{self, IncidentKind};
use super::rosters::keep_version;
use super::writers::{devices_within, standing_name};
use super::{DeviceRow, Fresh, Result, Store, about, deliveries, office};
use crate::scope::AgencyScope;

/// A chain of the office whose first record the server's key certifies, and of which every record is
/// signed by its own.
#[derive(Debug, Clone)]
pub(crate) struct Returned {
    /// The chain's key.
    pub(crate) key: PublicKey,
    /// What made it; empty where the log has its first record.
    pub(crate) program: String,
    /// Those of its records that came, one after the other.
    pub(crate) records: Vec<Record>,
}

impl Store {
    /// Takes back what of a chain the log has not got; gives how many records that are.
    pub(crate) async fn take_back(&self, scope: &AgencyScope, chain: &Returned, now: u64) -> Result<u64> {
        self.again(|| self.take_back_once(scope, chain, now)).await
    }

    async fn take_back_once(&self, scope: &AgencyScope, chain: &Returned, now: u64) -> Result<u64> {
        let (writer, length) = (chain.key.writer(), chain.records.len() as u64);
        let first = chain.records.first().map_or(1, |record| record.id().seq);
        let last = first + length.saturating_sub(1);
        // What is here stays: brought again, it need not wait for anybody.
        if self.hashes(scope, writer, first, last).await?.len() as u64 == length {
            return Ok(0);
        }
        let mut desk = self.desk(scope.agency()).await?;
        let mut transaction = self.begin().await?;
        // Before the log's head, as an append does: whom this shuts out delivers no more.
        deliveries::lock(self, &mut transaction, scope.agency()).await?;
        // Whoever says something meanwhile waits for this, or is read here: what a later word revoked stays so.
        let lock = format!("SELECT size FROM agency_head WHERE agency_id = $1{}", self.dialect.for_update);
        sql!(AssertSqlSafe(lock); scope.agency()).fetch_one(&mut *transaction).await?;
        let known = self.hashes(scope, writer, first, last).await?;
        let missing: Vec<&Record> =
            chain.records.iter().filter(|record| !known.contains_key(&record.id().seq)).collect();
        if missing.is_empty() {
            return Ok(0);
        }
        let newest = self.newest_said(scope).await?;
        let overtaken = self.overtaken(scope, &missing, now).await?;
        sql!(
            "INSERT INTO office_writer (agency_id, writer_id, public_key, program, opened_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
            scope.agency(), writer, chain.key.to_bytes(), chain.program, now
        )
        .execute(&mut *transaction)
        .await?;
        let fresh: Vec<Fresh> = missing
            .iter()
            .map(|record| {
                let about = record.event().map(|event| about::about(record.id(), &event)).unwrap_or_default();
                Fresh { about, ..Fresh::of(record) }
            })
            .collect();
        let rows: Vec<(WriterId, &Fresh)> = fresh.iter().map(|fresh| (writer, fresh)).collect();
        extend_log(self, &mut transaction, scope.agency(), &rows, now, 0).await?;
        let mut devices: BTreeMap<WriterId, DeviceRow> = devices_within(&mut transaction, scope.agency())
            .await?
            .into_iter()
            .map(|device| (device.writer, device))
            .collect();
        let mut kept = Vec::new();
        let mut certified: BTreeSet<WriterId> = newest.keys().copied().collect();
        for record in &missing {
            let hlc = record.envelope().hlc.0;
            let is_newest = |of: WriterId| newest.get(&of).is_none_or(|said| said.hlc < hlc);
            let event = record.event();
            // An act whose administrator the log does not know yet, as their certificate stands in a chain that
            // comes later, is the office's own word: it was carried out.
            let asked = event.as_ref().ok().and_then(Event::asked);
            let unknown = asked.is_some_and(|(asked, _)| !certified.contains(&asked.by()));
            let again = event.clone().ok().filter(|_| unknown).map(Event::as_the_offices);
            if let Ok(Event::KeyCertified(said)) = &event {
                certified.insert(WriterId::of(&said.key));
            }
            match event {
                Ok(Event::KeyCertified(certified)) if !devices.contains_key(&WriterId::of(&certified.key)) => {
                    let device = let_in(&mut transaction, scope, &certified, now).await?;
                    devices.extend(device.map(|device| (device.writer, device)));
                    kept.extend(again);
                    // Whoever was shut out afterwards stays so, in whichever order the chains come.
                    let of = WriterId::of(&certified.key);
                    if let Some(said) = newest.get(&of).filter(|_| !is_newest(of)) {
                        set(self, &mut transaction, scope, of, said.standing, &said.reason, now).await?;
                        kept.push(office::stands(of, said.standing, &said.reason, None));
                    }
                }
                Ok(Event::KeyCertified(certified)) if is_newest(WriterId::of(&certified.key)) => {
                    let of = WriterId::of(&certified.key);
                    set(self, &mut transaction, scope, of, Standing::Active, "", now).await?;
                    kept.extend(again);
                }
                Ok(Event::StandingSet(StandingSet { writer: of, standing, reason, .. })) => {
                    if is_newest(of) {
                        set(self, &mut transaction, scope, of, standing, &reason, now).await?;
                        kept.extend(again);
                    } else if let Some(device) = devices.get(&of) {
                        // What was said since stays said: the log's order decides.
                        kept.push(office::stands(of, device.standing, &device.reason, None));
                    }
                }
                Ok(Event::RosterIssued(_)) => kept.extend(again),
                _ => {}
            }
        }
        if let Some(row) = overtaken
            && keep_version(&mut transaction, scope, &row.manifest, &row.source, "local").await?
        {
            kept.push(office::issued(&row.manifest, &row.source, None));
            let version = row.manifest.version.to_string();
            audit::note(&mut transaction, scope, now, "roster_reissue", &version, &row.source).await?;
        }
        if !kept.is_empty() {
            desk.append(self, &mut transaction, &kept, now).await?;
        }
        let detail = format!("{} records of the office came back from a laptop", missing.len());
        audit::file(&mut transaction, scope.agency(), now, IncidentKind::ServerBehind, writer, 0, &detail).await?;
        transaction.commit().await?;
        desk.keep(self);
        Ok(missing.len() as u64)
    }

    /// The newest roster version that the log's office ever issued; 0 is none.
    pub(crate) async fn newest_issued(&self, scope: &AgencyScope) -> Result<u64> {
        Ok(self.issued_versions(scope).await?.last().copied().unwrap_or(0))
    }

    /// The roster versions that the log's office ever issued.
    pub(crate) async fn issued_versions(&self, scope: &AgencyScope) -> Result<BTreeSet<u64>> {
        let records = self.office_records(scope).await?;
        let versions = records.iter().filter_map(|placed| match placed.record.event() {
            Ok(Event::RosterIssued(issued)) => Some(issued.version),
            _ => None,
        });
        Ok(versions.collect())
    }

    /// The newest thing that the log's office says of each key.
    async fn newest_said(&self, scope: &AgencyScope) -> Result<BTreeMap<WriterId, Said>> {
        let mut newest: BTreeMap<WriterId, Said> = BTreeMap::new();
        for placed in self.office_records(scope).await?.iter() {
            let (of, standing, reason) = match placed.record.event() {
                Ok(Event::KeyCertified(certified)) => (WriterId::of(&certified.key), Standing::Active, String::new()),
                Ok(Event::StandingSet(set)) => (set.writer, set.standing, set.reason),
                _ => continue,
            };
            let said = Said { hlc: placed.record.envelope().hlc.0, standing, reason };
            if newest.get(&of).is_none_or(|known| known.hlc < said.hlc) {
                newest.insert(of, said);
            }
        }
        Ok(newest)
    }
}

/// What the office said of a key.
struct Said {
    /// When, by logical time.
    hlc: u64,
    standing: Standing,
    reason: String,
}

/// Knows a device again that was let in after the backup.
async fn let_in(
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    certified: &KeyCertified,
    now: u64,
) -> Result<Option<DeviceRow>> {
    let writer = WriterId::of(&certified.key);
    sql!(
        "INSERT INTO writer (agency_id, writer_id, public_key, officer_id, officer_name, laptop, role,
         standing, reason, acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms, certified, joined_seq, succeeds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, 0, $10, $10, 1, $11, $12) ON CONFLICT DO NOTHING";
        scope.agency(), writer, certified.key, certified.officer, certified.name, certified.laptop,
        Role::name(certified.role), standing_name(Standing::Active), Hash::default(), now, certified.before,
        certified.succeeds.map(|old| old.0.to_vec())
    )
    .execute(&mut **transaction)
    .await?;
    let devices = devices_within(transaction, scope.agency()).await?;
    Ok(devices.into_iter().find(|device| device.writer == writer))
}

async fn set(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    writer: WriterId,
    standing: Standing,
    reason: &str,
    now: u64,
) -> Result<()> {
    sql!(
        "UPDATE writer SET standing = $3, reason = $4, changed_ms = $5, certified = 1
         WHERE agency_id = $1 AND writer_id = $2";
        scope.agency(), writer, standing_name(standing), reason, now
    )
    .execute(&mut **transaction)
    .await?;
    if standing == Standing::Active {
        return Ok(());
    }
    deliveries::shut_out(store, transaction, scope.agency(), writer).await
}
