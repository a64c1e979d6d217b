//! What hostile input costs: connections that say nothing, bodies that never end, attachments without
//! end, others' limits. All of it counted; an honest laptop goes through beside it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auxlog_record::Succession;
use auxlog_record::crypto::sha256;
use auxlog_server::{Allowance, Door, LimitOptions, Quotas, routes};
use auxlog_sync::auth::{AUTH_HEADER, BODY_HEADER, body_header};
use auxlog_sync::enrol::{ConfirmRequest, OfferRequest, Role, code_text, normal_code};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::message::Standing;
use auxlog_sync::pack::{MAX_PACKED, pack};
use auxlog_sync::{EnrolError, Notice, Refusal, offer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Kind, Laptop, SetClock, World, now_ms, signed};

contracts![a_device_delivers_so_much_in_a_day, an_agency_has_so_much_in_all, a_revoked_device_brings_its_records_alone,];

/// Far beyond what a busy machine needs: nothing asserts a time.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection from `127.0.0.HOST`.
async fn connect(server: SocketAddr, host: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, host], 0).into()).expect("a loopback address");
    socket.connect(server).await.expect("connected")
}

/// A number of the server's `/metrics`.
async fn metric(world: &World, name: &str) -> u64 {
    let request = Request { method: "GET", target: "/metrics".into(), auth: None, body: Vec::new() };
    let answer = world.connection().send(request).await.expect("metrics");
    let text = String::from_utf8(answer.body).expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).expect("counted");
    line.parse().expect("a number")
}

