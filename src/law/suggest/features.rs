//! What the linear model sees of a description: character n-grams, the lexicon's classes of words
//! in it, and what the lexicon read.
//!
//! People and figures are written alike (小王 and 小李 are `A`, 王队 is `O`, every digit `0`), so
//! that the model learns about work and not about names.

use super::compose::Reading;
use super::context::{Context, Role};
use super::lexicon::Lexicon;
use super::scan::Scan;
use crate::{Arranged, Mode, Presence};

/// A feature: its hash, and the bytes of the text it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) hash: u32,
    /// Empty for a feature that stands for no place.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// Where a feature comes from; features of one kind weigh alike within a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub(crate) enum Kind {
    /// One to three characters of the text.
    Gram,
    /// A class of the lexicon that has a word in the text.
    Class,
    Read,
}

/// How much one feature of each kind says, where the description has `counts` of them: long
/// descriptions say no more in all than short ones.
#[expect(clippy::cast_precision_loss, reason = "a few hundred features at most")]
pub(crate) fn weights(counts: [usize; 3]) -> [f32; 3] {
    let share = |count: usize| 1.0 / (count.max(1) as f32).sqrt();
    [share(counts[0]), 0.7 * share(counts[1]), 0.5]
}

/// How many features there are of each kind.
pub(crate) fn counts(features: &[Feature]) -> [usize; 3] {
    features.iter().fold([0; 3], |mut counts, feature| {
        counts[feature.kind as usize] += 1;
        counts
    })
}

