//! Requests that no honest laptop sends, and answers that no auxlog server gives.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::support::{Kind, Laptop, SetClock, World, confirm, empty_sync, now_ms, proxy, signed};
use auxlog_sync::enrol::{Role, code_text};
use auxlog_sync::http::Request;
use auxlog_sync::message::SyncResponse;
use auxlog_sync::pack::{MAX_PACKED, MAX_UNPACKED, pack};
use auxlog_sync::run::Run;
use auxlog_sync::{Connection, ConnectionError, EnrolError, Refusal, SyncError, offer};

async fn refusal(world: &World, request: Request) -> Refusal {
    let answer = world.connection().send(request).await.expect("an answer");
    let named = answer.error.as_deref().and_then(Refusal::from_name).expect("a refusal");
    assert_eq!(named.status(), answer.status);
    assert_eq!(answer.body, format!("{{\"error\":\"{}\"}}", named.name()).into_bytes(), "and nothing leaks beside it");
    named
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_replayed_or_readdressed_request_is_refused() {
    let world = World::new(Kind::Sqlite).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    let body = pack(&empty_sync()).expect("packs");
    let now = now_ms();
    let good = signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now, 1);
    let answer = world.connection().send(good.clone()).await.expect("an answer");
    answer.message::<SyncResponse>().expect("the genuine one is answered");

    assert_eq!(refusal(&world, good.clone()).await, Refusal::Replayed);
    let mut altered = signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now, 2);
    altered.body.push(0);
    assert_eq!(refusal(&world, altered).await, Refusal::Unauthenticated);
    let mut elsewhere = signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now, 3);
    elsewhere.target = "/v1/sync?want=everything".into();
    assert_eq!(refusal(&world, elsewhere).await, Refusal::Unauthenticated);
    let other = World::new(Kind::Sqlite).await;
    let readdressed = signed(&other, &laptop, "POST", "/v1/sync", body.clone(), now, 4);
    assert_eq!(refusal(&world, readdressed).await, Refusal::Unauthenticated, "signed for another server");
    let thief = Laptop::new("A01", "O9", 9);
    for skew in [-(10 * 60 * 1000), 10 * 60 * 1000] {
        let late = signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now.saturating_add_signed(skew), 5);
        assert_eq!(refusal(&world, late.clone()).await, Refusal::ClockSkew);
        // Whoever has not the key does not learn from the time whether the device is known.
        let forged = signed(&world, &thief, "POST", "/v1/sync", late.body, now.saturating_add_signed(skew), 6);
        assert_eq!(refusal(&world, forged.clone()).await, Refusal::Unauthenticated, "an unknown one");
        let auth = forged.auth.as_deref().expect("signed");
        let auth = auth.replace(&thief.writer().to_string(), &laptop.writer().to_string());
        assert_eq!(
            refusal(&world, Request { auth: Some(auth), ..forged }).await,
            Refusal::Unauthenticated,
            "a known one"
        );
    }
    let mut unsigned = good;
    unsigned.auth = None;
    assert_eq!(refusal(&world, unsigned).await, Refusal::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_oversized_or_exploding_request_stores_nothing() {
    let world = World::new(Kind::Sqlite).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    laptop.log(3);
    let mut request = empty_sync();
    request.push = vec![Run::of(&laptop.disk().own).expect("a run")];
    let whole = pack(&request).expect("packs");
    for (nonce, cut) in [0, 1, whole.len() / 2, whole.len() - 1].into_iter().enumerate() {
        let body = whole[..cut].to_vec();
        let request = signed(&world, &laptop, "POST", "/v1/sync", body, now_ms(), 10 + nonce as u64);
        assert_eq!(refusal(&world, request).await, Refusal::Malformed, "cut to {cut}");
    }
    let bomb = zstd::bulk::compress(&vec![0; MAX_UNPACKED + 1], 19).expect("compresses");
    let request = signed(&world, &laptop, "POST", "/v1/sync", bomb, now_ms(), 20);
    assert_eq!(refusal(&world, request).await, Refusal::TooLarge);
    let request = signed(&world, &laptop, "POST", "/v1/sync", vec![7; MAX_PACKED + 1], now_ms(), 21);
    match world.connection().send(request).await {
        Ok(answer) => assert_eq!(answer.status, 413),
        // The server hangs up on the rest of it.
        Err(reason) => assert!(matches!(reason, auxlog_sync::http::NoAnswer::Cut(_)), "{reason:?}"),
    }
    let mut crossing = empty_sync();
    crossing.push = request_of_other_agency();
    let body = pack(&crossing).expect("packs");
    let request = signed(&world, &laptop, "POST", "/v1/sync", body, now_ms(), 22);
    assert_eq!(refusal(&world, request).await, Refusal::Forbidden, "records for another agency");

    let device = world.admin.find(&laptop.writer().to_string()).await.expect("known");
    assert_eq!(device.acked_seq, 0, "nothing of it was stored");
    assert_eq!(world.sync(&laptop).await.expect("and the genuine one is").acked, 4);
}

fn request_of_other_agency() -> Vec<Run> {
    let stranger = crate::support::Laptop::new("A02", "O9", 9);
    vec![Run::of(&stranger.disk().own).expect("a run")]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_signed_receipt_counts_as_received() {
    let world = World::new(Kind::Sqlite).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    laptop.log(2);
    let portals = [
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<html>Welcome</html>",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/login\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.auxlog.v1+cbor\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.1 403 Forbidden\r\nauxlog-error: ok\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncut",
    ];
    for portal in portals {
        let address = proxy::answering(portal).await;
        let line = Connection::new(&address, None).expect("an address");
        let error = world.sync_by(&line, &laptop).await.expect_err("no success");
        assert!(error.is_transient(), "{error}");
        assert!(laptop.disk().receipts.is_empty(), "no receipt from {portal:?}");
    }
    let other = World::new(Kind::Sqlite).await;
    other.enrol(&laptop, "A01", "O1", Role::Officer).await;
    let elsewhere = Connection::new(other.url(), None).expect("an address");
    let error = world.sync_by(&elsewhere, &laptop).await.expect_err("another server's word is none");
    assert!(matches!(error, SyncError::OtherServer), "it is the server's key that differs: {error}");
    assert!(laptop.disk().receipts.is_empty());
    assert!(world.sync(&laptop).await.expect("the genuine server's is").covered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_whose_clock_is_years_off_synchronises_all_the_same() {
    let world_clock = Arc::new(SetClock(AtomicI64::new(4_000_000_000_000)));
    let world = World::with(Kind::Sqlite, Some(Arc::clone(&world_clock))).await;
    // Codes are made by the machine's clock; here they must outlive the server's.
    let laptop = Arc::new(crate::support::Laptop::new("A01", "O1", 1));
    world_clock.0.store(i64::try_from(now_ms()).expect("small"), Ordering::Relaxed);
    world.enrol(&laptop, "A01", "O1", Role::Officer).await;
    world_clock.0.store(4_000_000_000_000, Ordering::Relaxed);
    laptop.log(1);
    let outcome = world.sync(&laptop).await.expect("corrects its offset and goes on");
    assert_eq!((outcome.acked, outcome.requests), (2, 2), "refused once, told the time, accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_for_a_day_and_guessing_is_slowed() {
    let clock = Arc::new(SetClock(AtomicI64::new(i64::try_from(now_ms()).expect("small"))));
    let world = World::with(Kind::Sqlite, Some(Arc::clone(&clock))).await;
    let connection = world.connection();
    let code = world.admin.code(&"A01".into(), &"O1".into(), Role::Officer, false).await.expect("a code");
    let offered = offer(&connection, &code.to_lowercase()).await.expect("as people type it");
    assert_eq!((offered.offer.agency.0.as_str(), offered.offer.officer.0.as_str()), ("A01", "O1"));

    let (first, second) = (crate::support::Laptop::new("A01", "O1", 1), crate::support::Laptop::new("A01", "O1", 2));
    let key = offered.server_key;
    let confirmed = confirm(&connection, &key, &code, &first.key, "笔记本", None).await.expect("used");
    let again =
        confirm(&connection, &key, &code, &first.key, "笔记本", None).await.expect("the same key may ask again");
    assert_eq!(again, confirmed);
    assert!(
        matches!(confirm(&connection, &key, &code, &second.key, "", None).await, Err(EnrolError::BadCode)),
        "reused"
    );
    clock.0.fetch_add(25 * 60 * 60 * 1000, Ordering::Relaxed);
    assert!(offer(&connection, &code).await.is_ok(), "the laptop that waits may ask again, a day later too");

    let first = Arc::new(first);
    let waiting = world.sync(&first).await.expect_err("not approved yet");
    assert!(matches!(waiting, SyncError::Refused(Refusal::AwaitsApproval)), "{waiting}");
    let devices = world.admin.devices().await.expect("devices");
    let listed = auxlog_server::DeviceLine::new(devices[0].clone(), world.admin.server_key());
    assert_eq!(listed.digits, Some(confirmed.digits), "both screens show the same digits");
    world.approve(first.writer()).await;
    assert!(world.sync(&first).await.expect("let in").covered);
    assert!(matches!(offer(&connection, &code).await, Err(EnrolError::BadCode)), "and then the code is spent");

    let old = world.admin.code(&"A01".into(), &"O2".into(), Role::Officer, true).await.expect("a code");
    clock.0.fetch_add(25 * 60 * 60 * 1000, Ordering::Relaxed);
    assert!(matches!(offer(&connection, &old).await, Err(EnrolError::BadCode)), "expired");
    let mut refused = None;
    for guess in 0..20 {
        match offer(&connection, &code_text([guess; 10])).await {
            Err(EnrolError::BadCode) => {}
            other => {
                refused = Some((guess, other));
                break;
            }
        }
    }
    assert!(matches!(refused, Some((guess, Err(EnrolError::TooManyTries))) if guess <= 5), "{refused:?}");
    // Codes are given by the machine's clock; back in its time, and no try regained.
    clock.0.store(i64::try_from(now_ms()).expect("small"), Ordering::Relaxed);
    let right = world.admin.code(&"A01".into(), &"O2".into(), Role::Officer, true).await.expect("a code");
    offer(&connection, &right).await.expect("whoever guesses locks nobody out");
    assert!(matches!(offer(&connection, "not a code").await, Err(EnrolError::NoCode(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_stays_on_this_machine() {
    for address in ["http://example.org", "http://192.168.1.5:8470", "http://[2001:db8::1]/"] {
        assert!(matches!(Connection::new(address, None), Err(ConnectionError::PlainHttp(_))), "{address}");
    }
    for address in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://example.org"] {
        assert!(Connection::new(address, None).is_ok(), "{address}");
    }
    for address in ["", "ftp://127.0.0.1", "127.0.0.1:8470"] {
        assert!(matches!(Connection::new(address, None), Err(ConnectionError::Address(_))), "{address}");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let config = auxlog_server::Config::new(dir.path(), ([0, 0, 0, 0], 0).into());
    let refused = auxlog_server::Server::start(config).await.expect_err("refused");
    assert!(refused.to_string().contains("--tls-cert"), "{refused}");
}
