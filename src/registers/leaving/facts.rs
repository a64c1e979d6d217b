//! What the rows on leaving read (第二十二条).

use auxlog_record::Date;

use crate::rules::Stated;
use crate::{Dossier, Reading};

pub(crate) fn leaving(entries: &dyn Reading, leaving: &Dossier, day: Date) -> Stated {
    let gone = leaving.state != "withdrawn" && leaving.day_in("effective").is_some_and(|effective| effective <= day);
    let stands = |register: &str, states: &[&str]| {
        let of = |person| entries.of_person(register, person);
        let stands = |one: &std::sync::Arc<Dossier>| !one.is_annulled() && states.contains(&&*one.state_on(day).key);
        gone && leaving.persons().iter().any(|person| of(person).iter().any(stands))
    };
    vec![
        ("kit", if stands("kit", &["in_use"]) { "outstanding" } else { "settled" }),
        ("certificate", if stands("certificate", &["issued", "suspended"]) { "active" } else { "recalled" }),
    ]
}
