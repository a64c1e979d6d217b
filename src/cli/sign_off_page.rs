//! A sheet to print and sign: what was done, who did it, what was found, and lines for the hands
//! of those who answer for it.

use askama::Template;
use auxlog_i18n::Place;
use auxlog_record::TaskField;
use auxlog_store::{Ledger, TaskDetail};
use i18n_embed_fl::fl;

use crate::words::Words;

/// The most tasks of a sheet: what is signed should be read.
pub(crate) const MOST: usize = 200;

#[derive(Template)]
#[template(path = "sign_off.html")]
struct Page<'a> {
    words: &'a Words,
    title: String,
    sections: Vec<Section>,
}

struct Section {
    facts: Vec<(String, String)>,
    hands: Vec<String>,
    record: String,
}

/// The sheet for these tasks, in the reader's language. It loads nothing from anywhere.
pub(crate) fn page(ledger: &Ledger, tasks: &[TaskDetail], words: &Words) -> String {
    let title = fl!(words.loader(), "sign-off-title", agency = ledger.identity().agency_name.clone());
    Page { words, title, sections: tasks.iter().map(|task| section(task, words)).collect() }.to_string()
}

fn section(detail: &TaskDetail, words: &Words) -> Section {
    let loader = words.loader();
    let row = &detail.row;
    let value = |field| words.terms().value(&row.task, field, Place::Sheet, row, words.rulebook());
    let stated = TaskField::ALL.iter().map(|&field| (words.terms().label(field), value(field)));
    let facts = std::iter::once((fl!(loader, "evidence-reference"), row.reference.clone()))
        .chain(stated)
        .chain([(fl!(loader, "evidence-verdict"), verdict(detail, words))]);
    let named = |name: &Option<String>, id: String| name.clone().unwrap_or(id);
    let mut hands = Vec::new();
    for person in &row.auxiliaries {
        hands.push(fl!(loader, "sign-off-auxiliary", name = named(&person.name, person.id.to_string())));
    }
    for officer in row.officers.iter().flatten() {
        hands.push(fl!(loader, "sign-off-officer", name = named(&officer.name, officer.id.to_string())));
    }
    hands.push(fl!(loader, "sign-off-logged", name = named(&row.logged_by.name, row.logged_by.id.to_string())));
    let hash = detail.history.first().map(|entry| entry.hash.to_string()).unwrap_or_default();
    Section {
        facts: facts.filter(|(_, value)| !value.is_empty()).collect(),
        hands,
        record: fl!(loader, "sign-off-record", id = row.id.to_string(), hash = hash),
    }
}

/// The verdict, and what was found in words; annulled tasks say so.
fn verdict(detail: &TaskDetail, words: &Words) -> String {
    let rulebook = words.rulebook();
    let names = detail.judged.names();
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
