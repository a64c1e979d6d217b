//! The verdict panel: what the rulebook says of a task, in words and verbatim.
//!
//! Shared by the log form, the task's detail and the review.

use auxlog_law::{Answerable, Change, Finding, Lang, Rulebook, Severity, Verdict};
use auxlog_record::facts::Judging;

use crate::glyph::Glyphs;
use crate::theme::Meaning;
use crate::widgets::Page;
use crate::words::say;

/// A provision as cited, and its words.
pub type Quoted = (String, String);

/// One finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// How grave it is.
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// The question that it leaves open.
    pub asks: Option<String>,
    /// Who answers.
    pub answers: Vec<Answerable>,
    /// The provisions it rests on, verbatim.
    pub cited: Vec<Quoted>,
    /// What may follow, verbatim.
    pub consequence: Vec<Quoted>,
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Panel {
    /// The verdict.
    pub severity: Severity,
    /// The provisions behind what is permitted, verbatim.
    pub basis: Vec<Quoted>,
    /// The findings, gravest first.
    pub points: Vec<Point>,
    /// The smallest change that would make the task proper, where one would.
    pub proper: Vec<String>,
}

/// What the rulebook finds, independent of any language: kept in a screen's state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    /// The verdict; `None` while there is nothing to judge.
    pub verdict: Option<Verdict>,
    /// The smallest change that would make the task proper; empty where it is, or none would.
    pub proper: Vec<Change>,
}

impl Assessment {
    /// What was judged by `rulebook`, and what would make it proper.
    pub fn of(rulebook: &Rulebook, judging: Judging) -> Self {
        let Judging { reduced, suggestion, verdict } = judging;
        let judged = suggestion.map_or_else(|| reduced.facts.clone(), |said| rulebook.merged(&reduced.facts, &said));
        let improper = verdict.verdict != Severity::Permitted;
        let proper = improper.then(|| rulebook.make_proper(&judged)).flatten().unwrap_or_default();
        Self { verdict: Some(verdict), proper }
    }
}

impl Panel {
    /// What `rulebook` says of a verdict. `names` are the auxiliaries', in the task's order.
    pub fn of(rulebook: &Rulebook, verdict: &Verdict, proper: &[Change], names: &[&str], lang: Lang) -> Self {
        let quote = |cite: &String| {
            let provision = rulebook.provision(cite)?;
            Some((rulebook.cite_label(cite, lang), provision.verbatim()))
        };
        let change = |change: &Change| {
            let person = if let Change::Person(place, _) = change { Some(*place) } else { None };
            rulebook.change_label(change, lang, name_in(names, person))
        };
        Self {
            severity: verdict.verdict,
            basis: verdict.basis.iter().filter_map(quote).collect(),
            points: verdict.findings.iter().map(|finding| point(rulebook, finding, names, lang)).collect(),
            proper: proper.iter().map(change).collect(),
        }
    }

    /// Writes the panel.
    ///
    /// What was found and the article it rests on come first, so that a panel of few lines still
    /// shows both; then what would make it proper, who answers, and what else is cited.
    pub fn write(&self, page: &mut Page) {
        let words = page.words;
        for (place, point) in self.points.iter().enumerate() {
            let mark = mark(point.severity, page.glyphs);
            page.add(0, &format!("{mark} {}", point.message), meaning(point.severity));
            let (first, others) =
                point.cited.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
            if let Some(quoted) = first {
                quote(page, quoted);
            }
            if let Some(asks) = &point.asks {
                page.add(2, asks, Meaning::Warn);
            }
            if place == 0 && !self.proper.is_empty() {
                let changes = self.proper.join(&say!(words, "list-separator"));
                page.add(2, &say!(words, "panel-proper", changes = changes), Meaning::Good);
            }
            if !point.remedy.is_empty() {
                page.add(2, &say!(words, "panel-remedy", remedy = point.remedy.as_str()), Meaning::Text);
            }
            if !point.answers.is_empty() {
                page.add(
                    2,
                    &say!(words, "panel-answers", who = words.terms().answerable(&point.answers)),
                    Meaning::Text,
                );
            }
            for quoted in others {
                quote(page, quoted);
            }
            for (cited, verbatim) in &point.consequence {
                let cited = say!(words, "panel-consequence", cited = cited.as_str());
                quote(page, &(cited, verbatim.clone()));
            }
        }
        if !self.basis.is_empty() {
            page.add(0, &say!(words, "panel-basis"), Meaning::Dim);
            for quoted in &self.basis {
                quote(page, quoted);
            }
        }
    }
}

fn quote(page: &mut Page, (cited, verbatim): &Quoted) {
    page.add(2, &format!("{cited}　{verbatim}"), Meaning::Accent);
}

fn point(rulebook: &Rulebook, finding: &Finding, names: &[&str], lang: Lang) -> Point {
    let explained = rulebook.explain_for(finding, lang, name_in(names, finding.person));
    let label = |(cite, verbatim): (String, String)| (rulebook.cite_label(&cite, lang), verbatim);
    Point {
        severity: finding.severity,
        message: explained.message,
        remedy: explained.remedy,
        asks: explained.asks,
        answers: explained.answers,
        cited: explained.verbatim.into_iter().map(label).collect(),
        consequence: explained.consequence.into_iter().map(label).collect(),
    }
}

fn name_in<'n>(names: &[&'n str], person: Option<u16>) -> Option<&'n str> {
    person.and_then(|place| names.get(usize::from(place)).copied())
}

/// The mark of a verdict, which stands before its word.
pub fn mark(severity: Severity, glyphs: &Glyphs) -> &'static str {
    match severity {
        Severity::Permitted => glyphs.permitted,
        Severity::NeedsReview => glyphs.review,
        Severity::Improper => glyphs.improper,
    }
}

/// How a verdict looks.
pub fn meaning(severity: Severity) -> Meaning {
    match severity {
        Severity::Permitted => Meaning::Good,
        Severity::NeedsReview => Meaning::Warn,
        Severity::Improper => Meaning::Bad,
    }
}
