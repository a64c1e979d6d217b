//! Adopting a rulebook for a process; in a test program of its own, since it can be done once.

use auxlog_law::{Layer, Rank, Rulebook, RulebookSet};

const LOCAL: &str = r#"
[rulebook]
id = "zone-1"
rank = "local"
in_force_from = "2025-01-01T00:00:00+08:00"
"#;

#[test]
fn what_an_agency_adds_is_in_use_from_its_day_on() {
    let mut layers = Layer::embedded();
    layers.push(Layer::single(Rank::Local, "zone.toml", LOCAL));
    let set = RulebookSet::from_layers(&layers).expect("it adds nothing yet");
    assert!(set.adopt().is_ok());
    assert!(Rulebook::in_use().id().starts_with("haian-2022-7+zone-1@"));
    let at = |day: &str| Rulebook::in_force_at(Some(day.parse().expect("a date"))).id().to_owned();
    assert_eq!(at("2024-12-31T23:59:59+08:00"), "haian-2022-7");
    assert!(at("2025-01-01T00:00:00+08:00").starts_with("haian-2022-7+zone-1@"));
    assert!(RulebookSet::embedded().expect("it loads").adopt().is_err(), "once only");
}
