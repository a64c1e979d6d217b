//! Findings in plain words.

use crate::rulebook::{Model, Rule};
use crate::vocabulary::word;
use crate::{Answerable, Finding, Lang, Row, RowCase, Rulebook};

/// A finding in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The question whose answer the finding still needs (whether it was arranged), if any.
    pub asks: Option<String>,
    /// Who answers.
    pub answers: Vec<Answerable>,
    /// What may follow: cite and verbatim text (第二十九条, 第三十一条).
    pub consequence: Vec<(String, String)>,
    /// The provisions cited, verbatim.
    pub verbatim: Vec<(String, String)>,
    /// Rows of lower layers that the row replaced: id and what they would have said.
    pub replaced: Vec<(String, String)>,
}

/// Message and remedy of what no rulebook finds, but whoever compares records does.
fn beyond(rule: &str, lang: Lang) -> Option<(&'static str, &'static str)> {
    match rule {
        "record.verdict_differs" => Some((
            lang.pick(
                "服务器按同样的情况判断，与记录里写的结论不同",
                "The server's own verdict on the same facts is another than the record states",
            ),
            lang.pick(
                "由另一名执法人员查明原因；判断以服务器给出的为准",
                "Another officer finds out why; the server's verdict is the one that counts",
            ),
        )),
        _ => None,
    }
}

impl Rulebook {
    /// A finding in words, about an auxiliary who is not named.
    #[must_use]
    pub fn explain(&self, finding: &Finding, lang: Lang) -> Explanation {
        self.explain_for(finding, lang, None)
    }

    /// A finding in words; `person` is the name of the auxiliary it is about.
    ///
    /// A finding of another rulebook, whose row this one lacks, is explained by its id alone.
    #[must_use]
    pub fn explain_for(&self, finding: &Finding, lang: Lang, person: Option<&str>) -> Explanation {
        explain_by(self.model(), self, finding, lang, person)
    }

    fn fill(&self, template: &str, finding: &Finding, lang: Lang, person: Option<&str>) -> String {
        let code = finding.activity.as_deref().unwrap_or_default();
        let activity = self.activity(code).map_or(code, |id| self.activities()[usize::from(id.0)].name(lang));
        let item = finding.item.as_deref().map(|item| self.cite_label(item, lang)).unwrap_or_default();
        template
            .replace("{activity}", activity)
            .replace("{item}", &item)
            .replace("{person}", person.unwrap_or_else(|| word("person", lang)))
    }
}

/// A finding of the rows of `model` in words, with the provisions of `book`.
pub(crate) fn explain_by(
    model: &Model,
    book: &Rulebook,
    finding: &Finding,
    lang: Lang,
    person: Option<&str>,
) -> Explanation {
    let texts = |cites: &[String]| -> Vec<(String, String)> {
        let text = |cite: &String| Some((cite.clone(), book.provision(cite)?.verbatim()));
        cites.iter().filter_map(text).collect()
    };
    let mut explanation = Explanation {
        message: finding.rule.clone(),
        answers: finding.answers.clone(),
        consequence: texts(&finding.consequence),
        verbatim: texts(&finding.cites),
        ..Explanation::default()
    };
    let Some(at) = model.rows.iter().position(|row| row.id == finding.rule) else {
        if let Some((message, remedy)) = beyond(&finding.rule, lang) {
            message.clone_into(&mut explanation.message);
            remedy.clone_into(&mut explanation.remedy);
        }
        return explanation;
    };
    let (row, rule) = (&model.rows[at], &model.rules[at]);
    let fill = |template: &str| book.fill(template, finding, lang, person);
    if let Some(case) = case_of(row, finding) {
        explanation.message = fill(case.message(lang));
        explanation.remedy = fill(case.remedy(lang));
    }
    if !finding.asks.is_empty() {
        explanation.asks = question(model, rule, lang);
    }
    let replaced = model.rows.iter().filter(|other| other.replaced_by.as_ref() == Some(&row.id));
    explanation.replaced =
        replaced.filter_map(|other| Some((other.id.clone(), fill(case_of(other, finding)?.message(lang))))).collect();
    explanation
}

/// What the additions to a row ask.
fn question(model: &Model, rule: &Rule, lang: Lang) -> Option<String> {
    let additions = rule.additions.iter().filter_map(|&at| model.additions[at].asks.as_ref());
    additions.map(|(zh, en)| lang.pick(zh, en).to_owned()).next()
}

/// The case whose words a finding has: the first that is as grave, or else the first.
fn case_of<'a>(row: &'a Row, finding: &Finding) -> Option<&'a RowCase> {
    row.cases.iter().find(|case| case.severity == finding.severity).or(row.cases.first())
}
