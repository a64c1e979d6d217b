//! Choosing among the provisions that findings rest on, to read one in full.

use auxlog_law::{Finding, Verdict};

use crate::theme::Meaning;
use crate::widgets::{Entry, Picker};
use crate::words::{Words, say};

/// The provisions that `findings` cite and what may follow from, each once, in their order; then
/// the rows of the decision table that fired.
pub fn cited(findings: &[Finding]) -> Vec<String> {
    let provisions = findings.iter().flat_map(|finding| finding.cites.iter().chain(&finding.consequence));
    let rows = findings.iter().map(|finding| &finding.rule);
    let mut cited: Vec<String> = Vec::new();
    for code in provisions.chain(rows) {
        if !cited.contains(code) {
            cited.push(code.clone());
        }
    }
    cited
}

/// The first provision that a verdict rests on, if any.
pub fn first(verdict: &Verdict) -> Vec<String> {
    let cited = verdict.findings.first().and_then(|finding| finding.cites.first());
    cited.or(verdict.basis.first()).cloned().into_iter().collect()
}

/// A list of them to choose from.
pub fn picker(words: &Words, cited: &[String]) -> Picker<String> {
    let rulebook = words.rulebook();
    let entries = cited.iter().map(|code| match rulebook.provision(code) {
        Some(provision) => {
            let opening = provision.verbatim();
            let opening = opening.lines().next().unwrap_or_default().to_owned();
            Entry::new(code.clone(), rulebook.cite_label(code, words.lang()), opening, code.as_str())
        }
        None => Entry {
            remark: Some((say!(words, "law-part-rules"), Meaning::Dim)),
            ..Entry::new(code.clone(), code.as_str(), "", "")
        },
    });
    Picker::one(say!(words, "cites-title"), entries.collect())
}

#[cfg(test)]
mod tests {
    use auxlog_law::{Lang, Rulebook};

    use super::*;
    use crate::testing::samples;

    #[test]
    fn every_provision_of_every_finding_can_be_chosen_once() {
        let cited = cited(&[samples::alone(), samples::alone()]);
        assert_eq!(cited, ["16.2", "6", "17.2", "29", "supervision.alone"]);
        for code in &cited {
            let known = Rulebook::embedded().provision(code).is_some() || Rulebook::embedded().row(code).is_some();
            assert!(known, "{code} leads nowhere");
        }
        assert!(picker(&crate::words::load(Lang::Zh), &cited).selected().is_some());
    }
}
