//! Histories of entries of the register that tests declare.

use auxlog_record::fold::{Author, Memory, apply};
use auxlog_record::{
    Annulment, Data, Date, Datum, EntryCorrected, EntryMade, EntryStepped, Event, Hash, LogicalClock, Reading, Record,
    RecordId, Signer as _, SigningKey, Tip, WriterOpened,
};
use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::super::*;

/// An officer on a laptop that stands alone.
struct Writer {
    key: SigningKey,
    tip: Tip,
    clock: LogicalClock,
    now: i64,
}

impl Writer {
    fn new(seed: u8) -> (Self, Record) {
        let key = SigningKey::from_seed(&[seed; 32]);
        let mut writer = Self { key, tip: Tip::default(), clock: LogicalClock::default(), now: 1_780_000_000_000 };
        let officer = format!("O{seed}");
        let opened = WriterOpened {
            officer: officer.as_str().into(),
            officer_name: officer.clone(),
            agency: "A01".into(),
            agency_name: "A01".into(),
            certificate: None,
            public_key: writer.key.public_key().to_bytes(),
        };
        let record = writer.seal(&Event::WriterOpened(opened));
        (writer, record)
    }

    fn seal(&mut self, event: &Event) -> Record {
        self.now += 1000;
        let stamp = self.clock.stamp(Reading { wall_ms: self.now, mono_ms: 5, boot_id: [1; 8] });
        let record = Record::seal(&self.key, &"A01".into(), self.tip, stamp, event).expect("sealed");
        self.tip = record.tip();
        record
    }
}

fn dossier(records: &[Record], id: RecordId) -> Dossier {
    let mut views = Memory::default();
    for record in records {
        let Ok(()) = apply(&mut views, record, record.event().expect("reads"), None);
    }
    Dossier::of(&views.tasks[&id]).expect("an entry")
}

fn trial() -> &'static Register {
    named("trial").expect("declared for tests")
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn made(data: Data) -> Event {
    Event::EntryMade(EntryMade { register: 60_000, schema: 1, data, reason: None, origin: None, salt: [0; 16] })
}

fn step(target: RecordId, based_on: Vec<Hash>, key: &str, data: Data, reason: Option<&str>) -> Event {
    let step = trial().step(key).expect("declared").n;
    let reason = reason.map(str::to_owned);
    Event::EntryStepped(EntryStepped { target, based_on, step, data, reason, salt: [0; 16] })
}

fn consent() -> Data {
    Data::from([(1, text("编〔2026〕1号"))])
}

fn corrected(target: RecordId, based_on: Vec<Hash>, data: Data, cleared: Vec<u16>) -> Event {
    Event::EntryCorrected(EntryCorrected { target, based_on, data, cleared, reason: "更正".into(), salt: [0; 16] })
}

#[test]
fn two_consents_come_in_any_order_also_from_people_who_know_nothing_of_each_other() {
    for turned in [false, true] {
        let ((mut one, first), (mut two, second)) = (Writer::new(1), Writer::new(2));
        let entry = one.seal(&made(Data::from([(1, text("计划"))])));
        let (id, submitted) =
            (entry.id(), one.seal(&step(entry.id(), vec![entry.hash()], "submit", Data::new(), None)));
        two.now = one.now;
        let seen = vec![submitted.hash()];
        let (by_one, by_two) =
            if turned { ("second_consent", "first_consent") } else { ("first_consent", "second_consent") };
        let say =
            |key: &str| step(id, seen.clone(), key, if key == "first_consent" { consent() } else { Data::new() }, None);
        let (a, b) = (one.seal(&say(by_one)), two.seal(&say(by_two)));
        let half = dossier(&[first.clone(), second.clone(), entry.clone(), submitted.clone(), a.clone()], id);
        assert_eq!(half.state, "submitted");
        assert_eq!(half.open(trial().step("close").expect("declared"), &half.author), Err(Closed::State));
        for records in [
            vec![first.clone(), second.clone(), entry.clone(), submitted.clone(), a.clone(), b.clone()],
            vec![second.clone(), first.clone(), b.clone(), a.clone(), submitted.clone(), entry.clone()],
        ] {
            let whole = dossier(&records, id);
            assert_eq!((whole.state, whole.conflicts.len(), whole.void.len()), ("approved", 0, 0));
        }
    }
}

