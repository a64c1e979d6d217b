//! What renderers 1 and 2 tell of a task: the fields of their day, in the words of their day. Neither
//! changes any more, with the messages `evidence-first-…`.

use auxlog_law::{Mode, Presence, Rulebook, Severity};
use auxlog_record::Decision;
use auxlog_record::fold::TaskView;
use auxlog_record::review::Closed;
use i18n_embed_fl::fl;

use super::moment;
use crate::words::Words;

pub(super) fn rows(view: &TaskView, words: &Words) -> Vec<(String, String)> {
    let loader = words.loader();
    let task = &view.task;
    let rulebook = Rulebook::embedded();
    let named =
        |code: &String| match rulebook.activity(code).and_then(|id| rulebook.activities().get(usize::from(id.0))) {
            Some(activity) => format!("{code} {}", activity.name(words.lang())),
            None => code.clone(),
        };
    let people = view.judged().into_iter().flat_map(|judged| &judged.people).map(|person| match &person.name {
        Some(name) => format!("{name}（{}）", person.id),
        None => person.id.to_string(),
    });
    let officers = task.officers.iter().flatten().map(|officer| officer.id.to_string());
    let join = |parts: Vec<String>| parts.join(words.comma());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        (fl!(loader, "evidence-reference"), task.id.clone()),
        (fl!(loader, "evidence-first-agency"), view.agency.to_string()),
        (fl!(loader, "evidence-first-when"), task.at.map(moment).unwrap_or_default()),
        (fl!(loader, "evidence-first-place"), text(&task.place)),
        (fl!(loader, "evidence-first-counterpart"), text(&task.counterpart)),
        (fl!(loader, "evidence-first-text"), text(&task.text)),
        (fl!(loader, "evidence-first-items"), join(task.items.iter().map(named).collect())),
        (fl!(loader, "evidence-first-mode"), mode(task.mode, words)),
        (fl!(loader, "evidence-first-presence"), presence(task.presence, words)),
        (fl!(loader, "evidence-first-auxiliaries"), join(people.collect())),
        (fl!(loader, "evidence-first-officers"), join(officers.collect())),
        (fl!(loader, "evidence-first-verdict"), verdict(view.worst, words)),
    ]
}

fn mode(mode: Mode, words: &Words) -> String {
    match mode {
        Mode::Independent => fl!(words.loader(), "evidence-first-independent"),
        Mode::Assisted => fl!(words.loader(), "evidence-first-assisted"),
        Mode::Unstated => fl!(words.loader(), "evidence-first-unstated"),
    }
}

fn presence(presence: Presence, words: &Words) -> String {
    match presence {
        Presence::OnScene => fl!(words.loader(), "evidence-first-on-scene"),
        Presence::Remote => fl!(words.loader(), "evidence-first-remote"),
        Presence::None => fl!(words.loader(), "evidence-first-absent"),
        Presence::Unstated => fl!(words.loader(), "evidence-first-unstated"),
    }
}

pub(super) fn verdict(verdict: Severity, words: &Words) -> String {
    match verdict {
        Severity::Permitted => fl!(words.loader(), "evidence-first-permitted"),
        Severity::NeedsReview => fl!(words.loader(), "evidence-first-needs-review"),
        Severity::Improper => fl!(words.loader(), "evidence-first-improper"),
    }
}

/// A step of a review.
pub(super) fn decision(decision: Decision, words: &Words) -> String {
    let loader = words.loader();
    match decision {
        Decision::Note => fl!(loader, "evidence-first-note"),
        Decision::Propose => fl!(loader, "evidence-first-propose"),
        Decision::Confirm => fl!(loader, "evidence-first-confirm"),
        Decision::Dismiss => fl!(loader, "evidence-first-dismiss"),
        Decision::Statement => fl!(loader, "evidence-first-statement"),
        Decision::OrderCorrection => fl!(loader, "evidence-first-order-correction"),
        Decision::Criticise => fl!(loader, "evidence-first-criticise"),
        Decision::ReturnToCompany => fl!(loader, "evidence-first-return"),
        Decision::Transfer => fl!(loader, "evidence-first-transfer"),
        Decision::Facts => fl!(loader, "evidence-first-facts"),
        Decision::Evidence => fl!(loader, "evidence-first-evidence"),
        Decision::Reopen => fl!(loader, "evidence-first-reopen"),
    }
}

/// Why a step is void, as renderer 2 says it.
pub(super) fn closed(why: Closed, words: &Words) -> String {
    let loader = words.loader();
    match why {
        Closed::Own => fl!(loader, "evidence-second-own"),
        Closed::Decided => fl!(loader, "evidence-second-decided"),
        Closed::Undecided => fl!(loader, "evidence-second-undecided"),
        Closed::Nothing => fl!(loader, "evidence-second-nothing"),
        Closed::NoFacts => fl!(loader, "evidence-second-no-facts"),
        Closed::NoEvidence => fl!(loader, "evidence-second-no-evidence"),
        Closed::NotAsked => fl!(loader, "evidence-second-not-asked"),
        Closed::NotHeard => fl!(loader, "evidence-second-not-heard"),
        Closed::NotTheirs => fl!(loader, "evidence-second-not-his"),
        Closed::Role => fl!(loader, "evidence-second-role"),
        Closed::Nobody => fl!(loader, "evidence-second-nobody"),
        Closed::OwnDecision => fl!(loader, "evidence-second-own-decision"),
        Closed::NotGivenAgain => fl!(loader, "evidence-second-not-given-again"),
        Closed::Unsaid => fl!(loader, "evidence-second-unsaid"),
        Closed::Emptied => fl!(loader, "evidence-second-emptied"),
    }
}
