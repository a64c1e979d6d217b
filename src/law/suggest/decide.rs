//! The last word: the lexicon's reading and the model's probabilities made one suggestion.

use super::compose::Item;
use super::lexicon::Lexicon;
use super::model::{IMPROPER, Model};
use super::{Parts, person};
use crate::{Circumstances, Mode, Presence, SuggestedItem, Suggestion};

/// An item that the lexicon read stays from this probability on.
const KEEP: f32 = 0.01;

/// An item that only the model sees is added from this probability on, beside others…
const ADD: f32 = 0.65;

/// …and from this one on where the lexicon read none.
const ADD_ALONE: f32 = 0.2;

/// From this probability on a description reads as improper as a whole…
const READS_IMPROPER: f32 = 0.45;

/// …and its likeliest improper item is added from this one on.
const GRAVEST: f32 = 0.06;

/// The model's mode goes before the lexicon's from this probability on.
const MODE: f32 = 0.97;

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
    let mut because: Vec<_> = reading.because.iter().chain(&parts.context.arranged).map(|h| h.start..h.end).collect();
    because.sort_unstable_by_key(|r| (r.start, r.end));
    because.dedup();
    Suggestion {
        person: person::read(lexicon, &parts.scan, items.iter().map(|i| &*i.code)),
        confidence: items.iter().map(|i| i.confidence).reduce(f32::min).unwrap_or(0.0),
        items,
        mode,
        presence,
        arranged: parts.context.arrangement(),
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

/// Items, mode and presence by the model's probabilities; the lexicon's reading is among the
/// features they are made of.
fn weigh(model: &Model, parts: &Parts<'_, '_>) -> (Vec<SuggestedItem>, Mode, Presence) {
    let reading = &parts.reading;
    let probabilities = model.probabilities(&parts.features);
    let improper = model.labels.iter().position(|l| l == IMPROPER).map_or(0.0, |n| probabilities[n]);
    let mut items: Vec<SuggestedItem> = Vec::new();
    let mut mode = (0.0, reading.mode);
    let mut gravest: Option<(usize, f32)> = None;
    let empty = reading.items.is_empty();
    for (n, (label, &p)) in model.labels.iter().zip(&probabilities).enumerate() {
        let said = match &**label {
            IMPROPER => continue,
            "mode:independent" => Some(Mode::Independent),
            "mode:assisted" => Some(Mode::Assisted),
            "mode:unstated" => Some(Mode::Unstated),
            _ => None,
        };
        if let Some(said) = said {
            if p > mode.0 {
                mode = (p, said);
            }
            continue;
        }
        let read = reading.items.iter().any(|i| i.code.split(':').next() == Some(&**label));
        let least = match (read, empty) {
            // The rarer provisions the model has seen too seldom to doubt.
            (true, _) if is_grave(label) || person::is_person_item(label) => 0.0,
            (true, _) => KEEP,
            // Something said about a person needs words that say it.
            _ if person::is_person_item(label) => continue,
            (false, false) => ADD,
            (false, true) => ADD_ALONE,
        };
        if p >= least {
            items.extend(activities(model, parts, n, label, p));
        } else if is_grave(label) && gravest.is_none_or(|(_, most)| p > most) {
            gravest = Some((n, p));
        }
    }
    // Nothing improper was recognised, yet the whole reads like it: what is likeliest of that kind.
    let mild = !items.iter().any(|i| is_grave(i.code.split(':').next().unwrap_or_default()))
        && reading.mode != Mode::Independent;
    if let Some((n, p)) = gravest
        && mild
        && improper >= READS_IMPROPER
        && p >= GRAVEST
    {
        items.extend(activities(model, parts, n, &model.labels[n], p));
    }
    if mode.1 == reading.mode || mode.0 < MODE {
        return (items, reading.mode, reading.presence);
    }
    let presence = match mode.1 {
        Mode::Independent => Presence::None,
        Mode::Assisted => Presence::OnScene,
        Mode::Unstated => Presence::Unstated,
    };
    (items, mode.1, presence)
}

/// Whether an item is improper whoever stood by: conduct, arrangements.
fn is_grave(item: &str) -> bool {
    matches!(item, "17.3" | "17.4" | "17.5" | "17.6" | "17.7" | "17.8" | "21" | "22") || item.starts_with("23.")
}

/// The activities of an item: those that the lexicon found, else the item as a whole.
fn activities(model: &Model, parts: &Parts<'_, '_>, label: usize, item: &str, p: f32) -> Vec<SuggestedItem> {
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
    }
    found
}
