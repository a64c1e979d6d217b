//! What the rows on discipline and recovery read (第二十九条).

use auxlog_record::{Date, Datum};

use crate::rules::Stated;
use crate::{Dossier, Reading};

pub(crate) fn discipline(_: &dyn Reading, file: &Dossier, _: Date) -> Stated {
    let decided = file.taken.iter().rev().find(|taken| taken.step.key == "decide");
    let said = |key: &str| {
        let decided = decided?;
        let field = decided.step.fields.iter().find(|field| field.key == key)?;
        decided.data.get(&field.n)
    };
    let returned = said("measure").is_some_and(|measure| measure.texts().contains(&"return"));
    let of_17 = file.get("items").is_some_and(|items| items.texts().iter().all(|item| item.trim().starts_with("17")));
    let protected = file.text("protected").is_some_and(|state| state != "none");
    vec![
        ("items", if of_17 { "of_17" } else { "other" }),
        ("ground", if returned && said("ground").is_none() { "missing" } else { "given" }),
        ("state", if returned && protected { "protected" } else { "none" }),
    ]
}

pub(crate) fn recovery(_: &dyn Reading, recovery: &Dossier, _: Date) -> Stated {
    let fault = recovery.get("fault").and_then(Datum::text);
    let open = recovery.state == "paid" && matches!(fault, Some("intent" | "gross"));
    vec![("decision", if open { "open" } else { "made" })]
}
