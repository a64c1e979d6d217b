//! Who had seen what: which records about a task each record's author knew of.

use std::collections::HashMap;
use std::rc::Rc;

use super::entry::Entry;
use crate::{Event, Hash, WriterId};

/// Which records each record's author had seen: what it was based on, and what its writer had
/// written before, all the way back. The task's own record is seen by all, and saw nothing.
///
/// Whoever knows a record knows all that its writer wrote about the task before it, so that what is
/// known of a writer is told by one seq.
#[derive(Debug)]
pub struct Seen {
    /// Number of each entry's writer, and its seq.
    places: Vec<(usize, u64)>,
    writers: usize,
    /// For each entry, for each writer the newest seq known; 0 is none.
    known: Vec<u64>,
    base: Option<usize>,
    /// All entries, each after those that its author had seen.
    order: Vec<usize>,
    /// For each entry the newest amendments that its author had seen: of them, none saw another.
    amended: Vec<Rc<[usize]>>,
}

impl Seen {
    /// Who had seen what of these entries, `base` being the record that began their history.
    pub fn of(entries: &[Entry], base: Option<usize>) -> Self {
        let mut numbers: HashMap<WriterId, usize> = HashMap::new();
        let mut places = Vec::with_capacity(entries.len());
        for entry in entries {
            let next = numbers.len();
            places.push((*numbers.entry(entry.record.writer).or_insert(next), entry.record.seq));
        }
        let writers = numbers.len();
        let known = vec![0; entries.len() * writers];
        let amended = vec![Rc::default(); entries.len()];
        let mut seen = Self { known, places, writers, base, order: Vec::with_capacity(entries.len()), amended };
        let parents = seen.parents(entries);
        let is_amendment = |at: usize| matches!(entries[at].event.0, Event::Amendment(_));
        let mut done = vec![false; entries.len()];
        // What an author had seen is almost always earlier in canonical order; where a clock was
        // wrong it may be later, and comes first here.
        let mut open: Vec<usize> = Vec::new();
        for start in 0..entries.len() {
            open.push(start);
            while let Some(&at) = open.last() {
                let missing = parents[at].iter().copied().find(|&parent| !done[parent]);
                if let Some(parent) = missing.filter(|_| !done[at]) {
                    open.push(parent);
                    continue;
                }
                if !done[at] {
                    seen.merge(at, &parents[at]);
                    seen.amended[at] = seen.newest_amended(&parents[at], &is_amendment);
                    seen.order.push(at);
                    done[at] = true;
                }
                open.pop();
            }
        }
        seen
    }

    /// The entries that each entry's author knew of directly.
    fn parents(&self, entries: &[Entry]) -> Vec<Vec<usize>> {
        let by_hash: HashMap<Hash, usize> = entries.iter().enumerate().map(|(i, entry)| (entry.hash, i)).collect();
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_unstable_by_key(|&i| self.places[i]);
        let mut own = vec![None; entries.len()];
        for pair in order.windows(2) {
            if self.places[pair[0]].0 == self.places[pair[1]].0 {
                own[pair[1]] = Some(pair[0]);
            }
        }
        let parents = |(i, entry): (usize, &Entry)| {
            if Some(i) == self.base {
                return Vec::new();
            }
            let named = entry.event.0.based_on().iter().filter_map(|hash| by_hash.get(hash).copied());
            let mut parents: Vec<usize> = named.chain(own[i]).filter(|&j| j != i && Some(j) != self.base).collect();
            parents.sort_unstable();
            parents.dedup();
            parents
        };
        entries.iter().enumerate().map(parents).collect()
    }

    /// All entries, each after those that its author had seen.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The newest amendments that an entry's author had seen.
    pub(super) fn amended(&self, at: usize) -> &[usize] {
        &self.amended[at]
    }

    /// The newest amendments that somebody has seen who is based on these records.
    pub(super) fn amended_by(&self, entries: &[Entry], based_on: &[Hash]) -> Rc<[usize]> {
        let known = entries.iter().enumerate().filter(|(_, entry)| based_on.contains(&entry.hash));
        let known: Vec<usize> = known.map(|(at, _)| at).collect();
        self.newest_amended(&known, &|at| matches!(entries[at].event.0, Event::Amendment(_)))
    }

    fn newest_amended(&self, parents: &[usize], is_amendment: &dyn Fn(usize) -> bool) -> Rc<[usize]> {
        let told =
            |&parent: &usize| if is_amendment(parent) { Rc::from([parent]) } else { self.amended[parent].clone() };
        let mut lists: Vec<Rc<[usize]>> = parents.iter().map(told).collect();
        // Parents have almost always seen the same: then it is kept once.
        lists.dedup_by(|a, b| Rc::ptr_eq(a, b) || a == b);
        if let [one] = lists.as_slice() {
            return one.clone();
        }
        let mut all: Vec<usize> = lists.iter().flat_map(|list| list.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() > 1 { self.newest(&all).into() } else { all.into() }
    }

    fn merge(&mut self, at: usize, parents: &[usize]) {
        for &parent in parents {
            count(self.writers);
            let (writer, seq) = self.places[parent];
            for n in 0..self.writers {
                let known = self.known[parent * self.writers + n];
                let mine = &mut self.known[at * self.writers + n];
                *mine = (*mine).max(known);
            }
            let mine = &mut self.known[at * self.writers + writer];
            *mine = (*mine).max(seq);
        }
    }

    /// Whether the author of `later` had seen `earlier`.
    pub fn knows(&self, later: usize, earlier: usize) -> bool {
        count(1);
        if later == earlier || Some(later) == self.base {
            return false;
        }
        let (writer, seq) = self.places[earlier];
        Some(earlier) == self.base || self.known[later * self.writers + writer] >= seq
    }

    /// Those of `among` that no other of them was based on, in their order.
    pub fn newest(&self, among: &[usize]) -> Vec<usize> {
        let mut covered = vec![0; self.writers];
        count(among.len() * self.writers);
        for &i in among {
            for (n, seq) in covered.iter_mut().enumerate() {
                *seq = self.known[i * self.writers + n].max(*seq);
            }
        }
        let is_newest = |&i: &usize| {
            let (writer, seq) = self.places[i];
            if Some(i) == self.base { among.len() == 1 } else { covered[writer] < seq }
        };
        among.iter().copied().filter(is_newest).collect()
    }
}

/// Notes steps of work, so that tests see how they grow.
fn count(steps: usize) {
    #[cfg(test)]
    STEPS.with(|counted| counted.set(counted.get() + steps));
    #[cfg(not(test))]
    let _ = steps;
}

#[cfg(test)]
thread_local! {
    /// Steps of work on this thread.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
