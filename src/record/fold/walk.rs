//! The way through a task's history: which of its records count, each judged by what its author had
//! seen, never by what came later.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_law::{Answerable, Finding, RulebookSet, Severity, Verdict};

use super::entry::{Author, Entry};
use super::seen::Seen;
use super::task_view::{Status, TaskView, in_sample};
use crate::review::{Closed, ReviewStanding, Stage, Step};
use crate::{AuxiliaryId, Decision, Disposition, Event, Judged, MAX_FINDINGS, OfficerId, Word};

/// Rule, activity and person of a finding: the same finding in two verdicts is one.
pub(super) type Key = (String, Option<String>, Option<String>);

/// What is known of a history at its end, or at a place in it.
pub(super) struct Walk<'a> {
    entries: &'a [Entry],
    seen: &'a Seen,
    planner: Option<&'a Author>,
    base: Option<usize>,
    sampled: bool,
    /// Why an entry has no effect.
    pub(super) void: Vec<Option<Closed>>,
    /// What was found, and by which entries.
    pub(super) found: BTreeMap<Key, Vec<usize>>,
    /// Decisions that count.
    pub(super) decisions: Vec<usize>,
    /// Who answers for findings and whom they are about, and by which entries.
    accusations: BTreeMap<(Vec<Answerable>, Option<AuxiliaryId>), Vec<usize>>,
    facts: Vec<usize>,
    evidence: Vec<usize>,
    asked: Vec<usize>,
    heard: BTreeMap<AuxiliaryId, Vec<usize>>,
    /// Officers named in versions of the task, and by which entries.
    named: BTreeMap<OfficerId, Vec<usize>>,
    /// The auxiliaries, likewise.
    took_part: BTreeMap<AuxiliaryId, Vec<usize>>,
    /// The newest version judged, and what it was judged on.
    judged: Vec<usize>,
}

/// The step that an event takes.
pub(super) fn step(event: &Event) -> Step {
    match event {
        Event::ReviewStep(e) => Step::Decide(e.decision),
        Event::Statement(_) => Step::TakeStatement,
        Event::Rejudged(_) => Step::Rejudge,
        _ => Step::Record,
    }
}

/// Whether an event says what it must: why, and of what needs one, the measure.
fn says_why(event: &Event) -> bool {
    let said = |text: &str| !text.trim().is_empty();
    match event {
        Event::ReviewStep(e) => {
            said(&e.reason) && (e.decision != Decision::Confirm || e.measure.as_deref().is_some_and(said))
        }
        Event::Amendment(e) => said(&e.reason),
        Event::Annulment(e) => said(&e.reason),
        _ => true,
    }
}

/// What a decision makes of the findings; `None` where it decides nothing.
pub(super) fn outcome(decision: Decision) -> Option<Status> {
    match decision {
        Decision::Note | Decision::Propose | Decision::Statement | Decision::Facts | Decision::Evidence => None,
        Decision::Dismiss => Some(Status::Dismissed),
        Decision::Reopen => Some(Status::Open),
        Decision::Confirm
        | Decision::OrderCorrection
        | Decision::Criticise
        | Decision::ReturnToCompany
        | Decision::Transfer => Some(Status::Confirmed),
    }
}

impl<'a> Walk<'a> {
    pub(super) fn of(
        view: &'a TaskView,
        entries: &'a [Entry],
        seen: &'a Seen,
        base: Option<usize>,
        rulebooks: &RulebookSet,
    ) -> Self {
        Self::through(view, entries, seen, base, |walk, at| walk.closed(at, rulebooks).err())
    }

    /// The same of a view that was derived already.
    pub(super) fn again(view: &'a TaskView, seen: &'a Seen, base: Option<usize>) -> Self {
        Self::through(view, &view.entries, seen, base, |_, at| view.void.get(at).copied().flatten())
    }

    fn through(
        view: &'a TaskView,
        entries: &'a [Entry],
        seen: &'a Seen,
        base: Option<usize>,
        closed: impl Fn(&Self, usize) -> Option<Closed>,
    ) -> Self {
        let mut walk = Self {
            entries,
            seen,
            planner: view.planner.as_ref(),
            base,
            sampled: base.is_some_and(|base| in_sample(&entries[base].hash)),
            void: vec![None; entries.len()],
            found: BTreeMap::new(),
            decisions: Vec::new(),
            accusations: BTreeMap::new(),
            facts: Vec::new(),
            evidence: Vec::new(),
            asked: Vec::new(),
            heard: BTreeMap::new(),
            named: BTreeMap::new(),
            took_part: BTreeMap::new(),
            judged: Vec::new(),
        };
        // Everybody knows the task's own record, and whoever wrote something what they had seen, wherever
        // the clocks put it.
        for at in base.into_iter().chain(seen.order().iter().copied().filter(|&at| Some(at) != base)) {
            walk.void[at] = closed(&walk, at);
            if walk.void[at].is_none() {
                walk.take(at, view);
            }
        }
        walk
    }

