//! What a description suggests.

use serde::Serialize;

use crate::{Arranged, Mode, Outcome, Presence, Recusal, Status};

/// Facts of a person that a text speaks of; they apply to an unnamed auxiliary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SuggestedPerson {
    /// E.g. 离职人员.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// E.g. 证件过期.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_valid: Option<bool>,
    /// E.g. 没参加培训.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<Outcome>,
    /// E.g. 考核不合格.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Outcome>,
    /// E.g. 是战友 (known), 应回避 (decided).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recusal: Option<Recusal>,
}

/// One activity or provision that the text speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestedItem {
    /// An activity code (`16.3:inventory`), or `21`, `22`, `19.7`.
    pub code: String,
    /// 0 to 1.
    pub confidence: f32,
    /// Byte ranges of the words that led to it.
    pub because: Vec<std::ops::Range<usize>>,
}

/// What a description suggests. Suggestions help the officer; what they state decides.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestion {
    /// Activities and provisions, most confident first.
    pub items: Vec<SuggestedItem>,
    /// Mode the text shows.
    pub mode: Mode,
    /// Presence the text shows.
    pub presence: Presence,
    /// Whether the text shows that it was arranged.
    pub arranged: Arranged,
    /// Facts of the person.
    pub person: SuggestedPerson,
    /// Circumstances the text shows.
    pub circumstances: crate::Circumstances,
    /// Confidence of the whole, 0 to 1.
    pub confidence: f32,
    /// Byte ranges of the words behind mode, presence, arranged and person.
    pub because: Vec<std::ops::Range<usize>>,
}
