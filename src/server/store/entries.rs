//! The entries of an agency's registers: read as they were folded, written as its office.

use std::collections::BTreeMap;
use std::sync::Arc;

use auxlog_record::fold::TaskView;
use auxlog_record::{AuxiliaryId, Event, RecordId};
use auxlog_registers::{Dossier, Register};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::projection::{TASKS, history};
use super::{Look, Result, Store, StoreError, audit, ms, unsigned};
use crate::scope::AgencyScope;

impl Store {
    /// Writes in the registers of an agency, as its office; gives the records.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn write_entries(&self, scope: &AgencyScope, events: &[Event], now: u64) -> Result<Vec<RecordId>> {
        self.again(|| async {
            let mut desk = self.desk(scope.agency()).await?;
            let mut transaction = self.begin().await?;
            desk.append(self, &mut transaction, events, now).await?;
            let written = desk.written().to_vec();
            let first = written.first().map(RecordId::to_string).unwrap_or_default();
            audit::note(&mut transaction, scope, now, "register", &first, &written.len().to_string()).await?;
            transaction.commit().await?;
            desk.keep(self);
            Ok(written)
        })
        .await
    }

    /// The entries of a register, those that name a person where one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries(
        &self,
        look: Look<'_>,
        register: &Register,
        person: Option<&AuxiliaryId>,
    ) -> Result<Vec<Arc<Dossier>>> {
        let query = match person {
            None => sqlx::query("SELECT history FROM entry WHERE agency_id = $1 AND register = $2"),
            Some(_) => sqlx::query(
                "SELECT e.history FROM entry_person p
                 JOIN entry e ON e.agency_id = p.agency_id AND e.writer_id = p.writer_id AND e.seq = p.seq
                 WHERE p.agency_id = $1 AND p.register = $2 AND p.person_id = $3",
            ),
        };
        let query = query.bind(look.agency().0.clone()).bind(i64::from(register.number));
        let query = match person {
            None => query,
            Some(person) => query.bind(person.0.clone()),
        };
        let rows = query.fetch_all(&self.read).await?;
        let read = |row| Ok(Dossier::of(&history(row)?).map(Arc::new));
        rows.iter().filter_map(|row| read(row).transpose()).collect()
    }

    /// An entry; `None` where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entry(&self, look: Look<'_>, id: RecordId) -> Result<Option<Arc<Dossier>>> {
        let row = sqlx::query("SELECT history FROM entry WHERE agency_id = $1 AND writer_id = $2 AND seq = $3")
            .bind(look.agency().0.clone())
            .bind(id.writer.0.to_vec())
            .bind(ms(id.seq))
            .fetch_optional(&self.read)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Dossier::of(&history(&row)?).map(Arc::new))
    }

    /// The next tasks and plans of an agency as they were folded, in the order of their records.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn tasks(&self, look: Look<'_>, after: RecordId, limit: u32) -> Result<Vec<TaskView>> {
        let rows = sqlx::query(
            "SELECT history FROM entry WHERE agency_id = $1 AND register = $2
                 AND (writer_id > $3 OR (writer_id = $3 AND seq > $4))
             ORDER BY writer_id, seq LIMIT $5",
        )
        .bind(look.agency().0.clone())
        .bind(i64::from(TASKS))
        .bind(after.writer.0.to_vec())
        .bind(ms(after.seq))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(history).collect()
    }

    /// How many entries each register has, by its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_entries(&self, look: Look<'_>) -> Result<BTreeMap<u16, u64>> {
        let rows =
            sqlx::query("SELECT register, count(*) AS entries FROM entry WHERE agency_id = $1 GROUP BY register")
                .bind(look.agency().0.clone())
                .fetch_all(&self.read)
                .await?;
        let count = |row: &AnyRow| {
            let number: i64 = row.try_get("register")?;
            let corrupt = |_| StoreError::Corrupt { table: "entry", what: format!("register {number}") };
            Ok((u16::try_from(number).map_err(corrupt)?, unsigned(row, "entries")?))
        };
        rows.iter().map(count).collect()
    }
}
