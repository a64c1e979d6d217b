//! Making entries, correcting them, taking them further.

use std::sync::Arc;

use auxlog_registers::{Dossier, EntryError, NewEntry, Reading, Register, Writing};
use clap::Args;
use i18n_embed_fl::fl;

use super::failure;
use super::input::Entered;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Results;

/// An entry is made.
#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    entered: Entered,
    /// Why, although something stands against it.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// An entry is taken a step further.
#[derive(Debug, Args)]
pub(crate) struct Further {
    #[arg(value_name = "ENTRY")]
    entry: String,
    #[arg(id = "step", value_name = "STEP")]
    named: String,
    #[command(flatten)]
    entered: Entered,
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

/// Fields of an entry are corrected.
#[derive(Debug, Args)]
pub(crate) struct Correct {
    #[arg(value_name = "ENTRY")]
    entry: String,
    #[command(flatten)]
    entered: Entered,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// An entry is annulled, visibly.
#[derive(Debug, Args)]
pub(crate) struct Annul {
    #[arg(value_name = "ENTRY")]
    entry: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// The entry that was named.
pub(super) fn named(
    context: &Context,
    register: &'static Register,
    reading: &dyn Reading,
    entry: &str,
) -> Result<Arc<Dossier>, Failure> {
    let found = reading.find(register, entry).map_err(|error| failure(&error, context))?;
    found.ok_or_else(|| failure(&EntryError::NoEntry(entry.to_owned()), context))
}

impl Add {
    pub(super) fn run(&self, context: &Context, register: &'static Register, writing: &dyn Writing) -> Outcome {
        let data = self.entered.read(context, &register.fields, writing.reading())?.data;
        let entry = NewEntry { data, reason: self.reason.clone(), origin: None };
        let made = writing.enter(register, vec![entry]).map_err(|error| failure(&error, context))?;
        let mut results = Results::new();
        for id in made {
            results.line(&fl!(context.words.loader(), "register-made", id = id.to_string()))?;
        }
        results.flush()?;
        Ok(Exit::Done)
    }
}

impl Further {
    pub(super) fn run(&self, context: &Context, register: &'static Register, writing: &dyn Writing) -> Outcome {
        let words = &context.words;
        let entry = named(context, register, writing.reading(), &self.entry)?;
        let called = |step: &&auxlog_registers::Step| step.key == self.named || step.name(words.lang()) == self.named;
        let Some(step) = register.steps.iter().find(called) else {
            let steps: Vec<&str> = register.steps.iter().map(|step| step.key.as_str()).collect();
            let (step, steps) = (self.named.clone(), steps.join(", "));
            return Err(Failure::usage(fl!(words.loader(), "register-no-step", step = step, steps = steps)));
        };
        let data = self.entered.read(context, &step.fields, writing.reading())?.data;
        writing.step(&entry, step, data, &self.reason).map_err(|error| failure(&error, context))?;
        tell_state(context, register, writing.reading(), &entry)
    }
}

impl Correct {
    pub(super) fn run(&self, context: &Context, register: &'static Register, writing: &dyn Writing) -> Outcome {
        let entry = named(context, register, writing.reading(), &self.entry)?;
        let mut changes = self.entered.read(context, &register.fields, writing.reading())?;
        // A part of a group leaves the other parts as they are.
        for (n, datum) in &mut changes.data {
            if let (auxlog_record::Datum::Group(now), Some(auxlog_record::Datum::Group(before))) =
                (datum, entry.data.get(n))
            {
                for (part, stood) in before {
                    now.entry(*part).or_insert_with(|| stood.clone());
                }
            }
        }
        let corrected = writing.correct(&entry, &entry.heads, changes.data, changes.cleared, &self.reason);
        corrected.map_err(|error| failure(&error, context))?;
        tell_state(context, register, writing.reading(), &entry)
    }
}

impl Annul {
    pub(super) fn run(&self, context: &Context, register: &'static Register, writing: &dyn Writing) -> Outcome {
        let entry = named(context, register, writing.reading(), &self.entry)?;
        writing.annul(&entry, &self.reason).map_err(|error| failure(&error, context))?;
        tell_state(context, register, writing.reading(), &entry)
    }
}

/// Says where an entry stands now.
fn tell_state(context: &Context, register: &'static Register, reading: &dyn Reading, entry: &Dossier) -> Outcome {
    let now = named(context, register, reading, &entry.id.to_string())?;
    let lang = context.words.lang();
    let state = now.state_on(reading.today()).name(lang).to_owned();
    let (title, loader) = (reading.title(&now, lang), context.words.loader());
    let mut results = Results::new();
    results.line(&if now.is_annulled() {
        fl!(loader, "register-annulled", entry = title)
    } else {
        fl!(loader, "register-stands", entry = title, state = state)
    })?;
    results.flush()?;
    Ok(Exit::Done)
}
