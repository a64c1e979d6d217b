//! Facts of the person that a description speaks of: certificate, training, assessment,
//! departure, recusal.

use super::lexicon::Lexicon;
use super::scan::Scan;
use crate::{Outcome, Recusal, Status, SuggestedPerson};

/// Whether `code` is a provision about the person rather than an activity.
pub(crate) fn is_person_item(code: &str) -> bool {
    matches!(code, "21" | "22" | "19.7")
}

/// The facts behind the person's provisions among `items`.
pub(crate) fn read<'a>(lexicon: &Lexicon, scan: &Scan<'_>, items: impl Iterator<Item = &'a str>) -> SuggestedPerson {
    let mut person = SuggestedPerson::default();
    let c = &lexicon.context;
    let says = |class| scan.hits.iter().any(|h| !h.noise && lexicon.is(h.word, class));
    for item in items {
        match item {
            "21" => {
                let failed = says(c.failed);
                if says(c.training) {
                    person.training = Some(if failed && !says(c.assessment) { Outcome::Failed } else { Outcome::None });
                }
                if says(c.assessment) {
                    person.assessment = Some(Outcome::Failed);
                    if failed {
                        person.training = None;
                    }
                }
                if says(c.certificate) || (person.training.is_none() && person.assessment.is_none()) {
                    person.certificate_valid = Some(false);
                }
            }
            "22" => person.status = Some(Status::Departed),
            "19.7" => {
                person.recusal = Some(if says(c.recusal_decided) { Recusal::Decided } else { Recusal::Known });
            }
            _ => {}
        }
    }
    person
}
