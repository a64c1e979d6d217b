//! `auxlog check`: judges tasks without recording them.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use auxlog_law::Severity;
use auxlog_record::facts::{self, Defaults, Judging};
use auxlog_record::{Roster, StatedAuxiliary, Task};
use auxlog_registers::{Entries, people_on};
use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::input::Lines;
use crate::ledger::{self, Whose};
use crate::output::{Format, Results};
use crate::progress::Bar;
use crate::task_line;
use crate::verdict::VerdictLine;

/// Which tasks, and in which form they are judged.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(default_value = "-", value_name = "FILE")]
    file: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    whose: Whose,
}

/// Lines between two looks at the progress bar.
const BETWEEN_LOOKS: usize = 256;

impl Check {
    /// Judges each line's task, in the order of the lines, holding one line at a time.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let book = context.words.rulebook();
        let mut lines = Lines::open(context, &self.file)?;
        let mut results = Results::new();
        let mut people = None;
        let bar = Bar::of_file(&fl!(context.words.loader(), "progress-check"));
        // Where the verdicts scroll by on the same screen they are the progress.
        let watched = !std::io::stdout().is_terminal();
        let (mut bad, mut all_permitted) = (0_usize, true);
        while let Some(line) = lines.next()? {
            if let Some((done, all)) = lines.progress().filter(|_| watched && line.number % BETWEEN_LOOKS == 0) {
                bar.set(done, all);
            }
            let task = match line.text.map(|text| task_line::read(&text, |code| book.activity(code))) {
                Ok(Ok(task)) => task,
                wrong => {
                    bad += 1;
                    bar.aside(|| match wrong {
                        Err(no_text) => lines.complain(line.number, &no_text),
                        Ok(problems) => problems
                            .err()
                            .into_iter()
                            .flatten()
                            .for_each(|problem| lines.complain(line.number, &problem.words(&context.words))),
                    });
                    if self.strict {
                        break;
                    }
                    continue;
                }
            };
            if people.is_none() && names_by_number_alone(&task) {
                people = Some(self.people(context)?);
            }
            let severity = judge(context, &task, people.as_ref(), self.format, &mut results)?;
            all_permitted &= severity == Severity::Permitted;
        }
        bar.clear();
        results.flush()?;
        if bad > 0 && !self.strict {
            crate::output::tell(&fl!(context.words.loader(), "check-bad-lines", count = bad));
        }
        Ok(if bad > 0 {
            Exit::Usage
        } else if all_permitted {
            Exit::Done
        } else {
            Exit::Found
        })
    }

    /// Who is known to the data directory; nobody where there is none.
    fn people(&self, context: &Context) -> Result<People, Failure> {
        if !ledger::is_there(&context.data_dir()?) {
            return Ok(People::default());
        }
        let reader = ledger::read(context, &self.whose)?;
        let entries = reader.entries_now().map_err(|error| failed::ledger(&error, &context.words))?;
        Ok(People { roster: reader.roster(), entries })
    }
}

/// Who is known: the roster, and what the registers say of them.
#[derive(Default)]
struct People {
    roster: Arc<Roster>,
    entries: Arc<Entries>,
}

/// Whether somebody must be looked up.
fn names_by_number_alone(task: &Task) -> bool {
    let officers = task.officers.iter().flatten();
    let number_alone =
        |person: &StatedAuxiliary| *person == StatedAuxiliary { id: person.id.clone(), ..Default::default() };
    task.auxiliaries.iter().any(number_alone) || officers.into_iter().any(|officer| officer.certificate_valid.is_none())
}

fn judge(
    context: &Context,
    task: &Task,
    people: Option<&People>,
    format: Format,
    results: &mut Results,
) -> Result<Severity, Failure> {
    let book = context.words.rulebooks().in_force_at(task.at.map(|at| at.0));
    let nobody = People::default();
    let People { roster, entries } = people.unwrap_or(&nobody);
    let told = task.at.and_then(|at| people_on(&**entries, roster, task, at.china_date()));
    let roster = told.as_ref().unwrap_or(roster);
    let Judging { reduced, suggestion, verdict } = facts::judge(book, task, roster, &Defaults::default());
    let people: Vec<String> = task.auxiliaries.iter().map(|person| person.id.to_string()).collect();
    let line = VerdictLine::new(&task.id, &verdict, &people, task.said().zip(suggestion.as_ref()), &context.words);
    let judged = suggestion.as_ref().map(|suggestion| book.merged(&reduced.facts, suggestion));
    let line = line.with_proper(book, judged.as_ref().unwrap_or(&reduced.facts), &people, &context.words);
    match format {
        Format::Json => results.json(&line)?,
        Format::Table => results.text(&line.table(&context.words))?,
    }
    Ok(verdict.verdict)
}
