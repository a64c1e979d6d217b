//! Agencies and devices. A device is one officer's key on one laptop.

use auxlog_record::{AgencyId, Event, Hash, OfficerId, PublicKey, RulesAdopted, Succession, WriterId};
use auxlog_sync::enrol::Role;
use auxlog_sync::merkle;
use auxlog_sync::message::Standing;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::held::release_within;
use super::{Result, Store, StoreError, audit, fixed, ms, office, unsigned};
use crate::scope::AgencyScope;

/// A device as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Agency.
    pub agency: AgencyId,
    /// The device.
    pub writer: WriterId,
    /// Its public key.
    pub public_key: [u8; 32],
    /// Whose it is.
    pub officer: OfficerId,
    /// His name.
    pub officer_name: String,
    /// What the laptop calls itself.
    pub laptop: String,
    /// What he may do.
    pub role: Role,
    /// Whether he may do it.
    pub standing: Standing,
    /// Why it was frozen or revoked.
    pub reason: String,
    /// The last seq that was acknowledged.
    pub acked_seq: u64,
    /// Its hash.
    pub acked_hash: Hash,
    /// Its logical time.
    pub acked_hlc: u64,
    /// When it enrolled, milliseconds since 1970 UTC.
    pub enrolled_ms: u64,
    /// When its standing changed last.
    pub changed_ms: u64,
    /// Whether the agency's office certified its key.
    pub certified: bool,
    /// How long its chain was when it joined: those records were made before (入网前).
    pub joined_seq: u64,
}

/// A device that enrols.
#[derive(Debug, Clone)]
pub struct Enrolling {
    /// Its public key.
    pub public_key: [u8; 32],
    /// What the laptop calls itself.
    pub laptop: String,
}

const COLUMNS: &str = "agency_id, writer_id, public_key, officer_id, officer_name, laptop, role, standing, reason, \
                       acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms, certified, joined_seq";

/// A standing's name in the database.
pub(super) fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Active => "active",
        Standing::Frozen => "frozen",
        Standing::Revoked => "revoked",
    }
}

pub(super) fn standing(row: &AnyRow) -> Result<Standing> {
    let name: String = row.try_get("standing")?;
    [Standing::Pending, Standing::Active, Standing::Frozen, Standing::Revoked]
        .into_iter()
        .find(|standing| standing_name(*standing) == name)
        .ok_or(StoreError::Corrupt { table: "writer", what: format!("standing {name}") })
}

fn device(row: &AnyRow) -> Result<DeviceRow> {
    let role: String = row.try_get("role")?;
    let hlc: i64 = row.try_get("acked_hlc")?;
    Ok(DeviceRow {
        agency: AgencyId(row.try_get("agency_id")?),
        writer: WriterId(fixed(row, "writer_id")?),
        public_key: fixed(row, "public_key")?,
        officer: OfficerId(row.try_get("officer_id")?),
        officer_name: row.try_get("officer_name")?,
        laptop: row.try_get("laptop")?,
        role: Role::from_name(&role)
            .ok_or_else(|| StoreError::Corrupt { table: "writer", what: format!("role {role}") })?,
        standing: standing(row)?,
        reason: row.try_get("reason")?,
        acked_seq: unsigned(row, "acked_seq")?,
        acked_hash: Hash(fixed(row, "acked_hash")?),
        acked_hlc: hlc.cast_unsigned(),
        enrolled_ms: unsigned(row, "enrolled_ms")?,
        changed_ms: unsigned(row, "changed_ms")?,
        certified: unsigned(row, "certified")? != 0,
        joined_seq: unsigned(row, "joined_seq")?,
    })
}

/// The devices of an agency, as a transaction sees them.
pub(super) async fn devices_within(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
) -> Result<Vec<DeviceRow>> {
    let statement = format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 ORDER BY enrolled_ms, writer_id");
    let rows = sqlx::query(AssertSqlSafe(statement)).bind(agency.0.clone()).fetch_all(&mut **transaction).await?;
    rows.iter().map(device).collect()
}

