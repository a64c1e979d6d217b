//! The page of an evidence bundle: what a court reads in a browser, with nothing loaded from
//! anywhere.
//!
//! It is made from the bundle alone, so that `verify` makes it once more and compares. A released
//! renderer, with its messages (`evidence-…` and `verify-server…`), never changes; golden bundles
//! see to it. Renderer 1 is that of 0.1.0; 2 names authors as the office does, and says why a step
//! is void; 3 tells every field of the task.

mod first_facts;

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::path::Path;

use auxlog_i18n::{Names, Place};
use auxlog_law::{Lang, Rulebook, Severity};
use auxlog_record::evidence::{Evidence, Known, Rendering};
use auxlog_record::fold::{self, Author, TaskView};
use auxlog_record::review::Closed;
use auxlog_record::{
    AgencyId, AuxiliaryId, Event, Hash, Moment, OfficerId, Record, RecordId, Task, TaskField, Vouched, china,
};
use auxlog_sync::vouched::VouchedFor;
use chrono::TimeZone as _;
use i18n_embed_fl::fl;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::server_proofs::NotWhole;
use crate::words::Words;
use crate::{attachments, server_proofs};

const STYLE: &str = "body{font:16px/1.6 serif;max-width:56em;margin:2em auto;padding:0 1em;color:#111}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:.3em .6em;text-align:left;\
vertical-align:top}th{white-space:nowrap}code{font:13px monospace;overflow-wrap:anywhere}\
blockquote{margin:.5em 0;padding-left:1em;border-left:3px solid #888}";

/// The page for a bundle that is being exported, in the reader's language, with a place for the bundle
/// itself. What is attached to the task lies in the directory `files` beside it.
///
/// # Errors
/// When the bundle's records can't be read.
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
///
/// # Errors
/// When the bundle's records can't be read, or its page was rendered by a newer program.
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
    let loader = words.loader();
    let title = fl!(loader, "evidence-title", id = view.original().id.clone());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n{}\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        words.lang().pick("zh-CN", "en"),
        if renderer > 1 {
            format!("<meta name=\"generator\" content=\"auxlog evidence page {renderer}\">\n")
        } else {
            String::new()
        },
        escape(&title),
        escape(&title)
    );
    paragraph(&mut page, &fl!(loader, "evidence-prompt"));
    task(&mut page, &view, renderer, words);
    findings(&mut page, &view, renderer, words);
    attached(&mut page, &view, &evidence.page.files, words);
    provisions(&mut page, evidence, words);
    records(&mut page, evidence, &view, words);
    server(&mut page, &vouched, renderer, words);
    heading(&mut page, &fl!(loader, "evidence-check"));
    paragraph(&mut page, &fl!(loader, "evidence-check-how"));
    page.push_str(Evidence::PLACE);
    page.push_str("\n</body>\n</html>\n");
    Ok(page)
}

fn task(page: &mut String, view: &TaskView, renderer: u16, words: &Words) {
    heading(page, &fl!(words.loader(), "evidence-task"));
    page.push_str("<table>\n");
    let rows = if renderer < 3 { first_facts::rows(view, words) } else { facts(view, words) };
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let value = if renderer < 3 { escape(value) } else { escape(value).replace('\n', "<br>") };
        let _ = writeln!(page, "<tr><th>{}</th><td>{value}</td></tr>", escape(name));
    }
    page.push_str("</table>\n");
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

fn findings(page: &mut String, view: &TaskView, renderer: u16, words: &Words) {
    let found = view.findings();
    if found.is_empty() {
        return;
    }
    heading(page, &fl!(words.loader(), "evidence-findings"));
    page.push_str("<ul>\n");
    for finding in found {
        let explanation = Rulebook::embedded().explain(finding, words.lang());
        let _ = writeln!(
            page,
            "<li>{}: {} <code>{}</code></li>",
            escape(&verdict(finding.severity, renderer, words)),
            escape(&explanation.message),
            escape(&finding.rule)
        );
    }
    page.push_str("</ul>\n");
}

fn attached(page: &mut String, view: &TaskView, dir: &str, words: &Words) {
    if view.attachments.is_empty() {
        return;
    }
    let loader = words.loader();
    heading(page, &fl!(loader, "evidence-attachments"));
    let head = [
        fl!(loader, "attach-name"),
        fl!(loader, "attach-kind"),
        fl!(loader, "attach-size"),
        fl!(loader, "attach-preview"),
        fl!(loader, "attach-note"),
        fl!(loader, "attach-hash"),
    ];
    let _ = writeln!(page, "<table>\n<tr>{}</tr>", head.map(|name| format!("<th>{}</th>", escape(&name))).concat());
    for (place, view) in view.attachments.iter().enumerate() {
        let attachment = &view.attachment;
        let link = format!("{}/{}", in_link(dir), in_link(&attachments::file_name(place, attachment)));
        let _ = writeln!(
            page,
            "<tr><td><a href=\"{link}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            escape(&attachment.name),
            escape(&attachment.media_type),
            attachments::size(attachment.size),
            escape(&attachment.preview.as_ref().map(|preview| attachments::told(preview, words)).unwrap_or_default()),
            escape(attachment.note.as_deref().unwrap_or_default()),
            attachment.sha256
        );
    }
    page.push_str("</table>\n");
}

