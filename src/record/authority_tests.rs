//! Tests of authority: only what the server's own office says counts, from its place on.

use super::*;
use crate::test_kit::{Office, Writer, agency};
use crate::{Asked, OfficeOpened, Signer as _, SigningKey, StandingSet};

struct Log {
    office: Office,
    authority: Authority,
    lsn: u64,
}

impl Log {
    fn new() -> Self {
        let office = Office::new();
        let authority = Authority::of(Some(office.server.public_key().to_bytes()), Vec::new());
        let mut log = Self { office, authority, lsn: 0 };
        let opening = log.office.open();
        log.take(&opening);
        log
    }

    fn take(&mut self, record: &Record) -> Option<WriterId> {
        self.lsn += 1;
        let word = Word { lsn: self.lsn, recv_ms: self.lsn * 1000, ..Word::default() };
        self.authority.take(record, &record.event().expect("reads"), Some(&word))
    }

    fn say(&mut self, event: &Event) -> Option<WriterId> {
        let record = self.office.seal(event);
        self.take(&record)
    }

    fn certify(&mut self, writer: &Writer, role: Role) -> Option<WriterId> {
        let certified = Office::certified(writer, role);
        self.say(&Event::KeyCertified(certified))
    }

    fn role(&self, writer: &Writer, lsn: u64) -> Option<Role> {
        let word = Word { lsn, recv_ms: lsn * 1000, ..Word::default() };
        self.authority.vouch(&writer.key.writer(), Some(&word)).1.map(|grant| grant.role)
    }
}

#[test]
fn a_role_holds_from_its_place_in_the_log_and_the_first_from_the_beginning() {
    let mut log = Log::new();
    let writer = Writer::new(1, "O1");
    assert_eq!(log.authority.vouch(&writer.key.writer(), None).0, Vouched::Nobody);
    log.lsn = 9;
    assert_eq!(log.certify(&writer, Role::Officer), Some(writer.key.writer()), "what came before reads otherwise");
    log.lsn = 19;
    assert_eq!(log.certify(&writer, Role::Supervisor), None);
    assert_eq!(log.role(&writer, 3), Some(Role::Officer));
    assert_eq!(log.role(&writer, 19), Some(Role::Officer));
    assert_eq!(log.role(&writer, 20), Some(Role::Supervisor));
}

#[test]
fn a_certificate_that_ended_vouches_for_nothing_received_later() {
    let mut log = Log::new();
    let writer = Writer::new(1, "O1");
    let certified = KeyCertified { until_ms: Some(5000), ..Office::certified(&writer, Role::Officer) };
    log.say(&Event::KeyCertified(certified));
    assert_eq!(log.role(&writer, 5), Some(Role::Officer));
    assert_eq!(log.role(&writer, 6), None);
}

#[test]
fn a_revocation_stays_until_another_act_lifts_it() {
    let mut log = Log::new();
    let writer = Writer::new(1, "O1");
    log.certify(&writer, Role::Officer);
    let set = |standing| {
        Event::StandingSet(StandingSet {
            writer: writer.key.writer(),
            standing,
            reason: "丢失".into(),
            by: None,
            asked: None,
        })
    };
    log.say(&set(Standing::Revoked));
    let standing = |log: &Log| log.authority.grant_of(&writer.key.writer(), None).map(|grant| grant.standing);
    assert_eq!(standing(&log), Some(Standing::Revoked));
    log.say(&set(Standing::Active));
    assert_eq!(standing(&log), Some(Standing::Active));
}

/// A request as a laptop signs it.
fn asked(by: &Writer, path: &str) -> Asked {
    asked_of(by, "POST", path, "A01")
}

fn asked_of(by: &Writer, method: &str, path: &str, agency: &str) -> Asked {
    let mut message = b"AUXLOG-REQ\x01".to_vec();
    for text in [method, path, agency] {
        message.extend_from_slice(&(text.len() as u64).to_be_bytes());
        message.extend_from_slice(text.as_bytes());
    }
    let signature = by.key.sign(&message);
    Asked { key: by.key.public_key().to_bytes(), message, signature }
}

