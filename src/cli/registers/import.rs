//! A spreadsheet read in: all of it or nothing.

use std::path::PathBuf;

use auxlog_record::Origin;
use auxlog_registers::table::{self, Amiss, Row};
use auxlog_registers::{NewEntry, Reading, Register, Writing};
use clap::Args;
use i18n_embed_fl::fl;

use super::input::Entered;
use super::{Noted, failure};
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Results, tell};
use crate::progress::Bar;
use crate::words::Words;
use crate::{failed, sheet};

/// Which file, and what holds for all its rows.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    entered: Entered,
    /// Says what it would do, and does nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Import {
    /// Reads the rows; whatever is wrong with them is told, row by row and cell by cell.
    fn rows(
        &self,
        context: &Context,
        register: &'static Register,
        reading: &dyn Reading,
    ) -> Result<Option<Vec<Row>>, Failure> {
        let words = &context.words;
        let preset = self.entered.read(context, &register.fields, reading)?.data;
        let bytes = std::fs::read(&self.file);
        let bytes = bytes.map_err(|error| Failure::usage(failed::file(&self.file, &error, words)))?;
        let name = self.name();
        let bar = Bar::new(&fl!(words.loader(), "progress-rows-read"));
        let progress = |done, all| bar.step(done, all);
        let rows = table::read(register, &bytes, &name, &preset, reading, reading.today(), &progress);
        drop(bytes);
        let rows = rows.map_err(|error| Failure::usage(sheet::unread(&error, &name, words)))?;
        let mut whole = true;
        for (place, amiss) in rows.iter().flat_map(|row| &row.amiss) {
            whole = false;
            tell(&fl!(words.loader(), "register-row", place = place.to_string(), what = told(amiss, words)));
        }
        if !whole {
            let wrong = rows.iter().filter(|row| !row.amiss.is_empty()).count();
            tell(&fl!(words.loader(), "register-none-taken", wrong = wrong, rows = rows.len()));
        }
        Ok(whole.then_some(rows))
    }

    fn name(&self) -> String {
        self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    pub(super) fn try_out(
        &self,
        context: &Context,
        register: &'static Register,
        reading: &dyn Reading,
    ) -> Result<Noted, Failure> {
        let rows = self.rows(context, register, reading)?;
        let exit = if rows.is_some() { Exit::Done } else { Exit::Usage };
        if let Some(rows) = rows {
            let mut results = Results::new();
            results.line(&fl!(context.words.loader(), "register-would-import", rows = rows.len()))?;
            results.flush()?;
        }
        Ok(Noted { exit, subject: String::new(), count: 0, kept: false })
    }

    pub(super) fn run(&self, context: &Context, register: &'static Register, writing: &dyn Writing) -> Outcome {
        let Some(rows) = self.rows(context, register, writing.reading())? else { return Ok(Exit::Usage) };
        let file = self.name();
        let entry = |row: Row| NewEntry {
            data: row.data,
            reason: None,
            origin: Some(Origin { file: file.clone(), row: row.place.row }),
        };
        let bar = Bar::new(&fl!(context.words.loader(), "progress-rows-recorded"));
        bar.set(0, rows.len() as u64);
        let made = writing.enter(register, rows.into_iter().map(entry).collect());
        bar.clear();
        let made = made.map_err(|error| failure(&error, context))?;
        let mut results = Results::new();
        results.line(&fl!(context.words.loader(), "register-imported", rows = made.len()))?;
        results.flush()?;
        Ok(Exit::Done)
    }
}

fn told(amiss: &Amiss, words: &Words) -> String {
    match amiss {
        Amiss::Cell(wrong) => sheet::wrong(wrong, words),
        Amiss::Field(field, misfit) => words.terms().misfit(field, misfit),
    }
}
