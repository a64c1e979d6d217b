//! The decision table, row by row and note by note, as named cases.
//!
//! Each expectation reads: the verdict and its basis, then one line a finding with
//! `severity row activity | cites | who answers | what may follow`.

use crate::common::{Stated, task, text};
use auxlog_law::{
    Arranged, Circumstance, Facts, Mode, Outcome, Person, Presence, Recusal, Rulebook, Severity, Status, SuggestedItem,
    SuggestedPerson, Suggestion,
};

/// Judges `facts` and holds the verdict to `expected`.
fn reads(name: &str, facts: &Facts, expected: &[&str]) {
    assert_eq!(text(&Rulebook::embedded().judge(facts)), expected, "{name}");
}

fn reads_with_text(name: &str, facts: &Facts, suggestion: &Suggestion, expected: &[&str]) {
    assert_eq!(text(&Rulebook::embedded().judge_task(facts, Some(suggestion))), expected, "{name}");
}

fn suggesting(items: &[(&str, f32)]) -> Suggestion {
    let item = |(code, confidence): &(&str, f32)| SuggestedItem {
        code: (*code).to_owned(),
        confidence: *confidence,
        because: Vec::new(),
    };
    Suggestion { items: items.iter().map(item).collect(), ..Suggestion::default() }
}

#[test]
fn article_15_may_be_done_independently() {
    for item in ["15.1:publicity", "15.2:report", "15.3:archives", "15.4:translation", "15.5:communications"] {
        let cite = &item[..4];
        reads("alone", &task(&[item]).alone(), &[&format!("permitted [{cite}]")]);
        reads("mode unstated", &task(&[item]), &[&format!("permitted [{cite}]")]);
        reads("supervised: 6 too", &task(&[item]).supervised(), &[&format!("permitted [{cite} 6]")]);
    }
    reads("the item as a whole", &task(&["15.2"]).alone(), &["permitted [15.2]"]);
}

#[test]
fn article_15_with_substantive_effect_and_nobody_supervising_needs_review() {
    let patrol = task(&["15.2:patrol"]).with(Circumstance::SubstantiveEffect);
    let found = "needs_review duty.independent-substantive 15.2:patrol | 15.2 17.2 | officer | 29";
    reads("alone", &patrol.clone().alone(), &["needs_review [15.2]", found]);
    reads("unstated", &patrol.clone(), &["needs_review [15.2]", found]);
    reads("no valid officer", &patrol.clone().no_valid_officer(), &["needs_review [15.2]", found]);
    reads("supervised", &patrol.supervised(), &["permitted [15.2 6]"]);
}

#[test]
fn other_support_stands_or_falls_with_its_effect() {
    let support = || task(&["15.6:other-support"]);
    reads("no effect", &support().alone().with(Circumstance::NoSubstantiveEffect), &["permitted [15.6]"]);
    let unclear = "needs_review duty.other-support-unclear 15.6:other-support | 15.6 | agency";
    reads("effect not stated", &support().supervised(), &["needs_review []", unclear]);
    let substantive = |severity: &str| {
        format!("{severity} duty.other-support-substantive 15.6:other-support | 15.6 17.2 | agency | 29")
    };
    let affecting = || support().with(Circumstance::SubstantiveEffect);
    reads("alone", &affecting().alone(), &["improper []", &substantive("improper")]);
    reads("no valid officer", &affecting().no_valid_officer(), &["improper []", &substantive("improper")]);
    reads("supervised", &affecting().supervised(), &["needs_review []", &substantive("needs_review")]);
    reads("remote", &affecting().remote(), &["needs_review []", &substantive("needs_review")]);
}

#[test]
fn article_16_assisting_under_supervision_is_permitted() {
    for item in [
        "16.1:dissuade",
        "16.1:stop",
        "16.2:inspection",
        "16.3:seal",
        "16.4:service-of-documents",
        "16.5:execute-decision",
        "16.6:keep-order",
        "16.2",
    ] {
        reads(item, &task(&[item]).supervised(), &[&format!("permitted [{} 6]", &item[..4])]);
    }
}

#[test]
fn other_assistance_needs_its_legal_basis() {
    let other = || task(&["16.7:other-assistance"]).supervised();
    reads("named", &other().basis(), &["permitted [16.7 6]"]);
    let found = "needs_review duty.other-assistance 16.7:other-assistance | 16.7 6 | officer";
    reads("not named", &other(), &["needs_review []", found]);
}

