//! Where this laptop's own records stand in the agency's log, in runs: what was plainly logged together
//! takes one line.

use std::collections::BTreeMap;

use auxlog_record::{RecordId, Word};
use minicbor::{Decode, Encode};

/// Consecutive records of one writer that took consecutive numbers at once, and of which the log says
/// nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Run {
    /// The first.
    #[n(0)]
    pub(crate) first: RecordId,
    #[n(1)]
    pub(crate) count: u64,
    /// The first one's number.
    #[n(2)]
    lsn: u64,
    /// When the server received them, milliseconds since 1970 UTC.
    #[n(3)]
    recv_ms: u64,
}

impl Run {
    /// What the log says of one record.
    pub(crate) fn of(id: RecordId, word: &Word) -> Self {
        Self { first: id, count: 1, lsn: word.lsn, recv_ms: word.recv_ms }
    }

    /// Puts the next record behind it; `false` where it does not follow.
    pub(crate) fn push(&mut self, next: &Self) -> bool {
        let follows = next.first.writer == self.first.writer
            && next.first.seq == self.end()
            && next.lsn == self.lsn + self.count
            && next.recv_ms == self.recv_ms;
        self.count += if follows { next.count } else { 0 };
        follows
    }

    /// Seq behind the last.
    fn end(&self) -> u64 {
        self.first.seq.saturating_add(self.count)
    }

    /// What the log says of the record with this seq, which is in it.
    pub(crate) fn word(&self, seq: u64) -> Word {
        let lsn = self.lsn.saturating_add(seq.saturating_sub(self.first.seq));
        Word { lsn, recv_ms: self.recv_ms, ..Word::default() }
    }

    /// The part of it from one seq up to another.
    fn part(&self, from: u64, to: u64) -> Option<Self> {
        let first = RecordId { seq: from, ..self.first };
        (from < to).then(|| Self { first, count: to - from, lsn: self.word(from).lsn, ..*self })
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Placed(BTreeMap<RecordId, Run>);

impl Placed {
    /// Takes a run; what was said of its records before, in an earlier life of the log, is forgotten.
    pub(crate) fn put(&mut self, run: Run) {
        let (from, to) = (run.first.seq, run.end());
        let before = self.0.range(RecordId { seq: 0, ..run.first }..RecordId { seq: to, ..run.first }).rev();
        let over: Vec<Run> = before.map(|(_, old)| *old).take_while(|old| old.end() > from).collect();
        for old in over {
            self.0.remove(&old.first);
            for rest in [old.part(old.first.seq, from), old.part(to, old.end())].into_iter().flatten() {
                self.0.insert(rest.first, rest);
            }
        }
        self.0.insert(run.first, run);
    }

    /// What the log says of a record.
    pub(crate) fn word(&self, id: RecordId) -> Option<Word> {
        let (_, run) = self.0.range(RecordId { seq: 0, ..id }..=id).next_back()?;
        (id.seq < run.end()).then(|| run.word(id.seq))
    }

    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use auxlog_record::WriterId;
    use proptest::prelude::*;

    use super::*;

    fn id(seq: u64) -> RecordId {
        RecordId { writer: WriterId([1; 16]), seq }
    }

    proptest! {
        #[test]
        fn what_was_said_last_of_each_record_counts(runs in prop::collection::vec((1..40_u64, 1..12_u64, 1..9000_u64), 1..20)) {
            let (mut placed, mut model) = (Placed::default(), BTreeMap::new());
            for (first, count, lsn) in runs {
                placed.put(Run { first: id(first), count, lsn, recv_ms: lsn });
                for seq in first..first + count {
                    model.insert(seq, Word { lsn: lsn + seq - first, recv_ms: lsn, ..Word::default() });
                }
            }
            for seq in 0..60 {
                prop_assert_eq!(placed.word(id(seq)), model.get(&seq).cloned());
            }
            prop_assert_eq!(placed.word(RecordId { writer: WriterId([2; 16]), seq: 5 }), None);
        }
    }

    #[test]
    fn records_logged_together_are_one_run() {
        let word = |lsn, recv_ms| Word { lsn, recv_ms, ..Word::default() };
        let mut run = Run::of(id(3), &word(7, 1));
        assert!(run.push(&Run::of(id(4), &word(8, 1))));
        assert!(!run.push(&Run::of(id(5), &word(10, 1))), "another's stands between");
        assert!(!run.push(&Run::of(id(5), &word(9, 2))), "it came later");
        assert_eq!((run.count, run.word(4)), (2, word(8, 1)));
    }
}
