//! The activities that may be picked.

use auxlog_law::{Lang, Rulebook};

use crate::widgets::Entry;

/// The activities by article, an item as a whole after its single activities.
pub fn duties(rulebook: &Rulebook, lang: Lang) -> Vec<Entry<String>> {
    let mut activities: Vec<_> = rulebook.activities().iter().enumerate().collect();
    let item_of = |code: &str| code.split(':').next().unwrap_or_default().to_owned();
    let mut first_of_item = std::collections::HashMap::new();
    for (place, activity) in &activities {
        first_of_item.entry(item_of(&activity.code)).or_insert(*place);
    }
    activities.sort_by_key(|(place, activity)| {
        let item = item_of(&activity.code);
        (first_of_item.get(&item).copied(), activity.code == item, *place)
    });
    activities
        .into_iter()
        .map(|(_, activity)| {
            let item = item_of(&activity.code);
            // By its Chinese name on an English screen too: that is how the law calls it.
            let words = activity.words.join(" ");
            let keys = format!("{} {item} {} {} {words}", activity.code, item.replace('.', ""), activity.zh);
            Entry::new(activity.code.clone(), activity.name(lang), rulebook.cite_label(&item, lang), keys)
        })
        .collect()
}