#[test]
fn article_16_alone_is_improper_and_cites_17_where_rights_are_touched() {
    for (item, cites) in [
        ("16.1:stop", "16.1 6 17.2"),
        ("16.2:inspection", "16.2 6 17.2"),
        ("16.2:site-verification", "16.2 6 17.2"),
        ("16.2:evidence", "16.2 6 17.1"),
        ("16.3:inventory", "16.3 6 17.2"),
        ("16.5:execute-decision", "16.5 6 17.2"),
        ("16.5", "16.5 6 17.2"),
    ] {
        let found = format!("improper supervision.alone {item} | {cites} | auxiliary | 29");
        reads(item, &task(&[item]).alone(), &["improper []", &found]);
    }
    for item in
        ["16.2:mediation", "16.3:carry", "16.4:service-of-documents", "16.6:keep-order", "16.7:other-assistance"]
    {
        let found = format!("improper supervision.alone {item} | {} 6", &item[..4]);
        reads(item, &task(&[item]).alone().basis(), &["improper []", &found]);
    }
    let whole = "improper supervision.alone 16.2 | 16.2 6 17.2 17.1 | auxiliary | 29";
    reads("the item as a whole touches both", &task(&["16.2"]).alone(), &["improper []", whole]);
}

#[test]
fn alone_means_independent_or_nobody_present() {
    let found = "improper supervision.alone 16.6:keep-order | 16.6 6";
    let order = || task(&["16.6:keep-order"]);
    reads("independent, officers near", &order().supervised().mode(Mode::Independent), &["improper []", found]);
    reads("assisting, nobody there", &order().mode(Mode::Assisted).presence(Presence::None), &["improper []", found]);
    reads("mode unstated, nobody there", &order().presence(Presence::None), &["improper []", found]);
}

#[test]
fn article_23_is_cited_only_where_it_was_arranged() {
    let order = |arranged| task(&["16.6:keep-order"]).alone().arranged(arranged);
    let found = |rest: &str| format!("improper supervision.alone 16.6:keep-order | 16.6 6{rest}");
    reads("arranged", &order(Arranged::Yes), &["improper []", &found(" 23.2 | agency | 31")]);
    reads("on their own account", &order(Arranged::No), &["improper []", &found(" 19.4 | auxiliary")]);
    reads("unstated", &order(Arranged::Unstated), &["improper []", &found("")]);
    let asks = |arranged| Rulebook::embedded().judge(&order(arranged)).findings[0].asks.clone();
    assert_eq!(asks(Arranged::Unstated), ["arranged"], "the finding asks");
    assert!(asks(Arranged::Yes).is_empty());
    let both = "improper supervision.alone 16.2:inspection | 16.2 6 17.2 23.2 | agency auxiliary | 29 31";
    reads("17 and 23", &task(&["16.2:inspection"]).alone().arranged(Arranged::Yes), &["improper []", both]);
    for (item, row, cites) in [
        ("17.1:review", "prohibited.case-work-alone", "17.1 23.2"),
        ("17.2:charging", "prohibited.power-alone", "17.2 23.2"),
    ] {
        let found = format!("improper {row} {item} | {cites} | agency auxiliary | 29 31");
        reads(row, &task(&[item]).alone().arranged(Arranged::Yes), &["improper []", &found]);
    }
}

#[test]
fn a_word_to_stop_alone_needs_review() {
    let word = || task(&["16.1:dissuade"]);
    let found = |rest: &str| format!("needs_review supervision.dissuade-alone 16.1:dissuade | 16.1 6 15.2{rest}");
    reads("alone", &word().alone(), &["needs_review []", &found(" | officer")]);
    reads("no valid officer", &word().no_valid_officer(), &["needs_review []", &found(" | officer")]);
    let arranged = found(" 23.2 | agency officer | 31");
    reads("arranged", &word().alone().arranged(Arranged::Yes), &["needs_review []", &arranged]);
    let own = found(" 19.4 | officer auxiliary");
    reads("own account", &word().alone().arranged(Arranged::No), &["needs_review []", &own]);
}

