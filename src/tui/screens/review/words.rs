//! What the steps of a review are called, what they do, and why one is not open.

use auxlog_record::Decision;
use auxlog_record::review::Closed;

use super::steps::{Lack, Step};
use crate::words::{Words, say};

/// A step's name. Of a permitted task that was sampled, nothing stands or falls: it is in order,
/// or it is not.
pub fn step_name(words: &Words, step: Step, sampled: bool) -> String {
    match step {
        Step::Decide(decision) if sampled => words.terms().decision_on_sample(decision),
        Step::Decide(decision) => words.terms().decision(decision),
        Step::TakeStatement => say!(words, "decision-take-statement"),
    }
}

/// What a step does, beside its name.
pub(super) fn step_doc(words: &Words, step: Step, sampled: bool) -> String {
    use Decision::{
        Confirm, Criticise, Dismiss, Evidence, Facts, Note, OrderCorrection, Propose, Reopen, ReturnToCompany,
        Statement, Transfer,
    };
    match step {
        Step::TakeStatement => say!(words, "step-take-statement"),
        Step::Decide(Note) => say!(words, "step-note"),
        Step::Decide(Propose) => say!(words, "step-propose"),
        Step::Decide(Facts) => say!(words, "step-facts"),
        Step::Decide(Evidence) => say!(words, "step-evidence"),
        Step::Decide(Confirm) if sampled => say!(words, "step-sample-confirm"),
        Step::Decide(Dismiss) if sampled => say!(words, "step-sample-dismiss"),
        Step::Decide(Confirm) => say!(words, "step-confirm"),
        Step::Decide(Dismiss) => say!(words, "step-dismiss"),
        Step::Decide(Statement) => say!(words, "step-statement"),
        Step::Decide(OrderCorrection | Criticise) => say!(words, "step-measure"),
        Step::Decide(ReturnToCompany) => say!(words, "step-return"),
        Step::Decide(Transfer) => say!(words, "step-transfer"),
        Step::Decide(Reopen) => say!(words, "step-reopen"),
    }
}

/// What a step's words are called.
pub(super) fn words_label(words: &Words, step: Step) -> String {
    match step {
        Step::TakeStatement => say!(words, "review-statement-words"),
        Step::Decide(Decision::Facts) => say!(words, "review-facts"),
        Step::Decide(Decision::Evidence) => say!(words, "review-evidence"),
        Step::Decide(_) => say!(words, "review-reason"),
    }
}

/// What stands in the empty field for them.
pub(super) fn words_hint(words: &Words, step: Step) -> String {
    match step {
        Step::TakeStatement => say!(words, "review-statement-hint"),
        Step::Decide(Decision::Facts) => say!(words, "review-facts-hint"),
        Step::Decide(Decision::Evidence) => say!(words, "review-evidence-hint"),
        Step::Decide(_) => say!(words, "review-reason-hint"),
    }
}

/// What a step carries beside its reason is called.
pub(super) fn measure_label(words: &Words, step: Step) -> String {
    match step {
        Step::Decide(Decision::OrderCorrection) => say!(words, "review-measure-correct"),
        Step::Decide(Decision::Criticise) => say!(words, "review-measure-criticise"),
        Step::Decide(Decision::ReturnToCompany) => say!(words, "review-measure-return"),
        Step::Decide(Decision::Transfer) => say!(words, "review-measure-transfer"),
        _ => say!(words, "review-measure"),
    }
}

/// What stands in the empty field for it.
pub(super) fn measure_hint(words: &Words, step: Step) -> String {
    match step {
        Step::Decide(Decision::OrderCorrection) => say!(words, "review-measure-correct-hint"),
        Step::Decide(Decision::Criticise) => say!(words, "review-measure-criticise-hint"),
        Step::Decide(Decision::ReturnToCompany) => say!(words, "review-measure-return-hint"),
        Step::Decide(Decision::Transfer) => say!(words, "review-measure-transfer-hint"),
        _ => say!(words, "review-measure-hint"),
    }
}

/// Why a step is not open, in a word or two.
pub(super) fn closed_short(words: &Words, closed: Closed) -> String {
    match closed {
        Closed::Own => say!(words, "closed-own-short"),
        Closed::Decided => say!(words, "closed-decided-short"),
        Closed::Undecided => say!(words, "closed-undecided-short"),
        Closed::Nothing => say!(words, "closed-nothing-short"),
        Closed::NoFacts => say!(words, "closed-no-facts-short"),
        Closed::NoEvidence => say!(words, "closed-no-evidence-short"),
        Closed::NotAsked => say!(words, "closed-not-asked-short"),
        Closed::NotHeard => say!(words, "closed-not-heard-short"),
        Closed::NotTheirs => say!(words, "closed-not-theirs-short"),
        Closed::Role => say!(words, "closed-role-short"),
        Closed::Nobody => say!(words, "closed-nobody-short"),
        Closed::OwnDecision => say!(words, "closed-own-decision-short"),
        Closed::NotGivenAgain => say!(words, "closed-not-given-again-short"),
        Closed::Unsaid => say!(words, "closed-unsaid-short"),
        Closed::Emptied => say!(words, "closed-emptied-short"),
    }
}

/// What a step still lacks.
pub(super) fn lacking(words: &Words, step: Step, lack: Lack) -> String {
    match lack {
        Lack::Reason if matches!(step, Step::Decide(Decision::Facts | Decision::Evidence)) => {
            say!(words, "words-needed", what = words_label(words, step))
        }
        Lack::Reason => say!(words, "reason-needed"),
        Lack::Measure if step == Step::Decide(Decision::Confirm) => say!(words, "measure-needed"),
        Lack::Measure => say!(words, "words-needed", what = measure_label(words, step)),
        Lack::Acknowledgement => say!(words, "acknowledgement-needed"),
    }
}
