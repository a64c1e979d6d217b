//! The words that command line, screens and pages share: of verdicts, steps, standings and outcomes.

use std::sync::OnceLock;

use auxlog_law::{Answerable, Lang, Outcome, Severity, Status};
use auxlog_record::Decision;
use auxlog_record::review::Closed;
use auxlog_store::TaskStatus;
use auxlog_sync::message::RefusedFor;
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed_fl::fl;

/// The shared words in one language.
pub struct Terms {
    pub(crate) lang: Lang,
    pub(crate) loader: FluentLanguageLoader,
}

/// The shared words in `lang`.
///
/// # Panics
/// Never: a test loads the embedded files.
pub fn terms(lang: Lang) -> &'static Terms {
    static TERMS: [OnceLock<Terms>; 2] = [OnceLock::new(), OnceLock::new()];
    TERMS[usize::from(lang == Lang::En)].get_or_init(|| {
        let language = &crate::LANGUAGES[usize::from(lang == Lang::En)];
        let loader = crate::load(env!("CARGO_PKG_NAME"), language).expect("a test loads the embedded files");
        Terms { lang, loader }
    })
}

impl Terms {
    /// What separates names in a list.
    pub fn comma(&self) -> &'static str {
        self.lang.pick("、", ", ")
    }

    /// 可以 · 待复核 · 疑似不当.
    pub fn verdict(&self, verdict: Severity) -> String {
        match verdict {
            Severity::Permitted => fl!(self.loader, "verdict-permitted"),
            Severity::NeedsReview => fl!(self.loader, "verdict-needs-review"),
            Severity::Improper => fl!(self.loader, "verdict-improper"),
        }
    }

    /// Who answers for a finding.
    pub fn answerable(&self, all: &[Answerable]) -> String {
        let one = |who: &Answerable| match who {
            Answerable::Agency => fl!(self.loader, "answers-agency"),
            Answerable::Officer => fl!(self.loader, "answers-officer"),
            Answerable::Auxiliary => fl!(self.loader, "answers-auxiliary"),
        };
        all.iter().map(one).collect::<Vec<_>>().join(self.comma())
    }

    /// Where a task's review stands.
    pub fn status(&self, status: TaskStatus) -> String {
        match status {
            TaskStatus::Clear => fl!(self.loader, "status-clear"),
            TaskStatus::Open => fl!(self.loader, "status-open"),
            TaskStatus::Statement => fl!(self.loader, "status-statement"),
            TaskStatus::Confirmed => fl!(self.loader, "status-confirmed"),
            TaskStatus::Dismissed => fl!(self.loader, "status-dismissed"),
            TaskStatus::Annulled => fl!(self.loader, "status-annulled"),
        }
    }

    /// A step of a review.
    pub fn decision(&self, decision: Decision) -> String {
        match decision {
            Decision::Note => fl!(self.loader, "decision-note"),
            Decision::Propose => fl!(self.loader, "decision-propose"),
            Decision::Confirm => fl!(self.loader, "decision-confirm"),
            Decision::Dismiss => fl!(self.loader, "decision-dismiss"),
            Decision::Statement => fl!(self.loader, "decision-statement"),
            Decision::OrderCorrection => fl!(self.loader, "decision-order-correction"),
            Decision::Criticise => fl!(self.loader, "decision-criticise"),
            Decision::ReturnToCompany => fl!(self.loader, "decision-return"),
            Decision::Transfer => fl!(self.loader, "decision-transfer"),
            Decision::Facts => fl!(self.loader, "decision-facts"),
            Decision::Evidence => fl!(self.loader, "decision-evidence"),
            Decision::Reopen => fl!(self.loader, "decision-reopen"),
        }
    }

    /// A step about a permitted task that was sampled.
    pub fn decision_on_sample(&self, step: Decision) -> String {
        match step {
            Decision::Confirm => fl!(self.loader, "decision-sample-confirm"),
            Decision::Dismiss => fl!(self.loader, "decision-sample-dismiss"),
            step => self.decision(step),
        }
    }

    /// Why a step of a review is not open.
    pub fn closed(&self, why: Closed) -> String {
        match why {
            Closed::Own => fl!(self.loader, "closed-own"),
            Closed::Decided => fl!(self.loader, "closed-decided"),
            Closed::Undecided => fl!(self.loader, "closed-undecided"),
            Closed::Nothing => fl!(self.loader, "closed-nothing"),
            Closed::NoFacts => fl!(self.loader, "closed-no-facts"),
            Closed::NoEvidence => fl!(self.loader, "closed-no-evidence"),
            Closed::NotAsked => fl!(self.loader, "closed-not-asked"),
            Closed::NotHeard => fl!(self.loader, "closed-not-heard"),
            Closed::NotTheirs => fl!(self.loader, "closed-not-theirs"),
            Closed::Role => fl!(self.loader, "closed-role"),
            Closed::Nobody => fl!(self.loader, "closed-nobody"),
            Closed::OwnDecision => fl!(self.loader, "closed-own-decision"),
            Closed::NotGivenAgain => fl!(self.loader, "closed-not-given-again"),
            Closed::Unsaid => fl!(self.loader, "closed-unsaid"),
            Closed::Emptied => fl!(self.loader, "closed-emptied"),
        }
    }

    /// An auxiliary's standing.
    pub fn standing(&self, status: Status) -> String {
        match status {
            Status::Active => fl!(self.loader, "standing-active"),
            Status::Suspended => fl!(self.loader, "standing-suspended"),
            Status::Departed => fl!(self.loader, "standing-departed"),
        }
    }

    /// What stands against sending somebody, by the rule that says so.
    pub fn against(&self, rule: &str) -> String {
        match rule {
            "person.departed" => fl!(self.loader, "against-departed"),
            "person.suspended" => fl!(self.loader, "against-suspended"),
            "person.no-certificate" => fl!(self.loader, "against-no-certificate"),
            "person.untrained" => fl!(self.loader, "against-untrained"),
            "person.failed-assessment" => fl!(self.loader, "against-failed-assessment"),
            "person.underage" => fl!(self.loader, "against-underage"),
            "person.standing-unknown" => fl!(self.loader, "against-unknown"),
            "person.other-agency" => fl!(self.loader, "against-other-agency"),
            _ => fl!(self.loader, "against-other"),
        }
    }

    /// How training or assessment ended.
    pub fn outcome(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Passed => fl!(self.loader, "outcome-passed"),
            Outcome::Failed => fl!(self.loader, "outcome-failed"),
            Outcome::None => fl!(self.loader, "outcome-none"),
        }
    }

    /// Why somebody has to look at a record, by the server's name for it.
    pub fn attention(&self, what: &str) -> String {
        if let Some(besides) = what.strip_suffix("_time_doubtful") {
            return format!("{} · {}", self.attention(besides), fl!(self.loader, "attention-time-doubtful"));
        }
        match what {
            "held" => fl!(self.loader, "attention-held"),
            "set_aside" => fl!(self.loader, "attention-set-aside"),
            "verdict_differs" => fl!(self.loader, "attention-verdict-differs"),
            "stale" => fl!(self.loader, "attention-stale"),
            "void" => fl!(self.loader, "attention-void"),
            "time_doubtful" => fl!(self.loader, "attention-time-doubtful"),
            "order_refused" => fl!(self.loader, "attention-order-refused"),
            other => other.to_owned(),
        }
    }

    /// Why a server set a record aside.
    pub fn set_aside(&self, why: RefusedFor) -> String {
        match why {
            RefusedFor::Signature => fl!(self.loader, "aside-signature"),
            RefusedFor::Chain => fl!(self.loader, "aside-chain"),
            RefusedFor::Fork => fl!(self.loader, "aside-fork"),
            RefusedFor::Body => fl!(self.loader, "aside-body"),
            RefusedFor::UnknownWriter => fl!(self.loader, "aside-unknown-writer"),
            RefusedFor::Opening => fl!(self.loader, "aside-opening"),
            RefusedFor::DayFull => fl!(self.loader, "aside-day-full"),
            RefusedFor::AgencyFull => fl!(self.loader, "aside-agency-full"),
        }
    }
}