#[test]
fn a_step_that_was_not_open_is_kept_and_has_no_effect() {
    let (mut one, first) = Writer::new(1);
    let entry = one.seal(&made(Data::from([(1, text("计划"))])));
    let id = entry.id();
    let seen = || vec![entry.hash()];
    let early = one.seal(&step(id, seen(), "first_consent", consent(), None));
    let submit = one.seal(&step(id, seen(), "submit", Data::new(), None));
    let bare = one.seal(&step(id, seen(), "first_consent", Data::new(), None));
    let unknown = one.seal(&Event::EntryStepped(EntryStepped {
        target: id,
        based_on: seen(),
        step: 99,
        data: Data::new(),
        reason: None,
        salt: [0; 16],
    }));
    let clears = one.seal(&corrected(id, seen(), Data::new(), vec![1]));
    let records = [first, entry.clone(), early.clone(), submit, bare.clone(), unknown.clone(), clears.clone()];
    let found = dossier(&records, id);
    assert_eq!(found.state, "submitted");
    let void = |record: &Record| found.void.get(&record.id()).cloned();
    assert_eq!(void(&early), Some(Closed::State));
    assert_eq!(void(&bare), Some(Closed::Field("document".into())));
    assert_eq!(void(&unknown), Some(Closed::NoStep));
    assert_eq!(void(&clears), Some(Closed::Field("name".into())));
}

#[test]
fn corrections_that_know_nothing_of_each_other_contradict_until_one_knows_both() {
    let ((mut one, first), (mut two, second)) = (Writer::new(1), Writer::new(2));
    let entry = one.seal(&made(Data::from([(1, text("计划")), (5, Datum::Number(3))])));
    let id = entry.id();
    two.now = one.now;
    let change = |number| Data::from([(5, Datum::Number(number))]);
    let a = one.seal(&corrected(id, vec![entry.hash()], change(4), Vec::new()));
    let b = two.seal(&corrected(id, vec![entry.hash()], change(5), vec![]));
    let mut records = vec![first, second, entry, a.clone(), b.clone()];
    let torn = dossier(&records, id);
    assert_eq!(torn.conflicts.iter().map(|conflict| conflict.field.as_str()).collect::<Vec<_>>(), ["count"]);
    assert_eq!(torn.original().get(&5), Some(&Datum::Number(3)), "what was entered stays");
    records.push(two.seal(&corrected(id, vec![a.hash(), b.hash()], change(4), Vec::new())));
    let settled = dossier(&records, id);
    assert!(settled.conflicts.is_empty());
    assert_eq!(settled.data.get(&5), Some(&Datum::Number(4)));
}

#[test]
fn what_is_to_be_sealed_is_not_taken_in_the_open() {
    let data = |datum| Data::from([(1, text("计划")), (17, datum)]);
    assert!(trial().check(&data(Datum::Sealed(vec![1]))).is_empty());
    assert_eq!(trial().check(&data(text("合格"))), [("health".to_owned(), Misfit::NoField)]);
    assert!(check_typed(&trial().fields, &data(text("合格"))).is_empty(), "as it is typed");
    assert_eq!(check_typed(&trial().fields, &data(Datum::Flag(true))).len(), 1);
    assert_eq!(trial().check(&Data::from([(1, Datum::Sealed(vec![1]))])).len(), 1, "nor sealed what is not to be");
}

#[test]
fn what_is_sealed_is_opened_by_the_servers_key_alone() {
    let (server, other) = (SigningKey::from_seed(&[90; 32]), SigningKey::from_seed(&[91; 32]));
    let mut data = Data::from([(1, text("计划")), (17, text("合格"))]);
    assert!(matches!(sealed::seal(None, trial(), None, &mut data), Err(EntryError::NoServer)));
    sealed::seal(Some(&server.public_key()), trial(), None, &mut data).expect("sealed");
    let entry = Dossier::draft(trial(), data.clone(), Author::default());
    assert_eq!(entry.opened(&server).data.get(&17), Some(&text("合格")));
    assert_eq!(entry.opened(&other).data, data);
    assert!(!format!("{data:?}").contains("合格"));
    assert_eq!(json::object(&trial().fields, &data)["health"], serde_json::json!({ "sealed": true }));
}

