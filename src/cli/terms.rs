//! The field's words for the values that lists show.

use auxlog_law::{Answerable, Outcome, Severity, Status};
use auxlog_record::Decision;
use auxlog_record::review::Closed;
use auxlog_store::TaskStatus;
use i18n_embed_fl::fl;

use crate::words::Words;

/// 可以 · 待复核 · 疑似不当.
pub(crate) fn verdict(verdict: Severity, words: &Words) -> String {
    match verdict {
        Severity::Permitted => fl!(words.loader(), "verdict-permitted"),
        Severity::NeedsReview => fl!(words.loader(), "verdict-needs-review"),
        Severity::Improper => fl!(words.loader(), "verdict-improper"),
    }
}

/// Who answers for a finding.
pub(crate) fn answerable(who: Answerable, words: &Words) -> String {
    match who {
        Answerable::Agency => fl!(words.loader(), "answers-agency"),
        Answerable::Officer => fl!(words.loader(), "answers-officer"),
        Answerable::Auxiliary => fl!(words.loader(), "answers-auxiliary"),
    }
}

/// Where a task stands.
pub(crate) fn status(status: TaskStatus, words: &Words) -> String {
    match status {
        TaskStatus::Clear => fl!(words.loader(), "status-clear"),
        TaskStatus::Open => fl!(words.loader(), "status-open"),
        TaskStatus::Statement => fl!(words.loader(), "status-statement"),
        TaskStatus::Confirmed => fl!(words.loader(), "status-confirmed"),
        TaskStatus::Dismissed => fl!(words.loader(), "status-dismissed"),
        TaskStatus::Annulled => fl!(words.loader(), "status-annulled"),
    }
}

/// A review step.
pub(crate) fn decision(decision: Decision, words: &Words) -> String {
    let loader = words.loader();
    match decision {
        Decision::Note => fl!(loader, "decision-note"),
        Decision::Propose => fl!(loader, "decision-propose"),
        Decision::Confirm => fl!(loader, "decision-confirm"),
        Decision::Dismiss => fl!(loader, "decision-dismiss"),
        Decision::Statement => fl!(loader, "decision-statement"),
        Decision::OrderCorrection => fl!(loader, "decision-order-correction"),
        Decision::Criticise => fl!(loader, "decision-criticise"),
        Decision::ReturnToCompany => fl!(loader, "decision-return"),
        Decision::Transfer => fl!(loader, "decision-transfer"),
        Decision::Facts => fl!(loader, "decision-facts"),
        Decision::Evidence => fl!(loader, "decision-evidence"),
        Decision::Reopen => fl!(loader, "decision-reopen"),
    }
}

/// What bars somebody from duty, by the rule that says so.
pub(crate) fn barred(rule: &str, words: &Words) -> String {
    let loader = words.loader();
    match rule {
        "person.departed" => fl!(loader, "service-departed"),
        "person.suspended" => fl!(loader, "service-suspended"),
        "person.no-certificate" => fl!(loader, "service-no-certificate-held"),
        "person.untrained" => fl!(loader, "service-untrained"),
        "person.failed-assessment" => fl!(loader, "service-failed-assessment"),
        "person.underage" => fl!(loader, "service-underage"),
        _ => fl!(loader, "service-other"),
    }
}

/// An auxiliary's standing.
pub(crate) fn standing(status: Status, words: &Words) -> String {
    match status {
        Status::Active => fl!(words.loader(), "standing-active"),
        Status::Suspended => fl!(words.loader(), "standing-suspended"),
        Status::Departed => fl!(words.loader(), "standing-departed"),
    }
}

/// How training or assessment ended.
pub(crate) fn outcome(outcome: Outcome, words: &Words) -> String {
    match outcome {
        Outcome::Passed => fl!(words.loader(), "outcome-passed"),
        Outcome::Failed => fl!(words.loader(), "outcome-failed"),
        Outcome::None => fl!(words.loader(), "outcome-none"),
    }
}

/// Why a step of a review is not open.
pub(crate) fn closed(why: Closed, words: &Words) -> String {
    let loader = words.loader();
    match why {
        Closed::Own => fl!(loader, "closed-own"),
        Closed::Decided => fl!(loader, "closed-decided"),
        Closed::Undecided => fl!(loader, "closed-undecided"),
        Closed::Nothing => fl!(loader, "closed-nothing"),
        Closed::NoFacts => fl!(loader, "closed-no-facts"),
        Closed::NoEvidence => fl!(loader, "closed-no-evidence"),
        Closed::NotAsked => fl!(loader, "closed-not-asked"),
        Closed::NotHeard => fl!(loader, "closed-not-heard"),
        Closed::NotTheirs => fl!(loader, "closed-not-his"),
        Closed::Role => fl!(loader, "closed-role"),
        Closed::Nobody => fl!(loader, "closed-nobody"),
        Closed::OwnDecision => fl!(loader, "closed-own-decision"),
        Closed::NotGivenAgain => fl!(loader, "closed-not-given-again"),
        Closed::Unsaid => fl!(loader, "closed-unsaid"),
        Closed::Emptied => fl!(loader, "closed-emptied"),
    }
}

/// Why somebody has to look at a record, by the server's name for it.
pub(crate) fn attention(what: &str, words: &Words) -> String {
    let loader = words.loader();
    if let Some(besides) = what.strip_suffix("_time_doubtful") {
        return format!("{} · {}", attention(besides, words), fl!(loader, "attention-time-doubtful"));
    }
    match what {
        "held" => fl!(loader, "attention-held"),
        "set_aside" => fl!(loader, "attention-set-aside"),
        "verdict_differs" => fl!(loader, "attention-verdict-differs"),
        "stale" => fl!(loader, "attention-stale"),
        "void" => fl!(loader, "attention-void"),
        "time_doubtful" => fl!(loader, "attention-time-doubtful"),
        "order_refused" => fl!(loader, "attention-order-refused"),
        other => other.to_owned(),
    }
}
