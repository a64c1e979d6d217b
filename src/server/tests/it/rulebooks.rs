//! Agencies of one server, each judged by its own rulebook.

use auxlog_law::{Layer, Mode, Rank, RulebookSet, Severity};
use auxlog_record::facts::{Defaults, Judging, Source, judge};
use auxlog_record::{Disposition, Event, Record, Roster, TaskLogged, Word};
use auxlog_server::Rulebooks;

use crate::support::{Kind, Laptop, World, task};

contracts![each_agency_is_judged_by_its_own_rulebook];

const ZONE: &str = r#"
[rulebook]
id = "zone-1"
in_force_from = "2023-01-01T00:00:00+08:00"

[[row]]
id = "zone.patrol-alone"
qualifies = ["duty.independent"]
when = { activity = ["15.2:patrol"], situation = ["alone"] }
severity = "needs_review"
cites = ["15.2"]
message = { zh = "本区巡查须有执法人员。", en = "Here officers go on patrols." }
remedy = { zh = "增派一名。", en = "Send one." }

[[example]]
row = "zone.patrol-alone"
fires = true
title = "独立巡查"
facts = { items = ["15.2:patrol"], mode = "independent", presence = "none" }
verdict = "needs_review"
findings = ["zone.patrol-alone"]

[[example]]
row = "zone.patrol-alone"
fires = false
title = "没有说明"
facts = { items = ["15.2:patrol"] }
verdict = "permitted"
findings = []
"#;

fn zone() -> RulebookSet {
    let mut layers = Layer::embedded();
    layers.push(Layer::single(Rank::Local, "zone.toml", ZONE));
    RulebookSet::from_layers(&layers).expect("it only adds")
}

/// Logs a patrol alone, judged by `rulebooks`.
fn log(laptop: &Laptop, agency: &str, number: &str, rulebooks: &RulebookSet) -> Record {
    let Event::TaskLogged(TaskLogged { mut task, .. }) = task(number, "") else { unreachable!("a task") };
    (task.text, task.mode, task.presence) = (None, Mode::Independent, auxlog_law::Presence::None);
    task.items = vec!["15.2:patrol".into()];
    let defaults = Defaults { source: Source::Roster, agency: Some(agency.into()), today: None };
    let rulebook = rulebooks.in_force_at(task.at.map(|at| at.0));
    let Judging { reduced, verdict, .. } = judge(rulebook, &task, &Roster::default(), &defaults);
    laptop.record(&Event::TaskLogged(TaskLogged { task, judged: reduced.judged(verdict, 0, 0), plan: None }))
}

fn word_of(reader: &Laptop, record: &Record) -> Word {
    let all = reader.of_officers();
    all.into_iter().find(|pulled| pulled.record.id() == record.id()).expect("pulled").word
}

async fn each_agency_is_judged_by_its_own_rulebook(kind: Kind) {
    let (own, plain) = (zone(), RulebookSet::default());
    let mut world = World::new(kind).await;
    world.rulebooks = Rulebooks { of: [("A01".into(), own.clone())].into(), ..Rulebooks::default() };
    world.restart().await;
    for (seed, agency, others) in [(1, "A01", Disposition::Stale), (3, "A02", Disposition::Logged)] {
        let (a, reader) = (world.laptop(agency, "O1", seed).await, world.laptop(agency, "O2", seed + 1).await);
        let by_zone = log(&a, agency, "t-1", &own);
        let by_program = log(&a, agency, "t-2", &plain);
        world.sync(&a).await.expect("synchronises");
        world.sync(&reader).await.expect("synchronises");
        // What an agency adds that the server does not know of is its own affair.
        assert_eq!(word_of(&reader, &by_zone).disposition, Disposition::Logged, "{agency}");
        let word = word_of(&reader, &by_program);
        assert_eq!(word.disposition, others, "{agency}");
        let found = word.verdict.iter().flat_map(|verdict| &verdict.findings);
        let zone = found.filter(|finding| finding.rule == "zone.patrol-alone").map(|finding| finding.severity);
        let expected: &[Severity] = if agency == "A01" { &[Severity::NeedsReview] } else { &[] };
        assert_eq!(zone.collect::<Vec<_>>(), expected, "{agency}");
    }
}
