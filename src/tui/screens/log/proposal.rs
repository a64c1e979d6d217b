//! One field of the form: what was stated, and what is merely proposed.

use serde::{Deserialize, Serialize};

/// Where a shown value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The officer stated it: it becomes part of the record.
    Stated,
    /// The description suggests it (建议).
    Suggested,
    /// The last task had it (沿用).
    Carried,
}

/// A field that may be proposed to the officer; only what they state or accept is recorded.
///
/// A suggestion goes before a carried value, and what is stated before both. Proposals are
/// computed anew whenever the text changes, so a draft keeps only what was stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Proposal<T> {
    stated: Option<T>,
    #[serde(skip)]
    suggested: Option<T>,
    #[serde(skip)]
    carried: Option<T>,
}

impl<T> Default for Proposal<T> {
    fn default() -> Self {
        Self { stated: None, suggested: None, carried: None }
    }
}

impl<T: Clone + PartialEq> Proposal<T> {
    /// What was stated.
    pub fn stated(&self) -> Option<&T> {
        self.stated.as_ref()
    }

    /// Whether anything was stated.
    pub fn is_stated(&self) -> bool {
        self.stated.is_some()
    }

    /// What the form shows, and where it comes from.
    pub fn shown(&self) -> Option<(&T, Source)> {
        let proposed = || {
            let suggested = self.suggested.as_ref().map(|value| (value, Source::Suggested));
            suggested.or_else(|| self.carried.as_ref().map(|value| (value, Source::Carried)))
        };
        self.stated.as_ref().map(|value| (value, Source::Stated)).or_else(proposed)
    }

    /// The officer states `value`; `None` takes their statement back.
    pub fn state(&mut self, value: Option<T>) {
        self.stated = value;
    }

    /// The description suggests `value`, or nothing any more.
    pub fn suggest(&mut self, value: Option<T>) {
        self.suggested = value;
    }

    /// The last task had `value`.
    pub fn carry(&mut self, value: Option<T>) {
        self.carried = value;
    }

    /// Turns what is proposed into a statement; whether there was anything to accept.
    pub fn accept(&mut self) -> bool {
        if self.stated.is_some() {
            return false;
        }
        self.stated = self.suggested.clone().or_else(|| self.carried.clone());
        self.stated.is_some()
    }

    /// Whether a proposal waits to be accepted.
    pub fn is_proposed(&self) -> bool {
        self.stated.is_none() && (self.suggested.is_some() || self.carried.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_shown_but_not_stated_until_it_is_accepted() {
        let mut proposal = Proposal::default();
        proposal.carry(Some("carried"));
        assert_eq!(proposal.shown(), Some((&"carried", Source::Carried)));
        proposal.suggest(Some("suggested"));
        assert_eq!(proposal.shown(), Some((&"suggested", Source::Suggested)));
        assert_eq!(proposal.stated(), None);
        assert!(proposal.accept());
        assert_eq!(proposal.shown(), Some((&"suggested", Source::Stated)));
        assert!(!proposal.accept(), "nothing is left to accept");
    }

    #[test]
    fn a_statement_withstands_later_suggestions() {
        let mut proposal = Proposal::default();
        proposal.state(Some(1));
        proposal.suggest(Some(2));
        assert_eq!(proposal.shown(), Some((&1, Source::Stated)));
        proposal.state(None);
        assert_eq!(proposal.shown(), Some((&2, Source::Suggested)), "taken back, the suggestion shows again");
    }

    #[test]
    fn a_draft_keeps_only_what_was_stated() {
        let mut proposal = Proposal::default();
        proposal.suggest(Some(7));
        let kept = serde_json::to_string(&proposal).expect("a proposal serialises");
        assert_eq!(kept, "null");
    }
}
