//! New values of a person's fields, as the command line names them.

use auxlog_server::roster::{PersonEdit, PersonKind, RosterEdit};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::words::Words;

/// Whose fields change, to what and why.
#[derive(Debug, Args)]
pub(super) struct Edit {
    #[arg(long, value_name = "ID", required_unless_present = "edit_officer", conflicts_with = "edit_officer")]
    auxiliary: Option<String>,
    #[arg(id = "edit_officer", long = "officer", value_name = "ID")]
    officer: Option<String>,
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[arg(long, value_name = "N")]
    based_on: Option<u64>,
}

impl Edit {
    /// The edit as the server takes it.
    pub(super) fn to_edit(&self, words: &Words) -> Result<RosterEdit, Failure> {
        let (kind, id) = match (&self.auxiliary, &self.officer) {
            (Some(id), _) => (PersonKind::Auxiliary, id),
            (None, id) => (PersonKind::Officer, id.as_ref().unwrap_or(&self.reason)),
        };
        let mut set = Map::new();
        for field in &self.fields {
            let Some((name, value)) = field.split_once('=') else {
                return Err(Failure::usage(fl!(words.loader(), "edit-form", field = field.clone())));
            };
            set.insert(name.trim().to_owned(), value_of(value));
        }
        let edits = vec![PersonEdit { kind, id: id.clone(), set }];
        Ok(RosterEdit { reason: self.reason.clone(), based_on: self.based_on, edits })
    }
}

/// A value as typed: nothing empties the field; lists, certificates and the like are JSON; everything
/// else is text.
fn value_of(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    match serde_json::from_str(text) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_stays_text_and_a_certificate_is_read() {
        for (typed, value) in [
            ("suspended", json!("suspended")),
            ("12", json!("12")),
            ("", Value::Null),
            ("[\"电工\"]", json!(["电工"])),
            ("{\"number\":\"ZF-1\"}", json!({ "number": "ZF-1" })),
        ] {
            assert_eq!(value_of(typed), value, "{typed}");
        }
    }
}
