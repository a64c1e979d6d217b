//! Which server a database belongs to, and what keys that server had.

use auxlog_record::{AgencyId, Former, PublicKey};
use sqlx::{AssertSqlSafe, Row as _};

use super::{Result, Store, StoreError, audit, fixed, unsigned};
use crate::scope::AgencyScope;

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
            sql!(
                "INSERT INTO server (place, public_key, since_ms) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
                key.to_bytes(), now
            )
            .execute(&self.write)
            .await?;
            Ok(self.server_key().await?.unwrap_or(*key))
        })
        .await
    }

    /// The keys that the server had before, and up to which size of this agency's log chains that they
    /// certified count.
    pub(crate) async fn former_keys(&self, scope: &AgencyScope) -> Result<Vec<Former>> {
        let rows = sql!(
            "SELECT public_key, size FROM former_key WHERE agency_id = $1 ORDER BY size, ended_ms";
            scope.agency()
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(|row| Ok(Former { key: fixed(row, "public_key")?, size: unsigned(row, "size")? })).collect()
    }

    /// Has the database belong to the server's new key from now on, in place of the one that it knows. What the old one certified counts for
    /// what is in the logs now, and each log begins a new life.
    ///
    /// # Errors
    /// When the database fails; then it is as it was.
    pub(crate) async fn replace_key(
        &self,
        old: Option<&PublicKey>,
        new: &PublicKey,
        reason: &str,
        now: u64,
    ) -> Result<()> {
        self.again(|| self.replace_key_once(old, new, reason, now)).await
    }

    async fn replace_key_once(&self, old: Option<&PublicKey>, new: &PublicKey, reason: &str, now: u64) -> Result<()> {
        let mut transaction = self.begin().await?;
        let statement =
            format!("SELECT agency_id, size FROM agency_head ORDER BY agency_id{}", self.dialect.for_update);
        let heads = sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut *transaction).await?;
        for head in heads {
            let (agency, size): (String, i64) = (head.try_get("agency_id")?, head.try_get("size")?);
            // 0.1.0 did not know whose a database was, and its keys certified nothing.
            if let Some(old) = old {
                sql!(
                    "INSERT INTO former_key (agency_id, public_key, size, ended_ms) VALUES ($1, $2, $3, $4)";
                    agency, old.to_bytes(), size, now
                )
                .execute(&mut *transaction)
                .await?;
            }
            sql!("UPDATE agency_head SET epoch = $2 WHERE agency_id = $1"; agency, audit::unique()?)
                .execute(&mut *transaction)
                .await?;
            let key = data_encoding::HEXLOWER.encode(&new.to_bytes());
            audit::note(&mut transaction, &AgencyScope::local(&AgencyId(agency)), now, "new_key", &key, reason).await?;
        }
        sql!("UPDATE server SET public_key = $1, since_ms = $2 WHERE place = 1"; new.to_bytes(), now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}
