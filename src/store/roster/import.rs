//! Reading a roster file: what can be taken is taken, the rest is named row by row.

use std::collections::BTreeMap;

use auxlog_record::{Agency, AgencyId, Date, Roster, plain};

use super::column::kind_named;
use super::grid::{self, Sheet};
use super::row::Row;
use super::{Column, Kind, Place, RosterFileError, RosterProblem, What};

/// Rows above the heading that may hold titles.
const TITLE_ROWS: usize = 30;

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
    let sheets = grid::read(bytes, name)?;
    let mut import = Import::new(context);
    let headings: Vec<_> = sheets.iter().map(heading).collect();
    for (sheet, heading) in sheets.iter().zip(&headings) {
        if let Some(heading) = heading.as_ref().filter(|heading| heading.of_agencies()) {
            import.agency_sheet(sheet, heading);
        }
    }
    let mut people = false;
    for (sheet, heading) in sheets.iter().zip(&headings) {
        match heading {
            Some(heading) if heading.of_people() => {
                people = true;
                import.people_sheet(sheet, heading);
            }
            Some(_) => {}
            None if sheet.rows.is_empty() => {}
            None => import.note(sheet, 0, None, What::NoHeading),
        }
    }
    if !people {
        return Err(RosterFileError::NoPeople { path: name.to_owned() });
    }
    Ok(import.finish())
}

/// A sheet's heading row.
struct Heading {
    /// First row below it.
    below: usize,
    /// The row itself, for messages.
    row: usize,
    /// What each column means, in the sheet's order, each meaning once.
    columns: Vec<(Column, usize)>,
    /// Columns left aside, and why.
    aside: Vec<(usize, What)>,
    /// Whose sheet it is, by its headings.
    kind: Option<Kind>,
    /// The text of the rows above.
    title: String,
}

impl Heading {
    fn has(&self, column: Column) -> bool {
        self.columns.iter().any(|(known, _)| *known == column)
    }

    fn of_people(&self) -> bool {
        self.has(Column::Name) && (self.has(Column::Number) || self.has(Column::Certificate))
    }

    fn of_agencies(&self) -> bool {
        !self.has(Column::Name) && self.has(Column::Agency) && self.has(Column::AgencyCode)
    }
}

/// Finds the heading row: the one among the first rows with the most known headings, in one row
/// or, where headings are split (工作证 over 证号 and 有效期至), two.
fn heading(sheet: &Sheet) -> Option<Heading> {
    let mut best: Option<Heading> = None;
    for row in 0..sheet.rows.len().min(TITLE_ROWS) {
        for double in [false, true] {
            let found = heading_at(sheet, row, double);
            let better = best.as_ref().is_none_or(|best| found.columns.len() > best.columns.len());
            if (found.of_people() || found.of_agencies()) && better {
                best = Some(found);
            }
        }
    }
    best
}

