//! The law's own text: laws, chapters, articles and their items.

use super::reader::File;
use crate::provision::number;
use crate::{Chapter, Law, Problem, Provision, ReasonCode};

/// What a layer's files say verbatim.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    pub(crate) laws: Vec<Law>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) provisions: Vec<Provision>,
}

impl Texts {
    pub(super) fn add(&mut self, file: &File<'_>, problems: &mut Vec<Problem>) {
        for law in &file.raw.law {
            if self.laws.iter().any(|known| known.prefix == *law.prefix.get_ref()) {
                problems.push(file.at(&law.prefix).problem(ReasonCode::Duplicate, &[("code", law.prefix.get_ref())]));
                continue;
            }
            self.laws.push(Law {
                prefix: law.prefix.get_ref().clone(),
                zh: law.zh.clone(),
                en: law.en.clone(),
                short_zh: law.short_zh.clone(),
                short_en: law.short_en.clone(),
                published: law.published.clone(),
                promulgation: law.promulgation.trim().to_owned(),
            });
        }
        let chapter = |chapter: &super::raw::RawChapter| Chapter {
            number: chapter.number,
            zh: chapter.zh.clone(),
            en: chapter.en.clone(),
        };
        self.chapters.extend(file.raw.chapter.iter().map(chapter));
        for article in &file.raw.article {
            let cite = article.cite.get_ref();
            let place = file.at(&article.cite);
            if self.provisions.iter().any(|known| known.cite == *cite) {
                problems.push(place.problem(ReasonCode::Duplicate, &[("code", cite)]));
                continue;
            }
            if article.text.get_ref().trim().is_empty() {
                problems.push(place.problem(ReasonCode::MissingText, &[("row", cite), ("field", "text")]));
                continue;
            }
            let (law, article_number) = match cite.split_once('/') {
                Some((law, number)) => (law, number.parse::<u16>()),
                // A document without articles is cited by its prefix.
                None if self.laws.iter().any(|law| law.prefix == *cite) => (cite.as_str(), Ok(0)),
                None => ("", cite.parse()),
            };
            let Ok(article_number) = article_number else {
                problems.push(place.problem(ReasonCode::UnknownCode, &[("code", cite), ("field", "article")]));
                continue;
            };
            self.provisions.extend(split(cite, law, article_number, article.chapter, article.text.get_ref().trim()));
        }
    }

    /// Reports articles of a law that no `[[law]]` introduces.
    pub(super) fn check(&self, file: &File<'_>, problems: &mut Vec<Problem>) {
        for article in &file.raw.article {
            let prefix = article.cite.get_ref().split_once('/').map_or("", |(prefix, _)| prefix);
            if !self.laws.iter().any(|law| law.prefix == prefix) {
                problems.push(
                    file.at(&article.cite).problem(ReasonCode::UnknownCode, &[("code", prefix), ("field", "law")]),
                );
            }
        }
    }
}

/// An article and, where lines of it begin with （一）, （二）…, its items.
fn split(cite: &str, law: &str, article: u16, chapter: Option<u8>, text: &str) -> Vec<Provision> {
    let whole = Provision {
        cite: cite.to_owned(),
        law: law.to_owned(),
        chapter,
        article,
        item: None,
        text: text.to_owned(),
        lead: None,
    };
    let lead = text.lines().next().unwrap_or_default();
    let items = text.lines().filter_map(|line| {
        let (numeral, words) = line.strip_prefix('（')?.split_once('）')?;
        let item = number(numeral)?;
        Some(Provision {
            cite: format!("{cite}.{item}"),
            item: Some(item),
            text: words.to_owned(),
            lead: Some(lead.to_owned()),
            ..whole.clone()
        })
    });
    std::iter::once(whole.clone()).chain(items).collect()
}
