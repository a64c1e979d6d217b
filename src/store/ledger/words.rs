//! Finding tasks by their words: texts stand in the journal only, so they are read through.

use std::sync::{Arc, PoisonError};

use auxlog_record::Shape;

use super::Reader;
use crate::index::{Selection, Source as _};
use crate::{LedgerError, TaskQuery, TaskRow};

/// How many tasks are read between two looks at whether anybody still waits.
const STRIDE: usize = 64;

/// What a task must hold, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    /// Each somewhere.
    words: Vec<String>,
    place: Option<String>,
}

impl Wanted {
    /// `None` where nothing is asked for.
    fn of(query: &TaskQuery) -> Option<Self> {
        let words: Vec<String> =
            query.text.as_deref().unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
        let place = query.place.as_deref().map(|place| place.trim().to_lowercase()).filter(|place| !place.is_empty());
        (!words.is_empty() || place.is_some()).then_some(Self { words, place })
    }

    /// Whether whatever holds this also holds `other`: then only what `other` found need be read.
    fn narrows(&self, other: &Self) -> bool {
        let place = match (&self.place, &other.place) {
            (_, None) => true,
            (Some(mine), Some(others)) => mine.contains(others),
            (None, Some(_)) => false,
        };
        place && other.words.iter().all(|word| self.words.iter().any(|mine| mine.contains(word)))
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).chain(self.place.as_deref())
    }

    fn is_met_by(&self, row: &TaskRow) -> bool {
        let place = row.task.place.as_deref().unwrap_or_default().to_lowercase();
        let texts = row.task.texts().filter(|(field, _)| field.shape() != Shape::Agency).map(|(_, text)| text);
        let names = row.auxiliaries.iter().filter_map(|person| person.name.as_deref());
        let said: Vec<String> = texts.chain(names).chain([row.reference.as_str()]).map(str::to_lowercase).collect();
        let somewhere = |word: &String| said.iter().any(|field| field.contains(word));
        self.words.iter().all(somewhere) && self.place.as_ref().is_none_or(|wanted| place.contains(wanted.as_str()))
    }
}

impl Reader {
    /// The slots that a query selects; `None` when nobody waits for them any more. What was found
    /// last is kept: for the next page of the same list, and for a word that goes on.
    pub(super) fn found(
        &self,
        query: &TaskQuery,
        given_up: &dyn Fn() -> bool,
    ) -> Result<Option<Arc<Vec<u32>>>, LedgerError> {
        let Some(wanted) = Wanted::of(query) else { return Ok(Some(self.selected(query))) };
        let list = TaskQuery { offset: 0, limit: 0, ..query.clone() };
        let generation = self.index().generation();
        let mut pool = None;
        {
            let kept = self.by_words.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(kept) = kept.as_ref().filter(|kept| kept.generation == generation) {
                if kept.query == list {
                    return Ok(Some(kept.slots.clone()));
                }
                let rest = |query: &TaskQuery| TaskQuery { text: None, place: None, ..query.clone() };
                let narrows = Wanted::of(&kept.query).is_some_and(|before| wanted.narrows(&before));
                pool = (narrows && rest(&kept.query) == rest(&list)).then(|| kept.slots.clone());
            }
        }
        let pool = pool.unwrap_or_else(|| self.selected(query));
        let mut slots = Vec::new();
        for (read, slot) in pool.iter().enumerate() {
            if read % STRIDE == 0 && given_up() {
                return Ok(None);
            }
            if self.may_hold(*slot, &wanted)? && self.row(*slot)?.is_some_and(|row| wanted.is_met_by(&row)) {
                slots.push(*slot);
            }
        }
        let slots = Arc::new(slots);
        let found = Selection { slots: slots.clone(), generation, query: list };
        *self.by_words.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(Some(slots))
    }

    /// Whether the records about the task hold each of the words anywhere: cheap, and never wrong
    /// when it says no. A body keeps its texts as they are; names stand in the roster too.
    fn may_hold(&self, number: u32, wanted: &Wanted) -> Result<bool, LedgerError> {
        let places: Vec<u64> = self.index().places(number).collect();
        let read = |place: &u64| Ok(self.index().veil(self.book.record(*place)?));
        let records = places.iter().map(read).collect::<Result<Vec<_>, LedgerError>>()?;
        let held = |word: &str| {
            records.iter().any(|record| {
                let body = record.body().unwrap_or_default();
                if word.is_ascii() {
                    memchr::memmem::find(&body.to_ascii_lowercase(), word.as_bytes()).is_some()
                } else {
                    // Other scripts' letters may have forms of another length: left to the row.
                    let same = word.chars().all(|c| !c.is_lowercase() && !c.is_uppercase());
                    !same || memchr::memmem::find(body, word.as_bytes()).is_some()
                }
            })
        };
        Ok(wanted.all().all(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str, place: Option<&str>) -> Wanted {
        let query = TaskQuery { text: Some(text.to_owned()), place: place.map(str::to_owned), ..TaskQuery::default() };
        Wanted::of(&query).expect("something is asked for")
    }

    #[test]
    fn a_word_that_goes_on_is_looked_for_in_what_was_found() {
        assert!(wanted("店招", None).narrows(&wanted("店", None)));
        assert!(wanted("店招 人民", None).narrows(&wanted("店", None)));
        assert!(wanted("店招", Some("人民中路")).narrows(&wanted("店", Some("人民"))));
        assert!(!wanted("招", None).narrows(&wanted("店", None)));
        assert!(!wanted("店招", None).narrows(&wanted("店", Some("人民"))));
        assert_eq!(Wanted::of(&TaskQuery { text: Some(" 　".into()), ..TaskQuery::default() }), None);
    }
}
