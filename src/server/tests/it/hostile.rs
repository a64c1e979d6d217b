//! A client of an attacker's own making: whatever kind of record it sends that its author may not
//! write, nobody else's laptop believes it, and the server says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use auxlog_law::{Severity, Verdict};
use auxlog_record::fold::{Fold, Memory, Status, TaskView};
use auxlog_record::kind::KINDS;
use auxlog_record::{
    Access, Amendment, Annulment, Attachment, Authority, ClockAnomaly, Data, DataAccessed, Decision, Disposition,
    EntryCorrected, EntryMade, EntryStepped, Event, Hash, HeldReleased, Jump, KeyCertified, MaskOrdered, OfficeOpened,
    Reading, Record, RecordId, Rejudged, ReviewStep, Role, Roster, RosterIssued, RosterReplaced, RulesAdopted,
    Signer as _, Standing, StandingSet, Statement, SyncNoted, TaskLogged, TaskPlanned, Word, WriterId, WriterOpened,
    WriterRetired,
};
use auxlog_sync::message::RefusedFor;

use crate::answers::{ask, request, words};
use crate::support::{Kind, Laptop, World, task};

contracts![
    no_kind_of_record_does_what_its_author_may_not,
    an_officers_own_lies_are_void_or_found_everywhere,
    what_was_held_is_weighed_before_it_comes_into_the_log,
];

/// In which way an author may not write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attack {
    /// A device of the legal bureau, which writes nothing about tasks.
    WrongRole,
    /// A second device of the officer whose task it is.
    OwnTask,
    /// Another officer, before what must stand before it.
    OutOfOrder,
    /// Another officer, in a chain that nothing opened.
    NoOpening,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// It is kept outside the log, and its sender frozen.
    SetAside(RefusedFor),
    /// It stands in the log without effect.
    Void,
    /// It stands in the log, and is not carried out.
    Refused,
    /// It is about nobody but its writer.
    Own,
    /// Its author may write it.
    Effect,
}

/// A kind without its row does not compile.
fn due(attack: Attack, event: &Event) -> Due {
    match event {
        Event::OfficeOpened(_)
        | Event::KeyCertified(_)
        | Event::StandingSet(_)
        | Event::RosterIssued(_)
        | Event::RulesAdopted(_)
        | Event::HeldReleased(_) => Due::SetAside(RefusedFor::Body),
        Event::WriterOpened(_) => Due::SetAside(RefusedFor::Opening),
        _ if attack == Attack::NoOpening => Due::SetAside(RefusedFor::Opening),
        Event::TaskPlanned(_)
        | Event::TaskLogged(_)
        | Event::Amendment(_)
        | Event::Annulment(_)
        | Event::Attachment(_) => match attack {
            Attack::WrongRole => Due::Void,
            _ => Due::Effect,
        },
        Event::ReviewStep(_)
        | Event::Statement(_)
        | Event::Rejudged(_)
        | Event::EntryMade(_)
        | Event::EntryStepped(_)
        | Event::EntryCorrected(_) => Due::Void,
        Event::MaskOrdered(_) => Due::Refused,
        Event::RosterReplaced(_)
        | Event::ClockAnomaly(_)
        | Event::DataAccessed(_)
        | Event::WriterRetired(_)
        | Event::SyncNoted(_)
        | Event::Masked { .. }
        | Event::Unknown { .. } => Due::Own,
    }
}

