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
    /// What the lexicon reads.
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

/// The features of a description, each once.
pub(crate) fn features(lexicon: &Lexicon, scan: &Scan<'_>, context: &Context, reading: &Reading<'_>) -> Vec<Feature> {
    let symbols = symbols(scan, context);
    let mut out = Vec::with_capacity(symbols.len() * 3 + scan.hits.len() * 2 + 24);
    for length in 1..=3_u8 {
        for gram in symbols.windows(usize::from(length)) {
            let mut buffer = [0_u8; 12];
            let mut used = 0;
            for symbol in gram {
                used += symbol.value.encode_utf8(&mut buffer[used..]).len();
            }
            let hash = hash(length, buffer[..used].iter().copied());
            out.push(Feature { hash, start: gram[0].start, end: gram[gram.len() - 1].end, kind: Kind::Gram });
        }
    }
    for hit in scan.hits.iter().filter(|hit| hit.negated || !hit.void) {
        let kind = if hit.void { 21 } else { 20 };
        for &class in lexicon.classes_of(hit.word) {
            let hash = hash(kind, lexicon.class_name(class).to_le_bytes());
            out.push(Feature { hash, start: hit.start, end: hit.end, kind: Kind::Class });
        }
    }
    read(context, reading, |kind, name| {
        out.push(Feature { hash: hash(kind, name.bytes()), start: 0, end: 0, kind: Kind::Read });
    });
    out.sort_unstable_by_key(|f| (f.hash, f.start));
    out.dedup_by_key(|f| f.hash);
    out
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
