//! Tables in and out, told in words: what of a file could not be read or written.

use auxlog_sheet::{FileError, Unwritten, Wrong};
use i18n_embed_fl::fl;

use crate::exit::{Exit, Failure};
use crate::words::Words;

/// The file `name` as a whole cannot be read.
pub(crate) fn unread(error: &FileError, name: &str, words: &Words) -> String {
    let (loader, path) = (words.loader(), name.to_owned());
    match error {
        FileError::NotAWorkbook(why) => fl!(loader, "sheet-not-a-workbook", path = path, why = why.clone()),
        FileError::Protected => fl!(loader, "sheet-protected", path = path),
        FileError::NoTable => fl!(loader, "sheet-no-table", path = path),
        FileError::NotText => fl!(loader, "sheet-not-text", path = path),
        FileError::TooLarge { limit } => fl!(loader, "sheet-too-large", path = path, limit = limit.to_string()),
        FileError::UnpacksTooLarge { limit } => {
            fl!(loader, "sheet-unpacks-too-large", path = path, limit = limit.to_string())
        }
    }
}

/// A workbook could not be made.
pub(crate) fn unwritten(error: &Unwritten, words: &Words) -> Failure {
    Failure::new(Exit::Usage, fl!(words.loader(), "sheet-unwritten", why = error.to_string()))
}

/// What is wrong with a cell or a sheet.
pub(crate) fn wrong(wrong: &Wrong, words: &Words) -> String {
    let loader = words.loader();
    match wrong {
        Wrong::NotADate(value) => fl!(loader, "sheet-not-a-date", value = value.clone()),
        Wrong::NotANumber(value) => fl!(loader, "sheet-not-a-number", value = value.clone()),
        Wrong::NotOneOf { heading, value, choices } => {
            let choices = choices.join(words.comma());
            fl!(loader, "sheet-not-one-of", heading = heading.clone(), value = value.clone(), choices = choices)
        }
        Wrong::EndsBeforeItBegins => fl!(loader, "sheet-ends-early"),
        Wrong::InTheFuture(value) => fl!(loader, "sheet-in-the-future", value = value.clone()),
        Wrong::Missing(heading) => fl!(loader, "sheet-missing", heading = heading.clone()),
        Wrong::CellError(error) => fl!(loader, "sheet-cell-error", error = error.clone()),
        &Wrong::TooLong { limit } => fl!(loader, "sheet-too-long", limit = limit),
        Wrong::NoHeading => fl!(loader, "sheet-no-heading"),
        Wrong::UnknownHeading(heading) => fl!(loader, "sheet-unknown-heading", heading = heading.clone()),
        Wrong::HeadingTwice(heading) => fl!(loader, "sheet-heading-twice", heading = heading.clone()),
        Wrong::MissingColumn(heading) => fl!(loader, "sheet-missing-column", heading = heading.clone()),
    }
}
