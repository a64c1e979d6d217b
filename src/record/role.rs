//! Who someone is to an agency's log: what they may do, and whether they may do it now.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// What someone may do, as the agency's office certified it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    /// Logs, reviews what others logged, pulls the agency's records.
    #[default]
    #[n(0)]
    Officer,
    /// As an officer; releases what is held.
    #[n(1)]
    Supervisor,
    /// 司法局: reads all agencies.
    #[n(2)]
    Legal,
    /// Reads the agency's log, proofs and audit log.
    #[n(3)]
    Auditor,
    /// Administers the agency on the server.
    #[n(4)]
    Admin,
    /// 人事, 内勤: keeps registers; has no devices in the field and takes no step of a review.
    #[n(5)]
    Clerk,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [Self::Officer, Self::Supervisor, Self::Legal, Self::Auditor, Self::Admin, Self::Clerk];

    /// The role's name in commands, addresses and the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Supervisor => "supervisor",
            Self::Legal => "legal",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Clerk => "clerk",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A key's standing with the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Standing {
    /// Awaits an administrator's approval.
    #[n(0)]
    Pending,
    /// In good standing.
    #[default]
    #[n(1)]
    Active,
    /// Two records claimed the same place, or one was malformed: what comes is held.
    #[n(2)]
    Frozen,
    /// Revoked by an administrator: what comes is held.
    #[n(3)]
    Revoked,
}
