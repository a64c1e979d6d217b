//! The index over a roster's people, and how matches are ranked.

use auxlog_record::plain;
use ib_pinyin::matcher::PinyinMatcher;
use ib_pinyin::pinyin::{PinyinData, PinyinNotation};

use super::keys::{How, Keys};
use super::readings::Readings;

/// The most reading combinations and the most mixed keys that are kept of one name.
const MOST_READINGS: usize = 16;
const MOST_KEYS: usize = 96;

/// A person as they are indexed.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Name.
    pub name: &'a str,
    /// A reading that the roster names.
    pub pinyin: Option<&'a str>,
    /// Number.
    pub number: &'a str,
    /// Agency code.
    pub agency: &'a str,
    /// Agency name.
    pub agency_name: &'a str,
    /// Unit.
    pub unit: Option<&'a str>,
}

/// How well a person matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Match {
    /// Name, number, full pinyin or initials are what was typed.
    Exact,
    /// The initials begin with it.
    Initials,
    /// Name, number or pinyin begin with it.
    Prefix,
    /// Name, number or pinyin contain it.
    Infix,
    /// Agency or unit do.
    Agency,
}

/// A person found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Position in the order in which people were indexed.
    pub index: usize,
    /// How well they match: for several terms, the worst of them.
    pub rank: Match,
}

/// An index over people's names, numbers and agencies.
pub struct PeopleIndex {
    people: usize,
    names: Vec<Box<str>>,
    /// Names and numbers as written.
    plain: Keys,
    /// `zw`.
    initials: Keys,
    /// `zhangwei`.
    full: Keys,
    /// `zwei`, `zhwei`: met only from the beginning.
    mixed: Keys,
    /// Agencies and units by all their keys, and each person's two.
    groups: Vec<(Box<str>, Keys)>,
    memberships: Vec<[Option<u16>; 2]>,
    pinyin: PinyinData,
}

impl std::fmt::Debug for PeopleIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names are nobody's business in a log.
        f.debug_struct("PeopleIndex").field("people", &self.people).finish_non_exhaustive()
    }
}

