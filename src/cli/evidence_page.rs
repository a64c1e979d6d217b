//! The page of an evidence bundle: what a court reads in a browser, with nothing loaded from
//! anywhere.
//!
//! It is made from the bundle alone, so that `verify` makes it once more and compares. A released
//! renderer, with its messages (`evidence-…` and `verify-server…`), never changes; golden bundles
//! see to it. Renderer 1 is that of 0.1.0; 2 names authors as the office does, and says why a step
//! is void; 3 tells every field of the task.

mod entry;
mod first_facts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write};
use std::path::Path;

use askama::Template;
use askama::filters::Escaper;
use auxlog_i18n::{Names, Place};
use auxlog_law::{Lang, Rulebook, Severity};
use auxlog_record::evidence::{Evidence, Known, Rendering};
use auxlog_record::fold::{self, Author, TaskView};
use auxlog_record::review::Closed;
use auxlog_record::{
    AgencyId, Attachment, AuxiliaryId, Date, Event, Hash, Moment, OfficerId, Record, RecordId, Task, TaskField,
    Vouched, china,
};
use auxlog_registers::Dossier;
use auxlog_sync::vouched::VouchedFor;
use chrono::TimeZone as _;
use data_encoding::HEXLOWER;
use i18n_embed_fl::fl;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::server_proofs::NotWhole;
use crate::words::Words;
use crate::{attachments, server_proofs};

#[derive(Template)]
#[template(path = "evidence.html")]
struct Page<'a> {
    words: &'a Words,
    evidence: &'a Evidence,
    title: String,
    facts: Vec<(String, String)>,
    /// Verdict, explanation and rule of each.
    findings: Vec<(String, String, &'a str)>,
    attached: Vec<File<'a>>,
    chains: Vec<Chain>,
    vouched: Vec<VouchedFor>,
}

struct File<'a> {
    attachment: &'a Attachment,
    link: String,
    size: String,
    preview: String,
}

struct Chain {
    who: String,
    key: String,
    records: Vec<Line>,
    /// How many are there without what they say.
    bare: usize,
}

struct Line {
    seq: u64,
    said: String,
    when: String,
    hash: Hash,
}

/// The page for a bundle that is being exported, in the reader's language, with a place for the bundle
/// itself. What is attached to the task lies in the directory `files` beside it.
pub(crate) fn written(evidence: &mut Evidence, files: &Path, words: &Words) -> Result<String, NotWhole> {
    evidence.page = Rendering {
        renderer: Rendering::NEWEST,
        lang: words.lang().pick("zh-CN", "en").to_owned(),
        files: files.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    render(evidence, words)
}

/// The page that a bundle's file must have; `file` is what it has, in which 0.1.0 alone says how it was
/// rendered.
pub(crate) fn due(evidence: &Evidence, file: &str) -> Result<String, NotWhole> {
    let mut evidence = evidence.clone();
    match evidence.page.renderer {
        1 => evidence.page = as_written(file),
        2..=Rendering::NEWEST => {}
        newer => return Err(NotWhole::NewerPage(newer)),
    }
    render(&evidence, &crate::words::load(if evidence.page.lang == "en" { Lang::En } else { Lang::Zh }))
}

/// How 0.1.0 rendered a page, as far as the page itself shows.
fn as_written(file: &str) -> Rendering {
    let lang = if file.starts_with("<!doctype html>\n<html lang=\"en\">") { "en" } else { "zh-CN" };
    let link = file.split_once("<td><a href=\"").and_then(|(_, rest)| rest.split_once('/'));
    Rendering { renderer: 1, lang: lang.to_owned(), files: link.map(|(dir, _)| from_link(dir)).unwrap_or_default() }
}

fn render(evidence: &Evidence, words: &Words) -> Result<String, NotWhole> {
    let vouched = server_proofs::check(evidence).unwrap_or_default();
    let renderer = evidence.page.renderer;
    let known = if renderer > 1 { server_proofs::known(&vouched) } else { Known::default() };
    let view = evidence.view_by(&known)?;
    let entry = Dossier::of(&view);
    let facts = match &entry {
        Some(entry) => entry::facts(entry, words),
        None if renderer < 3 => first_facts::rows(&view, words),
        None => facts(&view, words),
    };
    let named = entry.as_ref().map_or_else(|| view.original().id.clone(), |entry| entry::title(entry, words));
    let findings = view.findings().into_iter().map(|finding| {
        let explanation = Rulebook::embedded().explain(finding, words.lang());
        (verdict(finding.severity, renderer, words), explanation.message, finding.rule.as_str())
    });
    let page = Page {
        words,
        evidence,
        title: fl!(words.loader(), "evidence-title", id = named),
        facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        findings: findings.collect(),
        attached: attached(&view, &evidence.page.files, words),
        chains: chains(evidence, &view, entry.as_ref(), words),
        vouched,
    };
    Ok(page.to_string())
}

/// Every field of the task, each with its label.
fn facts(view: &TaskView, words: &Words) -> Vec<(String, String)> {
    let loader = words.loader();
    let agency = fold::agency_of(&view.task, &view.agency).clone();
    let task = Task { agency: Some(agency), ..view.task.clone() };
    let value = |field| words.terms().value(&task, field, Place::Evidence, &AsJudged(view), Rulebook::embedded());
    let stated = TaskField::ALL.iter().map(|&field| (words.terms().label(field), value(field)));
    let reference = (fl!(loader, "evidence-reference"), task.id.clone());
    let verdict = (fl!(loader, "evidence-verdict"), words.terms().verdict(view.worst));
    std::iter::once(reference).chain(stated).chain([verdict]).collect()
}

/// The names that the records themselves give.
struct AsJudged<'a>(&'a TaskView);

