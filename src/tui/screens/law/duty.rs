//! A duty: its provision, and what the rulebook says of it done in one way or another.

use auxlog_law::{Facts, Mode, Officers, Person, Presence, Rulebook, Severity};
use auxlog_record::Moment;
use ratatui::layout::Rect;

use super::Law;
use super::view::scrolled;
use crate::canvas::Canvas;
use crate::shared::Shared;
use crate::task::panel::{self, Panel};
use crate::theme::Meaning;
use crate::widgets::{Line, Page};
use crate::words::{Words, say};

/// A way to do a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With two officers, certificates valid, on the scene.
    Supervised,
    /// The officer on the phone or on video.
    Remote,
    /// Without an officer.
    Alone,
}

impl Way {
    const ALL: [Self; 3] = [Self::Supervised, Self::Remote, Self::Alone];

    fn says(self, words: &Words) -> String {
        match self {
            Self::Supervised => say!(words, "law-way-supervised"),
            Self::Remote => say!(words, "law-way-remote"),
            Self::Alone => say!(words, "law-way-alone"),
        }
    }
}

/// What the rulebook says of the duty `code` done in this way, whoever does it.
fn verdict(rulebook: &Rulebook, code: &str, way: Way, now: Moment) -> Severity {
    let (mode, presence) = match way {
        Way::Supervised => (Mode::Assisted, Presence::OnScene),
        Way::Remote => (Mode::Assisted, Presence::Remote),
        Way::Alone => (Mode::Independent, Presence::None),
    };
    let officers = if way == Way::Alone { Officers::Unstated } else { Officers::Stated { valid: 2, total: 2 } };
    let activities = rulebook.activity(code).into_iter().collect();
    // Of somebody in good standing nothing is said.
    let people = vec![Person::default()];
    let facts =
        Facts { activities, mode, presence, officers, people, legal_basis: true, at: Some(now.0), ..Facts::default() };
    rulebook.judge(&facts).verdict
}

/// Every way of doing the duty `code` that the rules tell apart: how it is judged and why, who
/// answers, what may follow, and what would make it proper.
fn worked_out(rulebook: &Rulebook, code: &str, page: &mut Page) {
    let words = page.words;
    let (Some(duty), lang) = (rulebook.activity(code), words.lang()) else { return };
    page.blank();
    page.add(0, &say!(words, "law-outlooks"), Meaning::Dim);
    for outlook in rulebook.outlooks(duty) {
        let severity = outlook.verdict.verdict;
        let label = rulebook.outlook_label(&outlook, lang);
        let said = format!("{} {}  {label}", panel::mark(severity, page.glyphs), words.terms().verdict(severity));
        page.blank();
        page.add(0, &said, panel::meaning(severity));
        let proper = outlook.proper.as_deref().unwrap_or_default();
        let mut panel = Page::new(page.shared, page.columns.saturating_sub(2));
        Panel::of(rulebook, &outlook.verdict, proper, &[], lang).write(&mut panel);
        let inset = panel.lines.into_iter().map(|line| Line { text: format!("  {}", line.text), ..line });
        page.lines.extend(inset);
        if outlook.proper.is_none() {
            page.add(2, &say!(words, "law-never-proper"), Meaning::Dim);
        }
    }
}

pub(super) fn draw(law: &Law, shared: &Shared, canvas: &mut Canvas, area: Rect, place: usize) {
    let (rulebook, lang, words) = (shared.words.rulebook(), shared.lang(), &shared.words);
    let Some(duty) = rulebook.activities().get(place) else { return };
    let title = format!("{}  {}", rulebook.cite_label(&duty.item, lang), duty.name(lang));
    let inner = canvas.frame(area, &title, false);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut page = Page::new(shared, usize::from(inner.width.saturating_sub(1)));
    for way in Way::ALL {
        let severity = verdict(rulebook, &duty.code, way, shared.now);
        let mark = panel::mark(severity, page.glyphs);
        let said = format!("{mark} {}  {}", words.terms().verdict(severity), way.says(words));
        page.add(0, &said, panel::meaning(severity));
    }
    page.blank();
    if let Some(provision) = rulebook.provision(&duty.item) {
        page.add(0, &provision.verbatim(), Meaning::Text);
    }
    page.blank();
    page.add(0, &say!(words, "law-duty-code", code = duty.code.as_str()), Meaning::Dim);
    if !duty.words.is_empty() {
        let found = duty.words.join(&say!(words, "list-separator"));
        page.add(0, &say!(words, "law-duty-words", found = found), Meaning::Dim);
    }
    worked_out(rulebook, &duty.code, &mut page);
    scrolled(law, canvas, inner, &page.lines);
}

#[cfg(test)]
mod tests {
    use super::Severity::{Improper, NeedsReview, Permitted};
    use super::*;

    #[test]
    fn each_list_of_the_regulation_shows_in_what_is_said_of_its_duties() {
        let of = |code: &str| {
            let now = crate::testing::now();
            Way::ALL.map(|way| verdict(Rulebook::embedded(), code, way, now))
        };
        assert_eq!(of("15.2:patrol"), [Permitted; 3], "the independent list");
        assert_eq!(of("16.2:site-verification"), [Permitted, NeedsReview, Improper], "the assisted list");
        assert_eq!(of("16.1:dissuade"), [Permitted, NeedsReview, NeedsReview]);
        assert_eq!(of("17.1:decision"), [Improper; 3], "what is prohibited");
    }
}
