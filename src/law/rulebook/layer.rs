//! The layers a rulebook is made of.

use chrono::{DateTime, FixedOffset};

/// One file of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name, as problems will give it.
    pub file: String,
    /// Its text (TOML).
    pub text: String,
}

/// One layer: a city's measures, the national provisions that go before them (第二条), or what an
/// agency adds for itself. Its header says which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its files, read as one.
    pub sources: Vec<Source>,
}

macro_rules! embedded {
    ($($file:literal),+ $(,)?) => {
        Layer {
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
                "haian-2022-7/measure.toml",
                "haian-2022-7/regulation.toml",
                "haian-2022-7/activities.toml",
                "haian-2022-7/rows.toml",
                "haian-2022-7/examples.toml",
            ),
            embedded!("national/national.toml", "national/laws.toml", "national/examples.toml"),
        ]
    }

    /// A layer in one file.
    pub fn single(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { sources: vec![Source { file: file.into(), text: text.into() }] }
    }
}

/// `layers` as they are read: a city's (or province's) first, then what goes before it, then what
/// is added locally; a layer whose header cannot be read stays in front, to be refused.
pub(crate) fn ordered(layers: &[Layer]) -> Vec<Layer> {
    let mut layers = layers.to_vec();
    layers.sort_by_cached_key(|layer| match Header::of(layer).map(|header| header.rank) {
        Ok(Rank::National) => 1,
        Ok(Rank::Local) => 2,
        _ => 0,
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
}

/// What a layer says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Its id, e.g. `haian-2022-7`.
    pub id: String,
    /// Whose rules it holds.
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
