//! The audit log of administrative acts and personal-data reads, and incidents of the log.

use auxlog_record::{AgencyId, WriterId};
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

use super::{Result, Store, fixed, ms, unsigned};
use crate::scope::AgencyScope;

/// What happened that someone has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IncidentKind {
    /// Two records claimed the same place.
    Fork,
    /// A record that can't be acknowledged.
    Malformed,
    /// The server came back behind a receipt it had given; the laptop pushed again.
    ServerBehind,
    /// A laptop came back behind what the server holds.
    LaptopBehind,
    /// An order to mask that is not carried out.
    MaskRefused,
    /// A record states another verdict than the server gives on the same facts.
    VerdictDiffers,
    /// A step that was not open to its author.
    Void,
    /// A row of the database is not what the log says.
    LogDamaged,
    /// A record came without its body, and no order in the log says so.
    Bodiless,
    /// A device's attachments are not taken any more: its day, the agency's share or the disk is full.
    Quota,
    /// Records of a device are not taken any more: its day or the agency's share is full.
    RecordQuota,
    /// A record holds what no genuine program writes: longer texts, marks that act on a screen.
    Beyond,
}

impl IncidentKind {
    /// Its name in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Malformed => "malformed",
            Self::ServerBehind => "server_behind",
            Self::LaptopBehind => "laptop_behind",
            Self::MaskRefused => "mask_refused",
            Self::VerdictDiffers => "verdict_differs",
            Self::Void => "void_step",
            Self::LogDamaged => "log_damaged",
            Self::Bodiless => "body_missing",
            Self::Quota => "attachments_refused",
            Self::RecordQuota => "records_refused",
            Self::Beyond => "beyond_limits",
        }
    }
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// What, by [`IncidentKind::name`].
    pub kind: String,
    /// Whose record.
    pub writer: WriterId,
    /// Which.
    pub seq: u64,
    /// More of it.
    pub detail: String,
}

/// An administrative act, or a read of personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// Who: `local` on the server's machine, else a device.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// To whom or what.
    pub subject: String,
    /// More of it.
    pub detail: String,
}

/// An agency into which somebody looks, as its audit log says already: what names people is read with one
/// only, over the network and on the server's own machine.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a>(&'a AgencyScope);

impl<'a> Look<'a> {
    pub(super) fn agency(&self) -> &AgencyId {
        self.0.agency()
    }

    /// Into which agency, and who looks.
    pub(crate) fn scope(self) -> &'a AgencyScope {
        self.0
    }
}

/// 16 random bytes, unique without a sequence.
pub(super) fn unique() -> Result<Vec<u8>> {
    let mut id = vec![0; 16];
    getrandom::fill(&mut id).map_err(|e| sqlx::Error::Io(std::io::Error::other(e.to_string())))?;
    Ok(id)
}

