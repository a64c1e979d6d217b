//! Who is who in an agency's log: folded from its office's records, in the log's order.
//!
//! Where a log has no office (a directory that stands alone, a server of 0.1.0) nobody else can say
//! it, and each chain's opening record does.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::crypto::sha256;
use crate::{
    Event, Hash, Hlc, KeyCertified, OfficerId, Record, Role, RosterIssued, RulesAdopted, Standing, Word, WriterId,
};

/// Whose word it is that a writer is who they are said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Vouched {
    /// Their own, in a log without an office.
    #[default]
    #[n(0)]
    Opening,
    /// The office's.
    #[n(1)]
    Office,
    /// Nobody's: the log has an office, and it says nothing of them, or no longer.
    #[n(2)]
    Nobody,
}

/// What the office says of a key from a place of its log on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// The place.
    #[n(0)]
    pub lsn: u64,
    /// Whose key it is.
    #[n(1)]
    pub officer: OfficerId,
    /// Their name.
    #[n(2)]
    pub name: String,
    /// What they may do.
    #[n(3)]
    pub role: Role,
    /// Up to when, milliseconds since 1970 UTC by the time of receipt.
    #[n(4)]
    pub until_ms: Option<u64>,
    /// Records up to this seq were made before the chain joined (入网前).
    #[n(5)]
    pub before: u64,
    /// The key's standing.
    #[n(6)]
    pub standing: Standing,
}

/// A key that the server had before the one of today: chains of the office that it certified count for
/// records up to a place of the log, and for none after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Former {
    /// The public key.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The log's size when it ended.
    #[n(1)]
    pub size: u64,
}

/// Who is who.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Authority {
    /// The server whose signature makes a chain the office's.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    server: Option<[u8; 32]>,
    /// The office's chains.
    #[n(1)]
    offices: BTreeMap<WriterId, u64>,
    /// What it said of each key, in the log's order.
    #[n(2)]
    grants: BTreeMap<WriterId, Vec<Grant>>,
    /// The rules that were adopted, and where.
    #[n(3)]
    rules: Vec<(u64, RulesAdopted)>,
    /// The rosters that were issued, and where.
    #[n(4)]
    rosters: Vec<(u64, RosterIssued)>,
    /// Where a directory that stands alone adopted this program's rules.
    #[n(5)]
    alone: Option<Hlc>,
    /// The server's keys before that one.
    #[n(6)]
    #[cbor(default)]
    former: Vec<Former>,
    /// Administrators' acts that were carried out: each signature with the kind of what was done.
    #[n(7)]
    #[cbor(default)]
    acts: BTreeSet<Hash>,
}

impl Authority {
    /// Authority in the log of the server with this key, which had those before; `None` for a directory
    /// that stands alone.
    pub fn of(server: Option<[u8; 32]>, former: Vec<Former>) -> Self {
        Self { server, former, ..Self::default() }
    }

    /// Whose signature makes a chain the office's from now on: the laptop joined a server. Gives whether that
    /// is another than before: then the office's records are to be taken [`Self::anew`].
    pub fn trust(&mut self, server: [u8; 32], former: Vec<Former>) -> bool {
        let other = self.server != Some(server) || self.former != former;
        self.server = Some(server);
        self.former = former;
        other
    }

