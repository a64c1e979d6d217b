//! Entries as tables: a column a field, read cell by cell and written back as it was read.

use auxlog_law::Lang;
use auxlog_record::{Data, Date, Datum};
use auxlog_sheet::{self as sheet, Column, Fields, Place, Sheet, Value, Wrong};

use crate::field::{date_of, of_wall};
use crate::files::path_in;
use crate::{Called, Dossier, Field, Kind, Misfit, Reading, Register, json};

/// Parts of a group on a sheet stand in columns of their own: the group's number times this and the part's.
const PART: u32 = 0x1_0000;

type Key = u32;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amiss {
    /// With a cell.
    Cell(Wrong),
    /// With what a field would hold; its name.
    Field(String, Misfit),
}

impl From<Wrong> for Amiss {
    fn from(wrong: Wrong) -> Self {
        Self::Cell(wrong)
    }
}

/// A row as it was read: whole, or what is wrong with it, cell by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// What is to be entered.
    pub data: Data,
    /// What is wrong, and where.
    pub amiss: Vec<(Place, Amiss)>,
}

/// The columns of a register: those of its fields, those of its groups' parts.
fn columns<'f>(fields: impl Iterator<Item = &'f Field>) -> Fields<Key> {
    let mut columns = Vec::new();
    for field in fields {
        if field.kind == Kind::Group && !field.many {
            for part in &field.fields {
                let heading = format!("{}{}", field.zh, part.zh);
                columns.push(column(u32::from(field.n) * PART + u32::from(part.n), &heading, &field.en, part));
            }
        } else {
            columns.push(column(u32::from(field.n), &field.zh, &field.en, field));
        }
    }
    Fields::new(columns)
}

fn column(key: Key, heading: &str, en: &str, field: &Field) -> sheet::Field<Key> {
    let also = field.headings.split_whitespace().map(str::to_owned);
    let headings = [heading.to_owned(), field.key.clone(), en.to_owned()].into_iter();
    sheet::Field {
        key,
        headings: headings.take(1).chain(also).chain([field.key.clone()]).collect(),
        shape: field.shape(),
    }
}

/// Reads the sheets of a workbook or csv file. `preset` holds fields that the file need not have; `progress` is
/// told how many rows are read, and how many there are.
///
/// # Errors
/// When the file as a whole cannot be read, or no sheet has the register's headings.
pub fn read(
    register: &'static Register,
    bytes: &[u8],
    name: &str,
    preset: &Data,
    names: &dyn Reading,
    today: Date,
    progress: &dyn Fn(u64, u64),
) -> Result<Vec<Row>, sheet::FileError> {
    let sheets = sheet::read(bytes, name)?;
    let (columns, names) = (columns(register.fields.iter()), Called::of(names));
    let needed: Vec<Key> = register
        .fields
        .iter()
        .filter(|field| field.required && field.kind != Kind::Group && !preset.contains_key(&field.n))
        .map(|field| u32::from(field.n))
        .collect();
    let mut rows = Vec::new();
    let mut found = false;
    let all = sheets.iter().map(|sheet| sheet.rows.len()).sum::<usize>() as u64;
    let mut before = 0;
    for sheet in &sheets {
        let enough =
            |heading: &sheet::Heading<Key>| needed.iter().filter(|key| heading.has(**key)).count() * 2 > needed.len();
        let Some(heading) = sheet::Heading::find(sheet, &columns, enough) else { continue };
        found = true;
        for at in heading.rows(sheet, &columns) {
            rows.push(read_row(register, sheet, at, &columns, &heading, preset, &names, today));
            progress(before + at as u64, all);
        }
        before += sheet.rows.len() as u64;
    }
    progress(all, all);
    if found { Ok(rows) } else { Err(sheet::FileError::NoTable) }
}

#[expect(clippy::too_many_arguments, reason = "where a row stands, and what it is read by")]
fn read_row(
    register: &'static Register,
    sheet: &Sheet,
    at: usize,
    columns: &Fields<Key>,
    heading: &sheet::Heading<Key>,
    preset: &Data,
    names: &Called,
    today: Date,
) -> Row {
    let mut row = sheet::Row::<Key, Amiss>::new(sheet, at, columns, heading, today);
    let mut data = preset.clone();
    for field in &register.fields {
        let read = if field.kind == Kind::Group && !field.many {
            group(&mut row, field)
        } else {
            cell(&mut row, field, names)
        };
        if let Some(datum) = read {
            data.insert(field.n, datum);
        }
    }
    let told: Vec<Option<usize>> = row.wrong.iter().map(|(column, _)| *column).collect();
    for (key, misfit) in crate::check_typed(&register.fields, &data) {
        let Some(field) = register.field(&key) else { continue };
        let position = heading.position(u32::from(field.n));
        if !told.contains(&position) || position.is_none() {
            row.wrong.push((position, Amiss::Field(field.zh.clone(), misfit)));
        }
    }
    let amiss = std::mem::take(&mut row.wrong).into_iter().map(|(column, amiss)| (sheet.place(at + 1, column), amiss));
    Row { place: sheet.place(at + 1, None), data, amiss: amiss.collect() }
}

