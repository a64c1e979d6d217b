//! Training the linear model: logistic regressions by `AdaGrad`, the same on every run.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::Lexicon;
use super::measure::Labelled;
use super::model::{IMPROPER, Model};
use super::{Parts, parts};
use crate::Mode;

/// How the model is trained; the defaults were chosen by cross-validation.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Passes over the descriptions.
    pub epochs: u32,
    /// Step size.
    pub rate: f32,
    /// Pull of every weight to zero.
    pub decay: f32,
    /// Features seen in fewer descriptions are left out.
    pub least: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { epochs: 40, rate: 0.5, decay: 3e-4, least: 2 }
    }
}

/// Trains a model on `descriptions`, given what `lexicon` reads in them.
#[must_use]
pub fn train(lexicon: &Lexicon, descriptions: &[&Labelled], settings: Settings) -> Model {
    let samples: Vec<(Vec<u32>, BTreeSet<String>)> =
        descriptions.iter().map(|d| (hashes(lexicon, &d.text), labels_of(d))).collect();
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    samples.iter().flat_map(|(hashes, _)| hashes).for_each(|&hash| *seen.entry(hash).or_default() += 1);
    let hashes: Vec<u32> = seen.into_iter().filter(|&(_, n)| n >= settings.least).map(|(hash, _)| hash).collect();
    let labels: Vec<String> =
        samples.iter().flat_map(|(_, labels)| labels.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect();
    let rows: Vec<Vec<usize>> = samples
        .iter()
        .map(|(own, _)| own.iter().filter_map(|hash| hashes.binary_search(hash).ok()).collect())
        .collect();
    let mut model = Model {
        bias: vec![0.0; labels.len()],
        scale: vec![0.0; labels.len()],
        weights: vec![0; hashes.len() * labels.len()],
        hashes,
        labels,
    };
    for label in 0..model.labels.len() {
        let truth: Vec<bool> = samples.iter().map(|(_, own)| own.contains(&model.labels[label])).collect();
        let (bias, weights) = fit(&rows, &truth, model.hashes.len(), settings);
        let largest = weights.iter().fold(0.0_f32, |max, w| max.max(w.abs())).max(f32::MIN_POSITIVE);
        model.bias[label] = bias;
        model.scale[label] = largest / 127.0;
        let columns = model.labels.len();
        for (row, weight) in weights.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "the largest weight is scaled to 127")]
            let byte = (weight / model.scale[label]).round() as i8;
            model.weights[row * columns + label] = byte;
        }
    }
    // A feature without weight for any label says nothing.
    let columns = model.labels.len();
    let keep: Vec<bool> = model.weights.chunks(columns).map(|row| row.iter().any(|&w| w != 0)).collect();
    model.weights =
        model.weights.chunks(columns).zip(&keep).filter(|(_, k)| **k).flat_map(|(r, _)| r.to_vec()).collect();
    model.hashes = model.hashes.iter().zip(&keep).filter(|(_, k)| **k).map(|(h, _)| *h).collect();
    model
}

fn hashes(lexicon: &Lexicon, text: &str) -> Vec<u32> {
    let Parts { features, .. } = parts(lexicon, text);
    features.iter().map(|f| f.hash).collect()
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

/// One logistic regression.
fn fit(rows: &[Vec<usize>], truth: &[bool], width: usize, settings: Settings) -> (f32, Vec<f32>) {
    let mut weights = vec![0.0_f32; width];
    let mut squares = vec![1e-6_f32; width];
    let (mut bias, mut bias_squares) = (0.0_f32, 1e-6_f32);
    // A fixed stride over the samples stands for shuffling.
    let stride = (1..100_usize).map(|n| n * 7 + 3).find(|n| gcd(*n, rows.len().max(1)) == 1).unwrap_or(1);
    for _ in 0..settings.epochs {
        for step in 0..rows.len() {
            let n = (step * stride) % rows.len();
            let sum = bias + rows[n].iter().map(|&f| weights[f]).sum::<f32>();
            let error = 1.0 / (1.0 + (-sum).exp()) - f32::from(u8::from(truth[n]));
            for &f in &rows[n] {
                let gradient = error + settings.decay * weights[f];
                squares[f] += gradient * gradient;
                weights[f] -= settings.rate * gradient / squares[f].sqrt();
            }
            bias_squares += error * error;
            bias -= settings.rate * error / bias_squares.sqrt();
        }
    }
    (bias, weights)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
