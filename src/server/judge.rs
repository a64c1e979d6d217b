//! Judging what laptops send once more, by the same law and on the roster version they used.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use auxlog_law::{Rulebook, Verdict};
use auxlog_record::facts::{Defaults, Source, reduce};
use auxlog_record::{AgencyId, Date, Roster, Task, china};
use auxlog_sync::roster::unpack_piece;
use chrono::TimeZone as _;

use crate::scope::AgencyScope;
use crate::store::{Store, StoreError};

/// Roster versions kept in memory; laptops use the newest few.
const ROSTERS: usize = 16;

/// Rosters by agency and version.
type Rosters = HashMap<(AgencyId, u64), Arc<Roster>>;

/// The rosters that verdicts were given on.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    rosters: Arc<Mutex<Rosters>>,
}

impl Judge {
    pub(crate) fn new() -> Self {
        Self { rosters: Arc::default() }
    }

    /// The newest roster of an agency; an empty one where it has none.
    pub(crate) async fn newest(&self, store: &Store, scope: &AgencyScope) -> Result<Arc<Roster>, StoreError> {
        let version = store.roster(scope, None).await?.map_or(0, |row| row.version);
        Ok(self.roster(store, scope, version).await?.unwrap_or_default())
    }

    /// Version `version` of an agency's roster; `None` when this server never issued it, as
    /// before a stand-alone laptop enrolled.
    pub(crate) async fn roster(
        &self,
        store: &Store,
        scope: &AgencyScope,
        version: u64,
    ) -> Result<Option<Arc<Roster>>, StoreError> {
        if version == 0 {
            return Ok(Some(Arc::default()));
        }
        let place = (scope.agency().clone(), version);
        if let Some(roster) = self.kept().get(&place) {
            return Ok(Some(Arc::clone(roster)));
        }
        let Some(row) = store.roster(scope, Some(version)).await? else { return Ok(None) };
        let corrupt = |what: String| StoreError::Corrupt { table: "object", what };
        let mut pieces = BTreeMap::new();
        for hash in row.manifest.pieces() {
            if let Some(packed) = store.object(scope, *hash).await? {
                let (found, piece) = unpack_piece(&packed).map_err(|e| corrupt(e.to_string()))?;
                pieces.insert(found, piece);
            }
        }
        let roster = row.manifest.assemble(&pieces).map_err(|e| corrupt(e.to_string()))?;
        let roster = Arc::new(roster);
        let mut kept = self.kept();
        if kept.len() >= ROSTERS
            && let Some(oldest) = kept.keys().min_by_key(|(_, version)| *version).cloned()
        {
            kept.remove(&oldest);
        }
        kept.insert(place, Arc::clone(&roster));
        Ok(Some(roster))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Rosters> {
        self.rosters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server's own verdict on a task. An undated one is read on the day it was logged.
    pub(crate) fn verdict(task: &Task, roster: &Roster, agency: &AgencyId, wall_ms: i64) -> Verdict {
        let today = china().timestamp_millis_opt(wall_ms).single().map(|at| Date(at.date_naive()));
        let defaults = Defaults { source: Source::Roster, agency: Some(agency.clone()), today };
        let rulebook = Rulebook::in_force_at(task.at.map(|at| at.0));
        let reduced = reduce(|code| rulebook.activity(code), task, roster, &defaults);
        let suggestion = task.text.as_deref().map(|text| rulebook.suggest(text));
        rulebook.judge_task(&reduced.facts, suggestion.as_ref())
    }

    /// Whether the laptop's verdict is the server's: the same under the same rulebook; under
    /// another, at least as grave or as light.
    pub(crate) fn agrees(ours: &Verdict, theirs: &Verdict) -> bool {
        if ours.digest == theirs.digest { ours == theirs } else { ours.verdict == theirs.verdict }
    }
}
