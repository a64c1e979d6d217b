//! Trains the embedded suggestion model from `training/` and writes `suggest/model.bin`.
//!
//! `cargo run -p auxlog-law --example train_suggest` writes it; with `-- --check` it only says
//! whether the committed model is the one that the training gives.

use std::path::Path;

use auxlog_law::suggest::Suggester;
use auxlog_law::suggest::measure::Labelled;
use auxlog_law::suggest::train::{Settings, train};

/// The files that the model is trained on (`held-out.jsonl` and `unseen.jsonl` only measure it).
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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut descriptions: Vec<Labelled> = Vec::new();
    for name in TRAINING {
        for line in std::fs::read_to_string(here.join("training").join(name))?.lines() {
            descriptions.push(serde_json::from_str(line)?);
        }
    }
    let model = train(Suggester::embedded().lexicon(), &descriptions.iter().collect::<Vec<_>>(), Settings::default());
    let bytes = model.to_bytes();
    let path = here.join("suggest/model.bin");
    if std::env::args().any(|a| a == "--check") {
        if std::fs::read(&path)? != bytes {
            return Err("suggest/model.bin is not what the training gives: run the example without --check".into());
        }
        println!("suggest/model.bin is what {} descriptions give", descriptions.len());
    } else {
        std::fs::write(&path, &bytes)?;
        println!("{}: {} bytes from {} descriptions", path.display(), bytes.len(), descriptions.len());
    }
    Ok(())
}
