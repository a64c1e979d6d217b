//! Training the linear model: one support vector machine a label, by dual coordinate descent
//! (Hsieh et al., 2008), the same on every run.
//!
//! Every description is learnt twice: with the lexicon's reading, and without. The lexicon was
//! written beside these descriptions and reads them better than any others; a model that never had
//! to do without it would trust it too far.

use std::collections::{BTreeMap, BTreeSet};

use super::features::{self, Feature, Kind};
use super::lexicon::Lexicon;
use super::measure::Labelled;
use super::model::{Answer, IMPROPER, Index, Model};
use super::parts;
use crate::Mode;

/// How the model is trained; the defaults were chosen on descriptions that the lexicon had not seen.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Passes over the descriptions.
    pub epochs: usize,
    /// Cost of an answer on the wrong side, against the size of the weights.
    pub cost: f32,
    /// How much more a rare feature says than a common one.
    pub rarity: f32,
    /// Features seen in fewer descriptions are left out.
    pub least: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { epochs: 10, cost: 0.5, rarity: 0.3, least: 2 }
    }
}

/// A description as the trainer reads it.
struct Sample {
    features: Vec<Feature>,
    labels: BTreeSet<String>,
}

/// A description as features by position, each with what it says there.
type Row = Vec<(usize, f32)>;

/// Trains a model on `descriptions`, given what `lexicon` reads in them.
#[must_use]
pub fn train(lexicon: &Lexicon, descriptions: &[&Labelled], settings: Settings) -> Model {
    let sample = |d: &&Labelled| Sample { features: parts(lexicon, &d.text).features, labels: labels_of(d) };
    let samples: Vec<Sample> = descriptions.iter().map(sample).collect();
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    samples.iter().flat_map(|s| &s.features).for_each(|f| *seen.entry(f.hash).or_default() += 1);
    seen.retain(|_, n| *n >= settings.least);
    let hashes: Vec<u32> = seen.keys().copied().collect();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand descriptions")]
    let rarity = |n: u32| (samples.len() as f32 / n as f32).ln().max(0.1).powf(settings.rarity);
    let rarities: Vec<f32> = seen.values().map(|&n| rarity(n)).collect();
    let labels: Vec<String> =
        samples.iter().flat_map(|s| s.labels.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect();
    let place = |label: &String| labels.binary_search(label).unwrap_or_default();
    let (mut rows, mut truths): (Vec<Row>, Vec<u64>) = (Vec::new(), Vec::new());
    for sample in &samples {
        let truth = sample.labels.iter().fold(0, |bits, label| bits | 1 << place(label));
        let blind: Vec<Feature> = sample.features.iter().filter(|f| f.kind != Kind::Read).copied().collect();
        for features in [&blind, &sample.features] {
            rows.push(row(features, &hashes, &rarities));
            truths.push(truth);
        }
    }
    let columns = labels.len();
    let (mut bias, mut scale) = (Vec::new(), Vec::new());
    let mut weights = vec![0_i8; hashes.len() * columns];
    for label in 0..columns {
        let truth: Vec<bool> = truths.iter().map(|bits| bits >> label & 1 == 1).collect();
        let mut column = fit(&rows, &truth, hashes.len() + 1, settings);
        bias.push(column.pop().unwrap_or_default());
        column.iter_mut().zip(&rarities).for_each(|(weight, rarity)| *weight *= rarity);
        let largest = column.iter().fold(0.0_f32, |max, w| max.max(w.abs())).max(f32::MIN_POSITIVE);
        let unit = largest / 127.0;
        scale.push(unit);
        for (row, weight) in column.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "the largest weight is scaled to 127")]
            let byte = (weight / unit).round() as i8;
            weights[row * columns + label] = byte;
        }
    }
    // A feature without weight for any label says nothing.
    let keep = |row: &[i8]| row.iter().any(|&weight| weight != 0);
    let kept = hashes.iter().zip(weights.chunks(columns.max(1))).filter(|(_, row)| keep(row));
    let (hashes, weights): (Vec<u32>, Vec<&[i8]>) = kept.map(|(hash, row)| (*hash, row)).unzip();
    let (index, weights) = (Index::new(hashes), weights.concat());
    Model { bias, scale, weights, answers: answers(&truths), index, labels }
}

/// The features that are kept, by position, and the constant one that carries the bias.
fn row(features: &[Feature], hashes: &[u32], rarities: &[f32]) -> Row {
    let weights = features::weights(features::counts(features));
    let known = features.iter().filter_map(|f| {
        let at = hashes.binary_search(&f.hash).ok()?;
        Some((at, weights[f.kind as usize] * rarities[at]))
    });
    let mut row: Row = known.chain([(hashes.len(), 1.0)]).collect();
    // Sums of floats depend on their order, and the model is to be the same on every run.
    row.sort_unstable_by_key(|(at, _)| *at);
    row
}

/// Every answer given, with how often.
#[expect(clippy::cast_precision_loss, reason = "a few thousand descriptions")]
fn answers(truths: &[u64]) -> Vec<Answer> {
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    for &labels in truths {
        *counts.entry(labels).or_default() += 1;
    }
    let often = |n: u32| (n as f32 / truths.len() as f32).ln();
    counts.into_iter().map(|(labels, n)| Answer { labels, often: often(n) }).collect()
}

fn labels_of(description: &Labelled) -> BTreeSet<String> {
    let mode = match description.mode {
        Mode::Independent => "mode:independent",
        Mode::Assisted => "mode:assisted",
        Mode::Unstated => "mode:unstated",
    };
    let improper = (description.improper == Some(true)).then(|| IMPROPER.to_owned());
    description.items.iter().cloned().chain([mode.to_owned()]).chain(improper).collect()
}

/// One label: the weights that keep most descriptions on the right side of it.
fn fit(rows: &[Row], truth: &[bool], width: usize, settings: Settings) -> Vec<f32> {
    let mut weights = vec![0.0_f32; width];
    let mut duals = vec![0.0_f32; rows.len()];
    let squares: Vec<f32> = rows.iter().map(|row| row.iter().map(|(_, value)| value * value).sum()).collect();
    let slack = 0.5 / settings.cost;
    for epoch in 0..settings.epochs {
        // A stride over the rows, another each time, stands for shuffling.
        let stride = (1..10_000).map(|n| n * 7 + 3 + epoch * 13).find(|n| gcd(*n, rows.len().max(1)) == 1).unwrap_or(1);
        for step in 0..rows.len() {
            let n = (step * stride + epoch) % rows.len();
            let side = if truth[n] { 1.0 } else { -1.0 };
            let score: f32 = rows[n].iter().map(|&(at, value)| weights[at] * value).sum();
            let gradient = side * score - 1.0 + duals[n] * slack;
            let dual = (duals[n] - gradient / (squares[n] + slack)).max(0.0);
            let step = (dual - duals[n]) * side;
            if step != 0.0 {
                duals[n] = dual;
                rows[n].iter().for_each(|&(at, value)| weights[at] += step * value);
            }
        }
    }
    weights
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
