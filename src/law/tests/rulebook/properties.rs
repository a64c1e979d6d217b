//! What holds of every task. `AUXLOG_CASES` sets how many are tried.

use auxlog_law::{
    ActivityId, Arranged, Circumstance, Facts, Layer, Mode, Officers, Outcome, Person, Presence, Rank, Recusal,
    Rulebook, Severity, Status, Verdict, lint,
};
use proptest::prelude::*;

fn person() -> impl Strategy<Value = Person> {
    let outcome = || prop_oneof![Just(Outcome::Passed), Just(Outcome::Failed), Just(Outcome::None)];
    let status = prop_oneof![Just(Status::Active), Just(Status::Suspended), Just(Status::Departed)];
    let recusal = prop_oneof![Just(Recusal::None), Just(Recusal::Known), Just(Recusal::Decided)];
    let harmed = (any::<[bool; 7]>(), status, outcome(), outcome(), recusal).prop_map(
        |(
            [known, certificate_valid, other_agency, qualified, underage, standing_unknown, agreement_lapsed],
            status,
            training,
            assessment,
            recusal,
        )| {
            Person {
                known,
                status,
                certificate_valid,
                training,
                assessment,
                other_agency,
                recusal,
                qualified,
                underage,
                standing_unknown,
                agreement_lapsed,
            }
        },
    );
    prop_oneof![Just(Person::default()), harmed]
}

fn facts() -> impl Strategy<Value = Facts> {
    let count = u8::try_from(Rulebook::embedded().activities().len()).expect("below 128");
    let mode = prop_oneof![Just(Mode::Independent), Just(Mode::Assisted), Just(Mode::Unstated)];
    let presence =
        prop_oneof![Just(Presence::OnScene), Just(Presence::Remote), Just(Presence::None), Just(Presence::Unstated)];
    let officers = prop_oneof![
        Just(Officers::Unstated),
        (0..4_u8, 0..4_u8).prop_map(|(a, b)| Officers::Stated { valid: a.min(b), total: a.max(b) })
    ];
    let arranged = prop_oneof![Just(Arranged::Yes), Just(Arranged::No), Just(Arranged::Unstated)];
    let circumstances = proptest::sample::subsequence(Circumstance::ALL.to_vec(), 0..3);
    let day = prop_oneof![Just(None), Just(Some("2022-07-31T12:00:00+08:00")), Just(Some("2024-01-01T12:00:00+08:00"))];
    (
        proptest::collection::vec((0..count).prop_map(ActivityId), 0..4),
        (mode, presence, officers, arranged),
        proptest::collection::vec(person(), 0..4),
        (circumstances, any::<bool>(), day),
    )
        .prop_map(
            |(activities, (mode, presence, officers, arranged), people, (circumstances, legal_basis, day))| Facts {
                activities: activities.into_iter().collect(),
                mode,
                presence,
                officers,
                people,
                circumstances: circumstances.into_iter().collect(),
                legal_basis,
                arranged,
                at: day.map(|day| day.parse().expect("a date")),
            },
        )
}

fn judge(facts: &Facts) -> Verdict {
    Rulebook::embedded().judge(facts)
}

