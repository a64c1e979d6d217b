//! Registers on the server: what laptops made, read by role; what the office writes; the table of entries thrown
//! away and made anew; what is crafted and has no effect.

use std::sync::Arc;

use auxlog_record::{
    Annulment, Data, Datum, EntryCorrected, EntryMade, EntryStepped, Event, Hash, MaskOrdered, Record, RecordId,
};
use auxlog_registers::{EntryQuery, NewEntry, Reading, Register, Writing, all, json, named};
use auxlog_store::{Ledger, Whole};
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::sync_once;
use serde_json::Value;

use crate::laptops::{cheap, enrol, sync, who};
use crate::support::{Kind, Laptop, World, now_ms, signed};

contracts![
    entries_made_on_a_laptop_are_read_on_the_server_by_role,
    a_register_that_tests_alone_declare_is_read_like_any_other,
    what_the_office_writes_reaches_laptops_and_comes_back_from_them,
    what_is_crafted_has_no_effect,
    the_table_made_anew_is_the_same,
    a_masked_entry_is_gone_from_the_table_at_once,
    a_page_of_a_register_costs_the_page,
];

fn register(key: &str) -> &'static Register {
    named(key).expect("a register")
}

fn data(register: &Register, fields: &[(&str, Datum)]) -> Data {
    fields.iter().map(|(key, datum)| (register.field(key).expect("a field").n, datum.clone())).collect()
}

fn text(text: &str) -> Datum {
    Datum::Text(text.into())
}

fn company(name: &str) -> Data {
    let fields = [
        ("name", text(name)),
        ("uscc", text("91320621MA1ABCDE0X")),
        ("licence", text("苏派2026-1")),
        ("licence_until", text("2099-12-31")),
    ];
    data(register("company"), &fields)
}

fn course(title: &str) -> Data {
    let fields = [
        ("title", text(title)),
        ("strand", text("law")),
        ("from", text("2026-03-01T09:00:00+08:00")),
        ("until", text("2026-03-01T17:00:00+08:00")),
        ("hours", Datum::Number(8)),
    ];
    data(register("course"), &fields)
}

fn result(person: &str, course: RecordId) -> Data {
    let fields = [
        ("person", text(person)),
        ("course", text(&course.to_string())),
        ("attended", Datum::Flag(true)),
        ("passed", Datum::Flag(true)),
        ("examiner", text("O1")),
    ];
    data(register("result"), &fields)
}

fn made(register: &Register, data: Data) -> Event {
    let (register, schema) = (register.number, register.schema);
    Event::EntryMade(EntryMade { register, schema, data, reason: None, origin: None, salt: [7; 16] })
}

fn stepped(of: &Record, register: &Register, step: &str, reason: Option<&str>) -> Event {
    let (target, based_on, step) = (of.id(), vec![of.hash()], register.step(step).expect("a step").n);
    let reason = reason.map(str::to_owned);
    Event::EntryStepped(EntryStepped { target, based_on, step, data: Data::new(), reason, salt: [7; 16] })
}

/// All entries of all registers, annulled or not, as the server reads them.
async fn entries(world: &World) -> Vec<Value> {
    let agency = "A01".into();
    let read = world.admin.registers(&agency, "", |of| {
        let reading: &dyn Reading = of;
        let query = EntryQuery { annulled: true, ..EntryQuery::default() };
        let of = |register| reading.entries(register, &query).expect("read");
        all().iter().flat_map(of).map(|entry| json::entry(reading, &entry)).collect()
    });
    read.await.expect("opened")
}

async fn one(world: &World, id: RecordId) -> Value {
    let id = id.to_string();
    entries(world).await.into_iter().find(|entry| entry["id"] == *id).unwrap_or_default()
}

