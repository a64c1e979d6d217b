//! One-time enrolment codes. Only their hashes are kept.

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, Hash, OfficerId, PublicKey};
use auxlog_sync::enrol::{Nonce, Role};
use auxlog_sync::message::Standing;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::{DeviceRow, Enrolling, Meeting, Result, Store, StoreError, audit, office, unsigned, writers};
use crate::scope::AgencyScope;

/// A code as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The agency that it leads to.
    pub agency: AgencyId,
    /// The officer whom it is for.
    pub officer: OfficerId,
    /// What they will be allowed.
    pub role: Role,
    /// Whether the enrolment needs no further approval.
    pub approve: bool,
    /// Until when, milliseconds since 1970 UTC.
    pub expires_ms: u64,
    /// The key that used it.
    pub used_by: Option<[u8; 32]>,
}

/// What a new code is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The officer.
    pub officer: OfficerId,
    /// What they will be allowed.
    pub role: Role,
    /// Whether the enrolment needs no further approval.
    pub approve: bool,
    /// For how long it may be used, milliseconds.
    pub valid_ms: u64,
}

/// What became of an attempt to use a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeUse {
    /// The device is enrolled, now or before with the same key.
    Enrolled(Box<DeviceRow>),
    /// Unknown, expired, or used by another key. Which of them is not said.
    Refused,
    /// The laptop is of 0.1.0, whose digits a key can be searched for, and has to be approved by them.
    Older,
}

/// A nonce of the server's.
fn nonce() -> Result<Nonce> {
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|e| sqlx::Error::Io(std::io::Error::other(e.to_string())))?;
    Ok(Nonce(nonce))
}

/// Has the server and a laptop meet, or go on with what is `known` of that; `false` where the laptop would bind
/// itself a second time. The device's row is locked.
pub(super) async fn meet(
    transaction: &mut Transaction<'_, Any>,
    device: &DeviceRow,
    known: Option<Meeting>,
    (commitment, shown): (Hash, Option<Nonce>),
) -> Result<bool> {
    let met = match known {
        Some(known) if known.commitment != commitment => return Ok(false),
        Some(known) => known,
        None => Meeting { commitment, server: nonce()?, device: None },
    };
    let met = Meeting { device: met.device.or(shown), ..met };
    sql!(
        "UPDATE writer SET meeting = $3 WHERE agency_id = $1 AND writer_id = $2";
        device.agency, device.writer, met.to_bytes()
    )
    .execute(&mut **transaction)
    .await?;
    Ok(true)
}

/// What is kept of a code.
fn hashed(code: &str) -> Hash {
    sha256(&[b"AUXLOG-COD\x01", code.as_bytes()])
}

fn read(row: &AnyRow) -> Result<Code> {
    let role: String = row.try_get("role")?;
    let used_by: Option<Vec<u8>> = row.try_get("used_by")?;
    Ok(Code {
        agency: AgencyId(row.try_get("agency_id")?),
        officer: OfficerId(row.try_get("officer_id")?),
        role: Role::from_name(&role)
            .ok_or_else(|| StoreError::Corrupt { table: "code", what: format!("role {role}") })?,
        approve: row.try_get::<i64, _>("approve")? != 0,
        expires_ms: unsigned(row, "expires_ms")?,
        used_by: used_by.and_then(|key| key.try_into().ok()),
    })
}

const COLUMNS: &str = "agency_id, officer_id, role, approve, expires_ms, used_by";

impl Store {
    /// Keeps a new code.
    ///
    /// # Errors
    /// [`StoreError::NoAgency`], or when the database fails.
    pub async fn add_code(&self, scope: &AgencyScope, code: &str, issue: &Issue, now: u64) -> Result<()> {
        self.agency_name(scope.agency()).await?;
        self.again(|| self.add_code_once(scope, code, issue, now)).await
    }

    async fn add_code_once(&self, scope: &AgencyScope, code: &str, issue: &Issue, now: u64) -> Result<()> {
        let mut transaction = self.begin().await?;
        sql!(
            "INSERT INTO code (code_hash, agency_id, officer_id, role, approve, made_ms, expires_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
            hashed(code), scope.agency(), issue.officer, issue.role.name(), i64::from(issue.approve), now,
            now + issue.valid_ms
        )
        .execute(&mut *transaction)
        .await?;
        let role = issue.role.name();
        let detail = if issue.approve { format!("{role}, approved") } else { role.to_owned() };
        audit::note(&mut transaction, scope, now, "code", &issue.officer.0, &detail).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A code that may still be used at `now`, or whose device still awaits approval, so that the
    /// laptop's same command goes on from there; `None` for any other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn code(&self, code: &str, now: u64) -> Result<Option<Code>> {
        let statement = format!("SELECT {COLUMNS} FROM code WHERE code_hash = $1");
        let row = sql!(AssertSqlSafe(statement); hashed(code)).fetch_optional(&self.read).await?;
        let code = row.as_ref().map(read).transpose()?;
        let Some(code) = code else { return Ok(None) };
        if code.expires_ms > now {
            return Ok(Some(code));
        }
        let Some(key) = code.used_by.and_then(|key| PublicKey::from_bytes(&key).ok()) else { return Ok(None) };
        let device = self.device(&code.agency, key.writer()).await?;
        Ok(device.is_some_and(|device| device.standing == Standing::Pending).then_some(code))
    }

