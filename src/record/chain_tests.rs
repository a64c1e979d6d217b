//! Tests of envelopes and chains: what was altered, removed, inserted, exchanged or replayed is
//! named by the first record that does not fit.

use proptest::prelude::*;

use super::*;
use crate::test_kit::{Writer, logged};
use crate::{Envelope, Reading, Signer as _, SigningKey};

fn chain_of(count: usize) -> Vec<Record> {
    let mut writer = Writer::new(1, "O1");
    let mut records = vec![writer.open()];
    records.extend((1..count).map(|n| writer.seal(&logged(&format!("t-{n}"), &[]))));
    records
}

/// The first record that does not follow, and why.
fn first_bad(records: &[Record]) -> Option<(u64, ChainError)> {
    let mut chain = match Chain::open(&records[0]) {
        Ok(chain) => chain,
        Err(error) => return Some((records[0].id().seq, error)),
    };
    records[1..].iter().find_map(|record| match chain.check_next(record) {
        Ok(Link::Next) => None,
        Ok(Link::Duplicate) => Some((record.id().seq, ChainError::Behind { tip: chain.tip().seq, found: record.id() })),
        Err(error) => Some((record.id().seq, error)),
    })
}

#[test]
fn an_honest_chain_holds_and_says_what_was_said() {
    let records = chain_of(5);
    assert_eq!(first_bad(&records), None);
    for record in &records {
        let again = Record::decode(&record.encode()).expect("decodes");
        assert_eq!(again, *record);
        assert_eq!(again.event().expect("reads").to_body(), record.body().expect("not masked"));
    }
}

#[test]
fn tampering_is_named_by_the_first_record_that_does_not_fit() {
    let honest = chain_of(6);
    let removed: Vec<Record> = honest.iter().filter(|record| record.id().seq != 3).cloned().collect();
    assert!(matches!(first_bad(&removed), Some((4, ChainError::Gap { expected: 3, .. }))));

    let mut swapped = honest.clone();
    swapped.swap(2, 3);
    assert!(matches!(first_bad(&swapped), Some((4, ChainError::Gap { expected: 3, .. }))));

    let mut replayed = honest.clone();
    replayed.insert(4, honest[1].clone());
    assert!(matches!(first_bad(&replayed), Some((2, ChainError::Behind { tip: 4, .. }))));

    // Someone with the officer's key writes another record 3 and lets the rest stand.
    let mut writer = Writer::new(1, "O1");
    let mut forged = vec![writer.open()];
    forged.push(writer.seal(&logged("t-1", &[])));
    forged.push(writer.seal(&logged("another", &[])));
    forged.extend_from_slice(&honest[3..]);
    assert_eq!(forged[2].id(), honest[2].id());
    assert!(matches!(first_bad(&forged), Some((4, ChainError::Broken { .. }))));

    // Someone without the key signs with their own.
    let mut stranger = Writer::new(2, "O1");
    stranger.tip = honest[1].tip();
    stranger.now += 10_000;
    let mut foreign = honest.clone();
    foreign[2] = stranger.seal(&logged("t-2", &[]));
    assert!(matches!(first_bad(&foreign), Some((3, ChainError::OtherWriter { .. }))));
}

#[test]
fn a_fork_names_both_contents() {
    let mut writer = Writer::new(1, "O1");
    let first = writer.open();
    let mut cloned = Writer::new(1, "O1");
    (cloned.tip, cloned.clock, cloned.now) = (writer.tip, writer.clock, writer.now);
    let one = writer.seal(&logged("t-1", &[]));
    let other = cloned.seal(&logged("t-2", &[]));
    let mut chain = Chain::open(&first).expect("opens");
    assert_eq!(chain.check_next(&one), Ok(Link::Next));
    assert_eq!(chain.check_next(&one), Ok(Link::Duplicate));
    assert_eq!(chain.check_next(&other), Err(ChainError::Fork { id: one.id(), kept: one.hash(), found: other.hash() }));
    assert_eq!(chain.tip(), one.tip(), "the chain stays as it was");
}

#[test]
fn a_clock_run_backwards_is_named() {
    let mut writer = Writer::new(1, "O1");
    let first = writer.open();
    let stamp = crate::Stamp { hlc: crate::Hlc(writer.tip.hlc.0 - 1), reading: Reading::default() };
    let refused = Record::seal(&writer.key, &crate::test_kit::agency(), writer.tip, stamp, &logged("t", &[]));
    assert!(matches!(refused, Err(EnvelopeError::Clock { .. })), "it is not even sealed");

    let forged_tip = Tip { hlc: crate::Hlc(0), ..writer.tip };
    let forged = Record::seal(&writer.key, &crate::test_kit::agency(), forged_tip, stamp, &logged("t", &[]))
        .expect("sealed on a false tip");
    let mut chain = Chain::open(&first).expect("opens");
    assert_eq!(chain.check_next(&forged), Err(ChainError::ClockBack { id: forged.id() }));
}