/// The findings without the positions of people.
fn impersonal(verdict: &Verdict) -> Vec<String> {
    let line =
        |finding: &auxlog_law::Finding| crate::common::line(&auxlog_law::Finding { person: None, ..finding.clone() });
    let mut lines: Vec<String> = verdict.findings.iter().map(line).collect();
    lines.sort();
    lines
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("AUXLOG_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn judging_is_total_and_the_verdict_is_the_worst_finding(facts in facts()) {
        let verdict = judge(&facts);
        let worst = verdict.findings.iter().map(|finding| finding.severity).max().unwrap_or_default();
        prop_assert_eq!(verdict.verdict, worst);
        prop_assert_eq!(Rulebook::embedded().assess(&facts).severity(), worst);
        prop_assert!(verdict.verdict != Severity::Permitted || !verdict.basis.is_empty());
    }

    #[test]
    fn findings_are_graver_first_and_one_a_rule_activity_and_person(facts in facts()) {
        let verdict = judge(&facts);
        prop_assert!(verdict.findings.is_sorted_by(|a, b| a.severity >= b.severity));
        let mut about: Vec<_> =
            verdict.findings.iter().map(|finding| (&finding.rule, &finding.activity, finding.person)).collect();
        about.sort();
        about.dedup();
        prop_assert_eq!(about.len(), verdict.findings.len());
    }

    #[test]
    fn every_cite_is_a_provision_with_text(facts in facts()) {
        let book = Rulebook::embedded();
        let verdict = judge(&facts);
        let cites = verdict.findings.iter().flat_map(|finding| finding.cites.iter().chain(&finding.consequence));
        for cite in cites.chain(&verdict.basis) {
            prop_assert!(book.provision(cite).is_some_and(|provision| !provision.text.is_empty()), "{cite}");
        }
    }

    #[test]
    fn the_order_of_people_is_irrelevant(facts in facts(), shift in 0_usize..4) {
        let mut turned = facts.clone();
        if !turned.people.is_empty() {
            let by = shift % turned.people.len();
            turned.people.rotate_left(by);
        }
        let (verdict, other) = (judge(&facts), judge(&turned));
        prop_assert_eq!(verdict.verdict, other.verdict);
        prop_assert_eq!(impersonal(&verdict), impersonal(&other));
    }

    #[test]
    fn another_person_never_lowers_the_verdict_of_a_task_that_names_one(facts in facts(), person in person()) {
        prop_assume!(!facts.people.is_empty());
        let mut more = facts.clone();
        more.people.push(person);
        prop_assert!(judge(&more).verdict >= judge(&facts).verdict);
    }

    #[test]
    fn another_activity_never_lowers_the_verdict(facts in facts(), activity in 0_u8..81) {
        prop_assume!(!facts.activities.is_empty());
        let mut more = facts.clone();
        more.activities.insert(ActivityId(activity));
        prop_assert!(judge(&more).verdict >= judge(&facts).verdict);
    }

    #[test]
    fn the_smallest_change_makes_it_proper_and_no_part_of_it_can_be_spared(facts in facts()) {
        let book = Rulebook::embedded();
        let Some(changes) = book.make_proper(&facts) else { return Ok(()) };
        let after = |kept: &mut dyn Iterator<Item = &auxlog_law::Change>| {
            let mut then = facts.clone();
            kept.for_each(|change| change.apply(&mut then));
            book.assess(&then).severity()
        };
        prop_assert_eq!(after(&mut changes.iter()), Severity::Permitted);
        for spared in 0..changes.len() {
            let mut rest = changes.iter().enumerate().filter(|(at, _)| *at != spared).map(|(_, change)| change);
            prop_assert_ne!(after(&mut rest), Severity::Permitted, "without {:?}", changes[spared]);
        }
    }

    #[test]
    fn the_loader_survives_any_text(text in "\\PC{0,200}") {
        prop_assert!(!lint(&[Layer::single(Rank::City, "any.toml", text)]).is_empty());
    }

    #[test]
    fn the_loader_survives_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200), header in any::<bool>()) {
        let opening = if header { "[rulebook]\nid = \"x\"\nrank = \"local\"\nin_force_from = \"2025-01-01T00:00:00+08:00\"\n" } else { "" };
        let text = format!("{opening}{}", String::from_utf8_lossy(&bytes));
        let _ = lint(&auxlog_law::beside_embedded(Layer::single(Rank::Local, "any.toml", text)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..cases() })]

    /// Bytes of the real files struck out, doubled or overwritten: a problem or a rulebook, never a panic.
    #[test]
    fn the_loader_survives_damage_to_the_real_files(file in 0_usize..5, at in any::<proptest::sample::Index>(), with in "[\\PC\n]{0,3}") {
        let mut layers = Layer::embedded();
        let text = &mut layers[0].sources[file].text;
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let from = places[at.index(places.len())];
        let until = (from..=text.len()).skip(1).find(|&until| text.is_char_boundary(until)).unwrap_or(text.len());
        text.replace_range(from..until, &with);
        let _ = lint(&layers);
    }
}
