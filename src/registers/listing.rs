//! A register's entries in the order in which they are listed, beside them the text in which words are looked for:
//! prepared once, so that a letter more in the filter of a hundred thousand costs milliseconds.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use auxlog_record::RecordId;
use memchr::memmem::Finder;

use crate::{Dossier, EntryError, Reading, Register};

/// A register's entries, the latest first, those that were annulled among them.
#[derive(Debug, Default)]
pub struct Listing {
    entries: Vec<Arc<Dossier>>,
    /// What stands in each, one behind the other.
    text: String,
    ends: Vec<usize>,
}

impl Listing {
    /// Lists a register. What `before` says of an entry holds where that holds the same; who and what entries name
    /// must still be called as they were.
    ///
    /// # Errors
    /// What the store returns.
    pub fn of(reading: &dyn Reading, register: &Register, before: Option<&Self>) -> Result<Self, EntryError> {
        let mut entries = reading.dossiers(register, None)?;
        entries.sort_by_cached_key(|dossier| Reverse(dossier.place()));
        let known: HashMap<RecordId, usize> =
            before.iter().flat_map(|before| before.entries.iter().map(|entry| entry.id).zip(0..)).collect();
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(entries.len()));
        for entry in &entries {
            let same = |at: &usize| {
                before.filter(|before| before.entries[*at].data == entry.data).map(|before| before.text_at(*at))
            };
            match known.get(&entry.id).and_then(same) {
                Some(same) => text.push_str(same),
                None => text.push_str(&reading.said(entry)),
            }
            ends.push(text.len());
        }
        Ok(Self { entries, text, ends })
    }

    fn text_at(&self, at: usize) -> &str {
        let begins = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begins..self.ends[at]]
    }

    /// Those in which each of these words stands, from `offset` at most `limit`, and how many there are in all.
    pub fn page(&self, words: &str, offset: usize, limit: usize) -> (Vec<Arc<Dossier>>, usize) {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return (self.entries.iter().skip(offset).take(limit).cloned().collect(), self.entries.len());
        }
        let finders: Vec<Finder> = words.iter().map(Finder::new).collect();
        let holds = |at: usize| finders.iter().all(|word| word.find(self.text_at(at).as_bytes()).is_some());
        let (mut page, mut total) = (Vec::new(), 0);
        for at in (0..self.entries.len()).filter(|at| holds(*at)) {
            if (offset..offset.saturating_add(limit)).contains(&total) {
                page.push(Arc::clone(&self.entries[at]));
            }
            total += 1;
        }
        (page, total)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use auxlog_record::fold::Author;
    use auxlog_record::{AuxiliaryId, Date, Datum, Roster, WriterId};

    use super::*;
    use crate::Entries;

    /// Counts how often somebody's name is looked up: once for each entry that is put into words.
    #[derive(Default)]
    struct Counted {
        entries: Entries,
        named: Cell<usize>,
    }

    impl Reading for Counted {
        fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
            self.entries.dossiers(register, person)
        }

        fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
            self.entries.dossier(id)
        }

        fn is_empty(&self) -> bool {
            self.entries.is_empty()
        }

        fn roster(&self) -> Arc<Roster> {
            self.named.set(self.named.get() + 1);
            Arc::default()
        }

        fn me(&self) -> Author {
            Author::default()
        }

        fn today(&self) -> Date {
            self.entries.today()
        }
    }

    fn results() -> &'static Register {
        crate::named("result").expect("a register")
    }

    fn result(seq: u64) -> Dossier {
        let person = results().field("person").expect("a field").n;
        let data = [(person, Datum::Text(format!("X{seq:04}")))].into();
        let id = RecordId { writer: WriterId::default(), seq };
        let mut made = Dossier::draft(results(), data, Author::default());
        (made.id, made.wall_ms) = (id, i64::try_from(seq).unwrap_or(0));
        made
    }

    fn ids(page: &[Arc<Dossier>]) -> Vec<u64> {
        page.iter().map(|entry| entry.id.seq).collect()
    }

    #[test]
    fn a_letter_more_asks_nothing_and_an_entry_more_is_put_into_words_alone() {
        let mut counted = Counted::default();
        (0..5_000).for_each(|seq| counted.entries.insert(result(seq)));
        let first = Listing::of(&counted, results(), None).expect("listed");
        assert_eq!(counted.named.take(), 5_000);
        for (typed, total) in [("x", 5_000), ("x0", 1_000), ("X007", 10), ("x0077", 1), ("x0077 无", 0)] {
            let (page, found) = first.page(typed, 0, 100);
            assert_eq!((found, page.len()), (total, total.min(100)), "{typed}");
        }
        assert_eq!(ids(&first.page("x007", 3, 4).0), [76, 75, 74, 73]);
        assert_eq!(ids(&first.page(" ", 4_998, 100).0), [1, 0]);
        assert_eq!(counted.named.take(), 0, "what is looked through is there");
        let before = counted.entries.clone();
        counted.entries.insert(result(5_000));
        assert!(counted.entries.keep_all(&before) && !before.keep_all(&counted.entries));
        let then = Listing::of(&counted, results(), Some(&first)).expect("listed");
        assert_eq!((ids(&then.page("x5000", 0, 9).0), counted.named.take()), (vec![5_000], 1));
        let mut changed = result(4_711);
        changed.id = result(7).id;
        counted.entries.insert(changed);
        assert!(!counted.entries.keep_all(&before));
        let then = Listing::of(&counted, results(), Some(&then)).expect("listed");
        assert_eq!((then.page("x0007", 0, 9).1, then.page("x4711", 0, 9).1, counted.named.take()), (0, 2, 1));
    }
}
