//! JSON Lines from a file or standard input.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read};
use std::path::Path;

use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::Failure;

/// Longest line taken: a task is a few hundred bytes, and a file that is one line is no JSON Lines.
const LONGEST: usize = 4 << 20;

/// A line with something on it.
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: usize,
    /// What stands there, or the words for why it is no text.
    pub(crate) text: Result<String, String>,
}

/// The lines of a file, numbered from 1, blank ones left out.
pub(crate) struct Lines<'a> {
    context: &'a Context,
    name: String,
    reader: BufReader<Box<dyn Read>>,
    number: usize,
    /// Bytes read so far, and in all where that is known beforehand.
    read: u64,
    all: Option<u64>,
}

impl<'a> Lines<'a> {
    /// Opens `path`; `-` is standard input.
    pub(crate) fn open(context: &'a Context, path: &Path) -> Result<Self, Failure> {
        let loader = context.words.loader();
        if path == Path::new("-") {
            if io::stdin().is_terminal() {
                crate::output::tell(&fl!(loader, "input-from-terminal"));
            }
            let reader = BufReader::new(Box::new(io::stdin()) as Box<dyn Read>);
            return Ok(Self { context, name: fl!(loader, "input-standard"), reader, number: 0, read: 0, all: None });
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => {
                // Of a pipe or a device nobody knows how much will come.
                let all = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
                Ok(Self { context, name, reader: BufReader::new(Box::new(file)), number: 0, read: 0, all })
            }
            Err(error) => {
                Err(Failure::usage(fl!(loader, "input-unreadable", path = name, why = context.words.reason(&error))))
            }
        }
    }

    /// Says what is wrong with line `number`.
    pub(crate) fn complain(&self, number: usize, what: &str) {
        let loader = self.context.words.loader();
        crate::output::tell(&fl!(loader, "input-line", name = self.name.clone(), line = number, what = what));
    }

    /// The next line.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, Failure> {
        let loader = self.context.words.loader();
        loop {
            let mut bytes = Vec::new();
            let mut limited = (&mut self.reader).take(LONGEST as u64 + 1);
            let read = limited.read_until(b'\n', &mut bytes).map_err(|error| {
                Failure::usage(fl!(
                    loader,
                    "input-unreadable",
                    path = self.name.clone(),
                    why = self.context.words.reason(&error)
                ))
            })?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.read += read as u64;
            if bytes.len() > LONGEST {
                self.skip_line()?;
                let text = Err(fl!(loader, "input-too-long", most = LONGEST));
                return Ok(Some(Line { number: self.number, text }));
            }
            let Ok(text) = std::str::from_utf8(&bytes) else {
                let text = Err(fl!(loader, "input-not-utf8"));
                return Ok(Some(Line { number: self.number, text }));
            };
            // Spreadsheet programs put a byte order mark before the first line.
            let text = if self.number == 1 { text.trim_start_matches('\u{feff}') } else { text }.trim();
            if !text.is_empty() {
                return Ok(Some(Line { number: self.number, text: Ok(text.to_owned()) }));
            }
        }
    }

    /// How many bytes of how many have been read, where that is known.
    pub(crate) fn progress(&self) -> Option<(u64, u64)> {
        self.all.map(|all| (self.read.min(all), all))
    }

    /// Whether a whole line more has been read already.
    pub(crate) fn has_arrived(&self) -> bool {
        self.reader.buffer().contains(&b'\n')
    }

    fn skip_line(&mut self) -> Result<(), Failure> {
        let skipped = self.reader.skip_until(b'\n').map_err(|error| {
            let (path, why) = (self.name.clone(), self.context.words.reason(&error));
            Failure::usage(fl!(self.context.words.loader(), "input-unreadable", path = path, why = why))
        })?;
        self.read += skipped as u64;
        Ok(())
    }
}
