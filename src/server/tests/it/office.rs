//! What the agency's office writes into the log, and that nobody else does.

use auxlog_record::{
    Authority, Event, KeyCertified, Role, RulesAdopted, Signer as _, SigningKey, Standing, Vouched, Word, WriterId,
};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::offer;
use auxlog_sync::signed::Signed;
use auxlog_sync::task_proof::TaskProof;
use sqlx::AnyPool;

use crate::answers::{ask, request, root, words};
use crate::support::{Kind, Laptop, World, confirm, now_ms, signed};

contracts![
    every_act_stands_in_the_log,
    what_an_administrator_asks_for_stands_there_as_their_laptop_signed_it,
    a_chain_ends_with_its_process,
    what_only_the_office_writes_is_set_aside_from_anybody_else,
    a_database_without_offices_gets_them,
    a_chain_is_no_longer_than_laptops_bring_at_once,
];

/// What the office said, in the log's order, as a reader sees it; and who is who by it.
pub(crate) async fn said(world: &World, reader: &Laptop, nonce: u64) -> (Vec<(u64, WriterId, Event)>, Authority) {
    let response = ask(world, reader, &request(reader, 0, 1000), nonce).await.response;
    let key = world.handle().public_key;
    let words = words(&response.page, reader);
    let checkpoint = response.receipts[0].open(&key).expect("a receipt").checkpoint;
    assert_eq!(root(&words, response.page.leaves_from), checkpoint.root, "proven");
    let records = response.page.runs.iter().flat_map(|pulled| pulled.run.clone().records().expect("records"));
    let mut all: Vec<(Word, auxlog_record::Record)> = records
        .map(|record| {
            let (_, word) = words.values().find(|(hash, _)| *hash == record.hash()).expect("a word");
            (word.clone(), record)
        })
        .filter(|(_, record)| auxlog_record::is_office(record.envelope().kind))
        .collect();
    all.sort_by_key(|(word, _)| word.lsn);
    let mut authority = Authority::of(Some(key.to_bytes()), Vec::new());
    let mut events = Vec::new();
    for (word, record) in all {
        let event = record.event().expect("readable");
        authority.take(&record, &event, Some(&word));
        assert!(authority.is_office(&record.id().writer), "certified by the server: {event:?}");
        events.push((word.lsn, record.id().writer, event));
    }
    (events, authority)
}

/// The office's newest word on a laptop's key.
pub(crate) fn standing(authority: &Authority, laptop: &Laptop) -> Option<Standing> {
    authority.grant_of(&laptop.writer(), None).map(|grant| grant.standing)
}