fn heading_at(sheet: &Sheet, row: usize, double: bool) -> Heading {
    let width = sheet.rows[row].len().max(if double { sheet.rows.get(row + 1).map_or(0, Vec::len) } else { 0 });
    let mut found = Heading {
        below: row + 1 + usize::from(double),
        row: row + usize::from(double),
        columns: Vec::new(),
        aside: Vec::new(),
        kind: None,
        title: (0..row).flat_map(|above| &sheet.rows[above]).map(grid::Cell::text).collect(),
    };
    for position in 0..width {
        let upper = sheet.cell(row, position).text();
        let lower = if double { sheet.cell(row + 1, position).text() } else { String::new() };
        let (text, column) = if lower.is_empty() || lower == upper {
            (upper.clone(), Column::of(&upper))
        } else {
            let joined = format!("{upper}{lower}");
            let column = Column::of(&joined).or_else(|| Column::of(&lower));
            (joined, column)
        };
        if text.contains("执法证") {
            found.kind = found.kind.or(Some(Kind::Officer));
        } else if text.contains("工作证") || text.contains("辅助") {
            found.kind = found.kind.or(Some(Kind::Auxiliary));
        }
        match column {
            Some(Column::Ignored) => {}
            Some(column) if found.has(column) => found.aside.push((position, What::HeadingTwice(text))),
            Some(column) => found.columns.push((column, position)),
            None if text.is_empty() => {}
            None => found.aside.push((position, What::UnknownHeading(text))),
        }
    }
    found
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

    fn note(&mut self, sheet: &Sheet, row: usize, column: Option<usize>, what: What) {
        let place = place(sheet, row, column);
        self.problems.push(RosterProblem { place, kind: None, name: None, what });
    }

    fn agency_sheet(&mut self, sheet: &Sheet, heading: &Heading) {
        for index in heading.below..sheet.rows.len() {
            let mut row = Row::new(sheet, index, &heading.columns, self.context.today);
            if let (Some(code), Some(name)) = (row.text(Column::AgencyCode), row.text(Column::Agency)) {
                let column = row.position(Column::Agency);
                self.agency(sheet, index, column, Some(&code), Some(&name));
            }
        }
    }

    fn people_sheet(&mut self, sheet: &Sheet, heading: &Heading) {
        for (position, what) in &heading.aside {
            self.note(sheet, heading.row + 1, Some(*position), what.clone());
        }
        let kind = kind_named(&sheet.name).or_else(|| kind_named(&heading.title)).or(heading.kind);
        let kind = kind.unwrap_or(if heading.has(Column::Training) { Kind::Auxiliary } else { Kind::Officer });
        for needed in Column::needed(kind) {
            let by_identity = *needed == Column::Born && heading.has(Column::IdentityNumber);
            if !heading.has(*needed) && !by_identity {
                self.note(sheet, heading.row + 1, None, What::MissingColumn(*needed));
            }
        }
        for index in heading.below..sheet.rows.len() {
            self.person(sheet, index, heading, kind);
        }
    }

    fn person(&mut self, sheet: &Sheet, index: usize, heading: &Heading, kind: Kind) {
        let mut row = Row::new(sheet, index, &heading.columns, self.context.today);
        if row.is_empty() || is_furniture(sheet, index, heading) {
            return;
        }
        let kind = row.text(Column::KindOfPerson).and_then(|text| kind_named(&text)).unwrap_or(kind);
        let (code, agency_name) = (row.text(Column::AgencyCode), row.text(Column::Agency));
        let agency_column = row.position(Column::Agency).or(row.position(Column::AgencyCode));
        let (number_column, person) = (row.position(Column::Number).or(row.position(Column::Certificate)), kind);
        let (number, name, auxiliary, officer) = match person {
            Kind::Auxiliary => {
                let person = row.auxiliary();
                (person.id.0.clone(), person.name.clone(), Some(person), None)
            }
            Kind::Officer => {
                let person = row.officer();
                (person.id.0.clone(), person.name.clone(), None, Some(person))
            }
        };
        let mut problems = std::mem::take(&mut row.problems);
        if !number.is_empty() {
            let here = place(sheet, index + 1, number_column);
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
            place: place(sheet, index + 1, column),
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

/// `row` from 1 (0 is the sheet as a whole), `column` from 0.
fn place(sheet: &Sheet, row: usize, column: Option<usize>) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place { sheet: sheet.name.clone(), row: number(row), column: column.map(number) }
}

/// Headings repeated on each printed page, totals, and who drew the list up.
fn is_furniture(sheet: &Sheet, index: usize, heading: &Heading) -> bool {
    let cells: Vec<String> =
        sheet.rows[index].iter().map(grid::Cell::text).filter(|text| !text.trim().is_empty()).collect();
    let repeated = heading
        .columns
        .iter()
        .filter(|(column, position)| Column::of(&sheet.cell(index, *position).text()) == Some(*column));
    let footer = cells.first().is_some_and(|first| {
        ["合计", "总计", "填表", "制表", "审核", "说明", "备注", "注:", "填报", "示例"]
            .iter()
            .any(|word| first.starts_with(word))
    });
    repeated.count() >= 2 || (footer && cells.len() <= 6)
}
