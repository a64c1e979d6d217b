//! The last word: the lexicon's reading and the model's odds made one suggestion.
//!
//! Items, mode and whether the whole is improper hang together (an inspection alone is also 17.2),
//! so they are not decided one by one: of the answers that careful readers have given, and those
//! that the odds themselves make up, the likeliest as a whole is taken.

use super::compose::Item;
use super::lexicon::Lexicon;
use super::model::{IMPROPER, Model};
use super::{Parts, person};
use crate::{Arranged, Circumstances, Mode, Presence, SuggestedItem, Suggestion};

/// Added to the odds of every item: an item left out costs more than one too many.
const ITEM: f32 = 1.5;

/// Added to the odds of the whole being improper: one that is overlooked costs more than a false
/// alarm, which a person clears.
const ALARM: f32 = 0.5;

/// How much it counts that an answer was given often.
const OFTEN: f32 = 0.3;

/// The logarithm of how often an answer is given that the training never saw.
const UNHEARD: f32 = -9.0;

/// Outweighs whatever speaks for an answer.
const NEVER: f32 = -1e6;

/// How many places of the text are shown for what only the model saw.
const PLACES: usize = 3;

pub(crate) fn decide(lexicon: &Lexicon, model: Option<&Model>, parts: &Parts<'_, '_>) -> Suggestion {
    let reading = &parts.reading;
    let (mut items, mode, presence) = match model {
        // Marks alone say nothing, whatever weight the model gives to brevity.
        Some(model) if parts.scan.text.contains(char::is_alphanumeric) => weigh(model, parts),
        _ => (reading.items.iter().map(plain).collect(), reading.mode, reading.presence),
    };
    items.sort_by(|a: &SuggestedItem, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.code.cmp(&b.code)));
    let mut circumstances = Circumstances::default();
    for found in &reading.found {
        if let Some(circumstance) = found.act.circumstance
            && items.iter().any(|i| i.code == found.act.code)
        {
            circumstances.insert(circumstance);
        }
    }
    let has_arrangement = items.iter().any(|item| item.code.split(':').next() == Some("23.2"));
    let arranged = match parts.context.arrangement() {
        Arranged::Unstated if has_arrangement => Arranged::Yes,
        arranged => arranged,
    };
    let mut because: Vec<_> = reading.because.iter().chain(&parts.context.arranged).map(|h| h.start..h.end).collect();
    because.sort_unstable_by_key(|r| (r.start, r.end));
    because.dedup();
    Suggestion {
        person: person::read(lexicon, &parts.scan, items.iter().map(|i| &*i.code)),
        confidence: items.iter().map(|i| i.confidence).reduce(f32::min).unwrap_or(0.0),
        items,
        mode,
        presence,
        arranged,
        circumstances,
        because,
    }
}

fn plain(item: &Item) -> SuggestedItem {
    let mut because: Vec<_> = item.hits.iter().map(|h| h.start..h.end).collect();
    because.sort_unstable_by_key(|r| (r.start, r.end));
    because.dedup();
    SuggestedItem { code: item.code.clone(), confidence: item.confidence, because }
}

/// Items, mode and presence by the likeliest answer; the lexicon's reading is among the features
/// that the odds are made of.
fn weigh(model: &Model, parts: &Parts<'_, '_>) -> (Vec<SuggestedItem>, Mode, Presence) {
    let reading = &parts.reading;
    let odds = model.odds(&parts.features);
    let answer = likeliest(model, &odds, |code| reading.items.iter().any(|item| item.code == code));
    let holds = |label: usize| answer >> label & 1 == 1;
    let improper = model.labels.iter().position(|label| label == IMPROPER).is_some_and(holds);
    let mut items: Vec<SuggestedItem> = Vec::new();
    let mut mode = reading.mode;
    for (n, label) in model.labels.iter().enumerate().filter(|(n, _)| holds(*n)) {
        match mode_of(label) {
            Some(said) => mode = said,
            None if label == IMPROPER => {}
            None => items.extend(activities(model, parts, n, 1.0 / (1.0 + (-odds[n]).exp()), improper)),
        }
    }
    let presence = match mode {
        same if same == reading.mode => reading.presence,
        Mode::Independent => Presence::None,
        Mode::Assisted => Presence::OnScene,
        Mode::Unstated => Presence::Unstated,
    };
    (items, mode, presence)
}