async fn every_act_stands_in_the_log(kind: Kind) {
    let world = World::new(kind).await;
    let reader = world.laptop_as("A01", "O1", 1, Role::Supervisor).await;
    let late = Laptop::new("A01", "O2", 2);
    let code = world.admin.code(&"A01".into(), &"O2".into(), Role::Officer, false).await.expect("a code");
    let connection = world.connection();
    let offered = offer(&connection, &code).await.expect("an offer");
    confirm(&connection, &offered.server_key, &code, &late.key, "laptop", None).await.expect("awaits approval");
    let (events, authority) = said(&world, &reader, 1).await;
    assert!(matches!(events[0].2, Event::OfficeOpened(_)), "{events:?}");
    assert!(matches!(events[1].2, Event::RulesAdopted(RulesAdopted::NEWEST)), "{events:?}");
    let Event::KeyCertified(KeyCertified { officer, role, by, before, .. }) = &events[2].2 else {
        unreachable!("{events:?}")
    };
    assert_eq!((officer.0.as_str(), *role, *by, *before), ("O1", Role::Supervisor, None, 0));
    assert_eq!(events.len(), 3, "of a key that awaits approval nothing is said");
    assert_eq!(authority.vouch(&late.writer(), None).0, Vouched::Nobody);

    let device = late.writer().to_string();
    world.approve(late.writer()).await;
    world.admin.revoke(&device, "lost").await.expect("revoked");
    ask(&world, &late, &request(&late, 0, 0), 1).await;
    let (_, authority) = said(&world, &reader, 2).await;
    assert_eq!(standing(&authority, &late), Some(Standing::Revoked));
    world.approve(late.writer()).await;
    let (events, authority) = said(&world, &reader, 3).await;
    assert_eq!(standing(&authority, &late), Some(Standing::Active));
    let released = events.iter().find_map(|(_, _, event)| match event {
        Event::HeldReleased(released) => Some((released.writer, released.first, released.last)),
        _ => None,
    });
    assert_eq!(released, Some((late.writer(), 1, 1)));
    let edit =
        serde_json::from_str(r#"{"reason":"test","edits":[{"kind":"officer","id":"O70","set":{"name":"张三"}}]}"#);
    world.admin.edit_roster(&"A01".into(), &edit.expect("an edit")).await.expect("edited");
    let (events, authority) = said(&world, &reader, 4).await;
    let roster = authority.roster(None).expect("issued");
    assert_eq!((roster.version, roster.officers, roster.auxiliaries), (1, 1, 0));
    assert!(events.iter().all(|(_, writer, _)| *writer == events[0].1), "one process, one chain");
}

async fn what_an_administrator_asks_for_stands_there_as_their_laptop_signed_it(kind: Kind) {
    let world = World::new(kind).await;
    let (admin, officer) = (world.laptop_as("A01", "O1", 1, Role::Admin).await, world.laptop("A01", "O2", 2).await);
    let reader = world.laptop("A01", "O3", 3).await;
    let path = format!("/v1/devices/{}", officer.writer());
    let digits = {
        ask(&world, &officer, &request(&officer, 0, 0), 1).await;
        let device = world.admin.find(&officer.writer().to_string()).await.expect("known");
        device.digits(world.admin.server_key()).expect("it met the server")
    };
    let acts = [
        format!("{path}/revoke?agency=A01&reason=lost"),
        format!("{path}/release?agency=A01&reason=found"),
        format!("{path}/approve?agency=A01&reason=found&digits={digits}"),
    ];
    for (act, nonce) in acts.iter().zip(10..) {
        if act.contains("release") {
            officer.log(2);
            ask(&world, &officer, &request(&officer, 0, 0), nonce).await;
        }
        let asked = signed(&world, &admin, "POST", act, Vec::new(), now_ms(), nonce);
        let answer = world.connection().send(asked).await.expect("an answer");
        assert_eq!((answer.status, answer.error), (200, None), "{act}");
    }
    let edit = br#"{"reason":"test","edits":[{"kind":"officer","id":"O70","set":{"name":"x"}}]}"#.to_vec();
    let asked = signed(&world, &admin, "POST", "/v1/roster/edits?agency=A01", edit, now_ms(), 20);
    assert_eq!(world.connection().send(asked).await.expect("an answer").status, 200);
    let (events, authority) = said(&world, &reader, 1).await;
    assert_eq!(standing(&authority, &officer), Some(Standing::Active));
    assert_eq!(authority.roster(None).map(|roster| roster.officers), Some(1));
    let own: Vec<_> = events.iter().filter(|(_, _, event)| event.asked().is_some()).collect();
    assert_eq!(own.len(), 4, "revoked, released, let in, edited: {events:?}");
    for (_, _, event) in own {
        assert!(
            event.is_as_asked() && event.asked().is_some_and(|(asked, _)| asked.by() == admin.writer()),
            "{event:?}"
        );
    }
    // What is proven of a task of theirs says the same of them, though the administrator had no part in it.
    let target = format!("/v1/proof/task?agency=A01&writer={}&seq=2", officer.writer());
    let asked = signed(&world, &reader, "GET", &target, Vec::new(), now_ms(), 21);
    let answer = world.connection().send(asked).await.expect("an answer");
    let key = world.handle().public_key;
    let proof: Signed<TaskProof> = answer.message().expect("a proof");
    let proven = proof.open(&key).expect("the server's").authority(&key).expect("proven");
    for (lsn, _, _) in &events {
        let of = |authority: &Authority| authority.grant_of(&officer.writer(), Some(*lsn)).map(|grant| grant.standing);
        assert_eq!(of(&proven), of(&authority), "{lsn}");
    }
    // As the path was signed it is read, letter by letter.
    let other = format!("/v1/devices/%{:x}{}/revoke?agency=A01&reason=x", path.as_bytes()[12], &path[13..]);
    let asked = signed(&world, &admin, "POST", &other, Vec::new(), now_ms(), 22);
    let answer = world.connection().send(asked).await.expect("an answer");
    assert_eq!(
        answer.error.as_deref(),
        Some("malformed"),
        "{other} {} {:?}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
}

async fn a_chain_ends_with_its_process(kind: Kind) {
    let mut world = World::new(kind).await;
    let reader = world.laptop("A01", "O1", 1).await;
    world.restart().await;
    world.laptop("A01", "O2", 2).await;
    let (events, _) = said(&world, &reader, 1).await;
    let opened: Vec<WriterId> = events
        .iter()
        .filter(|(_, _, event)| matches!(event, Event::OfficeOpened(_)))
        .map(|(_, writer, _)| *writer)
        .collect();
    assert_eq!(opened.len(), 2);
    assert_ne!(opened[0], opened[1]);
    let adopted = events.iter().filter(|(_, _, event)| matches!(event, Event::RulesAdopted(_))).count();
    assert_eq!(adopted, 1, "the rules hold on");
}

async fn what_only_the_office_writes_is_set_aside_from_anybody_else(kind: Kind) {
    let world = World::new(kind).await;
    let (a, reader) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.record(&Event::RulesAdopted(RulesAdopted { steps: 1, leaves: 1 }));
    let response = ask(&world, &a, &request(&a, 0, 0), 1).await.response;
    assert_eq!(response.refused.len(), 1, "{:?}", response.refused);
    let receipts = response.receipts.iter().map(|receipt| receipt.open(&world.handle().public_key).expect("a receipt"));
    assert_eq!(receipts.map(|receipt| receipt.acked).collect::<Vec<_>>(), [1]);
    let incidents = world.admin.incidents(&"A01".into(), 10).await.expect("incidents");
    assert_eq!((incidents[0].writer, incidents[0].seq), (a.writer(), 2));
    let (events, _) = said(&world, &reader, 1).await;
    assert!(!events.iter().any(|(_, writer, _)| *writer == a.writer()));
}

async fn a_database_without_offices_gets_them(kind: Kind) {
    let mut world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(3);
    world.admin.revoke(&b.writer().to_string(), "lost").await.expect("revoked");
    let pool = without_offices(&mut world, kind).await;
    pool.close().await;
    world.start().await;
    let (events, authority) = said(&world, &a, 1).await;
    assert!(matches!(events[0].2, Event::OfficeOpened(_)), "{events:?}");
    assert_eq!(events.last().map(|(_, _, event)| event), Some(&Event::RulesAdopted(RulesAdopted::NEWEST)));
    assert_eq!((standing(&authority, &a), standing(&authority, &b)), (Some(Standing::Active), Some(Standing::Revoked)));
    world.restart().await;
    assert_eq!(said(&world, &a, 2).await.0.len(), events.len(), "once");
}

async fn a_chain_is_no_longer_than_laptops_bring_at_once(kind: Kind) {
    let mut world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let pool = without_offices(&mut world, kind).await;
    let mut transaction = pool.begin().await.expect("begins");
    for number in 0..1100_u16 {
        let mut seed = [9; 32];
        seed[..2].copy_from_slice(&number.to_be_bytes());
        let key = SigningKey::from_seed(&seed);
        let statement = "INSERT INTO writer (agency_id, writer_id, public_key, officer_id, officer_name, laptop, role,
                standing, reason, acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms)
            SELECT agency_id, $1, $2, officer_id, officer_name, laptop, role, standing, reason, acked_seq,
                acked_hash, acked_hlc, enrolled_ms, changed_ms FROM writer WHERE writer_id = $3";
        sqlx::query(statement)
            .bind(key.writer().0.to_vec())
            .bind(key.public_key().to_bytes().to_vec())
            .bind(a.writer().0.to_vec())
            .execute(&mut *transaction)
            .await
            .expect("written");
    }
    transaction.commit().await.expect("committed");
    pool.close().await;
    world.start().await;
    world.sync(&a).await.expect("synchronises");
    let chains = a.office_chains().expect("chains");
    let mut lengths: Vec<usize> = chains.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [104, 1000], "two openings, the laptops and the rules");
    assert!(matches!(world.admin.verify(&"A01".into()).await.expect("an audit"), auxlog_server::Found::Whole { .. }));
    world.laptop("A01", "O2", 2).await;
    world.sync(&a).await.expect("synchronises");
    assert_eq!(a.office_chains().expect("chains").len(), 2, "the second goes on");
}

/// Ends the server and makes its database one of 0.1.0: a table of writers, and a log in which nobody says
/// who they are.
async fn without_offices(world: &mut World, kind: Kind) -> AnyPool {
    world.stop().await;
    std::fs::remove_file(world.dir.path().join("heads")).expect("what was known of the log's length");
    let sqlite = format!("sqlite://{}", world.dir.path().join("server.sqlite").display());
    let pool = AnyPool::connect(world.db.as_deref().unwrap_or(&sqlite)).await.expect("connects");
    let empty = match kind {
        Kind::Sqlite => "UPDATE agency_head SET frontier = X''",
        Kind::Postgres => "UPDATE agency_head SET frontier = ''",
    };
    for statement in [
        empty,
        "DELETE FROM event",
        "DELETE FROM tree_node",
        "DELETE FROM office_writer",
        "UPDATE writer SET certified = 0",
        "UPDATE agency_head SET size = 0, leaves_from = 9223372036854775807",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("done");
    }
    pool
}
