//! What judging gives: a verdict, its basis, its findings.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// How grave a finding is; a task's verdict is the worst of its findings.
///
/// On screen: 可以 · 待复核 · 疑似不当. A finding about a person is a prompt to look (第三十条),
/// never a finding of guilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Severity {
    /// 可以.
    #[default]
    #[n(0)]
    Permitted,
    /// 待复核.
    #[n(1)]
    NeedsReview,
    /// 疑似不当.
    #[n(2)]
    Improper,
}

/// Who answers for a finding: article 17 binds the auxiliary, article 23 agency and officers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Answerable {
    /// The agency that uses the auxiliary (第五条).
    #[n(0)]
    Agency,
    /// The supervising officer (第二十四条).
    #[n(1)]
    Officer,
    /// The auxiliary.
    #[n(2)]
    Auxiliary,
}

/// One row that fired, for one item and, where the row is about a person, one person.
///
/// Carries no prose: message, remedy and verbatim text are rendered from the rulebook by
/// [`crate::Rulebook::explain`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Finding {
    /// Id of the row, e.g. `supervision.alone`.
    #[n(0)]
    pub rule: String,
    /// Severity of the row for these facts.
    #[n(1)]
    pub severity: Severity,
    /// The activity it is about (`16.2:inspection`, or a bare item code as stated).
    #[n(2)]
    pub activity: Option<String>,
    /// That activity's item, `article.item`.
    #[n(3)]
    pub item: Option<String>,
    /// Position of the person in [`crate::Facts::people`].
    #[n(4)]
    pub person: Option<u16>,
    /// Who answers.
    #[n(5)]
    pub answers: Vec<Answerable>,
    /// The provisions cited.
    #[n(6)]
    pub cites: Vec<String>,
    /// The articles on what may follow (29, 31).
    #[n(7)]
    pub consequence: Vec<String>,
    /// Names of the facts whose statement it still asks for (`arranged`).
    #[n(8)]
    #[cbor(default)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
}

/// The outcome of judging one task under one rulebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Verdict {
    /// The worst severity among the findings.
    #[n(0)]
    pub verdict: Severity,
    /// The provisions behind what is permitted.
    #[n(1)]
    pub basis: Vec<String>,
    /// Rows that fired with `improper` or `needs_review`: by severity, then table order.
    #[n(2)]
    pub findings: Vec<Finding>,
    /// The rulebook's id, e.g. `haian-2022-7`.
    #[n(3)]
    pub rulebook: String,
    /// The rulebook's digest, `sha256:…` over all its layers.
    #[n(4)]
    pub digest: String,
}