impl Names for AsJudged<'_> {
    fn auxiliary(&self, id: &AuxiliaryId) -> Option<&str> {
        self.0.judged()?.people.iter().find(|person| person.id == *id)?.name.as_deref()
    }

    fn officer(&self, _: &OfficerId) -> Option<&str> {
        None
    }

    fn agency(&self, _: &AgencyId) -> Option<&str> {
        None
    }
}

fn attached<'a>(view: &'a TaskView, dir: &str, words: &Words) -> Vec<File<'a>> {
    let files = view.attachments.iter().map(|view| &view.attachment).enumerate();
    files
        .map(|(place, attachment)| File {
            attachment,
            link: format!("{}/{}", in_link(dir), in_link(&attachments::file_name(place, attachment))),
            size: attachments::size(attachment.size),
            preview: attachment.preview.as_ref().map(|preview| attachments::told(preview, words)).unwrap_or_default(),
        })
        .collect()
}

fn chains(evidence: &Evidence, view: &TaskView, of: Option<&Dossier>, words: &Words) -> Vec<Chain> {
    let history = view.history();
    let known: BTreeSet<Hash> = history.iter().map(|entry| entry.hash).collect();
    let void: BTreeMap<RecordId, Option<Closed>> =
        history.iter().rev().map(|entry| (entry.record, entry.void)).collect();
    let renderer = evidence.page.renderer;
    let line = |record: &Record| {
        let wall = record.envelope().reading.wall_ms;
        let when = china().timestamp_millis_opt(wall).single().map(|at| moment(Moment(at))).unwrap_or_default();
        let of_entry = record.event().ok().and_then(|event| entry::kind(&event, of, words));
        let mut said = of_entry.unwrap_or_else(|| kind(record, renderer, words));
        said.extend(of.and_then(|entry| entry::void(entry, record.id(), words)));
        if let Some(why) = void.get(&record.id()).copied().flatten() {
            said.push_str(&match renderer {
                1 => fl!(words.loader(), "evidence-void"),
                _ => fl!(words.loader(), "evidence-void-why", why = void_because(why, renderer, words)),
            });
        }
        Line { seq: record.id().seq, said, when, hash: record.hash() }
    };
    // An order to mask stands beside the task's history; it has a body only if it is about it.
    let ordered = |record: &Record| matches!(record.event(), Ok(Event::MaskOrdered(_)));
    let about = |record: &&Record| record.id().seq == 1 || known.contains(&record.hash()) || ordered(record);
    let told = |chain: &Vec<Record>| {
        let Ok(Event::WriterOpened(opened)) = chain.first()?.event() else { return None };
        let (officer, name) = match certified(view, chain) {
            Some(author) => (author.officer.clone(), author.name.clone()),
            None => (opened.officer, opened.officer_name),
        };
        let who = fl!(
            words.loader(),
            "evidence-writer",
            name = name,
            officer = officer.to_string(),
            agency = opened.agency_name,
            certificate = opened.certificate.map(|certificate| certificate.number).unwrap_or_default()
        );
        Some(Chain {
            who,
            key: HEXLOWER.encode(&opened.public_key),
            records: chain.iter().filter(about).map(line).collect(),
            bare: chain.iter().filter(|record| record.body().is_none()).count(),
        })
    };
    evidence.chains.iter().filter_map(told).collect()
}

