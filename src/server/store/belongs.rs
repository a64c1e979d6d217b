//! Which server a database belongs to.

use auxlog_record::PublicKey;

use super::{Result, Store, StoreError, fixed, ms};

impl Store {
    /// The key of the server that the database belongs to; `None` of one that no server has opened yet,
    /// or only 0.1.0.
    pub(crate) async fn server_key(&self) -> Result<Option<PublicKey>> {
        let row = sqlx::query("SELECT public_key FROM server WHERE place = 1").fetch_optional(&self.write).await?;
        let Some(row) = row else { return Ok(None) };
        let key = PublicKey::from_bytes(&fixed(&row, "public_key")?);
        key.map(Some).map_err(|e| StoreError::Corrupt { table: "server", what: e.to_string() })
    }

    /// Has the database belong to the server with this key, unless it belongs to one; gives whose it is.
    pub(crate) async fn belong_to(&self, key: &PublicKey, now: u64) -> Result<PublicKey> {
        self.again(|| async {
            sqlx::query("INSERT INTO server (place, public_key, since_ms) VALUES (1, $1, $2) ON CONFLICT DO NOTHING")
                .bind(key.to_bytes().to_vec())
                .bind(ms(now))
                .execute(&self.write)
                .await?;
            Ok(self.server_key().await?.unwrap_or(*key))
        })
        .await
    }
}
