//! One row of a roster sheet as a person.

use auxlog_law::{Outcome, Status};
use auxlog_record::facts::{officer_status, standing};
use auxlog_record::{Auxiliary, AuxiliaryId, Certificate, Date, Officer, OfficerId, RecusalEntry};

use super::grid::{Cell, Sheet};
use super::value::{self, is_blank};
use super::{Column, What};

/// The most characters that a cell may hold.
const LONGEST: usize = 200;

/// A row, with the sheet's columns known; collects what is wrong with it.
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    at: usize,
    columns: &'a [(Column, usize)],
    today: Date,
    /// Column and problem, in the order found.
    pub(super) problems: Vec<(Option<usize>, What)>,
}

impl<'a> Row<'a> {
    /// Row `row` of `sheet`, both from 0.
    pub(super) fn new(sheet: &'a Sheet, row: usize, columns: &'a [(Column, usize)], today: Date) -> Self {
        Self { sheet, at: row, columns, today, problems: Vec::new() }
    }

    /// Where the column stands on the sheet.
    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().find(|(known, _)| *known == column).map(|(_, position)| *position)
    }

    fn wrong(&mut self, column: Column, what: What) {
        let position = self.position(column);
        self.problems.push((position, what));
    }

    /// A cell that says something.
    fn cell(&mut self, column: Column) -> Option<Cell> {
        let cell = self.sheet.cell(self.at, self.position(column)?).clone();
        match &cell {
            Cell::Empty => None,
            Cell::Error(error) => {
                self.wrong(column, What::CellError(error.clone()));
                None
            }
            Cell::Text(text) if is_blank(text) => None,
            Cell::Text(text) if text.chars().count() > LONGEST => {
                self.wrong(column, What::TooLong { limit: LONGEST });
                None
            }
            Cell::Text(_) | Cell::Date(_) => Some(cell),
        }
    }

    /// A cell's text.
    pub(super) fn text(&mut self, column: Column) -> Option<String> {
        self.cell(column).map(|cell| cell.text())
    }

    /// The same in one line: whoever wrote it broke it to fit the cell.
    fn line(&mut self, column: Column) -> Option<String> {
        self.text(column).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Nothing stands in any column that we read.
    pub(super) fn is_empty(&self) -> bool {
        self.columns.iter().all(|(column, position)| {
            *column == Column::Ignored || is_blank(&self.sheet.cell(self.at, *position).text())
        })
    }

    fn date(&mut self, column: Column, month_end: bool) -> Option<Date> {
        match self.cell(column)? {
            Cell::Date(date) => Some(date),
            cell => {
                let text = cell.text();
                // A workbook keeps a date as the count of days since 1899-12-30 when its cell
                // was formatted as a number.
                let date = value::date(&text, month_end).or_else(|| serial(&text));
                if date.is_none() {
                    self.wrong(column, What::NotADate(text));
                }
                date
            }
        }
    }

    /// A date that cannot lie ahead.
    fn past(&mut self, column: Column) -> Option<Date> {
        let date = self.date(column, false)?;
        if date > self.today {
            self.wrong(column, What::InTheFuture(date.0.to_string()));
            return None;
        }
        Some(date)
    }

    fn outcome(&mut self, column: Column) -> Outcome {
        let Some(text) = self.text(column) else { return Outcome::None };
        value::outcome(&text).unwrap_or_else(|| {
            self.wrong(column, What::UnknownOutcome(text));
            Outcome::None
        })
    }

    fn status(&mut self) -> Status {
        let Some(text) = self.text(Column::Status) else { return Status::Active };
        value::status(&text).unwrap_or_else(|| {
            self.wrong(Column::Status, What::UnknownStatus(text));
            Status::Suspended
        })
    }

    /// Number and name; a sheet without numbers goes by certificate numbers.
    fn who(&mut self) -> (String, String) {
        let column = if self.position(Column::Number).is_some() { Column::Number } else { Column::Certificate };
        let number = self.text(column).map(|text| text.split_whitespace().collect::<String>()).unwrap_or_default();
        if number.is_empty() {
            self.wrong(column, What::NoNumber);
        }
        let name = self.text(Column::Name).map(|name| squeeze(&name)).unwrap_or_default();
        if name.is_empty() {
            self.wrong(Column::Name, What::NoName);
        }
        (number, name)
    }

    fn certificate(&mut self) -> Option<Certificate> {
        let mut from = self.date(Column::CertificateFrom, false);
        let mut until = None;
        if let Some(cell) = self.cell(Column::CertificateUntil) {
            let text = cell.text();
            match (cell, value::date_range(&text)) {
                (Cell::Date(date), _) => until = Some(date),
                (_, Some((first, last))) => {
                    from = from.or(Some(first));
                    until = Some(last);
                }
                (_, None) if value::is_unbounded(&text) => {}
                (_, None) => until = self.date(Column::CertificateUntil, true),
            }
        }
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            self.wrong(Column::CertificateUntil, What::EndsBeforeItBegins);
        }
        let number = self.text(Column::Certificate)?;
        Some(Certificate { number, from, until })
    }

    fn born(&mut self) -> Option<Date> {
        let stated = self.past(Column::Born);
        let of_identity = self.text(Column::IdentityNumber).and_then(|number| value::born_of_identity(&number));
        if stated.zip(of_identity).is_some_and(|(stated, other)| stated != other) {
            self.wrong(Column::Born, What::BirthDiffers);
        }
        stated.or(of_identity)
    }

    fn recusals(&mut self) -> Vec<RecusalEntry> {
        let mut entries = self.text(Column::Recusals).map(|text| value::recusals(&text, true)).unwrap_or_default();
        entries.extend(self.text(Column::Relations).into_iter().flat_map(|text| value::recusals(&text, false)));
        entries
    }

    /// The row as an auxiliary; his agency is set by the caller.
    pub(super) fn auxiliary(&mut self) -> Auxiliary {
        let (number, name) = self.who();
        let mut person = Auxiliary {
            id: AuxiliaryId(number),
            name,
            unit: self.line(Column::Unit),
            status: self.status(),
            born: self.born(),
            certificate: self.certificate(),
            training: self.outcome(Column::Training),
            trained_on: self.past(Column::TrainedOn),
            assessment: self.outcome(Column::Assessment),
            assessed_on: self.past(Column::AssessedOn),
            qualifications: self.text(Column::Qualifications).map(|text| value::list(&text)).unwrap_or_default(),
            recusals: self.recusals(),
            dispatched_by: self.line(Column::DispatchedBy),
            pinyin: self.line(Column::Pinyin),
            left_on: self.date(Column::LeftOn, false),
            status_since: self.date(Column::StatusSince, false),
            ..Auxiliary::default()
        };
        // A day of leaving that is past says it alone.
        if person.status == Status::Active {
            person.status = standing(&person, Some(self.today)).status;
        }
        person
    }

    /// The row as an officer; his agency is set by the caller.
    pub(super) fn officer(&mut self) -> Officer {
        let (number, name) = self.who();
        let mut person = Officer {
            id: OfficerId(number),
            name,
            certificate: self.certificate(),
            unit: self.line(Column::Unit),
            pinyin: self.line(Column::Pinyin),
            status: Some(self.status()),
            left_on: self.date(Column::LeftOn, false),
            status_since: self.date(Column::StatusSince, false),
            ..Officer::default()
        };
        if person.status == Some(Status::Active) {
            person.status = officer_status(&person, Some(self.today)).filter(|status| *status != Status::Active);
        }
        person
    }
}

/// Chinese names padded to equal width (`张　伟`) without the padding.
fn squeeze(name: &str) -> String {
    if name.is_ascii() {
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        name.split_whitespace().collect()
    }
}

/// A workbook's day number, within the years 1955 to 2119.
fn serial(text: &str) -> Option<Date> {
    let days: i32 = text.parse().ok()?;
    (20_000..80_000).contains(&days).then(|| chrono::NaiveDate::from_epoch_days(days - 25_569)).flatten().map(Date)
}
