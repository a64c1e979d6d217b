//! Requests that change something and were done: none of them may be done again, on whichever
//! replica or after whichever restart it comes once more.

use auxlog_record::WriterId;
use auxlog_sync::auth::MAX_SKEW_MS;

use super::{Result, Store, ms};
use crate::scope::AgencyScope;

/// For how long a nonce is kept: far longer than the time in a request may be off.
const KEPT_MS: u64 = 4 * MAX_SKEW_MS;

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
            sqlx::query("DELETE FROM used_request WHERE agency_id = $1 AND at_ms < $2")
                .bind(scope.agency().0.clone())
                .bind(ms(now.saturating_sub(KEPT_MS)))
                .execute(&mut *transaction)
                .await?;
            let used = sqlx::query(
                "INSERT INTO used_request (agency_id, writer_id, nonce, at_ms) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
            )
            .bind(scope.agency().0.clone())
            .bind(device.0.to_vec())
            .bind(nonce.to_vec())
            .bind(ms(now))
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(used.rows_affected() == 1)
        })
        .await
    }
}
