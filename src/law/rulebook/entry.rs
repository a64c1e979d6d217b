//! Reading the rows of a register and their examples.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::layer::{Header, Layer, Rank, Source};
use super::raw::{RawExample, RawWhen};
use super::reader::{File, Place, files, look_up, severity};
use super::{Model, Texts};
use crate::vocabulary::Scope;
use crate::{Point, Problem, ReasonCode, Rulebook, Rules, Severity, Vocabulary, lint};

/// Most combinations of facts, since each is walked.
const MOST_COMBINATIONS: usize = 1 << 20;

/// A worked example of an entry.
#[derive(Debug, Clone)]
pub(crate) struct EntryExample {
    pub(crate) row: String,
    pub(crate) fires: bool,
    pub(crate) title: String,
    pub(crate) facts: Point,
    pub(crate) verdict: Severity,
    pub(crate) findings: Vec<String>,
    pub(crate) place: Place,
}

impl Rules {
    /// Reads rows in `vocabulary` that cite the provisions of `book`: `[[row]]`, `[[addition]]` and
    /// `[[example]]` as in a rulebook's files, an example's facts in the form of a `when`.
    ///
    /// # Errors
    /// All that is wrong with them, rows that never fire, contradict, leave a gap or fail their examples among it.
    pub fn load(vocabulary: &Arc<Vocabulary>, book: &Rulebook, sources: &[Source]) -> Result<Self, Vec<Problem>> {
        let rules = Self::read(vocabulary, book, sources)?;
        let problems = lint::check_rules(&rules);
        if problems.is_empty() { Ok(rules) } else { Err(problems) }
    }

    /// The same of rows that a test holds to be sound.
    ///
    /// # Errors
    /// When they cannot be read or name what is unknown.
    pub fn read(vocabulary: &Arc<Vocabulary>, book: &Rulebook, sources: &[Source]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let files = files::<RawWhen>(sources, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        for file in &files {
            only_rows(file, &mut problems);
        }
        let fields = vocabulary.all_fields();
        let whole = Place { file: files.first().map(|file| file.name.to_owned()).unwrap_or_default(), line: 0 };
        if fields.iter().any(|field| field.scope() != Scope::Entry) {
            problems.push(whole.problem(ReasonCode::MixedFacts, &[("row", vocabulary.subject()), ("field", "of")]));
        }
        let sizes = fields.iter().try_fold(1_usize, |all, field| all.checked_mul(field.size()));
        if sizes.is_none_or(|all| all > MOST_COMBINATIONS) {
            let limit = MOST_COMBINATIONS.to_string();
            problems.push(whole.problem(ReasonCode::TooMany, &[("field", "facts"), ("limit", &limit)]));
        }
        let own = std::iter::once(Source { file: String::new(), text: vocabulary.text.clone() });
        let own = own.chain(sources.iter().cloned()).collect();
        let layer = Header { id: vocabulary.subject().to_owned(), rank: Rank::City, ..Header::default() };
        let mut model = Model {
            vocabulary: Arc::clone(vocabulary),
            id: format!("{}/{}", book.id(), vocabulary.subject()),
            digest: Layer::digest(&[Layer { rank: Rank::City, sources: own }]),
            layers: vec![layer],
            texts: book.model().texts.clone(),
            consequences: book.model().consequences.clone(),
            ..Model::default()
        };
        let files = [files];
        let no_situations = BTreeMap::new();
        model.add_rows(&files, &no_situations, &mut problems);
        model.add_additions(&files, &no_situations, &mut problems);
        // Read out of the rulebook at hand, and needed here for their names alone.
        model.texts = Texts::default();
        let mut examples = Vec::new();
        for file in &files[0] {
            let own = file.raw.example.iter();
            examples.extend(own.filter_map(|raw| example(file, raw, vocabulary, &mut problems)));
        }
        if problems.is_empty() {
            Ok(Self::made(model, examples))
        } else {
            problems.sort();
            Err(problems)
        }
    }
}

/// Reports what a file says beside rows, additions and examples.
fn only_rows(file: &File<'_, RawWhen>, problems: &mut Vec<Problem>) {
    let raw = &file.raw;
    let others = [
        ("rulebook", raw.rulebook.is_some()),
        ("law", !raw.law.is_empty()),
        ("consequence", !raw.consequence.is_empty()),
        ("situation", !raw.situation.is_empty()),
        ("chapter", !raw.chapter.is_empty()),
        ("article", !raw.article.is_empty()),
        ("activity", !raw.activity.is_empty()),
    ];
    let place = Place { file: file.name.to_owned(), line: 0 };
    for (name, _) in others.into_iter().filter(|(_, stated)| *stated) {
        problems.push(place.problem(ReasonCode::UnknownCode, &[("code", name), ("field", "rules")]));
    }
}

/// An example; of a fact that it does not state, the first value holds.
fn example(
    file: &File<'_, RawWhen>,
    raw: &RawExample<RawWhen>,
    vocabulary: &Vocabulary,
    problems: &mut Vec<Problem>,
) -> Option<EntryExample> {
    let place = file.at(&raw.row);
    if raw.title.trim().is_empty() {
        problems.push(place.problem(ReasonCode::MissingText, &[("row", raw.row.get_ref()), ("field", "title")]));
    }
    let mut stated: Vec<(&str, &str)> = Vec::new();
    for (key, value) in raw.facts.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value))) {
        let known = |name: &str| vocabulary.fact(key)?.position(name);
        look_up(file, value, key, known, problems)?;
        stated.push((key, value.get_ref()));
    }
    let unstated = vocabulary.facts.iter().filter(|fact| !fact.set && !raw.facts.contains_key(&fact.key));
    stated.extend(unstated.map(|fact| (&*fact.key, &*fact.values[0])));
    let facts = vocabulary.point(&stated);
    if facts.is_none() {
        problems.push(place.problem(ReasonCode::MixedFacts, &[("row", raw.row.get_ref()), ("field", "facts")]));
    }
    let verdict = look_up(file, &raw.verdict, "verdict", severity, problems)?;
    Some(EntryExample {
        row: raw.row.get_ref().clone(),
        fires: raw.fires,
        title: raw.title.clone(),
        facts: facts?,
        verdict,
        findings: raw.findings.iter().map(|row| row.get_ref().clone()).collect(),
        place,
    })
}
