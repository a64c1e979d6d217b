//! Answers signed whole: what the log says of every record, proven by its root.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::{Disposition, Hash, Word};
use auxlog_sync::Connection;
use auxlog_sync::merkle::{self, Frontier};
use auxlog_sync::message::{Capabilities, OwnHead, Page, SyncAnswer, SyncRequest, SyncResponse};
use auxlog_sync::pack::pack;
use auxlog_sync::receipt::Epoch;
use auxlog_sync::run::Run;
use auxlog_sync::signed::Signed;

use crate::support::{Kind, Laptop, World, empty_sync, now_ms, proxy, signed};

contracts![
    an_answer_is_signed_over_the_request_that_it_answers,
    every_number_of_a_page_is_accounted_for_and_proven,
    who_cannot_read_words_is_answered_as_before,
    a_byte_altered_on_the_way_is_an_error_that_the_next_honest_line_heals,
];

/// Asks as a laptop that can read signed answers; gives what it believes.
pub(crate) async fn ask(world: &World, laptop: &Laptop, request: &SyncRequest, nonce: u64) -> SyncAnswer {
    let request = SyncRequest { caps: Capabilities::OURS, ..request.clone() };
    let body = pack(&request).expect("packs");
    let asked = signed(world, laptop, "POST", "/v1/sync", body, now_ms(), nonce);
    let answer = world.connection().send(asked).await.expect("an answer");
    let answer: Signed<SyncAnswer> = answer.message().expect("a signed answer");
    answer.open(&world.handle().public_key).expect("the server's")
}

/// A request that pushes the whole chain of a laptop and wants `want` records after `cursor`.
pub(crate) fn request(laptop: &Laptop, cursor: u64, want: u32) -> SyncRequest {
    let mut request = empty_sync();
    let disk = laptop.disk();
    request.push = vec![Run::of(&disk.own).expect("a run")];
    request.have.own = vec![OwnHead { writer: laptop.writer(), seq: disk.own.len() as u64 }];
    request.have.cursor = cursor;
    request.want = want;
    request
}

/// What a page says of each number, with the record's hash.
pub(crate) fn words(page: &Page, laptop: &Laptop) -> BTreeMap<u64, (Hash, Word)> {
    let mut all = BTreeMap::new();
    let mut take =
        |hashes: Vec<Hash>, lsns: &[u64], noted: &[(u64, Disposition)], words: &auxlog_sync::message::Words| {
            assert_eq!((hashes.len(), lsns.len()), (lsns.len(), words.recv.len()), "columns of one length");
            let (mut lsn, mut recv_ms) = (0_u64, 0_u64);
            for ((hash, step), later) in hashes.into_iter().zip(lsns).zip(&words.recv) {
                lsn += step;
                recv_ms = recv_ms.checked_add_signed(*later).expect("a time");
                let disposition =
                    noted.iter().find(|(at, _)| *at == lsn).map_or(Disposition::Logged, |(_, what)| *what);
                let verdict =
                    words.verdicts.iter().find(|(at, _)| *at == lsn).map(|(_, verdict)| Box::new(verdict.clone()));
                let word = Word { lsn, recv_ms, disposition, verdict };
                assert!(all.insert(lsn, (hash, word)).is_none(), "number {lsn} twice");
            }
        };
    for pulled in &page.runs {
        let records = pulled.run.clone().records().expect("records");
        take(records.iter().map(auxlog_record::Record::hash).collect(), &pulled.lsns, &pulled.noted, &pulled.words);
    }
    for own in &page.own {
        assert_eq!(own.writer, laptop.writer());
        let disk = laptop.disk();
        let first = usize::try_from(own.first_seq).expect("small") - 1;
        let hashes = disk.own[first..first + own.lsns.len()].iter().map(auxlog_record::Record::hash).collect();
        take(hashes, &own.lsns, &own.noted, &own.words);
    }
    all
}

/// The root over what pages say.
pub(crate) fn root(words: &BTreeMap<u64, (Hash, Word)>, leaves_from: u64) -> Hash {
    let mut frontier = Frontier::default();
    for (hash, word) in words.values() {
        let leaves = if word.lsn > leaves_from { 2 } else { 1 };
        frontier.append(merkle::leaf(&word.leaf(hash, leaves)), |_, _| {});
    }
    frontier.root()
}

