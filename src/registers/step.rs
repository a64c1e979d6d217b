//! Steps: what takes an entry from state to state, who may take it, and what must stand before.

use auxlog_law::Lang;
use auxlog_record::fold::Author;
use auxlog_record::{Role, Vouched};
use serde::Deserialize;

use crate::Field;

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name in commands and JSON.
    pub key: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Nothing more is to be done with it.
    #[serde(default)]
    pub ended: bool,
}

impl State {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// A step, declared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its number in bodies; never reused.
    pub n: u16,
    /// Its name in commands and JSON.
    pub key: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The states in which it is open.
    pub from: Vec<String>,
    /// The state that it leads to; none where it waits for others, or only notes.
    #[serde(default)]
    pub to: Option<String>,
    /// Steps that must stand before it, in any order: those that lead to a state, and those that were taken
    /// since the last that did.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Roles that take it; those who make entries, where none is said.
    #[serde(default)]
    pub by: Vec<Role>,
    /// Taken by somebody else than who made the entry.
    #[serde(default)]
    pub another: bool,
    /// Taken by somebody else than whoever took these steps: nobody is on both sides.
    #[serde(default)]
    pub apart: Vec<String>,
    /// It says why.
    #[serde(default)]
    pub reason: bool,
    /// What stands against the entry is asked about: it needs a reason then.
    #[serde(default)]
    pub checked: bool,
    /// What it says beside.
    #[serde(default)]
    pub fields: Vec<Field>,
}

impl Step {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// Steps that together lead to a state, in whichever order they are taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The steps.
    pub after: Vec<String>,
    /// The state in which they count.
    pub from: String,
    /// The state that they lead to.
    pub to: String,
}

/// How an entry ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// The field with its last day.
    pub field: String,
    /// States that end with it.
    pub from: Vec<String>,
    /// The state behind it.
    pub to: String,
    /// So many days ahead it is told.
    #[serde(default)]
    pub warn: Vec<u16>,
}

/// Why a step is not open, or has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Closed {
    /// The agency's office does not vouch for their key.
    Nobody,
    /// Their role does not take it.
    Role,
    /// The entry stands where it is not open.
    State,
    /// This step must be taken before it.
    Needs(String),
    /// They made the entry themselves.
    Own,
    /// They took this step themselves.
    Apart(String),
    /// It does not say why.
    Unsaid,
    /// A field that it has does not hold what it must.
    Field(String),
    /// The entry's own record has not arrived, its body is gone, or it was annulled.
    Gone,
    /// The register has no such step.
    NoStep,
}

/// Whether somebody may do what is open to `roles`. Where a log has no office, nobody has a role: whoever
/// has a key there does all that its officer does.
pub(crate) fn may(author: &Author, roles: &[Role]) -> Result<(), Closed> {
    match author.vouched {
        Vouched::Opening => Ok(()),
        Vouched::Nobody => Err(Closed::Nobody),
        Vouched::Office if roles.contains(&author.role) => Ok(()),
        Vouched::Office => Err(Closed::Role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_the_office_for_want_of_a_number() {
        let nameless = |role| Author { vouched: Vouched::Office, role, ..Author::default() };
        assert_eq!(may(&nameless(Role::Officer), &[Role::Clerk, Role::Admin]), Err(Closed::Role));
        assert_eq!(may(&nameless(Role::Admin), &[Role::Clerk, Role::Admin]), Ok(()), "as the fold tells the office");
        let unknown = Author { vouched: Vouched::Nobody, role: Role::Admin, ..Author::default() };
        assert_eq!(may(&unknown, &[Role::Admin]), Err(Closed::Nobody));
    }
}
