//! Tests of what a server vouches for in a bundle.

use std::collections::HashMap;

use auxlog_law::{Rulebook, RulebookSet};
use auxlog_record::facts::{Defaults, Judging, Source, judge};
use auxlog_record::{
    Event, Hash, Judged, LogicalClock, Reading, Signer as _, SigningKey, Task, TaskLogged, Tip, WriterOpened,
};

use super::*;
use crate::receipt::Epoch;

const SERVER: [u8; 32] = [7; 32];

/// An officer's chain, the third record being the task.
fn chain(agency: &str) -> Vec<Record> {
    let key = SigningKey::from_seed(&[1; 32]);
    let opened = WriterOpened {
        officer: "O1".into(),
        officer_name: "李强".into(),
        agency: agency.into(),
        agency_name: "城市管理局".into(),
        certificate: None,
        public_key: key.public_key().to_bytes(),
    };
    let task = |id: &str| {
        let task = Task { id: id.into(), items: vec!["15.2:patrol".into()], ..Task::default() };
        Event::TaskLogged(TaskLogged { task, judged: judged(), plan: None })
    };
    let events = [Event::WriterOpened(opened), task("other"), task("t-1"), task("later"), task("latest")];
    let mut tip = Tip::default();
    let mut records = Vec::new();
    for (event, second) in events.iter().zip(1..) {
        let reading = Reading { wall_ms: 1_760_000_000_000 + second * 1000, mono_ms: 5, boot_id: [1; 8] };
        let stamp = LogicalClock::after(tip.hlc).stamp(reading);
        let record = Record::seal(&key, &agency.into(), tip, stamp, event).expect("sealed");
        tip = record.tip();
        records.push(record);
    }
    records
}

fn judged() -> Judged {
    let defaults = Defaults { source: Source::Roster, agency: Some("A01".into()), today: None };
    let Judging { reduced, verdict, .. } =
        judge(Rulebook::embedded(), &Task::default(), &auxlog_record::Roster::default(), &defaults);
    reduced.judged(verdict, 0, 0)
}

/// A log of `others` and then the chain; its checkpoint and the proof of the chain's record `seq`.
fn logged(chain: &[Record], seq: usize, server: &SigningKey) -> InclusionProof {
    let others = 6_u64;
    let leaves = (0..others).map(|n| Hash([u8::try_from(n).expect("small"); 32])).chain(chain.iter().map(Record::hash));
    let (mut frontier, mut nodes) = (merkle::Frontier::default(), HashMap::new());
    for leaf in leaves {
        frontier.append(merkle::leaf(&leaf.0), |id, hash| {
            nodes.insert(id, hash);
        });
    }
    let index = others + seq as u64 - 1;
    let path = merkle::plan_inclusion(index, frontier.size()).and_then(|plan| plan.assemble(&nodes)).expect("a path");
    let checkpoint = Checkpoint {
        agency: chain[0].envelope().agency.clone(),
        epoch: Epoch([3; 16]),
        size: frontier.size(),
        root: frontier.root(),
        at_ms: 1_760_000_100_000,
    };
    InclusionProof {
        lsn: index + 1,
        hash: chain[seq - 1].hash(),
        path,
        checkpoint: Signed::seal(server, &checkpoint),
        word: None,
    }
}

struct Case {
    evidence: Evidence,
    about: Vec<RecordId>,
    chain: Vec<Record>,
    server: SigningKey,
}

fn case() -> Case {
    let chain = chain("A01");
    let today = auxlog_record::Date("2026-11-23".parse().expect("a date"));
    let reach = [(chain[0].id().writer, 4)].into();
    let evidence = Evidence::reaching(chain[2].id(), [chain.clone()], &RulebookSet::default(), vec![], today, &reach)
        .expect("made");
    let about: Vec<RecordId> = evidence.about().expect("read").into_iter().map(Record::id).collect();
    assert_eq!(about, [chain[2].id()]);
    assert_eq!(evidence.chains[0].len(), 4, "it goes on to where the receipt speaks of");
    assert!(evidence.chains[0][3].body().is_none(), "without saying what that is");
    Case { evidence, about, chain, server: SigningKey::from_seed(&SERVER) }
}

impl Case {
    fn receipt(&self, acked: usize) -> Signed<Receipt> {
        let checkpoint = logged(&self.chain, 1, &self.server).checkpoint.claimed().expect("read");
        let record = &self.chain[acked - 1];
        let receipt = Receipt { writer: record.id().writer, acked: acked as u64, head: record.hash(), checkpoint };
        Signed::seal(&self.server, &receipt)
    }

    fn proven(&self, seq: usize) -> Proven {
        Proven { record: self.chain[seq - 1].id(), proof: logged(&self.chain, seq, &self.server) }
    }

    fn vouched(&self, receipts: Vec<Signed<Receipt>>, proofs: Vec<Proven>) -> Vouched {
        let vouched = Vouched { proofs, ..Vouched::new(&self.server.public_key(), receipts, None) };
        Vouched::read(&vouched.to_bytes()).expect("reads").expect("has a key")
    }

