//! How much a file may unpack to: a workbook of some kilobytes can say a thousand times as much, or claim a cell
//! in the last row of the last column.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::{Cell, FileError};

/// What a file's cells may take in memory, and its parts unpacked, in bytes.
const MOST: usize = 256 << 20;

/// The same of the texts that a workbook keeps beside its sheets: all of them are held.
const TEXTS: usize = 64 << 20;

/// The most marks in those texts, and in a workbook's formats: each makes something that is held.
const MARKS: [(&str, usize); 2] = [("sharedstrings.xml", 8 << 20), ("styles.xml", 1 << 19)];

/// What a text takes beside its own bytes.
const TEXT: usize = 16;

/// What is left of the memory that a file's cells may take.
#[derive(Debug)]
pub(crate) struct Room(usize);

impl Room {
    pub(crate) fn new() -> Self {
        Self(MOST)
    }

    /// Takes room for so many empty cells.
    pub(crate) fn cells(&mut self, cells: usize) -> Result<(), FileError> {
        self.take(cells.saturating_mul(size_of::<Cell>()))
    }

    /// Takes room for what a cell holds.
    pub(crate) fn content(&mut self, cell: &Cell) -> Result<(), FileError> {
        match cell {
            Cell::Text(text) | Cell::Number { shown: text, .. } | Cell::Error(text) => self.take(text.len() + TEXT),
            Cell::Empty | Cell::Date(_) | Cell::Time(_) => Ok(()),
        }
    }

    fn take(&mut self, bytes: usize) -> Result<(), FileError> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }
}

fn too_large() -> FileError {
    FileError::UnpacksTooLarge { limit: MOST as u64 }
}

/// Unpacks a workbook's parts, keeping nothing: what they say of their own length is nobody's word. Gives whether
/// any cells may be merged.
pub(crate) fn unpack(bytes: &[u8]) -> Result<bool, FileError> {
    // What cannot be read is told by whoever reads it.
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(false) };
    let (mut left, mut merged) = (MOST, false);
    let mut buffer = vec![0; 64 << 10];
    for at in 0..archive.len() {
        let Ok(mut part) = archive.by_index(at) else { continue };
        let name = part.name().map(|name| name.to_lowercase()).unwrap_or_default();
        let mut marks = MARKS.iter().find(|(end, _)| name.ends_with(end)).map_or(usize::MAX, |(_, most)| *most);
        let mut held = if name.ends_with(MARKS[0].0) { TEXTS } else { MOST };
        // The end of what was looked at before stays, so that no word is cut.
        let mut kept = 0;
        while let Ok(read @ 1..) = part.read(&mut buffer[kept..]) {
            let new = &buffer[kept..kept + read];
            marks = marks.checked_sub(memchr::memchr_iter(b'<', new).count()).ok_or_else(too_large)?;
            held = held.checked_sub(read).ok_or_else(too_large)?;
            left = left.checked_sub(read).ok_or_else(too_large)?;
            let seen = kept + read;
            merged |= memchr::memmem::find(&buffer[..seen], b"mergeCell").is_some();
            kept = seen.min(8);
            buffer.copy_within(seen - kept..seen, 0);
        }
    }
    Ok(merged)
}
