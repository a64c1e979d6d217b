//! Registers (台账): books of one kind of official record each. What a register holds, which steps its entries
//! take and who may take them is declared once, in its folder; forms, lists, sheets, evidence, masking and the
//! server follow from the declaration.
//!
//! Knows no disk, network or screen. Records say what was entered ([`auxlog_record::EntryMade`]); here they are
//! read.

#[path = "agreement/facts.rs"]
mod agreement;
mod called;
#[path = "certificate/facts.rs"]
mod certificate;
mod declared;
mod dossier;
mod due;
mod entries;
mod field;
mod files;
pub mod json;
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
pub use reading::{EntryQuery, Reading};
pub use sealed::check_typed;
pub use standing::{as_of, people_on};
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
