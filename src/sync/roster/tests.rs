use auxlog_record::{Auxiliary, Officer, SigningKey};

use super::*;

fn salts() -> Salts {
    Salts::of(&SigningKey::from_seed(&[7; 32]))
}

fn snapshot(roster: &Roster) -> Snapshot {
    Snapshot::of(&"A01".into(), roster, 7, &salts()).expect("packs")
}

fn roster(people: u32) -> Roster {
    let mut roster = Roster { version: 1, ..Roster::default() };
    for number in 0..people {
        let (id, name) = (format!("X{number:06}"), format!("辅助人员{number}"));
        let person = Auxiliary { id: id.as_str().into(), name, agency: "A01".into(), ..Auxiliary::default() };
        roster.auxiliaries.insert(person.id.clone(), person);
    }
    let officer = Officer { id: "O1".into(), name: "张三".into(), agency: "A01".into(), ..Officer::default() };
    roster.officers.insert(officer.id.clone(), officer);
    roster
}

fn missing(manifest: &Manifest, held: &Snapshot) -> usize {
    manifest.pieces().filter(|piece| !held.pieces.contains_key(piece)).count()
}

#[test]
fn what_was_cut_comes_together_again() {
    for people in [0, 1, 5000] {
        let roster = roster(people);
        let snapshot = snapshot(&roster);
        assert_eq!(snapshot.manifest.assemble(&snapshot.pieces).expect("whole"), roster);
        for (name, packed) in &snapshot.pieces {
            assert_eq!(snapshot.manifest.name_of(packed).expect("a piece"), *name);
        }
    }
}

#[test]
fn a_change_costs_the_piece_that_it_stands_in() {
    let before = roster(20_000);
    let all = snapshot(&before);
    assert!(all.manifest.pieces().count() > 10, "{}", all.manifest.pieces().count());
    let mut after = before.clone();
    after.version = 2;
    after.auxiliaries.get_mut(&"X010000".into()).expect("there").name = "改名".into();
    let changed = snapshot(&after).manifest;
    assert_eq!(missing(&changed, &all), 1, "an unchanged row has the salt that it had");
    let sums = |manifest: &Manifest| manifest.tables.iter().map(|table| table.checksum).collect::<Vec<_>>();
    assert_eq!(sums(&changed)[..2], sums(&all.manifest)[..2], "the other tables' sums stay");
    assert_ne!(changed.digest, all.manifest.digest);

    // Somebody new in the middle moves no other cut.
    let person = Auxiliary { id: "X010000A".into(), name: "新人".into(), ..Auxiliary::default() };
    after.auxiliaries.insert(person.id.clone(), person);
    let missing = missing(&snapshot(&after).manifest, &all);
    assert!(missing <= 2, "{missing}");
}

#[test]
fn a_name_tells_nothing_without_the_servers_key() {
    let one = snapshot(&roster(1));
    for (agency, seed) in [("A01", 8), ("A02", 7)] {
        let salts = Salts::of(&SigningKey::from_seed(&[seed; 32]));
        let guess = Snapshot::of(&agency.into(), &roster(1), 7, &salts).expect("packs");
        assert_eq!(missing(&guess.manifest, &one), 2, "the same people, other names");
    }
}

#[test]
fn a_masked_row_leaves_the_name_and_takes_the_person() {
    let before = roster(3000);
    let Snapshot { manifest, mut pieces } = snapshot(&before);
    let held = pieces.clone();
    let mut masked = 0;
    for (name, packed) in &mut pieces {
        let table = manifest.tables.iter().find(|table| table.pieces.contains(name)).expect("in a table");
        if let Some(without) = mask(packed, table.name, "X000007").expect("a piece") {
            *packed = without;
            masked += 1;
        }
    }
    assert_eq!(masked, 1);
    let mut after = before;
    let gone = after.auxiliaries.remove(&"X000007".into()).expect("there");
    assert_eq!(manifest.assemble_masked(&pieces).expect("whole"), (after, true), "the signed manifest still holds");
    assert!(matches!(manifest.assemble(&pieces), Err(SnapshotError::Masked)), "but nobody takes it for the newest");
    let refused = pieces.values().filter(|piece| manifest.name_of(piece).is_err()).count();
    assert_eq!(refused, 1);
    assert!(!manifest.assemble_masked(&held).expect("whole").1);
    for packed in pieces.values() {
        let plain = pack::inflate(packed, MAX_PIECE).expect("unpacks");
        assert!(!plain.windows(7).any(|window| window == gone.id.0.as_bytes()));
    }
    assert_ne!(pieces, held);
}

