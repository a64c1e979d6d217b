//! `auxlog admin figures`: the figures of an agency and a period (第三十二条), from the server's read model.

use auxlog_record::Date;
use auxlog_registers::figures::Figure;
use auxlog_server::admin::Admin as Server;
use auxlog_sheet::{Book, Column, Layout, Shape, Value};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use super::admin_register::which_agency;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Results, Table, json_line};
use crate::task_list::{Destination, ListFormat};
use crate::{failed, ledger, outfile, registers, sheet};

/// Of which agency and period, and where they go.
#[derive(Debug, Args)]
pub(crate) struct Figures {
    /// The only one, where none is named.
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    since: Date,
    #[arg(long, value_name = "DATE", value_parser = ledger::date)]
    until: Date,
    #[command(flatten)]
    to: Destination,
}

impl Figures {
    pub(crate) async fn run(&self, server: &Server, context: &Context) -> Outcome {
        let agency = which_agency(server, self.agency.as_deref(), context).await?;
        let subject = format!("figures {} {}", self.since.0, self.until.0);
        let counted = server.registers(&agency, &subject, |of| of.figures(self.since, self.until)).await;
        let figures = counted.map_err(|error| failed::admin(&error, &context.words))?;
        let figures = figures.map_err(|error| registers::failure(&error, context))?;
        let bytes = self.told(context, &figures)?;
        if let Some(path) = &self.to.output {
            outfile::write(path, &bytes).map_err(|error| Failure::usage(failed::file(path, &error, &context.words)))?;
            return Ok(Exit::Done);
        }
        let mut results = Results::new();
        results.file(&bytes)?;
        results.flush()?;
        Ok(Exit::Done)
    }

    fn told(&self, context: &Context, figures: &[Figure]) -> Result<Vec<u8>, Failure> {
        let (loader, lang) = (context.words.loader(), context.words.lang());
        let row = |figure: &Figure| {
            let (name, counts) = figure.told(lang);
            let of = figure.denominator.map(|of| of.to_string()).unwrap_or_default();
            [
                name.to_owned(),
                figure.numerator.to_string(),
                of,
                value(figure),
                counts.to_owned(),
                self.until.0.to_string(),
            ]
        };
        let heads = [
            fl!(loader, "figures-name"),
            fl!(loader, "figures-numerator"),
            fl!(loader, "figures-denominator"),
            fl!(loader, "figures-value"),
            fl!(loader, "figures-counts"),
            fl!(loader, "figures-cut-off"),
        ];
        match self.to.format {
            ListFormat::Json => {
                let line = |figure: &Figure| {
                    let (name, counts) = figure.told(lang);
                    json_line(&json!({
                        "figure": figure.key, "name": name, "numerator": figure.numerator,
                        "denominator": figure.denominator, "counts": counts,
                        "since": self.since.0.to_string(), "until": self.until.0.to_string(),
                    }))
                };
                Ok(figures.iter().filter_map(|figure| line(figure).ok()).collect::<String>().into_bytes())
            }
            ListFormat::Table => {
                let mut table = Table::new(heads);
                figures.iter().for_each(|figure| table.row(row(figure)));
                Ok(table.render().into_bytes())
            }
            ListFormat::Csv | ListFormat::Xlsx => {
                let columns = heads.map(|heading| Column { heading, shape: Shape::Line });
                let cells = |figure: &Figure| row(figure).map(Value::Text).to_vec();
                if self.to.format == ListFormat::Csv {
                    return Ok(auxlog_sheet::csv(&columns, figures.iter().map(cells)).into_bytes());
                }
                let name = fl!(loader, "figures-sheet");
                let layout = Layout { name: &name, title: None, columns: &columns, kept: 1 };
                let mut book = Book::new();
                let written = book.sheet(&layout, figures.iter().map(cells)).and_then(|()| book.finish());
                written.map_err(|error| sheet::unwritten(&error, &context.words))
            }
        }
    }
}

/// What it comes to: a share in per cent, or so many of each; nothing where there is nothing to divide by.
fn value(figure: &Figure) -> String {
    match figure.denominator {
        None => figure.numerator.to_string(),
        Some(0) => String::new(),
        Some(of) if figure.key.starts_with("hours-") => tenths(figure.numerator * 10 / of),
        Some(of) => format!("{}%", tenths(figure.numerator * 1000 / of)),
    }
}

fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