    /// The same before anything was taken.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self { server: self.server, former: self.former.clone(), alone: self.alone, ..Self::default() }
    }

    /// From this logical time on a directory that stands alone keeps this program's rules; it is its own
    /// office.
    pub fn adopt_alone(&mut self, since: Hlc) {
        self.alone.get_or_insert(since);
    }

    /// Whether the log has an office.
    pub fn has_office(&self) -> bool {
        !self.offices.is_empty()
    }

    /// Whether a chain is the office's.
    pub fn is_office(&self, writer: &WriterId) -> bool {
        self.offices.contains_key(writer)
    }

    /// The newest place of the log at which the office said something.
    pub fn position(&self) -> u64 {
        let grants = self.grants.values().filter_map(|grants| grants.last()).map(|grant| grant.lsn);
        let rules = self.rules.iter().map(|(lsn, _)| *lsn);
        let rosters = self.rosters.iter().map(|(lsn, _)| *lsn);
        grants.chain(rules).chain(rosters).chain(self.offices.values().copied()).max().unwrap_or(0)
    }

    /// Takes a record of the office, each once, in the log's order. After a new life of the log its
    /// numbers begin anew: what comes later is the newer all the same. Gives the writer of whom earlier records read
    /// otherwise from now on: one whom nobody had vouched for.
    pub fn take(&mut self, record: &Record, event: &Event, word: Option<&Word>) -> Option<WriterId> {
        let writer = record.id().writer;
        let word = word?;
        if let Event::OfficeOpened(opened) = event {
            let former = |former: &Former| former.key == opened.server_key && word.lsn <= former.size;
            let ours = (self.server == Some(opened.server_key) || self.former.iter().any(former))
                && record.id().seq == 1
                && opened.agency == record.envelope().agency
                && WriterId::of(&opened.public_key) == writer
                && opened.holds();
            if ours {
                self.offices.insert(writer, word.lsn);
            }
            return None;
        }
        // A chain that a former key certified ends with that key.
        let opened = *self.offices.get(&writer)?;
        let ends = self.former.iter().map(|former| former.size).filter(|size| opened <= *size).min();
        if ends.is_some_and(|ends| ends < word.lsn) {
            return None;
        }
        // What is done in an administrator's name is done by their own act.
        if let Some((asked, _)) = event.asked() {
            let grant = self.grant_of(&asked.by(), Some(word.lsn));
            let may = |role: Role| match event {
                Event::HeldReleased(_) => matches!(role, Role::Supervisor | Role::Admin),
                _ => role == Role::Admin,
            };
            let allowed = grant.is_some_and(|grant| may(grant.role));
            if !allowed || !event.is_as_asked() || !asked.is_to(&record.envelope().agency) {
                return None;
            }
            // Once: what was asked for yesterday does not undo what was done since.
            if !self.acts.insert(sha256(&[&asked.signature, &record.envelope().kind.to_be_bytes()])) {
                return None;
            }
        }
        match event {
            Event::KeyCertified(certified) => return self.grant(certified, word.lsn),
            Event::StandingSet(set) => {
                let grants = self.grants.entry(set.writer).or_default();
                if let Some(last) = grants.last().cloned() {
                    grants.push(Grant { lsn: word.lsn.max(last.lsn), standing: set.standing, ..last });
                }
            }
            Event::RosterIssued(issued) => {
                let before = self.rosters.last().map_or(0, |(lsn, _)| *lsn);
                self.rosters.push((word.lsn.max(before), issued.clone()));
            }
            Event::RulesAdopted(adopted) => {
                let before = self.rules.last().map_or(0, |(lsn, _)| *lsn);
                self.rules.push((word.lsn.max(before), *adopted));
            }
            _ => {}
        }
        None
    }

    fn grant(&mut self, certified: &KeyCertified, lsn: u64) -> Option<WriterId> {
        let writer = WriterId::of(&certified.key);
        let grants = self.grants.entry(writer).or_default();
        grants.push(Grant {
            lsn: lsn.max(grants.last().map_or(0, |last| last.lsn)),
            officer: certified.officer.clone(),
            name: certified.name.clone(),
            role: certified.role,
            until_ms: certified.until_ms,
            before: certified.before,
            standing: Standing::Active,
        });
        (grants.len() == 1).then_some(writer)
    }

    /// The keys that the office vouches for now, and what it says of each.
    pub fn people(&self) -> impl Iterator<Item = (WriterId, &Grant)> {
        let newest = self.grants.iter().filter_map(|(writer, grants)| Some((*writer, grants.last()?)));
        newest.filter(|(_, grant)| grant.standing == Standing::Active)
    }

    /// What the office says of a writer at a place of the log; `None` of the place is now. The first
    /// thing that it said of them holds for what they wrote before it, too.
    pub fn grant_of(&self, writer: &WriterId, lsn: Option<u64>) -> Option<&Grant> {
        let grants = self.grants.get(writer)?;
        let at = lsn.map_or(grants.len(), |lsn| grants.partition_point(|grant| grant.lsn <= lsn));
        grants.get(at.saturating_sub(1))
    }

    /// Who vouches for a writer's record, and what they say of the writer. `word` is the log's, `None`
    /// while the record is in none.
    pub fn vouch(&self, writer: &WriterId, word: Option<&Word>) -> (Vouched, Option<&Grant>) {
        if !self.has_office() {
            return (Vouched::Opening, None);
        }
        if self.is_office(writer) {
            return (Vouched::Office, None);
        }
        let grant = self.grant_of(writer, word.map(|word| word.lsn));
        let ended = |grant: &Grant| {
            let received = word.map_or(0, |word| word.recv_ms);
            grant.until_ms.is_some_and(|until| received > until)
        };
        match grant.filter(|grant| !ended(grant)) {
            Some(grant) => (Vouched::Office, Some(grant)),
            None => (Vouched::Nobody, None),
        }
    }

    /// Number of the rules of steps by which a record is read. Steps of 0.1.0 keep the first: those that the
    /// office found in the log when it adopted newer ones. How much a chain that joins later had before is
    /// its own word, and opens nothing.
    pub fn rules(&self, record: &Record, word: Option<&Word>) -> u16 {
        let id = record.id();
        if !self.has_office() {
            let adopted = self.alone.is_some_and(|since| since <= record.envelope().hlc);
            return if adopted { RulesAdopted::NEWEST.steps } else { 1 };
        }
        let adopted = self.rules.first().map_or(u64::MAX, |(lsn, _)| *lsn);
        let found = |first: &Grant| first.lsn < adopted && id.seq <= first.before;
        if self.grants.get(&id.writer).and_then(|grants| grants.first()).is_some_and(found) {
            return 1;
        }
        self.adopted(word.map(|word| word.lsn)).map_or(1, |adopted| adopted.steps)
    }

    /// Whether what a writer wrote reads otherwise at a place of the log than by what the office says now.
    pub fn differs_at(&self, writer: &WriterId, word: &Word) -> bool {
        self.vouch(writer, Some(word)) != self.vouch(writer, None) || self.adopted(Some(word.lsn)) != self.adopted(None)
    }

    /// Kind of the leaf of the record at this place of the log.
    pub fn leaves(&self, lsn: u64) -> u16 {
        self.adopted(Some(lsn)).map_or(1, |adopted| adopted.leaves)
    }

    fn adopted(&self, lsn: Option<u64>) -> Option<&RulesAdopted> {
        let at = lsn.map_or(self.rules.len(), |lsn| self.rules.partition_point(|(adopted, _)| *adopted < lsn));
        self.rules.get(at.checked_sub(1)?).map(|(_, adopted)| adopted)
    }

    /// The rosters that were issued, in the log's order.
    pub fn rosters(&self) -> impl Iterator<Item = &RosterIssued> {
        self.rosters.iter().map(|(_, issued)| issued)
    }

    /// The roster in force at a place of the log; `None` of the place is now.
    pub fn roster(&self, lsn: Option<u64>) -> Option<&RosterIssued> {
        let at = lsn.map_or(self.rosters.len(), |lsn| self.rosters.partition_point(|(issued, _)| *issued <= lsn));
        self.rosters.get(at.checked_sub(1)?).map(|(_, issued)| issued)
    }
}

#[cfg(test)]
#[path = "authority_tests.rs"]
mod tests;