#[test]
fn officers_without_a_valid_certificate_do_not_supervise() {
    for item in ["16.1:stop", "16.4:service-of-documents", "16.7:other-assistance"] {
        let found = format!("improper supervision.no-valid-officer {item} | {} 6", &item[..4]);
        reads(item, &task(&[item]).no_valid_officer().basis(), &["improper []", &found]);
        reads("remote", &task(&[item]).remote().officers(0, 2).basis(), &["improper []", &found]);
        reads("none named", &task(&[item]).supervised().officers(0, 0).basis(), &["improper []", &found]);
    }
    for item in ["17.1:investigation", "17.1", "17.2:inspection", "17.2:licensing"] {
        let found = format!("improper supervision.no-valid-officer {item} | {} 6 23.2 | agency | 29 31", &item[..4]);
        let facts = task(&[item]).no_valid_officer().arranged(Arranged::Yes);
        reads(item, &facts, &["improper []", &found]);
    }
    let unstated = "needs_review supervision.unstated 16.6:keep-order | 16.6 6 | officer";
    let facts = task(&["16.6:keep-order"]).mode(Mode::Assisted).presence(Presence::OnScene);
    reads("officers unstated is something else", &facts, &["needs_review []", unstated]);
}

#[test]
fn command_from_afar_needs_review() {
    let found = "needs_review supervision.remote 16.4:service-of-documents | 16.4 6 24 | officer";
    let service = || task(&["16.4:service-of-documents"]);
    reads("remote", &service().remote(), &["needs_review []", found]);
    let unstated = service().mode(Mode::Assisted).presence(Presence::Remote);
    reads("officers unstated", &unstated, &["needs_review []", found]);
    let word = "needs_review supervision.remote 16.1:dissuade | 16.1 6 24 | officer";
    reads("a word to stop too", &task(&["16.1:dissuade"]).remote(), &["needs_review []", word]);
}

#[test]
fn supervision_not_fully_stated_needs_review() {
    let found = "needs_review supervision.unstated 16.6:keep-order | 16.6 6 | officer";
    let order = || task(&["16.6:keep-order"]);
    reads("nothing stated", &order(), &["needs_review []", found]);
    reads("presence unstated", &order().mode(Mode::Assisted).officers(2, 2), &["needs_review []", found]);
    reads("mode unstated", &order().presence(Presence::OnScene).officers(2, 2), &["needs_review []", found]);
    reads("remote, mode unstated", &order().presence(Presence::Remote), &["needs_review []", found]);
}

#[test]
fn a_decision_is_improper_whoever_is_there() {
    let found = "improper prohibited.decision 17.1:decision | 17.1 | agency auxiliary | 29";
    for facts in [task(&["17.1:decision"]).supervised(), task(&["17.1:decision"]).alone(), task(&["17.1:decision"])] {
        reads("decision", &facts, &["improper []", found]);
    }
    reads("no valid officer", &task(&["17.1:decision"]).no_valid_officer(), &["improper []", found]);
}

#[test]
fn case_work_is_officers_work() {
    let alone = "improper prohibited.case-work-alone 17.1:acceptance | 17.1 | auxiliary | 29";
    reads("alone", &task(&["17.1:acceptance"]).alone(), &["improper []", alone]);
    let review = "needs_review prohibited.case-work 17.1:acceptance | 17.1 16.7 | officer | 29";
    reads("supervised", &task(&["17.1:acceptance"]).supervised(), &["needs_review []", review]);
    reads("unstated", &task(&["17.1:acceptance"]), &["needs_review []", review]);
    let bare = "needs_review prohibited.case-work 17.1 | 17.1 16.7 | officer | 29";
    reads("unnamed: never a decision", &task(&["17.1"]).supervised(), &["needs_review []", bare]);
    reads("investigation, supervised: as 16.2", &task(&["17.1:investigation"]).supervised(), &["permitted [16.2 6]"]);
    let remote = "needs_review prohibited.case-work 17.1:investigation | 17.1 16.2 6 | officer | 29";
    reads("investigation, remote", &task(&["17.1:investigation"]).remote(), &["needs_review []", remote]);
}

#[test]
fn powers_over_rights_are_officers_work() {
    let alone = "improper prohibited.power-alone 17.2:penalty | 17.2 | auxiliary | 29";
    reads("alone", &task(&["17.2:penalty"]).alone(), &["improper []", alone]);
    let review = "needs_review prohibited.power 17.2:penalty | 17.2 16.7 | officer | 29";
    reads("supervised", &task(&["17.2:penalty"]).supervised(), &["needs_review []", review]);
    let bare = "needs_review prohibited.power 17.2 | 17.2 16.7 | officer | 29";
    reads("unnamed", &task(&["17.2"]).supervised(), &["needs_review []", bare]);
    reads("inspection, supervised: as 16.2", &task(&["17.2:inspection"]).supervised(), &["permitted [16.2 6]"]);
    let unstated = "needs_review prohibited.power 17.2:inspection | 17.2 16.2 6 | officer | 29";
    reads("inspection, unstated", &task(&["17.2:inspection"]), &["needs_review []", unstated]);
}

