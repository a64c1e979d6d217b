//! Rows of a subject that is not the task: checks on the entries of a register, in a vocabulary of its own.
//!
//! Rows, cases, additions and examples are written, checked and explained as a task's are. An entry's findings
//! add up; what permits it and what finds something never fire together, unless the one names the other.

mod proper;

pub use proper::FactChange;

use crate::judge::{Template, basis, case_of, rules, said};
use crate::rulebook::{EntryExample, Model};
use crate::vocabulary::{Field, Scope};
use crate::{Explanation, Finding, Lang, Point, Row, Rulebook, Severity, Verdict, Vocabulary, explain};

/// The rows of one subject.
#[derive(Debug)]
pub struct Rules {
    model: Model,
    fields: Vec<Field>,
    examples: Vec<EntryExample>,
}

impl Rules {
    pub(crate) fn made(model: Model, examples: Vec<EntryExample>) -> Self {
        Self { fields: model.vocabulary.all_fields(), model, examples }
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    pub(crate) fn examples(&self) -> &[EntryExample] {
        &self.examples
    }

    /// The facts that its rows may read.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.model.vocabulary
    }

    /// Its rows, in their order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.model.rows
    }

    /// What the facts of an entry come to: each row that fires, with what it cites.
    #[must_use]
    pub fn decide(&self, facts: &Point) -> Verdict {
        let mut fired = self.fired(*facts);
        fired.sort_by_key(|template| (std::cmp::Reverse(template.severity), template.row));
        // What no row decides is not permitted; that there is nothing of the kind is proved.
        let verdict = fired.iter().map(|template| template.severity).max().unwrap_or(Severity::NeedsReview);
        let (permits, findings): (Vec<Template>, Vec<Template>) =
            fired.into_iter().partition(|template| template.severity == Severity::Permitted);
        let finding = |template: Template| {
            let rule = self.model.rows[usize::from(template.row)].id.clone();
            template.into_finding(rule)
        };
        Verdict {
            verdict,
            basis: basis(permits.iter().flat_map(|permit| &permit.cites)),
            findings: findings.into_iter().map(finding).collect(),
            rulebook: self.model.id.clone(),
            digest: self.model.digest.clone(),
        }
    }

    /// The rows that fire, as they are written: a register is too seldom asked to be compiled.
    pub(crate) fn fired(&self, facts: Point) -> Vec<Template> {
        let (model, fields) = (&self.model, &self.fields[..]);
        let rows = rules(model, Scope::Entry, None).into_iter();
        let cases = rows.filter_map(|row| Some((row, case_of(&model.rules[row], fields, None, facts)?)));
        cases.map(|(row, case)| said(model, row, case, fields, None, facts)).collect()
    }

    /// A finding in words, with the provisions of `book`; `person` is the name of whom it is about.
    #[must_use]
    pub fn explain(&self, book: &Rulebook, finding: &Finding, lang: Lang, person: Option<&str>) -> Explanation {
        explain::explain_by(&self.model, book, finding, lang, person)
    }

    /// Conditions of a row or case as sentences.
    #[must_use]
    pub fn conditions_label(&self, when: &[(String, Vec<String>)], lang: Lang) -> Vec<String> {
        let vocabulary = self.vocabulary();
        vocabulary.conditions_label(when, lang, |fact, value| vocabulary.value_label(fact, value, lang))
    }
}

#[cfg(test)]
mod tests;
