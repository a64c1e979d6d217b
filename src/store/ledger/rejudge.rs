//! Judging stored tasks again, under another rulebook. No old verdict is touched: the new one is
//! a record of its own.

use auxlog_law::{RulebookSet, Verdict, VerdictChange};
use auxlog_record::{Event, Moment, RecordId, Rejudged};

use super::{Ledger, Reader};
use crate::LedgerError;

/// A stored task on which another rulebook decides otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejudgement {
    /// The record that logged it.
    pub id: RecordId,
    /// Its own reference.
    pub reference: String,
    /// When it was done.
    pub at: Option<Moment>,
    /// Numbers of its auxiliaries, in its order.
    pub people: Vec<String>,
    /// The new verdict.
    pub verdict: Verdict,
    /// What changes.
    pub change: VerdictChange,
}

impl Reader {
    /// Judges every logged task by the version of `rulebooks` that was in force when it was done,
    /// and gives to `found` those on which it decides otherwise than the rulebook of their newest
    /// verdict. Both judge on today's roster where the older rulebook is known, so that a
    /// difference is the rulebooks'; else the verdict as stored is compared.
    ///
    /// Returns how many tasks were judged; `progress` hears how many of how many are done.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back, and what `found` gives.
    pub fn rejudge(
        &self,
        rulebooks: &RulebookSet,
        progress: &dyn Fn(u64, u64),
        found: &mut dyn FnMut(Rejudgement) -> Result<(), LedgerError>,
    ) -> Result<u64, LedgerError> {
        let ids: Vec<RecordId> = self.index().ids().collect();
        let mut judged = 0;
        for (done, id) in (1_u64..).zip(&ids) {
            progress(done, ids.len() as u64);
            let (_, view) = self.view(*id)?;
            let stored = view.newest_verdict.as_ref().or(view.judged.as_ref().map(|judged| &judged.verdict));
            let Some(stored) = stored.filter(|_| !view.planned) else { continue };
            judged += 1;
            let rulebook = rulebooks.in_force_at(view.task.at.map(|at| at.0));
            if stored.digest == rulebook.digest() {
                continue;
            }
            let verdict = self.judge_by(rulebook, &view.task).judged.verdict;
            let known = RulebookSet::in_use().with_digest(&stored.digest).or_else(|| {
                let embedded = auxlog_law::Rulebook::embedded();
                (embedded.digest() == stored.digest).then_some(embedded)
            });
            let before = known.map(|known| self.judge_by(known, &view.task).judged.verdict);
            if let Some(change) = VerdictChange::between(before.as_ref().unwrap_or(stored), &verdict) {
                let people = view.task.auxiliaries.iter().map(|person| person.id.to_string()).collect();
                let (reference, at) = (view.task.id.clone(), view.task.at);
                found(Rejudgement { id: *id, reference, at, people, verdict, change })?;
            }
        }
        Ok(judged)
    }
}

impl Ledger {
    /// Records new verdicts beside the old ones.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`]; then none of them was recorded.
    pub fn record_rejudged(&self, rejudged: &[Rejudgement]) -> Result<(), LedgerError> {
        let event = |new: &Rejudgement| Event::Rejudged(Rejudged { target: new.id, verdict: new.verdict.clone() });
        self.append(&rejudged.iter().map(event).collect::<Vec<_>>())?;
        Ok(())
    }
}
