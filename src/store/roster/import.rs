//! Reading a roster file: what can be taken is taken, the rest is named row by row.

use std::collections::BTreeMap;

use auxlog_record::{Agency, AgencyId, Date, Roster, plain};
use auxlog_sheet::{Place, Sheet, Wrong};

use super::column::{FIELDS, kind_named};
use super::row::{Row, auxiliary, officer};
use super::{Column, Kind, RosterFileError, RosterProblem, What};

/// What an import may rely on beyond the file.
#[derive(Debug, Clone)]
pub struct ImportContext {
    /// Agencies known already, so that a file may give names alone.
    pub agencies: Vec<Agency>,
    /// The agency of a person whose row names none.
    pub default_agency: Option<AgencyId>,
    /// The day of the import: nobody was born or trained after it.
    pub today: Date,
}

/// What an import took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterImportReport {
    /// Agencies named.
    pub agencies: usize,
    /// Officers taken.
    pub officers: usize,
    /// Auxiliaries taken.
    pub auxiliaries: usize,
    /// Rows that could not be taken.
    pub refused: usize,
    /// What could not be taken and what wants noticing, in the file's order.
    pub problems: Vec<RosterProblem>,
}

/// A roster read from a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterImport {
    /// The roster; its version is set when it is recorded.
    pub roster: Roster,
    /// What was taken.
    pub report: RosterImportReport,
}

/// Reads the roster file `name` (xlsx, xls, csv in UTF-8 or GBK) from its bytes.
///
/// # Errors
/// When the file as a whole cannot be read or holds no sheet of people. A row that cannot be
/// taken is no error: it stands in the report with sheet, row, column and reason.
pub fn read_roster(bytes: &[u8], name: &str, context: &ImportContext) -> Result<RosterImport, RosterFileError> {
    let sheets = auxlog_sheet::read(bytes, name)?;
    let mut import = Import::new(context);
    let table = |heading: &Heading| of_people(heading) || of_agencies(heading);
    let headings: Vec<_> = sheets.iter().map(|sheet| Heading::find(sheet, &FIELDS, table)).collect();
    for (sheet, heading) in sheets.iter().zip(&headings) {
        if let Some(heading) = heading.as_ref().filter(|heading| of_agencies(heading)) {
            import.agency_sheet(sheet, heading);
        }
    }
    let mut people = false;
    for (sheet, heading) in sheets.iter().zip(&headings) {
        match heading {
            Some(heading) if of_people(heading) => {
                people = true;
                import.people_sheet(sheet, heading);
            }
            Some(_) => {}
            None if sheet.rows.is_empty() => {}
            None => import.note(sheet, 0, None, Wrong::NoHeading),
        }
    }
    if !people {
        return Err(RosterFileError::NoPeople);
    }
    Ok(import.finish())
}

type Heading = auxlog_sheet::Heading<Column>;

fn of_people(heading: &Heading) -> bool {
    heading.has(Column::Name) && (heading.has(Column::Number) || heading.has(Column::Certificate))
}

fn of_agencies(heading: &Heading) -> bool {
    !heading.has(Column::Name) && heading.has(Column::Agency) && heading.has(Column::AgencyCode)
}

/// Whose sheet it is, by its headings.
fn kind_of(heading: &Heading) -> Option<Kind> {
    heading.texts.iter().find_map(|text| match text {
        text if text.contains("执法证") => Some(Kind::Officer),
        text if text.contains("工作证") || text.contains("辅助") => Some(Kind::Auxiliary),
        _ => None,
    })
}

struct Import<'a> {
    context: &'a ImportContext,
    roster: Roster,
    refused: usize,
    problems: Vec<RosterProblem>,
    /// Agency codes by name, in plain form.
    codes: BTreeMap<String, AgencyId>,
    /// Where each number, in plain form, stood first.
    seen: BTreeMap<(Kind, String), Place>,
}

impl<'a> Import<'a> {
    fn new(context: &'a ImportContext) -> Self {
        let codes =
            context.agencies.iter().map(|agency| (plain(&agency.name).into_owned(), agency.id.clone())).collect();
        Self { context, roster: Roster::default(), refused: 0, problems: Vec::new(), codes, seen: BTreeMap::new() }
    }

    fn note(&mut self, sheet: &Sheet, row: usize, column: Option<usize>, what: impl Into<What>) {
        let place = sheet.place(row, column);
        self.problems.push(RosterProblem { place, kind: None, name: None, what: what.into() });
    }

    fn agency_sheet(&mut self, sheet: &Sheet, heading: &Heading) {
        for index in heading.rows(sheet, &FIELDS) {
            let mut row = Row::new(sheet, index, &FIELDS, heading, self.context.today);
            if let (Some(code), Some(name)) = (row.text(Column::AgencyCode), row.text(Column::Agency)) {
                let column = heading.position(Column::Agency);
                self.agency(sheet, index, column, Some(&code), Some(&name));
            }
        }
    }