    pub(super) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    fn closed(&self, at: usize, rulebooks: &RulebookSet) -> Result<(), Closed> {
        let entry = &self.entries[at];
        // Who planned it, took part and is accused stood in a body that is gone: what the log said holds.
        let masked = |base: usize| matches!(self.entries[base].event.0, Event::Masked { .. });
        let in_log = entry.word.as_ref().filter(|word| word.lsn != Word::COMING);
        if let Some(word) = in_log.filter(|_| entry.rules > 1 && self.base.is_some_and(masked)) {
            let void = word.disposition.apart_from_time() == Disposition::Void;
            return if void { Err(Closed::Emptied) } else { Ok(()) };
        }
        // Of a register's entry, and said of a task.
        if matches!(entry.event.0, Event::EntryStepped(_) | Event::EntryCorrected(_)) {
            return Err(Closed::Nothing);
        }
        let step = step(&entry.event.0);
        let against = match &entry.event.0 {
            Event::ReviewStep(e) => e.against.as_ref(),
            _ => None,
        };
        self.standing(&entry.author, entry.rules, step, &|earlier| self.seen.knows(at, earlier))
            .open_step(step, against)?;
        if entry.rules < 2 {
            return Ok(());
        }
        match &entry.event.0 {
            Event::Rejudged(e) => self.given_again(at, &e.verdict, rulebooks),
            event if !says_why(event) => Err(Closed::Unsaid),
            _ => Ok(()),
        }
    }

    /// Whether judging again gives this verdict, on what was known when the task was judged.
    fn given_again(&self, at: usize, verdict: &Verdict, rulebooks: &RulebookSet) -> Result<(), Closed> {
        let newest = self.judged.iter().rev().find(|&&judged| self.seen.knows(at, judged));
        let judged = newest.and_then(|&judged| self.entries[judged].event.0.judged());
        let rulebook = rulebooks.with_digest(&verdict.digest);
        let again = judged
            .zip(rulebook)
            .and_then(|((task, judged), rulebook)| Some(judged.given.as_ref()?.judge(task, rulebook)));
        if again.as_ref() == Some(verdict) { Ok(()) } else { Err(Closed::NotGivenAgain) }
    }

    /// Where someone stands who knows what `knows` says.
    pub(super) fn standing(
        &self,
        author: &Author,
        rules: u16,
        step: Step,
        knows: &dyn Fn(usize) -> bool,
    ) -> ReviewStanding {
        let mut standing = ReviewStanding {
            rules,
            vouched: author.vouched,
            role: author.role,
            own: self.is_own(author, rules, knows),
            stage: Stage::Nothing,
            ..ReviewStanding::default()
        };
        // Notes and the task's own records are open at any stage: nothing more is asked of them.
        if matches!(step, Step::Record | Step::Rejudge | Step::Decide(Decision::Note)) || rules < 2 {
            standing.stage = Stage::Undecided;
            return standing;
        }
        let decisions: Vec<usize> = self.decisions.iter().copied().filter(|&at| knows(at)).collect();
        let newest = self.seen.newest(&decisions);
        standing.stage = self.stage(&decisions, &newest, knows);
        standing.decided = newest.iter().any(|&at| self.entries[at].author.same_person(author));
        standing.facts = self.facts.iter().any(|&at| knows(at));
        standing.evidence = self.evidence.iter().any(|&at| knows(at));
        standing.asked = self.asked.iter().any(|&at| knows(at));
        // Of those who took no part nothing was to be heard, however many statements there are.
        let known = |by: &Vec<usize>| by.iter().any(|&at| knows(at));
        let heard =
            self.heard.iter().filter(|(person, by)| known(by) && self.took_part.get(*person).is_some_and(known));
        standing.heard = heard.map(|(person, _)| person.clone()).collect();
        let made = self.accusations.iter().filter(|(_, by)| by.iter().any(|&at| knows(at)));
        for (answers, person) in made.map(|(accusation, _)| accusation) {
            standing.answers.extend(answers);
            if answers.contains(&Answerable::Auxiliary) {
                standing.accused.extend(person.clone());
            }
        }
        standing.answers.sort_unstable();
        standing.answers.dedup();
        standing.accused.sort_unstable();
        standing.accused.dedup();
        standing
    }

