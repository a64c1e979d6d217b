//! Reading an agency's log: its head, pages of it, and the nodes of its tree.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use auxlog_law::Verdict;
use auxlog_record::{AgencyId, Event, Hash, Record, Word, WriterId};
use auxlog_sync::merkle::{self, NodeId};
use auxlog_sync::message::Disposition;
use auxlog_sync::receipt::Epoch;
use futures_util::TryStreamExt as _;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::append::AtHand;
use super::{Result, RosterRow, Store, StoreError, audit, fixed, rosters, unsigned};
use crate::scope::AgencyScope;

/// Levels of the tree below this are computed from the log's own rows.
pub(super) const NODE_FLOOR: u32 = 4;

/// Bytes of records after which a page is full, however few they are.
pub(super) const PAGE_BYTES: usize = 2 << 20;

/// The state of an agency's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Records in it.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// The log's life: another after the database came back from a backup.
    pub epoch: Epoch,
    /// When it grew last, milliseconds since 1970 UTC; never goes back.
    pub at_ms: u64,
    /// Leaves of the tree up to this number hold the record's hash alone.
    pub leaves_from: u64,
}

/// A record in the log.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Its writer.
    pub writer: WriterId,
    /// The record as stored.
    pub record: Vec<u8>,
    /// What the log says of it.
    pub word: Word,
}

/// What the log says of a device's own record.
#[derive(Debug, Clone)]
pub struct OwnRow {
    /// Its writer.
    pub writer: WriterId,
    /// Which of the writer's records.
    pub seq: u64,
    /// What the log says of it.
    pub word: Word,
}

/// The last number whose leaf is of the first kind, as the database keeps it: it has no number larger
/// than an `i64`, and one that was never set is larger than every number of a log.
pub(super) fn leaves_from(row: &AnyRow) -> Result<u64> {
    let from = unsigned(row, "leaves_from")?;
    Ok(if from == i64::MAX.unsigned_abs() { u64::MAX } else { from })
}

/// What a row of the log says of its record. The verdict is the server's where the record does not
/// state it: 0.1.0 kept it of every record that it judged.
pub(super) fn word(row: &AnyRow, record: Option<&[u8]>) -> Result<Word> {
    let kept: Option<Vec<u8>> = row.try_get("verdict")?;
    let corrupt = |what: String| StoreError::Corrupt { table: "event", what };
    let verdict = kept.map(|bytes| minicbor::decode::<Verdict>(&bytes)).transpose();
    let mut verdict = verdict.map_err(|e| corrupt(e.to_string()))?;
    if let (Some(ours), Some(record)) = (&verdict, record) {
        let record = Record::decode(record).map_err(|e| corrupt(e.to_string()))?;
        if record.event().ok().as_ref().and_then(Event::verdict) == Some(ours) {
            verdict = None;
        }
    }
    Ok(Word {
        lsn: unsigned(row, "lsn")?,
        recv_ms: unsigned(row, "recv_ms")?,
        disposition: disposition(row.try_get("disposition")?)?,
        verdict: verdict.map(Box::new),
    })
}

/// A leaf of the log's tree, from what the database keeps of a record.
fn leaf(row: &AnyRow, leaves_from: u64) -> Result<Hash> {
    let hash = Hash(fixed(row, "hash")?);
    let lsn = unsigned(row, "lsn")?;
    if lsn <= leaves_from {
        return Ok(merkle::leaf(&hash.0));
    }
    Ok(merkle::leaf(&word(row, None)?.leaf(&hash, 2)))
}

/// A disposition as the database keeps it.
pub(super) fn number(disposition: Disposition) -> i64 {
    i64::from(disposition.number())
}

fn disposition(number: i64) -> Result<Disposition> {
    let known = u8::try_from(number).ok().and_then(Disposition::of);
    known.ok_or_else(|| StoreError::Corrupt { table: "event", what: format!("disposition {number}") })
}

/// Begins a new life of a log within a transaction that holds its row, and files the incident.
pub(super) async fn begin_epoch(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    old: Epoch,
    why: &str,
    now: u64,
) -> Result<Epoch> {
    let fresh = audit::unique()?;
    sql!("UPDATE agency_head SET epoch = $2 WHERE agency_id = $1"; agency, fresh).execute(&mut **transaction).await?;
    tracing::error!(%agency, why, "the log is shorter than it was: restored from a backup?");
    let kind = audit::IncidentKind::ServerBehind;
    let detail = format!("{why}; epoch {} ended", data_encoding::HEXLOWER.encode(&old.0));
    audit::file(transaction, agency, now, kind, WriterId::default(), 0, &detail).await?;
    let fresh = fresh.try_into().map_err(|_| StoreError::Corrupt { table: "agency_head", what: "epoch".into() })?;
    Ok(Epoch(fresh))
}

