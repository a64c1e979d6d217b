//! Putting layers together: one list of provisions, activities and rows, every name resolved.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::condition::Condition;
use super::example::{Example, example};
use super::layer::{Header, Layer, Rank};
use super::local;
use super::reader::{File, Place, look_up, read, require_words};
use super::table::{Addition, Names, Rule, addition, condition, row};
use super::texts::Texts;
use crate::vocabulary::{Mask, Vocabulary};
use crate::{Activity, Problem, ReasonCode, Row};

/// A word for a kind of supervision, as rows use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The word.
    pub name: String,
    /// What it means, in Chinese.
    pub zh: String,
    /// What it means, in English.
    pub en: String,
    /// The combinations of mode, presence and officers that it means.
    pub(crate) mask: Mask,
}

/// Layers put together, names resolved; not yet compiled for judging.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) vocabulary: Arc<Vocabulary>,
    pub(crate) id: String,
    pub(crate) digest: String,
    pub(crate) notice: (String, String),
    pub(crate) in_force_from: Option<DateTime<FixedOffset>>,
    pub(crate) in_force_until: Option<DateTime<FixedOffset>>,
    pub(crate) layers: Vec<Header>,
    pub(crate) texts: Texts,
    pub(crate) consequences: Vec<(String, String)>,
    pub(crate) situations: Vec<Situation>,
    pub(crate) activities: Vec<Activity>,
    /// The decision table in its order.
    pub(crate) rows: Vec<Row>,
    /// The conditions of `rows`, position by position.
    pub(crate) rules: Vec<Rule>,
    pub(crate) additions: Vec<Addition>,
    pub(crate) examples: Vec<Example>,
}

/// Puts `layers` together.
pub(crate) fn assemble(layers: &[Layer]) -> Result<Model, Vec<Problem>> {
    let mut problems = Vec::new();
    let read: Vec<Vec<File<'_>>> = layers.iter().map(|layer| read(layer, &mut problems)).collect();
    // Names cannot be resolved in files that were not read.
    if !problems.is_empty() {
        return Err(problems);
    }
    let vocabulary = Arc::clone(Vocabulary::task());
    let mut model = Model { vocabulary, digest: Layer::digest(layers), ..Model::default() };
    for (files, layer) in read.iter().zip(layers) {
        model.layers.push(Header::read(files, layer, &mut problems));
    }
    model.identify(layers);
    local::check(&read, layers, &mut problems);
    model.add_texts(&read, &mut problems);
    let masks = model.add_situations(&read, &mut problems);
    model.add_activities(&read, &mut problems);
    model.add_rows(&read, &masks, &mut problems);
    model.add_additions(&read, &masks, &mut problems);
    for (layer, file) in read.iter().enumerate().flat_map(|(at, files)| files.iter().map(move |file| (at, file))) {
        for raw in &file.raw.example {
            model.examples.extend(example(file, raw, layer, &model.activities, &mut problems));
        }
    }
    if problems.is_empty() {
        Ok(model)
    } else {
        problems.sort();
        Err(problems)
    }
}

impl Model {
    /// Takes dates and notice from the base layer, and its id, to which every other layer is added
    /// that did not come with the program; one that did not is told by its digest, too.
    fn identify(&mut self, layers: &[Layer]) {
        let base = self.base();
        let Some(header) = self.layers.get(base) else { return };
        self.in_force_from = Some(header.in_force_from);
        self.in_force_until = header.in_force_until;
        self.notice = header.notice.clone();
        let others = (0..layers.len()).filter(|&at| at != base);
        let named = std::iter::once(base).chain(others).filter_map(|at| {
            if layers[at].is_embedded() {
                (at == base).then(|| header.id.clone())
            } else {
                Some(format!("{}@{}", self.layers[at].id, layers[at].short_digest()))
            }
        });
        self.id = named.collect::<Vec<_>>().join("+");
    }

    /// The layer that is the regulation itself: the first that is neither local nor national.
    pub(crate) fn base(&self) -> usize {
        let is_base = |header: &Header| !matches!(header.rank, Rank::Local | Rank::National);
        self.layers.iter().position(is_base).unwrap_or(0)
    }