/// A device, its row locked to the transaction's end.
pub(super) async fn locked(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    writer: WriterId,
) -> Result<DeviceRow> {
    let statement =
        format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 AND writer_id = $2{}", store.dialect.for_update);
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(agency.0.clone())
        .bind(writer.0.to_vec())
        .fetch_optional(&mut **transaction)
        .await?;
    row.as_ref().map_or_else(|| Err(StoreError::NoDevice(writer.to_string())), device)
}

impl Store {
    /// Adds an agency.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it is there already.
    pub async fn add_agency(&self, scope: &AgencyScope, name: &str, now: u64) -> Result<()> {
        self.again(|| self.add_agency_once(scope, name, now)).await
    }

    async fn add_agency_once(&self, scope: &AgencyScope, name: &str, now: u64) -> Result<()> {
        let id = scope.agency();
        let mut desk = self.desk(id).await?;
        let mut transaction = self.begin().await?;
        let added =
            sqlx::query("INSERT INTO agency (agency_id, name, added_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(id.0.clone())
                .bind(name.to_owned())
                .bind(ms(now))
                .execute(&mut *transaction)
                .await?;
        if added.rows_affected() == 0 {
            return Err(StoreError::Exists(id.to_string()));
        }
        sqlx::query(
            "INSERT INTO agency_head (agency_id, size, frontier, root, epoch, at_ms, about_done)
             VALUES ($1, 0, $2, $3, $4, $5, 1)",
        )
        .bind(id.0.clone())
        .bind(Vec::<u8>::new())
        .bind(merkle::empty_root().0.to_vec())
        .bind(audit::unique()?)
        .bind(ms(now))
        .execute(&mut *transaction)
        .await?;
        desk.append(self, &mut transaction, &[Event::RulesAdopted(RulesAdopted::NEWEST)], now).await?;
        audit::note(&mut transaction, scope, now, "agency_add", &id.0, name).await?;
        transaction.commit().await?;
        desk.keep(self);
        Ok(())
    }

    /// All agencies: code and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agencies(&self) -> Result<Vec<(AgencyId, String)>> {
        let rows = sqlx::query("SELECT agency_id, name FROM agency ORDER BY agency_id").fetch_all(&self.read).await?;
        rows.iter().map(|row| Ok((AgencyId(row.try_get("agency_id")?), row.try_get("name")?))).collect()
    }

    /// An agency's name.
    ///
    /// # Errors
    /// [`StoreError::NoAgency`].
    pub async fn agency_name(&self, id: &AgencyId) -> Result<String> {
        let row = sqlx::query("SELECT name FROM agency WHERE agency_id = $1")
            .bind(id.0.clone())
            .fetch_optional(&self.read)
            .await?
            .ok_or_else(|| StoreError::NoAgency(id.clone()))?;
        Ok(row.try_get("name")?)
    }

    /// A device, looked up before anything is known of who asks; what it may see is decided by
    /// the authorisation layer from this row. Read where writes go, so that a revocation counts
    /// at once on every replica.
    pub(crate) async fn device(&self, agency: &AgencyId, writer: WriterId) -> Result<Option<DeviceRow>> {
        let statement = format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 AND writer_id = $2");
        let row = sqlx::query(AssertSqlSafe(statement))
            .bind(agency.0.clone())
            .bind(writer.0.to_vec())
            .fetch_optional(&self.read)
            .await?;
        row.as_ref().map(device).transpose()
    }