async fn an_answer_is_signed_over_the_request_that_it_answers(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let answer = ask(&world, &a, &request(&a, 0, 10), 7).await;
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&7_u64.to_be_bytes());
    assert_eq!((answer.device, answer.nonce), (a.writer(), nonce));
    assert!(answer.response.caps.answers());
    let other = World::new(kind).await;
    let whole = Signed::seal(&a.key, &answer);
    assert!(whole.open(&world.handle().public_key).is_err(), "signed by whoever");
    assert!(whole.open(&other.handle().public_key).is_err());
}

async fn every_number_of_a_page_is_accounted_for_and_proven(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let mut nonce = 0;
    for (of_a, of_b) in [(3, 40), (20, 1), (1, 5)] {
        a.log(of_a);
        b.log(of_b);
        for laptop in [&a, &b] {
            nonce += 1;
            ask(&world, laptop, &request(laptop, 0, 0), nonce).await;
        }
    }
    for laptop in [&a, &b] {
        let mut known = BTreeMap::new();
        let (mut cursor, mut epoch) = (0, Epoch::default());
        loop {
            nonce += 1;
            let mut next = request(laptop, cursor, 7);
            next.have.epoch = epoch;
            let response = ask(&world, laptop, &next, nonce).await.response;
            let checkpoint = response.receipts[0].open(&world.handle().public_key).expect("a receipt").checkpoint;
            let page = words(&response.page, laptop);
            assert!(page.keys().copied().eq(cursor + 1..=response.page.next), "each number once: {:?}", page.keys());
            known.extend(page);
            epoch = checkpoint.epoch;
            cursor = response.page.next;
            assert_eq!(response.page.left, checkpoint.size - cursor);
            if response.page.left == 0 {
                assert_eq!(root(&known, response.page.leaves_from), checkpoint.root, "what was told is proven");
                let mut other = known.clone();
                other.values_mut().last().expect("some").0.0[0] ^= 1;
                assert_ne!(root(&other, response.page.leaves_from), checkpoint.root);
                break;
            }
        }
        assert!(known.values().all(|(_, word)| word.recv_ms.abs_diff(now_ms()) < 600_000), "received just now");
    }
}

async fn a_byte_altered_on_the_way_is_an_error_that_the_next_honest_line_heals(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(20);
    world.sync(&a).await.expect("synchronises");
    let genuine: BTreeSet<Hash> = a.everything().into_iter().collect();
    let own: BTreeSet<Hash> = b.everything().into_iter().collect();
    let mut errors = 0;
    for at in (0..100_000).step_by(61) {
        let url = proxy::altering(world.handle().addr, at).await;
        let line = Connection::new(&url, None).expect("a good address");
        let outcome = world.sync_by(&line, &b).await;
        let there: BTreeSet<Hash> = b.everything().into_iter().collect();
        assert!(there.difference(&genuine).all(|hash| own.contains(hash)), "byte {at}: nothing false is taken");
        if outcome.is_ok() {
            // Beyond the answer's end, where nothing is altered.
            assert!(there.is_superset(&genuine), "byte {at}: nothing is silently missing");
            break;
        }
        errors += 1;
    }
    assert!(errors > 10, "{errors} answers were altered");
    world.sync(&b).await.expect("synchronises");
    assert!(b.everything().into_iter().collect::<BTreeSet<Hash>>().is_superset(&genuine));
    assert!(world.sync(&a).await.is_ok());
}

async fn who_cannot_read_words_is_answered_as_before(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    a.log(3);
    ask(&world, &a, &request(&a, 0, 0), 1).await;
    // As 0.1.0 names what it can do: attachments, tables, orders.
    let old = SyncRequest {
        caps: minicbor::decode(&minicbor::to_vec(7_u64).expect("memory")).expect("capabilities"),
        ..request(&b, 0, 100)
    };
    let body = pack(&old).expect("packs");
    let asked = signed(&world, &b, "POST", "/v1/sync", body, now_ms(), 1);
    let answer = world.connection().send(asked).await.expect("an answer");
    let response: SyncResponse = answer.message().expect("an answer of the first kind");
    assert!(!response.caps.answers() && response.page.own.is_empty());
    assert_eq!(response.page.leaves_from, 0);
    let of_a = response.page.runs.iter().find(|pulled| pulled.run.writer == a.writer()).expect("a's records");
    assert_eq!(of_a.lsns.len(), 4);
    assert!(of_a.words.recv.is_empty() && of_a.words.verdicts.is_empty());
}