    /// Uses a code for a key: once, and again for the same key only, however long ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_code(
        &self,
        scope_of: impl Fn(&AgencyId) -> AgencyScope + Send + Sync,
        code: &str,
        officer_name: &str,
        enrolling: &Enrolling,
        now: u64,
    ) -> Result<CodeUse> {
        self.again(|| self.use_code_once(&scope_of, code, officer_name, enrolling, now)).await
    }

    async fn use_code_once(
        &self,
        scope_of: &(impl Fn(&AgencyId) -> AgencyScope + Send + Sync),
        code: &str,
        officer_name: &str,
        enrolling: &Enrolling,
        now: u64,
    ) -> Result<CodeUse> {
        let Ok(key) = PublicKey::from_bytes(&enrolling.public_key) else { return Ok(CodeUse::Refused) };
        let agency =
            sql!("SELECT agency_id FROM code WHERE code_hash = $1"; hashed(code)).fetch_optional(&self.read).await?;
        let Some(agency) = agency else { return Ok(CodeUse::Refused) };
        let mut desk = self.desk(&AgencyId(agency.try_get("agency_id")?)).await?;
        let mut transaction = self.begin().await?;
        let statement = format!("SELECT {COLUMNS} FROM code WHERE code_hash = $1{}", self.dialect.for_update);
        let row = sql!(AssertSqlSafe(statement); hashed(code)).fetch_optional(&mut *transaction).await?;
        let Some(code_row) = row.as_ref().map(read).transpose()? else { return Ok(CodeUse::Refused) };
        let standing = if code_row.approve { Standing::Active } else { Standing::Pending };
        match code_row.used_by {
            Some(by) if by == enrolling.public_key => {}
            Some(_) => return Ok(CodeUse::Refused),
            None if code_row.expires_ms <= now => return Ok(CodeUse::Refused),
            None if !code_row.approve && enrolling.commitment.is_none() => return Ok(CodeUse::Older),
            None => {
                let scope = scope_of(&code_row.agency);
                sql!(
                    "UPDATE code SET used_by = $2, used_ms = $3 WHERE code_hash = $1";
                    hashed(code), enrolling.public_key, now
                )
                .execute(&mut *transaction)
                .await?;
                let added = sql!(
                    "INSERT INTO writer (agency_id, writer_id, public_key, officer_id, officer_name, laptop, role,
                     standing, reason, acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms, certified,
                     joined_seq)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, 0, $10, $10, $11, $12)
                     ON CONFLICT DO NOTHING";
                    code_row.agency, key.writer(), enrolling.public_key, code_row.officer, officer_name,
                    enrolling.laptop, code_row.role.name(), writers::standing_name(standing), vec![0_u8; 32], now,
                    i64::from(code_row.approve), enrolling.before
                )
                .execute(&mut *transaction)
                .await?;
                // A key that is here already stays what it is.
                if code_row.approve && added.rows_affected() == 1 {
                    let row = writers::locked(self, &mut transaction, &code_row.agency, key.writer()).await?;
                    let said = [office::certified(&row, row.joined_seq, None, None)];
                    desk.append(self, &mut transaction, &said, now).await?;
                }
                let device = key.writer().to_string();
                audit::note(&mut transaction, &scope, now, "enrol", &device, &code_row.officer.0).await?;
            }
        }
        if let Some(commitment) = enrolling.commitment {
            let row = writers::locked(self, &mut transaction, &code_row.agency, key.writer()).await?;
            // A new code is a new meeting.
            let known = row.meeting.filter(|_| code_row.used_by.is_some());
            if !meet(&mut transaction, &row, known, (commitment, enrolling.nonce)).await? {
                return Ok(CodeUse::Refused);
            }
        }
        transaction.commit().await?;
        desk.keep(self);
        Ok(self
            .device(&code_row.agency, key.writer())
            .await?
            .map_or(CodeUse::Refused, |device| CodeUse::Enrolled(Box::new(device))))
    }
}
