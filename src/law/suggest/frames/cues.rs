//! The words that frames are read from (`lexicon/frames.toml`).

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::suggest::LexiconError;

/// A kind of cue: its position in [`NAMES`].
pub(super) type Cue = usize;

const NAMES: [&str; 18] = [
    "planned",
    "dropped",
    "almost",
    "heard",
    "own",
    "recited",
    "not-us",
    "third",
    "suffered",
    "writer",
    "does",
    "phone",
    "consent",
    "video",
    "leaves",
    "rest",
    "afterwards",
    "handled",
];
pub(super) const PLANNED: Cue = 0;
pub(super) const DROPPED: Cue = 1;
pub(super) const ALMOST: Cue = 2;
pub(super) const HEARD: Cue = 3;
pub(super) const OWN: Cue = 4;
pub(super) const RECITED: Cue = 5;
pub(super) const NOT_US: Cue = 6;
pub(super) const THIRD: Cue = 7;
pub(super) const SUFFERED: Cue = 8;
pub(super) const WRITER: Cue = 9;
pub(super) const DOES: Cue = 10;
pub(super) const PHONE: Cue = 11;
pub(super) const CONSENT: Cue = 12;
pub(super) const VIDEO: Cue = 13;
pub(super) const LEAVES: Cue = 14;
pub(super) const REST: Cue = 15;
pub(super) const AFTERWARDS: Cue = 16;
pub(super) const HANDLED: Cue = 17;

/// An act told in everyday words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Everyday {
    pub(super) codes: Vec<String>,
    /// No officer was there, unless one is named.
    #[serde(default)]
    pub(super) alone: bool,
    words: Vec<String>,
    without: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    cues: BTreeMap<String, Vec<String>>,
    everyday: Vec<Everyday>,
}

/// The words, compiled.
#[derive(Debug)]
pub struct Cues {
    automaton: AhoCorasick,
    /// Of each word: which kind; everyday acts follow the cues, two kinds each.
    kinds: Vec<Cue>,
    pub(super) everyday: Vec<Everyday>,
}

/// A cue in a text: its kind and its bytes.
pub(crate) type Said = (Cue, Range<usize>);

impl Cues {
    /// Those that come with the program.
    ///
    /// # Errors
    /// When the file cannot be read or misses a kind.
    pub fn embedded() -> Result<Self, LexiconError> {
        let toml = |source| LexiconError::Toml { file: "frames.toml", source: Box::new(source) };
        let source: Source = toml::from_str(include_str!("../lexicon/frames.toml")).map_err(toml)?;
        let (mut words, mut kinds) = (Vec::new(), Vec::new());
        for (kind, name) in NAMES.into_iter().enumerate() {
            for word in source.cues.get(name).ok_or(LexiconError::MissingClass(name))? {
                words.push(word.clone());
                kinds.push(kind);
            }
        }
        for (n, act) in source.everyday.iter().enumerate() {
            for (side, list) in [&act.words, &act.without].into_iter().enumerate() {
                words.extend(list.iter().cloned());
                kinds.extend(list.iter().map(|_| NAMES.len() + 2 * n + side));
            }
        }
        Ok(Self { automaton: AhoCorasick::new(&words)?, kinds, everyday: source.everyday })
    }

    /// All cues in `text`, by where they end.
    pub(crate) fn find(&self, text: &str) -> Vec<Said> {
        self.automaton.find_overlapping_iter(text).map(|m| (self.kinds[m.pattern().as_usize()], m.range())).collect()
    }

    /// The first cue of a kind within `range`.
    pub(super) fn first(&self, said: &[Said], kind: Cue, range: &Range<usize>) -> Option<Range<usize>> {
        said.iter().find(|(k, r)| *k == kind && r.start >= range.start && r.end <= range.end).map(|(_, r)| r.clone())
    }

    /// The first cue of a kind from `start` on.
    pub(super) fn after(&self, said: &[Said], kind: Cue, start: usize) -> Option<Range<usize>> {
        self.first(said, kind, &(start..usize::MAX))
    }

    /// The places that tell of everyday act `n`; none where a word makes it something else.
    pub(super) fn told<'a>(&self, said: &'a [Said], n: usize) -> impl Iterator<Item = &'a Range<usize>> + use<'a> {
        let (with, without) = (NAMES.len() + 2 * n, NAMES.len() + 2 * n + 1);
        let other = said.iter().any(|(kind, _)| *kind == without);
        said.iter().filter(move |(kind, _)| *kind == with && !other).map(|(_, range)| range)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_embedded_words_can_be_read() {
        let cues = super::Cues::embedded().expect("frames.toml");
        assert!(cues.find("听说要来查").iter().any(|(kind, _)| *kind == super::HEARD));
    }
}