#[test]
fn pieces_of_another_roster_are_refused() {
    let Snapshot { manifest, pieces } = snapshot(&roster(10));
    assert!(matches!(manifest.assemble(&BTreeMap::new()), Err(SnapshotError::Missing(_))));
    let mut counted = manifest.clone();
    counted.tables[2].rows = 11;
    assert!(matches!(counted.assemble(&pieces), Err(SnapshotError::Digest)));
    let mut other = manifest.clone();
    other.tables[2].pieces.clear();
    assert!(matches!(other.assemble(&pieces), Err(SnapshotError::Digest)), "the sums are signed");
    let newer = Manifest { form: Some(3), ..manifest.clone() };
    assert!(matches!(newer.assemble(&pieces), Err(SnapshotError::Form(3))));

    // Another salt, another order, or something else: whatever stands there under the name.
    let name = manifest.tables[2].pieces[0];
    let plain = pack::inflate(&pieces[&name], MAX_PIECE).expect("unpacks");
    let mut salted = plain.clone();
    salted[4] ^= 1;
    assert!(Piece::decode(&salted).is_ok(), "it is a piece, but another");
    let swapped = snapshot(&roster(11)).pieces.into_values().next_back().expect("a piece");
    for wrong in [pack::deflate(&salted).expect("packs"), swapped] {
        let mut pieces = pieces.clone();
        pieces.insert(name, wrong);
        assert!(matches!(manifest.assemble(&pieces), Err(SnapshotError::Digest)));
    }
    for damaged in [&plain[..plain.len() - 1], &[plain.as_slice(), &[0]].concat(), &[0x9b; 9], &[0x81, 0x41, 0]] {
        assert!(Piece::decode(damaged).is_err());
    }
}

/// As 0.1.0 made them: a piece is a roster of one table, named by the hash of its bytes.
#[test]
fn the_first_form_stays_readable() {
    let people = roster(5);
    let parts = [
        Roster { officers: people.officers.clone(), ..Roster::default() },
        Roster { auxiliaries: people.auxiliaries.clone(), ..Roster::default() },
    ];
    let mut pieces = Pieces::new();
    let mut tables = Vec::new();
    for (part, (name, rows)) in parts.iter().zip([(TableName::Officers, 1), (TableName::Auxiliaries, 5)]) {
        let piece = minicbor::to_vec(part).expect("encodes");
        let hash = sha256(&[&piece]);
        tables.push(Table { name, rows, checksum: checksum(&[hash]), pieces: vec![hash] });
        pieces.insert(hash, pack::deflate(&piece).expect("packs"));
    }
    let digest = digest_of(&tables);
    let manifest = Manifest { agency: "A01".into(), version: 1, digest, bytes: 0, tables, at_ms: 7, form: None };
    let bytes = minicbor::to_vec(&manifest).expect("encodes");
    assert_eq!(bytes[0], 0xa6, "the new field is left out, so that old manifests keep their hash");
    let read: Manifest = minicbor::decode(&bytes).expect("decodes");
    assert_eq!(read.assemble(&pieces).expect("whole"), people);
    assert_eq!(minicbor::to_vec(&read).expect("encodes"), bytes);
    let (name, packed) = pieces.iter_mut().next().expect("a piece");
    *packed = pack::deflate(&minicbor::to_vec(&parts[0]).expect("encodes").split_off(1)).expect("packs");
    assert_ne!(manifest.name_of(packed).expect("named"), *name);
    assert!(manifest.assemble(&pieces).is_err());
}