/// One record of each kind, by `attacker` about `target`.
pub(crate) fn samples(attacker: &Laptop, victim: &Laptop, target: &Record) -> Vec<Event> {
    let Event::TaskLogged(logged) = task("t-9", "协助执法队员清点占道物品") else { unreachable!("a task") };
    let (id, based_on) = (target.id(), vec![target.hash()]);
    let reading = Reading { wall_ms: 0, mono_ms: 0, boot_id: [1; 8] };
    let key = attacker.key.public_key().to_bytes();
    let reason = || "理由".to_owned();
    [
        Event::WriterOpened(WriterOpened {
            officer: "O1".into(),
            officer_name: "李强".into(),
            agency: "A01".into(),
            agency_name: "A01".into(),
            certificate: None,
            public_key: key,
        }),
        Event::TaskPlanned(TaskPlanned { task: logged.task.clone(), judged: logged.judged.clone(), reason: None }),
        Event::TaskLogged(TaskLogged { plan: Some(id), ..logged.clone() }),
        Event::Amendment(Amendment {
            target: id,
            based_on: based_on.clone(),
            task: logged.task.clone(),
            fields: vec!["text".into()],
            reason: reason(),
            judged: logged.judged.clone(),
        }),
        Event::Annulment(Annulment { target: id, reason: reason(), based_on: based_on.clone() }),
        Event::Attachment(Attachment {
            target: id,
            sha256: Hash([7; 32]),
            size: 1,
            media_type: "image/jpeg".into(),
            name: "1.jpg".into(),
            note: None,
            preview: None,
        }),
        step(target, Decision::Dismiss),
        Event::Statement(Statement {
            target: id,
            auxiliary: "X1".into(),
            text: "放弃陈述".into(),
            acknowledged: true,
            given_at: chrono::DateTime::parse_from_rfc3339("2026-11-23T09:30:00+08:00")
                .map(auxlog_record::Moment)
                .expect("a time"),
            based_on,
        }),
        Event::RosterReplaced(RosterReplaced { roster: Roster::default(), source: "假名册".into() }),
        Event::Rejudged(Rejudged { target: id, verdict: logged.judged.verdict.clone() }),
        Event::ClockAnomaly(ClockAnomaly { jump: Jump::Back, before: reading, after: reading }),
        Event::MaskOrdered(MaskOrdered { target: id, order: "1".into(), authority: "局".into(), reason: reason() }),
        Event::DataAccessed(DataAccessed {
            access: Access::Exported,
            subject: "t-1".into(),
            count: 1,
            by: None,
            at: None,
        }),
        Event::WriterRetired(WriterRetired { writer: victim.writer(), last: 1, reason: reason() }),
        Event::OfficeOpened(OfficeOpened::new(&attacker.key, &attacker.key.public_key(), &"A01".into(), "serve")),
        Event::KeyCertified(KeyCertified {
            key,
            officer: "O1".into(),
            name: "李强".into(),
            role: Role::Admin,
            until_ms: None,
            laptop: "laptop".into(),
            before: 0,
            succeeds: None,
            by: None,
            asked: None,
        }),
        Event::StandingSet(StandingSet {
            writer: victim.writer(),
            standing: Standing::Revoked,
            reason: reason(),
            by: None,
            asked: None,
        }),
        Event::RosterIssued(RosterIssued {
            version: 99,
            manifest: Hash([9; 32]),
            officers: 1,
            auxiliaries: 1,
            source: "假名册".into(),
            by: None,
            asked: None,
        }),
        Event::RulesAdopted(RulesAdopted { steps: 1, leaves: 1 }),
        Event::HeldReleased(HeldReleased {
            writer: victim.writer(),
            first: 1,
            last: 9,
            reason: reason(),
            by: None,
            asked: None,
        }),
        Event::SyncNoted(SyncNoted { offset_ms: 0, receipt: vec![0; 8] }),
    ]
    .into_iter()
    .chain(of_entries(target))
    .collect()
}

/// Those of registers.
fn of_entries(target: &Record) -> [Event; 3] {
    let (target, based_on, reason) = (target.id(), vec![target.hash()], "理由".to_owned());
    [
        Event::EntryMade(EntryMade {
            register: 4,
            schema: 1,
            data: Data::new(),
            reason: None,
            origin: None,
            salt: [0; 16],
        }),
        Event::EntryStepped(EntryStepped {
            target,
            based_on: based_on.clone(),
            step: 1,
            data: Data::new(),
            reason: None,
            salt: [0; 16],
        }),
        Event::EntryCorrected(EntryCorrected {
            target,
            based_on,
            data: Data::new(),
            cleared: Vec::new(),
            reason,
            salt: [0; 16],
        }),
    ]
}

fn step(target: &Record, decision: Decision) -> Event {
    let based_on = vec![target.hash()];
    let (reason, measure) = ("理由".to_owned(), Some("批评教育".to_owned()));
    Event::ReviewStep(ReviewStep { target: target.id(), based_on, decision, reason, measure, against: None })
}

/// A task that the law finds improper, honestly judged; its verdict.
fn improper(id: &str) -> (Event, Verdict) {
    let Event::TaskLogged(mut logged) = task(id, "辅助人员单独作出处罚决定") else {
        unreachable!("a task")
    };
    logged.task.mode = auxlog_law::Mode::Independent;
    logged.task.presence = auxlog_law::Presence::None;
    let given = logged.judged.given.clone().expect("kept");
    logged.judged.verdict =
        given.judge(&logged.task, auxlog_law::RulebookSet::default().in_force_at(logged.task.at.map(|at| at.0)));
    let verdict = logged.judged.verdict.clone();
    assert_eq!(verdict.verdict, Severity::Improper);
    (Event::TaskLogged(logged), verdict)
}

