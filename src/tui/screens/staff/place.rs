//! The places of an entry's form: one for each field, for each part of a group, and for why.

use auxlog_record::{Data, Datum};
use auxlog_registers::{Field as Declared, Kind};

use crate::command::Command;
use crate::dropped::dropped;
use crate::entries::{Deed, Sheet, Spot};
use crate::event::Input;
use crate::shared::Shared;
use crate::widgets::{Entry, Field, Finder, Note, Picker};
use crate::words::say;

/// What is typed or picked at a place.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Line(Field),
    Note(Note),
    /// Keys or numbers, each with what it is called.
    Picked(Vec<(String, String)>),
}

/// A place in the form.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The field; `None` for why.
    pub(super) spot: Option<Spot>,
    pub(super) field: Option<&'static Declared>,
    /// The group that the field is part of.
    pub(super) group: Option<&'static Declared>,
    pub(super) value: Value,
    /// Files that stand there: name, hash.
    held: Vec<(String, String)>,
    /// What stood there when the form was opened.
    was: String,
    /// Why it can't stand there.
    pub(super) wrong: Option<String>,
}

impl Place {
    /// The places for a deed; filled with what is known of an entry that is corrected.
    pub(super) fn all(deed: &Deed, sheet: Option<&Sheet>, shared: &Shared) -> Vec<Self> {
        let empty = Data::new();
        let data = if let Deed::Correct(entry) = deed { &entry.data } else { &empty };
        let mut places = Vec::new();
        for field in deed.fields() {
            match (field.kind, data.get(&field.n)) {
                (Kind::Group, Some(Datum::List(list))) if field.many => {
                    // Behind those that stand there, one more can be typed.
                    for (row, held) in list.iter().map(Some).chain([None]).enumerate() {
                        places.extend(Self::group(field, u16::try_from(row).unwrap_or(u16::MAX), held, sheet, shared));
                    }
                }
                (Kind::Group, held) => places.extend(Self::group(field, 0, held, sheet, shared)),
                (_, held) => places.push(Self::of((field.n, None), field, held, sheet, shared)),
            }
        }
        let (value, was, held) = (Value::Note(Note::new()), String::new(), Vec::new());
        places.push(Self { spot: None, field: None, group: None, value, held, was, wrong: None });
        places
    }

    /// The places of one group, of several the one in that row.
    pub(super) fn group(
        field: &'static Declared,
        row: u16,
        held: Option<&Datum>,
        sheet: Option<&Sheet>,
        shared: &Shared,
    ) -> Vec<Self> {
        let of = |part: &'static Declared| {
            let held = match held {
                Some(Datum::Group(group)) => group.get(&part.n),
                _ => None,
            };
            let place = Self::of((field.n, Some((row, part.n))), part, held, sheet, shared);
            Self { group: Some(field), ..place }
        };
        field.fields.iter().filter(|part| part.kind != Kind::Group).map(of).collect()
    }

    /// Which of several groups it is part of.
    pub(super) fn row(&self) -> Option<(u16, u16)> {
        let (n, part) = self.spot?;
        Some((n, part?.0))
    }

    fn of(spot: Spot, field: &'static Declared, held: Option<&Datum>, sheet: Option<&Sheet>, shared: &Shared) -> Self {
        let files = files(field, held, sheet);
        let value = if is_picked(field) {
            let title = sheet.and_then(|sheet| sheet.in_field(spot.0)).map(|said| said.of(shared.lang()));
            let title = title.filter(|_| field.kind == Kind::Entry && !field.many);
            let named = |id: String| {
                let name = title.map_or_else(|| name(field, &id, shared), str::to_owned);
                (id, name)
            };
            Value::Picked(ids(held).into_iter().map(named).collect())
        } else {
            // What is sealed is nobody's to change; what is typed there takes its place.
            let held = held.filter(|datum| !matches!(datum, Datum::Sealed(_)));
            let said = held.map(|datum| field.show(datum, shared.lang())).unwrap_or_default();
            let said = if field.kind == Kind::File {
                files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("\n")
            } else {
                said
            };
            if field.kind == Kind::Text || field.kind == Kind::File && field.many {
                let mut note = Note::new();
                note.set(&said);
                Value::Note(note)
            } else {
                Value::Line(Field::with(&said))
            }
        };
        let (spot, field, was) = (Some(spot), Some(field), String::new());
        let mut place = Self { spot, field, group: None, value, held: files, was, wrong: None };
        place.was = place.text();
        place
    }

    /// What stands there, as it is read.
    pub(super) fn text(&self) -> String {
        match &self.value {
            Value::Line(field) => field.text().to_owned(),
            Value::Note(note) => note.text().to_owned(),
            Value::Picked(picked) => picked.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join("、"),
        }
    }

    /// The field, where several groups stand in it.
    pub(super) fn list(&self) -> Option<u16> {
        self.group.filter(|group| group.many).map(|group| group.n)
    }

    /// What is written of it: of a file that stood there its hash, of another its path.
    pub(super) fn said(&self) -> String {
        let text = self.text();
        if self.field.is_none_or(|field| field.kind != Kind::File) {
            return text;
        }
        let of = |line: &str| match self.held.iter().find(|(name, _)| name == line.trim()) {
            Some((_, hash)) => hash.clone(),
            None => dropped(line).display().to_string(),
        };
        text.lines().filter(|line| !line.trim().is_empty()).map(of).collect::<Vec<_>>().join("\n")
    }

    /// Whether something else stands there than at first.
    pub(super) fn is_changed(&self) -> bool {
        self.text() != self.was
    }

    /// What it is called.
    pub(super) fn label(&self, shared: &Shared) -> String {
        let lang = shared.lang();
        match (self.field, self.group) {
            (Some(field), Some(group)) if group.many => {
                let row = self.row().map_or(1, |(_, row)| u32::from(row) + 1);
                format!("{} {row} {}", group.name(lang), field.name(lang))
            }
            (Some(field), Some(group)) => format!("{} {}", group.name(lang), field.name(lang)),
            (Some(field), None) => field.name(lang).to_owned(),
            (None, _) => say!(shared.words, "entry-form-reason"),
        }
    }

    /// Handles a key or text where text is typed; whether it was taken.
    pub(super) fn input(&mut self, input: &Input) -> bool {
        match &mut self.value {
            Value::Line(field) => field.input(input),
            Value::Note(note) => note.input(input),
            Value::Picked(_) => false,
        }
    }

    /// Runs a command of text; whether it was one.
    pub(super) fn run(&mut self, command: Command) -> bool {
        match &mut self.value {
            Value::Line(field) => field.run(command),
            Value::Note(note) => note.run(command),
            Value::Picked(picked) if matches!(command, Command::TextClear | Command::TextDeleteWord) => {
                picked.clear();
                true
            }
            Value::Picked(_) => false,
        }
    }

    /// A picker of these.
    pub(super) fn picker(&self, entries: Vec<Entry<String>>, shared: &Shared) -> Picker<String> {
        let title = self.label(shared);
        match (self.field, &self.value) {
            (Some(field), Value::Picked(picked)) if field.many => {
                let marked: Vec<String> = picked.iter().map(|(id, _)| id.clone()).collect();
                Picker::several(title, entries, &marked)
            }
            _ => Picker::one(title, entries),
        }
    }
}

