//! A small linear model over [`super::features`], trained by `examples/train_suggest.rs`.
//!
//! One linear separator per item, per mode, and for the whole being improper; and the answers that
//! the training has seen, each with how often. Weights are bytes with one scale per label, so the
//! model is small enough to be embedded, and reads alike on every machine.

use super::features::{self, Feature};

/// What is wrong with a model file.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The bytes end early, or are of another version.
    #[error(
        "the suggestion model is damaged or of another version ({0}); train it again with `cargo run -p auxlog-law --example train_suggest`"
    )]
    Damaged(&'static str),
}

/// The label of a description that is improper by itself.
pub(crate) const IMPROPER: &str = "improper";

const MAGIC: &[u8; 4] = b"AXS2";

/// How many labels an answer can hold.
const MOST_LABELS: usize = 64;

/// Steepness of the curve from scores to probabilities.
const STEEPNESS: f32 = 3.0;

/// An answer that careful readers gave: its labels as bits, and the logarithm of how often.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Answer {
    pub(crate) labels: u64,
    pub(crate) often: f32,
}

/// The trained weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Names of the labels: items, then `mode:…`.
    pub(crate) labels: Vec<String>,
    pub(crate) bias: Vec<f32>,
    /// Worth of one unit of weight, per label.
    pub(crate) scale: Vec<f32>,
    /// The features that it knows.
    pub(crate) index: Index,
    /// One row of weights a feature, one column a label.
    pub(crate) weights: Vec<i8>,
    /// The answers that the training has seen.
    pub(crate) answers: Vec<Answer>,
}

/// The features that a model knows, by their hashes: which row of weights is whose.
///
/// Most of the features of a description are looked up in vain, so that a lookup has to be cheap:
/// the first bits of a hash lead to the few rows that begin with them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Index {
    /// Ascending.
    hashes: Vec<u32>,
    /// For each value of the first bits of a hash, the first row that has it or a greater one; and
    /// the end.
    starts: Vec<u32>,
    /// How far a hash is shifted to leave its first bits.
    shift: u32,
}

impl Index {
    /// An index over `hashes`, which ascend.
    pub(crate) fn new(hashes: Vec<u32>) -> Self {
        let bits = hashes.len().next_power_of_two().trailing_zeros().clamp(1, 16);
        let shift = u32::BITS - bits;
        let before = |first: u32| hashes.partition_point(|hash| hash >> shift < first);
        let starts = (0..=1 << bits).map(|first| u32::try_from(before(first)).unwrap_or(u32::MAX)).collect();
        Self { hashes, starts, shift }
    }

    fn row(&self, hash: u32) -> Option<usize> {
        let first = (hash >> self.shift) as usize;
        let (start, end) = (self.starts[first] as usize, self.starts[first + 1] as usize);
        Some(start + self.hashes[start..end].iter().position(|&known| known == hash)?)
    }
}

