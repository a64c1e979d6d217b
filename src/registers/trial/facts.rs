//! What the rows on the register that tests declare read of an entry.

use auxlog_record::{Date, Datum};

use crate::rules::Stated;
use crate::{Dossier, Reading};

pub(crate) fn facts(_: &dyn Reading, entry: &Dossier, _: Date) -> Stated {
    vec![("urgent", if entry.get("urgent").is_some_and(Datum::is_yes) { "yes" } else { "no" })]
}
