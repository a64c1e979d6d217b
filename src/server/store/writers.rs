//! Agencies and devices. A device is one officer's key on one laptop.

use auxlog_record::{AgencyId, Event, Hash, OfficerId, PublicKey, RulesAdopted, WriterId};
use auxlog_sync::enrol::{self, Nonce, Role};
use auxlog_sync::merkle;
use auxlog_sync::message::Standing;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::{Look, Result, Store, StoreError, audit, fixed, unsigned};
use crate::quota::Came;
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
    /// Their name.
    pub officer_name: String,
    /// What the laptop calls itself.
    pub laptop: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may do it.
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
    /// The key that it took over from.
    pub succeeds: Option<WriterId>,
    /// When its newest synchronisation began that brought anything, milliseconds since 1970 UTC; 0 is not
    /// known.
    pub since_ms: u64,
    /// When anything of it had come before that; 0 is never.
    pub met_ms: u64,
    /// What came of it on the day of its newest records.
    pub came: Came,
    /// The nonces of its enrolment or succession; `None` where a laptop of 0.1.0 had none.
    pub meeting: Option<Meeting>,
}

impl DeviceRow {
    /// The six digits that the laptop shows too; `None` while it has not shown its nonce.
    pub fn digits(&self, server_key: &PublicKey) -> Option<String> {
        let key = PublicKey::from_bytes(&self.public_key).ok()?;
        match &self.meeting {
            Some(meeting) => Some(enrol::digits(server_key, &key, &meeting.device?, &meeting.server)),
            // A key would be searched for its digits.
            None if self.standing == Standing::Pending => None,
            None => Some(enrol::digits_of_keys(server_key, &key)),
        }
    }

    /// Whether these are the digits that its laptop shows, blanks aside.
    pub fn shows(&self, server_key: &PublicKey, digits: &str) -> bool {
        let typed: String = digits.split_whitespace().collect();
        self.digits(server_key).is_some_and(|digits| digits == typed)
    }
}

/// The nonces that a laptop and the server met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meeting {
    /// What the laptop bound itself to.
    pub commitment: Hash,
    /// The server's, made after that.
    pub server: Nonce,
    /// The laptop's, once it showed it.
    pub device: Option<Nonce>,
}

impl Meeting {
    /// As the database keeps it.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let device = self.device.map_or_else(Vec::new, |nonce| nonce.0.to_vec());
        [self.commitment.0.as_slice(), &self.server.0, &device].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (commitment, rest) = bytes.split_first_chunk()?;
        let (server, rest) = rest.split_first_chunk()?;
        let device = if rest.is_empty() { None } else { Some(Nonce(rest.try_into().ok()?)) };
        Some(Self { commitment: Hash(*commitment), server: Nonce(*server), device })
    }
}

/// A device that enrols.
#[derive(Debug, Clone)]
pub struct Enrolling {
    /// Its public key.
    pub public_key: [u8; 32],
    /// What the laptop calls itself.
    pub laptop: String,
    /// What its chain had before it joined, by its own word.
    pub before: u64,
    /// What the laptop binds itself to; `None` where it is of 0.1.0.
    pub commitment: Option<Hash>,
    /// The nonce that this bound it to.
    pub nonce: Option<Nonce>,
}

const COLUMNS: &str = "agency_id, writer_id, public_key, officer_id, officer_name, laptop, role, standing, reason, \
                       acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms, certified, joined_seq, \
                       succeeds, meeting, since_ms, met_ms, came_day, came_records, came_bytes";

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
    let succeeds: Option<Vec<u8>> = row.try_get("succeeds")?;
    let succeeds = succeeds.map(TryInto::try_into).transpose();
    let meeting: Option<Vec<u8>> = row.try_get("meeting")?;
    let unread = || StoreError::Corrupt { table: "writer", what: "meeting".into() };
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
        since_ms: unsigned(row, "since_ms")?,
        met_ms: unsigned(row, "met_ms")?,
        came: Came {
            day: unsigned(row, "came_day")?,
            records: unsigned(row, "came_records")?,
            bytes: unsigned(row, "came_bytes")?,
        },
        certified: unsigned(row, "certified")? != 0,
        joined_seq: unsigned(row, "joined_seq")?,
        succeeds: succeeds.map_err(|_| StoreError::Corrupt { table: "writer", what: "succeeds".into() })?.map(WriterId),
        meeting: meeting.map(|bytes| Meeting::from_bytes(&bytes).ok_or_else(unread)).transpose()?,
    })
}

/// The devices of an agency, as a transaction sees them.
pub(super) async fn devices_within(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
) -> Result<Vec<DeviceRow>> {
    let statement = format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 ORDER BY enrolled_ms, writer_id");
    let rows = sql!(AssertSqlSafe(statement); agency).fetch_all(&mut **transaction).await?;
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
    let row = sql!(AssertSqlSafe(statement); agency, writer).fetch_optional(&mut **transaction).await?;
    row.as_ref().map_or_else(|| Err(StoreError::NoDevice(writer.to_string())), device)
}

/// The key that took over from a device, its row locked to the transaction's end.
pub(super) async fn heir(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    of: WriterId,
) -> Result<Option<DeviceRow>> {
    let statement =
        format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 AND succeeds = $2{}", store.dialect.for_update);
    let row = sql!(AssertSqlSafe(statement); agency, of).fetch_optional(&mut **transaction).await?;
    row.as_ref().map(device).transpose()
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
        let added = sql!(
            "INSERT INTO agency (agency_id, name, added_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            id, name, now
        )
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Err(StoreError::Exists(id.to_string()));
        }
        sql!(
            "INSERT INTO agency_head (agency_id, size, frontier, root, epoch, at_ms, about_done)
             VALUES ($1, 0, $2, $3, $4, $5, 1)";
            id, Vec::<u8>::new(), merkle::empty_root(), audit::unique()?, now
        )
        .execute(&mut *transaction)
        .await?;
        sql!("INSERT INTO attached (agency_id, bytes) VALUES ($1, 0)"; id).execute(&mut *transaction).await?;
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
        let row = sql!("SELECT name FROM agency WHERE agency_id = $1"; id)
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
        let row = sql!(AssertSqlSafe(statement); agency, writer).fetch_optional(&self.read).await?;
        row.as_ref().map(device).transpose()
    }

    /// The devices of an agency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn devices(&self, look: Look<'_>) -> Result<Vec<DeviceRow>> {
        self.devices_of(look.agency()).await
    }

    async fn devices_of(&self, agency: &AgencyId) -> Result<Vec<DeviceRow>> {
        let statement = format!("SELECT {COLUMNS} FROM writer WHERE agency_id = $1 ORDER BY enrolled_ms, writer_id");
        let rows = sql!(AssertSqlSafe(statement); agency).fetch_all(&self.read).await?;
        rows.iter().map(device).collect()
    }

    /// The device whose number begins with `text`, for an act that is noted itself.
    ///
    /// # Errors
    /// [`StoreError::NoDevice`], [`StoreError::Ambiguous`].
    pub(crate) async fn device_named(&self, text: &str) -> Result<DeviceRow> {
        let mut fitting = Vec::new();
        for (agency, _) in self.agencies().await? {
            let of_agency = self.devices_of(&agency).await?.into_iter();
            fitting.extend(of_agency.filter(|device| device.writer.to_string().starts_with(text)));
        }
        let found = fitting.pop().ok_or_else(|| StoreError::NoDevice(text.to_owned()))?;
        if fitting.is_empty() { Ok(found) } else { Err(StoreError::Ambiguous(text.to_owned())) }
    }
}