fn cell(row: &mut sheet::Row<'_, Key, Amiss>, field: &Field, names: &Called) -> Option<Datum> {
    let key = u32::from(field.n);
    let value = row.value(key);
    if value == Value::Blank {
        return None;
    }
    let read = match value {
        Value::Text(said) => names.read(field, &said),
        value => of_value(field, value),
    };
    match read.and_then(|datum| no_file(field, datum)) {
        Ok(datum) => Some(datum),
        Err(misfit) => {
            row.complain(key, Amiss::Field(field.zh.clone(), misfit));
            None
        }
    }
}

/// A sheet names no files: whoever wrote it would choose what of this machine is attached.
fn no_file(field: &Field, datum: Datum) -> Result<Datum, Misfit> {
    let path = path_in(field, &datum).map(str::to_owned);
    path.map_or(Ok(datum), |said| Err(Misfit::Kind { said }))
}

fn of_value(field: &Field, value: Value) -> Result<Datum, Misfit> {
    Ok(match value {
        Value::Number(number) | Value::Money(number) => Datum::Number(number),
        Value::Day(day) => Datum::Text(day.0.to_string()),
        Value::Time(time) => Datum::Text(of_wall(time)),
        Value::Yes(yes) => Datum::Flag(yes),
        Value::Text(text) => return field.read(&text),
        Value::Blank => return Err(Misfit::Missing),
    })
}

fn group(row: &mut sheet::Row<'_, Key, Amiss>, field: &Field) -> Option<Datum> {
    let mut group = Data::new();
    for part in &field.fields {
        let key = u32::from(field.n) * PART + u32::from(part.n);
        match row.value(key) {
            Value::Blank => {}
            value => match of_value(part, value).and_then(|datum| no_file(part, datum)) {
                Ok(datum) => drop(group.insert(part.n, datum)),
                Err(misfit) => row.complain(key, Amiss::Field(part.zh.clone(), misfit)),
            },
        }
    }
    (!group.is_empty()).then_some(Datum::Group(group))
}

/// What of entries a table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All that they hold, as it is read in again.
    All,
    /// Only what anybody may see.
    Public,
}

impl Shown {
    /// The fields that are written.
    pub fn fields(self, register: &Register) -> impl Iterator<Item = &Field> {
        register.fields.iter().filter(move |field| self != Self::Public || field.public)
    }
}

/// The columns of a written table.
pub fn headings(register: &Register, of: Shown) -> Vec<Column> {
    columns(of.fields(register)).columns()
}

/// An entry as a row under [`headings`].
pub fn row(dossier: &Dossier, of: Shown, lang: Lang, shown: &dyn Fn(&Field, &str) -> String) -> Vec<Value> {
    let mut row = Vec::new();
    for field in of.fields(dossier.register) {
        let datum = dossier.data.get(&field.n);
        if field.kind == Kind::Group && !field.many {
            let group = match datum {
                Some(Datum::Group(group)) => Some(group),
                _ => None,
            };
            let part = |part: &Field| {
                group.and_then(|group| group.get(&part.n)).map_or(Value::Blank, |datum| value(part, datum, lang, shown))
            };
            row.extend(field.fields.iter().map(part));
        } else {
            row.push(datum.map_or(Value::Blank, |datum| value(field, datum, lang, shown)));
        }
    }
    row
}

fn value(field: &Field, datum: &Datum, lang: Lang, shown: &dyn Fn(&Field, &str) -> String) -> Value {
    match (field.kind, datum) {
        // What is written there would be read in again as what it says.
        (_, Datum::Sealed(_)) => Value::Blank,
        (Kind::Group, datum) => json::value(field, datum).to_string().into(),
        (Kind::File, Datum::List(list)) => list.iter().filter_map(Datum::text).collect::<Vec<_>>().join("\n").into(),
        (_, Datum::List(list)) => {
            let one = |datum: &Datum| value(field, datum, lang, shown).to_string();
            list.iter().map(one).collect::<Vec<_>>().join("、").into()
        }
        (Kind::Money, Datum::Number(fen)) => Value::Money(*fen),
        (Kind::Number, Datum::Number(number)) => Value::Number(*number),
        (Kind::Flag, Datum::Flag(yes)) => Value::Yes(*yes),
        (Kind::Date, Datum::Text(text)) => date_of(text).map_or_else(|| text.as_str().into(), Value::Day),
        (Kind::Time, Datum::Text(text)) => {
            let at = chrono::DateTime::parse_from_rfc3339(text);
            at.map_or_else(
                |_| text.as_str().into(),
                |at| Value::Time(at.with_timezone(&auxlog_record::china()).naive_local()),
            )
        }
        (Kind::Entry | Kind::Person | Kind::Officer | Kind::Agency, Datum::Text(text)) => shown(field, text).into(),
        (_, datum) => field.show(datum, lang).into(),
    }
}
