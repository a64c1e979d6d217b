//! Judging what laptops send once more, by the same law and on the roster version they used.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use auxlog_law::{Rulebook, RulebookSet, Verdict};
use auxlog_record::facts::{Defaults, Judging, Source, judge, told_by_both};
use auxlog_record::{AgencyId, Date, Disposition, Judged, Moment, Roster, Task, china};
use auxlog_registers::{Entries, Reading as _, people_on};
use chrono::TimeZone as _;

use crate::rulebooks::Rulebooks;
use crate::scope::AgencyScope;
use crate::store::{Store, StoreError};

/// Roster versions kept in memory; laptops use the newest few.
const ROSTERS: usize = 16;

/// Rosters by agency and version.
type Rosters = HashMap<(AgencyId, u64), Arc<KnownRoster>>;

/// A version of a roster, as far as it is kept.
#[derive(Debug, Default)]
pub(crate) struct KnownRoster {
    roster: Arc<Roster>,
    /// Whether somebody who was on it is not any more.
    masked: bool,
}

impl Deref for KnownRoster {
    type Target = Roster;

    fn deref(&self) -> &Roster {
        &self.roster
    }
}

impl KnownRoster {
    /// The roster, to be kept elsewhere too.
    pub(crate) fn shared(&self) -> Arc<Roster> {
        Arc::clone(&self.roster)
    }

    /// Whether a task may name somebody whose row was masked.
    fn may_lack(&self, task: &Task) -> bool {
        let officers = task.officers.iter().flatten();
        self.masked
            && (task.auxiliaries.iter().any(|stated| !self.auxiliaries.contains_key(&stated.id))
                || officers.clone().any(|stated| !self.officers.contains_key(&stated.id)))
    }
}

/// The rosters that verdicts were given on, and the rulebooks by which they are judged again.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    rosters: Arc<Mutex<Rosters>>,
    rulebooks: Arc<Rulebooks>,
}

impl Judge {
    pub(crate) fn by(rulebooks: Rulebooks) -> Self {
        Self { rosters: Arc::default(), rulebooks: Arc::new(rulebooks) }
    }

    /// The rulebooks of all agencies.
    pub(crate) fn all_rulebooks(&self) -> &Rulebooks {
        &self.rulebooks
    }

    /// The rulebooks of an agency.
    pub(crate) fn rulebooks(&self, agency: &AgencyId) -> &RulebookSet {
        self.rulebooks.of(agency)
    }

