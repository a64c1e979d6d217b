//! The decision table's own words in both languages, as `vocabulary.toml` has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::rulebook::condition_order;
use crate::{Lang, Rulebook};

#[derive(Debug, Deserialize)]
struct Wording {
    zh: String,
    en: String,
}

static WORDS: LazyLock<BTreeMap<String, Wording>> = LazyLock::new(|| {
    toml::from_str(include_str!("rulebook/vocabulary.toml")).expect("a test holds the embedded vocabulary to load")
});

/// The wording of `key`, or the key itself where there is none.
pub(crate) fn word(key: &str, lang: Lang) -> &str {
    WORDS.get(key).map_or(key, |wording| lang.pick(&wording.zh, &wording.en))
}

impl Rulebook {
    /// Conditions of a row or case as sentences, e.g. `监督情形：单独（…）`.
    #[must_use]
    pub fn conditions_label(&self, when: &[(String, Vec<String>)], lang: Lang) -> Vec<String> {
        let mut ordered: Vec<_> = when.iter().collect();
        ordered.sort_by_key(|(field, _)| condition_order(field));
        let colon = lang.pick("：", ": ");
        let comma = lang.pick("、", ", ");
        let sentence = |(field, values): &(String, Vec<String>)| {
            let values: Vec<String> = values.iter().map(|value| self.value_label(field, value, lang)).collect();
            format!("{}{colon}{}", word(field, lang), values.join(comma))
        };
        ordered.into_iter().map(sentence).collect()
    }

    fn value_label(&self, field: &str, value: &str, lang: Lang) -> String {
        match field {
            "activity" | "except" => {
                let bare = value.strip_suffix(":unnamed").unwrap_or(value);
                match self.activities().iter().find(|activity| activity.code == value && value.contains(':')) {
                    Some(activity) => format!("{} {}", self.cite_label(&activity.item, lang), activity.name(lang)),
                    None => self.cite_label(bare, lang),
                }
            }
            "situation" | "except_situation" => {
                let situation = self.situations().iter().find(|situation| situation.name == value);
                situation.map_or(value, |situation| lang.pick(&situation.zh, &situation.en)).to_owned()
            }
            _ => word(&format!("{field}.{value}"), lang).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arranged;
    use crate::field::{CIRCUMSTANCES, Field, MODES, OFFICERS, PRESENCES};

    #[test]
    fn every_fact_and_value_of_the_vocabulary_has_words_in_both_languages() {
        let composite: [(&str, &[&str]); 5] = [
            ("mode", MODES),
            ("presence", PRESENCES),
            ("officers", &OFFICERS),
            ("arranged", Arranged::WORDS),
            ("circumstance", &CIRCUMSTANCES),
        ];
        let simple = Field::ALL.into_iter().filter(|field| *field != Field::Supervision);
        let all = simple.map(|field| (field.name(), field.values())).chain(composite);
        for (field, values) in all {
            for key in values.iter().map(|value| format!("{field}.{value}")).chain([field.to_owned()]) {
                let wording = WORDS.get(&key).unwrap_or_else(|| panic!("{key} lacks words"));
                assert!(!wording.zh.trim().is_empty() && !wording.en.trim().is_empty(), "{key} is empty");
            }
        }
    }
}