#[test]
fn conduct_and_arrangements_are_improper_as_items() {
    for item in [
        "17.3:disclosure",
        "17.4:abuse-of-power",
        "17.5:tampering",
        "17.6:refusal-of-duty",
        "17.7:misconduct",
        "17.8:other-prohibited",
    ] {
        let found = format!("improper prohibited.conduct {item} | {} | auxiliary | 29", &item[..4]);
        reads(item, &task(&[item]).supervised(), &["improper []", &found]);
    }
    for item in [
        "23.1:fine-quota",
        "23.1:pay-linked-to-fines",
        "23.2:independent-substantive-work",
        "23.3:acting-as-officer",
        "23.4:unqualified-work",
        "23.5:state-secret-work",
        "23.6:other-prohibited-work",
    ] {
        let found = format!("improper prohibited.arrangement {item} | {} | agency | 31", &item[..4]);
        reads(item, &task(&[item]).supervised(), &["improper []", &found]);
    }
}

#[test]
fn circumstances_are_judged_once_a_task() {
    let publicity = || task(&["15.1:publicity", "15.2:patrol"]);
    for (circumstance, found) in [
        (Circumstance::FineQuota, "improper circumstance.quota | 23.1 | agency | 31"),
        (Circumstance::PayLinked, "improper circumstance.quota | 23.1 | agency | 31"),
        (Circumstance::AsOfficer, "improper circumstance.as-officer | 23.3 | agency auxiliary | 31"),
        (Circumstance::StateSecret, "improper circumstance.state-secret | 23.5 | agency | 31"),
    ] {
        reads("circumstance", &publicity().with(circumstance), &["improper [15.1 15.2]", found]);
    }
}

#[test]
fn qualifications_are_judged_once_a_task_and_only_of_named_auxiliaries() {
    let analysis = |qualified: &[bool]| {
        let person = |&qualified: &bool| Person { qualified, ..Person::default() };
        task(&["15.4"]).with(Circumstance::NeedsQualification).people(qualified.iter().map(person).collect())
    };
    let found = |severity: &str| format!("{severity} circumstance.unqualified | 23.4 | agency | 31");
    reads("none holds one", &analysis(&[false, false]), &["improper [15.4]", &found("improper")]);
    reads("one of two", &analysis(&[true, false]), &["improper [15.4]", &found("improper")]);
    reads("all hold one", &analysis(&[true, true]), &["needs_review [15.4]", &found("needs_review")]);
    let unknown = "needs_review person.unknown | 10 | agency";
    reads("nobody named", &analysis(&[]), &["needs_review [15.4]", unknown]);
}

#[test]
fn people_are_judged_each_by_himself() {
    type Fault = fn(&mut Person);
    let faults: [(Fault, &str); 14] = [
        (|person| person.status = Status::Departed, "improper person.departed person 0 | 22 | agency"),
        (|person| person.status = Status::Suspended, "improper person.suspended person 0 | 21 | agency"),
        (|person| person.certificate_valid = false, "improper person.no-certificate person 0 | 21 | agency"),
        (|person| person.training = Outcome::None, "improper person.untrained person 0 | 21 | agency"),
        (|person| person.training = Outcome::Failed, "improper person.untrained person 0 | 21 | agency"),
        (|person| person.assessment = Outcome::Failed, "improper person.failed-assessment person 0 | 21 | agency"),
        (|person| person.underage = true, "improper person.underage person 0 | 8.3 | agency"),
        (|person| person.recusal = Recusal::Decided, "improper person.recusal person 0 | 19.7 | officer auxiliary"),
        (|person| person.recusal = Recusal::Known, "needs_review person.recusal-suspected person 0 | 19.7 | officer"),
        (|person| person.other_agency = true, "needs_review person.other-agency person 0 | 5 | agency"),
        (|person| person.known = false, "needs_review person.unknown person 0 | 10 | agency"),
        (|person| person.standing_unknown = true, "needs_review person.standing-unknown person 0 | 21 | agency"),
        (|person| person.agreement_lapsed = true, "improper person.agreement-lapsed person 0 | 10 lcl/59 | agency"),
        (|person| person.assessment = Outcome::None, ""),
    ];
    for (fault, found) in faults {
        let facts = task(&["15.1"]).person(fault);
        let worst = found.split(' ').next().filter(|word| !word.is_empty()).unwrap_or("permitted");
        let mut expected = vec![format!("{worst} [15.1]")];
        expected.extend((!found.is_empty()).then(|| found.to_owned()));
        assert_eq!(text(&Rulebook::embedded().judge(&facts)), expected);
    }
    let two = task(&["15.1"]).people(vec![
        Person::default(),
        Person { certificate_valid: false, training: Outcome::None, ..Person::default() },
    ]);
    reads(
        "the finding names the person",
        &two,
        &[
            "improper [15.1]",
            "improper person.no-certificate person 1 | 21 | agency",
            "improper person.untrained person 1 | 21 | agency",
        ],
    );
    let unnamed = "needs_review person.unknown | 10 | agency";
    reads("none named", &task(&["15.1"]).people(vec![]), &["needs_review [15.1]", unnamed]);
}