    /// The newest roster of an agency; an empty one where it has none.
    pub(crate) async fn newest(&self, store: &Store, scope: &AgencyScope) -> Result<Arc<KnownRoster>, StoreError> {
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
    ) -> Result<Option<Arc<KnownRoster>>, StoreError> {
        if version == 0 {
            return Ok(Some(Arc::default()));
        }
        let place = (scope.agency().clone(), version);
        if let Some(roster) = self.kept().get(&place) {
            return Ok(Some(Arc::clone(roster)));
        }
        let Some(row) = store.roster(scope, Some(version)).await? else { return Ok(None) };
        let (roster, masked) = store.left_of(scope, &row.manifest).await?;
        let roster = Arc::new(KnownRoster { roster: Arc::new(roster), masked });
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

    /// What the server makes of the verdict that a record states: `used` is the roster that it names,
    /// where this server issued it, `newest` the one in force now.
    pub(crate) fn weigh(stated: &Stated<'_>, used: Option<&KnownRoster>, newest: &Roster) -> Weighed {
        let Stated { task, judged, agency, rulebooks, said, wall_ms, alone, lost, newer } = *stated;
        let Said { entries, received } = said;
        let theirs = &judged.verdict;
        // The server's own verdict is by the rulebook in force when it was done.
        let book = rulebooks.in_force_at(task.at.map(|at| at.0));
        // What was before the newest roster's dates may stand in the one that was used.
        let told = used.map(|used| told_by_both(task, newest, used, day_of(task, wall_ms)));
        let rows = told.as_ref().unwrap_or(newest);
        let told =
            day_of(task, wall_ms).filter(|_| !entries.is_empty()).and_then(|day| people_on(entries, rows, task, day));
        let by_rows = told.is_some().then_some(rows);
        let newest = told.as_ref().unwrap_or(rows);
        let Judging { reduced, verdict: ours, .. } = judged_by(book, task, newest, agency, wall_ms);
        let differs = |ours: Verdict| {
            let verdict = (ours != *theirs).then(|| Box::new(ours));
            Weighed { disposition: Disposition::VerdictDiffers, verdict }
        };
        let rulebook = rulebooks.with_digest(&theirs.digest);
        let given = judged.given.as_ref().zip(rulebook);
        let explained = given.is_none_or(|(given, rulebook)| {
            // The same facts under the same rulebook are not judged a second time.
            let same = theirs.digest == ours.digest && given.is_of(&reduced.facts);
            if same { ours == *theirs } else { given.judge(task, rulebook) == *theirs }
        });
        if ours == *theirs {
            // Facts that do not give it are no less a lie because it is right: it would be given again on them.
            return if explained { Weighed { disposition: Disposition::Logged, verdict: None } } else { differs(ours) };
        }
        let Some(rulebook) = rulebook else {
            // Of a rulebook with layers of the laptop's own only this can be said: they add, so that
            // nothing that the server finds is missing.
            let lighter = |ours: &Verdict| {
                theirs.verdict < ours.verdict || ours.findings.iter().any(|finding| !theirs.findings.contains(finding))
            };
            // They may be of a laptop whose program is an earlier release.
            let by = |book| lighter(&verdict_by(book, task, newest, agency, wall_ms));
            return if !lighter(&ours) {
                Weighed { disposition: Disposition::Logged, verdict: None }
            } else if Rulebook::released().iter().all(by) {
                differs(ours)
            } else {
                Weighed { disposition: Disposition::Stale, verdict: Some(Box::new(ours)) }
            };
        };
        // Facts that do not give the verdict explain nothing, nor does the first rulebook where whoever names it
        // has a program that knows better: 0.1.0 stated no facts.
        let outdated = !rulebook.reads_days() && (judged.given.is_some() || newer);
        if !explained || outdated {
            return differs(ours);
        }
        // Whoever had seen what the registers say leaves it out of no roster.
        let read =
            |used| day_of(task, wall_ms).filter(|_| received).and_then(|day| people_on(entries, used, task, day));
        let then = used
            .map(|used: &KnownRoster| verdict_by(rulebook, task, read(used).as_ref().unwrap_or(used), agency, wall_ms));
        // What was logged before the laptop joined was judged by a roster that this server never had; after a
        // backup was put back it has not all of them any more, nor of older ones those who were masked.
        let unknown = alone || lost || used.is_some_and(|used| used.may_lack(task));
        // What stands in a register may not have reached the laptop, unless its own chain proves that it had.
        let rows_alone = || by_rows.filter(|_| !received).map(|rows| verdict_by(rulebook, task, rows, agency, wall_ms));
        if then.as_ref() == Some(theirs) || rows_alone().as_ref() == Some(theirs) || (unknown && judged.given.is_some())
        {
            return Weighed { disposition: Disposition::Stale, verdict: Some(Box::new(ours)) };
        }
        differs(then.filter(|then| then.verdict > ours.verdict).unwrap_or(ours))
    }
}

/// A verdict that a record states, and what it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stated<'a> {
    pub(crate) task: &'a Task,
    /// What was judged.
    pub(crate) judged: &'a Judged,
    /// In whose log.
    pub(crate) agency: &'a AgencyId,
    /// The rulebooks of that agency.
    pub(crate) rulebooks: &'a RulebookSet,
    /// What the registers say of the people whom it names.
    pub(crate) said: Said<'a>,
    /// When, by the laptop's clock.
    pub(crate) wall_ms: i64,
    /// Whether the laptop stood alone then.
    pub(crate) alone: bool,
    /// Whether the log says that the roster that it names was issued, and it is not here.
    pub(crate) lost: bool,
    /// Whether its writer's program is newer than 0.1.0.
    pub(crate) newer: bool,
}

/// What registers say of people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) entries: &'a Entries,
    /// Whether the author's chain proves that they had seen all of it.
    pub(crate) received: bool,
}

/// What the server makes of a stated verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// Whether it differs, and whether that is explained.
    pub(crate) disposition: Disposition,
    /// The server's own, where it is another.
    pub(crate) verdict: Option<Box<Verdict>>,
}

fn verdict_by(rulebook: &Rulebook, task: &Task, roster: &Roster, agency: &AgencyId, wall_ms: i64) -> Verdict {
    judged_by(rulebook, task, roster, agency, wall_ms).verdict
}

fn judged_by(rulebook: &Rulebook, task: &Task, roster: &Roster, agency: &AgencyId, wall_ms: i64) -> Judging {
    let defaults = Defaults { source: Source::Roster, agency: Some(agency.clone()), today: day_of(task, wall_ms) };
    judge(rulebook, task, roster, &defaults)
}

/// The day that a task is of: the one on which it was logged, where it is undated.
fn day_of(task: &Task, wall_ms: i64) -> Option<Date> {
    let logged = || china().timestamp_millis_opt(wall_ms).single().map(Moment);
    task.at.or_else(logged).map(Moment::china_date)
}
