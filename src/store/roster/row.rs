//! One row of a roster sheet as a person.

use auxlog_law::{Outcome, Status};
use auxlog_record::facts::{officer_status, standing};
use auxlog_record::{Auxiliary, AuxiliaryId, Certificate, Date, Officer, OfficerId, RecusalEntry};
use auxlog_sheet::Wrong;
use auxlog_sheet::value::{Span, list};

use super::value::{OUTCOMES, STATUSES, born_of_identity, recusals};
use super::{Column, What};

/// A row, with the sheet's columns known; collects what is wrong with it.
pub(super) type Row<'a> = auxlog_sheet::Row<'a, Column, What>;

/// The row as an auxiliary; their agency is set by the caller.
pub(super) fn auxiliary(row: &mut Row<'_>) -> Auxiliary {
    let (number, name) = who(row);
    let mut person = Auxiliary {
        id: AuxiliaryId(number),
        name,
        unit: row.line(Column::Unit),
        status: row.choice(Column::Status).map(|at| STATUSES[at].0).unwrap_or_default(),
        born: born(row),
        certificate: certificate(row),
        training: outcome(row, Column::Training),
        trained_on: row.past_day(Column::TrainedOn),
        assessment: outcome(row, Column::Assessment),
        assessed_on: row.past_day(Column::AssessedOn),
        qualifications: row.text(Column::Qualifications).map(|text| list(&text)).unwrap_or_default(),
        recusals: relations(row),
        dispatched_by: row.line(Column::DispatchedBy),
        pinyin: row.line(Column::Pinyin),
        left_on: row.day(Column::LeftOn),
        status_since: row.day(Column::StatusSince),
        ..Auxiliary::default()
    };
    // A day of leaving that is past says it alone.
    if person.status == Status::Active {
        person.status = standing(&person, Some(row.today())).status;
    }
    person
}

/// The row as an officer; their agency is set by the caller.
pub(super) fn officer(row: &mut Row<'_>) -> Officer {
    let (number, name) = who(row);
    let mut person = Officer {
        id: OfficerId(number),
        name,
        certificate: certificate(row),
        unit: row.line(Column::Unit),
        pinyin: row.line(Column::Pinyin),
        status: Some(row.choice(Column::Status).map(|at| STATUSES[at].0).unwrap_or_default()),
        left_on: row.day(Column::LeftOn),
        status_since: row.day(Column::StatusSince),
        ..Officer::default()
    };
    if person.status == Some(Status::Active) {
        person.status = officer_status(&person, Some(row.today())).filter(|status| *status != Status::Active);
    }
    person
}

/// Number and name; a sheet without numbers goes by certificate numbers.
fn who(row: &mut Row<'_>) -> (String, String) {
    let column = if row.has(Column::Number) { Column::Number } else { Column::Certificate };
    let number = row.code(column).unwrap_or_default();
    if number.is_empty() {
        row.complain(column, Wrong::Missing(Column::Number.heading().to_owned()));
    }
    let name = row.text(Column::Name).map(|name| squeeze(&name)).unwrap_or_default();
    if name.is_empty() {
        row.complain(Column::Name, Wrong::Missing(Column::Name.heading().to_owned()));
    }
    (number, name)
}

fn outcome(row: &mut Row<'_>, column: Column) -> Outcome {
    row.choice(column).map_or(Outcome::None, |at| OUTCOMES[at].0)
}

fn certificate(row: &mut Row<'_>) -> Option<Certificate> {
    let from = row.day(Column::CertificateFrom);
    let span = row.span(Column::CertificateUntil).unwrap_or(Span { from: None, until: None });
    let (from, until) = (from.or(span.from), span.until);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        row.complain(Column::CertificateUntil, Wrong::EndsBeforeItBegins);
    }
    let number = row.text(Column::Certificate)?;
    Some(Certificate { number, from, until })
}

fn born(row: &mut Row<'_>) -> Option<Date> {
    let stated = row.past_day(Column::Born);
    let of_identity = row.text(Column::IdentityNumber).and_then(|number| born_of_identity(&number));
    if stated.zip(of_identity).is_some_and(|(stated, other)| stated != other) {
        row.complain(Column::Born, What::BirthDiffers);
    }
    stated.or(of_identity)
}

fn relations(row: &mut Row<'_>) -> Vec<RecusalEntry> {
    let mut entries = row.text(Column::Recusals).map(|text| recusals(&text, true)).unwrap_or_default();
    entries.extend(row.text(Column::Relations).into_iter().flat_map(|text| recusals(&text, false)));
    entries
}

/// Chinese names padded to equal width (`张　伟`) without the padding.
fn squeeze(name: &str) -> String {
    if name.is_ascii() {
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        name.split_whitespace().collect()
    }
}