fn mode_of(label: &str) -> Option<Mode> {
    match label {
        "mode:independent" => Some(Mode::Independent),
        "mode:assisted" => Some(Mode::Assisted),
        "mode:unstated" => Some(Mode::Unstated),
        _ => None,
    }
}

/// The labels, as bits, of the answer that the odds and experience speak for most.
fn likeliest(model: &Model, odds: &[f32], read: impl Fn(&str) -> bool) -> u64 {
    let worth = |(label, odds): (&String, &f32)| match &**label {
        IMPROPER => odds + ALARM,
        // What is said of a person needs words that say it: a relation those of the lexicon, since
        // otherwise whatever is often told beside one would suggest it.
        "19.7" if !read(label) => NEVER,
        "21" | "22" if !read(label) && *odds < 0.0 => NEVER,
        mode if mode_of(mode).is_some() => *odds,
        _ => odds + ITEM,
    };
    let worth: Vec<f32> = model.labels.iter().zip(odds).map(worth).collect();
    let sum = |labels: u64| {
        let bits = std::iter::successors(Some(labels), |rest| Some(rest & rest.wrapping_sub(1)));
        bits.take_while(|rest| *rest != 0).map(|rest| worth[rest.trailing_zeros() as usize]).sum::<f32>()
    };
    let known = model.answers.iter().map(|answer| (answer.labels, sum(answer.labels) + OFTEN * answer.often));
    let unheard = made_up(model, &worth, read).map(|labels| (labels, sum(labels) + OFTEN * UNHEARD));
    known.chain(unheard).max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(labels, _)| labels)
}

/// Every item that is likelier than not, in each mode, improper where the articles make it so.
fn made_up(model: &Model, worth: &[f32], read: impl Fn(&str) -> bool) -> impl Iterator<Item = u64> {
    let is_item = |label: &str| label != IMPROPER && mode_of(label).is_none();
    let likely = || model.labels.iter().enumerate().filter(|(n, label)| is_item(label) && worth[*n] > 0.0);
    let items = likely().fold(0, |bits, (n, _)| bits | 1_u64 << n);
    let (stopped, decided) = (read("16.1:stop"), read("17.1:decision"));
    let bit = |name: &str| model.labels.iter().position(|label| label == name).map_or(0, |n| 1_u64 << n);
    let answers: Vec<u64> = ["mode:independent", "mode:assisted", "mode:unstated"]
        .into_iter()
        .map(|mode| {
            let alone = mode == "mode:independent";
            let improper = likely().any(|(_, item)| match &**item {
                "16.1" => alone && stopped,
                "17.1" => alone || decided,
                item => is_grave(item) || (alone && (item.starts_with("16.") || item == "17.2")),
            });
            items | bit(mode) | if improper { bit(IMPROPER) } else { 0 }
        })
        .collect();
    answers.into_iter()
}

/// Whether an item is improper whoever stood by: conduct, arrangements.
fn is_grave(item: &str) -> bool {
    matches!(item, "17.3" | "17.4" | "17.5" | "17.6" | "17.7" | "17.8" | "21" | "22") || item.starts_with("23.")
}

/// The activities of an item that is likely by `p`: those that the lexicon found, else the item as
/// a whole. To stop somebody is more than a word only where the whole is improper.
fn activities(model: &Model, parts: &Parts<'_, '_>, label: usize, p: f32, improper: bool) -> Vec<SuggestedItem> {
    let item = &*model.labels[label];
    let of_item = |code: &str| code.split(':').next() == Some(item);
    let mut found: Vec<SuggestedItem> = parts.reading.items.iter().filter(|i| of_item(&i.code)).map(plain).collect();
    if found.is_empty() {
        found = parts
            .reading
            .found
            .iter()
            .filter(|f| of_item(&f.act.code))
            .map(|f| plain(&Item { code: f.act.code.clone(), confidence: p, hits: f.hits.clone() }))
            .collect();
    }
    if found.is_empty() {
        let mut because = model.evidence(&parts.features, label, PLACES);
        because.sort_unstable_by_key(|r| (r.start, r.end));
        let code = if item == "16.1" { "16.1:dissuade" } else { item };
        found.push(SuggestedItem { code: code.to_owned(), confidence: p, because });
    }
    for item in &mut found {
        item.confidence = p;
        if item.code == "16.1:stop" && !improper {
            "16.1:dissuade".clone_into(&mut item.code);
        }
    }
    found.dedup_by(|a, b| a.code == b.code);
    found
}