async fn get(world: &World, laptop: &Laptop, target: &str, nonce: u64) -> (u16, Value) {
    let request = signed(world, laptop, "GET", target, Vec::new(), now_ms(), nonce);
    let answer = world.connection().send(request).await.expect("an answer");
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

async fn ledger(world: &World, dir: &std::path::Path, officer: &str, role: Role) -> Arc<Ledger> {
    let ledger = Arc::new(Ledger::init(dir, &who(officer), "passphrase", cheap()).expect("made"));
    enrol(world, &ledger, role, true).await;
    sync(&ledger).await.expect("synchronises");
    ledger
}

/// Synchronises with the server where it listens now.
async fn reach(world: &World, ledger: &Arc<Ledger>) {
    let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as Arc<dyn LocalLedger>;
    let outcome = sync_once(&local, &world.connection(), world.handle().public_key, |_| {}).await;
    outcome.map_err(|(error, _)| error).expect("synchronises");
}

async fn entries_made_on_a_laptop_are_read_on_the_server_by_role(kind: Kind) {
    let world = World::new(kind).await;
    let dir = tempfile::tempdir().expect("dir");
    let admin = ledger(&world, dir.path(), "O1", Role::Admin).await;
    let writing: &dyn Writing = &*admin;
    let enter = |register, data: Vec<Data>| {
        let entries = data.into_iter().map(|data| NewEntry { data, ..NewEntry::default() }).collect();
        writing.enter(register, entries).expect("entered")
    };
    let course = enter(register("course"), vec![course("法律知识")])[0];
    let results = enter(register("result"), (1..=30).map(|n| result(&format!("X{n}"), course)).collect());
    sync(&admin).await.expect("synchronises");

    let officer = world.laptop("A01", "O5", 5).await;
    let (status, registers) = get(&world, &officer, "/v1/registers?agency=A01", 1).await;
    let count = |key: &str| registers.as_array().expect("a list").iter().find(|one| one["register"] == key).cloned();
    assert_eq!((status, &count("result").expect("listed")["entries"]), (200, &30.into()));
    let (status, page) = get(&world, &officer, "/v1/registers/result?agency=A01&limit=10&offset=25", 2).await;
    assert_eq!((status, &page["total"]), (200, &30.into()));
    assert_eq!(page["entries"].as_array().map(Vec::len), Some(5));
    assert_eq!(page["entries"][0]["title"], "X5 法律知识", "{page}");
    let (_, page) = get(&world, &officer, "/v1/registers/result?agency=A01&person=X7&state=entered", 3).await;
    assert_eq!((&page["total"], &page["entries"][0]["id"]), (&1.into(), &results[6].to_string().into()));
    let (_, page) = get(&world, &officer, "/v1/registers/result?agency=A01&text=x12", 4).await;
    assert_eq!(page["entries"][0]["fields"]["person"], "X12");
    let (_, page) = get(&world, &officer, "/v1/registers/course?agency=A01&until=2026-02-28", 5).await;
    assert_eq!(page["total"], 0);
    let (status, entry) = get(&world, &officer, &format!("/v1/registers/course/{course}?agency=A01"), 6).await;
    assert_eq!((status, &entry["fields"]["hours"]), (200, &8.into()));
    let (status, _) = get(&world, &officer, &format!("/v1/registers/result/{course}?agency=A01"), 7).await;
    assert_eq!(status, 404, "of another register");
    assert_eq!(get(&world, &officer, "/v1/registers/fish?agency=A01", 8).await.0, 404);
    assert_eq!(get(&world, &officer, "/v1/registers/course?agency=A01&since=soon", 9).await.0, 400);

    // Of another agency the legal bureau alone, and the agency's audit log says so.
    let other = world.laptop("A02", "O6", 6).await;
    assert_eq!(get(&world, &other, "/v1/registers/result?agency=A01", 10).await.0, 403);
    let legal = world.laptop_as("A02", "L1", 8, Role::Legal).await;
    let (status, page) = get(&world, &legal, "/v1/registers/result?agency=A01&person=X9", 11).await;
    assert_eq!((status, &page["total"]), (200, &1.into()));
    let log = world.admin.log(100).await.expect("the audit log");
    let row = log.iter().find(|(of, row)| of.0 == "A01" && row.actor == legal.writer().to_string());
    let row = &row.expect("it is noted").1;
    assert_eq!((row.act.as_str(), row.subject.contains("person=X9")), ("read_register", true), "{row:?}");
}

async fn a_register_that_tests_alone_declare_is_read_like_any_other(kind: Kind) {
    let world = World::new(kind).await;
    let dir = tempfile::tempdir().expect("dir");
    let admin = ledger(&world, dir.path(), "O1", Role::Admin).await;
    let trial = register("trial");
    let fields = [
        ("name", text("试验一号")),
        ("cost", Datum::Number(123_450)),
        ("persons", Datum::List(vec![text("X1"), text("X2")])),
        ("pay", Datum::Group(Data::from([(1, Datum::Number(4200))]))),
        ("urgent", Datum::Flag(true)),
    ];
    let writing: &dyn Writing = &*admin;
    let entry = NewEntry { data: data(trial, &fields), ..NewEntry::default() };
    let id = writing.enter(trial, vec![entry]).expect("entered")[0];
    sync(&admin).await.expect("synchronises");

    let officer = world.laptop("A01", "O5", 5).await;
    let (_, registers) = get(&world, &officer, "/v1/registers?agency=A01", 1).await;
    let held = registers.as_array().expect("a list").iter().find(|one| one["register"] == "trial");
    assert_eq!(held.expect("listed")["entries"], 1);
    let (_, page) = get(&world, &officer, "/v1/registers/trial?agency=A01&person=X2", 2).await;
    assert_eq!((&page["total"], &page["entries"][0]["id"]), (&1.into(), &id.to_string().into()));
    let (status, entry) = get(&world, &officer, &format!("/v1/registers/trial/{id}?agency=A01"), 3).await;
    assert_eq!((status, &entry["fields"]["pay"]["amount"]), (200, &4200.into()), "{entry}");
    assert_eq!(entry["fields"]["persons"], serde_json::json!(["X1", "X2"]));
    assert_eq!(entry["findings"][0]["rule"], "trial.urgent");
}

async fn what_the_office_writes_reaches_laptops_and_comes_back_from_them(kind: Kind) {
    let mut world = World::new(kind).await;
    let dir = tempfile::tempdir().expect("dir");
    let laptop = ledger(&world, dir.path(), "O1", Role::Admin).await;
    let before = world.copy().await;
    let companies = register("company");
    let agency = "A01".into();
    let made = world.admin.registers(&agency, "company", |of| {
        let writing: &dyn Writing = of;
        let entry = |name| NewEntry { data: company(name), ..NewEntry::default() };
        let made = writing.enter(companies, vec![entry("甲公司"), entry("乙公司")]).expect("entered");
        // It is read at once.
        let dossier = of.dossier(made[0]).expect("read").expect("there");
        writing.step(&dossier, companies.step("end").expect("a step"), Data::new(), "合同到期").expect("ended");
        made
    });
    let made = made.await.expect("opened");
    assert_eq!(one(&world, made[0]).await["state"], "ended");
    reach(&world, &laptop).await;
    let state = |id| {
        let dossier = laptop.dossier(id).expect("read").expect("it came");
        (dossier.state, dossier.is_annulled())
    };
    assert_eq!((state(made[0]), state(made[1])), (("ended", false), ("active", false)));
    assert!(matches!(laptop.verify(&|_, _| {}).expect("read"), Whole::Yes { .. }));
    let log = world.admin.log(100).await.expect("the audit log");
    assert_eq!(log.iter().filter(|(of, row)| of.0 == "A01" && row.act == "register").count(), 2, "{log:?}");

    // A laptop corrects what the office wrote.
    let writing: &dyn Writing = &*laptop;
    let dossier = laptop.dossier(made[1]).expect("read").expect("there");
    writing.annul(&dossier, "重复录入").expect("annulled");
    reach(&world, &laptop).await;
    assert_eq!(one(&world, made[1]).await["annulled"], true);
    let whole = entries(&world).await;

    // The server loses all of it, and has it again from the laptop.
    world.put_back(before).await;
    assert!(entries(&world).await.is_empty());
    reach(&world, &laptop).await;
    assert_eq!(entries(&world).await, whole);
    let audited = world.admin.rebuild_registers(&"A01".into()).await.expect("anew");
    assert!(audited > 0);
    assert_eq!(entries(&world).await, whole);
}

async fn what_is_crafted_has_no_effect(kind: Kind) {
    let world = World::new(kind).await;
    let admin = world.laptop_as("A01", "O1", 1, Role::Admin).await;
    let officer = world.laptop("A01", "O2", 2).await;
    let (courses, companies) = (register("course"), register("company"));
    let good = admin.record(&made(courses, course("法律知识")));
    let firm = admin.record(&made(companies, company("甲公司")));
    world.sync(&admin).await.expect("synchronises");
    let before = entries(&world).await;
    assert_eq!(before.len(), 2);

    // Out of order, without the reason that it needs, a field emptied that must hold something.
    admin.record(&stepped(&good, courses, "close", None));
    admin.record(&stepped(&firm, companies, "end", Some("  ")));
    let name = companies.field("name").expect("a field").n;
    let cleared = |of: &Record| EntryCorrected {
        target: of.id(),
        based_on: vec![of.hash()],
        data: Data::new(),
        cleared: vec![name],
        reason: "空".into(),
        salt: [7; 16],
    };
    admin.record(&Event::EntryCorrected(cleared(&firm)));
    // Of no shape, of no register, about nothing.
    let shapeless = admin.record(&made(companies, Data::from([(name, Datum::Flag(true))])));
    let nowhere = Event::EntryMade(EntryMade {
        register: u16::MAX,
        schema: 1,
        data: Data::new(),
        reason: None,
        origin: None,
        salt: [7; 16],
    });
    admin.record(&nowhere);
    let nothing = RecordId { writer: admin.writer(), seq: 999 };
    let about = |target| EntryStepped {
        target,
        based_on: vec![Hash::default()],
        step: 1,
        data: Data::new(),
        reason: Some("无".into()),
        salt: [7; 16],
    };
    admin.record(&Event::EntryStepped(about(nothing)));
    // By a role that may not, each of which could be done by one that may.
    let theirs = officer.record(&made(companies, company("乙公司")));
    officer.record(&stepped(&firm, companies, "end", Some("关闭")));
    officer.record(&stepped(&good, courses, "hold", None));
    let annulment = Annulment { target: good.id(), reason: "作废".into(), based_on: vec![good.hash()] };
    officer.record(&Event::Annulment(annulment));
    for laptop in [&admin, &officer] {
        world.sync(laptop).await.expect("synchronises");
    }
    let mut after = entries(&world).await;
    // What nobody could make is kept and counts for nothing.
    let void = |id: RecordId| {
        let id = id.to_string();
        after.iter().any(|entry| entry["id"] == *id && entry["annulled"] == true)
    };
    assert!(void(shapeless.id()) && void(theirs.id()), "{after:?}");
    after.retain(|entry| before.iter().any(|known| known["id"] == entry["id"]));
    assert_eq!(after, before);
    let held = world.admin.attention(&"A01".into(), 100).await.expect("read");
    assert!(held.iter().filter(|one| one.what == "void").count() >= 7, "{held:?}");
    world.admin.rebuild_registers(&"A01".into()).await.expect("anew");
    assert_eq!(entries(&world).await.len(), before.len() + 2);
}

async fn the_table_made_anew_is_the_same(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) =
        (world.laptop_as("A01", "O1", 1, Role::Admin).await, world.laptop_as("A01", "O2", 2, Role::Admin).await);
    let companies = register("company");
    world.sync(&a).await.expect("synchronises");
    // The step comes before the entry, and is looked at before it comes.
    let firm = a.record(&made(companies, company("甲公司")));
    b.record(&stepped(&firm, companies, "end", Some("合同到期")));
    world.sync(&b).await.expect("synchronises");
    assert!(entries(&world).await.is_empty());
    world.sync(&a).await.expect("synchronises");
    assert_eq!(one(&world, firm.id()).await["state"], "ended");
    // Entries, and what is done with them, over more than one look.
    let course = a.record(&made(register("course"), course("岗位技能")));
    for n in 0..20 {
        a.record(&made(register("result"), result(&format!("X{n}"), course.id())));
    }
    world.sync(&a).await.expect("synchronises");
    assert_eq!(entries(&world).await.len(), 22);
    b.record(&stepped(&course, register("course"), "hold", None));
    let hours = register("course").field("hours").expect("a field").n;
    let corrected = EntryCorrected {
        target: course.id(),
        based_on: vec![course.hash()],
        data: Data::from([(hours, Datum::Number(6))]),
        cleared: Vec::new(),
        reason: "更正".into(),
        salt: [7; 16],
    };
    b.record(&Event::EntryCorrected(corrected));
    world.sync(&b).await.expect("synchronises");
    let kept = entries(&world).await;
    let held = one(&world, course.id()).await;
    assert_eq!((&held["state"], &held["fields"]["hours"]), (&"held".into(), &6.into()));
    world.admin.rebuild_registers(&"A01".into()).await.expect("anew");
    assert_eq!(entries(&world).await, kept);
}

