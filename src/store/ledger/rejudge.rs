//! Judging stored tasks again, under another rulebook. No old verdict is touched: the new one is
//! a record of its own.

use auxlog_law::{RulebookSet, Verdict, VerdictChange};
use auxlog_record::{Event, Hash, Moment, RecordId, Rejudged};

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
    /// The newest records about it that are here.
    pub based_on: Vec<Hash>,
    /// Whether what it was judged on is on record, so that everybody can give it again: a record of another
    /// would have no effect.
    pub provable: bool,
}

impl Reader {
    /// Judges every logged task by the version of `rulebooks` that was in force when it was done,
    /// and gives to `found` those on which it decides otherwise than the rulebook of their newest
    /// verdict. Both judge on what was known when it was judged, where that is on record, else on today's
    /// roster, so that a difference is the rulebooks'; where the older rulebook is not known, the verdict as
    /// stored is compared.
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
            let stored = view.newest_verdict().or(view.judged().map(|judged| &judged.verdict));
            let Some(stored) = stored.filter(|_| !view.planned) else { continue };
            judged += 1;
            let rulebook = rulebooks.in_force_at(view.task.at.map(|at| at.0));
            if stored.digest == rulebook.digest() {
                continue;
            }
            // Given again on what was known when it was judged, as everybody who reads it does once more.
            let given = view.newest_judged().and_then(|(task, judged)| Some((task, judged.given.as_ref()?)));
            let judge = |rulebook| match given {
                Some((task, given)) => given.judge(task, rulebook),
                None => self.judge_by(rulebook, &view.task).judged.verdict,
            };
            let verdict = judge(rulebook);
            let before = self.rulebooks.with_digest(&stored.digest).map(judge);
            if let Some(change) = VerdictChange::between(before.as_ref().unwrap_or(stored), &verdict) {
                let people = view.task.auxiliaries.iter().map(|person| person.id.to_string()).collect();
                let (reference, at) = (view.task.id.clone(), view.task.at);
                let (based_on, provable) = (view.heads(), given.is_some());
                found(Rejudgement { id: *id, reference, at, people, verdict, change, based_on, provable })?;
            }
        }
        Ok(judged)
    }
}

impl Ledger {
    /// Records new verdicts beside the old ones, those that everybody can give again; how many they are.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`]; then none of them was recorded.
    pub fn record_rejudged(&self, rejudged: &[Rejudgement]) -> Result<usize, LedgerError> {
        let event = |new: &Rejudgement| {
            let (verdict, based_on) = (new.verdict.clone(), new.based_on.clone());
            Event::Rejudged(Rejudged { target: new.id, verdict, based_on })
        };
        let events: Vec<Event> = rejudged.iter().filter(|new| new.provable).map(event).collect();
        self.append(&events)?;
        Ok(events.len())
    }
}