/// What another laptop makes of the whole log: its views, and what the log says of each record.
async fn seen(world: &World, reader: &Laptop, nonce: u64) -> (Memory, Vec<(Record, Word)>) {
    let response = ask(world, reader, &request(reader, 0, 1000), nonce).await.response;
    let said = words(&response.page, reader);
    let records = response.page.runs.iter().flat_map(|pulled| pulled.run.clone().records().expect("records"));
    let word = |record: &Record| said.values().find(|(hash, _)| *hash == record.hash()).expect("a word").1.clone();
    let mut all: Vec<(Record, Word)> = records.map(|record| (record.clone(), word(&record))).collect();
    all.sort_by_key(|(_, word)| word.lsn);
    let authority = Authority::of(Some(world.handle().public_key.to_bytes()), Vec::new());
    let mut views = Memory { authority, ..Memory::default() };
    let mut fold = Fold::of(&mut views);
    for (record, word) in &all {
        let Ok(()) = fold.take(record, record.event().expect("reads"), Some(word));
    }
    let Ok(()) = fold.finish();
    (views, all)
}

/// All of a task that anybody acts on.
fn standing(view: &TaskView) -> (Status, Severity, String, [usize; 5]) {
    let lists = [
        view.amendments.len(),
        view.attachments.len(),
        view.statements.len(),
        view.annulled.len(),
        view.findings().len(),
    ];
    (view.status, view.worst, view.task.text.clone().unwrap_or_default(), lists)
}

fn view(views: &Memory, id: RecordId) -> &TaskView {
    views.tasks.get(&id).expect("it is there")
}

impl Attack {
    const ALL: [Self; 4] = [Self::WrongRole, Self::OwnTask, Self::OutOfOrder, Self::NoOpening];

    async fn device(self, world: &World, seed: u8) -> Arc<Laptop> {
        match self {
            Self::WrongRole => world.laptop_as("A01", "O9", seed, Role::Legal).await,
            Self::OwnTask => world.laptop("A01", "O1", seed).await,
            Self::OutOfOrder => world.laptop("A01", "O9", seed).await,
            Self::NoOpening => {
                let laptop = world.laptop("A01", "O9", seed).await;
                laptop.disk().own.clear();
                laptop
            }
        }
    }

    fn event(self, at: usize, attacker: &Laptop, victim: &Laptop, target: &Record) -> Event {
        match samples(attacker, victim, target).swap_remove(at) {
            // Another may dismiss what is open; what nobody decided, nobody reopens.
            Event::ReviewStep(_) if self == Self::OutOfOrder => step(target, Decision::Reopen),
            event => event,
        }
    }
}

async fn no_kind_of_record_does_what_its_author_may_not(kind: Kind) {
    let world = World::crowded(kind).await;
    let victim = world.laptop("A01", "O1", 1).await;
    let reader = world.laptop("A01", "O2", 2).await;
    let stranger = Laptop::new("A01", "O0", 99);
    let first = victim.record(&improper("t-0").0);
    let kinds: BTreeSet<u16> = samples(&stranger, &victim, &first).iter().map(Event::kind).collect();
    assert!(kinds.iter().eq(KINDS), "each kind is tried: {kinds:?}");

    let tries = Attack::ALL.into_iter().flat_map(|attack| (0..KINDS.len()).map(move |at| (attack, at)));
    for ((attack, at), seed) in tries.zip(10_u8..) {
        // What one may write about a task is not to speak for the next.
        let target = victim.record(&improper(&format!("t-{seed}")).0);
        world.sync(&victim).await.expect("synchronises");
        let attacker = attack.device(&world, seed).await;
        let role = world.admin.find(&attacker.writer().to_string()).await.expect("enrolled").role;
        let event = attack.event(at, &attacker, &victim, &target);
        let due = due(attack, &event);
        let sent = attacker.record(&event);
        let (seq, nonce) = (sent.id().seq, u64::from(seed));
        let response = ask(&world, &attacker, &request(&attacker, 0, 0), 1).await.response;
        let refused = response.refused.iter().find(|refused| refused.seq == seq).map(|refused| refused.reason);
        let (views, log) = seen(&world, &reader, 100 + nonce).await;
        let word = log.iter().find(|(record, _)| record.hash() == sent.hash()).map(|(_, word)| word.disposition);
        let what = format!("{attack:?} {event:?}: {refused:?}, {word:?}");
        match due {
            Due::SetAside(why) => {
                assert_eq!((refused, word), (Some(why), None), "{what}");
                let device = world.admin.find(&attacker.writer().to_string()).await.expect("enrolled");
                assert_eq!(device.standing, Standing::Frozen, "{what}");
            }
            Due::Void => assert_eq!((refused, word), (None, Some(Disposition::Void)), "{what}"),
            Due::Refused => assert_eq!((refused, word), (None, Some(Disposition::OrderRefused)), "{what}"),
            Due::Own => assert_eq!((refused, word), (None, Some(Disposition::Logged)), "{what}"),
            Due::Effect => assert_eq!(refused, None, "{what}"),
        }
        let shown = standing(view(&views, target.id()));
        if due != Due::Effect {
            assert_eq!(shown, standing(view(&views, first.id())), "{what}");
        }
        assert_eq!(shown.0, Status::Open, "and a flag stays open until another decides: {what}");
        let of = |writer: WriterId| views.authority.grant_of(&writer, None).map(|grant| (grant.role, grant.standing));
        assert_eq!(of(victim.writer()), Some((Role::Officer, Standing::Active)), "{what}");
        assert!(of(attacker.writer()).is_some_and(|(granted, _)| granted == role), "{what}");
        let device = world.admin.find(&victim.writer().to_string()).await.expect("enrolled");
        assert_eq!(device.standing, Standing::Active, "nobody else pays for it: {what}");
    }
}

