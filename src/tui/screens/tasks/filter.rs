//! The task list's filter: one line of words, each read as what it plainly is.

use auxlog_law::{Rulebook, Severity};
use auxlog_record::{AuxiliaryId, Date, OfficerId, Roster};
use auxlog_store::{TaskQuery, TaskStatus};
use chrono::{Datelike as _, Days, NaiveDate};

use crate::when::{fold, read_day};

/// A condition that one word of the line was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<'a> {
    /// A verdict.
    Verdict(Severity),
    /// Where the review stands.
    Status(TaskStatus),
    /// An item or activity, by code.
    Item(&'a str),
    /// One day.
    Day(NaiveDate),
    /// The days of a month.
    Month(NaiveDate),
    /// This day and those after it.
    Since(NaiveDate),
    /// This day and those before it.
    Until(NaiveDate),
    /// Part of the place.
    Place(&'a str),
    /// Any other word: somebody on the roster, a place, a counterpart, part of the text.
    Text(&'a str),
}

/// What the list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only tasks with this verdict.
    pub verdict: Option<Severity>,
    /// Only tasks whose review stands here.
    pub status: Option<TaskStatus>,
    /// Only tasks with this item or activity.
    pub item: Option<String>,
    /// Only tasks of this day or later.
    pub since: Option<NaiveDate>,
    /// Only tasks of this day or earlier.
    pub until: Option<NaiveDate>,
    /// Only tasks of this auxiliary.
    pub person: Option<AuxiliaryId>,
    /// Only tasks of this officer.
    pub officer: Option<OfficerId>,
    /// What the place must contain.
    pub place: Option<String>,
    /// Words that the text, the place, the counterpart or a number must contain.
    pub words: Vec<String>,
}

impl Filter {
    /// Reads `line`; `today` is the day that 今天 and dates without a year refer to, the items are those of
    /// `rulebook`.
    ///
    /// Of two words of the same sort the later one holds, but all text words do.
    pub fn read(line: &str, today: NaiveDate, rulebook: &Rulebook) -> Self {
        let line = fold(line);
        let mut filter = Self::default();
        for word in line.split_whitespace() {
            match read_word(word, today, rulebook) {
                Word::Verdict(verdict) => filter.verdict = Some(verdict),
                Word::Status(status) => filter.status = Some(status),
                Word::Item(item) => filter.item = Some(item.to_owned()),
                Word::Day(day) => (filter.since, filter.until) = (Some(day), Some(day)),
                Word::Month(first) => {
                    filter.since = Some(first);
                    filter.until = last_of_month(first);
                }
                Word::Since(day) => filter.since = Some(day),
                Word::Until(day) => filter.until = Some(day),
                Word::Place(place) => filter.place = Some(place.to_owned()),
                Word::Text(text) => filter.words.push(text.to_owned()),
            }
        }
        filter
    }

    /// The same, with words that name somebody on the roster (by number, or by a name that only
    /// one of them has) read as that person.
    #[must_use]
    pub fn with_people(mut self, roster: &Roster) -> Self {
        let mut words = std::mem::take(&mut self.words);
        words.retain(|word| {
            let auxiliary = only(roster.auxiliaries.values().filter(|p| p.name == *word || same(&p.id.0, word)));
            let officer = only(roster.officers.values().filter(|p| p.name == *word || same(&p.id.0, word)));
            match (auxiliary, officer) {
                (Some(person), None) => self.person = Some(person.id.clone()),
                (None, Some(person)) => self.officer = Some(person.id.clone()),
                _ => return true,
            }
            false
        });
        self.words = words;
        self
    }

    /// The question to the ledger: a part of the list that passes this filter.
    pub fn query(&self, offset: usize, limit: usize) -> TaskQuery {
        TaskQuery {
            person: self.person.clone(),
            officer: self.officer.clone(),
            item: self.item.clone(),
            verdict: self.verdict,
            status: self.status,
            since: self.since.map(Date),
            until: self.until.map(Date),
            text: (!self.words.is_empty()).then(|| self.words.join(" ")),
            place: self.place.clone(),
            offset,
            limit,
            ..TaskQuery::default()
        }
    }

    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn same(number: &str, word: &str) -> bool {
    number.eq_ignore_ascii_case(word)
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Reads one word (already in half-width form).
pub fn read_word<'a>(word: &'a str, today: NaiveDate, rulebook: &Rulebook) -> Word<'a> {
    if let Some(verdict) = read_verdict(word) {
        return Word::Verdict(verdict);
    }
    if let Some(status) = read_status(word) {
        return Word::Status(status);
    }
    if let Some(place) = read_place(word) {
        return Word::Place(place);
    }
    if is_item(word, rulebook) {
        return Word::Item(word);
    }
    if let Some(day) = word.strip_suffix("..").and_then(|day| read_date(day, today)) {
        return Word::Since(day);
    }
    if let Some(day) = word.strip_prefix("..").and_then(|day| read_date(day, today)) {
        return Word::Until(day);
    }
    if let Some(day) = read_date(word, today) {
        return Word::Day(day);
    }
    match word {
        "本月" | "this-month" => today.with_day(1).map_or(Word::Text(word), Word::Month),
        "本周" | "this-week" => Word::Since(today.week(chrono::Weekday::Mon).first_day()),
        _ => read_month(word).map_or(Word::Text(word), Word::Month),
    }
}

/// `地点:人民中路`, `place:…`.
fn read_place(word: &str) -> Option<&str> {
    let (label, place) = word.split_once(':')?;
    (matches!(label, "地点" | "place") && !place.is_empty()).then_some(place)
}

fn read_verdict(word: &str) -> Option<Severity> {
    Some(match word.to_lowercase().as_str() {
        "可以" | "permitted" => Severity::Permitted,
        "待复核" | "needs_review" | "review" => Severity::NeedsReview,
        "疑似不当" | "不当" | "improper" => Severity::Improper,
        _ => return None,
    })
}

fn read_status(word: &str) -> Option<TaskStatus> {
    Some(match word.to_lowercase().as_str() {
        "未决" | "open" => TaskStatus::Open,
        "属实" | "confirmed" => TaskStatus::Confirmed,
        "不成立" | "dismissed" => TaskStatus::Dismissed,
        "陈述" | "statement" => TaskStatus::Statement,
        "作废" | "annulled" => TaskStatus::Annulled,
        _ => return None,
    })
}

/// `16.2`, `16.2:evidence`: an item under which there are activities.
fn is_item(word: &str, rulebook: &Rulebook) -> bool {
    let item = word.split(':').next().unwrap_or_default();
    rulebook.activities().iter().any(|activity| activity.item == item)
}

/// 今天, 昨天, `11-23`, `2026-11-23`; a date without a year that lies ahead was last year's.
fn read_date(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    match word {
        "今天" | "today" => return Some(today),
        "昨天" | "yesterday" => return today.checked_sub_days(Days::new(1)),
        _ => {}
    }
    let dated = word.matches(['-', '/']).count();
    let day = (dated > 0).then(|| read_day(word, today)).flatten()?;
    if dated == 1 && day > today { day.with_year(day.year() - 1) } else { Some(day) }
}

/// `2026-11`.
fn read_month(word: &str) -> Option<NaiveDate> {
    let (year, month) = word.split_once('-')?;
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

fn last_of_month(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    #[test]
    fn a_line_is_read_word_by_word() {
        let filter =
            Filter::read("疑似不当　未决 16.2 2026-11 王小明 人民中路", day(2026, 11, 23), Rulebook::embedded());
        assert_eq!(filter.verdict, Some(Severity::Improper));
        assert_eq!(filter.status, Some(TaskStatus::Open));
        assert_eq!(filter.item.as_deref(), Some("16.2"));
        assert_eq!((filter.since, filter.until), (Some(day(2026, 11, 1)), Some(day(2026, 11, 30))));
        assert_eq!(filter.words, ["王小明", "人民中路"]);
    }

    #[test]
    fn dates_are_days_starts_and_ends() {
        let today = day(2026, 11, 23);
        for (word, read) in [
            ("今天", Word::Day(today)),
            ("yesterday", Word::Day(day(2026, 11, 22))),
            ("11-2", Word::Day(day(2026, 11, 2))),
            ("12-31", Word::Day(day(2025, 12, 31))),
            ("2026-11-02..", Word::Since(day(2026, 11, 2))),
            ("..11-20", Word::Until(day(2026, 11, 20))),
            ("2026-13", Word::Text("2026-13")),
            ("18.2", Word::Text("18.2")),
            ("16.2:evidence", Word::Item("16.2:evidence")),
            ("3-1号楼", Word::Text("3-1号楼")),
            ("本月", Word::Month(day(2026, 11, 1))),
            ("本周", Word::Since(day(2026, 11, 23))),
            ("地点:人民中路", Word::Place("人民中路")),
            ("place:", Word::Text("place:")),
        ] {
            assert_eq!(read_word(word, today, Rulebook::embedded()), read, "{word}");
        }
    }

    #[test]
    fn a_word_that_names_one_person_is_that_person() {
        let roster = crate::testing::roster();
        let read = |line| Filter::read(line, day(2026, 11, 23), Rulebook::embedded()).with_people(&roster);
        assert_eq!(read("王小明 人民中路").person, Some("X1".into()));
        assert_eq!(read("x2").person, Some("X2".into()));
        assert_eq!(read("张伟").officer, Some("O2".into()));
        assert_eq!(read("王小明 人民中路").words, ["人民中路"]);
        assert_eq!(read("王小").words, ["王小"], "half a name is a word like any other");
    }

    #[test]
    fn an_empty_line_filters_nothing() {
        assert!(Filter::read("  ", day(2026, 11, 23), Rulebook::embedded()).is_empty());
    }
}