#[test]
fn before_it_entered_into_force_nothing_else_fires() {
    let everything = || {
        task(&["16.2:inspection", "17.1:decision"])
            .alone()
            .with(Circumstance::AsOfficer)
            .person(|person| person.certificate_valid = false)
    };
    let found = "needs_review law.not-in-force | 33";
    reads("a second before", &everything().at("2022-07-31T23:59:59+08:00"), &["needs_review []", found]);
    reads("the same moment elsewhere", &everything().at("2022-07-31T15:59:59Z"), &["needs_review []", found]);
    let first = Rulebook::embedded().judge(&everything().at("2022-08-01T00:00:00+08:00"));
    assert_eq!(first.verdict, Severity::Improper);
    assert!(first.findings.iter().all(|finding| finding.rule != "law.not-in-force"));
    let nothing_stated = Facts { at: Some("2020-01-01T00:00:00+08:00".parse().expect("a date")), ..Facts::default() };
    reads_with_text("text", &nothing_stated, &suggesting(&[("16.3", 1.0)]), &["needs_review []", found]);
}

#[test]
fn coercion_is_for_qualified_officers_and_nobody_else() {
    let seal = || task(&["16.3:seal"]);
    let national = |severity: &str, item: &str| format!("{severity} national.coercion {item} | 2 ccl/17 | agency");
    let alone = "improper supervision.alone 16.3:seal | 16.3 6 17.2 | auxiliary | 29";
    reads("alone", &seal().alone(), &["improper []", alone, &national("improper", "16.3:seal")]);
    let remote = "needs_review supervision.remote 16.3:seal | 16.3 6 24 | officer";
    reads("by telephone", &seal().remote(), &["improper []", &national("improper", "16.3:seal"), remote]);
    let uncertified = "improper supervision.no-valid-officer 16.3:seal | 16.3 6";
    let expected = ["improper []", uncertified, &national("improper", "16.3:seal")];
    reads("no valid officer", &seal().no_valid_officer(), &expected);
    let unstated = "needs_review supervision.unstated 16.3:seal | 16.3 6 | officer";
    reads("unstated", &seal(), &["needs_review []", unstated, &national("needs_review", "16.3:seal")]);
    reads("supervised", &seal().supervised(), &["permitted [16.3 6]"]);
    let power = "needs_review prohibited.power 17.2:coercion | 17.2 16.7 | officer | 29";
    let coercion = || task(&["17.2:coercion"]);
    reads("coercion, unstated", &coercion(), &["needs_review []", power, &national("needs_review", "17.2:coercion")]);
    reads("coercion, supervised", &coercion().supervised(), &["needs_review []", power]);
    reads(
        "coercion, by telephone",
        &coercion().remote(),
        &["improper []", &national("improper", "17.2:coercion"), power],
    );
}