async fn an_officers_own_lies_are_void_or_found_everywhere(kind: Kind) {
    let world = World::new(kind).await;
    let (liar, other) = (world.laptop("A01", "O1", 1).await, world.laptop("A01", "O2", 2).await);
    let reader = world.laptop("A01", "O3", 3).await;
    // The law says improper; the record says permitted, with facts and without, on a roster that the
    // server knows and on one that it never had.
    let (honest, verdict) = improper("t-0");
    let honest = liar.record(&honest);
    let Ok(Event::TaskLogged(logged)) = honest.event() else { unreachable!("a task") };
    let mut lies = Vec::new();
    for (given, roster_version) in [(true, 0), (false, 0), (true, 9999), (false, 9999)] {
        let mut lie = logged.clone();
        lie.task.id = format!("lie-{given}-{roster_version}");
        lie.judged.verdict = Verdict { verdict: Severity::Permitted, findings: Vec::new(), ..verdict.clone() };
        lie.judged.roster_version = roster_version;
        lie.judged.given = lie.judged.given.filter(|_| given);
        lies.push(liar.record(&Event::TaskLogged(lie)));
    }
    // All findings, and another headline over them, by a rulebook that the server does not know.
    let mut lie = logged.clone();
    "lie-digest".clone_into(&mut lie.task.id);
    lie.judged.verdict = Verdict { verdict: Severity::Permitted, digest: "sha256:00".into(), ..verdict.clone() };
    lies.push(liar.record(&Event::TaskLogged(lie)));
    // Dated back to before the key was enrolled.
    let mut lie = logged.clone();
    "lie-back".clone_into(&mut lie.task.id);
    lie.judged.verdict = Verdict { verdict: Severity::Permitted, findings: Vec::new(), ..verdict.clone() };
    lies.push(liar.record_at(&Event::TaskLogged(lie), 1_764_000_000_000));
    // His own flag dismissed, by himself and by a second laptop of his; judged again with what he invents.
    liar.record(&step(&honest, Decision::Dismiss));
    let invented = Verdict { verdict: Severity::Permitted, findings: Vec::new(), ..verdict.clone() };
    liar.record(&Event::Rejudged(Rejudged { target: honest.id(), verdict: invented }));
    ask(&world, &liar, &request(&liar, 0, 0), 1).await;
    let second = world.laptop("A01", "O1", 4).await;
    let again = second.record(&step(&honest, Decision::Dismiss));
    ask(&world, &second, &request(&second, 0, 0), 1).await;
    // Another officer goes for a measure without facts, evidence or a hearing.
    let hasty = other.record(&step(&honest, Decision::Transfer));
    ask(&world, &other, &request(&other, 0, 0), 1).await;

    let (views, log) = seen(&world, &reader, 1).await;
    let disposition = |hash: Hash| {
        let found = log.iter().find(|(record, _)| record.hash() == hash);
        found.map(|(_, word)| word.disposition)
    };
    let view = |id| view(&views, id);
    assert_eq!(view(honest.id()).status, Status::Open, "{:?}", view(honest.id()).review);
    assert!(view(honest.id()).review.iter().all(|step| step.void.is_some()));
    for void in [&again, &hasty] {
        assert_eq!(disposition(void.hash()), Some(Disposition::Void));
    }
    for lie in &lies {
        let said = disposition(lie.hash()).map(Disposition::apart_from_time);
        assert_eq!(said, Some(Disposition::VerdictDiffers));
        let shown = view(lie.id());
        assert_eq!((shown.status, shown.worst), (Status::Open, Severity::Improper));
        assert!(shown.findings().iter().any(|finding| finding.rule == auxlog_record::fold::DIFFERS));
    }
    let incidents = world.admin.incidents(&"A01".into(), 100).await.expect("listed");
    for kind in ["verdict_differs", "void_step"] {
        assert!(incidents.iter().any(|incident| incident.kind == kind), "{kind}: {incidents:?}");
    }
    // And all of it is listed for whoever looks after the log.
    let attention = world.admin.attention(&"A01".into(), 100).await.expect("listed");
    let listed = |what: &str| attention.iter().filter(|found| found.what.starts_with(what)).count();
    assert_eq!(listed("verdict_differs"), lies.len(), "{attention:?}");
    assert_eq!(listed("void"), 4, "{attention:?}");
    assert!(attention.iter().all(|found| !found.officer.is_empty()));
}

