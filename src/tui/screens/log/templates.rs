//! What an officer sets up once for their forms: templates, and where a form begins.

use super::content::Content;
use super::fields::First;
use super::last::LastUsed;
use super::{Log, SHELF};
use crate::effect::Answer;
use crate::labels;
use crate::shared::{Cx, Tone};
use crate::widgets::shelf::{Browser, Labels, Offer, Wish};
use crate::words::{Words, say};

/// Templates are kept under their names behind this.
const TEMPLATE: &str = "template/";
/// Where a form begins is kept under this.
const FIRST: &str = "first";
const TEXT: &str = "text";

impl Log {
    /// Opens the templates.
    pub(super) fn browse(&mut self, cx: &mut Cx) {
        let words = cx.words();
        let labels = Labels {
            title: say!(words, "log-templates"),
            keep: say!(words, "log-template-keep"),
            name: say!(words, "log-template-name"),
            take_away: say!(words, "log-template-drop"),
        };
        let kept = self.shelf.all().filter_map(|(key, value)| {
            let content: Content = serde_json::from_str(value).ok()?;
            Some(Offer { name: key.strip_prefix(TEMPLATE)?.to_owned(), gist: gist(words, &content), own: true })
        });
        let offers: Vec<Offer> = kept.collect();
        let may_keep = self.form.as_ref().is_some_and(|form| !form.content.is_pristine());
        if offers.is_empty() && !may_keep {
            cx.notify(Tone::Hint, say!(words, "log-no-templates"));
            return;
        }
        self.browsing = Some(Browser::open(labels, offers, may_keep));
    }

    /// Does what was chosen in the templates.
    pub(super) fn wished(&mut self, wish: Wish, cx: &mut Cx) {
        match wish {
            Wish::None => return,
            Wish::Unnamed => return cx.notify(Tone::Failed, say!(cx.words(), "shelf-unnamed")),
            Wish::Left => {}
            Wish::Take(name) => {
                let kept = self.shelf.get(&format!("{TEMPLATE}{name}"));
                if let Some(content) = kept.and_then(|kept| serde_json::from_str::<Content>(kept).ok()) {
                    let last = self.last.clone();
                    self.fill(cx, |shared, reference| {
                        let mut content = content.after_pattern(reference, shared.now);
                        content.carry(&last);
                        content
                    });
                }
            }
            Wish::Keep(name) => {
                let pattern = self.form.as_ref().map(|form| form.content.pattern());
                if let Some(pattern) = pattern.and_then(|pattern| serde_json::to_string(&pattern).ok()) {
                    self.shelf.put(SHELF, &format!("{TEMPLATE}{name}"), Some(pattern), cx);
                    cx.done(say!(cx.words(), "log-template-kept", name = name));
                }
            }
            Wish::Drop(name) => {
                self.shelf.put(SHELF, &format!("{TEMPLATE}{name}"), None, cx);
                cx.done(say!(cx.words(), "log-template-dropped", name = name));
            }
        }
        self.browsing = None;
    }

    /// Begins with the text instead of the fields, or the other way round, from now on.
    pub(super) fn turn_round(&mut self, cx: &mut Cx) {
        self.first = if self.first == First::Text { First::Fields } else { First::Text };
        let text = self.first == First::Text;
        self.shelf.put(SHELF, FIRST, text.then(|| TEXT.to_owned()), cx);
        if let Some(form) = &mut self.form {
            form.begin_with(self.first);
        }
        let said = if text { say!(cx.words(), "log-text-first") } else { say!(cx.words(), "log-fields-first") };
        cx.done(said);
    }

    /// Takes in what the officer kept.
    pub(super) fn unpack(&mut self, answer: &Answer) {
        if !self.shelf.answer(SHELF, answer) {
            return;
        }
        self.first = if self.shelf.get(FIRST) == Some(TEXT) { First::Text } else { First::Fields };
        if let Some(form) = &mut self.form
            && form.first != self.first
        {
            form.begin_with(self.first);
        }
    }

    /// Proposes what the officer's last task had, which they logged before the program was started.
    pub(super) fn carry_on(&mut self, last: LastUsed, cx: &mut Cx) {
        if self.last != LastUsed::default() {
            return;
        }
        self.last = last;
        if let Some(form) = &mut self.form {
            form.content.carry(&self.last);
            form.judge(cx.shared);
        }
    }
}

/// What a template amounts to: what is done, and by whom.
fn gist(words: &Words, content: &Content) -> String {
    let separator = say!(words, "list-separator");
    let duties = content.duties.stated().map(|codes| labels::activities(words, codes)).unwrap_or_default();
    let people: Vec<&str> = content.auxiliaries.iter().map(|pick| pick.name.as_str()).collect();
    let parts = [duties, people.join(&separator), content.typed(auxlog_record::TaskField::Text).replace('\n', " ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