#[test]
fn it_ends_by_itself_and_stays_visible_once_annulled() {
    let (mut one, first) = Writer::new(1);
    let entry = one.seal(&made(Data::from([(1, text("计划")), (16, text("2026-06-30"))])));
    let id = entry.id();
    let mut records = vec![first, entry];
    for (key, data) in [("submit", Data::new()), ("first_consent", consent()), ("second_consent", Data::new())] {
        records.push(one.seal(&step(id, Vec::new(), key, data, None)));
    }
    let found = dossier(&records, id);
    let on = |day: &str| Date(day.parse().expect("a date"));
    assert_eq!(found.state_on(on("2026-06-30")).key, "approved");
    assert_eq!(found.state_on(on("2026-07-01")).key, "lapsed");
    assert_eq!((found.days_left(on("2026-06-01")), found.days_left(on("2026-07-01"))), (Some(29), None));
    records.push(one.seal(&Event::Annulment(Annulment { target: id, reason: "重复".into(), based_on: Vec::new() })));
    records.push(one.seal(&step(id, Vec::new(), "close", Data::new(), Some("完成"))));
    let annulled = dossier(&records, id);
    assert!(annulled.is_annulled());
    assert_eq!(annulled.open(trial().step("close").expect("declared"), &annulled.author), Err(Closed::Gone));
}

proptest! {
    #[test]
    fn in_whichever_order_records_arrive_the_entry_is_the_same(
        moves in prop::collection::vec((0..2_usize, 0..6_usize, any::<bool>()), 1..12),
        order in any::<u64>(),
    ) {
        let ((one, first), (two, second)) = (Writer::new(1), Writer::new(2));
        let mut writers = [one, two];
        let entry = writers[0].seal(&made(Data::from([(1, text("计划"))])));
        let id = entry.id();
        let mut records = vec![first, second, entry];
        for (who, what, knows) in moves {
            let now = writers.iter().map(|writer| writer.now).max().expect("two");
            writers[who].now = now;
            let seen = if knows { dossier(&records, id).heads } else { Vec::new() };
            let event = match what {
                0 => step(id, seen, "submit", Data::new(), None),
                1 => step(id, seen, "first_consent", consent(), None),
                2 => step(id, seen, "second_consent", Data::new(), None),
                3 => step(id, seen, "close", Data::new(), Some("完成")),
                4 => corrected(id, seen, Data::from([(5, Datum::Number(now % 7))]), Vec::new()),
                _ => corrected(id, seen, Data::new(), vec![5]),
            };
            records.push(writers[who].seal(&event));
        }
        let straight = dossier(&records, id);
        // Of one writer they come in order.
        let mut rest: Vec<Vec<Record>> = vec![Vec::new(), Vec::new()];
        for record in &records {
            rest[usize::from(record.id().writer != id.writer)].push(record.clone());
        }
        let (mut turned, mut bits) = (Vec::new(), order);
        while rest.iter().any(|chain| !chain.is_empty()) {
            let at = usize::from(bits & 1 == 1);
            bits = bits.rotate_right(1);
            let at = if rest[at].is_empty() { 1 - at } else { at };
            turned.push(rest[at].remove(0));
        }
        prop_assert_eq!(dossier(&turned, id), straight);
    }
}

#[test]
fn a_body_is_a_map_of_field_numbers_and_old_and_newer_ones_are_read() {
    let Event::EntryMade(entry) = made(Data::from([(1, text("计划")), (5, Datum::Number(3)), (8, Datum::Flag(true))]))
    else {
        panic!("an entry")
    };
    let body = minicbor::to_vec(EntryMade { salt: [0; 16], ..entry.clone() }).expect("encoded");
    assert_eq!(
        HEXLOWER.encode(&body),
        "a40019ea60010102a30166e8aea1e58892050308f5055000000000000000000000000000000000"
    );
    // One of an older declaration, and one of a newer, with a field that this one does not have.
    for (schema, data) in [(0, entry.data.clone()), (9, Data::from([(1, text("计划")), (999, text("将来"))]))] {
        let (mut one, first) = Writer::new(1);
        let record = one.seal(&Event::EntryMade(EntryMade { schema, data: data.clone(), ..entry.clone() }));
        let found = dossier(&[first, record.clone()], record.id());
        assert_eq!(found.data, data, "{schema}");
    }
}
