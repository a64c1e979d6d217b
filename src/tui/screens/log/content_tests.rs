//! What a form says, and what becomes of it.

use auxlog_law::{Circumstance, Circumstances, Mode, Presence, SuggestedItem, Suggestion};
use auxlog_record::{Moment, Shape, Task, TaskField};
use chrono::DateTime;

use super::content::{Content, Hindrance, Pick};
use super::last::LastUsed;

fn moment(text: &str) -> Moment {
    Moment(DateTime::parse_from_rfc3339(text).expect("a moment"))
}

fn form() -> Content {
    Content::new("t-1".to_owned(), moment("2026-11-23T09:30:00+08:00"))
}

fn verification() -> Suggestion {
    let item = |code: &str| SuggestedItem { code: code.to_owned(), confidence: 0.9, because: Vec::new() };
    Suggestion {
        items: vec![item("16.2:site-verification"), item("21")],
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        circumstances: Circumstances::default(),
        ..Suggestion::default()
    }
}

fn is_activity(code: &str) -> bool {
    code.contains(':')
}

#[test]
fn suggestions_enter_the_task_only_when_accepted() {
    let mut form = form();
    form.type_in(TaskField::Text, "协助执法队员现场核查");
    form.suggest(&verification(), is_activity);
    let task = form.task(&"A01".into());
    assert!(task.items.is_empty(), "a suggestion is not a statement");
    assert_eq!(task.mode, Mode::Unstated);
    assert!(form.has_proposals());

    assert!(form.accept_all());
    let task = form.task(&"A01".into());
    assert_eq!(task.items, ["16.2:site-verification"], "21 applies to people, it is nothing to pick");
    assert_eq!((task.mode, task.presence), (Mode::Assisted, Presence::OnScene));
    assert!(!form.has_proposals());
}

#[test]
fn what_the_last_task_had_gives_way_to_what_the_text_suggests() {
    let mut form = form();
    form.carry(&LastUsed { mode: Some(Mode::Independent), place: Some("人民中路".into()), ..LastUsed::default() });
    form.suggest(&verification(), is_activity);
    form.accept_all();
    let task = form.task(&"A01".into());
    assert_eq!(task.mode, Mode::Assisted);
    assert_eq!(task.place.as_deref(), Some("人民中路"));
}

#[test]
fn nobody_is_invited_to_work_alone_again() {
    let alone = Task { mode: Mode::Independent, place: Some("人民中路".into()), ..Task::default() };
    let last = LastUsed::of(&alone, |_| None);
    assert_eq!((last.mode, last.place.as_deref()), (None, Some("人民中路")));
    let supervised = Task { mode: Mode::Assisted, presence: Presence::OnScene, ..Task::default() };
    assert_eq!(LastUsed::of(&supervised, |_| None).mode, Some(Mode::Assisted));
}

#[test]
fn a_draft_comes_back_as_it_was_stated() {
    let mut form = form();
    form.auxiliaries.push(Pick { id: "X1".into(), name: "王小明".into() });
    form.mode.state(Some(Mode::Assisted));
    form.type_in(TaskField::Text, "现场核查");
    form.type_in(TaskField::Place, "人民中路");
    form.toggle(Circumstance::SubstantiveEffect);
    let draft = serde_json::to_string(&form).expect("a form serialises");
    let back: Content = serde_json::from_str(&draft).expect("a draft is read back");
    assert_eq!(back, form);
    assert_eq!(back.task(&"A01".into()), form.task(&"A01".into()), "saved twice it is the same task");
}

#[test]
fn only_a_form_with_something_stated_is_a_draft() {
    let mut form = form();
    form.carry(&LastUsed { place: Some("人民中路".into()), ..LastUsed::default() });
    form.suggest(&verification(), is_activity);
    assert!(form.is_pristine(), "proposals alone are nothing to keep");
    form.type_in(TaskField::Counterpart, "某便利店");
    assert!(!form.is_pristine());
}

#[test]
fn the_two_effects_exclude_one_another() {
    let mut form = form();
    form.toggle(Circumstance::SubstantiveEffect);
    form.toggle(Circumstance::NoSubstantiveEffect);
    assert_eq!(form.task(&"A01".into()).circumstances, [Circumstance::NoSubstantiveEffect]);
    form.toggle(Circumstance::NoSubstantiveEffect);
    assert!(form.task(&"A01".into()).circumstances.is_empty());
}

