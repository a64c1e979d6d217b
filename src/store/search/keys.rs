//! Search keys of many people: sorted, to find those that begin with a term, and in one buffer,
//! to find those that contain it.

use memchr::memmem;

/// Stands before each key in the buffer.
const KEY: u8 = 1;
/// Stands after a person's last key.
const END: u8 = 0;

/// The keys of all people, one person's after another's.
#[derive(Default)]
pub(super) struct Keys {
    text: Vec<u8>,
    /// Where each person's keys begin.
    starts: Vec<u32>,
    /// Every key, in the order of its text.
    sorted: Vec<Key>,
}

/// A key: its place in the buffer, and whose it is.
#[derive(Clone, Copy)]
struct Key {
    start: u32,
    length: u32,
    person: u32,
}

/// How a key was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Exact,
    /// It begins with the term.
    Prefix,
    /// It contains the term.
    Infix,
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Keys {
    /// Adds the next person.
    pub(super) fn push<'a>(&mut self, keys: impl IntoIterator<Item = &'a str>) {
        let person = offset(self.starts.len());
        self.starts.push(offset(self.text.len()));
        for key in keys {
            self.text.push(KEY);
            let start = offset(self.text.len());
            self.text.extend(key.bytes().filter(|byte| *byte > KEY));
            self.sorted.push(Key { start, length: offset(self.text.len()) - start, person });
        }
        self.text.push(END);
    }

    /// Puts the keys in order; to be called once all people were added.
    pub(super) fn sort(&mut self) {
        let text = &self.text;
        self.sorted.sort_by(|a, b| of(text, *a).cmp(of(text, *b)).then(a.person.cmp(&b.person)));
    }

    /// Calls `met` for each key that begins with `term`.
    pub(super) fn prefixed(&self, term: &str, mut met: impl FnMut(usize, How)) {
        let term = term.as_bytes();
        let from = self.sorted.partition_point(|key| of(&self.text, *key) < term);
        for key in self.sorted.get(from..).unwrap_or_default() {
            let text = of(&self.text, *key);
            if !text.starts_with(term) {
                break;
            }
            met(key.person as usize, if text.len() == term.len() { How::Exact } else { How::Prefix });
        }
    }

    /// Calls `met` once for each person with a key that contains `term`.
    pub(super) fn containing(&self, term: &str, mut met: impl FnMut(usize, How)) {
        let finder = memmem::Finder::new(term.as_bytes());
        let (mut from, mut person) = (0, 0);
        while let Some(at) = self.text.get(from..).and_then(|rest| finder.find(rest)) {
            let at = offset(from + at);
            person += self.starts[person..].partition_point(|start| *start <= at) - 1;
            met(person, How::Infix);
            let Some(next) = self.starts.get(person + 1) else { break };
            from = *next as usize;
            person += 1;
        }
    }
}

fn of(text: &[u8], key: Key) -> &[u8] {
    let start = key.start as usize;
    text.get(start..start + key.length as usize).unwrap_or_default()
}
