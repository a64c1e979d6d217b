//! Views of the list: a filter under a name, some that everybody has and the officer's own.

use super::{SHELF, Tasks};
use crate::shared::{Cx, Tone};
use crate::widgets::shelf::{Browser, Labels, Offer, Wish};
use crate::words::{Words, say};

/// The views that everybody has: a name, and the filter line that it stands for.
fn common(words: &Words) -> [(String, String); 4] {
    [
        (say!(words, "view-today"), say!(words, "view-today-line")),
        (say!(words, "view-open"), say!(words, "view-open-line")),
        (say!(words, "view-improper"), say!(words, "view-improper-line")),
        (say!(words, "view-week"), say!(words, "view-week-line")),
    ]
}

impl Tasks {
    /// Opens the views.
    pub(super) fn browse(&mut self, cx: &mut Cx) {
        let words = cx.words();
        let labels = Labels {
            title: say!(words, "views-title"),
            keep: say!(words, "views-keep", line = self.filter_line.text()),
            name: say!(words, "views-name"),
            take_away: say!(words, "views-drop"),
        };
        let own = self.shelf.all().map(|(name, line)| Offer { name: name.into(), gist: line.into(), own: true });
        let common = common(words).into_iter().map(|(name, line)| Offer { name, gist: line, own: false });
        let may_keep = self.shelf.is_loaded() && !self.filter_line.text().trim().is_empty();
        self.views = Some(Browser::open(labels, own.chain(common).collect(), may_keep));
    }

    /// Does what was chosen in the views.
    pub(super) fn wished(&mut self, wish: Wish, cx: &mut Cx) {
        match wish {
            Wish::None => return,
            Wish::Unnamed => return cx.notify(Tone::Failed, say!(cx.words(), "shelf-unnamed")),
            Wish::Left => {}
            Wish::Take(name) => {
                let own = self.shelf.get(&name).map(str::to_owned);
                let line = own.or_else(|| {
                    common(cx.words()).into_iter().find(|(common, _)| *common == name).map(|(_, line)| line)
                });
                if let Some(line) = line {
                    self.filter_line.set(&line);
                    self.filter_changed(cx);
                }
            }
            Wish::Keep(name) => {
                let line = self.filter_line.text().trim().to_owned();
                self.shelf.put(SHELF, &name, Some(line), cx);
                cx.done(say!(cx.words(), "views-kept", name = name));
            }
            Wish::Drop(name) => {
                self.shelf.put(SHELF, &name, None, cx);
                cx.done(say!(cx.words(), "views-dropped", name = name));
            }
        }
        self.views = None;
    }
}