#[test]
fn a_chain_begins_by_saying_whose_it_is() {
    let mut writer = Writer::new(1, "O1");
    let silent = writer.seal(&logged("t", &[]));
    assert!(matches!(Chain::open(&silent), Err(ChainError::NotOpened { .. })));

    // A first record that names another's key can't be signed by it.
    let mut thief = Writer::new(3, "O1");
    let Event::WriterOpened(mut opened) = Writer::new(1, "O1").open().event().expect("reads") else {
        panic!("not an opening record")
    };
    opened.officer = "O2".into();
    let record = thief.seal(&Event::WriterOpened(opened));
    assert!(Chain::open(&record).is_err());
}

#[test]
fn a_masked_body_leaves_chain_and_signature_whole() {
    let mut records = chain_of(4);
    records[2] = records[2].clone().masked();
    assert_eq!(first_bad(&records), None);
    let again = Record::decode(&records[2].encode()).expect("decodes");
    assert_eq!(again.body(), None);
    assert_eq!(again.event(), Ok(Event::Masked { kind: 3, schema: 1 }));
}

#[test]
fn kinds_and_schemas_of_newer_versions_are_kept_and_chained() {
    let mut writer = Writer::new(1, "O1");
    let opened = writer.open();
    let event = Event::Unknown { kind: 900, schema: 7, body: vec![0xff, 0, 1] };
    let unknown = writer.seal(&event);
    let newer = writer.seal(&Event::Unknown { kind: 3, schema: 9, body: vec![0xa0] });
    assert_eq!(first_bad(&[opened, unknown.clone(), newer.clone()]), None);
    assert_eq!(Record::decode(&unknown.encode()).expect("decodes").event(), Ok(event));
    assert!(matches!(newer.event(), Ok(Event::Unknown { kind: 3, schema: 9, .. })));
}

#[test]
fn a_profile_that_is_not_known_is_refused_by_name() {
    let mut record = chain_of(1).remove(0).encode();
    let at = record.windows(10).position(|window| window == b"AUXLOG-EVT").expect("the layout") + 11;
    record[at] = crate::crypto::PROFILE_SM2_SM3;
    let error = Record::decode(&record).expect_err("refused").to_string();
    assert!(error.contains("profile 2"), "{error}");
}

/// Every byte of a record, changed, is noticed: by its form, its body's hash, or its signature.
#[test]
fn every_changed_byte_of_a_record_is_noticed() {
    let records = chain_of(2);
    let bytes = records[1].encode();
    for at in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut altered = bytes.clone();
            altered[at] ^= bit;
            let noticed = match Record::decode(&altered) {
                Err(_) => true,
                Ok(record) => first_bad(&[records[0].clone(), record]).is_some(),
            };
            assert!(noticed, "byte {at}");
        }
    }
}

/// Frozen: what every later version must read, with the same hash. Never edit the file.
#[test]
fn the_golden_record_is_read_as_ever() {
    let golden = include_str!("../../tests/golden/record-1.hex").split_whitespace().collect::<String>();
    let bytes = data_encoding::HEXLOWER.decode(golden.as_bytes()).expect("hex");
    let golden = Record::decode(&bytes).expect("decodes");
    golden.verify(&SigningKey::from_seed(&[1; 32]).public_key()).expect("signed");
    assert_eq!(golden.hash().to_string(), "40b819f9f8f87e5030c42988535de726fca7e203058661d1274db79865152435");
    assert_eq!(golden.envelope().to_signed().as_deref(), Ok(golden.signed()));
    assert_eq!(golden.event(), Ok(logged("t-1", &["supervision.alone"])));
}

proptest! {
    #[test]
    fn signed_bytes_are_read_back_byte_for_byte(
        agency in "[A-Z0-9\u{4e00}-\u{4e20}]{1,20}",
        numbers in any::<(u64, u64, i64, u64, [u8; 8], u16, u16)>(),
        hashes in any::<([u8; 16], [u8; 32], [u8; 32])>(),
    ) {
        let (seq, hlc, wall_ms, mono_ms, boot_id, kind, schema) = numbers;
        let envelope = Envelope {
            profile: 1,
            agency: agency.as_str().into(),
            writer: WriterId(hashes.0),
            seq: seq.max(1),
            prev: Hash(hashes.1),
            hlc: crate::Hlc(hlc),
            reading: Reading { wall_ms, mono_ms, boot_id },
            kind,
            schema,
            body_hash: Hash(hashes.2),
        };
        let signed = envelope.to_signed().expect("fits");
        let parsed = Envelope::parse(&signed).expect("parses");
        prop_assert_eq!(parsed.to_signed().expect("fits"), signed);
        prop_assert_eq!(parsed, envelope);
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Record::decode(&bytes);
        let _ = Envelope::parse(&bytes);
        for kind in 0..16 {
            let _ = Event::from_body(kind, 1, &bytes);
        }
    }
}
