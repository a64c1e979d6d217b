//! What is wrong with a rulebook: where, and why.

use std::fmt;

/// A fault in a rulebook's data, with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Problem {
    /// The file as it was named to the loader.
    pub file: String,
    /// Line, from 1; 0 when the fault is of the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub reason: Reason,
}

/// Why a rulebook is refused: a code and what it is about, to be put into words by the caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// Which fault it is.
    pub code: ReasonCode,
    /// What it concerns, by name (`row`, `code`, `other`, …).
    pub args: Vec<(&'static str, String)>,
}

/// The faults a rulebook can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReasonCode {
    /// Not TOML, or not of the form of a rulebook: `detail`.
    Syntax,
    /// `code` is no activity, provision, situation, row or value of `field`.
    UnknownCode,
    /// `code` is defined twice.
    Duplicate,
    /// The words of `row` (or another thing) in `field` are missing.
    MissingText,
    /// `row` (its case `case`) can fire under no facts.
    NeverFires,
    /// `row` and `other` decide the same facts, and neither names the other.
    Contradiction,
    /// `row` and `other` always fire together and say the same.
    Doubled,
    /// `row` says it qualifies `other`, with which it never fires.
    UselessName,
    /// Under some facts no row decides: `facts`.
    Gap,
    /// The example `example` of `row` gives `got` instead of `expected`.
    ExampleFails,
    /// `row` lacks an example of the kind `kind`.
    MissingExample,
    /// A local layer changes what another says: `row`.
    Weakens,
    /// A file claims the rank `claimed`, but was loaded as one of `given`.
    RankClaimed,
    /// `row` replaces `other`, which stands in no lower layer.
    ReplacesNothing,
    /// `row` mixes facts that are judged apart: `field`.
    MixedFacts,
    /// There are more than `limit` of `field`.
    TooMany,
    /// Under `facts` the verdict is `permitted` without any basis.
    NoBasis,
    /// Under `facts` the compiled table gives `got`, the rows as written `expected`.
    Miscompiled,
}

impl ReasonCode {
    /// Every code, for catalogues of messages.
    pub const ALL: [Self; 18] = [
        Self::Syntax,
        Self::UnknownCode,
        Self::Duplicate,
        Self::MissingText,
        Self::NeverFires,
        Self::Contradiction,
        Self::Doubled,
        Self::UselessName,
        Self::Gap,
        Self::ExampleFails,
        Self::MissingExample,
        Self::Weakens,
        Self::RankClaimed,
        Self::ReplacesNothing,
        Self::MixedFacts,
        Self::TooMany,
        Self::NoBasis,
        Self::Miscompiled,
    ];

    /// The code in words that messages are keyed by, e.g. `unknown-code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::UnknownCode => "unknown-code",
            Self::Duplicate => "duplicate",
            Self::MissingText => "missing-text",
            Self::NeverFires => "never-fires",
            Self::Contradiction => "contradiction",
            Self::Doubled => "doubled",
            Self::UselessName => "useless-name",
            Self::Gap => "gap",
            Self::ExampleFails => "example-fails",
            Self::MissingExample => "missing-example",
            Self::Weakens => "weakens",
            Self::RankClaimed => "rank-claimed",
            Self::ReplacesNothing => "replaces-nothing",
            Self::MixedFacts => "mixed-facts",
            Self::TooMany => "too-many",
            Self::NoBasis => "no-basis",
            Self::Miscompiled => "miscompiled",
        }
    }
}

impl Reason {
    pub(crate) fn new(code: ReasonCode, args: &[(&'static str, &str)]) -> Self {
        Self { code, args: args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
    }

    /// The argument `name`, empty where there is none.
    #[must_use]
    pub fn arg(&self, name: &str) -> &str {
        self.args.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }
}

impl fmt::Display for Reason {
    /// A form for logs: `unknown-code code=16.9`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        self.args.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}
