//! What the linear model sees of a description: character n-grams and what the lexicon read.
//!
//! People and figures are written alike (小王 and 小李 are `A`, 王队 is `O`, every digit `0`), so
//! that the model learns about work and not about names.

use super::compose::Reading;
use super::context::Context;
use super::scan::Scan;
use crate::{Arranged, Mode, Presence};

/// A feature: its hash, and the bytes of the text it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) hash: u32,
    /// Empty for a feature that stands for no place.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// FNV-1a, folded to 32 bits by the caller's type: stable across machines and versions.
fn hash(kind: u8, bytes: impl IntoIterator<Item = u8>) -> u32 {
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
pub(crate) fn features(scan: &Scan<'_>, context: &Context, reading: &Reading<'_>) -> Vec<Feature> {
    let symbols = symbols(scan, context);
    let mut out = Vec::with_capacity(symbols.len() * 3 + 24);
    for length in 1..=3_u8 {
        for gram in symbols.windows(usize::from(length)) {
            let mut buffer = [0_u8; 12];
            let mut used = 0;
            for symbol in gram {
                used += symbol.value.encode_utf8(&mut buffer[used..]).len();
            }
            let hash = hash(length, buffer[..used].iter().copied());
            out.push(Feature { hash, start: gram[0].start, end: gram[gram.len() - 1].end });
        }
    }
    let mut flag = |kind: u8, name: &str| out.push(Feature { hash: hash(kind, name.bytes()), start: 0, end: 0 });
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
    if context.arrangement() == Arranged::Yes {
        flag(16, "arranged");
    }
    if !context.alone.is_empty() {
        flag(16, "alone");
    }
    if !context.refused.is_empty() {
        flag(16, "refused");
    }
    out.sort_unstable_by_key(|f| (f.hash, f.start));
    out.dedup_by_key(|f| f.hash);
    out
}