impl PeopleIndex {
    /// Indexes people in the order given.
    pub fn new<'a>(people: impl IntoIterator<Item = Person<'a>>) -> Self {
        let readings = Readings::new();
        let mut index = Self {
            people: 0,
            names: Vec::new(),
            plain: Keys::default(),
            initials: Keys::default(),
            full: Keys::default(),
            mixed: Keys::default(),
            groups: Vec::new(),
            memberships: Vec::new(),
            pinyin: PinyinData::new(PinyinNotation::Ascii | PinyinNotation::AsciiFirstLetter),
        };
        for person in people {
            index.add(&readings, person);
        }
        for keys in [&mut index.plain, &mut index.initials, &mut index.full, &mut index.mixed] {
            keys.sort();
        }
        index
    }

    fn add(&mut self, readings: &Readings, person: Person<'_>) {
        let forms = Forms::of(&readings.of_name(person.name, person.pinyin));
        self.plain.push([&*plain(person.name), &*plain(person.number)]);
        self.initials.push(forms.initials.iter().map(String::as_str));
        self.full.push(forms.full.iter().map(String::as_str));
        self.mixed.push(forms.mixed.iter().map(String::as_str));
        self.names.push(person.name.into());
        let agency = self.group(readings, &[person.agency_name, person.agency]);
        let unit = person.unit.and_then(|unit| self.group(readings, &[unit]));
        self.memberships.push([agency, unit]);
        self.people += 1;
    }

    fn group(&mut self, readings: &Readings, names: &[&str]) -> Option<u16> {
        let title = names.join("\u{0}");
        let known = self.groups.iter().position(|(known, _)| **known == *title);
        let position = known.unwrap_or_else(|| {
            let mut keys: Vec<String> = names.iter().map(|name| plain(name).into_owned()).collect();
            let forms = Forms::of(&readings.of_name(names[0], None));
            keys.extend(forms.initials.into_iter().chain(forms.full));
            let mut group = Keys::default();
            group.push(keys.iter().map(String::as_str));
            self.groups.push((title.into(), group));
            self.groups.len() - 1
        });
        u16::try_from(position).ok()
    }

    /// The people who match every term of `query`, best first, at most `limit` (0 is all). An
    /// empty query gives everyone in order.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Found> {
        let most = if limit == 0 { usize::MAX } else { limit };
        match self.matches(query, most) {
            Some(ranks) => best_first(&ranks, most),
            None => (0..self.people).take(most).map(|index| Found { index, rank: Match::Prefix }).collect(),
        }
    }

    /// All who match, as they stand in a list of another order: `places` says where in it each
    /// person stands, in the order in which people were indexed. Their places in that list, the
    /// best match first and equal ones as they stand there.
    pub fn search_in(&self, query: &str, places: &[usize]) -> Vec<usize> {
        let Some(ranks) = self.matches(query, usize::MAX) else { return (0..places.len()).collect() };
        let mut there = vec![NONE; places.len()];
        for (rank, place) in ranks.iter().zip(places) {
            if let Some(at) = there.get_mut(*place) {
                *at = *rank;
            }
        }
        best_first(&there, usize::MAX).into_iter().map(|found| found.index).collect()
    }

    /// Everyone's match with `query`; `None` where nothing is asked for. Weaker matches are
    /// looked for only while fewer than `most` stronger ones were found.
    fn matches(&self, query: &str, most: usize) -> Option<Vec<u8>> {
        let folded = terms(query);
        let mut terms: Vec<&str> = folded.iter().map(String::as_str).collect();
        terms.dedup();
        let (first, more) = terms.split_first()?;
        let enough = if more.is_empty() { most } else { usize::MAX };
        let mut ranks = self.ranks(first, enough);
        for term in more {
            let others = self.ranks(term, usize::MAX);
            ranks.iter_mut().zip(others).for_each(|(rank, other)| *rank = (*rank).max(other));
        }
        if !more.is_empty() {
            // `zhang wei` is also one name typed with a blank in it.
            let joined = self.ranks(&terms.concat(), usize::MAX);
            ranks.iter_mut().zip(joined).for_each(|(rank, joined)| *rank = if joined == NONE { *rank } else { joined });
        }
        Some(ranks)
    }

    /// Everyone's match with one term. Weaker matches are looked for only while fewer than
    /// `enough` stronger ones were found.
    fn ranks(&self, term: &str, enough: usize) -> Vec<u8> {
        let mut ranks = Ranks { of: vec![NONE; self.people], count: 0 };
        let ascii = term.is_ascii();
        let letters = ascii && term.bytes().all(|byte| byte.is_ascii_alphabetic());
        let exact_or = |how: How, else_: Match| if how == How::Exact { Match::Exact } else { else_ };
        self.plain.prefixed(term, |index, how| ranks.improve(index, exact_or(how, Match::Prefix)));
        if letters {
            self.initials.prefixed(term, |index, how| ranks.improve(index, exact_or(how, Match::Initials)));
            self.full.prefixed(term, |index, how| ranks.improve(index, exact_or(how, Match::Prefix)));
            if term.len() > 2 {
                self.mixed.prefixed(term, |index, how| ranks.improve(index, exact_or(how, Match::Prefix)));
            }
        } else if !ascii && term.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            self.half_typed(term, &mut ranks);
        }
        if ranks.count >= enough {
            return ranks.of;
        }
        // One letter is in nearly every name.
        if !(letters && term.len() < 2) {
            self.plain.containing(term, |index, _| ranks.improve(index, Match::Infix));
        }
        if letters && term.len() > 1 {
            self.initials.containing(term, |index, _| ranks.improve(index, Match::Infix));
            self.full.containing(term, |index, _| ranks.improve(index, Match::Infix));
        }
        if ranks.count < enough {
            self.of_groups(term, &mut ranks);
        }
        ranks.of
    }

    /// Characters and pinyin in one word (`张w`): those who have its first character run, looked
    /// at one by one.
    fn half_typed(&self, term: &str, ranks: &mut Ranks) {
        let han: String =
            term.chars().skip_while(char::is_ascii).take_while(|character| !character.is_ascii()).collect();
        let matcher = self.matcher(term);
        self.plain.containing(&han, |index, _| {
            if let Some(found) = matcher.find(&*self.names[index]) {
                ranks.improve(index, if found.start() == 0 { Match::Prefix } else { Match::Infix });
            }
        });
    }

    fn of_groups(&self, term: &str, ranks: &mut Ranks) {
        let mut met = vec![false; self.groups.len()];
        for ((_, keys), met) in self.groups.iter().zip(&mut met) {
            keys.containing(term, |_, _| *met = true);
        }
        if met.iter().any(|met| *met) {
            for (index, groups) in self.memberships.iter().enumerate() {
                if groups.iter().flatten().any(|group| met[usize::from(*group)]) {
                    ranks.improve(index, Match::Agency);
                }
            }
        }
    }

    /// The parts of names (bytes) that `query` matches, to be shown; `None` where it matched by
    /// number, agency or a reading that only surnames have or only the roster knows.
    pub fn matched<'n>(&self, names: impl IntoIterator<Item = &'n str>, query: &str) -> Vec<Option<(usize, usize)>> {
        let folded = terms(query);
        let matcher = folded.first().map(|term| self.matcher(term));
        let part = |name| matcher.as_ref()?.find(name).map(|found| (found.start(), found.end()));
        names.into_iter().map(part).collect()
    }

    fn matcher<'a>(&'a self, term: &'a str) -> PinyinMatcher<'a> {
        PinyinMatcher::builder(term)
            .pinyin_data(&self.pinyin)
            .pinyin_notations(PinyinNotation::Ascii | PinyinNotation::AsciiFirstLetter)
            .is_pattern_partial(true)
            .build()
    }
}

