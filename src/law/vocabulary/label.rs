//! Conditions and single values as people read them.

use super::Vocabulary;
use crate::rulebook::condition_order;
use crate::{Lang, Rulebook};

impl Vocabulary {
    /// Conditions as sentences; `value` puts one value of a field into words.
    pub(crate) fn conditions_label(
        &self,
        when: &[(String, Vec<String>)],
        lang: Lang,
        value: impl Fn(&str, &str) -> String,
    ) -> Vec<String> {
        let mut ordered: Vec<_> = when.iter().collect();
        ordered.sort_by_key(|(field, _)| condition_order(field));
        let (colon, comma) = (lang.pick("：", ": "), lang.pick("、", ", "));
        let sentence = |(field, values): &(String, Vec<String>)| {
            let values: Vec<String> = values.iter().map(|one| value(field, one)).collect();
            format!("{}{colon}{}", self.word(field, lang), values.join(comma))
        };
        ordered.into_iter().map(sentence).collect()
    }

    /// A value of a fact as people read it.
    #[must_use]
    pub fn value_label(&self, fact: &str, value: &str, lang: Lang) -> String {
        let key = format!("{fact}.{value}");
        self.words.get(&key).map_or(key.as_str(), |wording| lang.pick(&wording.zh, &wording.en)).to_owned()
    }
}

impl Rulebook {
    /// Conditions of a row or case as sentences, e.g. `监督情形：单独（…）`.
    #[must_use]
    pub fn conditions_label(&self, when: &[(String, Vec<String>)], lang: Lang) -> Vec<String> {
        let value = |field: &str, value: &str| self.value_label(field, value, lang);
        self.model().vocabulary.conditions_label(when, lang, value)
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
            _ => self.model().vocabulary.value_label(field, value, lang),
        }
    }
}
