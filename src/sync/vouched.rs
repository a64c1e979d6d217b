//! What a server vouches for in an evidence bundle: its signed word that the records about a task
//! are in its agency's log, to be checked by anyone, offline, against the key that it names.
//!
//! What it signs about the task as a whole ([`TaskProof`]) names every record about it, and proves
//! who wrote them. Where it could not be asked, a receipt says that it holds a writer's chain up to
//! a record, and nothing of who that is or of what was left out. 0.1.0 put in proofs of single
//! records; the hash chain makes one hold for every earlier record of the same writer.

use auxlog_record::evidence::{Evidence, Known};
use auxlog_record::{AgencyId, PublicKey, Record, RecordId};
use minicbor::data::Type;
use minicbor::{Decode, Encode};

use crate::connection::Connection;
use crate::error::SyncError;
use crate::local::LocalLedger;
use crate::merkle;
use crate::message::InclusionProof;
use crate::question::{Question, ask};
use crate::receipt::{Checkpoint, Receipt};
use crate::refusal::Refusal;
use crate::signed::Signed;
use crate::task_proof::TaskProof;

/// The newest form of what a server vouches for that this program reads: with what it signs about the
/// task as a whole.
const VERSION: u16 = 2;

/// A record, proven to be in the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Proven {
    /// The record.
    #[n(0)]
    pub record: RecordId,
    /// The proof.
    #[n(1)]
    pub proof: InclusionProof,
}

/// A server's word on the records of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Vouched {
    #[n(0)]
    version: u16,
    /// The server's public key. Whoever checks compares it with the one that they know.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Receipts of the writers whose chains are in the bundle.
    #[n(2)]
    pub receipts: Vec<Signed<Receipt>>,
    /// Proofs of inclusion.
    #[n(3)]
    pub proofs: Vec<Proven>,
    /// All that it holds about the task.
    #[n(4)]
    pub task: Option<Signed<TaskProof>>,
}

/// Why a server's word does not hold for a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VouchedError {
    /// It can't be read.
    #[error("the server's word cannot be read: {0}")]
    Form(String),
    /// Its version is a newer one.
    #[error("the server's word has version {0}; this auxlog reads {VERSION}: update it")]
    Newer(u16),
    /// A signature is not that of the key named.
    #[error("a signature is not that of the server's key {key}")]
    Signature {
        /// The key.
        key: String,
    },
    /// It speaks of a record that the bundle does not have, or that reads otherwise there.
    #[error("the server vouches for another record {record} than the bundle has")]
    OtherRecord {
        /// The record.
        record: RecordId,
    },
    /// A proof does not lead to the root that the server signed.
    #[error("the proof that record {record} is in the server's log does not hold")]
    Proof {
        /// The record.
        record: RecordId,
    },
    /// The log holds a record about the task that the bundle does not have.
    #[error("record {record} about the task is in the server's log and was left out of the bundle")]
    LeftOut {
        /// The record.
        record: RecordId,
    },
    /// A record about the task has no body, and no order to mask it is there.
    #[error("record {record} has no body, and no order to mask it is in the bundle")]
    Emptied {
        /// The record.
        record: RecordId,
    },
    /// It speaks of another agency's log.
    #[error("the server's word on record {record} is about the log of {agency}")]
    Agency {
        /// The record.
        record: RecordId,
        /// The agency named.
        agency: AgencyId,
    },
}

/// What a server was found to vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VouchedFor {
    /// The server's key.
    pub key: PublicKey,
    /// Records about the task that are proven to be in its log.
    pub in_log: usize,
    /// Records about the task that only a receipt covers.
    pub by_receipt: usize,
    /// Records about the task.
    pub records: usize,
    /// The largest log that it signed for.
    pub log: Checkpoint,
    /// Who is who and what the log says of each record, where it signed for all that it holds about
    /// the task.
    pub known: Option<Known>,
}

impl VouchedFor {
    /// The server's key in hexadecimal.
    pub fn key_text(&self) -> String {
        hex(&self.key.to_bytes())
    }
}

impl Vouched {
    /// A server's word under its key.
    pub fn new(key: &PublicKey, receipts: Vec<Signed<Receipt>>, task: Option<Signed<TaskProof>>) -> Self {
        let version = if task.is_some() { VERSION } else { 1 };
        Self { version, key: key.to_bytes(), receipts, proofs: Vec::new(), task }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.receipts.is_empty() && self.proofs.is_empty() && self.task.is_none()
    }