impl Store {
    /// The log's head.
    ///
    /// # Errors
    /// When there is no such agency, or the database fails.
    pub async fn head(&self, scope: &AgencyScope) -> Result<Head> {
        let row = sql!(
            "SELECT size, root, epoch, at_ms, leaves_from FROM agency_head WHERE agency_id = $1";
            scope.agency()
        )
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| StoreError::NoAgency(scope.agency().clone()))?;
        self.headed(scope, &row)
    }

    /// The log's head, and the newest version of the roster that is in it.
    ///
    /// # Errors
    /// When there is no such agency, or the database fails.
    pub(crate) async fn head_and_roster(&self, scope: &AgencyScope) -> Result<(Head, Option<RosterRow>, AtHand)> {
        let row = sql!(
            "SELECT h.size, h.root, h.epoch, h.at_ms, h.leaves_from, h.came_bytes, h.entries, r.version, r.manifest,
             r.source, r.at_ms AS issued_ms
             FROM agency_head h LEFT JOIN roster_version r ON r.agency_id = h.agency_id AND r.version =
             (SELECT MAX(version) FROM roster_version WHERE agency_id = h.agency_id)
             WHERE h.agency_id = $1";
            scope.agency()
        )
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| StoreError::NoAgency(scope.agency().clone()))?;
        let issued = row.try_get::<Option<i64>, _>("version")?.is_some();
        let roster = issued.then(|| rosters::read(&row, "issued_ms")).transpose()?;
        let at_hand = AtHand {
            roster: roster.as_ref().map_or(0, |row| row.version),
            came_bytes: unsigned(&row, "came_bytes")?,
            entries: unsigned(&row, "entries")? > 0,
        };
        Ok((self.headed(scope, &row)?, roster, at_hand))
    }

    fn headed(&self, scope: &AgencyScope, row: &AnyRow) -> Result<Head> {
        let head = Head {
            size: unsigned(row, "size")?,
            root: Hash(fixed(row, "root")?),
            epoch: Epoch(fixed(row, "epoch")?),
            at_ms: unsigned(row, "at_ms")?,
            leaves_from: leaves_from(row)?,
        };
        self.high_water.note(scope.agency(), &head);
        Ok(head)
    }

    /// Begins a new life of every log that is shorter than it was known to be, and remembers them all.
    pub(crate) async fn notice_rollback(&self, now: u64) -> Result<()> {
        for (agency, _) in self.agencies().await? {
            let mut transaction = self.begin().await?;
            let statement =
                format!("SELECT size, epoch FROM agency_head WHERE agency_id = $1{}", self.dialect.for_update);
            let row = sql!(AssertSqlSafe(statement); agency).fetch_one(&mut *transaction).await?;
            let (size, epoch) = (unsigned(&row, "size")?, Epoch(fixed(&row, "epoch")?));
            if self.high_water.is_behind(&agency, epoch, size) {
                begin_epoch(&mut transaction, &agency, epoch, "known length", now).await?;
            }
            transaction.commit().await?;
            // From its first start on a log is remembered, whoever wrote in it meanwhile.
            self.head(&AgencyScope::local(&agency)).await?;
        }
        Ok(())
    }

    /// At most `limit` records numbered above `after` and up to `until`, in order, in all about 2 MiB long;
    /// of those of `own` writers what the log says; and the number up to which that is all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(
        &self,
        scope: &AgencyScope,
        after: u64,
        until: u64,
        own: &[WriterId],
        limit: u32,
    ) -> Result<(Vec<LogRow>, Vec<OwnRow>, u64)> {
        let listed = |at: usize| format!("{}${}", if at == 0 { "" } else { ", " }, at + 5);
        let listed: String = (0..own.len()).map(listed).collect();
        // Their own record is read only where there is a verdict to compare with its own.
        let record = if own.is_empty() {
            "record".to_owned()
        } else {
            format!("CASE WHEN verdict IS NULL AND writer_id IN ({listed}) THEN NULL ELSE record END AS record")
        };
        let statement = format!(
            "SELECT lsn, writer_id, seq, recv_ms, disposition, verdict, {record} FROM event
             WHERE agency_id = $1 AND lsn > $2 AND lsn <= $3 ORDER BY lsn LIMIT $4"
        );
        let mut query = sql!(AssertSqlSafe(statement); scope.agency(), after, until, i64::from(limit));
        for writer in own {
            query = bind!(query; writer);
        }
        // Row by row: a page of large records must not be in memory before it is cut.
        let mut found = query.fetch(&self.read);
        let (mut rows, mut owned, mut bytes, mut next) = (Vec::new(), Vec::new(), 0, after);
        while let Some(row) = found.try_next().await? {
            let writer = WriterId(fixed(&row, "writer_id")?);
            let record: Option<Vec<u8>> = row.try_get("record")?;
            let word = word(&row, record.as_deref())?;
            let lsn = word.lsn;
            if own.contains(&writer) {
                owned.push(OwnRow { writer, seq: unsigned(&row, "seq")?, word });
            } else {
                let record = record.unwrap_or_default();
                bytes += record.len();
                if bytes > PAGE_BYTES && !rows.is_empty() {
                    return Ok((rows, owned, next));
                }
                rows.push(LogRow { writer, record, word });
            }
            next = lsn;
        }
        let all = rows.len() + owned.len() < limit as usize;
        Ok((rows, owned, if all { until } else { next }))
    }

    /// Begins a new life of a log that came back from a backup behind `claimed` records, and files
    /// the incident; gives the head. Does nothing when that was done before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new_epoch(&self, scope: &AgencyScope, old: Epoch, claimed: u64, now: u64) -> Result<Head> {
        self.again(|| self.new_epoch_once(scope, old, claimed, now)).await
    }

    async fn new_epoch_once(&self, scope: &AgencyScope, old: Epoch, claimed: u64, now: u64) -> Result<Head> {
        let mut transaction = self.begin().await?;
        let statement = format!(
            "SELECT epoch FROM agency_head WHERE agency_id = $1 AND epoch = $2 AND size < $3{}",
            self.dialect.for_update
        );
        let still =
            sql!(AssertSqlSafe(statement); scope.agency(), old, claimed).fetch_optional(&mut *transaction).await?;
        if still.is_some() {
            let why = format!("a receipt speaks of {claimed} records");
            begin_epoch(&mut transaction, scope.agency(), old, &why, now).await?;
        }
        transaction.commit().await?;
        self.head(scope).await
    }

    /// Hashes of a writer's records `from..=to` that are stored, in the log or held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hashes(
        &self,
        scope: &AgencyScope,
        writer: WriterId,
        from: u64,
        to: u64,
    ) -> Result<HashMap<u64, Hash>> {
        let rows = sql!(
            "SELECT seq, hash FROM event WHERE agency_id = $1 AND writer_id = $2 AND seq >= $3 AND seq <= $4
             UNION ALL
             SELECT seq, hash FROM held WHERE agency_id = $1 AND writer_id = $2 AND seq >= $3 AND seq <= $4";
            scope.agency(), writer, from, to
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(|row| Ok((unsigned(row, "seq")?, Hash(fixed(row, "hash")?)))).collect()
    }

    /// A writer's records after `after`, in the log or held, in order of seq, with their numbers
    /// (0 for those held).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_writer(
        &self,
        scope: &AgencyScope,
        writer: WriterId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>> {
        let rows = sql!(
            "SELECT lsn, seq, record, recv_ms, disposition, verdict FROM event
             WHERE agency_id = $1 AND writer_id = $2 AND seq > $3
             UNION ALL
             SELECT 0 AS lsn, seq, record, recv_ms, 3 AS disposition, NULL AS verdict FROM held
             WHERE agency_id = $1 AND writer_id = $2 AND seq > $3 AND released_ms IS NULL
             ORDER BY seq LIMIT $4";
            scope.agency(), writer, after, i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter()
            .map(|row| {
                let record: Vec<u8> = row.try_get("record")?;
                let word = word(row, Some(&record))?;
                Ok(LogRow { writer, record, word })
            })
            .collect()
    }

    /// The hash of a record in the log, and what the log says of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, scope: &AgencyScope, writer: WriterId, seq: u64) -> Result<Option<(Hash, Word)>> {
        let row = sql!(
            "SELECT lsn, hash, recv_ms, disposition, verdict FROM event
             WHERE agency_id = $1 AND writer_id = $2 AND seq = $3";
            scope.agency(), writer, seq
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| Ok((Hash(fixed(&row, "hash")?), word(&row, None)?))).transpose()
    }

    /// When a writer's first record and that with a number came, milliseconds since 1970 UTC: into the log,
    /// or before that to be held; 0 where it did not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn received_ms(&self, scope: &AgencyScope, writer: WriterId, seq: u64) -> Result<(u64, u64)> {
        let came = |seq: &str| {
            format!(
                "COALESCE((SELECT recv_ms FROM held WHERE agency_id = $1 AND writer_id = $2 AND seq = {seq}),
                (SELECT recv_ms FROM event WHERE agency_id = $1 AND writer_id = $2 AND seq = {seq}), 0)"
            )
        };
        let statement = format!("SELECT {} AS first_ms, {} AS last_ms", came("1"), came("$3"));
        let row = sql!(AssertSqlSafe(statement); scope.agency(), writer, seq).fetch_one(&self.read).await?;
        Ok((unsigned(&row, "first_ms")?, unsigned(&row, "last_ms")?))
    }

    /// Hashes of nodes of the log's tree; those that are not complete yet are absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nodes(&self, scope: &AgencyScope, ids: impl Iterator<Item = NodeId>) -> Result<HashMap<NodeId, Hash>> {
        let ids: BTreeSet<NodeId> = ids.collect();
        let (high, low): (Vec<NodeId>, Vec<NodeId>) = ids.into_iter().partition(|id| id.level >= NODE_FLOOR);
        let mut found = HashMap::new();
        for piece in high.chunks(32) {
            let node = |at: usize| format!("(level = ${} AND idx = ${})", 2 * at + 2, 2 * at + 3);
            // The last one several times, so that the database prepares few statements.
            let length = piece.len().next_power_of_two();
            let nodes = (0..length).map(node).collect::<Vec<_>>().join(" OR ");
            let statement = format!("SELECT level, idx, hash FROM tree_node WHERE agency_id = $1 AND ({nodes})");
            let mut query = sql!(AssertSqlSafe(statement); scope.agency());
            for id in piece.iter().chain(piece.last().into_iter().cycle()).take(length) {
                query = bind!(query; i64::from(id.level), id.index);
            }
            for row in query.fetch_all(&self.read).await? {
                let (level, index) = (unsigned(&row, "level")?, unsigned(&row, "idx")?);
                let at = |id: &&NodeId| u64::from(id.level) == level && id.index == index;
                if let Some(id) = piece.iter().find(at) {
                    found.insert(*id, Hash(fixed(&row, "hash")?));
                }
            }
        }
        // What is under one node of the lowest level that is kept comes together.
        let mut under: BTreeMap<u64, Vec<NodeId>> = BTreeMap::new();
        for id in low {
            under.entry(id.index >> (NODE_FLOOR - id.level)).or_default().push(id);
        }
        for (block, ids) in under {
            let first = block << NODE_FLOOR;
            let leaves = self.leaves(scope, first, 1 << NODE_FLOOR).await?;
            for id in ids {
                let from = usize::try_from((id.index << id.level) - first).unwrap_or(usize::MAX);
                let level = from.checked_add(1 << id.level).and_then(|to| leaves.get(from..to));
                found.extend(level.map(|level| (id, joined(level.to_vec()))));
            }
        }
        Ok(found)
    }

    /// The leaves behind the first `first` of the log, `count` at most, up to the first that is missing.
    async fn leaves(&self, scope: &AgencyScope, first: u64, count: u64) -> Result<Vec<Hash>> {
        let rows = sql!(
            "SELECT e.lsn, e.hash, e.recv_ms, e.disposition, e.verdict, h.leaves_from
             FROM event e JOIN agency_head h ON h.agency_id = e.agency_id
             WHERE e.agency_id = $1 AND e.lsn > $2 AND e.lsn <= $3 ORDER BY e.lsn";
            scope.agency(), first, first + count
        )
        .fetch_all(&self.read)
        .await?;
        let mut leaves = Vec::with_capacity(rows.len());
        for (row, lsn) in rows.iter().zip(first + 1..) {
            if unsigned(row, "lsn")? != lsn {
                break;
            }
            leaves.push(leaf(row, leaves_from(row)?)?);
        }
        Ok(leaves)
    }
}

/// The node over leaves, as many as a power of two.
fn joined(mut level: Vec<Hash>) -> Hash {
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| merkle::node(&pair[0], &pair[pair.len() - 1])).collect();
    }
    level.first().copied().unwrap_or_default()
}
