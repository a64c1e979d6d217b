//! The layers a rulebook is made of.

use chrono::{DateTime, FixedOffset};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::reader::{look_up, read};
use crate::Problem;

/// One file of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name, as problems will give it.
    pub file: String,
    /// Its text (TOML).
    pub text: String,
}

/// One layer: a city's measures, the national provisions that go before them (第二条), or what an
/// agency adds for itself. Which it is, is for whoever loads it to say, never for its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Whose rules it holds.
    pub rank: Rank,
    /// Its files, read as one.
    pub sources: Vec<Source>,
}

macro_rules! embedded {
    ($rank:expr, $($file:literal),+ $(,)?) => {
        Layer {
            rank: $rank,
            sources: vec![$(Source { file: $file.to_owned(), text: include_str!($file).to_owned() }),+],
        }
    };
}

impl Layer {
    /// The layers that come with the program, the city's first.
    #[must_use]
    pub fn embedded() -> Vec<Self> {
        vec![
            embedded!(
                Rank::City,
                "haian-2022-7/measure.toml",
                "haian-2022-7/regulation.toml",
                "haian-2022-7/activities.toml",
                "haian-2022-7/rows.toml",
                "haian-2022-7/examples.toml",
                "haian-2022-7/standing.toml",
            ),
            embedded!(Rank::National, "national/national.toml", "national/laws.toml", "national/examples.toml"),
            embedded!(Rank::National, "national-2024-54/enterprise.toml", "national-2024-54/examples.toml"),
            embedded!(Rank::National, "national-labour/labour.toml"),
        ]
    }

    /// The layers that came with earlier releases, a set for each: what was judged by them is judged
    /// by them again.
    pub(crate) fn released() -> Vec<Vec<Self>> {
        let mut first = Self::embedded();
        for layer in &mut first {
            layer.sources.retain(|source| !SINCE_0_1_0.contains(&&*source.file));
        }
        first.retain(|layer| !layer.sources.is_empty());
        vec![first]
    }

    /// A layer in one file, loaded as one of `rank`; a file that claims another is refused.
    pub fn single(rank: Rank, file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { rank, sources: vec![Source { file: file.into(), text: text.into() }] }
    }

    /// A layer in one file, of the rank that the file claims: for trying a file out, not for
    /// judging by it.
    ///
    /// # Errors
    /// When the file or its header cannot be read.
    pub fn claimed(file: impl Into<String>, text: impl Into<String>) -> Result<Self, Vec<Problem>> {
        let layer = Self::single(Rank::Local, file, text);
        let rank = claimed_rank(&layer)?;
        Ok(Self { rank, ..layer })
    }

    /// Whether it came with the program as it is.
    pub(crate) fn is_embedded(&self) -> bool {
        Self::embedded().contains(self) || Self::released().iter().flatten().any(|released| released == self)
    }

    /// `sha256:…` over the text of every file, each led by its length.
    pub(crate) fn digest(layers: &[Self]) -> String {
        format!("sha256:{}", HEXLOWER.encode(&hash(layers)))
    }

    /// What tells it from every other layer in a rulebook's id.
    pub(crate) fn short_digest(&self) -> String {
        HEXLOWER.encode(&hash(std::slice::from_ref(self))[..SHORT])
    }
}

/// The files that the rulebook of 0.1.0 did not have; none that it had ever changes.
const SINCE_0_1_0: [&str; 4] = [
    "haian-2022-7/standing.toml",
    "national-2024-54/enterprise.toml",
    "national-2024-54/examples.toml",
    "national-labour/labour.toml",
];

/// Bytes of a digest in a rulebook's id.
const SHORT: usize = 6;

fn hash(layers: &[Layer]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for source in layers.iter().flat_map(|layer| &layer.sources) {
        hash.update((source.text.len() as u64).to_be_bytes());
        hash.update(source.text.as_bytes());
    }
    hash.finalize().into()
}

fn claimed_rank(layer: &Layer) -> Result<Rank, Vec<Problem>> {
    let mut problems = Vec::new();
    let files = read(layer, &mut problems);
    let claim = files.iter().find_map(|file| Some((file, file.raw.rulebook.as_ref()?.rank.as_ref()?)));
    let rank = claim.and_then(|(file, claim)| look_up(file, claim, "rank", Rank::named, &mut problems));
    if problems.is_empty() { Ok(rank.unwrap_or_default()) } else { Err(problems) }
}

/// `layers` as they are read: a city's (or province's) first, then what goes before it, then what
/// is added locally.
pub(crate) fn ordered(layers: &[Layer]) -> Vec<Layer> {
    let mut layers = layers.to_vec();
    layers.sort_by_key(|layer| match layer.rank {
        Rank::National => 1,
        Rank::Local => 2,
        Rank::City | Rank::Province => 0,
    });
    layers
}

/// Whose rules a layer holds. A row is replaced only by a layer of higher rank that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Rank {
    /// An agency's own additions, which only add.
    #[default]
    Local,
    /// A city's measures.
    City,
    /// A province's.
    Province,
    /// National law.
    National,
}

impl Rank {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "local" => Some(Self::Local),
            "city" => Some(Self::City),
            "province" => Some(Self::Province),
            "national" => Some(Self::National),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::City => "city",
            Self::Province => "province",
            Self::National => "national",
        }
    }
}

/// What a layer says of itself, and the rank that it was given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Its id, e.g. `haian-2022-7`.
    pub id: String,
    /// Whose rules it holds, as its loader says.
    pub rank: Rank,
    /// Its first moment in force.
    pub in_force_from: DateTime<FixedOffset>,
    /// The first moment at which it is no longer in force, where that is known.
    pub in_force_until: Option<DateTime<FixedOffset>>,
    /// The layer whose place it takes while it is in force.
    pub supersedes: Option<String>,
    /// What its readers must be told, in Chinese and in English.
    pub notice: (String, String),
}