    fn check(&self, vouched: &Vouched) -> Result<Option<(usize, usize)>, VouchedError> {
        let found = vouched.check(&self.evidence, &self.about)?;
        Ok(found.map(|found| (found.in_log, found.by_receipt)))
    }
}

#[test]
fn a_proof_of_the_record_or_of_a_later_one_of_its_chain_counts() {
    let case = case();
    assert_eq!(case.check(&case.vouched(vec![], vec![case.proven(3)])), Ok(Some((1, 0))));
    assert_eq!(case.check(&case.vouched(vec![], vec![case.proven(4)])), Ok(Some((1, 0))), "its chain makes it hold");
    assert_eq!(case.check(&case.vouched(vec![], vec![case.proven(2)])), Ok(Some((0, 0))), "an earlier one does not");
    let both = case.vouched(vec![case.receipt(4)], vec![case.proven(3)]);
    let found = both.check(&case.evidence, &case.about).expect("holds").expect("signed");
    assert_eq!((found.in_log, found.by_receipt, found.records, found.log.size), (1, 0, 1, 11));
    assert_eq!(found.key, case.server.public_key());
}

#[test]
fn a_receipt_counts_where_it_meets_the_chain() {
    let case = case();
    assert_eq!(case.check(&case.vouched(vec![case.receipt(4)], vec![])), Ok(Some((0, 1))));
    assert_eq!(case.check(&case.vouched(vec![case.receipt(3)], vec![])), Ok(Some((0, 1))));
    assert_eq!(case.check(&case.vouched(vec![case.receipt(2)], vec![])), Ok(Some((0, 0))));
    assert_eq!(case.check(&case.vouched(vec![case.receipt(5)], vec![])), Ok(None), "beyond what the bundle has");
}

#[test]
fn whatever_was_changed_is_noticed() {
    let case = case();
    let id = case.chain[2].id();
    // Every byte: of the key, a signature, a root, a path.
    let sound = case.vouched(vec![case.receipt(4)], vec![case.proven(3)]).to_bytes();
    for at in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x41;
        if let Ok(Some(vouched)) = Vouched::read(&bytes) {
            let found = case.check(&vouched);
            // A list that is read as shorter says less, never something false.
            assert!(found.is_err() || found == Ok(None) || found == Ok(Some((0, 1))), "byte {at}: {found:?}");
        }
    }
    let mut other = case.proven(3);
    other.proof.lsn += 1;
    assert_eq!(case.check(&case.vouched(vec![], vec![other])), Err(VouchedError::Proof { record: id }));
    let mut other = case.proven(3);
    other.proof.hash = case.chain[1].hash();
    assert_eq!(case.check(&case.vouched(vec![], vec![other])), Err(VouchedError::OtherRecord { record: id }));
    let stranger = SigningKey::from_seed(&[8; 32]);
    let forged = Proven { record: id, proof: logged(&case.chain, 3, &stranger) };
    assert!(matches!(case.check(&case.vouched(vec![], vec![forged])), Err(VouchedError::Signature { .. })));
    let elsewhere = Proven { record: id, proof: logged(&chain("A02"), 3, &case.server) };
    let elsewhere = case.vouched(vec![], vec![elsewhere]);
    assert!(matches!(case.check(&elsewhere), Err(VouchedError::OtherRecord { .. })));
    let newer = Vouched { version: 3, ..case.vouched(vec![], vec![]) };
    assert_eq!(Vouched::read(&newer.to_bytes()), Err(VouchedError::Newer(3)));
    assert_eq!(Vouched::read(&case.receipt(3).to_bytes()), Ok(None), "a bare receipt names no key");
}

/// Frozen: what every later version must read and find true. Never edit the file; a new version of
/// the form gets one of its own. `AUXLOG_GOLDEN=FILE` keeps there what this version writes.
#[test]
fn the_golden_word_of_a_server_holds_as_ever() {
    let case = case();
    let written = case.vouched(vec![case.receipt(4)], vec![case.proven(3)]);
    if let Some(file) = std::env::var_os("AUXLOG_GOLDEN").map(std::path::PathBuf::from) {
        assert!(!file.exists(), "golden files are frozen; a new format version gets a new one");
        std::fs::write(file, hex(&written.to_bytes()) + "\n").expect("written");
    }
    let golden: String = include_str!("../../tests/golden/vouched-1.hex").split_whitespace().collect();
    let bytes: Vec<u8> = golden
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex"))
        .collect();
    let vouched = Vouched::read(&bytes).expect("still read").expect("has a key");
    assert_eq!(vouched.key, SigningKey::from_seed(&SERVER).public_key().to_bytes());
    assert_eq!((vouched.receipts.len(), vouched.proofs.len()), (1, 1));
    let receipt = vouched.receipts[0].open(&case.server.public_key()).expect("still the server's");
    assert_eq!((receipt.acked, receipt.checkpoint.size), (4, 11));
    let proof = &vouched.proofs[0].proof;
    assert!(proof.holds(&proof.checkpoint.open(&case.server.public_key()).expect("still the server's")));
}