async fn a_masked_entry_is_gone_from_the_table_at_once(kind: Kind) {
    let world = World::new(kind).await;
    let (a, b) =
        (world.laptop_as("A01", "O1", 1, Role::Admin).await, world.laptop_as("A01", "O9", 9, Role::Supervisor).await);
    let secret = "张三身份证号三二〇六二一";
    let companies = register("company");
    let firm = a.record(&made(companies, company(secret)));
    let other = a.record(&made(companies, company("乙公司")));
    let step = a.record(&stepped(&other, companies, "end", Some(secret)));
    world.sync(&a).await.expect("synchronises");
    let agency = "A01".into();
    let made = world.admin.registers(&agency, "company", |of| {
        let writing: &dyn Writing = of;
        writing.enter(companies, vec![NewEntry { data: company(secret), ..NewEntry::default() }]).expect("entered")
    });
    let offices = made.await.expect("opened")[0];
    assert_eq!((entries(&world).await.len(), &one(&world, other.id()).await["state"]), (3, &"ended".into()));
    let file = world.dir.path().join("server.sqlite");
    let says = || {
        ["sqlite", "sqlite-wal"].iter().any(|end| {
            let bytes = std::fs::read(file.with_extension(end)).unwrap_or_default();
            bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
        })
    };
    assert!(kind == Kind::Postgres || says());
    for target in [firm.id(), step.id(), offices] {
        let (order, authority, reason) = ("个保〔2026〕3号".into(), "司法局".into(), "本人请求".into());
        b.record(&Event::MaskOrdered(MaskOrdered { target, order, authority, reason }));
    }
    let outcome = world.sync(&b).await.expect("synchronises");
    assert!(outcome.noted.is_empty(), "{outcome:?}");
    assert!(kind == Kind::Postgres || !says(), "gone before anybody reads again");
    let left = entries(&world).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!((&left[0]["id"], &left[0]["state"]), (&other.id().to_string().into(), &"active".into()));
    world.admin.rebuild_registers(&"A01".into()).await.expect("anew");
    assert_eq!(entries(&world).await, left);
}

