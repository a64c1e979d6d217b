//! A sheet to print and sign: what was done, who did it, what was found, and lines for the hands
//! of those who answer for it.

use std::fmt::Write as _;

use auxlog_i18n::Place;
use auxlog_record::TaskField;
use auxlog_store::{Ledger, TaskDetail};
use i18n_embed_fl::fl;

use crate::evidence_page::escape;
use crate::words::Words;

/// The most tasks of a sheet: what is signed should be read.
pub(crate) const MOST: usize = 200;

const STYLE: &str = "@page{size:A4;margin:15mm}body{font:14px/1.5 serif;max-width:52em;margin:1em auto;padding:0 1em;\
color:#000}h1{font-size:1.4em;text-align:center}section{break-inside:avoid;margin:0 0 1.5em}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #000;padding:.25em .5em;text-align:left;\
vertical-align:top}th{white-space:nowrap;width:7em}td.sign{height:2.6em;vertical-align:bottom}\
p.foot{font-size:.85em}code{font:12px monospace;overflow-wrap:anywhere}";

/// The sheet for these tasks, in the reader's language. It loads nothing from anywhere.
pub(crate) fn page(ledger: &Ledger, tasks: &[TaskDetail], words: &Words) -> String {
    let loader = words.loader();
    let title = fl!(loader, "sign-off-title", agency = ledger.identity().agency_name.clone());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        words.lang().pick("zh-CN", "en"),
        escape(&title),
        escape(&title)
    );
    for task in tasks {
        section(&mut page, task, words);
    }
    let _ = writeln!(page, "<p class=\"foot\">{}</p>", escape(&fl!(loader, "sign-off-prompt")));
    page.push_str("</body>\n</html>\n");
    page
}

fn section(page: &mut String, detail: &TaskDetail, words: &Words) {
    let loader = words.loader();
    let row = &detail.row;
    let value = |field| words.terms().value(&row.task, field, Place::Sheet, row, words.rulebook());
    let stated = TaskField::ALL.iter().map(|&field| (words.terms().label(field), value(field)));
    let facts = std::iter::once((fl!(loader, "evidence-reference"), row.reference.clone()))
        .chain(stated)
        .chain([(fl!(loader, "evidence-verdict"), verdict(detail, words))]);
    page.push_str("<section>\n<table>\n");
    for (name, value) in facts.filter(|(_, value)| !value.is_empty()) {
        let value = escape(&value).replace('\n', "<br>");
        let _ = writeln!(page, "<tr><th>{}</th><td colspan=\"3\">{value}</td></tr>", escape(&name));
    }
    let date = fl!(loader, "sign-off-date");
    let mut sign = |who: String| {
        let _ = writeln!(
            page,
            "<tr><th>{}</th><td class=\"sign\"></td><th>{}</th><td class=\"sign\"></td></tr>",
            escape(&who),
            escape(&date)
        );
    };
    for person in &row.auxiliaries {
        sign(fl!(loader, "sign-off-auxiliary", name = person.name.clone().unwrap_or_else(|| person.id.to_string())));
    }
    for officer in row.officers.iter().flatten() {
        sign(fl!(loader, "sign-off-officer", name = officer.name.clone().unwrap_or_else(|| officer.id.to_string())));
    }
    sign(fl!(
        loader,
        "sign-off-logged",
        name = row.logged_by.name.clone().unwrap_or_else(|| row.logged_by.id.to_string())
    ));
    let hash = detail.history.first().map(|entry| entry.hash.to_string()).unwrap_or_default();
    let record = fl!(loader, "sign-off-record", id = row.id.to_string(), hash = hash);
    let _ = writeln!(page, "</table>\n<p class=\"foot\"><code>{}</code></p>\n</section>", escape(&record));
}

/// The verdict, and what was found in words; annulled tasks say so.
fn verdict(detail: &TaskDetail, words: &Words) -> String {
    let rulebook = words.rulebook();
    let names: Vec<&str> =
        detail.judged.people.iter().map(|person| person.name.as_deref().unwrap_or(&person.id.0)).collect();
    let found = detail.judged.verdict.findings.iter().map(|finding| {
        let person = finding.person.and_then(|at| names.get(usize::from(at)).copied());
        rulebook.explain_for(finding, words.lang(), person).message
    });
    let head = if detail.row.annulled {
        fl!(words.loader(), "sign-off-annulled", verdict = words.terms().verdict(detail.row.verdict))
    } else {
        words.terms().verdict(detail.row.verdict)
    };
    std::iter::once(head).chain(found).collect::<Vec<_>>().join("\n")
}
