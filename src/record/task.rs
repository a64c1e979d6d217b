//! A task: one supervision situation, as an officer states it.

use auxlog_law::{Arranged, Circumstance, Mode, Outcome, Presence, Status};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{AgencyId, AuxiliaryId, Date, Moment, OfficerId};

/// A task as stated: the input of `check` and `log`, and the content of a record.
///
/// What is `None` was not stated. Only `id` and one of `items`, `text` are required.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct Task {
    /// The reference given by whoever logs it; kept as stated, unique within an agency.
    #[n(0)]
    pub id: String,
    /// When it was done, or began.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// When it ended.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// The agency that used the auxiliaries (第五条).
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<AgencyId>,
    /// What was done, in the officer's words.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Activity codes.
    #[n(5)]
    #[serde(default)]
    pub items: Vec<String>,
    /// Independent or assisted.
    #[n(6)]
    #[serde(default)]
    pub mode: Mode,
    /// Where the supervising officer was.
    #[n(7)]
    #[serde(default)]
    pub presence: Presence,
    /// The officers; `None` is unstated, an empty list is nobody.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officers: Option<Vec<StatedOfficer>>,
    /// The auxiliaries.
    #[n(9)]
    #[serde(default)]
    pub auxiliaries: Vec<StatedAuxiliary>,
    /// Circumstances.
    #[n(10)]
    #[serde(default)]
    pub circumstances: Vec<Circumstance>,
    /// The law relied on for 16.7.
    #[n(11)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// Whether an officer or the agency had it done this way.
    #[n(12)]
    #[serde(default)]
    pub arranged: Arranged,
    /// Where.
    #[n(13)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The person or firm on the other side.
    #[n(14)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<String>,
    /// Case number.
    #[n(15)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_number: Option<String>,
}

/// An officer as a task names them; facts that are `None` are looked up in the roster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct StatedOfficer {
    /// Officer number.
    #[n(0)]
    pub id: OfficerId,
    /// Certificate valid at the task's time.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_valid: Option<bool>,
    /// Their agency (joint operations).
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<AgencyId>,
}

/// An auxiliary as a task names them.
///
/// With no fact stated they are looked up in the roster; with any stated, the others take the
/// harmless value (see `contract`: active, valid, passed, own agency, no recusal).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct StatedAuxiliary {
    /// Auxiliary number.
    #[n(0)]
    pub id: AuxiliaryId,
    /// Standing.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Work certificate valid at the task's time.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_valid: Option<bool>,
    /// Pre-post training.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Outcome>,
    /// Last assessment.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Outcome>,
    /// Their agency.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<AgencyId>,
    /// Whether recusal towards this counterpart was decided.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recused: Option<bool>,
    /// Holds the professional qualification that the work needs.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualified: Option<bool>,
    /// Date of birth.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
}

impl Task {
    /// What its text says; blanks say nothing.
    pub fn said(&self) -> Option<&str> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
}
