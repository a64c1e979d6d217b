//! Who may do what: every route × every role × own and other agency, against a table written by
//! hand, and every signed route without a signature.

use auxlog_record::{Agency, Roster};
use auxlog_server::{Door, Route, routes};
use auxlog_sync::Refusal;
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::{Have, OwnHead};
use auxlog_sync::pack::pack;
use auxlog_sync::roster::Brought;
use auxlog_sync::run::Run;

use crate::support::{Kind, Laptop, World, empty_sync, now_ms, signed};

/// Roles that may use a route in their own agency, then in another: o(fficer), s(upervisor),
/// l(egal), a(uditor), A(dministrator), c(lerk).
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("POST", "/v1/sync", "oslaAc", ""),
    ("POST", "/v1/office", "oslaAc", ""),
    ("POST", "/v1/office/roster", "oslaAc", ""),
    ("GET", "/v1/log", "oslaA", "l"),
    ("GET", "/v1/snapshot", "oslaAc", "l"),
    ("GET", "/v1/objects/{hash}", "oslaAc", "l"),
    ("GET", "/v1/registers", "oslaAc", "l"),
    ("GET", "/v1/registers/{kind}", "oslaAc", "l"),
    ("GET", "/v1/registers/{kind}/{id}", "oslaAc", "l"),
    ("POST", "/v1/roster/edits", "A", ""),
    ("GET", "/v1/roster/history", "slaA", "l"),
    ("POST", "/v1/blobs/{hash}", "osAc", ""),
    ("HEAD", "/v1/blobs/{hash}", "osAc", ""),
    ("PATCH", "/v1/blobs/{hash}", "osAc", ""),
    ("GET", "/v1/blobs/{hash}", "oslaAc", "l"),
    ("GET", "/v1/checkpoint", "oslaAc", "l"),
    ("GET", "/v1/proof/inclusion", "oslaAc", "l"),
    ("GET", "/v1/proof/task", "oslaAc", "l"),
    ("GET", "/v1/proof/consistency", "oslaAc", "l"),
    ("GET", "/v1/audit", "slaA", "l"),
    ("GET", "/v1/incidents", "slaA", "l"),
    ("GET", "/v1/attention", "slaA", "l"),
    ("GET", "/v1/devices", "slaA", "l"),
    ("POST", "/v1/devices/{device}/approve", "A", ""),
    ("POST", "/v1/devices/{device}/revoke", "A", ""),
    ("POST", "/v1/devices/{device}/release", "sA", ""),
];

const ROLES: [(char, Role); 6] = [
    ('o', Role::Officer),
    ('s', Role::Supervisor),
    ('l', Role::Legal),
    ('a', Role::Auditor),
    ('A', Role::Admin),
    ('c', Role::Clerk),
];

