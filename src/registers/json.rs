//! Entries as programs read and write them: a field by its key, a choice by its key, a group as an object.

use auxlog_law::Lang;
use auxlog_record::{Data, Date, Datum};
use serde_json::{Map, Value, json};

use crate::{Called, Dossier, Field, Misfit, Reading};

/// What a field holds.
pub fn value(field: &Field, datum: &Datum) -> Value {
    match datum {
        Datum::Text(text) => json!(text),
        Datum::Number(number) => json!(number),
        Datum::Flag(yes) => json!(yes),
        Datum::List(list) => list.iter().map(|one| value(field, one)).collect(),
        Datum::Group(group) => Value::Object(object(&field.fields, group)),
        Datum::Sealed(_) => json!({ "sealed": true }),
    }
}

/// What fields hold, by their keys; those without anything left out.
pub fn object(fields: &[Field], data: &Data) -> Map<String, Value> {
    let of = |field: &Field| Some((field.key.clone(), value(field, data.get(&field.n)?)));
    fields.iter().filter_map(of).collect()
}

/// An entry with everything known about it.
pub fn entry(reading: &dyn Reading, dossier: &Dossier) -> Value {
    let register = dossier.register;
    let today = reading.today();
    let steps = dossier.taken.iter().map(|taken| {
        json!({
            "step": taken.step.key, "by": taken.author.officer, "at_ms": taken.wall_ms, "state": taken.state,
            "fields": object(&taken.step.fields, &taken.data), "reason": taken.reason,
        })
    });
    json!({
        "register": register.key,
        "id": dossier.id.to_string(),
        "title": reading.title(dossier, Lang::Zh),
        "state": dossier.state_on(today).key,
        "day": dossier.day().map(|day| day.0.to_string()),
        "days_left": dossier.days_left(today),
        "due": reading.due(dossier).iter().map(|due| json!({ "on": due.day.0.to_string(), "zh": due.what.zh, "en": due.what.en })).collect::<Vec<_>>(),
        "fields": object(&register.fields, &dossier.data),
        "made_by": dossier.author.officer,
        "made_ms": dossier.wall_ms,
        "reason": dossier.reason,
        "source": dossier.origin.as_ref().map(|origin| json!({ "file": origin.file, "row": origin.row })),
        "steps": steps.collect::<Vec<_>>(),
        "findings": crate::rules::findings(reading, dossier, today),
        "conflicts": dossier.conflicts,
        "annulled": dossier.is_annulled(),
        "corrected": dossier.data != *dossier.original(),
    })
}

/// What anybody may see of an entry.
pub fn public(dossier: &Dossier, today: Date) -> Value {
    let register = dossier.register;
    let fields: Vec<Field> = register.fields.iter().filter(|field| field.public).cloned().collect();
    json!({
        "register": register.key,
        "id": dossier.id.to_string(),
        "state": dossier.state_on(today).key,
        "fields": object(&fields, &dossier.data),
    })
}

/// Reads a field from JSON: texts as a person would write them.
///
/// # Errors
/// Why it can't stand there.
pub fn from_json(names: &Called, field: &Field, said: &Value) -> Result<Datum, Misfit> {
    match said {
        Value::String(text) => names.read(field, text),
        Value::Number(number) => {
            number.as_i64().map(Datum::Number).ok_or_else(|| Misfit::Kind { said: number.to_string() })
        }
        Value::Bool(yes) => Ok(Datum::Flag(*yes)),
        Value::Array(list) => {
            let single = Field { many: false, ..field.clone() };
            list.iter().map(|one| from_json(names, &single, one)).collect::<Result<_, _>>().map(Datum::List)
        }
        Value::Object(parts) => {
            let part = |(key, said): (&String, &Value)| {
                let part = field.fields.iter().find(|part| part.key == *key).ok_or(Misfit::NoField)?;
                Ok((part.n, from_json(names, part, said)?))
            };
            parts.iter().map(part).collect::<Result<_, _>>().map(Datum::Group)
        }
        Value::Null => Err(Misfit::Missing),
    }
}