#[test]
fn national_law_asks_for_two_officers() {
    for (item, law) in [
        ("16.2:inspection", "cfl/42"),
        ("16.2:evidence", "cfl/42"),
        ("16.2", "cfl/42"),
        ("16.3:inventory", "cfl/42"),
        ("16.3:seal", "ccl/18"),
        ("16.5:execute-decision", "cfl/42"),
    ] {
        let found = format!("needs_review national.two-officers {item} | 2 {law} | agency");
        let first = format!("needs_review [{} 6]", &item[..4]);
        reads(item, &task(&[item]).supervised_by(1), &[&first, &found]);
    }
    for item in ["17.1:investigation", "17.2:inspection"] {
        let found = format!("needs_review national.two-officers {item} | 2 cfl/42 | agency");
        reads(item, &task(&[item]).supervised_by(1), &["needs_review [16.2 6]", &found]);
    }
    for (item, law) in [("17.2:penalty", "cfl/42"), ("17.2:coercion", "ccl/18")] {
        let power = format!("needs_review prohibited.power {item} | 17.2 16.7 | officer | 29");
        let found = format!("needs_review national.two-officers {item} | 2 {law} | agency");
        reads(item, &task(&[item]).supervised_by(1), &["needs_review []", &power, &found]);
    }
    for item in ["16.1:stop", "16.2:mediation", "16.3:carry", "16.4", "16.6"] {
        reads(item, &task(&[item]).supervised_by(1), &[&format!("permitted [{} 6]", &item[..4])]);
    }
    let second_uncertified = task(&["16.2:inspection"]).supervised().officers(1, 2);
    let found = "needs_review national.two-officers 16.2:inspection | 2 cfl/42 | agency";
    reads("one of two certified", &second_uncertified, &["needs_review [16.2 6]", found]);
}

#[test]
fn an_enterprise_is_inspected_by_two_officers() {
    let at = |item: &str| task(&[item]).with(Circumstance::AtEnterprise);
    for item in ["16.2:inspection", "16.2:site-verification"] {
        let found = |severity: &str| format!("{severity} national.enterprise-inspection {item} | 2 so54 | agency");
        let alone = format!("improper supervision.alone {item} | 16.2 6 17.2 | auxiliary | 29");
        reads("alone", &at(item).alone(), &["improper []", &alone, &found("improper")]);
        let uncertified = format!("improper supervision.no-valid-officer {item} | 16.2 6");
        reads("no valid officer", &at(item).no_valid_officer(), &["improper []", &uncertified, &found("improper")]);
        let unstated = format!("needs_review supervision.unstated {item} | 16.2 6 | officer");
        reads("unstated", &at(item), &["needs_review []", &unstated, &found("needs_review")]);
        let two = format!("needs_review national.two-officers {item} | 2 cfl/42 | agency");
        reads("one officer", &at(item).supervised_by(1), &["needs_review [16.2 6]", &two, &found("needs_review")]);
        reads("two officers", &at(item).supervised(), &["permitted [16.2 6]"]);
    }
    let power = "improper prohibited.power-alone 17.2:inspection | 17.2 | auxiliary | 29";
    let found = "improper national.enterprise-inspection 17.2:inspection | 2 so54 | agency";
    reads("17.2 alone", &at("17.2:inspection").alone(), &["improper []", power, found]);
    reads("another activity", &at("16.2:mediation").supervised_by(1), &["permitted [16.2 6]"]);
}

#[test]
fn a_text_that_says_otherwise_is_a_finding() {
    let publicity = task(&["15.1:publicity"]);
    let found = "needs_review text.contradiction 16.3:inventory | 16.3 | officer";
    let expected = ["needs_review [15.1]", found];
    reads_with_text("confident", &publicity, &suggesting(&[("16.3:inventory", 0.8)]), &expected);
    reads_with_text("not confident", &publicity, &suggesting(&[("16.3:inventory", 0.79)]), &["permitted [15.1]"]);
    reads_with_text("article 15", &publicity, &suggesting(&[("15.2:patrol", 1.0)]), &["permitted [15.1]"]);
    let training = suggesting(&[("21", 1.0)]);
    reads_with_text("no activity", &publicity, &training, &["permitted [15.1]"]);
    let inspection = task(&["16.2:inspection"]).supervised();
    for covered in ["16.2:evidence", "17.1:investigation", "17.2:inspection"] {
        reads_with_text(covered, &inspection, &suggesting(&[(covered, 1.0)]), &["permitted [16.2 6]"]);
    }
    let penalty = "needs_review text.contradiction 17.2:penalty | 17.2 | officer | 29";
    let expected = ["needs_review [16.2 6]", penalty];
    reads_with_text("penalty", &inspection, &suggesting(&[("17.2:penalty", 0.9)]), &expected);
}