fn provisions(page: &mut String, evidence: &Evidence, words: &Words) {
    heading(page, &fl!(words.loader(), "evidence-provisions"));
    for provision in &evidence.provisions {
        let _ = writeln!(
            page,
            "<p><b>{}</b> <code>{} {}</code></p>\n<blockquote>{}</blockquote>",
            escape(&provision.label),
            escape(&provision.rulebook),
            escape(&provision.digest),
            escape(&provision.text).replace('\n', "<br>")
        );
    }
}

fn records(page: &mut String, evidence: &Evidence, view: &TaskView, words: &Words) {
    let loader = words.loader();
    let history = view.history();
    let known: BTreeMap<Hash, Option<Closed>> = history.iter().map(|entry| (entry.hash, entry.void)).collect();
    let void: BTreeMap<RecordId, Option<Closed>> =
        history.iter().rev().map(|entry| (entry.record, entry.void)).collect();
    heading(page, &fl!(loader, "evidence-records"));
    for chain in &evidence.chains {
        let Some(Ok(Event::WriterOpened(opened))) = chain.first().map(Record::event) else { continue };
        let number = opened.certificate.map(|certificate| certificate.number).unwrap_or_default();
        let (mut officer, mut name) = (opened.officer, opened.officer_name);
        if let Some(author) = certified(view, chain) {
            (officer, name) = (author.officer.clone(), author.name.clone());
        }
        let who = fl!(
            loader,
            "evidence-writer",
            name = name,
            officer = officer.to_string(),
            agency = opened.agency_name,
            certificate = number
        );
        let key: String = opened.public_key.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let _ = writeln!(page, "<p>{}<br><code>Ed25519 {key}</code></p>\n<table>", escape(&who));
        let head = [
            fl!(loader, "evidence-record"),
            fl!(loader, "evidence-said"),
            fl!(loader, "evidence-recorded"),
            fl!(loader, "evidence-hash"),
        ];
        let _ = writeln!(page, "<tr>{}</tr>", head.map(|name| format!("<th>{}</th>", escape(&name))).concat());
        for record in chain {
            // An order to mask stands beside the task's history; it has a body only if it is about it.
            let ordered = matches!(record.event(), Ok(Event::MaskOrdered(_)));
            let about = ordered || known.contains_key(&record.hash());
            if !about && record.id().seq != 1 {
                continue;
            }
            let wall = record.envelope().reading.wall_ms;
            let when = china().timestamp_millis_opt(wall).single().map(|at| moment(Moment(at))).unwrap_or_default();
            let void = void.get(&record.id()).copied().flatten();
            let mut said = kind(record, evidence.page.renderer, words);
            if let Some(why) = void {
                said.push_str(&match evidence.page.renderer {
                    1 => fl!(loader, "evidence-void"),
                    _ => fl!(loader, "evidence-void-why", why = void_because(why, evidence.page.renderer, words)),
                });
            }
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
                record.id().seq,
                escape(&said),
                escape(&when),
                record.hash()
            );
        }
        page.push_str("</table>\n");
        let others = chain.len() - chain.iter().filter(|record| record.body().is_some()).count();
        if others > 0 {
            paragraph(page, &fl!(loader, "evidence-masked", count = others));
        }
    }
}

/// Whose chain it is as the office says.
fn certified<'a>(view: &'a TaskView, chain: &[Record]) -> Option<&'a Author> {
    let writer = chain.first()?.id().writer;
    view.authors().find(|author| author.writer == writer && author.vouched == Vouched::Office)
}

fn server(page: &mut String, found: &[VouchedFor], renderer: u16, words: &Words) {
    heading(page, &fl!(words.loader(), "evidence-server"));
    for vouched in found {
        paragraph(page, &server_proofs::line(vouched, words));
        if renderer > 1 && vouched.known.is_some() {
            paragraph(page, &fl!(words.loader(), "evidence-all"));
        }
        let _ = writeln!(page, "<p><code>RFC 6962 {} {}</code></p>", vouched.log.size, vouched.log.root);
    }
    if found.is_empty() {
        paragraph(page, &fl!(words.loader(), "verify-server-none"));
    }
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

fn moment(at: Moment) -> String {
    at.0.format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

fn heading(page: &mut String, text: &str) {
    let _ = writeln!(page, "<h2>{}</h2>", escape(text));
}

fn paragraph(page: &mut String, text: &str) {
    let _ = writeln!(page, "<p>{}</p>", escape(text));
}

/// What an address names as it is; every other byte is written as a number.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// A name as an address names it.
pub(crate) fn in_link(name: &str) -> impl Display {
    utf8_percent_encode(name, PLAIN)
}

/// What [`in_link`] was given.
fn from_link(link: &str) -> String {
    percent_decode_str(link).decode_utf8_lossy().into_owned()
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
