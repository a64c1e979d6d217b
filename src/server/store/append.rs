//! Appending to an agency's log: many pushes in one transaction, the agency's row last.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_law::Verdict;
use auxlog_record::kind::number;
use auxlog_record::{AgencyId, Event, Hash, Record, RecordId, Word, WriterId};
use auxlog_sync::merkle::{self, Frontier};
use auxlog_sync::message::{Disposition, RefusedFor, Standing};
use auxlog_sync::receipt::Epoch;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::log::{self, Head, NODE_FLOOR};
use super::masks::{self, NotHeeded, Order};
use super::office::{self, Desk};
use super::{
    Result, Store, StoreError, about, audit, blobs, deliveries, fixed, pieces, unsigned, used, values, writers,
};
use crate::answered::Request;
use crate::quota::Came;
use crate::scope::AgencyScope;

/// A record whose signature and chain were verified, to be appended.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Its seq.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its logical time.
    pub hlc: u64,
    /// Its kind.
    pub kind: u16,
    /// The record as it is stored.
    pub record: Vec<u8>,
    /// What the server makes of it.
    pub disposition: Disposition,
    /// The server's own verdict, where it is not to the letter the one that the record states.
    pub verdict: Option<Box<Verdict>>,
    /// Whether it holds what no genuine program writes.
    pub beyond: bool,
    /// The tasks that it is about.
    pub about: Vec<RecordId>,
    /// Hash and length of the attachment that it announces.
    pub attachment: Option<(Hash, u64)>,
    /// The order to mask that it holds, or the target of one that is not carried out and why.
    pub order: Option<std::result::Result<Order, (RecordId, NotHeeded)>>,
}

impl Fresh {
    /// A record of which no more is said than that it comes into the log.
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            seq: record.id().seq,
            hash: record.hash(),
            hlc: record.envelope().hlc.0,
            kind: record.envelope().kind,
            record: record.encode(),
            disposition: Disposition::Logged,
            beyond: false,
            verdict: None,
            about: Vec::new(),
            attachment: None,
            order: None,
        }
    }

    /// What the log says of it at a place.
    fn word(&self, lsn: u64, recv_ms: u64) -> Word {
        Word { lsn, recv_ms, disposition: self.disposition, verdict: self.verdict.clone() }
    }
}

/// A record that is kept but not acknowledged.
#[derive(Debug, Clone)]
pub struct Aside {
    /// Its seq.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// As it came.
    pub record: Vec<u8>,
    /// Why.
    pub reason: RefusedFor,
}

/// What one run of records amounts to, decided against the writer's state as it was read.
#[derive(Debug, Clone)]
pub struct Push {
    /// Agency.
    pub agency: AgencyId,
    /// Writer.
    pub writer: WriterId,
    /// The device that sent it.
    pub sender: WriterId,
    /// The writer's last acknowledged seq that this builds on.
    pub base_seq: u64,
    /// Its hash.
    pub base_hash: Hash,
    /// The writer's standing that this was decided on.
    pub standing: Standing,
    /// New records, following the base without a gap.
    pub fresh: Vec<Fresh>,
    /// When the synchronisation began that brought them, and when anything had come before it,
    /// milliseconds since 1970 UTC.
    pub met: (u64, u64),
    /// A record that can't be acknowledged; the writer is frozen for it.
    pub aside: Vec<Aside>,
    /// A record in the writer's name does not bear their signature: nothing of it is kept.
    pub forged: bool,
    /// The request that brought it, where it is not noted yet: it is with what it brought.
    pub request: Option<Request>,
}

impl Push {
    /// Whether storing it changes anything.
    pub fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.aside.is_empty()
    }
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is stored, durably.
    Done {
        /// The writer's last acknowledged seq.
        acked: u64,
        /// Its hash.
        hash: Hash,
        /// The agency's log after it.
        head: Head,
        /// The request that brought it came for the first time.
        first: bool,
    },
    /// The writer's state is another than the push was decided on: decide again.
    Moved,
}

impl Store {
    /// Stores pushes in one transaction and says what became of each, in order. All or nothing:
    /// on an error none is stored.
    ///
    /// # Errors
    /// When the database refuses, after all tries where trying again may help.
    pub async fn append(&self, pushes: &[Push], now: u64) -> Result<Vec<Appended>> {
        self.again(|| self.append_once(pushes, now)).await
    }

