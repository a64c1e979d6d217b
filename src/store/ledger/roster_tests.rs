use std::collections::BTreeMap;

use auxlog_journal::Entry;
use auxlog_record::{Auxiliary, Hash, Roster};
use minicbor::bytes::ByteVec;

use crate::{InitOptions, Ledger, OpenOptions, RosterParts};

fn options() -> OpenOptions {
    OpenOptions { cheap_keys: true, ..OpenOptions::default() }
}

/// 0.1.0 kept roster and manifest; from now on the pieces stand beside them.
#[test]
fn a_roster_kept_without_its_pieces_opens_and_one_with_them_gives_them_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
    let ledger = Ledger::init(dir.path(), &who, "correct horse", options()).expect("made");
    let open = || Ledger::open(dir.path(), None, "correct horse", options()).expect("opens");
    let mut roster = Roster { version: 3, ..Roster::default() };
    let person = Auxiliary { id: "X1".into(), name: "孙伟".into(), agency: "A01".into(), ..Auxiliary::default() };
    roster.auxiliaries.insert(person.id.clone(), person);
    let old = (roster.clone(), ByteVec::from(b"manifest".to_vec()));
    ledger.keep(&[Entry::RosterSnapshot(minicbor::to_vec(old).expect("encodes"))]).expect("kept");
    ledger.close();
    let ledger = open();
    assert_eq!(*ledger.roster(), roster);
    assert_eq!(ledger.kept_roster().expect("read"), None, "so that they are fetched once");

    let pieces = BTreeMap::from([(Hash([7; 32]), vec![1, 2, 3]), (Hash([8; 32]), Vec::new())]);
    roster.version = 4;
    ledger.accept_roster(&roster, b"another", &pieces).expect("kept");
    ledger.close();
    let ledger = open();
    assert_eq!(*ledger.roster(), roster);
    assert_eq!(ledger.kept_roster().expect("read"), Some(RosterParts { manifest: b"another".to_vec(), pieces }));
}
