//! What the rows on pay, payrolls, budgets and injuries read of one.

use auxlog_record::{Date, Datum};
use chrono::Days;

use crate::rules::Stated;
use crate::{Dossier, Reading};

/// How long a company has to apply for a work injury (工伤保险条例第十七条).
const APPLY_DAYS: u64 = 30;

const AMOUNTS: [&str; 3] = ["罚款", "罚没", "收费"];

const CASES: [&str; 4] = ["件数", "单数", "罚单", "案件数"];

/// Whether what stands in fields names what nothing may be linked to (第二十三条第一项; 行政处罚法第七十四条).
pub(crate) fn linked<'d>(data: impl Iterator<Item = &'d Datum>) -> (&'static str, &'static str) {
    let texts: Vec<&str> = data.flat_map(Datum::texts).collect();
    let names = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    let how = match () {
        () if names(&AMOUNTS) => "linked",
        () if names(&CASES) => "counted",
        () => "none",
    };
    ("fines", how)
}

pub(crate) fn pay(_: &dyn Reading, pay: &Dossier, _: Date) -> Stated {
    vec![linked(pay.data.values())]
}

pub(crate) fn payroll(_: &dyn Reading, payroll: &Dossier, _: Date) -> Stated {
    vec![linked(payroll.data.values())]
}

pub(crate) fn budget(_: &dyn Reading, budget: &Dossier, _: Date) -> Stated {
    vec![("label", if budget.text("booked") == Some("purchase") { "purchase" } else { "staff" })]
}

pub(crate) fn injury(_: &dyn Reading, injury: &Dossier, day: Date) -> Stated {
    let waits = matches!(injury.state, "reported" | "company_told") && injury.day_in("applied_on").is_none();
    let due = injury.day_in("on").and_then(|on| on.0.checked_add_days(Days::new(APPLY_DAYS)));
    vec![("clock", if waits && due.is_some_and(|due| due < day.0) { "late" } else { "in_time" })]
}
