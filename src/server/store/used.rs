//! Requests that were accepted: none is carried out or answered again, on whichever replica or after
//! whichever restart it comes once more.

use std::collections::{BTreeSet, HashSet};

use auxlog_record::{AgencyId, WriterId};
use auxlog_sync::auth::MAX_SKEW_MS;
use sqlx::{Any, AssertSqlSafe, Executor, Transaction};

use super::{Result, Store, fixed, ms, pieces, values};
use crate::answered::Request;
use crate::scope::AgencyScope;

/// For how long a nonce is kept: far longer than the time in a request may be off.
const KEPT_MS: u64 = 4 * MAX_SKEW_MS;

/// How often they are looked through for old ones.
const PURGE_MS: u64 = 60_000;

/// Takes away what is older than any request that would still be accepted.
const PURGE: &str = "DELETE FROM used_request WHERE agency_id = $1 AND at_ms < $2";

impl Store {
    /// Takes note that a device's request was accepted; `false` when it was accepted before.
    ///
    /// # Errors
    /// When the database fails; then the request must not be carried out.
    pub(crate) async fn use_request(
        &self,
        scope: &AgencyScope,
        device: WriterId,
        nonce: [u8; 12],
        now: u64,
    ) -> Result<bool> {
        self.again(|| async {
            let mut transaction = self.begin().await?;
            sql!(PURGE; scope.agency(), now.saturating_sub(KEPT_MS)).execute(&mut *transaction).await?;
            let used = sql!(
                "INSERT INTO used_request (agency_id, writer_id, nonce, at_ms) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING";
                scope.agency(), device, nonce, now
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(used.rows_affected() == 1)
        })
        .await
    }

    /// Takes note of requests that only read; gives those that were not accepted before. The commit
    /// waits for no disk.
    ///
    /// # Errors
    /// When the database fails; then none of them must be answered.
    pub(crate) async fn use_reads(
        &self,
        agency: &AgencyId,
        requests: &[Request],
        now: u64,
    ) -> Result<HashSet<Request>> {
        let mut fresh = HashSet::with_capacity(requests.len());
        for piece in pieces(requests) {
            fresh.extend(self.again(|| use_piece(self, &self.loose, agency, piece, now)).await?);
        }
        purge(self, &self.loose, agency, now).await?;
        Ok(fresh)
    }
}

/// Takes note of requests with what they bring, which spares a transaction of their own; gives those that
/// were not accepted before.
pub(super) async fn note(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    requests: &[Request],
    now: u64,
) -> Result<HashSet<Request>> {
    let mut fresh = HashSet::with_capacity(requests.len());
    let requests: BTreeSet<Request> = requests.iter().copied().collect();
    for piece in pieces(&Vec::from_iter(requests)) {
        fresh.extend(use_piece(store, &mut **transaction, agency, piece, now).await?);
    }
    purge(store, &mut **transaction, agency, now).await?;
    Ok(fresh)
}

async fn use_piece<'e>(
    store: &Store,
    executor: impl Executor<'e, Database = Any>,
    agency: &AgencyId,
    requests: &[Request],
    now: u64,
) -> Result<Vec<Request>> {
    let statement = format!(
        "INSERT INTO used_request (agency_id, writer_id, nonce, at_ms) VALUES {}
         ON CONFLICT DO NOTHING RETURNING writer_id, nonce",
        values(store.dialect, requests.len(), 4)
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for (device, nonce) in requests {
        query = bind!(query; agency, device, nonce, now);
    }
    let rows = query.fetch_all(executor).await?;
    rows.iter().map(|row| Ok((WriterId(fixed(row, "writer_id")?), fixed(row, "nonce")?))).collect()
}

/// Takes the agency's old ones away, once in a while.
async fn purge<'e>(
    store: &Store,
    executor: impl Executor<'e, Database = Any>,
    agency: &AgencyId,
    now: u64,
) -> Result<()> {
    if store.purges.is_due(agency, now, PURGE_MS) {
        let before = ms(now.saturating_sub(KEPT_MS));
        sql!(PURGE; agency, before).execute(executor).await?;
    }
    Ok(())
}

/// When each agency's old nonces were taken away last.
#[derive(Debug, Default)]
pub(super) struct Purges(std::sync::Mutex<std::collections::HashMap<AgencyId, u64>>);

impl Purges {
    /// Whether it is time again; the first time only notes when it was.
    fn is_due(&self, agency: &AgencyId, now: u64, every: u64) -> bool {
        let mut last = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let at = last.entry(agency.clone()).or_insert(now);
        let due = now.saturating_sub(*at) > every;
        if due {
            *at = now;
        }
        due
    }
}