/// Whose chain it is as the office says.
fn certified<'a>(view: &'a TaskView, chain: &[Record]) -> Option<&'a Author> {
    let writer = chain.first()?.id().writer;
    view.authors().find(|author| author.writer == writer && author.vouched == Vouched::Office)
}

/// What a record says, in a few words.
fn kind(record: &Record, renderer: u16, words: &Words) -> String {
    let loader = words.loader();
    match record.event() {
        Ok(Event::WriterOpened(_)) => fl!(loader, "evidence-kind-opened"),
        Ok(Event::TaskPlanned(_)) => fl!(loader, "evidence-kind-planned"),
        Ok(Event::TaskLogged(_)) => fl!(loader, "evidence-kind-logged"),
        Ok(Event::Amendment(e)) => {
            let label = |name: &String| match TaskField::named(name) {
                Some(field) if renderer > 2 => words.terms().label(field),
                _ => name.clone(),
            };
            let fields: Vec<String> = e.fields.iter().map(label).collect();
            fl!(loader, "evidence-kind-amended", fields = fields.join(words.comma()), reason = e.reason)
        }
        Ok(Event::Annulment(e)) => fl!(loader, "evidence-kind-annulled", reason = e.reason),
        Ok(Event::Attachment(e)) => fl!(loader, "evidence-kind-attached", name = e.name, hash = e.sha256.to_string()),
        Ok(Event::ReviewStep(e)) => {
            let measure = e.measure.unwrap_or_default();
            let mut decision = match renderer {
                1 | 2 => first_facts::decision(e.decision, words),
                _ => words.terms().decision(e.decision),
            };
            if let Some(person) = e.against {
                let _ = write!(decision, " {person}");
            }
            fl!(loader, "evidence-kind-review", decision = decision, reason = e.reason, measure = measure)
        }
        Ok(Event::Statement(e)) => {
            fl!(loader, "evidence-kind-statement", person = e.auxiliary.to_string(), text = e.text)
        }
        Ok(Event::Rejudged(e)) => {
            fl!(loader, "evidence-kind-rejudged", verdict = verdict(e.verdict.verdict, renderer, words))
        }
        Ok(Event::Masked { .. }) => fl!(loader, "evidence-kind-masked"),
        Ok(Event::MaskOrdered(e)) => fl!(loader, "evidence-kind-ordered", order = e.order),
        _ => fl!(loader, "evidence-kind-other"),
    }
}

fn verdict(verdict: Severity, renderer: u16, words: &Words) -> String {
    if renderer < 3 { first_facts::verdict(verdict, words) } else { words.terms().verdict(verdict) }
}

fn void_because(why: Closed, renderer: u16, words: &Words) -> String {
    if renderer < 3 { first_facts::closed(why, words) } else { words.terms().closed(why) }
}

/// The day in China of a wall clock.
fn day_of(wall_ms: i64) -> Option<Date> {
    china().timestamp_millis_opt(wall_ms).single().map(|at| Moment(at).china_date())
}

fn moment(at: Moment) -> String {
    at.0.format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// What an address names as it is; every other byte is written as a number.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

pub(crate) fn in_link(name: &str) -> impl Display {
    utf8_percent_encode(name, PLAIN)
}

/// What [`in_link`] was given.
fn from_link(link: &str) -> String {
    percent_decode_str(link).decode_utf8_lossy().into_owned()
}

/// How templates write what they are given.
#[derive(Clone, Copy)]
pub(crate) struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: Write>(&self, mut page: W, text: &str) -> std::fmt::Result {
        page.write_str(&escape(text))
    }
}

/// Text as HTML shows it: nothing an officer typed becomes a tag, or the place of the bundle.
pub(crate) fn escape(text: &str) -> String {
    let text = auxlog_record::visible(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back_as_the_name() {
        for name in ["t-2-附件", "a b%.files", "plain"] {
            assert_eq!(from_link(&in_link(name).to_string()), name);
        }
    }

    #[test]
    fn what_was_typed_never_becomes_markup() {
        assert_eq!(escape("<script>&\"'"), "&lt;script&gt;&amp;&quot;&#39;");
        assert!(!escape(Evidence::PLACE).contains(Evidence::PLACE));
    }
}