impl Model {
    /// Reads a trained model.
    ///
    /// # Errors
    /// [`ModelError`] if the bytes are no model of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut rest = bytes;
        if take(&mut rest, 4)? != MAGIC {
            return Err(ModelError::Damaged("it does not begin as one"));
        }
        let count = number(&mut rest)? as usize;
        if count > MOST_LABELS {
            return Err(ModelError::Damaged("it has too many labels"));
        }
        let mut labels = Vec::new();
        for _ in 0..count {
            let length = number(&mut rest)? as usize;
            let name = std::str::from_utf8(take(&mut rest, length)?)
                .map_err(|_| ModelError::Damaged("a label is not text"))?;
            labels.push(name.to_owned());
        }
        let mut floats = || (0..count).map(|_| number(&mut rest).map(f32::from_bits)).collect::<Result<Vec<_>, _>>();
        let (bias, scale) = (floats()?, floats()?);
        let rows = number(&mut rest)? as usize;
        let mut hashes = Vec::new();
        for _ in 0..rows {
            hashes.push(number(&mut rest)?);
        }
        let size = rows.checked_mul(count).ok_or(ModelError::Damaged("its size is impossible"))?;
        let weights = take(&mut rest, size)?.iter().map(|&b| i8::from_le_bytes([b])).collect();
        let mut answers = Vec::new();
        for _ in 0..number(&mut rest)? {
            let low = u64::from(number(&mut rest)?);
            let labels = low | u64::from(number(&mut rest)?) << 32;
            answers.push(Answer { labels, often: f32::from_bits(number(&mut rest)?) });
        }
        if answers.iter().any(|answer| answer.labels.checked_shr(u32::try_from(count).unwrap_or(64)).unwrap_or(0) != 0)
        {
            return Err(ModelError::Damaged("an answer has a label that is not there"));
        }
        if !rest.is_empty() {
            return Err(ModelError::Damaged("something follows it"));
        }
        if !hashes.is_sorted() {
            return Err(ModelError::Damaged("its features are out of order"));
        }
        Ok(Self { labels, bias, scale, index: Index::new(hashes), weights, answers })
    }

    /// The model as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let word = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        out.extend(word(self.labels.len()));
        for label in &self.labels {
            out.extend(word(label.len()));
            out.extend(label.bytes());
        }
        self.bias.iter().chain(&self.scale).for_each(|f| out.extend(f.to_bits().to_le_bytes()));
        out.extend(word(self.index.hashes.len()));
        self.index.hashes.iter().for_each(|h| out.extend(h.to_le_bytes()));
        out.extend(self.weights.iter().flat_map(|w| w.to_le_bytes()));
        out.extend(word(self.answers.len()));
        for answer in &self.answers {
            out.extend(answer.labels.to_le_bytes());
            out.extend(answer.often.to_bits().to_le_bytes());
        }
        out
    }

    fn rows<'a>(&'a self, features: &'a [Feature]) -> impl Iterator<Item = (&'a Feature, &'a [i8])> {
        features.iter().filter_map(|feature| {
            let at = self.index.row(feature.hash)?;
            Some((feature, &self.weights[at * self.labels.len()..(at + 1) * self.labels.len()]))
        })
    }

    /// The log-odds of each label.
    pub(crate) fn odds(&self, features: &[Feature]) -> Vec<f32> {
        let weights = features::weights(features::counts(features));
        let mut sums = [[0_i32; MOST_LABELS]; 3];
        for (feature, row) in self.rows(features) {
            sums[feature.kind as usize].iter_mut().zip(row).for_each(|(sum, weight)| *sum += i32::from(*weight));
        }
        #[expect(clippy::cast_precision_loss, reason = "a sum of a few hundred bytes is exact")]
        let score =
            |label: usize| sums.iter().zip(weights).map(|(sum, weight)| sum[label] as f32 * weight).sum::<f32>();
        let labels = self.bias.iter().zip(&self.scale).enumerate();
        labels.map(|(label, (bias, scale))| STEEPNESS * (bias + score(label) * scale)).collect()
    }

    /// The places of the text that speak most for a label, at most `limit`.
    pub(crate) fn evidence(&self, features: &[Feature], label: usize, limit: usize) -> Vec<std::ops::Range<usize>> {
        let mut places: Vec<(i8, &Feature)> = self
            .rows(features)
            .filter(|(feature, row)| feature.end > feature.start && row[label] > 0)
            .map(|(feature, row)| (row[label], feature))
            .collect();
        places.sort_unstable_by_key(|(weight, feature)| (std::cmp::Reverse(*weight), feature.start, feature.end));
        places.truncate(limit);
        places.into_iter().map(|(_, feature)| feature.start..feature.end).collect()
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], ModelError> {
    let (head, tail) = rest.split_at_checked(length).ok_or(ModelError::Damaged("it ends early"))?;
    *rest = tail;
    Ok(head)
}

fn number(rest: &mut &[u8]) -> Result<u32, ModelError> {
    let bytes = take(rest, 4)?.try_into().map_err(|_| ModelError::Damaged("it ends early"))?;
    Ok(u32::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Model {
        Model {
            labels: vec!["15.1".to_owned(), "17.2".to_owned()],
            bias: vec![-1.0, 0.0],
            scale: vec![0.1, 0.1],
            index: Index::new(vec![3, 9]),
            weights: vec![100, 0, 0, -100],
            answers: vec![Answer { labels: 0b10, often: -1.0 }],
        }
    }

    #[test]
    fn bytes_round_trip() {
        let bytes = small().to_bytes();
        assert_eq!(Model::from_bytes(&bytes).expect("a model"), small());
    }

    #[test]
    fn a_cut_or_lengthened_file_is_refused() {
        let bytes = small().to_bytes();
        for cut in 0..bytes.len() {
            assert!(Model::from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
        assert!(Model::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn every_feature_leads_to_its_row_and_others_to_none() {
        let hashes: Vec<u32> =
            (0..1_000_u32).map(|n| n * n * 4_001).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let index = Index::new(hashes.clone());
        for (row, &hash) in hashes.iter().enumerate() {
            assert_eq!(index.row(hash), Some(row));
            assert_eq!(index.row(hash + 1), hashes.binary_search(&(hash + 1)).ok());
        }
        assert_eq!(Index::new(Vec::new()).row(u32::MAX), None);
    }

    #[test]
    fn features_out_of_order_are_refused() {
        let mut model = small();
        model.index.hashes.swap(0, 1);
        assert!(Model::from_bytes(&model.to_bytes()).is_err());
    }

    #[test]
    fn an_answer_with_a_label_that_is_not_there_is_refused() {
        let mut model = small();
        model.answers[0].labels = 0b100;
        assert!(Model::from_bytes(&model.to_bytes()).is_err());
    }

    #[test]
    fn features_speak_for_and_against_labels() {
        let feature = |hash| Feature { hash, start: 0, end: 3, kind: features::Kind::Gram };
        let odds = small().odds(&[feature(3), feature(9), feature(77)]);
        assert!(odds[0] > 3.0 && odds[1] < -3.0, "{odds:?}");
        assert_eq!(small().evidence(&[feature(3)], 0, 3).first(), Some(&(0..3)));
        assert!(small().evidence(&[feature(9)], 1, 3).is_empty());
    }
}
