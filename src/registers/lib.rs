//! Registers (台账): books of one kind of official record each. What a register holds, which steps its entries
//! take and who may take them is declared once, in its folder; forms, lists, sheets, evidence, masking and the
//! server follow from the declaration.
//!
//! Knows no disk, network or screen. Records say what was entered ([`auxlog_record::EntryMade`]); here they are
//! read.

#[path = "agreement/facts.rs"]
mod agreement;
#[path = "assessment/facts.rs"]
mod assessment;
mod called;
#[path = "certificate/facts.rs"]
mod certificate;
#[path = "complaint/facts.rs"]
mod complaint;
mod declared;
#[path = "discipline/facts.rs"]
mod discipline;
mod dossier;
mod due;
mod entries;
mod field;
pub mod figures;
mod files;
pub mod json;
#[path = "leaving/facts.rs"]
mod leaving;
mod listing;
#[path = "means/facts.rs"]
mod means;
#[path = "posts/facts.rs"]
mod posts;
mod reading;
pub mod rules;
mod sealed;
mod standing;
mod step;
pub mod table;
#[cfg(any(test, feature = "trial"))]
#[path = "trial/facts.rs"]
mod trial_facts;
mod writing;

use std::sync::LazyLock;

pub use called::Called;
pub use declared::{Misdeclared, Register};
pub use dossier::{Dossier, STEP, Taken, merge};
pub use due::Due;
pub use entries::Entries;
pub use field::{Choice, Field, Kind, Misfit, Names, check_all, of_wall};
pub use files::{is_hash, name_targets};
pub use listing::Listing;
pub use reading::{EntryQuery, Reading};
pub use sealed::check_typed;
pub use standing::{as_of, people_on, tells_standing};
pub use step::{Closed, Join, State, Step, Until};
pub use writing::{EntryError, NewEntry, Writing};

/// The declarations, in the order in which people read them. A new register adds its line here.
const DECLARED: &[&str] = &[
    include_str!("training/course.toml"),
    include_str!("training/result.toml"),
    include_str!("certificate/certificate.toml"),
    include_str!("certificate/inspection.toml"),
    include_str!("certificate/design.toml"),
    include_str!("certificate/interval.toml"),
    include_str!("agreement/company.toml"),
    include_str!("agreement/agreement.toml"),
    include_str!("agreement/contract.toml"),
    include_str!("posts/limit.toml"),
    include_str!("posts/allocation.toml"),
    include_str!("posts/plan.toml"),
    include_str!("posts/recruitment.toml"),
    include_str!("agency/authority.toml"),
    include_str!("posts/eligibility.toml"),
    include_str!("filing/filing.toml"),
    include_str!("means/budget.toml"),
    include_str!("means/pay.toml"),
    include_str!("means/payroll.toml"),
    include_str!("means/injury.toml"),
    include_str!("rights/suggestion.toml"),
    include_str!("rights/acknowledgement.toml"),
    include_str!("rights/recusal.toml"),
    include_str!("leaving/policy.toml"),
    include_str!("leaving/kit.toml"),
    include_str!("leaving/leaving.toml"),
    include_str!("assessment/scheme.toml"),
    include_str!("assessment/assessment.toml"),
    include_str!("assessment/consequence.toml"),
    include_str!("assessment/grade.toml"),
    include_str!("assessment/grade_change.toml"),
    include_str!("discipline/commendation.toml"),
    include_str!("discipline/discipline.toml"),
    include_str!("discipline/recovery.toml"),
    include_str!("discipline/accountability.toml"),
    include_str!("discipline/bulletin.toml"),
    include_str!("complaint/complaint.toml"),
    #[cfg(any(test, feature = "trial"))]
    include_str!("trial/trial.toml"),
];

static ALL: LazyLock<Vec<Register>> = LazyLock::new(|| {
    let declared = |text: &&str| Register::declared(text).expect("a test reads every declaration");
    DECLARED.iter().map(declared).collect()
});

/// All registers.
pub fn all() -> &'static [Register] {
    &ALL
}

/// The register of that name.
pub fn named(key: &str) -> Option<&'static Register> {
    all().iter().find(|register| register.key == key)
}

/// The register of that number.
pub fn numbered(number: u16) -> Option<&'static Register> {
    all().iter().find(|register| register.number == number)
}

#[cfg(test)]
mod trial;