    /// Whether someone logged, planned or arranged the task, or is named as an officer in a version of
    /// it that they knew of.
    fn is_own(&self, author: &Author, rules: u16, knows: &dyn Fn(usize) -> bool) -> bool {
        let base = self.base.map(|base| &self.entries[base].author);
        base.into_iter().chain(self.planner).any(|involved| involved.same_person(author))
            || (rules > 1
                && !author.officer.0.is_empty()
                && self.named.get(&author.officer).is_some_and(|by| by.iter().any(|&at| knows(at))))
    }

    fn stage(&self, decisions: &[usize], newest: &[usize], knows: &dyn Fn(usize) -> bool) -> Stage {
        let about: Vec<&Vec<usize>> = self.found.values().filter(|by| by.iter().any(|&found| knows(found))).collect();
        if about.is_empty() && decisions.is_empty() {
            return if self.sampled { Stage::Undecided } else { Stage::Nothing };
        }
        let decided = |by: &&Vec<usize>| by.iter().any(|&found| decisions.iter().any(|&at| self.seen.knows(at, found)));
        if !about.iter().all(decided) {
            return Stage::Undecided;
        }
        match self.outcomes(newest).as_slice() {
            [Status::Confirmed] => Stage::Confirmed,
            [Status::Dismissed] => Stage::Dismissed,
            _ => Stage::Undecided,
        }
    }

    /// What these decisions make of the findings, each outcome once.
    pub(super) fn outcomes(&self, decisions: &[usize]) -> Vec<Status> {
        let outcome = |&at: &usize| match &self.entries[at].event.0 {
            Event::ReviewStep(e) => outcome(e.decision),
            _ => None,
        };
        decisions.iter().filter_map(outcome).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Takes an entry that counts.
    fn take(&mut self, at: usize, view: &TaskView) {
        let entry = &self.entries[at];
        match &entry.event.0 {
            Event::ReviewStep(e) => {
                match e.decision {
                    Decision::Facts => self.facts.push(at),
                    Decision::Evidence => self.evidence.push(at),
                    Decision::Statement => self.asked.push(at),
                    _ => {}
                }
                if outcome(e.decision).is_some() {
                    self.decisions.push(at);
                }
            }
            // Its author had seen who took part.
            Event::Statement(e) if e.acknowledged && self.took_part.contains_key(&e.auxiliary) => {
                self.heard.entry(e.auxiliary.clone()).or_default().push(at);
            }
            _ => {}
        }
        if !view.concerns(entry) {
            return;
        }
        if let Some((task, _)) = entry.event.0.judged() {
            self.judged.push(at);
            for officer in task.officers.iter().flatten() {
                self.named.entry(officer.id.clone()).or_default().push(at);
            }
            for person in &task.auxiliaries {
                self.took_part.entry(person.id.clone()).or_default().push(at);
            }
        }
        let told = view.told_of(entry.record).map(|told| &told.verdict);
        let verdicts: Vec<&Verdict> = entry.event.0.verdict().into_iter().chain(told).collect();
        let people = self.people(at);
        for finding in verdicts.iter().flat_map(|verdict| verdict.findings.iter().take(MAX_FINDINGS)) {
            self.find(at, finding, people);
        }
    }

    /// Whom the persons of an entry's findings are.
    fn people(&self, at: usize) -> Option<&'a Judged> {
        let of = |at: usize| self.entries[at].event.0.judged().map(|(_, judged)| judged);
        // A verdict given again counts them in the version that it is given on.
        let newest = || self.judged.iter().rev().find(|&&judged| self.seen.knows(at, judged)).copied();
        of(at).or_else(|| newest().and_then(of)).or_else(|| self.base.and_then(of))
    }

    fn find(&mut self, at: usize, finding: &Finding, judged: Option<&Judged>) {
        if finding.severity == Severity::Permitted {
            return;
        }
        let person = finding.person.map(|n| {
            let known = judged.and_then(|judged| judged.people.get(usize::from(n)));
            known.map_or_else(|| n.to_string(), |person| person.id.0.clone())
        });
        let accusation = (finding.answers.clone(), person.clone().map(AuxiliaryId));
        self.accusations.entry(accusation).or_default().push(at);
        let by = self.found.entry((finding.rule.clone(), finding.activity.clone(), person)).or_default();
        if by.last() != Some(&at) {
            by.push(at);
        }
    }

    /// The newest version that was judged, for whoever has seen everything.
    pub(super) fn newest_judged(&self) -> Option<usize> {
        self.judged.last().copied()
    }

    /// Whether a statement was asked for that was neither given since nor passed over by a decision.
    pub(super) fn awaits_statement(&self) -> bool {
        self.asked.iter().any(|&asked| {
            !self.heard.values().flatten().any(|given| *given > asked)
                && !self.decisions.iter().any(|&at| self.seen.knows(at, asked))
        })
    }
}
