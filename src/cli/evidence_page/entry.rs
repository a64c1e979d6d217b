//! An entry of a register on the page of its evidence bundle: what its own records say, and no more. What is
//! found about it depends on entries that the bundle does not hold.

use auxlog_record::{Data, Event, RecordId};
use auxlog_registers::{Dossier, Field, numbered};
use i18n_embed_fl::fl;

use super::day_of;
use crate::words::Words;

/// What it is called: its register, and what stands in the fields that name it.
pub(super) fn title(entry: &Dossier, words: &Words) -> String {
    let lang = words.lang();
    let said = |key: &String| Some(entry.register.field(key)?.show(entry.get(key)?, lang));
    let named: Vec<String> = entry.register.title.iter().filter_map(said).collect();
    format!("{} {}", entry.register.name(lang), named.join(" "))
}

/// Every field that something stands in, where it stands, and what was done about it.
pub(super) fn facts(entry: &Dossier, words: &Words) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = said(&entry.register.fields, &entry.data, words);
    let state = entry.taken.last().and_then(|taken| day_of(taken.wall_ms)).or_else(|| day_of(entry.wall_ms));
    let state = state.map(|day| words.terms().entry_state(entry, day).into_owned()).unwrap_or_default();
    facts.push((fl!(words.loader(), "register-state"), state));
    facts.extend(entry.reason.iter().map(|reason| (fl!(words.loader(), "register-reason"), reason.clone())));
    facts.extend(entry.origin.iter().map(|origin| {
        let (file, row) = (origin.file.clone(), origin.row.to_string());
        (fl!(words.loader(), "register-source"), fl!(words.loader(), "register-from", file = file, row = row))
    }));
    facts
}

/// What a record about an entry says, in a few words; `None` where it is about none.
pub(super) fn kind(event: &Event, target: Option<&Dossier>, words: &Words) -> Option<String> {
    let lang = words.lang();
    let told = |parts: Vec<(String, String)>| {
        parts.into_iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(words.comma())
    };
    let reason = |reason: Option<&String>| reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    Some(match event {
        Event::EntryMade(made) => {
            let register = numbered(made.register)?.name(lang).to_owned();
            fl!(words.loader(), "evidence-kind-entered", register = register)
        }
        Event::EntryStepped(stepped) => {
            let register = target?.register;
            let step = register.steps.iter().find(|step| step.n == stepped.step)?;
            format!(
                "{} {}{}",
                step.name(lang),
                told(said(&step.fields, &stepped.data, words)),
                reason(stepped.reason.as_ref())
            )
        }
        Event::EntryCorrected(corrected) => {
            let fields = told(said(&target?.register.fields, &corrected.data, words));
            fl!(words.loader(), "evidence-kind-amended", fields = fields, reason = corrected.reason.clone())
        }
        _ => return None,
    })
}

fn said(fields: &[Field], data: &Data, words: &Words) -> Vec<(String, String)> {
    let lang = words.lang();
    let of = |field: &Field| Some((field.name(lang).to_owned(), field.show(data.get(&field.n)?, lang)));
    fields.iter().filter_map(of).collect()
}

/// Whether a record of its history has no effect, and why.
pub(super) fn void(entry: &Dossier, record: RecordId, words: &Words) -> Option<String> {
    let why = words.terms().entry_closed(entry.void.get(&record)?);
    Some(fl!(words.loader(), "evidence-void-why", why = why))
}
