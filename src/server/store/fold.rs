//! A log's rows folded in their order: what an audit computes of them by itself.

use std::collections::HashMap;

use auxlog_record::{
    AgencyId, Authority, Event, Former, Grant, Hash, PublicKey, Record, RosterIssued, Tip, Word, WriterId, is_office,
};
use auxlog_sync::merkle::{self, Frontier, NodeId};

use super::log::NODE_FLOOR;
use super::whole::{Fault, Wrong};

#[derive(Debug)]
pub(super) struct EventRow {
    pub(super) lsn: u64,
    pub(super) writer: WriterId,
    pub(super) seq: u64,
    pub(super) hash: Hash,
    pub(super) record: Vec<u8>,
    /// What the log says of it, or what of that cannot be read.
    pub(super) word: Result<Word, String>,
}

impl EventRow {
    /// A row that the database itself cannot read.
    pub(super) fn unreadable(lsn: u64, why: String) -> Self {
        let (writer, hash) = (WriterId::default(), Hash::default());
        Self { lsn, writer, seq: 0, hash, record: Vec::new(), word: Err(why) }
    }
}

/// What some rows came to.
#[derive(Debug)]
pub(super) struct Taken {
    /// Nodes of the tree that they completed, before the first that is wrong.
    pub(super) nodes: Vec<(NodeId, Hash)>,
    /// The first that is not what the log says.
    pub(super) wrong: Option<Wrong>,
}

/// The rows so far.
#[derive(Debug)]
pub(super) struct Fold {
    agency: AgencyId,
    frontier: Frontier,
    tips: HashMap<WriterId, Tip>,
    authority: Authority,
    leaves_from: u64,
}

impl Fold {
    pub(super) fn new(agency: &AgencyId, server: &PublicKey, former: Vec<Former>) -> Self {
        Self {
            agency: agency.clone(),
            frontier: Frontier::default(),
            tips: HashMap::new(),
            authority: Authority::of(Some(server.to_bytes()), former),
            leaves_from: u64::MAX,
        }
    }

    /// Rows so far.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(super) fn writers(&self) -> u64 {
        self.tips.len() as u64
    }

    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The last number whose leaf is of the first kind.
    pub(super) fn leaves_from(&self) -> u64 {
        self.leaves_from
    }

    /// The seq of a writer's newest record in the log.
    pub(super) fn tip_of(&self, writer: &WriterId) -> u64 {
        self.tips.get(writer).map_or(0, |tip| tip.seq)
    }

    /// What the office said last of a writer.
    pub(super) fn grant_of(&self, writer: &WriterId) -> Option<&Grant> {
        self.authority.grant_of(writer, None)
    }

    pub(super) fn rosters(&self) -> impl Iterator<Item = &RosterIssued> {
        self.authority.rosters()
    }

    /// Takes the rows that follow, up to the first that is wrong.
    pub(super) fn take(&mut self, rows: Vec<EventRow>, keys: &HashMap<WriterId, PublicKey>) -> Taken {
        let mut nodes = Vec::new();
        let wrong = |row: &EventRow, fault| Some(Wrong { lsn: row.lsn, writer: row.writer, seq: row.seq, fault });
        if rows.is_empty() {
            let missing = Wrong { lsn: self.size() + 1, writer: WriterId::default(), seq: 0, fault: Fault::Missing };
            return Taken { nodes, wrong: Some(missing) };
        }
        for row in rows {
            if row.lsn != self.size() + 1 {
                let lsn = self.size() + 1;
                let missing = Wrong { lsn, writer: WriterId::default(), seq: 0, fault: Fault::Missing };
                return Taken { nodes, wrong: Some(missing) };
            }
            let leaf = match self.check(&row, keys.get(&row.writer)) {
                Ok(leaf) => leaf,
                Err(fault) => return Taken { nodes, wrong: wrong(&row, fault) },
            };
            self.frontier.append(leaf, |id, hash| {
                if id.level >= NODE_FLOOR {
                    nodes.push((id, hash));
                }
            });
        }
        Taken { nodes, wrong: None }
    }

    /// Checks one row and takes it; gives its leaf of the tree.
    fn check(&mut self, row: &EventRow, key: Option<&PublicKey>) -> Result<Hash, Fault> {
        let word = row.word.as_ref().map_err(|why| Fault::Unreadable(why.clone()))?;
        let record = Record::decode(&row.record).map_err(|e| Fault::Unreadable(e.to_string()))?;
        let (id, envelope) = (record.id(), record.envelope());
        if id.writer != row.writer || id.seq != row.seq || envelope.agency != self.agency {
            return Err(Fault::Place);
        }
        if record.hash() != row.hash {
            return Err(Fault::Hash);
        }
        record.verify(key.ok_or(Fault::Writer)?).map_err(|_| Fault::Signature)?;
        let tip = self.tips.get(&id.writer).copied().unwrap_or_default();
        if id.seq != tip.seq + 1 || envelope.prev != tip.hash {
            return Err(Fault::Chain);
        }
        let event = record.event().map_err(|e| Fault::Unreadable(e.to_string()))?;
        self.authority.take(&record, &event, Some(word));
        if is_office(envelope.kind) && !self.authority.is_office(&id.writer) {
            return Err(Fault::Office);
        }
        self.tips.insert(id.writer, record.tip());
        let leaves = if row.lsn > self.leaves_from { 2 } else { 1 };
        if let Event::RulesAdopted(adopted) = &event
            && adopted.leaves > 1
            && self.leaves_from == u64::MAX
        {
            self.leaves_from = row.lsn;
        }
        Ok(merkle::leaf(&word.leaf(&row.hash, leaves)))
    }
}
