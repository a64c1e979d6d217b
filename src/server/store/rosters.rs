//! Versions of an agency's roster, the pieces that they are made of, and what each changed of whom.

use std::collections::BTreeMap;

use auxlog_record::crypto::sha256;
use auxlog_record::{Hash, Roster, WriterId};
use auxlog_sync::roster::{Manifest, Pieces, Snapshot};
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::fold::Fold;
use super::whole::{Fault, Wrong};
use super::{Look, Result, Store, StoreError, audit, office, pieces, unsigned, values};
use crate::roster::{Change, FieldChange, PersonKind};
use crate::scope::AgencyScope;

/// A version of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Version.
    pub version: u64,
    /// Where it came from: a file's name, or the reason of an edit.
    pub source: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// What it is made of.
    pub manifest: Manifest,
}

/// A change of the roster as its history tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeRow {
    /// The version that brought it.
    pub version: u64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// Who: `local` on the server's machine, else a device.
    pub actor: String,
    /// The file's name, or why.
    pub source: String,
    /// What.
    pub change: Change,
}

/// A new version, and how it came.
#[derive(Debug, Clone, Copy)]
pub struct NewVersion<'a> {
    /// The roster.
    pub snapshot: &'a Snapshot,
    /// What it changes.
    pub changes: &'a [Change],
    /// The act, for the audit log.
    pub act: &'static str,
    /// The file's name, or why.
    pub source: &'a str,
}

/// A row whose time of issue stands in `at`.
pub(super) fn read(row: &sqlx::any::AnyRow, at: &'static str) -> Result<RosterRow> {
    let manifest: Vec<u8> = row.try_get("manifest")?;
    Ok(RosterRow {
        version: unsigned(row, "version")?,
        source: row.try_get("source")?,
        at_ms: unsigned(row, at)?,
        manifest: minicbor::decode(&manifest)
            .map_err(|e| StoreError::Corrupt { table: "roster_version", what: e.to_string() })?,
    })
}