/// FNV-1a, folded to 32 bits by the caller's type: stable across machines and versions.
pub(crate) fn hash(kind: u8, bytes: impl IntoIterator<Item = u8>) -> u32 {
    std::iter::once(kind).chain(bytes).fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// One symbol of the normalised text.
#[derive(Clone, Copy)]
struct Symbol {
    value: char,
    start: usize,
    end: usize,
}

fn symbols(scan: &Scan<'_>, context: &Context) -> Vec<Symbol> {
    let mut out = Vec::with_capacity(scan.text.len() / 3 + 2);
    let mut people = context.mentions.iter().peekable();
    let mut skip = 0;
    out.push(Symbol { value: '^', start: 0, end: 0 });
    for (start, c) in scan.text.char_indices() {
        if start < skip {
            continue;
        }
        while people.peek().is_some_and(|m| m.hit.start < start) {
            people.next();
        }
        let end = start + c.len_utf8();
        if let Some(mention) = people.next_if(|m| m.hit.start == start) {
            skip = mention.hit.end;
            let value = if mention.role.is_some() { 'O' } else { 'A' };
            out.push(Symbol { value, start, end: skip });
        } else if c.is_ascii_digit() {
            if out.last().is_none_or(|last| last.value != '0') {
                out.push(Symbol { value: '0', start, end });
            }
        } else if c.is_alphanumeric() {
            out.push(Symbol { value: c.to_ascii_lowercase(), start, end });
        } else if out.last().is_none_or(|last| last.value != ' ') {
            out.push(Symbol { value: ' ', start, end });
        }
    }
    out.push(Symbol { value: '$', start: scan.text.len(), end: scan.text.len() });
    out
}

/// The features of a description, each once: where it stands first.
pub(crate) fn features(lexicon: &Lexicon, scan: &Scan<'_>, context: &Context, reading: &Reading<'_>) -> Vec<Feature> {
    let symbols = symbols(scan, context);
    let mut out = Distinct::with_room_for(symbols.len() * 3);
    for at in 0..symbols.len() {
        for length in 1..=3_u8 {
            let Some(gram) = symbols.get(at..at + usize::from(length)) else { break };
            let mut buffer = [0_u8; 12];
            let mut used = 0;
            for symbol in gram {
                used += symbol.value.encode_utf8(&mut buffer[used..]).len();
            }
            let hash = hash(length, buffer[..used].iter().copied());
            out.add(Feature { hash, start: gram[0].start, end: gram[gram.len() - 1].end, kind: Kind::Gram });
        }
    }
    let mut out = out.features;
    let grams = out.len();
    read(context, reading, |kind, name| {
        let hash = hash(kind, name.bytes());
        if out[grams..].iter().all(|told| told.hash != hash) {
            out.push(Feature { hash, start: 0, end: 0, kind: Kind::Read });
        }
    });
    let mut told = [vec![0_u64; lexicon.classes.div_ceil(64)], vec![0_u64; lexicon.classes.div_ceil(64)]];
    for hit in scan.hits.iter().filter(|hit| hit.negated || !hit.void) {
        let told = &mut told[usize::from(hit.void)];
        for &class in lexicon.classes_of(hit.word) {
            let (cell, bit) = (usize::from(class) / 64, 1_u64 << (class % 64));
            if told[cell] & bit == 0 {
                told[cell] |= bit;
                let hash = lexicon.class_features(class)[usize::from(hit.void)];
                out.push(Feature { hash, start: hit.start, end: hit.end, kind: Kind::Class });
            }
        }
    }
    out
}

/// The features for a class called `name`: that a word of it is said, and that one is denied.
pub(crate) fn of_class(name: &str) -> [u32; 2] {
    let name = hash(0, name.bytes());
    [20, 21].map(|kind| hash(kind, name.to_le_bytes()))
}

/// Features, each once, in the order that they came.
struct Distinct {
    features: Vec<Feature>,
    /// Open addressing by hash: positions in `features`, plus one; 0 is free.
    places: Vec<u32>,
}

impl Distinct {
    /// At most `most` features can be added.
    fn with_room_for(most: usize) -> Self {
        Self { features: Vec::with_capacity(most), places: vec![0; (most * 2).next_power_of_two()] }
    }

    fn add(&mut self, feature: Feature) {
        let mask = self.places.len() - 1;
        let mut at = feature.hash as usize & mask;
        while let Some(taken) = self.places[at].checked_sub(1) {
            if self.features[taken as usize].hash == feature.hash {
                return;
            }
            at = (at + 1) & mask;
        }
        self.features.push(feature);
        self.places[at] = u32::try_from(self.features.len()).unwrap_or(u32::MAX);
    }
}

/// What the lexicon read, name by name.
fn read(context: &Context, reading: &Reading<'_>, mut flag: impl FnMut(u8, &str)) {
    for item in &reading.items {
        flag(10, item.code.split(':').next().unwrap_or_default());
        flag(11, &item.code);
    }
    if reading.items.is_empty() {
        flag(10, "none");
    }
    for found in &reading.found {
        flag(if found.by_officer { 13 } else { 12 }, &found.act.code);
    }
    flag(
        14,
        match reading.mode {
            Mode::Independent => "independent",
            Mode::Assisted => "assisted",
            Mode::Unstated => "unstated",
        },
    );
    flag(
        15,
        match reading.presence {
            Presence::OnScene => "on_scene",
            Presence::Remote => "remote",
            Presence::None => "none",
            Presence::Unstated => "unstated",
        },
    );
    let settings = [
        (context.arrangement() == Arranged::Yes, "arranged"),
        (!context.alone.is_empty(), "alone"),
        (!context.alone_weak.is_empty(), "alone_weak"),
        (!context.refused.is_empty(), "refused"),
        (!context.undone.is_empty(), "undone"),
        (context.own_thing, "own_thing"),
        (context.unbidden, "unbidden"),
        (!context.assist.is_empty(), "assist"),
        (context.attempted, "attempted"),
        // Told apart from descriptions that the model is trained on without the lexicon.
        (true, "consulted"),
    ];
    settings.iter().filter(|(holds, _)| *holds).for_each(|(_, name)| flag(16, name));
    for mention in &context.mentions {
        flag(
            18,
            match mention.role {
                None => "auxiliary",
                Some(Role::Present) => "present",
                Some(Role::Absent) => "absent",
                Some(Role::Told) => "told",
                Some(Role::Owner) => "owner",
                Some(Role::Sender) => "sender",
                Some(Role::Remote) => "remote",
            },
        );
    }
}
