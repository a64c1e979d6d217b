//! The facts of one task, as the decision table reads them.
//!
//! Everything here is already reduced to a closed, finite vocabulary: a certificate is valid or
//! not *at the task's time*, an auxiliary is of age or not, a recusal applies or not. Dates,
//! names and documents are reduced by the caller (`record`), so judging needs no clock and no
//! look-up, and `prove` can enumerate.

use chrono::{DateTime, FixedOffset};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::ActivitySet;

/// How the auxiliary worked, as stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Mode {
    /// 独立: by themselves, on their own judgement.
    #[n(0)]
    Independent,
    /// 协助: assisting an officer (第十六条).
    #[n(1)]
    Assisted,
    /// Not stated.
    #[default]
    #[n(2)]
    Unstated,
}

/// Where the supervising officer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Presence {
    /// 在场: at the act.
    #[n(0)]
    OnScene,
    /// 远程: by telephone or video only.
    #[n(1)]
    Remote,
    /// 不在场: nobody supervised.
    #[n(2)]
    None,
    /// Not stated.
    #[default]
    #[n(3)]
    Unstated,
}

/// Whether an officer or the agency had it done this way (第二十三条).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Arranged {
    /// It was arranged.
    #[n(0)]
    Yes,
    /// The auxiliary acted on their own account.
    #[n(1)]
    No,
    /// Not stated.
    #[default]
    #[n(2)]
    Unstated,
}

/// The officers named in a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Officers {
    /// The task does not say who supervised.
    #[default]
    Unstated,
    /// The task names them (perhaps nobody).
    Stated {
        /// Officers whose certificate was valid at the task's time.
        valid: u8,
        /// All officers named.
        total: u8,
    },
}

/// An auxiliary's standing on the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Status {
    /// In service.
    #[default]
    #[n(0)]
    Active,
    /// Barred from work under 第二十一条.
    #[n(1)]
    Suspended,
    /// Has left (第二十二条).
    #[n(2)]
    Departed,
}

/// The outcome of training or assessment (第二十一条).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Outcome {
    /// 合格.
    #[default]
    #[n(0)]
    Passed,
    /// 不合格.
    #[n(1)]
    Failed,
    /// Not held yet.
    #[n(2)]
    None,
}

/// Recusal towards the task's counterpart (第十九条（七）).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Recusal {
    /// No relation is known.
    #[default]
    #[n(0)]
    None,
    /// A relation is known, recusal not decided.
    #[n(1)]
    Known,
    /// Recusal was decided: the auxiliary must not take part.
    #[n(2)]
    Decided,
}

/// What the rows about a person read of one auxiliary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the decision table")]
pub struct Person {
    /// On the roster. Of one who is not, the other facts keep their harmless values, unless the
    /// task's text speaks of them.
    pub known: bool,
    /// Standing.
    pub status: Status,
    /// Work certificate held and valid at the task's time.
    pub certificate_valid: bool,
    /// Pre-post training.
    pub training: Outcome,
    /// Last assessment.
    pub assessment: Outcome,
    /// Their agency differs from the task's.
    pub other_agency: bool,
    /// Relation to the counterpart.
    pub recusal: Recusal,
    /// Holds the professional qualification that the work needs.
    pub qualified: bool,
    /// Under eighteen at the task's time (第八条（三）).
    pub underage: bool,
    /// Certificate, training, assessment or standing on the task's day can't be told: what is known
    /// begins later. Of what can't be told the harmless value stands.
    pub standing_unknown: bool,
    /// Dispatch agreements that cover them are on record, and none was in force that day (第十条).
    pub agreement_lapsed: bool,
}

impl Default for Person {
    /// A person in good standing: the harmless value of every fact.
    fn default() -> Self {
        Self {
            known: true,
            status: Status::Active,
            certificate_valid: true,
            training: Outcome::Passed,
            assessment: Outcome::Passed,
            other_agency: false,
            recusal: Recusal::None,
            qualified: false,
            underage: false,
            standing_unknown: false,
            agreement_lapsed: false,
        }
    }
}

/// A circumstance of the task that is a fact of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[repr(u8)]
pub enum Circumstance {
    /// Done in an officer's name (第二十三条（三）).
    #[n(0)]
    AsOfficer,
    /// Under a quota of fines or charges (第二十三条（一）).
    #[n(1)]
    FineQuota,
    /// With pay tied to fines or charges (第二十三条（一）).
    #[n(2)]
    PayLinked,
    /// Touches state secrets (第二十三条（五）).
    #[n(3)]
    StateSecret,
    /// Needs a professional qualification by law (第二十三条（四）).
    #[n(4)]
    NeedsQualification,
    /// Affects someone's rights or duties in substance (第十七条（二）).
    #[n(5)]
    SubstantiveEffect,
    /// Affects nobody's rights or duties in substance (第十五条（六）).
    #[n(6)]
    NoSubstantiveEffect,
    /// Done at an enterprise (涉企).
    #[n(7)]
    AtEnterprise,
}

impl Circumstance {
    /// All circumstances, in the order of the decision table.
    pub const ALL: [Self; 8] = [
        Self::AsOfficer,
        Self::FineQuota,
        Self::PayLinked,
        Self::StateSecret,
        Self::NeedsQualification,
        Self::SubstantiveEffect,
        Self::NoSubstantiveEffect,
        Self::AtEnterprise,
    ];
}

macro_rules! words {
    ($($type:ident: [$($word:literal),*];)*) => {$(
        impl $type {
            /// What its values are called in facts and in task objects, in their order.
            pub const WORDS: &[&str] = &[$($word),*];

            /// What this value is called there.
            #[must_use]
            pub fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }
    )*};
}

words! {
    Mode: ["independent", "assisted", "unstated"];
    Presence: ["on_scene", "remote", "none", "unstated"];
    Arranged: ["yes", "no", "unstated"];
    Status: ["active", "suspended", "departed"];
    Outcome: ["passed", "failed", "none"];
    Circumstance: [
        "as_officer", "fine_quota", "pay_linked", "state_secret", "needs_qualification",
        "substantive_effect", "no_substantive_effect", "at_enterprise"
    ];
}

/// A set of [`Circumstance`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Circumstances(u8);

impl Circumstances {
    /// Whether `c` is among them.
    #[must_use]
    pub fn contains(self, c: Circumstance) -> bool {
        self.0 & (1 << c as u8) != 0
    }

    /// Adds `c`.
    pub fn insert(&mut self, c: Circumstance) {
        self.0 |= 1 << c as u8;
    }

    /// The set as bits, lowest first in the order of [`Circumstance::ALL`].
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }
}

impl FromIterator<Circumstance> for Circumstances {
    fn from_iter<I: IntoIterator<Item = Circumstance>>(iter: I) -> Self {
        let mut set = Self::default();
        iter.into_iter().for_each(|c| set.insert(c));
        set
    }
}

/// The facts of one task.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The activities stated; empty when there is only a text.
    pub activities: ActivitySet,
    /// Mode as stated.
    pub mode: Mode,
    /// Presence as stated.
    pub presence: Presence,
    /// Officers as stated.
    pub officers: Officers,
    /// The auxiliaries, in the task's order.
    pub people: Vec<Person>,
    /// Circumstances.
    pub circumstances: Circumstances,
    /// Whether the law relied on is named.
    pub legal_basis: bool,
    /// Whether it was arranged this way.
    pub arranged: Arranged,
    /// When it was done; `None` is undated and taken as in force.
    pub at: Option<DateTime<FixedOffset>>,
}
