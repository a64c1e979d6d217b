//! Whether an agency's log in the database is what it says of itself: every row is read once, in the
//! log's order, and everything that can be computed from it is compared with what is stored.

use std::collections::HashMap;

use auxlog_record::{AgencyId, Hash, PublicKey, WriterId};
use auxlog_sync::merkle::{Frontier, NodeId};
use auxlog_sync::receipt::Epoch;
use futures_util::TryStreamExt as _;
use sqlx::Row as _;

use super::fold::{EventRow, Fold};
use super::log::{NODE_FLOOR, leaves_from, word};
use super::{Result, Store, StoreError, fixed, unsigned, writers};
use crate::scope::AgencyScope;

/// Rows that are looked at in one step.
const CHUNK: u32 = 256;

/// Bytes of records after which a step is full, however few they are.
const CHUNK_BYTES: usize = 4 << 20;

/// Why a row is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no row of this number.
    Missing,
    /// There is a row beyond the end of the log.
    Beyond,
    /// The row cannot be read.
    Unreadable(String),
    /// The record is of another agency, writer or seq than its row says.
    Place,
    /// The row's hash is not the record's.
    Hash,
    /// Nobody's key is known by whom it was written.
    Writer,
    /// The signature is not the writer's.
    Signature,
    /// It speaks for the office, and is not of a chain that the server's key certified.
    Office,
    /// It does not follow the record before it in its writer's chain.
    Chain,
    /// The tree over the rows up to this number has another hash.
    Tree {
        /// The last of them.
        last: u64,
    },
    /// The log's root is not that of its tree.
    Root,
    /// Up to this number the log is another than it was: its root is remembered outside the database.
    Rewritten,
    /// Leaves of the second kind begin elsewhere than the log says.
    Leaves,
    /// What was acknowledged to the writer is neither in the log nor held.
    Acked,
    /// Officer, role or standing of the device are not what the log says.
    Standing,
    /// A version of the roster is not the one that the log says was issued, or its pieces are not whole.
    Roster {
        /// Which.
        version: u64,
    },
}

impl Fault {
    /// Its name in lists.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Beyond => "beyond",
            Self::Unreadable(_) => "unreadable",
            Self::Place => "place",
            Self::Hash => "hash",
            Self::Writer => "writer",
            Self::Signature => "signature",
            Self::Office => "office",
            Self::Chain => "chain",
            Self::Tree { .. } => "tree",
            Self::Root => "root",
            Self::Rewritten => "rewritten",
            Self::Leaves => "leaves",
            Self::Acked => "acked",
            Self::Standing => "standing",
            Self::Roster { .. } => "roster",
        }
    }
}

/// The first row that is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its number in the log; 0 where it is no row of the log.
    pub lsn: u64,
    /// Whose record, or which device; nobody's where that is not known.
    pub writer: WriterId,
    /// Which of their records.
    pub seq: u64,
    /// Why.
    pub fault: Fault,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "number {}, {}:{}: {}", self.lsn, self.writer, self.seq, self.fault.name())?;
        match &self.fault {
            Fault::Unreadable(why) => write!(f, " ({why})"),
            Fault::Tree { last } => write!(f, " (up to number {last})"),
            Fault::Roster { version } => write!(f, " (version {version})"),
            _ => Ok(()),
        }
    }
}

/// What an audit came to, or how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is more to look at.
    More,
    /// Everything is what it says.
    Whole {
        /// Records in the log.
        records: u64,
        /// Whose.
        writers: u64,
    },
    /// Something is not.
    Wrong(Wrong),
}

/// An audit of one agency's log, as far as it is done. The log may grow meanwhile.
#[derive(Debug)]
pub struct Audit {
    scope: AgencyScope,
    keys: HashMap<WriterId, PublicKey>,
    fold: Option<Fold>,
}

/// The log's head as the database has it.
struct Stored {
    epoch: Epoch,
    size: u64,
    frontier: Vec<u8>,
    root: Hash,
    leaves_from: u64,
}