    fn people_sheet(&mut self, sheet: &Sheet, heading: &Heading) {
        for (position, what) in &heading.aside {
            self.note(sheet, heading.row + 1, Some(*position), what.clone());
        }
        let kind = kind_named(&sheet.name).or_else(|| kind_named(&heading.title)).or(kind_of(heading));
        let kind = kind.unwrap_or(if heading.has(Column::Training) { Kind::Auxiliary } else { Kind::Officer });
        for needed in Column::needed(kind) {
            let by_identity = *needed == Column::Born && heading.has(Column::IdentityNumber);
            if !heading.has(*needed) && !by_identity {
                self.note(sheet, heading.row + 1, None, Wrong::MissingColumn(needed.heading().to_owned()));
            }
        }
        for index in heading.rows(sheet, &FIELDS) {
            self.person(sheet, index, heading, kind);
        }
    }

    fn person(&mut self, sheet: &Sheet, index: usize, heading: &Heading, kind: Kind) {
        let mut row = Row::new(sheet, index, &FIELDS, heading, self.context.today);
        let kind = row.text(Column::KindOfPerson).and_then(|text| kind_named(&text)).unwrap_or(kind);
        let (code, agency_name) = (row.text(Column::AgencyCode), row.text(Column::Agency));
        let agency_column = heading.position(Column::Agency).or(heading.position(Column::AgencyCode));
        let number_column = heading.position(Column::Number).or(heading.position(Column::Certificate));
        let (number, name, auxiliary, officer) = match kind {
            Kind::Auxiliary => {
                let person = auxiliary(&mut row);
                (person.id.0.clone(), person.name.clone(), Some(person), None)
            }
            Kind::Officer => {
                let person = officer(&mut row);
                (person.id.0.clone(), person.name.clone(), None, Some(person))
            }
        };
        let mut problems = std::mem::take(&mut row.wrong);
        if !number.is_empty() {
            let here = sheet.place(index + 1, number_column);
            let key = (kind, plain(&number).into_owned());
            if let Some(first) = self.seen.get(&key) {
                problems.push((number_column, What::Duplicate { number: number.clone(), first: first.clone() }));
            } else {
                self.seen.insert(key, here);
            }
        }
        let agency = self.agency(sheet, index, agency_column, code.as_deref(), agency_name.as_deref());
        if agency.is_none() {
            problems.push((agency_column, What::NoAgency));
        }
        let taken = problems.iter().all(|(_, what)| what.is_note());
        let named = Some(name).filter(|name| !name.is_empty());
        self.problems.extend(problems.into_iter().map(|(column, what)| RosterProblem {
            place: sheet.place(index + 1, column),
            kind: Some(kind),
            name: named.clone(),
            what,
        }));
        let Some(agency) = agency.filter(|_| taken) else {
            self.refused += 1;
            return;
        };
        if let Some(mut person) = auxiliary {
            person.agency = agency.clone();
            self.roster.auxiliaries.insert(person.id.clone(), person);
        }
        if let Some(mut person) = officer {
            person.agency = agency;
            self.roster.officers.insert(person.id.clone(), person);
        }
    }

    /// The agency that a row names by code, by name or not at all. A name without a known code
    /// is its own code.
    fn agency(
        &mut self,
        sheet: &Sheet,
        index: usize,
        column: Option<usize>,
        code: Option<&str>,
        name: Option<&str>,
    ) -> Option<AgencyId> {
        let id = match (code, name) {
            (Some(code), _) => AgencyId::from(code),
            (None, Some(name)) => {
                // The name column may hold a code.
                let by_code = AgencyId::from(name);
                let known = self.roster.agencies.contains_key(&by_code)
                    || self.context.agencies.iter().any(|agency| agency.id == by_code);
                if known { by_code } else { self.codes.get(&*plain(name)).cloned().unwrap_or(by_code) }
            }
            (None, None) => self.context.default_agency.clone()?,
        };
        let name = name.filter(|name| *name != id.0);
        let known = self.context.agencies.iter().find(|agency| agency.id == id).map(|agency| agency.name.clone());
        let entry = self.roster.agencies.entry(id.clone()).or_insert_with(|| Agency {
            id: id.clone(),
            name: name.map(str::to_owned).or(known).unwrap_or_else(|| id.0.clone()),
        });
        if let Some(name) = name {
            if entry.name == id.0 {
                name.clone_into(&mut entry.name);
            }
            let other = entry.name.clone();
            self.codes.entry(plain(name).into_owned()).or_insert_with(|| id.clone());
            if plain(&other) != plain(name) {
                let what = What::AgencyDiffers { code: id.0.clone(), other };
                if !self.problems.iter().any(|problem| problem.what == what) {
                    self.note(sheet, index + 1, column, what);
                }
            }
        }
        Some(id)
    }

    fn finish(self) -> RosterImport {
        let report = RosterImportReport {
            agencies: self.roster.agencies.len(),
            officers: self.roster.officers.len(),
            auxiliaries: self.roster.auxiliaries.len(),
            refused: self.refused,
            problems: self.problems,
        };
        RosterImport { roster: self.roster, report }
    }
}
