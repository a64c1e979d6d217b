//! Reading a vocabulary.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::raw::RawWhen;
use super::reader::{Text, parse};
use super::table::{Names, condition};
use crate::vocabulary::{Fact, Field, MOST_FIELDS, Mask, Scope, Vocabulary, Wording};
use crate::{Problem, ReasonCode};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVocabulary {
    subject: String,
    fact: Vec<RawFact>,
    #[serde(default)]
    never: Vec<RawWhen>,
    #[serde(default)]
    words: BTreeMap<String, Wording>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFact {
    key: Spanned<String>,
    #[serde(default)]
    of: Scope,
    within: Option<Spanned<String>>,
    #[serde(default)]
    set: bool,
    #[serde(default)]
    fixed: bool,
    zh: String,
    en: String,
    values: Vec<RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValue {
    key: String,
    zh: String,
    en: String,
}

/// What a row's `when` may name beside facts.
const RESERVED: [&str; 4] = ["activity", "except", "situation", "except_situation"];

impl Vocabulary {
    /// Reads a vocabulary in TOML: `subject`, a `[[fact]]` each with `key`, words and `values`, what is
    /// `never` so, and `[words]`.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of its lines.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let file = Text { name, text };
        let Some(raw) = parse::<RawVocabulary>(file, &mut problems) else { return Err(problems) };
        let mut read = Self { subject: raw.subject, words: raw.words, text: text.to_owned(), ..Self::default() };
        for fact in &raw.fact {
            read.add_fact(file, fact, &mut problems);
        }
        if problems.is_empty() {
            read.place(file, &raw.fact, &mut problems);
        }
        if problems.is_empty() {
            let never = raw.never.iter().map(|when| condition(&file, when, &Names::of(&read), &mut problems));
            let never = never.collect();
            read.never = never;
        }
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }

    /// Adds a fact and its words; where it stands is seen when all are read.
    fn add_fact(&mut self, file: Text<'_>, raw: &RawFact, problems: &mut Vec<Problem>) {
        let (key, place) = (raw.key.get_ref(), file.at(&raw.key));
        if RESERVED.contains(&&**key) || self.fact(key).is_some() {
            problems.push(place.problem(ReasonCode::Duplicate, &[("code", key)]));
        }
        if raw.values.is_empty() {
            problems.push(place.problem(ReasonCode::MissingText, &[("row", key), ("field", "values")]));
        }
        let of_values = raw.values.iter().map(|value| (format!("{key}.{}", value.key), &value.zh, &value.en));
        for (word, zh, en) in of_values.chain([(key.clone(), &raw.zh, &raw.en)]) {
            if zh.trim().is_empty() || en.trim().is_empty() {
                problems.push(place.problem(ReasonCode::MissingText, &[("row", key), ("field", &word)]));
            }
            if self.words.insert(word.clone(), Wording { zh: zh.clone(), en: en.clone() }).is_some() {
                problems.push(place.problem(ReasonCode::Duplicate, &[("code", &word)]));
            }
        }
        self.facts.push(Fact {
            key: key.clone(),
            values: raw.values.iter().map(|value| value.key.clone()).collect(),
            set: raw.set,
            fixed: raw.fixed,
            field: Field::new(0, 0, raw.of),
            stride: 1,
        });
    }

    /// Gives every fact its field and its place in it; of facts within one, the first counts most.
    fn place(&mut self, file: Text<'_>, raw: &[RawFact], problems: &mut Vec<Problem>) {
        let name = |raw: &RawFact| raw.within.as_ref().unwrap_or(&raw.key).get_ref().clone();
        let mut names: Vec<String> = Vec::new();
        for own in raw.iter().map(name) {
            if !names.contains(&own) {
                names.push(own);
            }
        }
        for (at, field) in names.into_iter().enumerate() {
            let own = || (0..raw.len()).filter(|&fact| name(&raw[fact]) == field);
            let ways = |fact: usize| {
                let count = self.facts[fact].values.len();
                if raw[fact].set { 1_usize.checked_shl(u32::try_from(count).unwrap_or(u32::MAX)) } else { Some(count) }
            };
            let size = own().try_fold(1_usize, |size, fact| size.checked_mul(ways(fact)?));
            let size = size.filter(|&size| size <= Mask::BITS as usize).and_then(|size| u8::try_from(size).ok());
            let Some(first) = own().next() else { continue };
            let place = file.at(&raw[first].key);
            let (Some(size), Ok(at)) = (size, u8::try_from(at)) else {
                let limit = Mask::BITS.to_string();
                problems.push(place.problem(ReasonCode::TooMany, &[("field", &field), ("limit", &limit)]));
                continue;
            };
            let scope = raw[first].of;
            let whole = Field::new(at, size, scope);
            let mut stride = usize::from(size);
            for fact in own() {
                if raw[fact].of != scope || (raw[fact].set && own().count() > 1) {
                    let args = [("row", raw[fact].key.get_ref().as_str()), ("field", &field)];
                    problems.push(file.at(&raw[fact].key).problem(ReasonCode::MixedFacts, &args));
                }
                self.facts[fact].field = whole;
                if !raw[fact].set {
                    stride /= self.facts[fact].values.len();
                    self.facts[fact].stride = stride;
                }
            }
            self.fields.push((whole, field));
        }
        if self.fields.len() > MOST_FIELDS {
            let limit = MOST_FIELDS.to_string();
            let place = raw.last().map(|raw| file.at(&raw.key)).unwrap_or_default();
            problems.push(place.problem(ReasonCode::TooMany, &[("field", "fact"), ("limit", &limit)]));
        }
    }
}
