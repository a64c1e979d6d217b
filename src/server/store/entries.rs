//! The entries of an agency's registers: read as they were folded, written as its office.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use auxlog_record::fold::TaskView;
use auxlog_record::{AuxiliaryId, Date, Event, RecordId};
use auxlog_registers::{Dossier, Register};
use chrono::Datelike as _;
use futures_util::TryStreamExt as _;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::projection::{TASKS, history};
use super::{Look, Result, Store, StoreError, audit, ms, unsigned};
use crate::scope::AgencyScope;

/// The day of what has none: before all others.
const NO_DAY: i64 = -1_000_000_000;

/// A day as a number that grows with it.
pub(super) fn day_number(day: Option<Date>) -> i64 {
    day.map_or(NO_DAY, |day| i64::from(day.0.num_days_from_ce()))
}

/// Where an entry stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    day: i64,
    wall_ms: i64,
    id: RecordId,
}

impl Place {
    /// Where an entry stands.
    pub fn of(dossier: &Dossier) -> Self {
        let (day, wall_ms, id) = dossier.place();
        Self { day: day_number(day), wall_ms, id }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.day, self.wall_ms, self.id)
    }
}

impl FromStr for Place {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(StoreError::Unsupported("such a place in a list"));
        let number = |text: &str| text.parse().map_err(|_| StoreError::Unsupported("such a place in a list"));
        let (day, wall_ms) = (number(part()?)?, number(part()?)?);
        let id = part()?.parse().map_err(|_| StoreError::Unsupported("such a place in a list"))?;
        Ok(Self { day, wall_ms, id })
    }
}

/// A part of a register's entries.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The register.
    pub register: &'a Register,
    /// They name this person.
    pub person: Option<&'a AuxiliaryId>,
    /// Of this day or later.
    pub since: Option<Date>,
    /// Of this day or earlier.
    pub until: Option<Date>,
    /// They stand behind this place.
    pub after: Option<Place>,
    /// So many are left out at the beginning.
    pub offset: u64,
    /// At most so many.
    pub limit: u64,
}

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
        // Row by row: there may be a hundred thousand of them.
        let mut rows = query.fetch(&self.read);
        let mut entries = Vec::new();
        while let Some(row) = rows.try_next().await? {
            entries.extend(Dossier::of(&history(&row)?).map(Arc::new));
        }
        Ok(entries)
    }

    /// A part of a register, the latest first, and how many entries there are of what was asked for: those that
    /// were not annulled. Only the part is read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries_listed(&self, look: Look<'_>, part: &Part<'_>) -> Result<(Vec<Arc<Dossier>>, u64)> {
        let mut which =
            "FROM entry e WHERE e.agency_id = $1 AND e.register = $2 AND e.annulled = 0 AND e.day >= $3 AND e.day <= $4"
                .to_owned();
        if part.person.is_some() {
            which += " AND (e.writer_id, e.seq) IN (SELECT p.writer_id, p.seq FROM entry_person p
                WHERE p.agency_id = $1 AND p.register = $2 AND p.person_id = $5)";
        }
        let dated = part.since.is_some() || part.until.is_some();
        let since = part.since.map_or(if dated { NO_DAY + 1 } else { NO_DAY }, |day| day_number(Some(day)));
        let until = part.until.map_or(i64::MAX, |day| day_number(Some(day)));
        macro_rules! asked {
            ($statement:expr) => {
                sqlx::query(AssertSqlSafe($statement))
                    .bind(look.agency().0.clone())
                    .bind(i64::from(part.register.number))
                    .bind(since)
                    .bind(until)
                    .bind(part.person.map(|person| person.0.clone()).unwrap_or_default())
            };
        }
        // Each statement names all that is bound to it.
        let total = asked!(format!("SELECT count(*) AS entries {which} AND $5 = $5")).fetch_one(&self.read).await?;
        let after = part.after.unwrap_or(Place { day: i64::MAX, ..Place::default() });
        let page = format!(
            "SELECT e.history {which} AND $5 = $5 AND (e.day, e.wall_ms, e.writer_id, e.seq) < ($6, $7, $8, $9)
             ORDER BY e.day DESC, e.wall_ms DESC, e.writer_id DESC, e.seq DESC LIMIT $10 OFFSET $11"
        );
        let rows = asked!(page)
            .bind(after.day)
            .bind(after.wall_ms)
            .bind(after.id.writer.0.to_vec())
            .bind(ms(after.id.seq))
            .bind(ms(part.limit))
            .bind(ms(part.offset))
            .fetch_all(&self.read)
            .await?;
        let read = |row| Ok(Dossier::of(&history(row)?).map(Arc::new));
        let entries = rows.iter().filter_map(|row| read(row).transpose()).collect::<Result<_>>()?;
        Ok((entries, unsigned(&total, "entries")?))
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
