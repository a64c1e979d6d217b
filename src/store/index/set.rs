//! Names and sets of names, each kept once.

use std::collections::HashMap;

/// Interned names and sets. Set 0 is the empty one.
#[derive(Default)]
pub(super) struct Sets {
    names: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    members: Vec<Box<[u32]>>,
    set_numbers: HashMap<Box<[u32]>, u32>,
}

impl Sets {
    fn name(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }

    /// The number of the set of these names.
    pub(super) fn intern<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> u32 {
        let mut set: Vec<u32> = names.into_iter().map(|name| self.name(name)).collect();
        set.sort_unstable();
        set.dedup();
        self.put(set)
    }

    fn put(&mut self, set: Vec<u32>) -> u32 {
        if set.is_empty() {
            return 0;
        }
        if let Some(number) = self.set_numbers.get(set.as_slice()) {
            return *number;
        }
        let number = u32::try_from(self.members.len() + 1).unwrap_or(u32::MAX);
        self.members.push(set.clone().into());
        self.set_numbers.insert(set.into(), number);
        number
    }

    pub(super) fn names(&self, set: u32) -> impl Iterator<Item = &str> {
        let members =
            set.checked_sub(1).and_then(|at| self.members.get(at as usize)).map(|set| &**set).unwrap_or_default();
        members.iter().filter_map(|name| self.names.get(*name as usize)).map(|name| &**name)
    }

    /// For each set's number, whether it holds a name that `wanted` accepts.
    pub(super) fn holding(&self, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
        let names: Vec<bool> = self.names.iter().map(|name| wanted(name)).collect();
        let holds = |set: &[u32]| set.iter().any(|name| names.get(*name as usize).copied().unwrap_or(false));
        std::iter::once(false).chain(self.members.iter().map(|set| holds(set))).collect()
    }

    pub(super) fn all_names(&self) -> &[Box<str>] {
        &self.names
    }

    pub(super) fn all_sets(&self) -> &[Box<[u32]>] {
        &self.members
    }

    /// Puts the next names back.
    pub(super) fn restore_names(&mut self, names: &[String]) {
        for name in names {
            self.name(name);
        }
    }

    /// Puts the next sets back; `false` where one names what there is not.
    pub(super) fn restore_sets(&mut self, sets: Vec<Vec<u32>>) -> bool {
        sets.into_iter().all(|set| {
            let whole = set.iter().all(|name| (*name as usize) < self.names.len());
            self.put(set);
            whole
        })
    }
}
