//! What the rows on limits, plans, recruitments and eligibility read of one.

use auxlog_law::Status;
use auxlog_record::{Date, Datum};
use chrono::Months;

use crate::rules::Stated;
use crate::{Dossier, Reading};

/// From this share of a limit on it is nearly full.
const NEAR_PERCENT: i64 = 90;

/// The entries of a register that stand.
fn standing(entries: &dyn Reading, register: &str) -> Vec<std::sync::Arc<Dossier>> {
    let all = crate::named(register).and_then(|register| entries.dossiers(register, None).ok()).unwrap_or_default();
    all.into_iter().filter(|entry| !entry.is_annulled()).collect()
}

/// The entry that a field names.
fn named(entries: &dyn Reading, dossier: &Dossier, field: &str) -> Option<std::sync::Arc<Dossier>> {
    entries.dossier(dossier.text(field)?.parse().ok()?).ok().flatten()
}

pub(crate) fn limit(entries: &dyn Reading, limit: &Dossier, day: Date) -> Stated {
    let agency = limit.text("agency").unwrap_or_default();
    let roster = entries.roster();
    let at_work = roster.auxiliaries.values().filter(|person| {
        person.agency.0 == agency && person.status == Status::Active && person.left_on.is_none_or(|left| day <= left)
    });
    let number = |dossier: &Dossier, key: &str| dossier.get(key).and_then(Datum::number).unwrap_or(0);
    let at_work = i64::try_from(at_work.count()).unwrap_or(i64::MAX);
    let planned: i64 = standing(entries, "plan")
        .iter()
        .filter(|plan| plan.state == "approved" && plan.text("field") == limit.text("field"))
        .map(|plan| number(plan, "count"))
        .sum();
    // Who works in which field the roster does not say: all limits of the agency together bind all of them.
    let of_agency = |other: &&std::sync::Arc<Dossier>| {
        other.text("agency") == Some(agency) && other.state_on(day).key == "in_force"
    };
    let approved: i64 =
        standing(entries, "limit").iter().filter(of_agency).map(|limit| number(limit, "approved")).sum();
    let used = at_work.saturating_add(planned);
    let full = match approved {
        _ if limit.state_on(day).key != "in_force" => "within",
        _ if used > approved => "exceeded",
        _ if used.saturating_mul(100) >= approved.saturating_mul(NEAR_PERCENT) => "near",
        _ => "within",
    };
    let above = limit.text("field") == Some("urban")
        && limit
            .get("establishment")
            .and_then(Datum::number)
            .is_some_and(|officers| number(limit, "approved") > officers);
    vec![("use", full), ("ratio", if above { "above" } else { "within" })]
}

pub(crate) fn plan(_: &dyn Reading, plan: &Dossier, _: Date) -> Stated {
    let town = plan.get("town").is_some_and(Datum::is_yes) && plan.text("field") == Some("urban");
    let through = plan.text("applicant").is_some_and(|by| by.contains("综合行政执法局"));
    let forbidden =
        plan.get("duties").is_some_and(|duties| duties.texts().iter().any(|duty| duty.trim().starts_with("17")));
    vec![
        ("applicant", if town && !through { "wrong" } else { "proper" }),
        ("duties", if forbidden { "forbidden" } else { "allowed" }),
    ]
}

pub(crate) fn recruitment(entries: &dyn Reading, recruitment: &Dossier, _: Date) -> Stated {
    let plan = named(entries, recruitment, "plan");
    let approved = plan.is_some_and(|plan| matches!(plan.state, "approved" | "closed"));
    let found = |person| {
        let checks = entries.of_person("eligibility", person);
        let states: Vec<&str> = checks.iter().filter(|one| !one.is_annulled()).map(|one| one.state).collect();
        match states.as_slice() {
            states if states.contains(&"barred") => "barred",
            states if states.contains(&"eligible") => "cleared",
            _ => "unchecked",
        }
    };
    let found: Vec<&str> = recruitment.persons().iter().map(found).collect();
    let worst = ["barred", "unchecked"].into_iter().find(|state| found.contains(state)).unwrap_or("cleared");
    vec![("plan", if approved { "approved" } else { "unapproved" }), ("candidates", worst)]
}

pub(crate) fn eligibility(_: &dyn Reading, eligibility: &Dossier, day: Date) -> Stated {
    let hired = eligibility.day_in("hired");
    let part = |group: &str, key: &str| eligibility.part(group, key).and_then(Datum::text).unwrap_or_default();
    let conditions: Vec<&str> = (1..=6).map(|n| part(&format!("c{n}_check"), "result")).collect();
    let mut bars = Vec::new();
    let mut due = false;
    for n in 1..=8 {
        let group = format!("b{n}_check");
        let later = crate::field::date_of(part(&group, "on")).zip(hired).is_some_and(|(on, hired)| on > hired);
        bars.push(match part(&group, "result") {
            "found" if later => "later",
            result => result,
        });
        due |= crate::field::date_of(part(&group, "recheck")).is_some_and(|on| on <= day);
    }
    let open = |all: &[&str], good: &str| all.iter().any(|one| *one != good && *one != "found" && *one != "later");
    let born = eligibility.day_in("born").and_then(|born| born.0.checked_add_months(Months::new(18 * 12)));
    let condition = match () {
        () if conditions.contains(&"unmet") => "unmet",
        () if open(&conditions, "met") => "unchecked",
        () => "met",
    };
    let bar = match () {
        () if bars.contains(&"found") => "found",
        () if bars.contains(&"later") => "later",
        () if open(&bars, "none") => "unchecked",
        () => "none",
    };
    vec![
        ("conditions", condition),
        ("age", if born.is_some_and(|of_age| of_age > hired.unwrap_or(day).0) { "minor" } else { "adult" }),
        ("bars", bar),
        ("recheck", if due { "due" } else { "current" }),
    ]
}
