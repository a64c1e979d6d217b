//! By which rulebooks a server judges.

use std::collections::BTreeMap;

use auxlog_law::RulebookSet;
use auxlog_record::AgencyId;

/// The rulebooks of a server's agencies.
#[derive(Debug, Clone, Default)]
pub struct Rulebooks {
    /// Those of an agency that has none of its own.
    pub of_all: RulebookSet,
    /// Those of agencies that add rules of their own.
    pub of: BTreeMap<AgencyId, RulebookSet>,
}

impl Rulebooks {
    /// Those by which this agency's records are judged.
    pub fn of(&self, agency: &AgencyId) -> &RulebookSet {
        self.of.get(agency).unwrap_or(&self.of_all)
    }
}