impl Audit {
    /// Begins an audit; `server` is the key that certifies the office's chains.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(store: &Store, agency: &AgencyId, server: &PublicKey) -> Result<Self> {
        let scope = AgencyScope::local(agency);
        let fold = Some(Fold::new(agency, server, store.former_keys(&scope).await?));
        Ok(Self { scope, keys: HashMap::new(), fold })
    }

    /// Looks at the next rows, or, behind the last, at what stands beside them.
    ///
    /// # Errors
    /// When the database fails. That a row cannot be read is no failure.
    pub async fn step(&mut self, store: &Store) -> Result<Step> {
        let mut fold = self.fold.take().ok_or(StoreError::Unsupported("the audit was given up"))?;
        let stored = store.stored_head(&self.scope).await?;
        // A step ends where the root is remembered.
        let remembered = store.high_water.root_of(self.scope.agency(), stored.epoch);
        let remembered = remembered.filter(|(size, _)| (fold.size()..=stored.size).contains(size));
        let rewritten = remembered.is_some_and(|(size, root)| size == fold.size() && root != fold.frontier().root());
        let step = if rewritten {
            Step::Wrong(Wrong { lsn: fold.size(), writer: WriterId::default(), seq: 0, fault: Fault::Rewritten })
        } else if fold.size() < stored.size {
            let until = remembered.map(|(size, _)| size).filter(|size| *size > fold.size()).unwrap_or(stored.size);
            let kept = store.kept(&self.scope, fold.size(), until, &mut self.keys).await?;
            let keys = std::mem::take(&mut self.keys);
            let done = tokio::task::spawn_blocking(move || {
                let taken = fold.take(kept, &keys);
                (fold, keys, taken)
            });
            let taken;
            (fold, self.keys, taken) = done.await.map_err(|e| sqlx::Error::Io(std::io::Error::other(e.to_string())))?;
            let tree = store.differing(&self.scope, &taken.nodes).await?.map(Step::Wrong);
            tree.or(taken.wrong.map(Step::Wrong)).unwrap_or(Step::More)
        } else {
            self.end(store, &fold, &stored).await?
        };
        self.fold = Some(fold);
        Ok(step)
    }

    /// Compares what stands beside the rows: the head, the devices and the rosters. Where the log grew meanwhile
    /// there is more to look at first.
    async fn end(&self, store: &Store, fold: &Fold, stored: &Stored) -> Result<Step> {
        let wrong = match store.beyond(&self.scope, stored.size).await?.or_else(|| edge(fold, stored)) {
            Some(wrong) => Some(wrong),
            None => match store.wrong_device(&self.scope, fold).await? {
                Some(wrong) => Some(wrong),
                None => store.wrong_roster(&self.scope, fold).await?,
            },
        };
        if store.stored_head(&self.scope).await?.size != stored.size {
            return Ok(Step::More);
        }
        let whole = || Step::Whole { records: fold.size(), writers: fold.writers() };
        Ok(wrong.map_or_else(whole, Step::Wrong))
    }
}

/// Compares the tree's right edge with the one that is stored.
fn edge(fold: &Fold, stored: &Stored) -> Option<Wrong> {
    let wrong = |lsn, fault| Some(Wrong { lsn, writer: WriterId::default(), seq: 0, fault });
    if fold.size() > stored.size {
        return wrong(stored.size + 1, Fault::Beyond);
    }
    let (ours, theirs) = (fold.frontier().to_bytes(), &stored.frontier);
    if ours != *theirs {
        // The first of the perfect trees on the edge that differs tells from which row on.
        let same = ours.chunks(32).zip(theirs.chunks(32)).take_while(|(ours, theirs)| ours == theirs).count();
        let before: u64 =
            (0..u64::BITS).rev().map(|bit| fold.size() & (1 << bit)).filter(|part| *part > 0).take(same).sum();
        return wrong((before + 1).min(fold.size()), Fault::Tree { last: fold.size() });
    }
    if Frontier::from_bytes(stored.size, theirs).is_none_or(|frontier| frontier.root() != stored.root) {
        return wrong(stored.size, Fault::Root);
    }
    (fold.leaves_from() != stored.leaves_from).then(|| wrong(fold.leaves_from(), Fault::Leaves)).flatten()
}

