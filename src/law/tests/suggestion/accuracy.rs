//! Floors under the figures on labelled descriptions, so that a word added for one does not
//! silently cost others. `examples/suggest_report.rs` prints all figures.

use std::path::Path;

use auxlog_law::suggest::measure::{Figures, Labelled, fold};
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

fn labelled(name: &str) -> Vec<Labelled> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("training").join(name);
    let text = std::fs::read_to_string(path).expect("a training file");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn score<'a>(suggester: &Suggester, labels: impl Iterator<Item = &'a Labelled>, figures: &mut Figures) {
    for label in labels {
        let read = suggester.read(&label.text);
        let verdict = Rulebook::embedded().judge_task(&Facts::default(), Some(&read)).verdict;
        figures.tally(label, &read, verdict == Severity::Improper);
    }
}

#[test]
fn five_fold_cross_validation_on_notices_holds_what_is_promised() {
    let sets: Vec<Vec<Labelled>> = TRAINING.iter().map(|name| labelled(name)).collect();
    let mut figures = Figures::default();
    for part in 0..5 {
        let lexicon = Lexicon::embedded().expect("the lexicon");
        let training: Vec<&Labelled> = sets.iter().flatten().filter(|d| fold(&d.id) != part).collect();
        let model = train(&lexicon, &training, Settings::default());
        let suggester = Suggester::new(lexicon, Some(model));
        score(&suggester, sets[0].iter().filter(|d| fold(&d.id) == part), &mut figures);
    }
    println!("five-fold on notices: {figures}");
    assert!(figures.items.f1() >= 0.90, "{figures}");
    assert!(figures.improper.recall() >= 0.95 && figures.improper.precision() >= 0.94, "{figures}");
    assert!(figures.mode_accuracy() >= 0.93, "{figures}");
}

#[test]
fn descriptions_that_nothing_was_trained_on_are_read_as_promised() {
    for (name, items) in [("held-out.jsonl", 0.87), ("unseen.jsonl", 0.87)] {
        let mut figures = Figures::default();
        score(Suggester::embedded(), labelled(name).iter(), &mut figures);
        println!("{name}: {figures}");
        assert!(figures.items.f1() >= items, "{name} {figures}");
        assert!(figures.improper.precision() >= 0.93 && figures.improper.recall() >= 0.90, "{name} {figures}");
        assert!(figures.mode_accuracy() >= 0.94, "{name} {figures}");
    }
}

#[test]
fn the_model_is_worth_its_place_on_words_the_lexicon_does_not_know() {
    let unseen = labelled("held-out.jsonl");
    let (mut with, mut without) = (Figures::default(), Figures::default());
    score(Suggester::embedded(), unseen.iter(), &mut with);
    score(&Suggester::new(Lexicon::embedded().expect("the lexicon"), None), unseen.iter(), &mut without);
    assert!(with.items.f1() > without.items.f1(), "with {with}\nwithout {without}");
}