#[test]
fn what_is_done_in_an_administrators_name_counts_only_by_their_own_signed_act() {
    let mut log = Log::new();
    let (officer, other) = (Writer::new(1, "O1"), Writer::new(2, "O2"));
    let (admin, supervisor) = (Writer::new(3, "O3"), Writer::new(4, "O4"));
    for (writer, role) in
        [(&officer, Role::Officer), (&other, Role::Officer), (&admin, Role::Admin), (&supervisor, Role::Supervisor)]
    {
        log.certify(writer, role);
    }
    let path = |of: &Writer, act: &str| format!("/v1/devices/{}/{act}?agency=A01&reason=x", of.key.writer());
    let set = |asked: Asked, by: &Writer| StandingSet {
        writer: officer.key.writer(),
        standing: Standing::Revoked,
        reason: "丢失".into(),
        by: Some(by.key.writer()),
        asked: Some(asked),
    };
    let mut altered = asked(&admin, &path(&officer, "revoke"));
    altered.signature[0] ^= 1;
    let refused = [
        ("a request about another", set(asked(&admin, &path(&other, "revoke")), &admin)),
        ("another request", set(asked(&admin, &path(&officer, "release")), &admin)),
        ("one that nobody signed", set(altered, &admin)),
        ("one in another's name", set(asked(&other, &path(&officer, "revoke")), &admin)),
        ("one to another agency", set(asked_of(&admin, "POST", &path(&officer, "revoke"), "A02"), &admin)),
        ("a question", set(asked_of(&admin, "GET", &path(&officer, "revoke"), "A01"), &admin)),
        ("one by whoever may not", set(asked(&supervisor, &path(&officer, "revoke")), &supervisor)),
    ];
    let standing = |log: &Log| log.authority.grant_of(&officer.key.writer(), None).map(|grant| grant.standing);
    for (what, set) in refused {
        let event = Event::StandingSet(set);
        assert_eq!(event.schema(), 2);
        log.say(&event);
        assert_eq!(standing(&log), Some(Standing::Active), "{what}");
    }
    let revoked = Event::StandingSet(set(asked(&admin, &path(&officer, "revoke")), &admin));
    log.say(&revoked);
    assert_eq!(standing(&log), Some(Standing::Revoked));

    // What was asked for once is done once.
    let active = StandingSet { standing: Standing::Active, by: None, asked: None, ..set(asked(&admin, ""), &admin) };
    log.say(&Event::StandingSet(active));
    log.say(&revoked);
    assert_eq!(standing(&log), Some(Standing::Active));
}

#[test]
fn nobody_else_can_say_who_is_who() {
    let mut log = Log::new();
    let (mut officer, thief) = (Writer::new(1, "O1"), Writer::new(2, "O1"));
    log.certify(&officer, Role::Officer);
    let opening = officer.open();
    log.take(&opening);
    let lie = officer.seal(&Event::KeyCertified(Office::certified(&thief, Role::Admin)));
    log.take(&lie);
    assert_eq!(log.authority.vouch(&thief.key.writer(), None).0, Vouched::Nobody);

    // An office of another server, one for another key, and one that begins in the middle of a chain.
    let other = SigningKey::from_seed(&[77; 32]);
    let mut strangers = [
        (Writer::new(3, "-"), OfficeOpened::new(&other, &Writer::new(3, "-").key.public_key(), &agency(), "serve")),
        (Writer::new(4, "-"), OfficeOpened::new(&log.office.server, &other.public_key(), &agency(), "serve")),
        (
            Writer::new(5, "-"),
            OfficeOpened::new(&log.office.server, &Writer::new(5, "-").key.public_key(), &"A02".into(), "serve"),
        ),
    ];
    for (stranger, opened) in &mut strangers {
        let record = stranger.seal(&Event::OfficeOpened(opened.clone()));
        log.take(&record);
        let lie = stranger.seal(&Event::KeyCertified(Office::certified(&thief, Role::Admin)));
        log.take(&lie);
        assert_eq!(log.authority.vouch(&thief.key.writer(), None).0, Vouched::Nobody, "{}", stranger.officer);
    }
}