/// Ranks by their number, best first.
const RANKS: [Match; 5] = [Match::Exact, Match::Initials, Match::Prefix, Match::Infix, Match::Agency];

/// The number of no match: worse than any.
const NONE: u8 = u8::MAX;

/// Those with a match, the best first and equal ones in order; at most so many.
fn best_first(ranks: &[u8], most: usize) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (number, rank) in (0_u8..).zip(RANKS) {
        let room = most - found.len();
        found.extend(memchr::memchr_iter(number, ranks).take(room).map(|index| Found { index, rank }));
        if found.len() >= most {
            break;
        }
    }
    found
}

/// The best match of each person so far, by number.
struct Ranks {
    of: Vec<u8>,
    count: usize,
}

impl Ranks {
    fn improve(&mut self, index: usize, rank: Match) {
        let known = &mut self.of[index];
        self.count += usize::from(*known == NONE);
        *known = (*known).min(rank as u8);
    }
}

/// What a name may be typed as.
#[derive(Default)]
struct Forms {
    initials: Vec<String>,
    full: Vec<String>,
    mixed: Vec<String>,
}

impl Forms {
    fn of(readings: &[Vec<String>]) -> Self {
        let mut forms = Self::default();
        let first_letters: Vec<Vec<String>> = readings
            .iter()
            .map(|of_character| {
                let mut letters: Vec<String> = Vec::new();
                of_character.iter().filter_map(|r| r.chars().next()).for_each(|c| add(&mut letters, c.to_string()));
                letters
            })
            .collect();
        forms.initials = combinations(&first_letters).iter().map(|letters| letters.concat()).collect();
        for syllables in combinations(readings) {
            add(&mut forms.full, syllables.concat());
            forms.mix(&syllables);
        }
        forms.mixed.retain(|key| !forms.full.contains(key));
        forms
    }

    /// Every way to shorten all syllables but the last: to the initial letter, or to zh, ch, sh.
    fn mix(&mut self, syllables: &[&str]) {
        let Some((last, before)) = syllables.split_last() else { return };
        let mut keys = vec![String::new()];
        for syllable in before {
            let double = syllable.get(..2).filter(|initial| matches!(*initial, "zh" | "ch" | "sh"));
            let ways = [syllable.get(..1), double, Some(*syllable)];
            keys = keys
                .iter()
                .flat_map(|key| ways.iter().flatten().map(move |way| format!("{key}{way}")))
                .take(MOST_KEYS)
                .collect();
        }
        for key in keys {
            if self.mixed.len() < MOST_KEYS {
                add(&mut self.mixed, key + last);
            }
        }
    }
}

/// Every way to read a name, one reading of each character, up to a limit.
fn combinations(readings: &[Vec<String>]) -> Vec<Vec<&str>> {
    let mut combinations: Vec<Vec<&str>> = vec![Vec::new()];
    for of_character in readings {
        combinations = combinations
            .iter()
            .flat_map(|so_far| of_character.iter().map(|r| [so_far.as_slice(), &[r.as_str()]].concat()))
            .take(MOST_READINGS)
            .collect();
    }
    combinations.retain(|syllables| !syllables.is_empty());
    combinations
}

fn add(keys: &mut Vec<String>, key: String) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}

/// The words of a query, in the form that names and numbers are compared in.
fn terms(query: &str) -> Vec<String> {
    query.split_whitespace().map(|term| plain(term).into_owned()).filter(|term| !term.is_empty()).collect()
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
