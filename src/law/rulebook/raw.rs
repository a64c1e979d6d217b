//! A rulebook's files as they are written, before anything is checked beyond their form.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::{Arranged, Circumstance, Mode, Presence};

/// Field → values, as a row or case lists them.
pub(super) type RawWhen = BTreeMap<String, Vec<Spanned<String>>>;

/// A file whose examples state facts in the form `F`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile<F = RawFacts> {
    pub(super) rulebook: Option<RawHeader>,
    #[serde(default)]
    pub(super) law: Vec<RawLaw>,
    #[serde(default)]
    pub(super) consequence: Vec<RawConsequence>,
    #[serde(default)]
    pub(super) situation: Vec<RawSituation>,
    #[serde(default)]
    pub(super) chapter: Vec<RawChapter>,
    #[serde(default)]
    pub(super) article: Vec<RawArticle>,
    #[serde(default)]
    pub(super) activity: Vec<RawActivity>,
    #[serde(default)]
    pub(super) row: Vec<RawRow>,
    #[serde(default)]
    pub(super) addition: Vec<RawAddition>,
    #[serde(default = "Vec::new")]
    pub(super) example: Vec<RawExample<F>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHeader {
    pub(super) id: Spanned<String>,
    /// What the file claims; its loader decides.
    pub(super) rank: Option<Spanned<String>>,
    pub(super) in_force_from: Spanned<String>,
    pub(super) in_force_until: Option<Spanned<String>>,
    pub(super) supersedes: Option<Spanned<String>>,
    pub(super) notice: Option<RawWords>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawWords {
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLaw {
    pub(super) prefix: Spanned<String>,
    pub(super) zh: String,
    pub(super) en: String,
    #[serde(default)]
    pub(super) short_zh: String,
    #[serde(default)]
    pub(super) short_en: String,
    pub(super) published: String,
    #[serde(default)]
    pub(super) promulgation: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConsequence {
    pub(super) of: Spanned<String>,
    pub(super) follows: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSituation {
    pub(super) name: Spanned<String>,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) any: Vec<RawWhen>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChapter {
    pub(super) number: u8,
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawArticle {
    pub(super) cite: Spanned<String>,
    pub(super) chapter: Option<u8>,
    pub(super) text: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawActivity {
    pub(super) code: Spanned<String>,
    #[serde(default)]
    pub(super) zh: String,
    #[serde(default)]
    pub(super) en: String,
    #[serde(default)]
    pub(super) words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRow {
    pub(super) id: Spanned<String>,
    pub(super) before: Option<Spanned<String>>,
    pub(super) replaces: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) qualifies: Vec<Spanned<String>>,
    pub(super) when: RawWhen,
    pub(super) confidence: Option<f32>,
    #[serde(default)]
    pub(super) covers: Vec<RawCover>,
    pub(super) severity: Option<Spanned<String>>,
    pub(super) answers: Option<Vec<Spanned<String>>>,
    pub(super) cites: Option<Vec<Spanned<String>>>,
    pub(super) message: Option<RawWords>,
    pub(super) remedy: Option<RawWords>,
    #[serde(default)]
    pub(super) case: Vec<RawCase>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawCase {
    pub(super) when: RawWhen,
    pub(super) severity: Option<Spanned<String>>,
    pub(super) answers: Option<Vec<Spanned<String>>>,
    pub(super) cites: Option<Vec<Spanned<String>>>,
    pub(super) message: Option<RawWords>,
    pub(super) remedy: Option<RawWords>,
}

/// A stated item that is taken to cover activities of other items.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCover {
    pub(super) item: Spanned<String>,
    pub(super) activity: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAddition {
    pub(super) rows: Vec<Spanned<String>>,
    pub(super) when: RawWhen,
    #[serde(default)]
    pub(super) cites: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) answers: Vec<Spanned<String>>,
    pub(super) asks: Option<RawWords>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExample<F = RawFacts> {
    pub(super) row: Spanned<String>,
    pub(super) fires: bool,
    pub(super) title: String,
    pub(super) facts: F,
    pub(super) verdict: Spanned<String>,
    pub(super) findings: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFacts {
    pub(super) items: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) mode: Mode,
    #[serde(default)]
    pub(super) presence: Presence,
    pub(super) officers: Option<Vec<Spanned<String>>>,
    pub(super) people: Option<Vec<RawPerson>>,
    #[serde(default)]
    pub(super) circumstances: Vec<Circumstance>,
    #[serde(default)]
    pub(super) legal_basis: bool,
    #[serde(default)]
    pub(super) arranged: Arranged,
    pub(super) at: Option<Spanned<String>>,
    pub(super) suggests: Option<Vec<RawSuggested>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSuggested {
    pub(super) code: Spanned<String>,
    pub(super) confidence: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPerson {
    pub(super) roster: Option<Spanned<String>>,
    pub(super) status: Option<Spanned<String>>,
    pub(super) certificate: Option<Spanned<String>>,
    pub(super) training: Option<Spanned<String>>,
    pub(super) assessment: Option<Spanned<String>>,
    pub(super) agency: Option<Spanned<String>>,
    pub(super) recusal: Option<Spanned<String>>,
    pub(super) age: Option<Spanned<String>>,
    pub(super) standing: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) agreement: Option<Spanned<String>>,
    pub(super) qualified: bool,
}
