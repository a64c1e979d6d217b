//! The law: provisions verbatim, activities, the rulebook as data, judging, suggesting.
//!
//! Pure: no clock, disk, network or screen. The reading follows 海政规〔2022〕7号
//! (海安市行政执法辅助人员管理办法（试行）, in force from 2022-08-01) and, as a second layer, the
//! national provisions that go before it (第二条).

mod activity;
mod change;
mod explain;
mod facts;
mod field;
mod judge;
mod lang;
mod lint;
mod marks;
mod outlook;
mod problem;
mod provision;
mod row;
mod rulebook;
mod rules;
pub mod suggest;
mod suggestion;
mod verdict;
mod version;
mod vocabulary;

pub use activity::{Activity, ActivityId, ActivitySet};
pub use change::{Change, PersonChange};
pub use explain::Explanation;
pub use facts::{
    Arranged, Circumstance, Circumstances, Facts, Mode, Officers, Outcome, Person, Presence, Recusal, Status,
};
pub use judge::{Cited, Judgement};
pub use lang::Lang;
pub use lint::{Group, Proof, Reach, beside_embedded, lint, prove};
pub use outlook::Outlook;
pub use problem::{Problem, Reason, ReasonCode};
pub use provision::{Chapter, Law, Provision, numeral};
pub use row::{Row, RowCase};
pub use rulebook::{Example, Header, Layer, Rank, Rulebook, Situation, Source};
pub use rules::{FactChange, Rules};
pub use suggestion::{SuggestedItem, SuggestedPerson, Suggestion};
pub use verdict::{Answerable, Finding, Severity, Verdict};
pub use version::{RulebookSet, VerdictChange};
pub use vocabulary::{Fact, Point, Vocabulary};
