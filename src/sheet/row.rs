//! One row of a table, cell by cell.

use auxlog_record::{Date, MAX_TEXT};

use crate::value::{self, ENDLESS, Edge, Span, is_blank};
use crate::{Cell, Field, Fields, Heading, Shape, Sheet, Value, Wrong};

/// The most characters that a cell of one line may hold.
const LONGEST: usize = 200;

/// A row under a known heading; collects what is wrong with it, as the table's owner tells it.
#[derive(Debug)]
pub struct Row<'a, K, W = Wrong> {
    sheet: &'a Sheet,
    at: usize,
    fields: &'a Fields<K>,
    heading: &'a Heading<K>,
    today: Date,
    /// Column and what is wrong, in the order found.
    pub wrong: Vec<(Option<usize>, W)>,
}

impl<'a, K: Copy + PartialEq, W: From<Wrong>> Row<'a, K, W> {
    /// The day on which it is read.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Row `at` of `sheet`, from 0; no past day lies after `today`.
    pub fn new(sheet: &'a Sheet, at: usize, fields: &'a Fields<K>, heading: &'a Heading<K>, today: Date) -> Self {
        Self { sheet, at, fields, heading, today, wrong: Vec::new() }
    }

    /// Whether the table has a column for `key`.
    pub fn has(&self, key: K) -> bool {
        self.heading.has(key)
    }

    /// Notes what is wrong with a cell.
    pub fn complain(&mut self, key: K, wrong: impl Into<W>) {
        self.wrong.push((self.heading.position(key), wrong.into()));
    }

    /// A cell that says something.
    fn cell(&mut self, key: K) -> Option<Cell> {
        let cell = self.sheet.cell(self.at, self.heading.position(key)?).clone();
        match &cell {
            Cell::Empty => None,
            Cell::Error(error) => {
                self.complain(key, Wrong::CellError(error.clone()));
                None
            }
            Cell::Text(text) if is_blank(text) => None,
            Cell::Text(text) if text.len() > LONGEST && text.chars().count() > self.longest(key) => {
                self.complain(key, Wrong::TooLong { limit: self.longest(key) });
                None
            }
            _ => Some(cell),
        }
    }

    fn longest(&self, key: K) -> usize {
        let of_lines = self.fields.get(key).is_some_and(|field| field.shape == Shape::Text);
        if of_lines { MAX_TEXT } else { LONGEST }
    }

    /// A cell's text.
    pub fn text(&mut self, key: K) -> Option<String> {
        self.cell(key).map(|cell| cell.text())
    }

    /// The same in one line: whoever wrote it broke it to fit the cell.
    pub fn line(&mut self, key: K) -> Option<String> {
        self.text(key).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The same without blanks.
    pub fn code(&mut self, key: K) -> Option<String> {
        self.text(key).map(|text| text.split_whitespace().collect())
    }

    /// A date.
    pub fn day(&mut self, key: K) -> Option<Date> {
        self.dated(key, |text| value::date(text, Edge::First), |day| day)
    }

    /// A date that cannot lie ahead.
    pub fn past_day(&mut self, key: K) -> Option<Date> {
        let day = self.day(key)?;
        if day > self.today {
            self.complain(key, Wrong::InTheFuture(day.0.to_string()));
            return None;
        }
        Some(day)
    }

    /// A last day, perhaps with the first one before it.
    pub fn span(&mut self, key: K) -> Option<Span> {
        self.dated(key, value::span, |day| Span { from: None, until: Some(day) })
    }

    fn dated<T>(&mut self, key: K, read: impl Fn(&str) -> Option<T>, of: impl Fn(Date) -> T) -> Option<T> {
        let cell = self.cell(key)?;
        let text = cell.text();
        let found = match &cell {
            Cell::Date(day) | Cell::Number { day: Some(day), .. } => Some(of(*day)),
            Cell::Time(time) => Some(of(Date(time.date()))),
            Cell::Number { shown, .. } if either_month(shown) => None,
            // A table of text keeps a date as a count of days when its cell was formatted as a number.
            _ => read(&text).or_else(|| text.parse().ok().and_then(|days| value::serial(days, false)).map(of)),
        };
        if found.is_none() {
            self.complain(key, Wrong::NotADate(text));
        }
        found
    }

    /// Which of the words of a [`Shape::Choice`] stands there.
    pub fn choice(&mut self, key: K) -> Option<usize> {
        let fields = self.fields;
        let Some(Shape::Choice(words)) = fields.get(key).map(|field| &field.shape) else { return None };
        // Words padded to equal width (合　格) are the same words.
        let bare = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
        let said = |text: &str| {
            let text = bare(text);
            words.iter().position(|forms| forms.iter().any(|form| bare(form) == text))
        };
        self.parsed(key, said, Field::not_one_of)
    }

    /// What stands there, as the field's shape has it.
    pub fn value(&mut self, key: K) -> Value {
        let fields = self.fields;
        let not_a_number = |_: &Field<K>, text| Wrong::NotANumber(text);
        let Some(field) = fields.get(key) else { return Value::Blank };
        match &field.shape {
            Shape::Code => self.code(key).into(),
            Shape::Line => self.line(key).into(),
            Shape::Text => self.text(key).into(),
            Shape::Number => self.parsed(key, value::whole, not_a_number).map(Value::Number).into(),
            Shape::Money => self.parsed(key, value::money, not_a_number).map(Value::Money).into(),
            Shape::Day => self.day(key).into(),
            Shape::PastDay => self.past_day(key).into(),
            Shape::LastDay => self.span(key).map(|span| span.until.map_or(ENDLESS.into(), Value::Day)).into(),
            Shape::Time => self.parsed(key, value::time, |_, text| Wrong::NotADate(text)).map(Value::Time).into(),
            Shape::Choice(words) => self.choice(key).and_then(|at| words[at].first().cloned()).into(),
            Shape::YesNo => self.parsed(key, value::yes, Field::not_one_of).map(Value::Yes).into(),
            Shape::Ignored => Value::Blank,
        }
    }

    /// What `read` makes of a cell's text; else what is `wrong` with it is noted.
    fn parsed<T>(
        &mut self,
        key: K,
        read: impl Fn(&str) -> Option<T>,
        wrong: impl Fn(&Field<K>, String) -> Wrong,
    ) -> Option<T> {
        let text = self.text(key)?;
        let found = read(&text);
        if let (None, Some(field)) = (&found, self.fields.get(key)) {
            self.complain(key, wrong(field, text));
        }
        found
    }
}

/// A month that a spreadsheet program kept as a number: 2027.1 was typed for January or for October.
fn either_month(shown: &str) -> bool {
    shown.len() == 6 && shown.ends_with(".1")
}