#[test]
fn rules_and_leaves_hold_for_what_comes_after_them() {
    let mut log = Log::new();
    assert_eq!(log.authority.leaves(1), 1);
    let (mut writer, mut late) = (Writer::new(1, "O1"), Writer::new(2, "O2"));
    let before = |writer: &Writer, before| {
        Event::KeyCertified(KeyCertified { before, ..Office::certified(writer, Role::Officer) })
    };
    log.say(&before(&writer, 1));
    log.lsn = 4;
    log.say(&Event::RulesAdopted(RulesAdopted::NEWEST));
    log.say(&before(&late, 99));
    assert_eq!([4, 5, 6].map(|lsn| log.authority.leaves(lsn)), [1, 1, 2]);
    let (first, second) = (writer.open(), writer.open());
    let at = |lsn| Some(Word { lsn, ..Word::default() });
    assert_eq!(log.authority.rules(&first, at(9).as_ref()), 1, "found in the log");
    assert_eq!(log.authority.rules(&late.open(), at(9).as_ref()), RulesAdopted::NEWEST.steps, "its own word");
    assert_eq!(log.authority.rules(&second, at(9).as_ref()), RulesAdopted::NEWEST.steps);
    assert_eq!(log.authority.rules(&second, None), RulesAdopted::NEWEST.steps, "not in the log yet");
    assert_eq!(log.authority.rules(&second, at(3).as_ref()), 1);
}

#[test]
fn what_a_former_key_certified_counts_up_to_its_end() {
    let mut log = Log::new();
    let [early, late, later] = [Writer::new(1, "O1"), Writer::new(2, "O2"), Writer::new(3, "O3")];
    log.certify(&early, Role::Officer);
    let mut records = vec![];
    let (old, new) = (log.office.server.public_key().to_bytes(), SigningKey::from_seed(&[99; 32]));
    let size = 2;
    // The chain goes on after the key ended, another is certified by it, and one by the new key.
    records.push(log.office.seal(&Event::KeyCertified(Office::certified(&late, Role::Admin))));
    let mut chain = |seed, server: &SigningKey, whom: &Writer| {
        let mut writer = Writer::new(seed, "-");
        let opened = OfficeOpened::new(server, &writer.key.public_key(), &agency(), "serve");
        records.push(writer.seal(&Event::OfficeOpened(opened)));
        records.push(writer.seal(&Event::KeyCertified(Office::certified(whom, Role::Admin))));
    };
    chain(50, &log.office.server, &late);
    chain(51, &new, &later);
    let who = |authority: &Authority| [&early, &late, &later].map(|who| authority.vouch(&who.key.writer(), None).0);
    let due = [Vouched::Office, Vouched::Nobody, Vouched::Office];

    // Whoever learns of the new key first, and whoever believed the old one until then.
    let mut office = Office::new();
    let begin = [office.open(), office.seal(&Event::KeyCertified(Office::certified(&early, Role::Officer)))];
    let former = vec![Former { key: old, size }];
    let mut fresh = Authority::of(Some(new.public_key().to_bytes()), former.clone());
    let mut convert = Authority::of(Some(old), Vec::new());
    let all: Vec<&Record> = begin.iter().chain(&records).collect();
    let take_all = |authority: &mut Authority| {
        for (record, lsn) in all.iter().zip(1..) {
            let word = Word { lsn, ..Word::default() };
            authority.take(record, &record.event().expect("reads"), Some(&word));
        }
    };
    take_all(&mut fresh);
    take_all(&mut convert);
    assert_eq!(who(&fresh), due);
    assert_eq!(who(&convert), [Vouched::Office, Vouched::Office, Vouched::Nobody], "no word of the new key yet");
    assert!(convert.trust(new.public_key().to_bytes(), former.clone()));
    convert = convert.anew();
    take_all(&mut convert);
    assert_eq!(convert, fresh);
    assert!(!convert.trust(new.public_key().to_bytes(), former), "once");
    assert!(convert.trust([7; 32], Vec::new()), "a server that says nothing of the one before");
    convert = convert.anew();
    take_all(&mut convert);
    assert!(!convert.has_office());
}

#[test]
fn it_comes_back_from_its_bytes() {
    let mut log = Log::new();
    log.certify(&Writer::new(1, "O1"), Role::Clerk);
    log.say(&Event::RulesAdopted(RulesAdopted::NEWEST));
    let bytes = minicbor::to_vec(&log.authority).expect("memory");
    assert_eq!(minicbor::decode::<Authority>(&bytes).expect("reads"), log.authority);
}
