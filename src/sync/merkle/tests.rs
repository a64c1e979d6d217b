//! Against the published vectors of Certificate Transparency and against `ct-merkle`.

use std::collections::HashMap;

use auxlog_record::Hash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

struct Tree {
    frontier: Frontier,
    nodes: HashMap<NodeId, Hash>,
}

fn tree<D: AsRef<[u8]>>(leaves: &[D]) -> Tree {
    let mut tree = Tree { frontier: Frontier::default(), nodes: HashMap::new() };
    for data in leaves {
        tree.frontier.append(leaf(data.as_ref()), |id, hash| {
            tree.nodes.insert(id, hash);
        });
    }
    tree
}

fn hex(hash: &Hash) -> String {
    HEXLOWER.encode(&hash.0)
}

/// Leaves and roots of the reference implementation's test (google/certificate-transparency).
#[test]
fn roots_are_those_of_certificate_transparency() {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        .map(|text| HEXLOWER.decode(text.as_bytes()).expect("hex"));
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    assert_eq!(hex(&empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (count, root) in (1..).zip(roots) {
        assert_eq!(hex(&tree(&leaves[..count]).frontier.root()), root, "{count} leaves");
    }
}

#[test]
fn every_inclusion_and_consistency_proof_up_to_40_leaves_holds_and_no_other() {
    let leaves: Vec<[u8; 1]> = (0..40).map(|n| [n]).collect();
    let full = tree(&leaves);
    let roots: Vec<Hash> = (0..=40).map(|n| tree(&leaves[..n]).frontier.root()).collect();
    for size in 1..=40_u64 {
        let root = &roots[usize::try_from(size).expect("small")];
        for index in 0..size {
            let proof = plan_inclusion(index, size).and_then(|plan| plan.assemble(&full.nodes)).expect("in the tree");
            let data = leaf(&leaves[usize::try_from(index).expect("small")]);
            assert!(verify_inclusion(&data, index, size, &proof, root), "leaf {index} of {size}");
            let elsewhere = (index + 1) % size;
            assert!(size == 1 || !verify_inclusion(&data, elsewhere, size, &proof, root), "{index} as {elsewhere}");
            assert!(!verify_inclusion(&leaf(b"other"), index, size, &proof, root));
        }
        for old in 0..=size {
            let proof = plan_consistency(old, size).and_then(|plan| plan.assemble(&full.nodes)).expect("a prefix");
            let old_root = &roots[usize::try_from(old).expect("small")];
            assert!(verify_consistency(old, old_root, size, root, &proof), "{old} → {size}");
            assert!(!verify_consistency(old, &leaf(b"other"), size, root, &proof), "{old} → {size}, other old root");
            if old > 0 {
                assert!(!verify_consistency(old, old_root, size, &leaf(b"other"), &proof), "{old} → {size}, rewritten");
            }
        }
    }
    assert_eq!(plan_inclusion(3, 3), None);
    assert_eq!(plan_consistency(4, 3), None);
}

#[test]
fn a_frontier_survives_its_bytes_and_refuses_those_of_another_size() {
    let tree = tree(&[b"a", b"b", b"c"]);
    let bytes = tree.frontier.to_bytes();
    assert_eq!(Frontier::from_bytes(3, &bytes).as_ref(), Some(&tree.frontier));
    assert_eq!(Frontier::from_bytes(4, &bytes), None);
    assert_eq!(Frontier::from_bytes(3, &bytes[1..]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The same roots and proofs as an independent implementation.
    #[test]
    fn agrees_with_ct_merkle(leaves in proptest::collection::vec(any::<Vec<u8>>(), 1..70), pick in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for data in &leaves {
            oracle.push(data.clone());
        }
        let ours = tree(&leaves);
        let size = leaves.len() as u64;
        let root = oracle.root();
        prop_assert_eq!(&ours.frontier.root().0[..], root.as_bytes().as_slice());

        let index = pick.index(leaves.len());
        let proof = plan_inclusion(index as u64, size).and_then(|plan| plan.assemble(&ours.nodes)).expect("in the tree");
        let bytes: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
        let theirs = oracle.prove_inclusion(index);
        prop_assert_eq!(bytes.as_slice(), theirs.as_bytes());

        let old = 1 + cut.index(leaves.len());
        if old < leaves.len() {
            let proof = plan_consistency(old as u64, size).and_then(|plan| plan.assemble(&ours.nodes)).expect("a prefix");
            let bytes: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
            let theirs = oracle.prove_consistency(leaves.len() - old);
            prop_assert_eq!(bytes.as_slice(), theirs.as_bytes());
        }
    }
}
