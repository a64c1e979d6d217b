//! Prints, per kind of misreading (0: none of them), how descriptions with a `kind` are read, with
//! 95 % Wilson intervals: `cargo run -p auxlog-law --example fresh_report -- FILE… [--misses]`.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_law::suggest::Suggester;
use auxlog_law::suggest::measure::{Figures, Labelled, items_of};
use auxlog_law::{Facts, Rulebook, Severity, Suggestion};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    kind: u8,
    #[serde(flatten)]
    label: Labelled,
}

#[derive(Default)]
struct Tally {
    figures: Figures,
    /// Proper ones, those called improper; improper ones, those that become 可以 once accepted;
    /// right alarms, those whose provisions of 17 and 23 differ.
    proper: u32,
    accused: u32,
    improper: u32,
    acquitted: u32,
    alarms: u32,
    misplaced: u32,
}

/// A share with its 95 % Wilson interval, in per cent.
fn share(of: u32, all: u32) -> String {
    if all == 0 {
        return "-".to_owned();
    }
    let (n, p, z) = (f64::from(all), f64::from(of) / f64::from(all), 1.96_f64);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    format!(
        "{of}/{all} {:.0} % [{:.0}, {:.0}]",
        100.0 * p,
        100.0 * (middle - half).max(0.0),
        100.0 * (middle + half).min(1.0)
    )
}

fn grave<'a>(items: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    items.filter(|i| i.starts_with("17.") || i.starts_with("23.")).collect()
}

impl Tally {
    fn add(&mut self, label: &Labelled, read: &Suggestion) {
        let verdict = Rulebook::embedded().judge_task(&Facts::default(), Some(read)).verdict;
        self.figures.tally(label, read, verdict == Severity::Improper);
        match label.improper {
            Some(false) => {
                self.proper += 1;
                self.accused += u32::from(verdict == Severity::Improper);
            }
            Some(true) => {
                self.improper += 1;
                let merged = Rulebook::embedded().merged(&Facts::default(), read);
                let accepted = Rulebook::embedded().judge(&merged).verdict;
                self.acquitted += u32::from(!read.items.is_empty() && accepted == Severity::Permitted);
                if verdict == Severity::Improper {
                    self.alarms += 1;
                    let truth = grave(label.items.iter().map(String::as_str));
                    self.misplaced += u32::from(truth != grave(items_of(read).into_iter()));
                }
            }
            None => {}
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let misses = args.iter().any(|arg| arg == "--misses");
    for file in args.iter().filter(|arg| !arg.starts_with("--")) {
        let mut kinds: BTreeMap<u8, Tally> = BTreeMap::new();
        let mut all = Tally::default();
        for line in std::fs::read_to_string(file)?.lines() {
            let Line { kind, label } = serde_json::from_str(line)?;
            let read = Suggester::embedded().read(&label.text);
            kinds.entry(kind).or_default().add(&label, &read);
            all.add(&label, &read);
            let improper =
                Rulebook::embedded().judge_task(&Facts::default(), Some(&read)).verdict == Severity::Improper;
            if misses && label.improper.is_some_and(|truth| truth != improper) {
                println!(
                    "{kind} {} is {:?} {} {:?} read {:?} {:?}",
                    label.text,
                    label.improper,
                    label.items.join(","),
                    label.mode,
                    items_of(&read),
                    read.mode
                );
            }
        }
        let named = kinds.iter().map(|(kind, tally)| (kind.to_string(), tally)).chain([("all".to_owned(), &all)]);
        println!("{file}");
        for (name, t) in named {
            println!("{name:>4} {}", t.figures);
            println!(
                "     proper called improper {} · improper become permitted {} · right alarm, other provisions {}",
                share(t.accused, t.proper),
                share(t.acquitted, t.improper),
                share(t.misplaced, t.alarms),
            );
        }
    }
    Ok(())
}
