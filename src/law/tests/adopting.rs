//! What agencies add to the rulebook holds for whoever is handed it, and for nobody else.

use auxlog_law::{Layer, Rank, Rulebook, RulebookSet};

fn zone(id: &str) -> RulebookSet {
    let local = format!("[rulebook]\nid = \"{id}\"\nrank = \"local\"\nin_force_from = \"2025-01-01T00:00:00+08:00\"\n");
    let mut layers = Layer::embedded();
    layers.push(Layer::single(Rank::Local, "zone.toml", local));
    RulebookSet::from_layers(&layers).expect("it adds nothing yet")
}

#[test]
fn what_an_agency_adds_is_in_force_from_its_day_on_and_for_it_alone() {
    let (one, other) = (zone("zone-1"), zone("zone-2"));
    let at = |set: &RulebookSet, day: &str| set.in_force_at(Some(day.parse().expect("a date"))).id().to_owned();
    for (set, name) in [(&one, "haian-2022-7+zone-1@"), (&other, "haian-2022-7+zone-2@")] {
        assert!(set.newest().id().starts_with(name));
        assert_eq!(at(set, "2024-12-31T23:59:59+08:00"), "haian-2022-7");
        assert!(at(set, "2025-01-01T00:00:00+08:00").starts_with(name));
    }
    assert_ne!(one, other);
    assert_eq!(RulebookSet::default().newest().id(), "haian-2022-7");
    let digest = one.newest().digest();
    assert!(one.with_digest(digest).is_some() && other.with_digest(digest).is_none());
    assert!(Rulebook::with_digest(digest).is_none());
    let first = Rulebook::released()[0].digest();
    assert_eq!(other.with_digest(first).map(Rulebook::digest), Some(first));
}
