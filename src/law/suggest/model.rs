//! A small linear model over [`super::features`], trained by `examples/train_suggest.rs`.
//!
//! One logistic regression per item and per mode. Weights are bytes with one scale per label, so
//! the model is small enough to be embedded, and reads alike on every machine.

use super::features::Feature;

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

const MAGIC: &[u8; 4] = b"AXS1";

/// The trained weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Names of the labels: items, then `mode:…`.
    pub(crate) labels: Vec<String>,
    pub(crate) bias: Vec<f32>,
    /// Worth of one unit of weight, per label.
    pub(crate) scale: Vec<f32>,
    /// Hashes of the features, ascending.
    pub(crate) hashes: Vec<u32>,
    /// One row of weights a feature, one column a label.
    pub(crate) weights: Vec<i8>,
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
        if !rest.is_empty() {
            return Err(ModelError::Damaged("something follows it"));
        }
        Ok(Self { labels, bias, scale, hashes, weights })
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
        out.extend(word(self.hashes.len()));
        self.hashes.iter().for_each(|h| out.extend(h.to_le_bytes()));
        out.extend(self.weights.iter().flat_map(|w| w.to_le_bytes()));
        out
    }

    /// The rows of the features that the model knows.
    fn rows<'a>(&'a self, features: &'a [Feature]) -> impl Iterator<Item = (&'a Feature, &'a [i8])> {
        features.iter().filter_map(|feature| {
            let at = self.hashes.binary_search(&feature.hash).ok()?;
            Some((feature, &self.weights[at * self.labels.len()..(at + 1) * self.labels.len()]))
        })
    }

    /// The probability of each label.
    pub(crate) fn probabilities(&self, features: &[Feature]) -> Vec<f32> {
        let mut sums = vec![0_i32; self.labels.len()];
        for (_, row) in self.rows(features) {
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += i32::from(*weight));
        }
        #[expect(clippy::cast_precision_loss, reason = "a sum of a few hundred bytes is exact")]
        sums.iter()
            .zip(self.bias.iter().zip(&self.scale))
            .map(|(&sum, (bias, scale))| 1.0 / (1.0 + (-(bias + sum as f32 * scale)).exp()))
            .collect()
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
            hashes: vec![3, 9],
            weights: vec![100, 0, 0, -100],
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
    fn features_speak_for_and_against_labels() {
        let feature = |hash| Feature { hash, start: 0, end: 3 };
        let p = small().probabilities(&[feature(3), feature(9), feature(77)]);
        assert!(p[0] > 0.99 && p[1] < 0.01, "{p:?}");
        assert_eq!(small().evidence(&[feature(3)], 0, 3).first(), Some(&(0..3)));
        assert!(small().evidence(&[feature(9)], 1, 3).is_empty());
    }
}
