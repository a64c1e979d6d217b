//! Verdicts and findings in the form that other programs read, and the one that people read.

use auxlog_law::{
    Answerable, Arranged, Change, Facts, Finding, Mode, Presence, Rulebook, Severity, SuggestedPerson, Suggestion,
    Verdict,
};
use auxlog_record::visible_line;
use i18n_embed_fl::fl;
use serde::Serialize;

use crate::words::Words;

/// The verdict object, one a line of `check`.
#[derive(Debug, Serialize)]
pub(crate) struct VerdictLine<'a> {
    /// The task's reference.
    id: &'a str,
    verdict: Severity,
    basis: &'a [String],
    findings: Vec<FindingLine<'a>>,
    /// The smallest change of facts that would make it permitted; absent where it is, or none would.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    proper: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested: Option<Suggested<'a>>,
    rulebook: &'a str,
    digest: &'a str,
}

#[derive(Debug, Serialize)]
pub(crate) struct FindingLine<'a> {
    pub(crate) rule: &'a str,
    severity: Severity,
    item: Option<&'a str>,
    /// Number of the person it is about.
    person: Option<&'a str>,
    answers: &'a [Answerable],
    cites: &'a [String],
    consequence: &'a [String],
    pub(crate) message: String,
    remedy: String,
    /// The question whose answer it still needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<String>,
}

#[derive(Debug, Serialize)]
struct Suggested<'a> {
    items: Vec<&'a str>,
    mode: Mode,
    presence: Presence,
    arranged: Arranged,
    person: &'a SuggestedPerson,
    confidence: f64,
    because: Vec<&'a str>,
}

impl<'a> VerdictLine<'a> {
    /// The verdict on the task `id`, whose auxiliaries are `people` in its order.
    pub(crate) fn new(
        id: &'a str,
        verdict: &'a Verdict,
        people: &'a [String],
        suggestion: Option<(&'a str, &'a Suggestion)>,
        words: &Words,
    ) -> Self {
        Self {
            id,
            verdict: verdict.verdict,
            basis: &verdict.basis,
            findings: findings(&verdict.findings, people, words),
            proper: Vec::new(),
            suggested: suggestion.map(|(text, suggestion)| suggested(text, suggestion)),
            rulebook: &verdict.rulebook,
            digest: &verdict.digest,
        }
    }

    /// With what would make the task proper, judged on `facts` by `book`.
    pub(crate) fn with_proper(mut self, book: &Rulebook, facts: &Facts, people: &[String], words: &Words) -> Self {
        let label = |change: &Change| {
            let person = if let Change::Person(at, _) = change { people.get(usize::from(*at)) } else { None };
            book.change_label(change, words.lang(), person.map(String::as_str))
        };
        self.proper = book.make_proper(facts).unwrap_or_default().iter().map(label).collect();
        self
    }

    /// The verdict in words: a line, then one for each finding with what mends it.
    pub(crate) fn table(&self, words: &Words) -> String {
        let loader = words.loader();
        let book = words.rulebook();
        let label = |cites: &[String]| labels(book, cites, words);
        let mut lines = vec![format!("{}  {}", self.id, words.terms().verdict(self.verdict))];
        if !self.basis.is_empty() {
            lines[0].push_str("  ");
            lines[0].push_str(&fl!(loader, "verdict-basis", cites = label(self.basis)));
        }
        for finding in &self.findings {
            let severity = words.terms().verdict(finding.severity);
            lines.push(format!("    {severity}  {}  {}", finding.rule, finding.message));
            lines.extend(finding.explained(book, words).into_iter().map(|line| format!("        {line}")));
        }
        if !self.proper.is_empty() {
            let changes = self.proper.join(words.comma());
            lines.push(format!("    {}", fl!(loader, "verdict-proper", changes = changes)));
        }
        if let Some(suggested) = self.suggested.as_ref().filter(|suggested| !suggested.items.is_empty()) {
            lines.push(format!("    {}", fl!(loader, "verdict-suggested", items = suggested.items.join(" "))));
        }
        let lines: Vec<_> = lines.iter().map(|line| visible_line(line)).collect();
        lines.join("\n") + "\n"
    }
}

impl FindingLine<'_> {
    /// What stands under its message: where it is written, who answers, what may follow, what to do.
    pub(crate) fn explained(&self, book: &Rulebook, words: &Words) -> Vec<String> {
        let loader = words.loader();
        let mut lines = Vec::new();
        if !self.cites.is_empty() {
            lines.push(fl!(loader, "verdict-basis", cites = labels(book, self.cites, words)));
        }
        if !self.answers.is_empty() {
            let who = words.terms().answerable(self.answers);
            lines.push(fl!(loader, "verdict-answers", who = who));
        }
        if !self.consequence.is_empty() {
            lines.push(fl!(loader, "verdict-consequence", cites = labels(book, self.consequence, words)));
        }
        if !self.remedy.is_empty() {
            lines.push(fl!(loader, "verdict-remedy", remedy = self.remedy.clone()));
        }
        lines.extend(self.asks.clone());
        lines
    }

    pub(crate) fn severity(&self) -> Severity {
        self.severity
    }
}

pub(crate) fn labels(book: &Rulebook, cites: &[String], words: &Words) -> String {
    cites.iter().map(|cite| book.cite_label(cite, words.lang())).collect::<Vec<_>>().join(words.comma())
}

/// Findings in words; `people` are the task's auxiliaries in its order.
pub(crate) fn findings<'a>(findings: &'a [Finding], people: &'a [String], words: &Words) -> Vec<FindingLine<'a>> {
    let book = words.rulebook();
    findings
        .iter()
        .map(|finding| {
            let person = finding.person.and_then(|at| people.get(usize::from(at))).map(String::as_str);
            let explanation = book.explain_for(finding, words.lang(), person);
            FindingLine {
                rule: &finding.rule,
                severity: finding.severity,
                item: finding.item.as_deref(),
                person,
                answers: &finding.answers,
                cites: &finding.cites,
                consequence: &finding.consequence,
                message: explanation.message,
                remedy: explanation.remedy,
                asks: explanation.asks,
            }
        })
        .collect()
}

fn suggested<'a>(text: &'a str, suggestion: &'a Suggestion) -> Suggested<'a> {
    let mut ranges: Vec<_> =
        suggestion.items.iter().flat_map(|item| &item.because).chain(&suggestion.because).collect();
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup();
    Suggested {
        items: suggestion.items.iter().map(|item| item.code.as_str()).collect(),
        mode: suggestion.mode,
        presence: suggestion.presence,
        arranged: suggestion.arranged,
        person: &suggestion.person,
        // Two decimals: more would pretend to a precision that it does not have.
        confidence: (f64::from(suggestion.confidence) * 100.0).round() / 100.0,
        because: ranges.into_iter().filter_map(|range| text.get(range.clone())).collect(),
    }
}