    async fn append_once(&self, pushes: &[Push], now: u64) -> Result<Vec<Appended>> {
        let mut desks: BTreeMap<&AgencyId, Desk> = BTreeMap::new();
        let freezing: BTreeSet<&AgencyId> =
            pushes.iter().filter(|push| after(push).2 != push.standing).map(|push| &push.agency).collect();
        for agency in freezing {
            desks.insert(agency, self.desk(agency).await?);
        }
        let mut transaction = self.begin().await?;
        // Writers before agencies, each in order: no two transactions wait for each other.
        let mut order: Vec<usize> = (0..pushes.len()).collect();
        order.sort_by_key(|index| (&pushes[*index].agency, pushes[*index].writer));
        let mut agencies: BTreeMap<&AgencyId, Vec<usize>> = BTreeMap::new();
        for index in order {
            let push = &pushes[index];
            if move_writer(&mut transaction, push, now).await? {
                agencies.entry(&push.agency).or_default().push(index);
            }
        }
        let mut outcome = vec![Appended::Moved; pushes.len()];
        let mut masked = false;
        for (agency, members) in agencies {
            let members: Vec<(usize, &Push)> = members.into_iter().map(|index| (index, &pushes[index])).collect();
            let requests: Vec<Request> = members.iter().filter_map(|(_, push)| push.request).collect();
            let first = used::note(self, &mut transaction, agency, &requests, now).await?;
            let mut head = self.append_to(&mut transaction, agency, &members, now).await?;
            if let Some(desk) = desks.get_mut(agency) {
                let frozen: Vec<Event> = members.iter().filter_map(|(_, push)| froze(push)).collect();
                head = desk.append(self, &mut transaction, &frozen, now).await?.unwrap_or(head);
            }
            masked |= masks::apply(&mut transaction, agency, &members, now).await?;
            for (index, push) in members {
                let (acked, hash, _) = after(push);
                let first = push.request.is_some_and(|request| first.contains(&request));
                outcome[index] = Appended::Done { acked, hash, head: head.clone(), first };
            }
        }
        transaction.commit().await?;
        for desk in desks.into_values() {
            desk.keep(self);
        }
        if masked {
            self.scrub().await;
        }
        for (push, outcome) in pushes.iter().zip(&outcome) {
            if let Appended::Done { head, .. } = outcome {
                self.high_water.note(&push.agency, head);
            }
        }
        Ok(outcome)
    }

    /// What deciding about a push reads of its agency's head.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn at_hand(&self, scope: &AgencyScope) -> Result<AtHand> {
        Ok(self.head_and_roster(scope).await?.2)
    }

    /// Appends one agency's pushes and moves its head; the lock on that row is held to the commit.
    async fn append_to(
        &self,
        transaction: &mut Transaction<'_, Any>,
        agency: &AgencyId,
        pushes: &[(usize, &Push)],
        now: u64,
    ) -> Result<Head> {
        if pushes.iter().any(|(_, push)| touches_attachments(push)) {
            deliveries::lock(self, transaction, agency).await?;
        }
        for (_, push) in pushes {
            set_aside(transaction, push, now).await?;
            if push.standing != Standing::Active {
                hold(self, transaction, push, now).await?;
            }
            remarkable(transaction, agency, push.writer, &push.fresh, now).await?;
            blobs::announce(transaction, push, now).await?;
            if froze(push).is_some() {
                deliveries::shut_out(self, transaction, agency, push.writer).await?;
            }
        }
        let rows: Vec<(WriterId, &Fresh)> = pushes
            .iter()
            .filter(|(_, push)| push.standing == Standing::Active)
            .flat_map(|(_, push)| push.fresh.iter().map(|fresh| (push.writer, fresh)))
            .collect();
        let came = pushes.iter().map(|(_, push)| Came::of(push, now).bytes).sum();
        extend_log(self, transaction, agency, &rows, now, came).await
    }
}

/// The reason that a row of `set_aside` names.
pub(super) fn refused_for(name: &str) -> Option<RefusedFor> {
    use RefusedFor::{Body, Chain, Fork, Opening, Signature, UnknownWriter};
    // Those for whom there is only no room are not set aside.
    [Signature, Chain, Fork, Body, UnknownWriter, Opening].into_iter().find(|reason| format!("{reason:?}") == name)
}

/// A writer's state once a push is stored.
fn after(push: &Push) -> (u64, Hash, Standing) {
    let (seq, hash) = push.fresh.last().map_or((push.base_seq, push.base_hash), |last| (last.seq, last.hash));
    let frozen = push.standing == Standing::Active && !push.aside.is_empty();
    (seq, hash, if frozen { Standing::Frozen } else { push.standing })
}

fn why_frozen(push: &Push) -> String {
    push.aside.first().map(|aside| format!("{:?} at {}", aside.reason, aside.seq)).unwrap_or_default()
}