/// Waits until a number is what it has to be.
async fn reaches(world: &World, name: &str, due: u64) {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let found = metric(world, name).await;
        if found == due {
            return;
        }
        assert!(tokio::time::Instant::now() < until, "{name} is {found} instead of {due}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the server closed it.
fn is_closed(stream: &TcpStream) -> bool {
    let mut byte = [0];
    match stream.try_read(&mut byte) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => false,
        Ok(read) => read == 0,
        Err(_) => true,
    }
}

fn refused(answer: &Answer) -> Option<Refusal> {
    answer.error.as_deref().and_then(Refusal::from_name)
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_make_room_for_who_speaks() {
    const MOST: usize = 24;
    let limits = LimitOptions { connections: Some(MOST), of_address: Some(MOST), ..LimitOptions::default() };
    let world = World::limited(limits).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    laptop.log(3);
    let mut standing = Vec::new();
    for number in 0..2 * MOST {
        let host = u8::try_from(10 + number).expect("small");
        let mut stream = connect(world.handle().addr, host).await;
        if number % 2 == 1 {
            stream.write_all(b"POST /v1/sync HTTP/1.1\r\nhost: x\r\n").await.expect("half a request");
        }
        standing.push(stream);
    }
    assert_eq!(world.sync(&laptop).await.expect("goes through").acked, 4);
    assert!(metric(&world, "auxlog_connections").await <= MOST as u64);
    assert!(metric(&world, "auxlog_connections_closed_total").await >= MOST as u64);
    // Those that came first went first.
    let mut closed = Vec::new();
    for stream in &standing {
        closed.push(is_closed(stream));
    }
    let of = |closed: &[bool]| closed.iter().filter(|closed| **closed).count();
    assert!(of(&closed) >= MOST, "{closed:?}");
    assert!(of(&closed[..MOST]) > of(&closed[MOST..]), "{closed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_makes_room_among_its_own() {
    let limits = LimitOptions { connections: Some(64), of_address: Some(4), ..LimitOptions::default() };
    let world = World::limited(limits).await;
    let mut others = Vec::new();
    for host in 20..30 {
        others.push(connect(world.handle().addr, host).await);
    }
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(connect(world.handle().addr, 2).await);
    }
    // Which of those that came in the same moment are closed is nobody's concern.
    reaches(&world, "auxlog_connections_closed_total", 16).await;
    for stream in &others {
        assert!(!is_closed(stream), "others' connections stand");
    }
    let mut open = 0;
    for stream in &crowd {
        open += usize::from(!is_closed(stream));
    }
    assert_eq!(open, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_trusted_is_no_address_of_its_own() {
    let limits = LimitOptions { connections: Some(64), of_address: Some(2), ..LimitOptions::default() };
    let proxy = [127, 0, 0, 1].into();
    let world = World::behind(limits, vec![proxy]).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    let mut through = Vec::new();
    for _ in 0..20 {
        through.push(TcpStream::connect(world.handle().addr).await.expect("connected"));
    }
    assert_eq!(world.sync(&laptop).await.expect("goes through").acked, 1);
    assert_eq!(metric(&world, "auxlog_connections_closed_total").await, 0);

    // By new connections: those that stand are closed once they were silent for long.
    drop(through);
    let header = |host: &str, nonce: u64| {
        let body = vec![7; 2048];
        let request = signed(&world, &laptop, "POST", "/v1/sync", body, now_ms(), nonce);
        head(&request, &request.body, Some(host))
    };
    let told = |mut stream: TcpStream| async move {
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await.expect("answered");
        String::from_utf8_lossy(&answer[..read]).to_lowercase()
    };
    // Two requests under way are the share of whom it names; whichever comes last of three waits, another's
    // does not.
    let mut halves = tokio::task::JoinSet::new();
    for nonce in 1..=3 {
        let mut stream = TcpStream::connect(world.handle().addr).await.expect("connected");
        stream.write_all(header("203.0.113.7", nonce).as_bytes()).await.expect("half a request");
        halves.spawn(told(stream));
    }
    let said = tokio::time::timeout(PATIENCE, halves.join_next()).await.expect("one is refused");
    let said = said.expect("three were sent").expect("no panic");
    assert!(said.contains("429") && said.contains("retry-after"), "{said}");
    let mut other = TcpStream::connect(world.handle().addr).await.expect("connected");
    other.write_all(header("203.0.113.8", 99).as_bytes()).await.expect("half a request");
    other.write_all(&vec![7; 2048]).await.expect("the rest");
    assert!(told(other).await.contains("malformed"), "another is heard");
    assert_eq!(halves.len(), 2, "and both that stand");
    assert!(halves.try_join_next().is_none(), "are waited for");
}

/// A request's head for a body that follows, or does not.
fn head(request: &Request, body: &[u8], forwarded: Option<&str>) -> String {
    let auth = request.auth.as_deref().expect("signed");
    let forwarded = forwarded.map(|host| format!("x-forwarded-for: {host}\r\n")).unwrap_or_default();
    format!(
        "{} {} HTTP/1.1\r\nhost: x\r\n{AUTH_HEADER}: {auth}\r\n{BODY_HEADER}: {}\r\n{forwarded}content-length: {}\r\n\r\n",
        request.method,
        request.target,
        body_header(body),
        body.len()
    )
}

/// Sends a head and the beginning of its body; what is answered before the body is whole, if anything is.
async fn begun(world: &World, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.handle().addr).await.expect("connected");
    stream.write_all(head.as_bytes()).await.expect("sent");
    // Where it is refused at once the rest is not wanted.
    let _ = stream.write_all(&[7; 1024]).await;
    stream
}

async fn answer(mut stream: TcpStream) -> String {
    let mut answer = vec![0; 4096];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut answer)).await.expect("an answer").unwrap_or(0);
    String::from_utf8_lossy(&answer[..read]).to_lowercase()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_proven_is_refused_before_their_body_is_read() {
    let world = World::new(Kind::Sqlite).await;
    let (laptop, thief) = (world.laptop("A01", "O1", 1).await, Laptop::new("A01", "O2", 9));
    let before = metric(&world, "auxlog_received_bytes_total").await;
    let body = vec![7; MAX_PACKED];
    // In O1's name, signed by another key; and O1's own, for another body.
    let genuine = signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now_ms(), 1);
    let forged = signed(&world, &thief, "POST", "/v1/sync", body.clone(), now_ms(), 2);
    let forged =
        forged.auth.as_deref().expect("signed").replace(&thief.writer().to_string(), &laptop.writer().to_string());
    let forged = Request { auth: Some(forged), ..genuine.clone() };
    assert!(answer(begun(&world, &head(&forged, &body, None)).await).await.contains("unauthenticated"));
    assert!(answer(begun(&world, &head(&genuine, &vec![8; MAX_PACKED], None)).await).await.contains("unauthenticated"));
    // Without the body's hash a mebibyte is the most.
    let head = head(&genuine, &body, None);
    let unstated: String = head.split_inclusive("\r\n").filter(|line| !line.starts_with(BODY_HEADER)).collect();
    assert!(answer(begun(&world, &unstated).await).await.contains("too_large"));
    assert_eq!(metric(&world, "auxlog_received_bytes_total").await, before, "nothing of it was read");
    assert_eq!(metric(&world, "auxlog_bodies_held_bytes").await, 0);
}

/// Before anything is proven of who asks, whatever they ask: bytes that are read, signatures that are checked.
#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_request_costs_so_much_and_no_more() {
    let plenty = Allowance { burst: 100_000, per_minute: 100_000 };
    let world =
        World::limited(LimitOptions { strangers: plenty, wrong_codes: plenty, ..LimitOptions::default() }).await;
    let (laptop, thief) = (world.laptop("A01", "O1", 1).await, Laptop::new("A01", "O2", 9));
    let bomb = zstd::bulk::compress(&vec![0x81; 16 << 20], 19).expect("compresses");
    assert!(bomb.len() < 4 << 10, "it passes what is read of a stranger");
    let confirm = ConfirmRequest::new(&thief.key, "0110123456789ABC", &world.handle().public_key, "laptop", None);
    let mut succession = Succession::sign(&thief.key, &laptop.key, &"A01".into(), 1, "x");
    succession.old = laptop.writer();
    let bodies =
        [Vec::new(), bomb, vec![7; 3 << 20], pack(&confirm).expect("packs"), pack(&succession).expect("packs")];
    let mut nonce = 0;
    for route in routes() {
        let path = route.path.replace("{hash}", &"0".repeat(64)).replace("{device}", &laptop.writer().to_string());
        for body in &bodies {
            nonce += 1;
            let own =
                signed(&world, &thief, route.method, &format!("{path}?agency=A01"), body.clone(), now_ms(), nonce);
            let auth = own.auth.as_deref().expect("signed");
            // Nobody's, an unknown key's, and one that names a known device.
            let named = auth.replace(&thief.writer().to_string(), &laptop.writer().to_string());
            for auth in [None, Some(auth.to_owned()), Some(named)] {
                let (read, checked) = (
                    metric(&world, "auxlog_received_bytes_total").await,
                    metric(&world, "auxlog_signatures_checked_total").await,
                );
                // Whether it is answered or cut off: both are cheap.
                let _ = world.connection().send(Request { auth: auth.clone(), ..own.clone() }).await;
                let read = metric(&world, "auxlog_received_bytes_total").await - read;
                let checked = metric(&world, "auxlog_signatures_checked_total").await - checked;
                let case = format!("{} {path}, {} bytes, {auth:?}", route.method, body.len());
                let most = if matches!(route.door, Door::Signed(_)) { 1 << 20 } else { 4 << 10 };
                assert!(read <= most, "{case}: {read} bytes read");
                assert!(checked <= 2, "{case}: {checked} signatures checked");
            }
        }
    }
    reaches(&world, "auxlog_bodies_held_bytes", 0).await;
    assert!(metric(&world, "auxlog_signatures_checked_total").await > 0, "they are counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_never_end_hold_so_much_and_no_more() {
    const MIB: u64 = 1 << 20;
    let limits = LimitOptions { bodies: 16 << 20, ..LimitOptions::default() };
    let world = World::limited(limits).await;
    let (laptop, honest) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    honest.log(5);
    let body = vec![7; MAX_PACKED];
    let whole = |nonce| signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now_ms(), nonce);
    let mut held = Vec::new();
    for nonce in 0..2 {
        held.push(begun(&world, &head(&whole(nonce), &body, None)).await);
    }
    reaches(&world, "auxlog_bodies_held_bytes", 8 * MIB).await;
    for nonce in 2..50 {
        let said = answer(begun(&world, &head(&whole(nonce), &body, None)).await).await;
        assert!(said.contains("429") && said.contains("retry-after"), "{said}");
    }
    // Whoever does not prove who they are first has an eighth of the room, an address a part of that, in the
    // same device's name too.
    let mebibyte = vec![7; 1 << 20];
    for nonce in 50..100 {
        let request = signed(&world, &laptop, "POST", "/v1/sync", mebibyte.clone(), now_ms(), nonce);
        let head = head(&request, &mebibyte, None);
        let head: String = head.split_inclusive("\r\n").filter(|line| !line.starts_with(BODY_HEADER)).collect();
        held.push(begun(&world, &head).await);
    }
    reaches(&world, "auxlog_refusals_total{reason=\"rate_limited\"}", 48 + 49).await;
    assert_eq!(metric(&world, "auxlog_bodies_held_bytes").await, 9 * MIB, "of 98 bodies with 242 MiB");
    assert_eq!(world.sync(&honest).await.expect("goes through beside it").acked, 6);
    drop(held);
    reaches(&world, "auxlog_bodies_held_bytes", 0).await;
    assert_eq!(world.sync(&laptop).await.expect("and the same device, once it is done").acked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_holds_so_much_whatever_the_size_and_standing() {
    const KIB: u64 = 1 << 10;
    let limits = LimitOptions { bodies: 64 << 20, ..LimitOptions::default() };
    let world = World::limited(limits).await;
    let (laptop, honest) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    honest.log(5);
    let body = vec![7; 64 << 10];
    let begin = |nonce| head(&signed(&world, &laptop, "POST", "/v1/sync", body.clone(), now_ms(), nonce), &body, None);
    // One head holds room once.
    let first = begin(0);
    let mut held = vec![begun(&world, &first).await];
    reaches(&world, "auxlog_bodies_held_bytes", 64 * KIB).await;
    assert!(answer(begun(&world, &first).await).await.contains("replayed"));
    // Bodies of 64 KiB add up like larger ones.
    for nonce in 1..150 {
        held.push(begun(&world, &begin(nonce)).await);
    }
    reaches(&world, "auxlog_refusals_total{reason=\"rate_limited\"}", 150 - 128).await;
    assert_eq!(metric(&world, "auxlog_bodies_held_bytes").await, 8 * 1024 * KIB);
    assert_eq!(world.sync(&honest).await.expect("goes through beside it").acked, 6);
    drop(held);
    reaches(&world, "auxlog_bodies_held_bytes", 0).await;

    // Those who are shut out share what strangers have.
    world.admin.revoke(&laptop.writer().to_string(), "lost").await.expect("revoked");
    let whole = vec![7; MAX_PACKED];
    let mut held = Vec::new();
    for nonce in 200..203 {
        let request = signed(&world, &laptop, "POST", "/v1/sync", whole.clone(), now_ms(), nonce);
        held.push(begun(&world, &head(&request, &whole, None)).await);
    }
    reaches(&world, "auxlog_bodies_held_bytes", 8 * 1024 * KIB).await;
    assert_eq!(world.sync(&honest).await.expect("goes through").acked, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_a_device_uses_up_nothing_of_its() {
    let few = Allowance { burst: 20, per_minute: 1 };
    let world = World::limited(LimitOptions { device: few, ..LimitOptions::default() }).await;
    let (laptop, thief) = (world.laptop("A01", "O1", 1).await, Laptop::new("A01", "O2", 9));
    for nonce in 0..100 {
        let forged = signed(&world, &thief, "GET", "/v1/checkpoint?agency=A01", Vec::new(), now_ms(), nonce);
        let auth = forged.auth.as_deref().expect("signed");
        let auth = auth.replace(&thief.writer().to_string(), &laptop.writer().to_string());
        let answer = world.connection().send(Request { auth: Some(auth), ..forged }).await.expect("an answer");
        assert_eq!(refused(&answer), Some(Refusal::Unauthenticated));
    }
    assert!(world.sync(&laptop).await.expect("not limited").covered);
    // What it signed itself is counted.
    let mut limited = 0;
    for nonce in 100..140 {
        let request = signed(&world, &laptop, "GET", "/v1/checkpoint?agency=A01", Vec::new(), now_ms(), nonce);
        let answer = world.connection().send(request).await.expect("an answer");
        limited += usize::from(refused(&answer) == Some(Refusal::RateLimited));
    }
    assert!(limited >= 20, "{limited} of 40");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_passes_whatever_others_of_the_address_try() {
    let few = Allowance { burst: 3, per_minute: 1 };
    let world = World::limited(LimitOptions { strangers: few, ..LimitOptions::default() }).await;
    let connection = world.connection();
    let mut told = Vec::new();
    for guess in 0..30 {
        told.push(offer(&connection, &code_text([guess; 10])).await.expect_err("a wrong one"));
    }
    assert!(matches!(told[0], EnrolError::BadCode), "{:?}", told[0]);
    assert!(told[3..].iter().all(|error| matches!(error, EnrolError::TooManyTries)), "{told:?}");
    let code = world.admin.code(&"A01".into(), &"O1".into(), Role::Officer, true).await.expect("a code");
    for _ in 0..10 {
        offer(&connection, &code).await.expect("a right one is never refused");
    }
    let laptop = Arc::new(Laptop::new("A01", "O1", 1));
    world.enrol(&laptop, "A01", "O1", Role::Officer).await;
    // What is no message of an enrolment is answered as a limit, too.
    let request = |body| Request { method: "POST", target: "/v1/enroll".into(), auth: None, body };
    let garbage = connection.send(request(vec![7; 100])).await.expect("an answer");
    assert_eq!(refused(&garbage), Some(Refusal::RateLimited));
    let right = pack(&OfferRequest { code: normal_code(&code).expect("a code") }).expect("packs");
    let large = connection.send(request(vec![7; 5000])).await.expect("an answer");
    assert_eq!(refused(&large), Some(Refusal::TooLarge), "4 KiB are read of a stranger");
    assert_eq!(refused(&connection.send(request(right)).await.expect("an answer")), None, "and the right one passes");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_door_is_counted_but_a_balancers() {
    let few = Allowance { burst: 10, per_minute: 1 };
    let world = World::limited(LimitOptions { address: few, ..LimitOptions::default() }).await;
    let get = async |target: &str| {
        let request = Request { method: "GET", target: target.into(), auth: None, body: Vec::new() };
        world.connection().send(request).await.expect("an answer")
    };
    let document = get("/v1/openapi.json").await;
    assert_eq!((document.status, document.body[0]), (200, b'{'));
    assert_eq!(document.body, get("/v1/openapi.json").await.body);
    for target in ["/metrics", "/v1/caps", "/v1/openapi.json"].into_iter().cycle().take(30) {
        get(target).await;
    }
    for target in ["/metrics", "/v1/caps", "/v1/openapi.json"] {
        assert_eq!(refused(&get(target).await), Some(Refusal::RateLimited), "{target}");
    }
    // Whoever sits behind the same balancer must not make it believe that the server is gone.
    for target in ["/healthz", "/readyz"].into_iter().cycle().take(30) {
        assert_eq!(get(target).await.status, 200, "{target}");
    }
}

fn attached(laptop: &Laptop, name: &str, length: usize) {
    laptop.attach(name, &(0..length).map(|at| u8::try_from(at % 251).expect("small")).collect::<Vec<_>>());
}

async fn a_device_delivers_so_much_in_a_day(kind: Kind) {
    let clock = Arc::new(SetClock(AtomicI64::new(i64::try_from(now_ms()).expect("small"))));
    let quotas = Quotas { of_device_a_day: 250_000, ..Quotas::default() };
    let limits = LimitOptions { attachments: quotas, ..LimitOptions::default() };
    let world = World::made(kind, Some(Arc::clone(&clock)), limits).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    for (name, length) in [("1.jpg", 100_000), ("2.jpg", 100_001), ("3.jpg", 100_002), ("4.jpg", 100_003)] {
        attached(&a, name, length);
    }
    let first = world.sync(&a).await.expect("the records go all the same");
    assert_eq!((first.acked, first.covered, first.attachments, first.attachments_left), (5, true, 2, 2));
    assert_eq!(first.notices, [Notice::AttachmentsKept], "and their officer is told");
    let again = world.sync(&a).await.expect("synchronises");
    assert_eq!((again.attachments, again.attachments_left), (0, 2));
    let incidents = world.admin.incidents(&"A01".into(), 100).await.expect("listed");
    let filed: Vec<_> = incidents.iter().filter(|incident| incident.kind == "attachments_refused").collect();
    assert_eq!((filed.len(), filed[0].writer), (1, a.writer()), "once a day: {filed:?}");
    attached(&b, "5.jpg", 100_004);
    assert_eq!(world.sync(&b).await.expect("another device has its own day").attachments, 1);

    clock.0.fetch_add(24 * 60 * 60 * 1000, Ordering::Relaxed);
    let next = world.sync(&a).await.expect("the next day");
    assert_eq!((next.attachments, next.attachments_left), (2, 0), "nothing was lost: {next:?}");
    assert!(next.notices.is_empty());
}

async fn an_agency_has_so_much_in_all(kind: Kind) {
    let quotas = Quotas { of_agency: 250_000, ..Quotas::default() };
    let world = World::made(kind, None, LimitOptions { attachments: quotas, ..LimitOptions::default() }).await;
    let (a, b) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let elsewhere = world.laptop("A02", "O9", 9).await;
    attached(&a, "1.jpg", 200_000);
    attached(&b, "2.jpg", 100_000);
    attached(&elsewhere, "3.jpg", 200_001);
    assert_eq!(world.sync(&a).await.expect("synchronises").attachments, 1);
    let full = world.sync(&b).await.expect("synchronises");
    assert_eq!((full.attachments, full.attachments_left, full.notices), (0, 1, vec![Notice::AttachmentsKept]));
    assert_eq!(world.sync(&elsewhere).await.expect("another agency").attachments, 1);
    attached(&b, "4.jpg", 40_000);
    // Whoever asks again with another attachment finds what room there is.
    b.disk().attachments.remove(0);
    assert_eq!(world.sync(&b).await.expect("synchronises").attachments, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_leave_the_disk_to_records() {
    let quotas = Quotas { free: u64::MAX, ..Quotas::default() };
    let world = World::limited(LimitOptions { attachments: quotas, ..LimitOptions::default() }).await;
    let a = world.laptop("A01", "O1", 1).await;
    attached(&a, "1.jpg", 1000);
    let kept = world.sync(&a).await.expect("records go on");
    assert_eq!((kept.acked, kept.covered, kept.attachments, kept.attachments_left), (2, true, 0, 1));
    assert_eq!(kept.notices, [Notice::AttachmentsKept]);
    assert_eq!(metric(&world, "auxlog_refusals_total{reason=\"quota\"}").await, 1);
}

async fn a_revoked_device_brings_its_records_alone(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.sync(&a).await.expect("synchronises");
    world.admin.revoke(&a.writer().to_string(), "lost").await.expect("revoked");
    attached(&a, "1.jpg", 1000);
    let held = world.sync(&a).await.expect("its records are held");
    assert_eq!((held.standing, held.refused, held.attachments, held.attachments_left), (Standing::Revoked, 1, 0, 1));
    // Whatever client it uses, nothing of the content is taken.
    let content: Vec<u8> = (0..1000).map(|at| u8::try_from(at % 251).expect("small")).collect();
    let target = format!("/v1/blobs/{}?agency=A01&length=1000", sha256(&[&content]));
    for (nonce, (method, target)) in (1..).zip([("POST", target.clone()), ("PATCH", target + "&offset=0")]) {
        let body = if method == "PATCH" { content.clone() } else { Vec::new() };
        let answer = world.connection().send(signed(&world, &a, method, &target, body, now_ms(), nonce)).await;
        assert_eq!(refused(&answer.expect("an answer")), Some(Refusal::Revoked), "{method}");
    }
    world.approve(a.writer()).await;
    assert_eq!(world.sync(&a).await.expect("let in again").attachments, 1, "nothing was lost");
}

/// What a stranger sends is unpacked to 16 KiB at most, however little it takes on the way.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_packed_is_not_unpacked_beyond_what_the_door_needs() {
    let world = World::new(Kind::Sqlite).await;
    for (characters, said) in [(15_000, "bad_code"), (17_000, "malformed"), (3 << 20, "malformed")] {
        let body = pack(&OfferRequest { code: "A".repeat(characters) }).expect("packs");
        assert!(body.len() < 4 << 10, "{}", body.len());
        let request = Request { method: "POST", target: "/v1/enroll".into(), auth: None, body };
        let answer = world.connection().send(request).await.expect("an answer");
        assert_eq!(answer.error.as_deref(), Some(said), "{characters}");
    }
}

/// Whoever never says what they want is not waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_not_waited_for() {
    let world = World::new(Kind::Sqlite).await;
    let laptop = world.laptop("A01", "O1", 1).await;
    let mut slow = Vec::new();
    for begun in ["", "POST /v1/sync HTTP/1.1\r\nhost: x\r\n", "PRI * HTTP/2.0\r\n\r\n"] {
        let mut stream = TcpStream::connect(world.handle().addr).await.expect("connected");
        stream.write_all(begun.as_bytes()).await.expect("sent");
        slow.push(stream);
    }
    // A byte now and then changes nothing.
    let until = tokio::time::Instant::now() + PATIENCE;
    while !slow.iter().all(is_closed) {
        assert!(tokio::time::Instant::now() < until, "a head without end is waited for");
        let _ = slow[1].write_all(b"a").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(world.sync(&laptop).await.expect("goes through").acked, 1);
}