#[test]
fn a_text_alone_is_judged_and_says_so() {
    let judged = "needs_review text.judged |  | officer";
    let known = || Facts { people: vec![Person::default()], ..Facts::default() };
    let publicity = suggesting(&[("15.1:publicity", 0.9)]);
    reads_with_text("publicity", &known(), &publicity, &["needs_review [15.1]", judged]);
    let alone = Suggestion { mode: Mode::Independent, ..suggesting(&[("16.2:inspection", 0.9)]) };
    let improper = "improper supervision.alone 16.2:inspection | 16.2 6 17.2 | auxiliary | 29";
    reads_with_text("improper stays improper", &known(), &alone, &["improper []", improper, judged]);
    let stated = known().supervised();
    reads_with_text("what is stated wins", &stated, &alone, &["needs_review [16.2 6]", judged]);
    let unclassified = "needs_review task.unclassified |  | officer";
    reads_with_text("nothing suggested", &known(), &suggesting(&[]), &["needs_review []", unclassified]);
    reads("no text either", &known(), &["needs_review []", unclassified]);
}

#[test]
fn what_a_text_says_of_a_person_is_said_of_an_unnamed_auxiliary() {
    let person = SuggestedPerson { certificate_valid: Some(false), ..SuggestedPerson::default() };
    let text_alone = Suggestion { person, ..suggesting(&[("15.2:patrol", 0.9), ("21", 0.9)]) };
    let judged = "needs_review text.judged |  | officer";
    reads_with_text(
        "unnamed",
        &Facts::default(),
        &text_alone,
        &[
            "improper [15.2]",
            "improper person.no-certificate | 21 | agency",
            "needs_review person.unknown | 10 | agency",
            judged,
        ],
    );
    let named = Facts { people: vec![Person::default()], ..Facts::default() };
    reads_with_text("a named one has their own facts", &named, &text_alone, &["needs_review [15.2]", judged]);
}

#[test]
fn several_activities_take_the_worst_and_show_all() {
    let facts = task(&["15.1:publicity", "16.2:inspection", "16.6:keep-order"]).supervised_by(1);
    let two = "needs_review national.two-officers 16.2:inspection | 2 cfl/42 | agency";
    reads("worst of", &facts, &["needs_review [15.1 16.2 16.6 6]", two]);
    let order: Vec<_> = Rulebook::embedded()
        .judge(&task(&["16.3:seal", "16.1:dissuade"]).alone().person(|person| person.recusal = Recusal::Known))
        .findings
        .into_iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(
        order,
        ["supervision.alone", "national.coercion", "supervision.dissuade-alone", "person.recusal-suspected"],
        "graver first, then the order of the table"
    );
}

#[test]
fn every_row_of_the_table_is_tried_above() {
    let tried = include_str!("table.rs");
    for row in Rulebook::embedded().rows() {
        let permits = row.cases.iter().all(|case| case.severity == Severity::Permitted);
        assert!(permits || tried.contains(&row.id), "{} has no case", row.id);
    }
}

#[test]
fn the_table_is_in_its_order() {
    let ids: Vec<&str> = Rulebook::embedded().rows().iter().map(|row| row.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "duty.independent",
            "duty.independent-substantive",
            "duty.other-support",
            "duty.other-support-unclear",
            "duty.other-support-substantive",
            "duty.assisted",
            "duty.other-assistance",
            "supervision.alone",
            "supervision.dissuade-alone",
            "supervision.no-valid-officer",
            "supervision.remote",
            "supervision.unstated",
            "prohibited.decision",
            "prohibited.case-work-alone",
            "prohibited.case-work",
            "prohibited.power-alone",
            "prohibited.power",
            "prohibited.conduct",
            "prohibited.arrangement",
            "circumstance.quota",
            "circumstance.as-officer",
            "circumstance.state-secret",
            "circumstance.unqualified",
            "person.departed",
            "person.suspended",
            "person.no-certificate",
            "person.untrained",
            "person.failed-assessment",
            "person.underage",
            "person.recusal",
            "person.recusal-suspected",
            "person.other-agency",
            "person.unknown",
            "person.standing-unknown",
            "person.agreement-lapsed",
            "law.not-in-force",
            "national.coercion",
            "national.two-officers",
            "national.enterprise-inspection",
            "text.contradiction",
            "text.judged",
            "task.unclassified",
        ]
    );
}