/// Of each length the histories that one page costs: the same of thirty entries and of three hundred.
async fn a_page_of_a_register_costs_the_page(kind: Kind) {
    let world = World::new(kind).await;
    let agency = "A01".into();
    let results = register("result");
    let mut costs = Vec::new();
    for more in [30, 270] {
        let entered = world.admin.registers(&agency, "", |of| {
            let writing: &dyn Writing = of;
            let entry = |data| NewEntry { data, ..NewEntry::default() };
            let course = writing.enter(register("course"), vec![entry(course("法律知识"))]).expect("entered")[0];
            let some = (0..more).map(|n| entry(result(&format!("X{n}"), course))).collect();
            writing.enter(results, some).expect("entered");
        });
        entered.await.expect("opened");
        let cost = world.admin.registers(&agency, "", |of| {
            let (page, total) = of.page(results, &EntryQuery::default(), None, (0, 10)).expect("read");
            (page.len(), total, of.histories_read())
        });
        costs.push(cost.await.expect("opened"));
    }
    assert_eq!(costs, [(10, 30, 10), (10, 300, 10)]);
    let whole = world.admin.registers(&agency, "", |of| {
        let (all, _) = of.page(results, &EntryQuery::default(), None, (0, 1000)).expect("read");
        let listed = (of as &dyn Reading).entries(results, &EntryQuery::default()).expect("read");
        assert_eq!(all, listed, "the order is one");
        listed[7].persons()[0].clone()
    });
    let person = whole.await.expect("opened");
    let reader = world.laptop("A01", "O5", 5).await;
    let (mut seen, mut after, mut nonce) = (Vec::new(), String::new(), 1);
    loop {
        let target = format!("/v1/registers/result?agency=A01&limit=70{after}");
        let (status, page) = get(&world, &reader, &target, nonce).await;
        assert_eq!((status, &page["total"]), (200, &300.into()));
        seen.extend(page["entries"].as_array().expect("entries").iter().map(|entry| entry["id"].to_string()));
        nonce += 1;
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&next={next}");
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len(), nonce), (300, 300, 6));
    for (query, total) in [
        (format!("person={person}"), 1 + u64::from(person.0[1..].parse::<u32>().is_ok_and(|n| n < 30))),
        ("since=2999-01-01".to_owned(), 0),
        ("until=2999-01-01".to_owned(), 300),
        (format!("text={person}&limit=1"), 1),
        ("next=nowhere".to_owned(), u64::MAX),
    ] {
        nonce += 1;
        let (status, page) = get(&world, &reader, &format!("/v1/registers/result?agency=A01&{query}"), nonce).await;
        let found = if status == 200 { page["total"].as_u64() } else { Some(u64::MAX) };
        assert!(found == Some(total) || query.starts_with("text") && found >= Some(total), "{query}: {page}");
    }
}
