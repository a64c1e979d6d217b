//! What a server signs about a task as a whole: every record about it that its log holds, and whom
//! its office says their authors to be, each proven to be in the log. A record left out of a bundle,
//! or emptied without its order, shows by it.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::evidence::{Evidence, Known};
use auxlog_record::{Authority, Disposition, Event, Former, Hash, PublicKey, Record, RecordId, Word, WriterId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::merkle;
use crate::receipt::Checkpoint;
use crate::signed::Statement;
use crate::vouched::VouchedError;

/// The records about a task in an agency's log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TaskProof {
    /// The log.
    #[n(0)]
    pub checkpoint: Checkpoint,
    /// The task.
    #[n(1)]
    pub task: RecordId,
    /// All records about it, in the log's order, the plan that it carries out, and orders to mask one of them.
    #[n(2)]
    pub about: Vec<AboutTask>,
    /// What the office says of their authors and of whoever asked, in the log's order.
    #[n(3)]
    pub office: Vec<OfficeSays>,
    /// Leaves of the log up to this number hold the record's hash alone.
    #[n(4)]
    pub leaves_from: u64,
    /// The keys that the server had before the one that signs this.
    #[n(5)]
    #[cbor(default)]
    pub former: Vec<Former>,
}

/// A record about the task, and its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AboutTask {
    /// The record.
    #[n(0)]
    pub record: RecordId,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
    /// What the log says of it.
    #[n(2)]
    pub word: Word,
    /// The path from its leaf to the root (RFC 6962).
    #[n(3)]
    pub path: Vec<Hash>,
}

/// A record of the office, and its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfficeSays {
    /// The record as it stands in the log.
    #[n(0)]
    pub record: ByteVec,
    /// What the log says of it.
    #[n(1)]
    pub word: Word,
    /// The path from its leaf to the root.
    #[n(2)]
    pub path: Vec<Hash>,
}

impl Statement for TaskProof {
    const DOMAIN: &'static [u8] = b"AUXLOG-TSK\x01";
}

impl TaskProof {
    /// Checks it, as the server with this key signed it, against a bundle's records: all that it names
    /// are there as they stand in the log, and an order goes with each that has no body.
    ///
    /// # Errors
    /// [`VouchedError`], naming the record.
    pub fn check(&self, server: &PublicKey, evidence: &Evidence) -> Result<Known, VouchedError> {
        if self.task != evidence.task {
            return Err(VouchedError::OtherRecord { record: self.task });
        }
        let authority = self.authority(server)?;
        let ordered: BTreeSet<RecordId> = self.about.iter().filter_map(|about| order(evidence, about)).collect();
        let mut words = BTreeMap::new();
        for about in &self.about {
            let record = about.record;
            let found = evidence.record(record).ok_or(VouchedError::LeftOut { record })?;
            if found.hash() != about.hash {
                return Err(VouchedError::OtherRecord { record });
            }
            if !self.holds(&about.hash, &about.word, &about.path) {
                return Err(VouchedError::Proof { record });
            }
            if found.body().is_none() && !ordered.contains(&record) {
                return Err(VouchedError::Emptied { record });
            }
            words.insert(about.hash, about.word.clone());
        }
        Ok(Known { authority, words })
    }

    /// Who is who, by the office's records in it.
    ///
    /// # Errors
    /// [`VouchedError`], naming the record.
    pub fn authority(&self, server: &PublicKey) -> Result<Authority, VouchedError> {
        let mut authority = Authority::of(Some(server.to_bytes()), self.former.clone());
        let mut keys: BTreeMap<WriterId, PublicKey> = BTreeMap::new();
        for said in &self.office {
            let record = Record::decode(&said.record).map_err(|error| VouchedError::Form(error.to_string()))?;
            let id = record.id();
            let unproven = || VouchedError::Proof { record: id };
            let event = record.event().map_err(|error| VouchedError::Form(error.to_string()))?;
            if record.envelope().agency != self.checkpoint.agency {
                let agency = record.envelope().agency.clone();
                return Err(VouchedError::Agency { record: id, agency });
            }
            if let Event::OfficeOpened(opened) = &event {
                keys.insert(id.writer, PublicKey::from_bytes(&opened.public_key).map_err(|_| unproven())?);
            }
            let key = keys.get(&id.writer).ok_or_else(unproven)?;
            if record.verify(key).is_err() || !self.holds(&record.hash(), &said.word, &said.path) {
                return Err(unproven());
            }
            authority.take(&record, &event, Some(&said.word));
        }
        Ok(authority)
    }

    /// Whether the path leads from a record to the root.
    fn holds(&self, hash: &Hash, word: &Word, path: &[Hash]) -> bool {
        let kind = if word.lsn > self.leaves_from { 2 } else { 1 };
        let leaf = merkle::leaf(&word.leaf(hash, kind));
        let (size, root) = (self.checkpoint.size, &self.checkpoint.root);
        word.lsn > 0 && merkle::verify_inclusion(&leaf, word.lsn - 1, size, path, root)
    }
}

/// The record whose body an order takes away, where the server carried it out.
fn order(evidence: &Evidence, about: &AboutTask) -> Option<RecordId> {
    let record = evidence.record(about.record).filter(|_| about.word.disposition != Disposition::OrderRefused)?;
    match record.event() {
        Ok(Event::MaskOrdered(order)) => Some(order.target),
        _ => None,
    }
}