    /// The whole as bytes, for [`Evidence::server`].
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("writing to memory cannot fail")
    }

    /// Reads one of [`Evidence::server`]; `None` for a bare receipt, as bundles once had it: it
    /// names no key, so that nothing can be said of it.
    ///
    /// # Errors
    /// [`VouchedError::Form`], [`VouchedError::Newer`].
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, VouchedError> {
        let form = |error: minicbor::decode::Error| VouchedError::Form(error.to_string());
        match minicbor::Decoder::new(bytes).datatype().map_err(form)? {
            Type::Map | Type::MapIndef => {}
            _ => return Ok(None),
        }
        let vouched: Self = minicbor::decode(bytes).map_err(form)?;
        if vouched.version <= VERSION { Ok(Some(vouched)) } else { Err(VouchedError::Newer(vouched.version)) }
    }

    /// Checks it against the records of a bundle whose chains were checked, `about` being those
    /// about its task. `None` where it signs for nothing.
    ///
    /// # Errors
    /// [`VouchedError`]: then the bundle is not what the server saw, or the server is another.
    pub fn check(&self, evidence: &Evidence, about: &[RecordId]) -> Result<Option<VouchedFor>, VouchedError> {
        let key = PublicKey::from_bytes(&self.key).map_err(|error| VouchedError::Form(error.to_string()))?;
        let forged = || VouchedError::Signature { key: hex(&self.key) };
        let find = |id: RecordId| evidence.record(id);
        let (mut logged, mut received): (Vec<RecordId>, Vec<RecordId>) = (Vec::new(), Vec::new());
        let mut newest: Option<Checkpoint> = None;
        let mut note = |checkpoint: Checkpoint| {
            if newest.as_ref().is_none_or(|known| known.size < checkpoint.size) {
                newest = Some(checkpoint);
            }
        };
        for receipt in &self.receipts {
            let receipt = receipt.open(&key).map_err(|_| forged())?;
            let record = RecordId { writer: receipt.writer, seq: receipt.acked };
            // A receipt beyond what the bundle has of the chain says nothing about it.
            let Some(found) = find(record) else { continue };
            if found.hash() != receipt.head {
                return Err(VouchedError::OtherRecord { record });
            }
            in_its_log(found, &receipt.checkpoint)?;
            received.push(record);
            note(receipt.checkpoint);
        }
        for Proven { record, proof } in &self.proofs {
            let checkpoint = proof.checkpoint.open(&key).map_err(|_| forged())?;
            let found = find(*record).filter(|found| found.hash() == proof.hash);
            let found = found.ok_or(VouchedError::OtherRecord { record: *record })?;
            in_its_log(found, &checkpoint)?;
            if !proof.holds(&checkpoint) {
                return Err(VouchedError::Proof { record: *record });
            }
            logged.push(*record);
            note(checkpoint);
        }
        let mut known = None;
        if let Some(signed) = &self.task {
            let proof = signed.open(&key).map_err(|_| forged())?;
            known = Some(proof.check(&key, evidence)?);
            if let Some(found) = evidence.record(proof.task) {
                in_its_log(found, &proof.checkpoint)?;
            }
            logged.extend(proof.about.iter().map(|about| about.record));
            note(proof.checkpoint);
        }
        let up_to =
            |proven: &[RecordId], id: &RecordId| proven.iter().any(|k| k.writer == id.writer && id.seq <= k.seq);
        // A word on the whole task names each record; a proof of one holds for those before it in its chain.
        let is_logged = |id: &RecordId| if known.is_some() { logged.contains(id) } else { up_to(&logged, id) };
        let in_log = about.iter().filter(|id| is_logged(id)).count();
        let by_receipt = about.iter().filter(|id| !is_logged(id) && up_to(&received, id)).count();
        Ok(newest.map(|log| VouchedFor { key, in_log, by_receipt, records: about.len(), log, known }))
    }
}

impl InclusionProof {
    /// Whether the path leads from the record to the checkpoint's root.
    pub fn holds(&self, checkpoint: &Checkpoint) -> bool {
        let leaf = match &self.word {
            Some(word) if word.lsn != self.lsn => return false,
            Some(word) => merkle::leaf(&word.leaf(&self.hash, 2)),
            None => merkle::leaf(&self.hash.0),
        };
        self.lsn > 0 && merkle::verify_inclusion(&leaf, self.lsn - 1, checkpoint.size, &self.path, &checkpoint.root)
    }
}

fn in_its_log(record: &Record, checkpoint: &Checkpoint) -> Result<(), VouchedError> {
    if record.envelope().agency == checkpoint.agency {
        return Ok(());
    }
    Err(VouchedError::Agency { record: record.id(), agency: checkpoint.agency.clone() })
}

/// Asks the server for all that its log holds about a task of the ledger's agency; `None` while it
/// holds nothing.
///
/// # Errors
/// Why nothing came.
pub async fn prove(
    ledger: &dyn LocalLedger,
    connection: &Connection,
    server: &PublicKey,
    task: RecordId,
) -> Result<Option<Signed<TaskProof>>, SyncError> {
    let RecordId { writer, seq } = task;
    let target = format!("/v1/proof/task?agency={}&writer={writer}&seq={seq}", ledger.agency());
    let answer = ask(ledger, connection, server, &Question::new("GET", target)).await?;
    let proof: Signed<TaskProof> = match answer.message() {
        Ok(proof) => proof,
        Err(SyncError::Refused(Refusal::NotFound)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let opened = proof.open(server).map_err(|_| SyncError::OtherServer)?;
    opened.authority(server).map_err(|error| SyncError::BadAnswer(error.to_string()))?;
    Ok(Some(proof))
}

/// Bytes as people compare them.
fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
#[path = "vouched_tests.rs"]
mod tests;
