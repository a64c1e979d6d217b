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
        entries.sort_by_cached_key(|dossier| Reverse(order(dossier)));
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

/// By what entries are listed, the latest the greatest.
pub(crate) fn order(dossier: &Dossier) -> (Option<auxlog_record::Date>, i64, RecordId) {
    (dossier.day(), dossier.wall_ms, dossier.id)
}
