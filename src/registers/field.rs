//! Fields: what an entry holds. The list of kinds is closed and small; what it can't say is Rust in the
//! register's folder.

use auxlog_law::Lang;
use auxlog_record::{Data, Date, Datum, MAX_FIELD, MAX_TEXT, Moment, RecordId, is_hidden};
use auxlog_sheet::Shape;
use serde::Deserialize;

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Names {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Names {
    /// The name in `lang`.
    pub fn of(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text in one line.
    Line,
    /// Text in several lines.
    Text,
    /// A day, `2026-11-30`.
    Date,
    /// A moment, RFC 3339.
    Time,
    /// A whole number.
    Number,
    /// Money, in fen.
    Money,
    /// One of the field's choices.
    Choice,
    /// Yes or no.
    Flag,
    /// An auxiliary's number.
    Person,
    /// An officer's number.
    Officer,
    /// An agency's code.
    Agency,
    /// A company's 统一社会信用代码.
    Company,
    /// Another entry: its record's id.
    Entry,
    /// A file, by the hash of its content.
    File,
    /// Fields of their own.
    Group,
}

/// A word that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choice {
    /// As it is stored.
    pub key: String,
    /// Its names.
    #[serde(flatten)]
    pub names: Names,
    /// What else people write for it, blanks between.
    #[serde(default)]
    pub also: String,
}

/// A field, declared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is said of a field by itself")]
pub struct Field {
    /// Its number in bodies; never reused.
    pub n: u16,
    /// Its name in commands and JSON.
    pub key: String,
    /// What stands in it.
    pub kind: Kind,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The other headings that it goes by on sheets, blanks between.
    #[serde(default)]
    pub headings: String,
    /// Nothing is entered without it.
    #[serde(default)]
    pub required: bool,
    /// Several may stand in it.
    #[serde(default)]
    pub many: bool,
    /// Anybody may see it.
    #[serde(default)]
    pub public: bool,
    /// Typed on a laptop it is sealed to the server's key, and read there alone.
    #[serde(default)]
    pub sealed: bool,
    /// Left out of lists.
    #[serde(default)]
    pub unlisted: bool,
    /// What else people write for yes, blanks between.
    #[serde(default)]
    pub yes: String,
    /// What else people write for no.
    #[serde(default)]
    pub no: String,
    /// What may be chosen.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The register whose entries are meant.
    #[serde(default)]
    pub register: String,
    /// What is known by a number on sheets: the field of that register by which an entry is named.
    #[serde(default)]
    pub by: String,
    /// The fields of a group.
    #[serde(default)]
    pub fields: Vec<Field>,
}

/// Why something can't stand in a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Nothing stands in a field that must have something.
    #[error("nothing stands there")]
    Missing,
    /// It is not of the field's kind.
    #[error("{said:?} does not fit")]
    Kind {
        /// What stands there.
        said: String,
    },
    /// It is none of the choices.
    #[error("{said:?} is none of {choices:?}")]
    NoChoice {
        /// What stands there.
        said: String,
        /// What may be chosen.
        choices: Vec<String>,
    },
    /// It is too long.
    #[error("longer than {most} characters")]
    TooLong {
        /// The most.
        most: usize,
    },
    /// It holds a mark that is not seen.
    #[error("it holds a mark that is not seen")]
    Hidden,
    /// Nobody and nothing that is known is called so, or several are.
    #[error("{said:?} is not known, or several are called so")]
    Unknown {
        /// What stands there.
        said: String,
    },
    /// The register has no such field.
    #[error("there is no such field")]
    NoField,
}