/// Files an incident within a transaction.
pub(super) async fn file(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    now: u64,
    kind: IncidentKind,
    writer: WriterId,
    seq: u64,
    detail: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO incident (agency_id, at_ms, incident_id, kind, writer_id, seq, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(agency.0.clone())
    .bind(ms(now))
    .bind(unique()?)
    .bind(kind.name())
    .bind(writer.0.to_vec())
    .bind(ms(seq))
    .bind(detail.to_owned())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Writes the audit log within the transaction of the act itself.
pub(super) async fn note(
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    now: u64,
    act: &str,
    subject: &str,
    detail: &str,
) -> Result<()> {
    note_by(transaction, scope.agency(), scope.actor(), now, act, subject, detail).await
}

/// The same for what follows from a record, in the name of whoever signed it.
pub(super) async fn note_by(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    actor: &str,
    now: u64,
    act: &str,
    subject: &str,
    detail: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (agency_id, at_ms, audit_id, actor, act, subject, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(agency.0.clone())
    .bind(ms(now))
    .bind(unique()?)
    .bind(actor.to_owned())
    .bind(act.to_owned())
    .bind(subject.to_owned())
    .bind(detail.to_owned())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// Files an incident.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file_incident(
        &self,
        scope: &AgencyScope,
        now: u64,
        kind: IncidentKind,
        writer: WriterId,
        seq: u64,
        detail: &str,
    ) -> Result<()> {
        self.again(|| async {
            let mut transaction = self.begin().await?;
            file(&mut transaction, scope.agency(), now, kind, writer, seq, detail).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Whether the server came back from a backup since then, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn came_back(&self, scope: &AgencyScope, since: u64) -> Result<bool> {
        let known =
            sqlx::query("SELECT 1 AS known FROM incident WHERE agency_id = $1 AND kind = $2 AND at_ms >= $3 LIMIT 1")
                .bind(scope.agency().0.clone())
                .bind(IncidentKind::ServerBehind.name())
                .bind(ms(since))
                .fetch_optional(&self.read)
                .await?;
        Ok(known.is_some())
    }

    /// Files an incident, unless one of the kind says the same already; whether it is news.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn file_once(
        &self,
        scope: &AgencyScope,
        now: u64,
        kind: IncidentKind,
        of: (WriterId, u64),
        detail: &str,
    ) -> Result<bool> {
        let known =
            sqlx::query("SELECT 1 AS known FROM incident WHERE agency_id = $1 AND kind = $2 AND detail = $3 LIMIT 1")
                .bind(scope.agency().0.clone())
                .bind(kind.name())
                .bind(detail.to_owned())
                .fetch_optional(&self.read)
                .await?;
        if known.is_none() {
            self.file_incident(scope, now, kind, of.0, of.1, detail).await?;
        }
        Ok(known.is_none())
    }

    /// Writes the audit log for an act that changes nothing else, such as a read.
    ///
    /// # Errors
    /// When the database fails; then the act must not happen.
    pub async fn note(&self, scope: &AgencyScope, now: u64, act: &str, subject: &str, detail: &str) -> Result<()> {
        self.again(|| async {
            let mut transaction = self.begin().await?;
            note(&mut transaction, scope, now, act, subject, detail).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Lets somebody look, once the audit log says that they do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look<'a>(&self, scope: &'a AgencyScope, now: u64, act: &str, subject: &str) -> Result<Look<'a>> {
        self.note(scope, now, act, subject, "").await?;
        Ok(Look(scope))
    }

    /// Writes the audit log unless it was noted within an hour: whoever goes on with what they began to read is not
    /// noted with each piece of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_once_an_hour(
        &self,
        scope: &AgencyScope,
        now: u64,
        act: &str,
        subject: &str,
        detail: &str,
    ) -> Result<()> {
        let noted = sqlx::query(
            "SELECT detail FROM audit
             WHERE agency_id = $1 AND at_ms > $2 AND at_ms <= $3 AND actor = $4 AND act = $5 AND subject = $6 LIMIT 1",
        )
        .bind(scope.agency().0.clone())
        .bind(ms(now.saturating_sub(60 * 60 * 1000)))
        .bind(ms(now))
        .bind(scope.actor().to_owned())
        .bind(act.to_owned())
        .bind(subject.to_owned())
        .fetch_optional(&self.read)
        .await?;
        if noted.is_some() { Ok(()) } else { self.note(scope, now, act, subject, detail).await }
    }

    /// The newest entries of the audit log, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_log(&self, look: Look<'_>, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = sqlx::query(
            "SELECT at_ms, actor, act, subject, detail FROM audit WHERE agency_id = $1
             ORDER BY at_ms DESC, audit_id LIMIT $2",
        )
        .bind(look.agency().0.clone())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(AuditEntry {
                    at_ms: unsigned(row, "at_ms")?,
                    actor: row.try_get("actor")?,
                    act: row.try_get("act")?,
                    subject: row.try_get("subject")?,
                    detail: row.try_get("detail")?,
                })
            })
            .collect()
    }

    /// The newest incidents, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incidents(&self, look: Look<'_>, limit: u32) -> Result<Vec<Incident>> {
        let rows = sqlx::query(
            "SELECT at_ms, kind, writer_id, seq, detail FROM incident WHERE agency_id = $1
             ORDER BY at_ms DESC, incident_id LIMIT $2",
        )
        .bind(look.agency().0.clone())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(incident).collect()
    }

    /// Incidents after `at_ms`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incidents_after(&self, scope: &AgencyScope, at_ms: u64, limit: u32) -> Result<Vec<Incident>> {
        let rows = sqlx::query(
            "SELECT at_ms, kind, writer_id, seq, detail FROM incident WHERE agency_id = $1 AND at_ms > $2
             ORDER BY at_ms, incident_id LIMIT $3",
        )
        .bind(scope.agency().0.clone())
        .bind(ms(at_ms))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(incident).collect()
    }
}

fn incident(row: &AnyRow) -> Result<Incident> {
    Ok(Incident {
        at_ms: unsigned(row, "at_ms")?,
        kind: row.try_get("kind")?,
        writer: WriterId(fixed(row, "writer_id")?),
        seq: unsigned(row, "seq")?,
        detail: row.try_get("detail")?,
    })
}
