//! `auxlog rules list`.

use auxlog_law::Rulebook;
use clap::{Args, ValueEnum};
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Results, Table};

/// What to list, and in which form.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[arg(value_enum, default_value_t = What::Activities)]
    what: What,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Activities,
    Rows,
    Provisions,
}

impl List {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let book = context.words.rulebook();
        crate::output::tell(book.notice(context.words.lang()));
        let mut results = Results::new();
        match (self.what, self.format) {
            (What::Activities, Format::Table) => activities(book, context, &mut results)?,
            (What::Rows, Format::Table) => rows(book, context, &mut results)?,
            (What::Provisions, Format::Table) => provisions(book, context, &mut results)?,
            (What::Activities, Format::Json) => {
                for a in book.activities() {
                    results.json(&json!({ "code": a.code, "item": a.item, "zh": a.zh, "en": a.en }))?;
                }
            }
            (What::Rows, Format::Json) => {
                for row in book.rows() {
                    results.json(&super::show::row_json(row))?;
                }
            }
            (What::Provisions, Format::Json) => {
                for p in book.provisions() {
                    results.json(&json!({ "cite": p.cite, "article": p.article, "item": p.item, "text": p.text }))?;
                }
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }
}

fn activities(book: &Rulebook, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let (loader, lang) = (context.words.loader(), context.words.lang());
    let mut table = Table::new([fl!(loader, "column-code"), fl!(loader, "column-item"), fl!(loader, "column-name")]);
    for activity in book.activities() {
        let name = activity.name(lang).to_owned();
        table.row([activity.code.clone(), book.cite_label(&activity.item, lang), name]);
    }
    table.print(results)
}

fn rows(book: &Rulebook, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let (loader, lang) = (context.words.loader(), context.words.lang());
    let heading = [fl!(loader, "column-rule"), fl!(loader, "column-verdict"), fl!(loader, "column-message")];
    let mut table = Table::new(heading);
    for row in book.rows() {
        for case in &row.cases {
            let verdict = context.words.terms().verdict(case.severity);
            table.row([row.id.clone(), verdict, case.message(lang).to_owned()]);
        }
    }
    table.print(results)
}

fn provisions(book: &Rulebook, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let (loader, lang) = (context.words.loader(), context.words.lang());
    let mut table =
        Table::new([fl!(loader, "column-code"), fl!(loader, "column-provision"), fl!(loader, "column-text")]);
    // An article's text holds its items': the first line is enough to know it by.
    for provision in book.provisions() {
        let first = provision.text.lines().next().unwrap_or_default().to_owned();
        table.row([provision.cite.clone(), book.cite_label(&provision.cite, lang), first]);
    }
    table.print(results)
}