impl Field {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// Whether a datum may stand in it.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, datum: &Datum) -> Result<(), Misfit> {
        match datum {
            Datum::Sealed(_) if self.sealed => Ok(()),
            _ if self.sealed => Err(Misfit::NoField),
            Datum::List(list) if self.many => list.iter().try_for_each(|one| self.check_one(one)),
            one if !self.many => self.check_one(one),
            other => Err(Misfit::Kind { said: self.plain(other) }),
        }
    }

    fn check_one(&self, datum: &Datum) -> Result<(), Misfit> {
        let misfit = || Misfit::Kind { said: self.plain(datum) };
        match (self.kind, datum) {
            (Kind::Number | Kind::Money, Datum::Number(_)) | (Kind::Flag, Datum::Flag(_)) => Ok(()),
            (Kind::Group, Datum::Group(group)) => {
                check_all(&self.fields, group).into_iter().next().map_or(Ok(()), |(_, misfit)| Err(misfit))
            }
            (Kind::Number | Kind::Money | Kind::Flag | Kind::Group, _) => Err(misfit()),
            (_, Datum::Text(text)) => self.check_text(text),
            _ => Err(misfit()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), Misfit> {
        let misfit = || Misfit::Kind { said: text.to_owned() };
        let most = if self.kind == Kind::Text { MAX_TEXT } else { MAX_FIELD };
        if text.chars().count() > most {
            return Err(Misfit::TooLong { most });
        }
        let of_lines = self.kind == Kind::Text;
        if text.contains(|c: char| is_hidden(c) && !(of_lines && matches!(c, '\n' | '\r' | '\t'))) {
            return Err(Misfit::Hidden);
        }
        let fits = match self.kind {
            Kind::Date => date_of(text).is_some(),
            Kind::Time => moment_of(text).is_some(),
            Kind::Entry => text.parse::<RecordId>().is_ok(),
            Kind::Choice if self.choices.iter().all(|choice| choice.key != *text) => {
                let choices = self.choices.iter().map(|choice| choice.names.zh.clone()).collect();
                return Err(Misfit::NoChoice { said: text.to_owned(), choices });
            }
            _ => !text.trim().is_empty(),
        };
        if fits { Ok(()) } else { Err(misfit()) }
    }

    /// A datum in words.
    pub fn show(&self, datum: &Datum, lang: Lang) -> String {
        match datum {
            Datum::List(list) => {
                list.iter().map(|one| self.show(one, lang)).collect::<Vec<_>>().join(lang.pick("、", ", "))
            }
            Datum::Group(group) => {
                let part =
                    |field: &Field| Some(format!("{} {}", field.name(lang), field.show(group.get(&field.n)?, lang)));
                self.fields.iter().filter_map(part).collect::<Vec<_>>().join(lang.pick("，", "; "))
            }
            Datum::Flag(yes) => (if *yes { lang.pick("是", "yes") } else { lang.pick("否", "no") }).to_owned(),
            Datum::Number(fen) if self.kind == Kind::Money => auxlog_sheet::Value::Money(*fen).to_string(),
            Datum::Number(number) => number.to_string(),
            Datum::Sealed(_) => {
                lang.pick("（已密封，只有服务器可读）", "(sealed; only the server reads it)").to_owned()
            }
            Datum::Text(text) if self.kind == Kind::Choice => {
                let named = self.choices.iter().find(|choice| choice.key == *text);
                named.map_or(text.as_str(), |choice| choice.names.of(lang)).to_owned()
            }
            Datum::Text(text) if self.kind == Kind::Time => moment_of(text).map_or_else(
                || text.clone(),
                |at| at.0.with_timezone(&auxlog_record::china()).format("%Y-%m-%d %H:%M").to_string(),
            ),
            Datum::Text(text) => text.clone(),
        }
    }

    fn plain(&self, datum: &Datum) -> String {
        self.show(datum, Lang::Zh)
    }

    /// Reads one value as a person writes it.
    ///
    /// # Errors
    /// Why it can't stand there.
    pub(crate) fn read(&self, said: &str) -> Result<Datum, Misfit> {
        use auxlog_sheet::value;
        let said = said.trim();
        if said.is_empty() {
            return Err(Misfit::Missing);
        }
        let misfit = || Misfit::Kind { said: said.to_owned() };
        let datum = match self.kind {
            Kind::Number => Datum::Number(value::whole(said).ok_or_else(misfit)?),
            Kind::Money => Datum::Number(value::money(said).ok_or_else(misfit)?),
            Kind::Flag => Datum::Flag(self.is_yes(said).ok_or_else(misfit)?),
            Kind::Date => Datum::Text(value::date(said, value::Edge::First).ok_or_else(misfit)?.0.to_string()),
            Kind::Time => match moment_of(said) {
                Some(_) => Datum::Text(said.to_owned()),
                None => Datum::Text(of_wall(value::time(said).ok_or_else(misfit)?)),
            },
            Kind::Choice => Datum::Text(self.chosen(said).unwrap_or(said).to_owned()),
            Kind::Group => return Err(misfit()),
            Kind::Text | Kind::File => Datum::Text(said.to_owned()),
            _ => Datum::Text(said.split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        self.check_one(&datum).map(|()| datum)
    }

    /// Whether a word means yes.
    fn is_yes(&self, said: &str) -> Option<bool> {
        let said_by = |words: &str| words.split_whitespace().any(|word| word == said);
        auxlog_sheet::value::yes(said).or(said_by(&self.yes).then_some(true)).or(said_by(&self.no).then_some(false))
    }

    /// The choice that a word means.
    fn chosen(&self, said: &str) -> Option<&str> {
        let said = auxlog_record::plain(said);
        let means = |choice: &&Choice| {
            let mut names = [choice.key.as_str(), &choice.names.zh, &choice.names.en].into_iter();
            names.any(|name| auxlog_record::plain(name) == said)
                || choice.also.split_whitespace().any(|name| auxlog_record::plain(name) == said)
        };
        self.choices.iter().find(means).map(|choice| choice.key.as_str())
    }

    /// What stands in a column of it on a sheet.
    pub fn shape(&self) -> Shape {
        match self.kind {
            _ if self.many => Shape::Text,
            Kind::Line | Kind::Company | Kind::Entry | Kind::File => Shape::Line,
            Kind::Text | Kind::Group => Shape::Text,
            Kind::Date => Shape::Day,
            Kind::Time => Shape::Time,
            Kind::Number => Shape::Number,
            Kind::Money => Shape::Money,
            Kind::Flag if self.yes.is_empty() => Shape::YesNo,
            Kind::Flag => {
                let forms = |first: &str, more: &str| {
                    [first].into_iter().chain(more.split_whitespace()).map(str::to_owned).collect()
                };
                Shape::Choice(vec![
                    forms("是", &format!("有 √ ✓ yes {}", self.yes)),
                    forms("否", &format!("没有 × ✗ no {}", self.no)),
                ])
            }
            Kind::Person | Kind::Officer | Kind::Agency => Shape::Code,
            Kind::Choice => Shape::Choice(self.choices.iter().map(Choice::forms).collect()),
        }
    }
}

impl Choice {
    fn forms(&self) -> Vec<String> {
        let own = [&self.names.zh, &self.names.en, &self.key].into_iter().cloned();
        own.chain(self.also.split_whitespace().map(str::to_owned)).collect()
    }
}

/// The day that a text says as it is stored.
pub(crate) fn date_of(text: &str) -> Option<Date> {
    text.parse().ok().map(Date)
}

/// A time as the clock on the wall in China showed it, as it is stored.
pub fn of_wall(time: chrono::NaiveDateTime) -> String {
    format!("{}+08:00", time.format("%Y-%m-%dT%H:%M:%S"))
}

/// What is wrong with data by these fields, each with the field's key: in the order of the fields, then what
/// there is no field for.
pub fn check_all(fields: &[Field], data: &Data) -> Vec<(String, Misfit)> {
    let mut wrong = Vec::new();
    for field in fields {
        match data.get(&field.n) {
            Some(datum) => {
                if let Err(misfit) = field.check(datum) {
                    wrong.push((field.key.clone(), misfit));
                }
            }
            None if field.required => wrong.push((field.key.clone(), Misfit::Missing)),
            None => {}
        }
    }
    let unknown = data.keys().filter(|n| fields.iter().all(|field| field.n != **n));
    wrong.extend(unknown.map(|n| (n.to_string(), Misfit::NoField)));
    wrong
}

/// The moment that a text says as it is stored.
pub(crate) fn moment_of(text: &str) -> Option<Moment> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(Moment)
}