/// The route's address for an agency, everything that it needs filled in.
fn target(route: &Route, agency: &str, device: &str, digits: &str) -> String {
    let path = route.path.replace("{hash}", &"0".repeat(64)).replace("{device}", device);
    let path = path.replace("{kind}", "course").replace("{id}", &format!("{device}:1"));
    let query: Vec<String> = route
        .query
        .iter()
        .map(|name| name.trim_end_matches('?'))
        .map(|name| match name {
            "agency" => format!("agency={agency}"),
            "writer" => format!("writer={device}"),
            "reason" => "reason=test".to_owned(),
            "since" | "until" => format!("{name}=2026-01-01"),
            "next" => format!("next=0.0.{}", auxlog_record::RecordId::default()),
            "digits" => format!("digits={digits}"),
            "seq" | "limit" => format!("{name}=1"),
            number => format!("{number}=0"),
        })
        .collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// A body that the route takes; for a synchronisation one that pushes a stranger's record into
/// `agency`.
fn body(route: &Route, agency: &str, stranger: &Laptop) -> Vec<u8> {
    match (route.method, route.path) {
        ("POST", "/v1/sync") => {}
        ("POST", "/v1/office") => {
            let chains = stranger.office_chains().expect("pulled");
            return pack(&Run::of(&chains[0]).expect("a run")).expect("packs");
        }
        ("POST", "/v1/office/roster") => {
            let (manifest, _) = stranger.kept_roster().expect("kept").expect("a roster");
            return pack(&Brought { manifest, pieces: Vec::new() }).expect("packs");
        }
        ("POST", "/v1/roster/edits") => {
            let edit = r#"{"reason":"test","edits":[{"kind":"officer","id":"O70","set":{"name":"x"}}]}"#;
            return edit.as_bytes().to_vec();
        }
        ("PATCH", _) => return vec![1],
        _ => return Vec::new(),
    }
    let mut request = empty_sync();
    request.have = Have { own: vec![OwnHead { writer: stranger.writer(), seq: 1 }], ..Have::default() };
    request.push = vec![Run::of(&stranger.disk().own).expect("a run")];
    assert_eq!(request.push[0].agency.0, agency);
    pack(&request).expect("packs")
}

/// Rows of an agency's audit log.
async fn rows(world: &World, agency: &str) -> usize {
    let all = world.admin.log(1_000_000).await.expect("read");
    // Looking at the log is in it, too.
    all.iter().filter(|(of, entry)| of.0 == agency && entry.actor != "local").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_role_as_the_table_says() {
    let world = World::new(Kind::Sqlite).await;
    let agencies = ["A01", "A02"];
    let mut roster = Roster::default();
    for agency in agencies {
        roster.agencies.insert(agency.into(), Agency { id: agency.into(), name: agency.into() });
    }
    world.admin.import_roster(&roster, "test").await.expect("imported");
    // In each agency one device that nobody minds being approved and revoked.
    let strangers = [world.laptop("A01", "O90", 90).await, world.laptop("A02", "O91", 91).await];
    for stranger in &strangers {
        world.sync(stranger).await.expect("its first record is there");
    }
    let mut nonce = 0;
    let mut checked = 0;
    for (place, (letter, role)) in ROLES.into_iter().enumerate() {
        let seed = 10 + u8::try_from(place).expect("few");
        let laptop = world.laptop_as("A01", &format!("O{seed}"), seed, role).await;
        for route in routes().filter(|route| matches!(route.door, Door::Signed(_))) {
            let row = TABLE.iter().find(|row| (row.0, row.1) == (route.method, route.path));
            let row = row.unwrap_or_else(|| panic!("{} {} is not in the table", route.method, route.path));
            for (agency, stranger, allowed) in
                [(agencies[0], &strangers[0], row.2), (agencies[1], &strangers[1], row.3)]
            {
                nonce += 1;
                let device = stranger.writer().to_string();
                let digits = world.admin.find(&device).await.expect("known").digits(world.admin.server_key());
                let target = target(route, agency, &device, &digits.expect("it met the server"));
                let request =
                    signed(&world, &laptop, route.method, &target, body(route, agency, stranger), now_ms(), nonce);
                let before = rows(&world, agency).await;
                let answer = world.connection().send(request.clone()).await.expect("an answer");
                let noted = rows(&world, agency).await - before;
                let refused = answer.error.as_deref().and_then(Refusal::from_name);
                let forbidden = refused == Some(Refusal::Forbidden);
                let case = format!("{} {target} as {role:?}: {} {refused:?}", route.method, answer.status);
                assert_eq!(forbidden, !allowed.contains(letter), "{case}");
                // Whatever is read of another agency leaves its row there.
                assert!(answer.status != 200 || agency == agencies[0] || noted > 0, "{case}");
                assert!(forbidden || matches!(answer.status, 200 | 404), "{case}");

                let bare = auxlog_sync::http::Request { auth: None, ..request };
                let answer = world.connection().send(bare).await.expect("an answer");
                assert_eq!(answer.error.as_deref(), Some("unauthenticated"), "{case}, unsigned");
                checked += 2;
            }
        }
    }
    assert_eq!(checked, ROLES.len() * TABLE.len() * 4);
    for (stranger, agency) in strangers.iter().zip(agencies) {
        let device = world.admin.find(&stranger.writer().to_string()).await.expect("known");
        assert_eq!((device.agency.0.as_str(), device.acked_seq), (agency, 1), "nobody pushed for another");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_routes_need_nothing_and_tell_nothing_of_people() {
    let world = World::new(Kind::Sqlite).await;
    let laptop = world.laptop("A01", "O-secret", 1).await;
    laptop.log(1);
    world.sync(&laptop).await.expect("synchronises");
    for route in routes().filter(|route| route.door == Door::Open) {
        let request =
            auxlog_sync::http::Request { method: "GET", target: route.path.to_owned(), auth: None, body: Vec::new() };
        let answer = world.connection().send(request).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", route.path);
        let text = String::from_utf8(answer.body).expect("text");
        assert!(!text.contains("O-secret") && !text.contains(&laptop.writer().to_string()), "{}", route.path);
        if route.path == "/metrics" {
            assert!(text.contains("auxlog_records_appended_total 2"), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_or_frozen_device_reads_nothing_at_once() {
    let world = World::new(Kind::Sqlite).await;
    let lost = world.laptop_as("A01", "O1", 1, Role::Admin).await;
    world.admin.revoke(&lost.writer().to_string(), "lost").await.expect("revoked");
    reads_nothing(&world, &lost, "revoked").await;
    let copied = world.laptop_as("A01", "O2", 2, Role::Admin).await;
    world.freeze(&copied, "O2", 2).await;
    reads_nothing(&world, &copied, "frozen").await;
}

async fn reads_nothing(world: &World, laptop: &Laptop, why: &str) {
    for (nonce, route) in (0..).zip(routes()) {
        let Door::Signed(action) = route.door else { continue };
        // It may still bring its records: they are held, not lost.
        if action == auxlog_server::Action::Sync {
            continue;
        }
        let target = target(route, "A01", &laptop.writer().to_string(), "0");
        let request = signed(world, laptop, route.method, &target, Vec::new(), now_ms(), nonce);
        let answer = world.connection().send(request).await.expect("an answer");
        assert_eq!(answer.error.as_deref(), Some(why), "{target}");
    }
}

/// On the server's own machine, too, whoever looks leaves a row in the agency that they looked at.
#[tokio::test(flavor = "multi_thread")]
async fn a_look_on_the_servers_own_machine_leaves_its_row() {
    let world = World::new(Kind::Sqlite).await;
    let agency = "A01".into();
    let admin = &world.admin;
    admin.devices().await.expect("read");
    admin.incidents(&agency, 1).await.expect("read");
    admin.attention(&agency, 1).await.expect("read");
    admin.roster_history(&agency, Some("X00001"), 1).await.expect("read");
    let copy = world.dir.path().join("copy.sqlite");
    admin.backup(&copy).await.expect("copied");
    let log = admin.log(100).await.expect("read");
    for (act, subject) in [
        ("read_devices", "A01"),
        ("read_incidents", "A01"),
        ("read_attention", "A01"),
        ("read_roster_history", "X00001"),
        ("backup", "A01"),
        ("read_audit", "A01"),
    ] {
        let row =
            log.iter().find(|(of, row)| *of == agency && (row.act.as_str(), row.subject.as_str()) == (act, subject));
        assert_eq!(row.map(|(_, row)| row.actor.as_str()), Some("local"), "{act}: {log:?}");
    }
    let others = log.iter().filter(|(of, row)| of.0 == "A02" && row.act == "read_incidents").count();
    assert_eq!(others, 0, "of the agency alone that was looked at");
}
