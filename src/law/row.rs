//! A row of the decision table, as a person reads it.

use crate::{Answerable, Lang, Severity};

/// One row of the decision table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id, e.g. `supervision.alone`.
    pub id: String,
    /// The layer it stands in.
    pub layer: String,
    /// The row of a lower layer that it replaces, if any.
    pub replaces: Option<String>,
    /// Whether a higher layer replaced it: it judges no more, but is still explained.
    pub replaced_by: Option<String>,
    /// When it fires, as written in the rulebook (field and values, in the rulebook's vocabulary).
    pub when: Vec<(String, Vec<String>)>,
    /// Its cases: the first that applies gives severity, cites and words.
    pub cases: Vec<RowCase>,
}

/// One case of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCase {
    /// What it asks beside the row's own conditions; empty for a row with one case and for 其他情形.
    pub when: Vec<(String, Vec<String>)>,
    /// How grave it is.
    pub severity: Severity,
    /// Who answers, before what `arranged` adds.
    pub answers: Vec<Answerable>,
    /// What it cites; `item` stands for the activity's own item.
    pub cites: Vec<String>,
    /// What is wrong, in Chinese.
    pub message_zh: String,
    /// What is wrong, in English.
    pub message_en: String,
    /// What to do, in Chinese.
    pub remedy_zh: String,
    /// What to do, in English.
    pub remedy_en: String,
}

impl RowCase {
    /// What is wrong, with its placeholders (`{activity}`, `{item}`, `{person}`).
    #[must_use]
    pub fn message(&self, lang: Lang) -> &str {
        lang.pick(&self.message_zh, &self.message_en)
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self, lang: Lang) -> &str {
        lang.pick(&self.remedy_zh, &self.remedy_en)
    }
}
