//! What renderers 1 and 2 tell of a task: the fields of their day, in the words of their day. Neither
//! changes any more, with the messages `evidence-first-…`.

use auxlog_law::{Mode, Presence, Rulebook};
use auxlog_record::fold::TaskView;
use i18n_embed_fl::fl;

use super::moment;
use crate::terms;
use crate::words::Words;

/// Each with its label.
pub(super) fn rows(view: &TaskView, words: &Words) -> Vec<(String, String)> {
    let loader = words.loader();
    let task = &view.task;
    let rulebook = Rulebook::embedded();
    let named =
        |code: &String| match rulebook.activity(code).and_then(|id| rulebook.activities().get(usize::from(id.0))) {
            Some(activity) => format!("{code} {}", activity.name(words.lang())),
            None => code.clone(),
        };
    let people = view.judged.iter().flat_map(|judged| &judged.people).map(|person| match &person.name {
        Some(name) => format!("{name}（{}）", person.id),
        None => person.id.to_string(),
    });
    let officers = task.officers.iter().flatten().map(|officer| officer.id.to_string());
    let join = |parts: Vec<String>| parts.join(words.comma());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        (fl!(loader, "evidence-reference"), task.id.clone()),
        (fl!(loader, "evidence-first-agency"), view.agency.to_string()),
        (fl!(loader, "evidence-first-when"), task.at.map(moment).unwrap_or_default()),
        (fl!(loader, "evidence-first-place"), text(&task.place)),
        (fl!(loader, "evidence-first-counterpart"), text(&task.counterpart)),
        (fl!(loader, "evidence-first-text"), text(&task.text)),
        (fl!(loader, "evidence-first-items"), join(task.items.iter().map(named).collect())),
        (fl!(loader, "evidence-first-mode"), mode(task.mode, words)),
        (fl!(loader, "evidence-first-presence"), presence(task.presence, words)),
        (fl!(loader, "evidence-first-auxiliaries"), join(people.collect())),
        (fl!(loader, "evidence-first-officers"), join(officers.collect())),
        (fl!(loader, "evidence-verdict"), terms::verdict(view.worst, words)),
    ]
}

fn mode(mode: Mode, words: &Words) -> String {
    match mode {
        Mode::Independent => fl!(words.loader(), "evidence-first-independent"),
        Mode::Assisted => fl!(words.loader(), "evidence-first-assisted"),
        Mode::Unstated => fl!(words.loader(), "evidence-first-unstated"),
    }
}

fn presence(presence: Presence, words: &Words) -> String {
    match presence {
        Presence::OnScene => fl!(words.loader(), "evidence-first-on-scene"),
        Presence::Remote => fl!(words.loader(), "evidence-first-remote"),
        Presence::None => fl!(words.loader(), "evidence-first-absent"),
        Presence::Unstated => fl!(words.loader(), "evidence-first-unstated"),
    }
}