    /// The devices of an agency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn devices(&self, scope: &AgencyScope) -> Result<Vec<DeviceRow>> {
        let statement = format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 ORDER BY enrolled_ms, writer_id");
        let rows = sqlx::query(AssertSqlSafe(statement)).bind(scope.agency().0.clone()).fetch_all(&self.read).await?;
        rows.iter().map(device).collect()
    }

    /// Changes a device's standing.
    ///
    /// # Errors
    /// [`StoreError::NoDevice`].
    pub async fn set_standing(
        &self,
        scope: &AgencyScope,
        writer: WriterId,
        standing: Standing,
        reason: &str,
        now: u64,
    ) -> Result<()> {
        self.again(|| self.set_standing_once(scope, writer, standing, reason, now)).await
    }

    async fn set_standing_once(
        &self,
        scope: &AgencyScope,
        writer: WriterId,
        standing: Standing,
        reason: &str,
        now: u64,
    ) -> Result<()> {
        let mut desk = self.desk(scope.agency()).await?;
        let mut transaction = self.begin().await?;
        let old = locked(self, &mut transaction, scope.agency(), writer).await?;
        if standing == Standing::Active {
            // What was held comes into the log first: the writer's records stay in their order.
            release_within(self, &mut transaction, &mut desk, scope, writer, reason, now).await?;
        }
        sqlx::query(
            "UPDATE writer SET standing = $3, reason = $4, changed_ms = $5, certified = $6
             WHERE agency_id = $1 AND writer_id = $2",
        )
        .bind(scope.agency().0.clone())
        .bind(writer.0.to_vec())
        .bind(standing_name(standing))
        .bind(reason.to_owned())
        .bind(ms(now))
        .bind(i64::from(old.certified || standing == Standing::Active))
        .execute(&mut *transaction)
        .await?;
        let by = office::by(scope);
        let said = if old.certified {
            (old.standing != standing).then(|| office::stands(writer, standing, reason, by))
        } else {
            // Of a key that was never let in the office says nothing.
            (standing == Standing::Active).then(|| office::certified(&old, old.joined_seq, None, by))
        };
        if let Some(said) = said {
            desk.append(self, &mut transaction, &[said], now).await?;
        }
        let act = format!("device_{}", standing_name(standing));
        audit::note(&mut transaction, scope, now, &act, &writer.to_string(), reason).await?;
        transaction.commit().await?;
        desk.keep(self);
        Ok(())
    }

    /// Lets a key take over from another one in good standing whose last record is here: the officer,
    /// his role and his laptop stay, the old key is revoked. `None` where the old one is not in good
    /// standing, or there is more or less of it than it says. May be done again.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn succeed(
        &self,
        scope: &AgencyScope,
        succession: &Succession,
        new: &PublicKey,
        now: u64,
    ) -> Result<Option<DeviceRow>> {
        let done = self.again(|| self.succeed_once(scope, succession, new, now)).await?;
        if done { self.device(scope.agency(), new.writer()).await } else { Ok(None) }
    }

    async fn succeed_once(
        &self,
        scope: &AgencyScope,
        succession: &Succession,
        new: &PublicKey,
        now: u64,
    ) -> Result<bool> {
        let mut desk = self.desk(scope.agency()).await?;
        let mut transaction = self.begin().await?;
        let old = locked(self, &mut transaction, scope.agency(), succession.old).await?;
        let reason = format!("succeeded by {}: {}", new.writer(), succession.reason);
        if old.standing == Standing::Revoked && old.reason == reason {
            return Ok(true);
        }
        if old.standing != Standing::Active || old.acked_seq != succession.last {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO writer (agency_id, writer_id, public_key, officer_id, officer_name, laptop, role,
                standing, reason, acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms, certified)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, 0, $10, $10, 1) ON CONFLICT DO NOTHING",
        )
        .bind(old.agency.0.clone())
        .bind(new.writer().0.to_vec())
        .bind(new.to_bytes().to_vec())
        .bind(old.officer.0.clone())
        .bind(old.officer_name.clone())
        .bind(old.laptop.clone())
        .bind(old.role.name())
        .bind(standing_name(Standing::Active))
        .bind(vec![0_u8; 32])
        .bind(ms(now))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE writer SET standing = $3, reason = $4, changed_ms = $5 WHERE agency_id = $1 AND writer_id = $2",
        )
        .bind(old.agency.0.clone())
        .bind(old.writer.0.to_vec())
        .bind(standing_name(Standing::Revoked))
        .bind(reason.clone())
        .bind(ms(now))
        .execute(&mut *transaction)
        .await?;
        let next = DeviceRow { writer: new.writer(), public_key: new.to_bytes(), ..old.clone() };
        let said = [
            office::certified(&next, 0, Some(old.writer), None),
            office::stands(old.writer, Standing::Revoked, &reason, None),
        ];
        desk.append(self, &mut transaction, &said, now).await?;
        audit::note(&mut transaction, scope, now, "device_succeeded", &old.writer.to_string(), &reason).await?;
        transaction.commit().await?;
        desk.keep(self);
        Ok(true)
    }
}