#[test]
fn a_form_says_what_keeps_it_from_being_recorded() {
    let mut form = form();
    assert_eq!(form.hindrances(), [Hindrance::SaysNothing]);
    form.type_in(TaskField::Text, "巡查");
    form.type_in(TaskField::At, "九点");
    assert_eq!(form.hindrances(), [Hindrance::NoTime(TaskField::At)]);
    form.type_in(TaskField::At, "0930");
    form.type_in(TaskField::Until, "11-23 0900");
    assert_eq!(form.hindrances(), [Hindrance::EndsBeforeStart]);
    form.type_in(TaskField::Until, "1000");
    assert_eq!(form.hindrances(), []);
}

#[test]
fn a_form_filled_from_a_task_says_the_same() {
    let mut form = form();
    form.auxiliaries.push(Pick { id: "X1".into(), name: "王小明".into() });
    form.officers.state(Some(vec![Pick { id: "O1".into(), name: "张伟".into() }]));
    form.duties.state(Some(vec!["16.2:site-verification".into()]));
    form.mode.state(Some(Mode::Assisted));
    form.type_in(TaskField::Counterpart, "某便利店");
    form.toggle(Circumstance::SubstantiveEffect);
    let task = form.task(&"A01".into());
    let like = Content::like(&task, "t-2".into(), form.opened, |_| None, |_| None);
    assert_eq!(Task { id: "t-2".into(), ..task }, like.task(&"A01".into()));
}

#[test]
fn the_legal_basis_is_asked_and_recorded_for_other_assistance_only() {
    let mut form = form();
    form.duties.state(Some(vec!["16.7:other-assistance".into()]));
    form.type_in(TaskField::LegalBasis, "江苏省城市管理条例");
    assert_eq!(form.task(&"A01".into()).legal_basis.as_deref(), Some("江苏省城市管理条例"));
    form.duties.state(Some(vec!["16.2:evidence".into()]));
    assert_eq!(form.task(&"A01".into()).legal_basis, None);
}

#[test]
fn when_the_officer_leaves_the_rest_is_a_task_of_its_own() {
    let mut form = form();
    form.auxiliaries.push(Pick { id: "X1".into(), name: "王小明".into() });
    form.mode.state(Some(Mode::Assisted));
    form.presence.state(Some(Presence::OnScene));
    form.type_in(TaskField::Counterpart, "某便利店");
    form.type_in(TaskField::Until, "1015");
    let rest = form.rest("t-2".into(), moment("2026-11-23T10:40:00+08:00")).task(&"A01".into());
    assert_eq!(rest.id, "t-2");
    assert_eq!(rest.at, Some(moment("2026-11-23T10:15:00+08:00")), "it begins where the first ended");
    assert_eq!((rest.mode, rest.presence), (Mode::Unstated, Presence::Unstated));
    assert_eq!(rest.auxiliaries.len(), 1);
    assert_eq!(rest.counterpart.as_deref(), Some("某便利店"));
}

#[test]
fn a_form_that_corrects_a_task_says_all_that_it_said() {
    let mut line = serde_json::json!({ "id": "t-1" });
    for (place, field) in TaskField::ALL.iter().enumerate() {
        line[field.name()] = match field.shape() {
            Shape::Moment => format!("2026-11-23T{:02}:30:00+08:00", 8 + place).into(),
            Shape::Agency => "A01".into(),
            Shape::Text | Shape::Line => field.name().into(),
            // The one that has a law relied on.
            Shape::Codes => ["16.7:other-assistance"].as_slice().into(),
            Shape::Word(words) => words[0].into(),
            Shape::Words(words) => words[..1].into(),
            Shape::Officers | Shape::Auxiliaries => serde_json::json!([{ "id": "N1" }]),
        };
    }
    let task: Task = serde_json::from_value(line).expect("a task");
    let opened = moment("2026-11-25T09:30:00+08:00");
    let form = Content::like(&task, task.id.clone(), opened, |_| None, |_| None).at_its_time(&task);
    let lost: Vec<&str> = form.task(&"A01".into()).changed_fields(&task).into_iter().map(TaskField::name).collect();
    assert!(lost.is_empty(), "lost in a correction: {lost:?}");
}
