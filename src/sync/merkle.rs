//! The Merkle tree of RFC 6962 over an agency's log: leaf and node hashes, the frontier that a
//! growing log keeps, and proofs that a record is in it and that it only ever grew.
//!
//! A leaf's data is the hash of a record's signed bytes, so a proof speaks of exactly what the
//! officer signed.

use auxlog_record::Hash;
use sha2::{Digest as _, Sha256};

mod proof;

pub use proof::{NodeId, Plan, plan_consistency, plan_inclusion, verify_consistency, verify_inclusion};

/// The hash of a leaf whose data is `data`: `SHA-256(0x00 ‖ data)`.
pub fn leaf(data: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(data).finalize().into())
}

/// The hash of a node over its two children: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Folds perfect subtrees, left to right, into the root over all of them.
fn fold(subtrees: &[Hash]) -> Hash {
    let Some((last, rest)) = subtrees.split_last() else { return empty_root() };
    rest.iter().rev().fold(*last, |right, left| node(left, &right))
}

/// The right edge of a tree: enough to append leaves and to name the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of the perfect subtrees, largest (leftmost) first: one for each bit set in `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Leaves appended so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tree's root.
    pub fn root(&self) -> Hash {
        fold(&self.peaks)
    }

    /// Appends a leaf; `completed` sees every perfect subtree that this completes, lowest first,
    /// the leaf itself (level 0) among them.
    pub fn append(&mut self, leaf: Hash, mut completed: impl FnMut(NodeId, Hash)) {
        let mut id = NodeId { level: 0, index: self.size };
        let mut hash = leaf;
        completed(id, hash);
        while id.index & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node(&left, &hash);
            id = NodeId { level: id.level + 1, index: id.index >> 1 };
            completed(id, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The peaks as bytes, for a database row that also holds the size.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| peak.0).collect()
    }

    /// The frontier of a tree of `size` leaves from what [`Self::to_bytes`] gave; `None` when the
    /// bytes cannot belong to that size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: peaks.iter().map(|peak| Hash(*peak)).collect() })
    }
}

#[cfg(test)]
mod tests;
