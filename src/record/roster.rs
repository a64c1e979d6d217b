//! The roster: agencies, officers and auxiliaries with the facts that the law asks for.

use std::collections::BTreeMap;

use auxlog_law::{Outcome, Status};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{AgencyId, AuxiliaryId, Date, OfficerId};

/// An agency with the power of administrative enforcement (第三条).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Agency {
    /// Code.
    #[n(0)]
    pub id: AgencyId,
    /// Name.
    #[n(1)]
    pub name: String,
}

/// A certificate and the days it is valid (both included; `None` is unbounded).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Certificate {
    /// Number.
    #[n(0)]
    pub number: String,
    /// First day.
    #[n(1)]
    pub from: Option<Date>,
    /// Last day.
    #[n(2)]
    pub until: Option<Date>,
}

/// An enforcement officer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Officer {
    /// Number.
    #[n(0)]
    pub id: OfficerId,
    /// Name.
    #[n(1)]
    pub name: String,
    /// Agency.
    #[n(2)]
    pub agency: AgencyId,
    /// Enforcement certificate (执法证).
    #[n(3)]
    pub certificate: Option<Certificate>,
    /// Unit within the agency.
    #[n(4)]
    pub unit: Option<String>,
    /// A reading of the name that dictionaries miss, e.g. `shan` for 单.
    #[n(5)]
    pub pinyin: Option<String>,
    /// Standing; `None` is in service.
    #[n(6)]
    pub status: Option<Status>,
    /// Since when that is their standing.
    #[n(7)]
    pub status_since: Option<Date>,
    /// The day from which they are gone.
    #[n(8)]
    pub left_on: Option<Date>,
}

/// A relation to a counterpart (第十九条（七）).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct RecusalEntry {
    /// The counterpart, as written.
    #[n(0)]
    pub counterpart: String,
    /// The relation, e.g. 战友.
    #[n(1)]
    pub relation: Option<String>,
    /// Whether recusal was decided; if not, the relation is merely known.
    #[n(2)]
    pub decided: bool,
}

/// An auxiliary (行政执法辅助人员).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Auxiliary {
    /// Number.
    #[n(0)]
    pub id: AuxiliaryId,
    /// Name.
    #[n(1)]
    pub name: String,
    /// The agency that uses them (第五条).
    #[n(2)]
    pub agency: AgencyId,
    /// Unit within the agency.
    #[n(3)]
    pub unit: Option<String>,
    /// Standing.
    #[n(4)]
    pub status: Status,
    /// Date of birth.
    #[n(5)]
    pub born: Option<Date>,
    /// Work certificate (行政执法辅助工作证件, 第二十一条).
    #[n(6)]
    pub certificate: Option<Certificate>,
    /// Pre-post training.
    #[n(7)]
    pub training: Outcome,
    /// When it was passed or failed.
    #[n(8)]
    pub trained_on: Option<Date>,
    /// Last assessment.
    #[n(9)]
    pub assessment: Outcome,
    /// When.
    #[n(10)]
    pub assessed_on: Option<Date>,
    /// Professional qualifications held, as written.
    #[n(11)]
    pub qualifications: Vec<String>,
    /// Known relations and decided recusals.
    #[n(12)]
    pub recusals: Vec<RecusalEntry>,
    /// The dispatching company (劳务派遣单位, 第十条).
    #[n(13)]
    pub dispatched_by: Option<String>,
    /// A reading of the name that dictionaries miss.
    #[n(14)]
    pub pinyin: Option<String>,
    /// The last day in service.
    #[n(15)]
    pub left_on: Option<Date>,
    /// Since when the standing is what it is.
    #[n(16)]
    pub status_since: Option<Date>,
    /// The day from which none of the dispatch agreements on record that cover them is in force (第十条); the
    /// register of agreements says it, no roster does.
    #[n(17)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_on: Option<Date>,
}

/// A version of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Roster {
    /// Grows by one with each change.
    #[n(0)]
    pub version: u64,
    /// Agencies by code.
    #[n(1)]
    pub agencies: BTreeMap<AgencyId, Agency>,
    /// Officers by number.
    #[n(2)]
    pub officers: BTreeMap<OfficerId, Officer>,
    /// Auxiliaries by number.
    #[n(3)]
    pub auxiliaries: BTreeMap<AuxiliaryId, Auxiliary>,
}
