//! Files in fields: by the hash of their content, which is attached to the entry. What is typed is a path.

use std::path::Path;

use auxlog_record::{Attachment, Data, Datum, Event, Hash, RecordId};

use crate::{Dossier, EntryError, Field, Kind};

/// Whether a text names a content, and not a file.
pub fn is_hash(text: &str) -> bool {
    text.parse::<Hash>().is_ok()
}

/// A path in what stands in a field.
pub(crate) fn path_in<'d>(field: &Field, datum: &'d Datum) -> Option<&'d str> {
    match datum {
        Datum::List(list) => list.iter().find_map(|one| path_in(field, one)),
        Datum::Group(group) => field.fields.iter().find_map(|part| path_in(part, group.get(&part.n)?)),
        Datum::Text(text) if field.kind == Kind::File && !is_hash(text) => Some(text),
        _ => None,
    }
}

/// Puts hashes in the place of paths. Gives what is to be attached, about `target`.
pub(crate) fn keep(
    fields: &[Field],
    data: &mut Data,
    target: RecordId,
    stage: &dyn Fn(&Path) -> Result<Attachment, EntryError>,
) -> Result<Vec<Event>, EntryError> {
    let mut attached = Vec::new();
    for field in fields.iter().filter(|field| matches!(field.kind, Kind::File | Kind::Group)) {
        if let Some(datum) = data.get_mut(&field.n) {
            keep_one(field, datum, target, stage, &mut attached)?;
        }
    }
    Ok(attached)
}

fn keep_one(
    field: &Field,
    datum: &mut Datum,
    target: RecordId,
    stage: &dyn Fn(&Path) -> Result<Attachment, EntryError>,
    attached: &mut Vec<Event>,
) -> Result<(), EntryError> {
    match datum {
        Datum::List(list) => {
            for one in list {
                keep_one(field, one, target, stage, attached)?;
            }
        }
        Datum::Group(group) => attached.extend(keep(&field.fields, group, target, stage)?),
        Datum::Text(path) if field.kind == Kind::File && !is_hash(path) => {
            let file = Attachment { target, note: Some(field.zh.clone()), ..stage(Path::new(path.as_str()))? };
            *path = file.sha256.to_string();
            attached.push(Event::Attachment(file));
        }
        _ => {}
    }
    Ok(())
}

/// Attachments about nothing yet are about the entry before them, whose record is the first or comes so many
/// records after it.
pub fn name_targets(first: RecordId, mut events: Vec<Event>) -> Vec<Event> {
    let mut entry = first;
    let mut id = first;
    for event in &mut events {
        match event {
            Event::Attachment(attachment) if attachment.target == RecordId::default() => attachment.target = entry,
            Event::EntryMade(_) => entry = id,
            _ => {}
        }
        id.seq += 1;
    }
    events
}

impl Dossier {
    /// A datum with the names of files in the place of their hashes.
    #[must_use]
    pub fn with_names(&self, field: &Field, datum: &Datum) -> Datum {
        match datum {
            Datum::List(list) => Datum::List(list.iter().map(|one| self.with_names(field, one)).collect()),
            Datum::Group(group) => {
                let named = |(n, datum): (&u16, &Datum)| {
                    let part = field.fields.iter().find(|part| part.n == *n);
                    (*n, part.map_or_else(|| datum.clone(), |part| self.with_names(part, datum)))
                };
                Datum::Group(group.iter().map(named).collect())
            }
            Datum::Text(hash) if field.kind == Kind::File => {
                let of = |attachment: &&Attachment| attachment.sha256.to_string() == *hash;
                let file = self.attachments.iter().map(|view| &view.attachment).find(of);
                Datum::Text(file.map_or(hash, |file| &file.name).clone())
            }
            other => other.clone(),
        }
    }
}