/// Keeps which roster a version is; `false` where its number is taken.
pub(super) async fn keep_version(
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    manifest: &Manifest,
    source: &str,
    actor: &str,
) -> Result<bool> {
    let added = sql!(
        "INSERT INTO roster_version (agency_id, version, manifest, source, at_ms, actor)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        scope.agency(), manifest.version, minicbor::to_vec(manifest).expect("writing to memory cannot fail"), source,
        manifest.at_ms, actor
    )
    .execute(&mut **transaction)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// Keeps pieces; one that lies there with rows masked is whole again.
pub(super) async fn keep_pieces(
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    pieces: &Pieces,
) -> Result<()> {
    for (name, piece) in pieces {
        let statement = "INSERT INTO object (agency_id, hash, content) VALUES ($1, $2, $3)
            ON CONFLICT (agency_id, hash) DO UPDATE SET content = excluded.content
            WHERE object.content <> excluded.content";
        sql!(statement; scope.agency(), name, piece).execute(&mut **transaction).await?;
    }
    Ok(())
}

impl Store {
    /// Keeps a new version, with its history; gives `false` when another version took its number
    /// meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_roster(&self, scope: &AgencyScope, new: NewVersion<'_>) -> Result<bool> {
        self.again(|| self.add_roster_once(scope, new)).await
    }

    async fn add_roster_once(&self, scope: &AgencyScope, new: NewVersion<'_>) -> Result<bool> {
        let (manifest, now) = (&new.snapshot.manifest, new.snapshot.manifest.at_ms);
        let mut desk = self.desk(scope.agency()).await?;
        let mut transaction = self.begin().await?;
        if !keep_version(&mut transaction, scope, manifest, new.source, scope.actor()).await? {
            return Ok(false);
        }
        keep_pieces(&mut transaction, scope, &new.snapshot.pieces).await?;
        self.keep_changes(&mut transaction, scope, manifest.version, new.changes).await?;
        let issued = office::issued(manifest, new.source, scope.asked());
        desk.append(self, &mut transaction, &[issued], now).await?;
        let subject = manifest.version.to_string();
        audit::note(&mut transaction, scope, now, new.act, &subject, new.source).await?;
        transaction.commit().await?;
        desk.keep(self);
        Ok(true)
    }

    pub(super) async fn keep_changes(
        &self,
        transaction: &mut Transaction<'_, Any>,
        scope: &AgencyScope,
        version: u64,
        changes: &[Change],
    ) -> Result<()> {
        let mut place = 0_u64;
        for piece in pieces(changes) {
            let statement = format!(
                "INSERT INTO roster_change (agency_id, version, place, kind, person_id, fields) VALUES {}",
                values(self.dialect, piece.len(), 6)
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for change in piece {
                let fields = serde_json::to_string(&change.fields)
                    .map_err(|e| StoreError::Corrupt { table: "roster_change", what: e.to_string() })?;
                query = bind!(query; scope.agency(), version, place, change.kind.name(), change.id, fields);
                place += 1;
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// The newest version, or the one asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roster(&self, scope: &AgencyScope, version: Option<u64>) -> Result<Option<RosterRow>> {
        let which = if version.is_some() { "AND version = $2" } else { "ORDER BY version DESC LIMIT 1" };
        let statement =
            format!("SELECT version, manifest, source, at_ms FROM roster_version WHERE agency_id = $1 {which}");
        let mut query = sql!(AssertSqlSafe(statement); scope.agency());
        if let Some(version) = version {
            query = bind!(query; version);
        }
        query.fetch_optional(&self.read).await?.as_ref().map(|row| read(row, "at_ms")).transpose()
    }

    /// The newest changes of the roster, newest version first; of one person where one is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roster_history(&self, look: Look<'_>, person: Option<&str>, limit: u32) -> Result<Vec<ChangeRow>> {
        let of = if person.is_some() { "AND c.person_id = $3" } else { "" };
        let statement = format!(
            "SELECT c.version, c.kind, c.person_id, c.fields, v.at_ms, v.actor, v.source
             FROM roster_change c JOIN roster_version v ON v.agency_id = c.agency_id AND v.version = c.version
             WHERE c.agency_id = $1 {of} ORDER BY c.version DESC, c.place LIMIT $2"
        );
        let mut query = sql!(AssertSqlSafe(statement); look.agency(), i64::from(limit));
        if let Some(person) = person {
            query = bind!(query; person);
        }
        let rows = query.fetch_all(&self.read).await?;
        rows.iter()
            .map(|row| {
                let corrupt = |what: String| StoreError::Corrupt { table: "roster_change", what };
                let (kind, fields): (String, String) = (row.try_get("kind")?, row.try_get("fields")?);
                let kind = PersonKind::from_name(&kind).ok_or_else(|| corrupt(format!("kind {kind}")))?;
                let fields: BTreeMap<String, FieldChange> =
                    serde_json::from_str(&fields).map_err(|e| corrupt(e.to_string()))?;
                Ok(ChangeRow {
                    version: unsigned(row, "version")?,
                    at_ms: unsigned(row, "at_ms")?,
                    actor: row.try_get("actor")?,
                    source: row.try_get("source")?,
                    change: Change { kind, id: row.try_get("person_id")?, fields },
                })
            })
            .collect()
    }

    /// The first version of the roster that is not the one that the log says was issued, and else the newest
    /// where its pieces are not whole. Versions from before the log had an office are not in it.
    pub(super) async fn wrong_roster(&self, scope: &AgencyScope, fold: &Fold) -> Result<Option<Wrong>> {
        let rows = sql!(
            "SELECT version, manifest, source, at_ms FROM roster_version WHERE agency_id = $1 ORDER BY version";
            scope.agency()
        )
        .fetch_all(&self.read)
        .await?;
        let wrong =
            |version| Some(Wrong { lsn: 0, writer: WriterId::default(), seq: 0, fault: Fault::Roster { version } });
        let first = fold.rosters().map(|issued| issued.version).min().unwrap_or(u64::MAX);
        let mut newest = None;
        for row in &rows {
            let version = unsigned(row, "version")?;
            let Ok(row) = read(row, "at_ms") else { return Ok(wrong(version)) };
            let hash = sha256(&[&minicbor::to_vec(&row.manifest).expect("writing to memory cannot fail")]);
            let is_issued = fold.rosters().any(|issued| issued.version == version && issued.manifest == hash);
            if row.manifest.version != version || (version >= first && !is_issued) {
                return Ok(wrong(version));
            }
            newest = Some(row.manifest);
        }
        let Some(newest) = newest else { return Ok(None) };
        // Nobody on the newest is ever masked: who is missing there was taken out.
        match self.left_of(scope, &newest).await {
            Err(StoreError::Corrupt { .. }) | Ok((_, true)) => Ok(wrong(newest.version)),
            people => people.map(|_| None),
        }
    }

    /// Who is on a version of the roster, but for those whose rows were masked.
    ///
    /// # Errors
    /// When the database fails, or its pieces are not what the manifest names.
    pub async fn people(&self, scope: &AgencyScope, manifest: &Manifest) -> Result<Roster> {
        Ok(self.left_of(scope, manifest).await?.0)
    }

    /// The same, and whether rows were masked.
    ///
    /// # Errors
    /// When the database fails, or its pieces are not what the manifest names.
    pub(crate) async fn left_of(&self, scope: &AgencyScope, manifest: &Manifest) -> Result<(Roster, bool)> {
        let mut pieces = Pieces::new();
        for name in manifest.pieces() {
            if let Some(piece) = self.object(scope, *name).await? {
                pieces.insert(*name, piece);
            }
        }
        let manifest = manifest.clone();
        // A city's takes a while to be put together.
        let assembled = tokio::task::spawn_blocking(move || manifest.assemble_masked(&pieces)).await;
        let assembled = assembled.map_err(|e| StoreError::Database(sqlx::Error::Io(std::io::Error::other(e))))?;
        assembled.map_err(|e| StoreError::Corrupt { table: "object", what: e.to_string() })
    }

    /// A piece of a roster, compressed, by its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn object(&self, scope: &AgencyScope, hash: Hash) -> Result<Option<Vec<u8>>> {
        let row = sql!("SELECT content FROM object WHERE agency_id = $1 AND hash = $2"; scope.agency(), hash)
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|row| row.try_get("content")).transpose()?)
    }
}
