//! Activities as positions in a rulebook, and sets of them.

use crate::Lang;

/// Position of an activity in its rulebook's list (below 128).
///
/// A bare item code (`16.2`, the item as a whole) is an activity of its own in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivityId(pub u8);

/// What an officer picks when they say what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// `item:slug` (`16.2:inspection`), or the bare item (`16.2`) for the item as a whole.
    pub code: String,
    /// The item it belongs to, `article.item`.
    pub item: String,
    /// Name in Chinese.
    pub zh: String,
    /// Name in English.
    pub en: String,
    /// Further words by which people look for it.
    pub words: Vec<String>,
}

impl Activity {
    /// Its name.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// The article of its item.
    #[must_use]
    pub fn article(&self) -> &str {
        self.item.rsplit_once('.').map_or(&self.item, |(article, _)| article)
    }

    /// The part of the code after the item; `None` for the item as a whole.
    #[must_use]
    pub fn slug(&self) -> Option<&str> {
        self.code.split_once(':').map(|(_, slug)| slug)
    }
}

/// A set of activities of one rulebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ActivitySet(u128);

impl ActivitySet {
    /// Whether `id` is in the set.
    #[must_use]
    pub fn contains(self, id: ActivityId) -> bool {
        self.0 & (1 << id.0) != 0
    }

    /// Adds `id`.
    pub fn insert(&mut self, id: ActivityId) {
        self.0 |= 1 << id.0;
    }

    /// Takes `id` out.
    pub fn remove(&mut self, id: ActivityId) {
        self.0 &= !(1 << id.0);
    }

    /// The set as bits.
    #[must_use]
    pub fn bits(self) -> u128 {
        self.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many activities it holds.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The members, in the rulebook's order.
    pub fn iter(self) -> impl Iterator<Item = ActivityId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let id = ActivityId(u8::try_from(rest.trailing_zeros()).unwrap_or(0));
                rest &= rest - 1;
                id
            })
        })
    }
}

impl FromIterator<ActivityId> for ActivitySet {
    fn from_iter<I: IntoIterator<Item = ActivityId>>(iter: I) -> Self {
        let mut set = Self::default();
        iter.into_iter().for_each(|id| set.insert(id));
        set
    }
}