/// What the office says of a writer whom a push freezes.
fn froze(push: &Push) -> Option<Event> {
    let (_, _, standing) = after(push);
    (standing != push.standing).then(|| office::stands(push.writer, standing, &why_frozen(push), None))
}

/// Whether a push makes room for attachments, or ends what was delivered: by an order, or by whom it freezes.
fn touches_attachments(push: &Push) -> bool {
    let touches = |fresh: &Fresh| fresh.attachment.is_some() || matches!(fresh.order, Some(Ok(_)));
    froze(push).is_some() || push.fresh.iter().any(touches)
}

/// Whether records of this kind make, correct or take further an entry of a register.
fn is_of_register(kind: u16) -> bool {
    matches!(kind, number::ENTRY_MADE | number::ENTRY_STEPPED | number::ENTRY_CORRECTED)
}

/// What deciding about a push reads of its agency's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AtHand {
    /// The newest version of the roster.
    pub(crate) roster: u64,
    /// Bytes of all records that came of its officers.
    pub(crate) came_bytes: u64,
    /// Whether anything stands in its registers.
    pub(crate) entries: bool,
}

/// Gives records the next numbers of their agency's log, and keeps its tree. `came` bytes are counted against the
/// agency's limit.
pub(super) async fn extend_log(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    rows: &[(WriterId, &Fresh)],
    now: u64,
    came: u64,
) -> Result<Head> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let row = sql!(
        "UPDATE agency_head SET size = size + $2 WHERE agency_id = $1 RETURNING size, frontier, root, epoch, at_ms,
         leaves_from";
        agency, count
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or_else(|| StoreError::NoAgency(agency.clone()))?;
    let first = unsigned(&row, "size")?.saturating_sub(rows.len() as u64);
    // Within an agency time never goes back, whatever the server's clock does.
    let at_ms = now.max(unsigned(&row, "at_ms")?);
    let leaves_from = log::leaves_from(&row)?;
    let mut epoch = Epoch(fixed(&row, "epoch")?);
    if store.high_water.is_behind(agency, epoch, first) {
        epoch = log::begin_epoch(transaction, agency, epoch, "known length", now).await?;
    }
    if rows.is_empty() {
        return Ok(Head { size: first, root: Hash(fixed(&row, "root")?), epoch, at_ms, leaves_from });
    }
    let bytes: Vec<u8> = row.try_get("frontier")?;
    let mut frontier = Frontier::from_bytes(first, &bytes).ok_or_else(|| StoreError::Corrupt {
        table: "agency_head",
        what: format!("the frontier of {agency} is not that of {first} records"),
    })?;
    let mut nodes = Vec::new();
    for (lsn, (_, fresh)) in (first + 1..).zip(rows) {
        let leaves = if lsn > leaves_from { 2 } else { 1 };
        frontier.append(merkle::leaf(&fresh.word(lsn, at_ms).leaf(&fresh.hash, leaves)), |id, hash| {
            if id.level >= NODE_FLOOR {
                nodes.push((id, hash));
            }
        });
    }
    insert_events(store, transaction, agency, first, rows, at_ms).await?;
    about::note(store, transaction, agency, first, rows).await?;
    for piece in pieces(&nodes) {
        let statement = format!(
            "INSERT INTO tree_node (agency_id, level, idx, hash) VALUES {}",
            values(store.dialect, piece.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for (id, hash) in piece {
            query = bind!(query; agency, i64::from(id.level), id.index, hash);
        }
        query.execute(&mut **transaction).await?;
    }
    let root = frontier.root();
    let entries = rows.iter().filter(|(_, fresh)| is_of_register(fresh.kind)).count() as u64;
    sql!(
        "UPDATE agency_head SET frontier = $2, root = $3, at_ms = $4, came_bytes = came_bytes + $5,
         entries = entries + $6 WHERE agency_id = $1";
        agency, frontier.to_bytes(), root, at_ms, came, entries
    )
    .execute(&mut **transaction)
    .await?;
    Ok(Head { size: frontier.size(), root, epoch, at_ms, leaves_from })
}

async fn insert_events(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    first: u64,
    rows: &[(WriterId, &Fresh)],
    recv_ms: u64,
) -> Result<()> {
    let mut lsn = first;
    for piece in pieces(rows) {
        let statement = format!(
            "INSERT INTO event (agency_id, lsn, writer_id, seq, hash, record, recv_ms, disposition, verdict) VALUES {}",
            values(store.dialect, piece.len(), 9)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for (writer, fresh) in piece {
            lsn += 1;
            query = bind!(
                query;
                agency, lsn, writer, fresh.seq, fresh.hash, fresh.record, recv_ms, log::number(fresh.disposition),
                fresh.verdict.as_ref().map(|ours| minicbor::to_vec(ours).expect("writing to memory cannot fail"))
            );
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

async fn hold(store: &Store, transaction: &mut Transaction<'_, Any>, push: &Push, now: u64) -> Result<()> {
    for piece in pieces(&push.fresh) {
        let statement = format!(
            "INSERT INTO held (agency_id, writer_id, seq, hash, record, recv_ms, reason) VALUES {}",
            values(store.dialect, piece.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for fresh in piece {
            query = bind!(
                query;
                push.agency, push.writer, fresh.seq, fresh.hash, fresh.record, now,
                writers::standing_name(push.standing)
            );
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Files that records state other verdicts than the server gives, or take steps that were
/// not open to their author.
pub(super) async fn remarkable(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    writer: WriterId,
    fresh: &[Fresh],
    now: u64,
) -> Result<()> {
    let kinds = [
        (Disposition::VerdictDiffers, audit::IncidentKind::VerdictDiffers, "state another verdict than the server's"),
        (Disposition::Void, audit::IncidentKind::Void, "take steps that were not open to their author"),
    ];
    let of = |disposition| move |fresh: &&Fresh| fresh.disposition.apart_from_time() == disposition;
    for (disposition, kind, what) in kinds {
        let found: Vec<&Fresh> = fresh.iter().filter(of(disposition)).collect();
        report(transaction, (agency, writer), &found, kind, what, now).await?;
    }
    let beyond: Vec<&Fresh> = fresh.iter().filter(|fresh| fresh.beyond).collect();
    let what = "hold texts, lists or marks that no genuine program writes";
    report(transaction, (agency, writer), &beyond, audit::IncidentKind::Beyond, what, now).await?;
    Ok(())
}

async fn report(
    transaction: &mut Transaction<'_, Any>,
    (agency, writer): (&AgencyId, WriterId),
    found: &[&Fresh],
    kind: audit::IncidentKind,
    what: &str,
    now: u64,
) -> Result<()> {
    let Some(first) = found.first() else { return Ok(()) };
    let detail = format!("{} records {what}", found.len());
    audit::file(transaction, agency, now, kind, writer, first.seq, &detail).await
}

async fn set_aside(transaction: &mut Transaction<'_, Any>, push: &Push, now: u64) -> Result<()> {
    for aside in &push.aside {
        let inserted = sql!(
            "INSERT INTO set_aside (agency_id, writer_id, seq, hash, record, recv_ms, reason, sender)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
            push.agency, push.writer, aside.seq, aside.hash, aside.record, now, format!("{:?}", aside.reason),
            push.sender
        )
        .execute(&mut **transaction)
        .await?;
        // The same record sent again is no new incident.
        if inserted.rows_affected() == 1 {
            let kind = if aside.reason == RefusedFor::Fork {
                audit::IncidentKind::Fork
            } else {
                audit::IncidentKind::Malformed
            };
            let detail = format!("{:?}", aside.reason);
            audit::file(transaction, &push.agency, now, kind, push.writer, aside.seq, &detail).await?;
        }
    }
    Ok(())
}

/// Moves a writer to where they stand once a push is stored, and says whether they still were where it
/// was decided on. Their row is locked until the transaction ends.
async fn move_writer(transaction: &mut Transaction<'_, Any>, push: &Push, now: u64) -> Result<bool> {
    let (seq, hash, standing) = after(push);
    let came = Came::of(push, now);
    let moved = sql!(
        "UPDATE writer SET acked_seq = $3, acked_hash = $4, acked_hlc = COALESCE($5, acked_hlc), since_ms = $6,
         met_ms = $7, came_day = $11,
         came_records = $12 + CASE WHEN came_day = $11 THEN came_records ELSE 0 END,
         came_bytes = $13 + CASE WHEN came_day = $11 THEN came_bytes ELSE 0 END
         WHERE agency_id = $1 AND writer_id = $2 AND acked_seq = $8 AND acked_hash = $9 AND standing = $10";
        push.agency, push.writer, seq, hash, push.fresh.last().map(|last| last.hlc.cast_signed()), push.met.0,
        push.met.1, push.base_seq, push.base_hash, writers::standing_name(push.standing), came.day, came.records,
        came.bytes
    )
    .execute(&mut **transaction)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    if standing != push.standing {
        let reason = why_frozen(push);
        sql!(
            "UPDATE writer SET standing = $3, reason = $4, changed_ms = $5 WHERE agency_id = $1 AND writer_id = $2";
            push.agency, push.writer, writers::standing_name(standing), reason, now
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(true)
}
