//! Reading a roster file, telling row by row what could not be taken.

use std::path::Path;

use auxlog_record::{Agency, AgencyId, Clock as _, SystemClock};
use auxlog_store::roster::{
    ImportContext, Kind, RosterFileError, RosterImport, RosterImportReport, RosterProblem, What, read_roster,
};
use i18n_embed_fl::fl;

use crate::exit::{Exit, Failure};
use crate::output::tell;
use crate::words::Words;
use crate::{failed, sheet};

/// Reads the roster file at `path` and says what could not be taken.
pub(crate) fn read(
    path: &Path,
    agencies: Vec<Agency>,
    default_agency: Option<AgencyId>,
    words: &Words,
) -> Result<RosterImport, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::usage(failed::file(path, &error, words)))?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let context = ImportContext { agencies, default_agency, today: SystemClock.now().china_date() };
    let import = read_roster(&bytes, &name, &context).map_err(|error| file_error(&error, &name, words))?;
    for problem in &import.report.problems {
        tell(&row_problem(problem, words));
    }
    Ok(import)
}

/// 2 where a row could not be taken, as for a bad line of `log`.
pub(crate) fn exit(report: &RosterImportReport) -> Exit {
    if report.refused == 0 { Exit::Done } else { Exit::Usage }
}

pub(crate) fn summary(report: &RosterImportReport, words: &Words) -> String {
    let &RosterImportReport { agencies, officers, auxiliaries, refused, .. } = report;
    let loader = words.loader();
    fl!(
        loader,
        "roster-imported",
        agencies = agencies,
        officers = officers,
        auxiliaries = auxiliaries,
        refused = refused
    )
}

/// The file `name` as a whole cannot be read.
fn file_error(error: &RosterFileError, name: &str, words: &Words) -> Failure {
    Failure::usage(match error {
        RosterFileError::File(error) => sheet::unread(error, name, words),
        RosterFileError::NoPeople => fl!(words.loader(), "roster-no-people", path = name.to_owned()),
    })
}

fn row_problem(problem: &RosterProblem, words: &Words) -> String {
    let loader = words.loader();
    let mut place = problem.place.to_string();
    if let Some(name) = &problem.name {
        place = format!("{place} {name}");
    }
    let what = what(&problem.what, words);
    if problem.what.is_note() {
        fl!(loader, "roster-note", place = place, what = what)
    } else {
        let kind = match problem.kind {
            Some(Kind::Officer) => fl!(loader, "kind-officer"),
            Some(Kind::Auxiliary) | None => fl!(loader, "kind-auxiliary"),
        };
        fl!(loader, "roster-refused", place = place, kind = kind, what = what)
    }
}

fn what(what: &What, words: &Words) -> String {
    let loader = words.loader();
    match what {
        What::Table(wrong) => sheet::wrong(wrong, words),
        What::NoAgency => fl!(loader, "roster-no-agency"),
        What::Duplicate { number, first } => {
            fl!(loader, "roster-duplicate", number = number.clone(), first = first.to_string())
        }
        What::BirthDiffers => fl!(loader, "roster-birth-differs"),
        What::AgencyDiffers { code, other } => {
            fl!(loader, "roster-agency-differs", code = code.clone(), other = other.clone())
        }
    }
}
