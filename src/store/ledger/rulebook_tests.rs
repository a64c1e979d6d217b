//! Two ledgers of one process, each judged by its own rulebook.

use std::path::Path;

use auxlog_law::{Layer, Mode, Presence, Rank, RulebookSet, Severity};
use auxlog_record::{StatedAuxiliary, Task};

use super::tests::{logged, who};
use crate::*;

const ZONE: &str = r#"
[rulebook]
id = "zone-1"
in_force_from = "2023-01-01T00:00:00+08:00"

[[row]]
id = "zone.patrol-alone"
qualifies = ["duty.independent"]
when = { activity = ["15.2:patrol"], situation = ["alone"] }
severity = "improper"
cites = ["15.2"]
message = { zh = "本区巡查须有执法人员。", en = "Here officers go on patrols." }
remedy = { zh = "增派一名。", en = "Send one." }

[[example]]
row = "zone.patrol-alone"
fires = true
title = "独立巡查"
facts = { items = ["15.2:patrol"], mode = "independent", presence = "none" }
verdict = "improper"
findings = ["zone.patrol-alone"]

[[example]]
row = "zone.patrol-alone"
fires = false
title = "没有说明"
facts = { items = ["15.2:patrol"] }
verdict = "permitted"
findings = []
"#;

fn options(rulebooks: &RulebookSet) -> OpenOptions {
    OpenOptions { cheap_keys: true, rulebooks: rulebooks.clone(), ..OpenOptions::default() }
}

fn patrol(id: &str) -> Task {
    Task {
        id: id.into(),
        items: vec!["15.2:patrol".into()],
        mode: Mode::Independent,
        presence: Presence::None,
        auxiliaries: vec![StatedAuxiliary { id: "X001".into(), ..StatedAuxiliary::default() }],
        ..Task::default()
    }
}

fn open(dir: &Path, rulebooks: &RulebookSet) -> Ledger {
    Ledger::open(dir, None, "correct horse", options(rulebooks)).expect("opened")
}

#[test]
fn each_ledger_is_judged_by_the_rulebook_it_was_opened_with() {
    let mut layers = Layer::embedded();
    layers.push(Layer::single(Rank::Local, "zone.toml", ZONE));
    let (zone, plain) = (RulebookSet::from_layers(&layers).expect("it only adds"), RulebookSet::default());
    let dirs = [tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory")];
    let made =
        |dir: &Path, rulebooks| Ledger::init(dir, &who("O1"), "correct horse", options(rulebooks)).expect("made");
    let (one, other) = (made(dirs[0].path(), &zone), made(dirs[1].path(), &plain));
    let [in_zone, elsewhere] = [&one, &other].map(|ledger| logged(ledger, &patrol("t-1")));
    assert_eq!(
        (in_zone.verdict, elsewhere.verdict),
        (Severity::Improper, Severity::NeedsReview),
        "nobody is on the roster"
    );
    let verdict = |ledger: &Ledger, id| ledger.task(id).expect("there").judged.verdict;
    assert!(verdict(&one, in_zone.id).rulebook.starts_with("haian-2022-7+zone-1@"));
    assert_eq!(verdict(&other, elsewhere.id).rulebook, "haian-2022-7");

    // Judged again, the new verdict counts where the rulebook is at hand by which it is given once more.
    let corrected = Task { place: Some("人民中路".into()), ..patrol("t-1") };
    other.amend(elsewhere.id, &[], &corrected, "the place").expect("corrected");
    let mut found = Vec::new();
    let keep = &mut |new: Rejudgement| {
        found.push(new);
        Ok(())
    };
    other.rejudge(&zone, &|_, _| {}, keep).expect("read");
    assert_eq!((other.record_rejudged(&found).expect("recorded"), found.len()), (1, 1));
    other.close();
    for (rulebooks, worst) in [(&zone, Severity::Improper), (&plain, Severity::NeedsReview)] {
        let ledger = open(dirs[1].path(), rulebooks);
        assert_eq!(ledger.task(elsewhere.id).expect("there").row.verdict, worst);
        ledger.close();
    }
}
