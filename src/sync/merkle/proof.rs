//! Inclusion and consistency proofs (RFC 6962 §2.1.1–2.1.2; verified as in RFC 9162 §2.1.3–2.1.4).
//!
//! Building one is split in two, so that the tree may live in any database: a [`Plan`] names the
//! perfect subtrees needed, the caller fetches their hashes, the plan assembles the proof.

use std::collections::HashMap;

use auxlog_record::Hash;

use super::{fold, node};

/// A perfect subtree: `2^level` leaves beginning with leaf `index · 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId {
    /// 0 is a leaf.
    pub level: u32,
    /// Counted from 0 within the level.
    pub index: u64,
}

/// What a proof needs: for each of its hashes, the perfect subtrees it is folded from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan(Vec<Vec<NodeId>>);

impl Plan {
    /// Every subtree needed.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.0.iter().flatten().copied()
    }

    /// The proof, from the hashes of [`Self::nodes`]; `None` when one is missing.
    pub fn assemble(&self, hashes: &HashMap<NodeId, Hash>) -> Option<Vec<Hash>> {
        self.0
            .iter()
            .map(|parts| {
                let parts: Option<Vec<Hash>> = parts.iter().map(|id| hashes.get(id).copied()).collect();
                parts.map(|parts| fold(&parts))
            })
            .collect()
    }
}

/// The plan of a proof that leaf `index` is in the tree of `size` leaves; `None` if it is not.
pub fn plan_inclusion(index: u64, size: u64) -> Option<Plan> {
    if index >= size {
        return None;
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(perfect(middle, end));
            end = middle;
        } else {
            path.push(perfect(start, middle));
            start = middle;
        }
    }
    path.reverse();
    Some(Plan(path))
}

/// The plan of a proof that the tree of `old` leaves is a prefix of the one of `new`; `None` when
/// `old` is larger. From an empty tree, or to the same size, the proof is empty.
pub fn plan_consistency(old: u64, new: u64) -> Option<Plan> {
    if old > new {
        return None;
    }
    if old == 0 || old == new {
        return Some(Plan::default());
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    // Whether the old tree still is the subtree that the verifier knows already.
    let mut whole = true;
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(perfect(middle, end));
            end = middle;
        } else {
            path.push(perfect(start, middle));
            start = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(perfect(start, end));
    }
    path.reverse();
    Some(Plan(path))
}

/// Whether `proof` shows that `leaf` is leaf `index` of the tree of `size` leaves under `root`.
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut position, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            hash = node(sibling, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `new` leaves under `new_root` begins with the tree of
/// `old` leaves under `old_root`.
#[must_use]
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old > new {
        return false;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == super::empty_root();
    }
    let (first, rest) = if old.is_power_of_two() {
        (*old_root, proof)
    } else {
        let Some((first, rest)) = proof.split_first() else { return false };
        (*first, rest)
    };
    let (mut position, mut last) = (old - 1, new - 1);
    while position & 1 == 1 {
        position >>= 1;
        last >>= 1;
    }
    let (mut of_old, mut of_new) = (first, first);
    for hash in rest {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            of_old = node(hash, &of_old);
            of_new = node(hash, &of_new);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            of_new = node(&of_new, hash);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && of_old == *old_root && of_new == *new_root
}

/// The largest power of two smaller than `leaves`, which must be at least 2.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The perfect subtrees that leaves `start..end` fall into; `start` is a multiple of the largest.
fn perfect(mut start: u64, end: u64) -> Vec<NodeId> {
    let mut parts = Vec::new();
    while start < end {
        let level = (end - start).ilog2();
        parts.push(NodeId { level, index: start >> level });
        start += 1 << level;
    }
    parts
}