impl Store {
    async fn stored_head(&self, scope: &AgencyScope) -> Result<Stored> {
        let row = sql!(
            "SELECT epoch, size, frontier, root, leaves_from FROM agency_head WHERE agency_id = $1";
            scope.agency()
        )
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| StoreError::NoAgency(scope.agency().clone()))?;
        Ok(Stored {
            epoch: Epoch(fixed(&row, "epoch")?),
            size: unsigned(&row, "size")?,
            frontier: row.try_get("frontier")?,
            root: Hash(fixed(&row, "root")?),
            leaves_from: leaves_from(&row)?,
        })
    }

    /// The rows that follow number `after`, as they are kept, and the keys of their writers.
    async fn kept(
        &self,
        scope: &AgencyScope,
        after: u64,
        until: u64,
        keys: &mut HashMap<WriterId, PublicKey>,
    ) -> Result<Vec<EventRow>> {
        let mut found = sql!(
            "SELECT lsn, writer_id, seq, hash, record, recv_ms, disposition, verdict FROM event
             WHERE agency_id = $1 AND lsn > $2 AND lsn <= $3 ORDER BY lsn LIMIT $4";
            scope.agency(), after, until, i64::from(CHUNK)
        )
        .fetch(&self.read);
        let (mut kept, mut bytes) = (Vec::new(), 0);
        loop {
            let row = match found.try_next().await.map_err(StoreError::from) {
                Ok(Some(row)) => row,
                Ok(None) => break,
                // What cannot even be read is the next row, once those before it were looked at.
                Err(error) if error.is_damaged() => {
                    if kept.is_empty() {
                        kept.push(EventRow::unreadable(after + 1, error.to_string()));
                    }
                    break;
                }
                Err(error) => return Err(error),
            };
            let record: Vec<u8> = row.try_get("record")?;
            bytes += record.len();
            let word = match word(&row, None) {
                Ok(word) => Ok(word),
                Err(StoreError::Corrupt { what, .. }) => Err(what),
                Err(error) => return Err(error),
            };
            let (writer, hash) = (fixed(&row, "writer_id"), fixed(&row, "hash"));
            let readable = writer.is_ok() && hash.is_ok();
            kept.push(EventRow {
                lsn: unsigned(&row, "lsn")?,
                writer: WriterId(writer.unwrap_or_default()),
                seq: unsigned(&row, "seq")?,
                hash: Hash(hash.unwrap_or_default()),
                record,
                word: if readable { word } else { Err("writer or hash".into()) },
            });
            if bytes > CHUNK_BYTES {
                break;
            }
        }
        drop(found);
        for row in &kept {
            if !keys.contains_key(&row.writer)
                && let Some(key) = self.key_of(scope, row.writer).await?
            {
                keys.insert(row.writer, key);
            }
        }
        Ok(kept)
    }

    /// The key of a device or of a chain of the office; `None` where none is known that is the writer's.
    async fn key_of(&self, scope: &AgencyScope, writer: WriterId) -> Result<Option<PublicKey>> {
        let row = sql!(
            "SELECT public_key FROM writer WHERE agency_id = $1 AND writer_id = $2
             UNION ALL SELECT public_key FROM office_writer WHERE agency_id = $1 AND writer_id = $2";
            scope.agency(), writer
        )
        .fetch_optional(&self.read)
        .await?;
        let key = row.and_then(|row| PublicKey::from_bytes(&fixed(&row, "public_key").ok()?).ok());
        Ok(key.filter(|key| key.writer() == writer))
    }

    /// The first of the tree's nodes that is not stored as it was computed.
    async fn differing(&self, scope: &AgencyScope, nodes: &[(NodeId, Hash)]) -> Result<Option<Wrong>> {
        let mut first: Option<(u64, u64)> = None;
        let mut level = NODE_FLOOR;
        loop {
            let computed: HashMap<u64, Hash> =
                nodes.iter().filter(|(id, _)| id.level == level).map(|(id, hash)| (id.index, *hash)).collect();
            let (Some(from), Some(to)) = (computed.keys().min(), computed.keys().max()) else { break };
            let rows = sql!(
                "SELECT idx, hash FROM tree_node WHERE agency_id = $1 AND level = $2 AND idx >= $3 AND idx <= $4";
                scope.agency(), i64::from(level), from, to
            )
            .fetch_all(&self.read)
            .await?;
            let mut stored = HashMap::new();
            for row in &rows {
                stored.insert(unsigned(row, "idx")?, fixed(row, "hash").ok().map(Hash));
            }
            for (index, hash) in computed {
                if stored.get(&index) != Some(&Some(hash)) {
                    let rows = ((index << level) + 1, (index + 1) << level);
                    // A wrong row makes every node above it wrong: the lowest is nearest to it.
                    if first.is_none_or(|(known, last)| {
                        rows.1 < known || (last - known == rows.1 - rows.0 && rows.0 < known)
                    }) {
                        first = Some(rows);
                    }
                }
            }
            level += 1;
        }
        Ok(first.map(|(lsn, last)| Wrong { lsn, writer: WriterId::default(), seq: 0, fault: Fault::Tree { last } }))
    }

    /// A row of the log behind its end.
    async fn beyond(&self, scope: &AgencyScope, size: u64) -> Result<Option<Wrong>> {
        let row = sql!(
            "SELECT lsn, seq FROM event WHERE agency_id = $1 AND lsn > $2 ORDER BY lsn LIMIT 1";
            scope.agency(), size
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (lsn, seq) = (unsigned(&row, "lsn")?, unsigned(&row, "seq")?);
        Ok(Some(Wrong { lsn, writer: WriterId::default(), seq, fault: Fault::Beyond }))
    }

    /// The first device that the tables know otherwise than the log.
    async fn wrong_device(&self, scope: &AgencyScope, fold: &Fold) -> Result<Option<Wrong>> {
        let rows = sql!(
            "SELECT w.writer_id, w.acked_seq, w.acked_hash, w.officer_id, w.role, w.standing, w.certified,
             e.hash AS logged, h.hash AS kept,
             (SELECT count(*) FROM held o WHERE o.agency_id = w.agency_id AND o.writer_id = w.writer_id
             AND o.released_ms IS NULL) AS waiting
             FROM writer w
             LEFT JOIN event e ON e.agency_id = w.agency_id AND e.writer_id = w.writer_id AND e.seq = w.acked_seq
             LEFT JOIN held h ON h.agency_id = w.agency_id AND h.writer_id = w.writer_id AND h.seq = w.acked_seq
             WHERE w.agency_id = $1 ORDER BY w.writer_id";
            scope.agency()
        )
        .fetch_all(&self.read)
        .await?;
        for row in &rows {
            let writer = WriterId(fixed(row, "writer_id")?);
            let (seq, hash): (u64, Vec<u8>) = (unsigned(row, "acked_seq")?, row.try_get("acked_hash")?);
            let (logged, kept): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.try_get("logged")?, row.try_get("kept")?);
            let there = seq == 0 || logged.or(kept).is_some_and(|found| found == hash);
            let wrong = |fault| Ok(Some(Wrong { lsn: 0, writer, seq, fault }));
            if !there || fold.tip_of(&writer) + unsigned(row, "waiting")? != seq {
                return wrong(Fault::Acked);
            }
            let (officer, role): (String, String) = (row.try_get("officer_id")?, row.try_get("role")?);
            let same = match fold.grant_of(&writer) {
                Some(grant) => {
                    let standing = writers::standing(row).ok();
                    grant.officer.0 == officer && grant.role.name() == role && standing == Some(grant.standing)
                }
                // Of one that was never let in the office says nothing.
                None => unsigned(row, "certified")? == 0,
            };
            if !same {
                return wrong(Fault::Standing);
            }
        }
        Ok(None)
    }
}
