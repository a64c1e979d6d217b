//! Every field of a task stands wherever the others do.

use std::path::Path;

use auxlog_i18n::Place;
use auxlog_law::{Lang, Rulebook, RulebookSet};
use auxlog_record::{RecordId, Shape, Task, TaskField};
use auxlog_sheet::value::fold;
use auxlog_store::{InitOptions, Ledger, OpenOptions, TaskDetail, TaskQuery};
use auxlog_tui::glyph;
use auxlog_tui::keymap::Preset;
use auxlog_tui::model::{Model, Settings};
use auxlog_tui::task::detail;
use auxlog_tui::theme::Theme;
use auxlog_tui::widgets::Page;
use serde_json::{Value, json};

use crate::task_list::{self, ListFormat};
use crate::{evidence_page, server_proofs, sign_off_page, task_line};

/// A task object with something in every field, made from the table alone; 0 and 1 differ in each.
fn line(which: usize) -> Value {
    let mut line = json!({ "id": "t-1" });
    for (place, field) in TaskField::ALL.iter().enumerate() {
        line[field.name()] = match field.shape() {
            Shape::Moment => json!(format!("2025-11-23T{:02}:{which}0:00+08:00", 8 + place)),
            Shape::Agency => json!(format!("A0{which}")),
            Shape::Text | Shape::Line => json!(format!("{}, {which}", field.name())),
            Shape::Codes => json!(["16.2:inspection", "16.3:seal"][which..=which]),
            Shape::Word(words) => json!(words[which]),
            Shape::Words(words) => json!([words[which]]),
            Shape::Officers => json!([{ "id": format!("O{which}") }]),
            Shape::Auxiliaries => json!([{ "id": format!("X{which}") }]),
        };
    }
    line
}

fn stated(which: usize) -> Task {
    let line = line(which);
    let task =
        task_line::read(&line.to_string(), |code| Rulebook::embedded().activity(code)).expect("every field is read");
    let mut without_id = json!(task);
    for field in TaskField::ALL {
        assert_eq!(without_id[field.name()], line[field.name()], "{} is read as it stands", field.name());
    }
    without_id.as_object_mut().expect("an object").remove("id");
    assert_eq!(
        without_id.as_object().map(serde_json::Map::len),
        Some(TaskField::ALL.len()),
        "no field without a place"
    );
    task
}

/// What was logged, and that with a correction of every field.
struct Corrected {
    ledger: Ledger,
    id: RecordId,
    detail: TaskDetail,
}

fn corrected(dir: &Path) -> Corrected {
    let who = InitOptions {
        officer: "O9".into(),
        officer_name: String::new(),
        agency: "A09".into(),
        agency_name: String::new(),
        certificate: None,
    };
    let options = OpenOptions { cheap_keys: true, segment_bytes: 1 << 16, ..OpenOptions::default() };
    let ledger = Ledger::init(dir, &who, "a passphrase for tests", options).expect("a ledger");
    let ack = ledger.log(&[stated(0)]).remove(0).expect("logged");
    ledger.amend(ack.id, &[], &stated(1), "all of it").expect("corrected");
    let detail = ledger.task(ack.id).expect("there");
    Corrected { ledger, id: ack.id, detail }
}

#[test]
fn every_field_stands_in_every_list_page_file_and_input() {
    let dir = tempfile::tempdir().expect("a directory");
    let Corrected { ledger, id, detail } = corrected(&dir.path().join("data"));
    let rows = ledger.tasks(&TaskQuery::default()).expect("listed").rows;
    for lang in [Lang::Zh, Lang::En] {
        let words = crate::words::load(lang);
        let told =
            |which, field, place| words.terms().value(&stated(which), field, place, &detail.row, Rulebook::embedded());
        let json = task_list::json(&rows[0], &words);
        let file = |form| task_list::file(&rows, form, &words).expect("made");
        let csv = String::from_utf8(file(ListFormat::Csv)).expect("text");
        let sheet = auxlog_sheet::read(&file(ListFormat::Xlsx), "tasks.xlsx").expect("a workbook").remove(0);
        let paper = sign_off_page::page(&ledger, std::slice::from_ref(&detail), &words);
        let (mut evidence, _) = server_proofs::prove_all(&ledger, id, &words).expect("made");
        let page = evidence_page::written(&mut evidence, Path::new("files"), &words).expect("rendered");
        let screen = screen(&detail, lang);

        for &field in TaskField::ALL {
            let (name, label) = (field.name(), words.terms().label(field));
            let person = |value: &Value| json!([{ "id": value[0]["id"], "name": null }]);
            let given = match field.shape() {
                Shape::Officers | Shape::Auxiliaries => person(&line(1)[name]),
                _ => line(1)[name].clone(),
            };
            assert_eq!(json[name], given, "{name} in JSON");

            let value = told(1, field, Place::List);
            assert!(csv.contains(&label) && csv.contains(&value), "{name} in csv: {csv}");
            let column = sheet.rows[0].iter().position(|head| head.text() == fold(&label));
            assert_eq!(column.map(|at| sheet.cell(1, at).text()), Some(fold(&value)), "{name} in a workbook");

            let row = format!("<th>{label}</th><td colspan=\"3\">{}</td>", told(1, field, Place::Sheet));
            assert!(paper.contains(&row), "{name} on the sheet to sign: {row} {paper}");
            let row = format!("<th>{label}</th><td>{}</td>", told(1, field, Place::Evidence));
            assert!(page.contains(&row), "{name} in evidence: {row} {page}");

            let value = told(1, field, Place::Screen);
            let head = if field.shape() == Shape::Text { value.clone() } else { label.clone() };
            let seen = screen.iter().any(|line| line.starts_with(&head) && line.contains(&value));
            assert!(seen, "{name} in the detail: {screen:#?}");
            let before = told(0, field, Place::Screen);
            let beside = |line: &&String| line.trim_start().starts_with(&label) && line.contains(&before);
            assert!(
                screen.iter().find(beside).is_some_and(|line| line.contains(&value)),
                "{name} corrected: {screen:#?}"
            );
        }
    }
}

fn screen(detail: &TaskDetail, lang: Lang) -> Vec<String> {
    let settings = Settings {
        lang,
        theme: Theme::Dark,
        theme_given: false,
        glyphs: glyph::UNICODE,
        keymap: Preset::Default.keymap(),
        rulebooks: RulebookSet::default(),
    };
    let model = Model::new(settings, detail.row.at, (240, 60).into());
    let mut page = Page::new(&model.shared, 240);
    detail::write(detail, &mut page);
    page.lines.into_iter().map(|line| line.text).collect()
}
