//! Two versions of a rulebook: a task is judged by the one in force when it was done.

use auxlog_law::{Layer, RulebookSet, Severity, VerdictChange};

use crate::common::{Stated, task};

/// The embedded city from 2025 on: a word to stop is left to officers altogether.
fn stricter() -> Layer {
    let mut layer = Layer::embedded().remove(0);
    for source in &mut layer.sources {
        source.text = source
            .text
            .replace("id = \"haian-2022-7\"", "id = \"haian-2025-1\"\nsupersedes = \"haian-2022-7\"")
            .replace("2022-08-01T00:00:00+08:00\"\n\n#", "2025-01-01T00:00:00+08:00\"\n\n#")
            .replace(
                "when = { activity = [\"16.1:dissuade\"], situation = [\"alone\", \"no_valid_officer\"] }\nseverity = \"needs_review\"",
                "when = { activity = [\"16.1:dissuade\"], situation = [\"alone\", \"no_valid_officer\"] }\nseverity = \"improper\"",
            )
            .replace(
                "verdict = \"needs_review\"\nfindings = [\"supervision.dissuade-alone\"]",
                "verdict = \"improper\"\nfindings = [\"supervision.dissuade-alone\"]",
            )
            .replace("at = \"2022-08-01T00:00:00+08:00\"", "at = \"2025-01-01T00:00:00+08:00\"");
    }
    layer
}

fn both() -> RulebookSet {
    let mut layers = Layer::embedded();
    layers.push(stricter());
    RulebookSet::from_layers(&layers).expect("both versions are sound")
}

#[test]
fn the_embedded_set_has_a_version_for_each_day_on_which_its_rules_changed() {
    let set = RulebookSet::embedded().expect("the embedded layers load");
    let [(first, _), (second, _)] = set.versions() else { panic!("two versions") };
    let days = [first, second].map(chrono::DateTime::to_rfc3339);
    assert_eq!(days, ["2022-08-01T00:00:00+08:00", "2025-01-03T00:00:00+08:00"]);
    assert_eq!(set.in_force_at(None).digest(), auxlog_law::Rulebook::embedded().digest());
    assert!(set.with_digest(set.in_force_at(None).digest()).is_some());
}

#[test]
fn a_task_is_judged_by_the_rulebook_in_force_when_it_was_done() {
    let set = both();
    let at = |day: &str| task(&["16.1:dissuade"]).alone().at(day);
    let judge = |day| {
        let facts = at(day);
        set.in_force_at(facts.at).judge(&facts)
    };
    let (old, new) = (judge("2024-12-31T23:59:59+08:00"), judge("2025-01-01T00:00:00+08:00"));
    assert_eq!((old.rulebook.as_str(), old.verdict), ("haian-2022-7", Severity::NeedsReview));
    assert_eq!((new.rulebook.split('@').next(), new.verdict), (Some("haian-2025-1"), Severity::Improper));
    assert!(set.in_force_at(None).id().starts_with("haian-2025-1@"), "undated: the newest");
    let before = judge("2022-07-31T00:00:00+08:00");
    assert_eq!(before.findings[0].rule, "law.not-in-force");
}

#[test]
fn judging_again_lists_what_changes() {
    let set = both();
    let [(_, old), (_, new), ..] = set.versions() else { panic!("two versions") };
    let dissuade = task(&["16.1:dissuade"]).alone();
    let change = VerdictChange::between(&old.judge(&dissuade), &new.judge(&dissuade)).expect("it changes");
    assert_eq!((change.from, change.to), (Severity::NeedsReview, Severity::Improper));
    assert_eq!((change.gone.len(), change.come.len()), (1, 1));
    let publicity = task(&["15.1"]).alone();
    assert_eq!(VerdictChange::between(&old.judge(&publicity), &new.judge(&publicity)), None);
}