    fn add_texts(&mut self, read: &[Vec<File<'_>>], problems: &mut Vec<Problem>) {
        let files = || read.iter().flatten();
        files().for_each(|file| self.texts.add(file, problems));
        files().for_each(|file| self.texts.check(file, problems));
        let provisions = &self.texts.provisions;
        let known = |cite: &str| provisions.iter().any(|known| known.cite == cite).then(|| cite.to_owned());
        for (file, raw) in files().flat_map(|file| file.raw.consequence.iter().map(move |raw| (file, raw))) {
            let of = look_up(file, &raw.of, "of", known, problems);
            let follows = look_up(file, &raw.follows, "follows", known, problems);
            self.consequences.extend(of.zip(follows));
        }
    }

    /// The supervisions that each word stands for.
    fn add_situations(&mut self, read: &[Vec<File<'_>>], problems: &mut Vec<Problem>) -> BTreeMap<String, Mask> {
        let mut masks = BTreeMap::new();
        let Some(joined) = self.vocabulary.joined() else { return masks };
        let vocabulary = Arc::clone(&self.vocabulary);
        let names = Names::of(&vocabulary);
        for (layer, file) in read.iter().enumerate().flat_map(|(at, files)| files.iter().map(move |file| (at, file))) {
            for raw in &file.raw.situation {
                let name = raw.name.get_ref();
                let place = file.at(&raw.name);
                let alternatives = raw.any.iter().map(|when| condition(file, when, &names, problems));
                let mask = alternatives.fold(0, |mask, condition: Condition| mask | condition.mask(joined));
                if mask == 0 {
                    problems.push(place.problem(ReasonCode::NeverFires, &[("row", name), ("case", "1")]));
                }
                if masks.insert(name.clone(), mask).is_some() {
                    problems.push(self.twice(layer, name, &place));
                }
                let (name, zh, en) = (name.clone(), raw.zh.clone(), raw.en.clone());
                self.situations.push(Situation { name, zh, en, mask });
            }
        }
        masks
    }

    fn add_activities(&mut self, read: &[Vec<File<'_>>], problems: &mut Vec<Problem>) {
        for (layer, file) in read.iter().enumerate().flat_map(|(at, files)| files.iter().map(move |file| (at, file))) {
            for raw in &file.raw.activity {
                let code = raw.code.get_ref();
                let place = file.at(&raw.code);
                let item = code.split_once(':').map_or(code.as_str(), |(item, _)| item).to_owned();
                if !self.texts.provisions.iter().any(|provision| provision.cite == item) {
                    problems.push(place.problem(ReasonCode::UnknownCode, &[("code", code), ("field", "activity")]));
                }
                if self.activities.iter().any(|known| known.code == *code) {
                    problems.push(self.twice(layer, code, &place));
                    continue;
                }
                for (field, text) in [("zh", &raw.zh), ("en", &raw.en)] {
                    if text.trim().is_empty() {
                        problems.push(place.problem(ReasonCode::MissingText, &[("row", code), ("field", field)]));
                    }
                }
                let (zh, en, words) = (raw.zh.clone(), raw.en.clone(), raw.words.clone());
                self.activities.push(Activity { code: code.clone(), item, zh, en, words });
                if self.activities.len() == MOST_ACTIVITIES + 1 {
                    let limit = MOST_ACTIVITIES.to_string();
                    problems.push(place.problem(ReasonCode::TooMany, &[("field", "activity"), ("limit", &limit)]));
                }
            }
        }
        // Positions are bits of a mask; what is beyond has been reported.
        self.activities.truncate(MOST_ACTIVITIES);
    }

    pub(super) fn add_rows<F>(
        &mut self,
        read: &[Vec<File<'_, F>>],
        masks: &BTreeMap<String, Mask>,
        problems: &mut Vec<Problem>,
    ) {
        for (layer, file) in read.iter().enumerate().flat_map(|(at, files)| files.iter().map(move |file| (at, file))) {
            for raw in &file.raw.row {
                let names = self.names(masks);
                let (row, rule) = row(file, raw, &self.layers[layer].id, &names, problems);
                if self.rows.iter().any(|known| known.id == row.id) {
                    problems.push(self.twice(layer, &row.id, &rule.place));
                    continue;
                }
                let mut at = self.rows.len();
                if let Some(before) = &raw.before {
                    let known = |name: &str| self.rows.iter().position(|known| known.id == name);
                    at = look_up(file, before, "before", known, problems).unwrap_or(at);
                }
                if let Some(replaced) = &raw.replaces {
                    match self.rows.iter().position(|known| known.id == *replaced.get_ref()) {
                        Some(known) if self.rank_of(&self.rows[known].layer) < self.layers[layer].rank => {
                            self.rows[known].replaced_by = Some(row.id.clone());
                            at = at.min(known);
                        }
                        _ => {
                            let args = [("row", row.id.as_str()), ("other", replaced.get_ref())];
                            problems.push(file.at(replaced).problem(ReasonCode::ReplacesNothing, &args));
                        }
                    }
                }
                self.rows.insert(at, row);
                self.rules.insert(at, rule);
            }
        }
        for (file, raw) in read.iter().flatten().flat_map(|file| file.raw.row.iter().map(move |raw| (file, raw))) {
            for name in &raw.qualifies {
                look_up(file, name, "qualifies", |name| self.rows.iter().position(|row| row.id == name), problems);
            }
        }
    }

    pub(super) fn add_additions<F>(
        &mut self,
        read: &[Vec<File<'_, F>>],
        masks: &BTreeMap<String, Mask>,
        problems: &mut Vec<Problem>,
    ) {
        let fields = self.vocabulary.all_fields();
        for (file, raw) in read.iter().flatten().flat_map(|file| file.raw.addition.iter().map(move |raw| (file, raw))) {
            let addition = addition(file, raw, &self.names(masks), problems);
            for name in &raw.rows {
                let known = |name: &str| self.rows.iter().position(|row| row.id == name);
                let Some(row) = look_up(file, name, "rows", known, problems) else { continue };
                let rule = &mut self.rules[row];
                if addition.when.scopes(&fields).iter().any(|scope| *scope != rule.scope) {
                    problems.push(
                        file.at(name)
                            .problem(ReasonCode::MixedFacts, &[("row", name.get_ref()), ("field", "addition")]),
                    );
                }
                rule.additions.push(self.additions.len());
            }
            self.additions.push(addition);
        }
    }

    fn names<'a>(&'a self, situations: &'a BTreeMap<String, Mask>) -> Names<'a> {
        let (vocabulary, activities, provisions) = (&*self.vocabulary, &*self.activities, &*self.texts.provisions);
        Names { vocabulary, activities, provisions, situations }
    }

    fn rank_of(&self, layer: &str) -> Rank {
        self.layers.iter().find(|header| header.id == layer).map_or(Rank::Local, |header| header.rank)
    }

    /// A second definition: an attempt to weaken where a local layer makes it.
    fn twice(&self, layer: usize, name: &str, place: &Place) -> Problem {
        if self.layers[layer].rank == Rank::Local {
            place.problem(ReasonCode::Weakens, &[("row", name)])
        } else {
            place.problem(ReasonCode::Duplicate, &[("code", name)])
        }
    }
}

const MOST_ACTIVITIES: usize = 128;

impl Header {
    fn read(files: &[File<'_>], layer: &Layer, problems: &mut Vec<Problem>) -> Self {
        let mut headers = files.iter().filter_map(|file| Some((file, file.raw.rulebook.as_ref()?)));
        let Some((file, raw)) = headers.next() else {
            let name = layer.sources.first().map(|source| source.file.clone()).unwrap_or_default();
            let args = [("row", "rulebook"), ("field", "rulebook")];
            problems.push(Place { file: name, line: 0 }.problem(ReasonCode::MissingText, &args));
            return Self { rank: layer.rank, ..Self::default() };
        };
        for (file, second) in headers {
            problems.push(file.at(&second.id).problem(ReasonCode::Duplicate, &[("code", "rulebook")]));
        }
        let date = |text: &str| DateTime::parse_from_rfc3339(text).ok();
        if let Some(notice) = &raw.notice {
            require_words(notice, "notice", raw.id.get_ref(), &file.at(&raw.id), problems);
        }
        let claim = raw.rank.as_ref().map(|claim| (claim, look_up(file, claim, "rank", Rank::named, problems)));
        if let Some((claim, Some(rank))) = claim
            && rank != layer.rank
        {
            let args = [("claimed", rank.name()), ("given", layer.rank.name())];
            problems.push(file.at(claim).problem(ReasonCode::RankClaimed, &args));
        }
        let default = Self::default();
        Self {
            id: raw.id.get_ref().clone(),
            rank: layer.rank,
            in_force_from: look_up(file, &raw.in_force_from, "in_force_from", date, problems)
                .unwrap_or(default.in_force_from),
            in_force_until: raw
                .in_force_until
                .as_ref()
                .and_then(|until| look_up(file, until, "in_force_until", date, problems)),
            supersedes: raw.supersedes.as_ref().map(|id| id.get_ref().clone()),
            notice: raw.notice.as_ref().map(|notice| (notice.zh.clone(), notice.en.clone())).unwrap_or_default(),
        }
    }

    /// The header of `layer` alone, for choosing layers by date before they are put together.
    pub(crate) fn of(layer: &Layer) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let files = read(layer, &mut problems);
        if problems.is_empty() {
            let header = Self::read(&files, layer, &mut problems);
            if problems.is_empty() {
                return Ok(header);
            }
        }
        Err(problems)
    }
}
