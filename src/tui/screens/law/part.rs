//! The parts of the screen, and finding in them.

use auxlog_law::{Lang, Provision, Rulebook};

use crate::search::{Needle, folded};

/// Typed letters below this length are initials of too much to search whole texts by sound.
const LEAST_BY_SOUND: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Part {
    #[default]
    Regulation,
    /// The duties it names: what an officer picks when they log (第十五、十六、十七、二十三条).
    Duties,
    /// The laws that go before it (第二条).
    Above,
    /// The decision table.
    Rules,
}

impl Part {
    pub(super) const ALL: [Self; 4] = [Self::Regulation, Self::Duties, Self::Above, Self::Rules];

    pub(super) fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// The part called `name` by [`Self::name`].
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// What the part is called where the screens remember it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Regulation => "regulation",
            Self::Duties => "duties",
            Self::Above => "above",
            Self::Rules => "rules",
        }
    }

    /// What of this part fits `typed`, as places in the rulebook's lists: what is named so first.
    pub(super) fn find(self, rulebook: &Rulebook, typed: &str) -> Vec<usize> {
        let typed = folded(typed);
        let needle = Needle::new(&typed);
        let mut ranked: Vec<(u8, usize)> = match self {
            Self::Rules => {
                let rank = |(place, row): (usize, &auxlog_law::Row)| {
                    let words = row.cases.iter().flat_map(|case| {
                        let messages = [case.message_zh.as_str(), case.message_en.as_str()];
                        messages.into_iter().chain(case.cites.iter().map(String::as_str))
                    });
                    needle.rank_any(words.chain([row.id.as_str()])).map(|rank| (rank, place))
                };
                rulebook.rows().iter().enumerate().filter_map(rank).collect()
            }
            Self::Duties => {
                let rank = |(place, duty): (usize, &auxlog_law::Activity)| {
                    let words = [duty.code.as_str(), &duty.zh, &duty.en].into_iter();
                    let words = words.chain(duty.words.iter().map(String::as_str));
                    needle.rank_any(words).map(|rank| (rank, place))
                };
                rulebook.activities().iter().enumerate().filter_map(rank).collect()
            }
            Self::Regulation | Self::Above => {
                let articles = rulebook.provisions().iter().enumerate();
                let mine = articles.filter(|(_, p)| p.item.is_none() && p.law.is_empty() == (self == Self::Regulation));
                mine.filter_map(|(place, p)| rank(rulebook, p, &needle, &typed).map(|rank| (rank, place))).collect()
            }
        };
        // The law's own order, but for an article that was asked for by its number.
        ranked.sort_by_key(|(rank, place)| (*rank > 0, *place));
        ranked.into_iter().map(|(_, place)| place).collect()
    }
}

/// 0 for the article asked for by number, 1 for one that holds the words.
fn rank(rulebook: &Rulebook, article: &Provision, needle: &Needle, typed: &str) -> Option<u8> {
    if needle.is_empty() {
        return Some(1);
    }
    let label = rulebook.cite_label(&article.cite, Lang::Zh);
    let number = typed.split('.').next().unwrap_or(typed);
    if article.cite.rsplit('/').next() == Some(number) || label == typed {
        return Some(0);
    }
    let holds = article.text.contains(typed) || label.contains(typed);
    let by_sound = typed.is_ascii() && typed.len() >= LEAST_BY_SOUND && !typed.contains(|c: char| c.is_ascii_digit());
    (holds || by_sound && needle.rank(&article.text).is_some()).then_some(1)
}
