//! The fields of a table: the headings they go by, the shape of their cells.

use std::collections::HashMap;
use std::fmt;

use auxlog_record::Date;
use chrono::NaiveDateTime;

use crate::Wrong;
use crate::value::fold;

/// What stands in a column's cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A number or code by which somebody or something goes: no blanks, leading zeros kept.
    Code,
    /// Text in one line.
    Line,
    /// Text in any number of lines.
    Text,
    /// A whole number.
    Number,
    /// An amount of money.
    Money,
    /// A date; a month alone is its first day.
    Day,
    /// The same where it cannot lie ahead.
    PastDay,
    /// The last day of something, or [`ENDLESS`](crate::value::ENDLESS); a month alone is its last day.
    LastDay,
    /// A date and a time.
    Time,
    /// One of some words: each as it is written, then what else people write for it.
    Choice(Vec<Vec<String>>),
    /// 是 or 否.
    YesNo,
    /// Understood, and not kept.
    Ignored,
}

impl Shape {
    /// A choice between words: each as it is written, then its synonyms, with blanks between them.
    pub fn choice<T>(words: &[(T, &str)]) -> Self {
        Self::Choice(words.iter().map(|(_, forms)| split(forms)).collect())
    }

    /// What a cell may be chosen from.
    pub fn choices(&self) -> Vec<String> {
        match self {
            Self::Choice(words) => words.iter().filter_map(|forms| forms.first().cloned()).collect(),
            Self::YesNo => ["是", "否"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        }
    }
}

fn split(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An amount of money, in 分.
    Money(i64),
    /// A date.
    Day(Date),
    /// A date and a time, as the clock on the wall showed it.
    Time(NaiveDateTime),
    /// Yes or no.
    Yes(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Money(fen) => {
                let sign = if *fen < 0 { "-" } else { "" };
                write!(f, "{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
            }
            Self::Day(day) => day.0.fmt(f),
            Self::Time(time) => time.format("%Y-%m-%d %H:%M").fmt(f),
            Self::Yes(yes) => f.write_str(if *yes { "是" } else { "否" }),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Date> for Value {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Blank, Into::into)
    }
}

/// A column to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub heading: String,
    /// What stands in it.
    pub shape: Shape,
}

/// A column that a table may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<K> {
    /// What it is to the table's owner.
    pub key: K,
    /// The headings it goes by: the one we write, then what else people call it.
    pub headings: Vec<String>,
    /// What stands in it.
    pub shape: Shape,
}

impl<K> Field<K> {
    /// A field that goes by `headings`, which have blanks between them.
    pub fn new(key: K, headings: &str, shape: Shape) -> Self {
        Self { key, headings: split(headings), shape }
    }

    /// The heading that we write, and name in messages.
    pub fn heading(&self) -> &str {
        self.headings.first().map_or("", String::as_str)
    }

    /// That `value` is none of the words which may stand there.
    pub(crate) fn not_one_of(&self, value: String) -> Wrong {
        Wrong::NotOneOf { heading: self.heading().to_owned(), value, choices: self.shape.choices() }
    }
}

/// The columns that a table may have.
#[derive(Debug, Clone, Default)]
pub struct Fields<K> {
    fields: Vec<Field<K>>,
    by_heading: HashMap<String, usize>,
}

impl<K: Copy + PartialEq> Fields<K> {
    /// A table of `fields`; of two that go by one heading the first is meant.
    pub fn new(fields: impl IntoIterator<Item = Field<K>>) -> Self {
        let fields: Vec<Field<K>> = fields.into_iter().collect();
        let mut by_heading = HashMap::new();
        // What stands in brackets counts for least.
        for keep in [true, false] {
            for (at, field) in fields.iter().enumerate() {
                for heading in &field.headings {
                    by_heading.entry(key(heading, keep)).or_insert(at);
                }
            }
        }
        by_heading.remove("");
        Self { fields, by_heading }
    }

    /// The field that a heading means.
    pub fn meant_by(&self, heading: &str) -> Option<&Field<K>> {
        let found = |key: String| self.by_heading.get(&key).and_then(|at| self.fields.get(*at));
        found(key(heading, true)).or_else(|| found(key(heading, false)))
    }

    /// The field that goes by `key`.
    pub fn get(&self, key: K) -> Option<&Field<K>> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The columns of a table that has all of them.
    pub fn columns(&self) -> Vec<Column> {
        let kept = self.fields.iter().filter(|field| field.shape != Shape::Ignored);
        kept.map(|field| Column { heading: field.heading().to_owned(), shape: field.shape.clone() }).collect()
    }
}

/// A heading without blanks, stars, colons, line breaks, and (unless `keep`) what stands in
/// brackets, in small letters.
fn key(heading: &str, keep: bool) -> String {
    let mut depth = 0_usize;
    fold(heading)
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' | '【' => depth += 1,
                ')' | ']' | '】' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            let bracket = matches!(c, '(' | '[' | '【');
            !bracket && (keep || depth == 0) && !c.is_whitespace() && !matches!(c, '*' | ':' | '_' | '-' | '、' | '/')
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_the_forms_people_write() {
        let headings = [(1, "姓名 name"), (2, "编号"), (3, "出生日期"), (4, "工作证有效期至")];
        let fields = Fields::new(headings.map(|(key, names)| Field::new(key, names, Shape::Line)));
        for (heading, key) in [
            ("姓 名", 1),
            ("ＮＡＭＥ", 1),
            ("*编号", 2),
            ("编号\u{200b}", 2),
            ("出生日期（年-月-日）", 3),
            ("工作证\n有效期至：", 4),
        ] {
            assert_eq!(fields.meant_by(heading).map(|field| field.key), Some(key), "{heading}");
        }
        assert_eq!(fields.meant_by("星座"), None);
        assert_eq!(fields.meant_by(""), None);
    }

    #[test]
    fn money_is_written_with_its_fen() {
        for (fen, text) in [(-5, "-0.05"), (120_050, "1200.50"), (0, "0.00")] {
            assert_eq!(Value::Money(fen).to_string(), text);
        }
    }
}
