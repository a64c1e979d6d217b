//! Prints how well descriptions are read: by the lexicon alone, by lexicon and model under
//! five-fold cross-validation, and on descriptions that neither has seen.
//!
//! `cargo run -p auxlog-law --example suggest_report -- [--lexicon] [--misses] [FILE…]`: `--lexicon`
//! leaves the model out (quick while editing words; the TOML files are read from disk), `--misses`
//! lists what was read wrong. With files of one's own, only these are read: by the lexicon, and as
//! shipped.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use auxlog_law::suggest::measure::{Figures, Labelled, fold, items_of};
use auxlog_law::suggest::train::{Settings, train};
use auxlog_law::suggest::{Lexicon, Suggester};
use auxlog_law::{Facts, Rulebook, Severity};

const TRAINING: [&str; 13] = [
    "notices.jsonl",
    "invented.jsonl",
    "invented-2.jsonl",
    "invented-3.jsonl",
    "invented-4.jsonl",
    "invented-5.jsonl",
    "invented-6.jsonl",
    "invented-7.jsonl",
    "invented-8.jsonl",
    "invented-9.jsonl",
    "invented-10.jsonl",
    "invented-11.jsonl",
    "invented-12.jsonl",
];

type Failure = Box<dyn std::error::Error>;

fn lexicon() -> Result<Lexicon, Failure> {
    let file =
        |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("suggest/lexicon").join(name));
    let (words, cues, acts) = (file("words.toml")?, file("cues.toml")?, file("acts.toml")?);
    Ok(Lexicon::from_toml(&[("words.toml", &words), ("cues.toml", &cues)], ("acts.toml", &acts))?)
}

fn labelled(name: &str) -> Result<Vec<Labelled>, Failure> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("training").join(name))?;
    parsed(&text)
}

fn parsed(text: &str) -> Result<Vec<Labelled>, Failure> {
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn score<'a>(suggester: &Suggester, labels: impl Iterator<Item = &'a Labelled>, misses: bool, figures: &mut Figures) {
    for label in labels {
        let read = suggester.read(&label.text);
        let verdict = Rulebook::embedded().judge_task(&Facts::default(), Some(&read)).verdict;
        let improper = verdict == Severity::Improper;
        figures.tally(label, &read, improper);
        let said = items_of(&read);
        let truth: BTreeSet<&str> = label.items.iter().map(String::as_str).collect();
        let wrong = said != truth || read.mode != label.mode || label.improper.is_some_and(|i| i != improper);
        if misses && wrong {
            let said: Vec<&str> = said.into_iter().collect();
            println!(
                "{} {}\n     is   {} {:?} {:?}\n     read {} {:?} {improper}",
                label.id,
                label.text,
                label.items.join(","),
                label.mode,
                label.improper,
                said.join(","),
                read.mode,
            );
        }
    }
}

/// How long descriptions of up to 40 characters take to read: of each the best of 20, so that
/// what else the machine does is not counted.
fn speed<'a>(labels: impl Iterator<Item = &'a Labelled>) -> String {
    let mut times: Vec<Duration> = labels
        .filter(|d| d.text.chars().count() <= 40)
        .filter_map(|label| {
            let once = |_| {
                let start = Instant::now();
                std::hint::black_box(Suggester::embedded().read(&label.text));
                start.elapsed()
            };
            (0..20).map(once).min()
        })
        .collect();
    times.sort_unstable();
    let at = |percent: usize| times[times.len() * percent / 100];
    format!("speed          {} descriptions: median {:?}, p99 {:?} (build with --release)", times.len(), at(50), at(99))
}

fn main() -> Result<(), Failure> {
    let args: BTreeSet<String> = std::env::args().skip(1).collect();
    let (misses, lexicon_only) = (args.contains("--misses"), args.contains("--lexicon"));
    let sets: Vec<(&str, Vec<Labelled>)> =
        TRAINING.iter().map(|&name| Ok((name, labelled(name)?))).collect::<Result<_, Failure>>()?;
    let alone = Suggester::new(lexicon()?, None);
    let files: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    for file in &files {
        let set = parsed(&std::fs::read_to_string(file)?)?;
        for (name, suggester) in [("lexicon alone", &alone), ("as shipped", Suggester::embedded())] {
            let mut figures = Figures::default();
            score(suggester, set.iter(), misses && (name == "as shipped") != lexicon_only, &mut figures);
            println!("{name:14} {file} {figures}");
        }
    }
    if !files.is_empty() {
        return Ok(());
    }
    for (name, set) in &sets {
        let mut figures = Figures::default();
        score(&alone, set.iter(), misses && lexicon_only, &mut figures);
        println!("lexicon alone  {name:18} {figures}");
    }
    if lexicon_only {
        return Ok(());
    }
    let mut held = vec![Figures::default(); sets.len()];
    for part in 0..5 {
        let training: Vec<&Labelled> = sets.iter().flat_map(|(_, set)| set).filter(|d| fold(&d.id) != part).collect();
        let model = train(alone.lexicon(), &training, Settings::default());
        let suggester = Suggester::new(lexicon()?, Some(model));
        for ((_, set), figures) in sets.iter().zip(&mut held) {
            score(&suggester, set.iter().filter(|d| fold(&d.id) == part), misses, figures);
        }
    }
    for ((name, _), figures) in sets.iter().zip(&held) {
        println!("five-fold      {name:18} {figures}");
    }
    for name in ["held-out.jsonl", "unseen.jsonl"] {
        let set = labelled(name)?;
        for (title, suggester) in [("lexicon alone", &alone), ("as shipped", Suggester::embedded())] {
            let mut figures = Figures::default();
            score(suggester, set.iter(), false, &mut figures);
            println!("{title:14} {name:18} {figures}");
        }
    }
    println!("{}", speed(sets.iter().flat_map(|(_, set)| set)));
    Ok(())
}