/// Whether something is picked for a field, not typed.
fn is_picked(field: &Declared) -> bool {
    matches!(field.kind, Kind::Choice | Kind::Flag | Kind::Person | Kind::Officer | Kind::Agency | Kind::Entry)
}

/// The files that stand in a field: what each is called, and its hash.
fn files(field: &Declared, held: Option<&Datum>, sheet: Option<&Sheet>) -> Vec<(String, String)> {
    let (Kind::File, Some(held), Some(sheet)) = (field.kind, held, sheet) else { return Vec::new() };
    let name = |hash: &str| sheet.entry.with_names(field, &Datum::Text(hash.to_owned())).text().map(str::to_owned);
    held.texts().into_iter().map(|hash| (name(hash).unwrap_or_else(|| hash.to_owned()), hash.to_owned())).collect()
}

fn ids(held: Option<&Datum>) -> Vec<String> {
    match held {
        Some(Datum::Text(id)) => vec![id.clone()],
        Some(Datum::Flag(yes)) => vec![if *yes { "是" } else { "否" }.to_owned()],
        Some(Datum::List(list)) => list.iter().flat_map(|one| ids(Some(one))).collect(),
        _ => Vec::new(),
    }
}

/// What somebody or something picked is called.
fn name(field: &Declared, id: &str, shared: &Shared) -> String {
    let roster = shared.roster();
    let named = match field.kind {
        Kind::Person => roster.auxiliaries.get(&id.into()).map(|person| person.name.clone()),
        Kind::Officer => roster.officers.get(&id.into()).map(|officer| officer.name.clone()),
        Kind::Agency => roster.agencies.get(&id.into()).map(|agency| agency.name.clone()),
        Kind::Flag => return field.show(&Datum::Flag(id == "是"), shared.lang()),
        _ => return field.show(&Datum::Text(id.to_owned()), shared.lang()),
    };
    named.map_or_else(|| id.to_owned(), |name| format!("{name} {id}"))
}

/// A picker for a place; `None` where the ledger is to be asked for the entries first, or nothing is picked.
pub(super) fn picker(place: &Place, shared: &Shared) -> Option<Picker<String>> {
    let field = place.field?;
    let roster = shared.roster();
    let entries: Vec<Entry<String>> = match field.kind {
        Kind::Choice => {
            let offer = |key: &String| Entry::new(key.clone(), name(field, key, shared), "", key.as_str());
            field.choices.iter().map(|choice| offer(&choice.key)).collect()
        }
        Kind::Flag => {
            ["是", "否"].into_iter().map(|id| Entry::new(id.to_owned(), name(field, id, shared), "", "")).collect()
        }
        Kind::Person => {
            let agency = |id| roster.agencies.get(id).map_or("", |agency| agency.name.as_str());
            let people = roster.auxiliaries.values();
            let offer = people.map(|one| {
                let detail = format!("{} {}", one.id, agency(&one.agency));
                Entry::new(one.id.0.clone(), one.name.as_str(), detail, one.id.0.as_str())
            });
            offer.collect()
        }
        Kind::Officer => {
            let officers = roster.officers.values();
            officers.map(|one| Entry::new(one.id.0.clone(), one.name.as_str(), one.id.0.as_str(), "")).collect()
        }
        Kind::Agency => {
            let agencies = roster.agencies.values();
            agencies.map(|one| Entry::new(one.id.0.clone(), one.name.as_str(), one.id.0.as_str(), "")).collect()
        }
        _ => return None,
    };
    let total = entries.len();
    let mut picker = place.picker(entries, shared);
    // People are found by the index over them, once it is there.
    if let (Kind::Person, Some(people)) = (field.kind, shared.people())
        && people.auxiliaries.ids.len() == total
    {
        let places: Vec<usize> = (0..total).collect();
        picker.find_by(Finder::new(move |typed| people.auxiliaries.index.search_in(typed, &places)));
    }
    Some(picker)
}

/// What something picked is called in its place.
pub(super) fn picked(field: &Declared, id: String, label: Option<String>, shared: &Shared) -> (String, String) {
    let name = match (field.kind, label) {
        (Kind::Entry, Some(label)) => label,
        _ => name(field, &id, shared),
    };
    (id, name)
}
