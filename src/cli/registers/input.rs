//! What is entered, from `FIELD=VALUE` on the command line or a JSON object.

use std::io;
use std::path::{Path, PathBuf};

use auxlog_record::{Data, Datum};
use auxlog_registers::{Called, Field, Misfit, Reading, json};
use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::Failure;
use crate::failed;

/// What is entered.
#[derive(Debug, Default, Args)]
pub(crate) struct Entered {
    /// Fields; a group's part as GROUP.PART.
    #[arg(value_name = "FIELD=VALUE")]
    entered: Vec<String>,
    /// A JSON object with fields.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Fields as they are now, and those in which nothing stands any more.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) data: Data,
    pub(crate) cleared: Vec<u16>,
}

impl Entered {
    /// What was written as on the command line.
    pub(crate) fn of(entered: Vec<String>) -> Self {
        Self { entered, json: None }
    }

    /// Reads it by these fields.
    ///
    /// # Errors
    /// The first thing that doesn't fit.
    pub(crate) fn read(&self, context: &Context, fields: &[Field], names: &dyn Reading) -> Result<Changes, Failure> {
        let words = &context.words;
        let mut changes = Changes::default();
        let misfit = |field: &Field, misfit: &Misfit| {
            Failure::usage(words.terms().misfit(words.terms().field_name(field), misfit))
        };
        let unknown = |key: &str| {
            let keys: Vec<&str> = fields.iter().map(|field| field.key.as_str()).collect();
            let keys = keys.join(", ");
            Failure::usage(fl!(words.loader(), "register-no-field", field = key.to_owned(), fields = keys))
        };
        if let Some(path) = &self.json {
            let text = text_of(path, context)?;
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text)
                .map_err(|error| Failure::usage(fl!(words.loader(), "register-bad-json", why = error.to_string())))?;
            for (key, said) in &object {
                let field = fields.iter().find(|field| field.key == *key).ok_or_else(|| unknown(key))?;
                if said.is_null() {
                    changes.cleared.push(field.n);
                    continue;
                }
                let datum = json::from_json(&Called::of(names), field, said).map_err(|error| misfit(field, &error))?;
                changes.data.insert(field.n, datum);
            }
        }
        for entered in &self.entered {
            let Some((key, said)) = entered.split_once('=') else {
                return Err(Failure::usage(fl!(words.loader(), "register-no-equals", entered = entered.clone())));
            };
            let (key, part) = key.split_once('.').map_or((key, None), |(key, part)| (key, Some(part)));
            let named = |field: &&Field| field.key == key || field.zh == key;
            let field = fields.iter().find(named).ok_or_else(|| unknown(key))?;
            let Some(part) = part else {
                if said.trim().is_empty() {
                    changes.cleared.push(field.n);
                } else {
                    let datum = names.read(field, said).map_err(|error| misfit(field, &error))?;
                    changes.data.insert(field.n, datum);
                }
                continue;
            };
            let part = field.fields.iter().find(|one| one.key == part).ok_or_else(|| unknown(part))?;
            let datum = names.read(part, said).map_err(|error| misfit(part, &error))?;
            match changes.data.entry(field.n).or_insert_with(|| Datum::Group(Data::new())) {
                Datum::Group(group) => drop(group.insert(part.n, datum)),
                _ => return Err(unknown(key)),
            }
        }
        Ok(changes)
    }
}

fn text_of(path: &Path, context: &Context) -> Result<String, Failure> {
    let read = if path == Path::new("-") { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(path) };
    read.map_err(|error| Failure::usage(failed::file(path, &error, &context.words)))
}
