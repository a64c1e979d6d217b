//! What the rows on companies, agreements and contracts read of one.

use auxlog_record::{Date, Datum};
use chrono::{Days, Months};

use crate::rules::Stated;
use crate::{Dossier, Reading};

/// The parts that an agreement must have (第十条), by their fields.
const PARTS: [&str; 7] = ["posts", "persons", "terms", "pay", "insurance", "fund", "liability"];

/// Agreements that follow each other within so many days count as one after the other.
const GAP_DAYS: u64 = 31;

const TWO_YEARS: Months = Months::new(24);

pub(crate) fn company(_: &dyn Reading, company: &Dossier, day: Date) -> Stated {
    let lapsed = company.state_on(day).key == "lapsed";
    let own = company.get("affiliated").is_some_and(Datum::is_yes);
    vec![("licence", if lapsed { "lapsed" } else { "valid" }), ("affiliation", if own { "own" } else { "none" })]
}

pub(crate) fn agreement(entries: &dyn Reading, agreement: &Dossier, day: Date) -> Stated {
    let said = |key: &str| match agreement.get(key) {
        Some(Datum::Text(text)) => !text.trim().is_empty(),
        Some(Datum::List(list)) => !list.is_empty(),
        Some(_) => true,
        None => false,
    };
    let parts = PARTS.map(|key| (key, if said(key) { "stated" } else { "missing" }));
    let chained = [
        ("chain", if is_split(entries, agreement) { "split" } else { "single" }),
        ("contracts", if lacks_contract(entries, agreement, day) { "missing" } else { "all" }),
    ];
    parts.into_iter().chain(chained).collect()
}

pub(crate) fn contract(_: &dyn Reading, contract: &Dossier, _: Date) -> Stated {
    vec![("term", if is_short(contract) { "short" } else { "two_years" })]
}

/// Whether its term is under two years, or is not stated.
fn is_short(dossier: &Dossier) -> bool {
    let (Some(from), Some(until)) = (dossier.day_in("from"), dossier.day_in("until")) else { return true };
    // The last day counts: from 1 March to the last of February two years on is two years.
    let end = until.0.checked_add_days(Days::new(1)).unwrap_or(until.0);
    from.0.checked_add_months(TWO_YEARS).is_none_or(|due| end < due)
}

/// Whether an agreement with the same company for one of the same persons and posts ends where this one begins,
/// both short (劳动合同法第五十九条).
fn is_split(entries: &dyn Reading, agreement: &Dossier) -> bool {
    let Some(from) = agreement.day_in("from").filter(|_| is_short(agreement)) else { return false };
    let list = |dossier: &Dossier, key: &str| match dossier.get(key) {
        Some(Datum::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    let shares = |other: &Dossier, key: &str| {
        let of_other = list(other, key);
        list(agreement, key).iter().any(|one| of_other.contains(one))
    };
    let before = |other: &Dossier| {
        let close = |until: Date| {
            until < from && until.0.checked_add_days(Days::new(GAP_DAYS)).is_none_or(|reach| from.0 <= reach)
        };
        other.id != agreement.id
            && !other.is_annulled()
            && other.text("company") == agreement.text("company")
            && other.day_in("until").is_some_and(close)
            && is_short(other)
            && shares(other, "persons")
            && shares(other, "posts")
    };
    agreement.persons().iter().any(|person| entries.of_person("agreement", person).iter().any(|other| before(other)))
}

/// Whether of somebody covered no contract is on record a month after the agreement began (劳动合同法第十条).
fn lacks_contract(entries: &dyn Reading, agreement: &Dossier, day: Date) -> bool {
    let begun = agreement.day_in("from").and_then(|from| from.0.checked_add_months(Months::new(1)));
    if begun.is_none_or(|due| due > day.0) || agreement.state_on(day).ended {
        return false;
    }
    let lacks = |person| entries.of_person("contract", person).iter().all(|contract| contract.is_annulled());
    agreement.persons().iter().any(lacks)
}
