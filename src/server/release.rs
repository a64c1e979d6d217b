//! Records that were held come into the log, weighed as those that come in good standing.

use auxlog_record::WriterId;
use auxlog_sync::message::Standing;

use crate::ingest::{self, Ingest};
use crate::scope::AgencyScope;
use crate::store::StoreError;

/// How often what is held is weighed anew because more came meanwhile.
const TRIES: u32 = 10;

/// Moves a writer's held records into the log; gives how many.
pub(crate) async fn release(
    with: Ingest<'_>,
    scope: &AgencyScope,
    writer: WriterId,
    reason: &str,
) -> Result<u64, StoreError> {
    for _ in 0..TRIES {
        let weighed = ingest::held(with, scope, writer).await?;
        if let Some(count) = with.store.release(scope, writer, &weighed, reason, with.now).await? {
            return Ok(count);
        }
    }
    Err(busy())
}

/// Changes a device's standing; what is held of one that is let in comes into the log.
pub(crate) async fn stand(
    with: Ingest<'_>,
    scope: &AgencyScope,
    writer: WriterId,
    standing: Standing,
    reason: &str,
) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let weighed = match standing {
            Standing::Active => ingest::held(with, scope, writer).await?,
            _ => Vec::new(),
        };
        if with.store.set_standing(scope, (writer, &weighed), standing, reason, with.now).await? {
            return Ok(());
        }
    }
    Err(busy())
}

/// Whoever is being decided about goes on sending: it is for whoever decides to try again.
fn busy() -> StoreError {
    StoreError::Database(sqlx::Error::PoolTimedOut)
}
