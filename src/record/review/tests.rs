//! Tests of which step is open to whom.

use super::*;

fn flagged() -> ReviewStanding {
    ReviewStanding { answers: vec![Answerable::Agency, Answerable::Auxiliary], ..ReviewStanding::default() }
}

/// Everything that a measure against X1 needs.
fn ready() -> ReviewStanding {
    ReviewStanding { facts: true, evidence: true, asked: true, heard: vec!["X1".into()], ..flagged() }
}

fn open_steps(standing: &ReviewStanding) -> Vec<Decision> {
    Decision::ALL.into_iter().filter(|step| standing.open(*step, None).is_ok()).collect()
}

#[test]
fn whoever_logged_the_task_may_only_note_and_propose() {
    let own = ReviewStanding { own: true, ..ready() };
    assert_eq!(open_steps(&own), [Decision::Note, Decision::Propose]);
    assert_eq!(own.open(Decision::Dismiss, None), Err(Closed::Own));
    assert_eq!(own.open_statement(), Err(Closed::Own));
}

#[test]
fn a_measure_waits_for_facts_evidence_and_the_statement() {
    let x1 = AuxiliaryId::from("X1");
    for measure in Decision::ALL.into_iter().filter(|step| step.is_measure()) {
        let open = |standing: ReviewStanding| standing.open(measure, Some(&x1));
        assert_eq!(open(ReviewStanding { facts: false, ..ready() }), Err(Closed::NoFacts));
        assert_eq!(open(ReviewStanding { evidence: false, ..ready() }), Err(Closed::NoEvidence));
        assert_eq!(open(ReviewStanding { heard: Vec::new(), ..ready() }), Err(Closed::NotHeard));
        assert_eq!(open(ReviewStanding { heard: Vec::new(), asked: false, ..ready() }), Err(Closed::NotAsked));
        assert_eq!(open(ready()), Ok(()));
        assert_eq!(ready().open(measure, Some(&"X2".into())), Err(Closed::NotHeard), "another was heard");
        let arranger = ReviewStanding { answers: vec![Answerable::Agency], ..ready() };
        assert_eq!(open(arranger), Err(Closed::NotTheirs));
    }
    let agency = ReviewStanding { answers: vec![Answerable::Agency], ..ReviewStanding::default() };
    assert_eq!(agency.open(Decision::Confirm, None), Ok(()), "no finding against a person");
}

#[test]
fn a_finding_against_a_person_is_confirmed_only_after_they_were_heard() {
    let accused = ReviewStanding { accused: vec!["X1".into(), "X2".into()], ..ready() };
    assert_eq!(flagged().open(Decision::Confirm, None), Err(Closed::NoFacts));
    assert_eq!(accused.open(Decision::Confirm, None), Err(Closed::NotHeard), "only one of two was heard");
    let one = accused.open(Decision::Confirm, Some(&"X1".into()));
    assert_eq!(one, Err(Closed::NotHeard), "whoever it names, it stands against both");
    let heard = ReviewStanding { heard: vec!["X1".into(), "X2".into()], ..accused.clone() };
    assert_eq!(heard.open(Decision::Confirm, Some(&"X1".into())), Ok(()));
    assert_eq!(heard.open(Decision::Confirm, Some(&"X3".into())), Err(Closed::NotTheirs), "not about them");
    assert_eq!(accused.open(Decision::Criticise, Some(&"X1".into())), Ok(()), "a measure is against one");
    assert_eq!(ready().open(Decision::Confirm, None), Ok(()));
    assert_eq!(flagged().open(Decision::Dismiss, None), Ok(()), "to dismiss needs no hearing");
}

#[test]
fn only_those_in_the_field_take_steps_and_nobody_without_a_certificate() {
    for role in Role::ALL {
        let standing = ReviewStanding { vouched: Vouched::Office, role, ..ready() };
        let field = matches!(role, Role::Officer | Role::Supervisor | Role::Admin);
        for step in Step::all().filter(|step| *step != Step::Decide(Decision::Reopen)) {
            let expected = if field { Ok(()) } else { Err(Closed::Role) };
            assert_eq!(standing.open_step(step, Some(&"X1".into())), expected, "{role:?} {step:?}");
        }
    }
    let nobody = ReviewStanding { vouched: Vouched::Nobody, ..ready() };
    assert!(Step::all().all(|step| nobody.open_step(step, None) == Err(Closed::Nobody)));
}

#[test]
fn a_decision_is_reopened_by_another_than_who_took_it() {
    let dismissed = ReviewStanding { stage: Stage::Dismissed, ..ready() };
    assert_eq!(dismissed.open(Decision::Reopen, None), Ok(()));
    assert_eq!(ReviewStanding { decided: true, ..dismissed }.open(Decision::Reopen, None), Err(Closed::OwnDecision));
    assert_eq!(ready().open(Decision::Reopen, None), Err(Closed::Undecided));
}

#[test]
fn released_rules_stay_as_they_are() {
    let own = ReviewStanding { rules: 1, own: true, ..ReviewStanding::default() };
    assert_eq!(open_steps(&own), [Decision::Note, Decision::Propose]);
    let other = ReviewStanding { rules: 1, vouched: Vouched::Nobody, ..ReviewStanding::default() };
    assert_eq!(open_steps(&other).len(), Decision::ALL.len() - 1, "all but to reopen");
}

#[test]
fn after_a_dismissal_only_notes_are_added_and_after_a_confirmation_measures_too() {
    let dismissed = ReviewStanding { stage: Stage::Dismissed, ..ready() };
    assert_eq!(open_steps(&dismissed), [Decision::Note, Decision::Reopen]);
    let confirmed = ReviewStanding { stage: Stage::Confirmed, ..ready() };
    assert_eq!(confirmed.open(Decision::ReturnToCompany, None), Ok(()));
    assert_eq!(confirmed.open(Decision::Dismiss, None), Err(Closed::Decided));
    let clear = ReviewStanding { stage: Stage::Nothing, ..ready() };
    assert_eq!(open_steps(&clear), [Decision::Note]);
}
