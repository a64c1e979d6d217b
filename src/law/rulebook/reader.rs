//! Reading files into raw form, and gathering what is wrong with their lines.

use std::ops::{Deref, Range};

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::layer::Layer;
use super::layer::Source;
use super::raw::{RawFacts, RawFile, RawWords};
use crate::{Answerable, Problem, Reason, ReasonCode, Severity};

/// The text of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

/// A file that has been read.
pub(super) struct File<'a, F = RawFacts> {
    source: Text<'a>,
    pub(super) raw: RawFile<F>,
}

impl<'a, F> Deref for File<'a, F> {
    type Target = Text<'a>;

    fn deref(&self) -> &Text<'a> {
        &self.source
    }
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Place {
    pub(crate) fn problem(&self, code: ReasonCode, args: &[(&'static str, &str)]) -> Problem {
        Problem { file: self.file.clone(), line: self.line, reason: Reason::new(code, args) }
    }
}

impl Text<'_> {
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        Place { file: self.name.to_owned(), line: before.bytes().filter(|&byte| byte == b'\n').count() + 1 }
    }

    pub(super) fn at<T>(&self, spanned: &Spanned<T>) -> Place {
        self.place(&spanned.span())
    }
}

/// Reads every file of `layer`; a file that is not of the form of a rulebook is a problem.
pub(super) fn read<'a>(layer: &'a Layer, problems: &mut Vec<Problem>) -> Vec<File<'a>> {
    files(&layer.sources, problems)
}

/// The same of files whose examples are of the form `F`.
pub(super) fn files<'a, F: DeserializeOwned>(sources: &'a [Source], problems: &mut Vec<Problem>) -> Vec<File<'a, F>> {
    let texts = sources.iter().map(|source| Text { name: &source.file, text: &source.text });
    texts.filter_map(|source| Some(File { raw: parse(source, problems)?, source })).collect()
}

/// What a text says, or a problem where it is not of the form asked for.
pub(super) fn parse<R: DeserializeOwned>(source: Text<'_>, problems: &mut Vec<Problem>) -> Option<R> {
    let refused = |error: toml::de::Error| {
        let whole = Place { file: source.name.to_owned(), line: 0 };
        let place = error.span().map_or(whole, |span| source.place(&span));
        problems.push(place.problem(ReasonCode::Syntax, &[("detail", error.message())]));
    };
    toml::from_str(source.text).map_err(refused).ok()
}

/// Reports each wording of `words` that is missing, under the names `field.zh` and `field.en`.
pub(super) fn require_words(words: &RawWords, field: &str, row: &str, place: &Place, problems: &mut Vec<Problem>) {
    for (lang, text) in [("zh", &words.zh), ("en", &words.en)] {
        if text.trim().is_empty() {
            problems
                .push(place.problem(ReasonCode::MissingText, &[("row", row), ("field", &format!("{field}.{lang}"))]));
        }
    }
}

pub(super) fn severity(name: &str) -> Option<Severity> {
    [("permitted", Severity::Permitted), ("needs_review", Severity::NeedsReview), ("improper", Severity::Improper)]
        .into_iter()
        .find_map(|(text, severity)| (text == name).then_some(severity))
}

pub(super) fn answerable(name: &str) -> Option<Answerable> {
    [("agency", Answerable::Agency), ("officer", Answerable::Officer), ("auxiliary", Answerable::Auxiliary)]
        .into_iter()
        .find_map(|(text, answerable)| (text == name).then_some(answerable))
}

/// The value called `name` among `known`, or a problem at its place.
pub(super) fn look_up<T>(
    file: &Text<'_>,
    name: &Spanned<String>,
    field: &str,
    known: impl FnOnce(&str) -> Option<T>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let found = known(name.get_ref());
    if found.is_none() {
        problems.push(file.at(name).problem(ReasonCode::UnknownCode, &[("code", name.get_ref()), ("field", field)]));
    }
    found
}