async fn what_was_held_is_weighed_before_it_comes_into_the_log(kind: Kind) {
    let world = World::new(kind).await;
    let liar = world.laptop_as("A01", "O1", 1, Role::Supervisor).await;
    let (victim, reader) = (world.laptop("A01", "O2", 2).await, world.laptop("A01", "O3", 3).await);
    let (honest, verdict) = improper("t-0");
    let (honest, theirs) = (liar.record(&honest), victim.record(&honest));
    ask(&world, &liar, &request(&liar, 0, 0), 1).await;
    ask(&world, &victim, &request(&victim, 0, 0), 1).await;
    let device = liar.writer().to_string();
    world.admin.revoke(&device, "lost").await.expect("revoked");

    let Ok(Event::TaskLogged(mut lie)) = honest.event() else { unreachable!("a task") };
    "lie".clone_into(&mut lie.task.id);
    lie.judged.verdict = Verdict { verdict: Severity::Permitted, findings: Vec::new(), ..verdict };
    let lie = liar.record(&Event::TaskLogged(lie));
    let own = liar.record(&step(&honest, Decision::Dismiss));
    let order = liar.record(&Event::MaskOrdered(MaskOrdered {
        target: theirs.id(),
        order: "1".into(),
        authority: "局".into(),
        reason: "理由".into(),
    }));
    let plain = liar.record(&improper("t-1").0);
    let ahead = liar.record_at(&improper("t-2").0, 4_000_000_000_000);
    let dismissed = liar.record(&step(&theirs, Decision::Dismiss));
    let held = ask(&world, &liar, &request(&liar, 0, 0), 2).await.response;
    assert!(held.noted.iter().all(|noted| noted.disposition == Disposition::Held), "{:?}", held.noted);
    assert_eq!(held.custody[0].held, 6);
    let before = world.admin.incidents(&"A01".into(), 100).await.expect("listed").len();
    world.admin.release(&device, "found").await.expect("released");

    let (views, log) = seen(&world, &reader, 1).await;
    let due = [
        (&lie, Disposition::VerdictDiffers),
        (&own, Disposition::Void),
        (&order, Disposition::OrderRefused),
        (&plain, Disposition::Held),
        (&ahead, Disposition::ClockOff),
        (&dismissed, Disposition::Held),
    ];
    for (record, disposition) in due {
        let (_, word) = log.iter().find(|(found, _)| found.hash() == record.hash()).expect("released");
        assert_eq!((word.disposition, word.verdict.is_some()), (disposition, record.hash() == lie.hash()));
    }
    assert_eq!(view(&views, honest.id()).status, Status::Open, "not by their own word");
    assert_eq!(view(&views, theirs.id()).status, Status::Dismissed);
    let shown = view(&views, lie.id());
    assert_eq!((shown.status, shown.worst), (Status::Open, Severity::Improper));
    assert!(shown.findings().iter().any(|finding| finding.rule == auxlog_record::fold::DIFFERS));
    let (target, _) = log.iter().find(|(found, _)| found.hash() == theirs.hash()).expect("there");
    assert!(target.body().is_some(), "an order that was held is not carried out");
    let kinds: Vec<String> = world
        .admin
        .incidents(&"A01".into(), 100)
        .await
        .expect("listed")
        .into_iter()
        .map(|incident| incident.kind)
        .collect();
    assert_eq!(kinds.len(), before + 2, "one for the lie, one for the step: {kinds:?}");
    assert!(matches!(world.admin.verify(&"A01".into()).await, Ok(auxlog_server::Found::Whole { .. })));
}
