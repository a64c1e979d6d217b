//! People who left the roster, masked by order: the pieces of older versions keep their rows' hashes, so
//! that each version still is the one that was signed.

use std::collections::BTreeMap;

use auxlog_record::{Hash, Roster};
use auxlog_sync::pack;
use auxlog_sync::roster::{MAX_PIECE, SALTED, TableName, mask};
use sqlx::{AssertSqlSafe, Row as _};

use super::{Result, Store, StoreError, audit, rosters};
use crate::roster::PersonKind;
use crate::scope::AgencyScope;

/// An order to mask what older rosters say of a person.
#[derive(Debug, Clone)]
pub struct PersonMask {
    /// Officer or auxiliary.
    pub kind: PersonKind,
    /// Number.
    pub id: String,
    /// Number of the order.
    pub order: String,
    /// Who ordered it.
    pub authority: String,
    /// Why.
    pub reason: String,
}

/// What was masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PersonMasked {
    /// Pieces of rosters that say nothing of the person any more.
    pub pieces: u64,
    /// Changes in the history of which only number and version are left.
    pub changes: u64,
    /// Pieces that 0.1.0 made, which name the person and cannot be masked.
    pub left: u64,
}

impl Store {
    /// Masks what the stored rosters say of a person; `None` while the newest one names them.
    pub(crate) async fn mask_person(
        &self,
        scope: &AgencyScope,
        order: &PersonMask,
        now: u64,
    ) -> Result<Option<PersonMasked>> {
        let done = self.again(|| self.mask_person_once(scope, order, now)).await?;
        self.scrub().await;
        Ok(done)
    }

    async fn mask_person_once(
        &self,
        scope: &AgencyScope,
        order: &PersonMask,
        now: u64,
    ) -> Result<Option<PersonMasked>> {
        let corrupt = |what: String| StoreError::Corrupt { table: "object", what };
        let mut transaction = self.begin().await?;
        // A version that names them again waits for this, or is seen here.
        let lock = format!("SELECT size FROM agency_head WHERE agency_id = $1{}", self.dialect.for_update);
        sql!(AssertSqlSafe(lock); scope.agency()).fetch_one(&mut *transaction).await?;
        let rows = sql!(
            "SELECT version, manifest, source, at_ms FROM roster_version WHERE agency_id = $1 ORDER BY version";
            scope.agency()
        )
        .fetch_all(&mut *transaction)
        .await?;
        let (table, names): (_, fn(&Roster, &str) -> bool) = match order.kind {
            PersonKind::Officer => (TableName::Officers, |on, id| on.officers.contains_key(&id.into())),
            PersonKind::Auxiliary => (TableName::Auxiliaries, |on, id| on.auxiliaries.contains_key(&id.into())),
        };
        let mut pieces: BTreeMap<Hash, Option<u16>> = BTreeMap::new();
        let mut newest = None;
        for row in &rows {
            let manifest = rosters::read(row, "at_ms")?.manifest;
            for table in manifest.tables.iter().filter(|made| made.name == table) {
                pieces.extend(table.pieces.iter().map(|name| (*name, manifest.form)));
            }
            newest = Some(manifest);
        }
        if let Some(newest) = newest
            && names(&self.people(scope, &newest).await?, &order.id)
        {
            return Ok(None);
        }
        let mut done = PersonMasked::default();
        for (name, form) in pieces {
            let row = sql!("SELECT content FROM object WHERE agency_id = $1 AND hash = $2"; scope.agency(), name)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(row) = row else { continue };
            let packed: Vec<u8> = row.try_get("content")?;
            if form != Some(SALTED) {
                let piece = pack::inflate(&packed, MAX_PIECE).map_err(|e| corrupt(e.to_string()))?;
                let part: Roster = minicbor::decode(&piece).map_err(|e| corrupt(e.to_string()))?;
                done.left += u64::from(names(&part, &order.id));
                continue;
            }
            let masked = mask(&packed, table, &order.id).map_err(|e| corrupt(e.to_string()))?;
            let Some(masked) = masked else { continue };
            sql!("UPDATE object SET content = $3 WHERE agency_id = $1 AND hash = $2"; scope.agency(), name, masked)
                .execute(&mut *transaction)
                .await?;
            done.pieces += 1;
        }
        let emptied = sql!(
            "UPDATE roster_change SET fields = '{}' WHERE agency_id = $1 AND kind = $2 AND person_id = $3";
            scope.agency(), order.kind.name(), order.id
        )
        .execute(&mut *transaction)
        .await?;
        done.changes = emptied.rows_affected();
        let detail = format!("{}; {}; {}", order.order, order.authority, order.reason);
        audit::note(&mut transaction, scope, now, "roster_mask", &order.id, &detail).await?;
        transaction.commit().await?;
        Ok(Some(done))
    }
}
