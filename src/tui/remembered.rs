//! What of the screens is there again after the next start: which one, what was searched, how it
//! looked. Sealed like a draft, an officer's own.

use std::collections::BTreeMap;

use auxlog_law::Lang;
use auxlog_store::Draft;

use crate::command::Command;
use crate::effect::{Ask, Effect};
use crate::glyph;
use crate::model::Model;
use crate::screens::ScreenId;
use crate::shared::Cx;
use crate::theme::Theme;

/// Its name among the drafts.
pub const FORM: &str = "screens";

/// What is remembered, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remembered(BTreeMap<String, String>);

impl Remembered {
    /// Remembers `value` as `name`; what is empty is not worth it.
    pub fn put(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// What was remembered as `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A number that was remembered as `name`.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// As a draft has it.
    pub fn of(draft: &Draft) -> Self {
        Self(draft.state.clone())
    }
}

/// What the officer chose to look otherwise than it was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chosen {
    /// The theme.
    pub theme: bool,
    /// The language.
    pub lang: bool,
    /// The marks.
    pub glyphs: bool,
}

/// Remembers how the screens are now; nothing while nobody is unlocked.
pub fn remember(model: &Model) -> Option<Effect> {
    if model.is_locked() {
        return None;
    }
    let mut kept = Remembered::default();
    kept.put("screen", model.current.command().id());
    let shared = &model.shared;
    if model.chosen.theme {
        kept.put("theme", shared.theme.name());
    }
    if model.chosen.lang {
        kept.put("lang", shared.lang().pick("zh-CN", "en"));
    }
    if model.chosen.glyphs {
        kept.put("glyphs", if shared.glyphs.ascii { "ascii" } else { "unicode" });
    }
    model.screens.iter().for_each(|screen| screen.remember(&mut kept));
    let draft = Draft { state: kept.0, ..Draft::default() };
    Some(Effect::Ask(shared.tickets.take(), Ask::SaveDraft(FORM, Box::new(draft))))
}

/// Makes the screens as they were; they ask for what they need when they are shown.
pub fn restore(model: &mut Model, kept: &Remembered) {
    if let Some(id) = kept.get("screen").and_then(Command::named).and_then(ScreenId::of) {
        model.current = id;
    }
    // What was set up for this start, by NO_COLOR or the configuration, goes before.
    if let Some(theme) = kept.get("theme").and_then(Theme::named)
        && !model.theme_given
    {
        (model.shared.theme, model.chosen.theme) = (theme, true);
    }
    if let Some(lang) = kept.get("lang") {
        let lang = if lang == "en" { Lang::En } else { Lang::Zh };
        model.chosen.lang = true;
        if lang != model.shared.lang() {
            let rulebooks = model.shared.words.rulebooks().clone();
            model.shared.words = crate::words::load(lang).with_rulebooks(rulebooks);
        }
    }
    if let Some(glyphs) = kept.get("glyphs") {
        model.shared.glyphs = if glyphs == "ascii" { glyph::ASCII } else { glyph::UNICODE };
        model.chosen.glyphs = true;
    }
    let mut cx = Cx::new(&model.shared);
    model.screens.iter_mut().for_each(|screen| screen.restore(kept, &mut cx));
}

#[cfg(test)]
mod tests {
    use auxlog_record::Roster;

    use super::*;
    use crate::testing::dry_run::{DryRun, Look};

    /// What is kept when the officer who pressed `keys` quits.
    fn left_after(keys: &str) -> Box<Draft> {
        let mut run = DryRun::open(&Look::default());
        run.keys(keys).take_effects();
        let kept = run.keys("<Ctrl-Q>").take_effects().into_iter().find_map(|effect| match effect {
            Effect::Ask(_, Ask::SaveDraft(FORM, draft)) => Some(draft),
            _ => None,
        });
        kept.expect("it is kept before the program ends")
    }

    fn again(look: &Look, kept: Box<Draft>) -> DryRun {
        let mut run = DryRun::locked(look);
        run.unlock(Roster::default(), None, Some(kept));
        run
    }

    #[test]
    fn the_screens_are_as_they_were_left() {
        let kept = left_after("<F7><Tab><Ctrl-F>xchc<Enter><F6>zw<F8><Ctrl-T><Ctrl-L><F7>");
        let mut run = again(&Look::default(), kept);
        assert_eq!((run.model.current.command(), run.model.shared.lang()), (Command::GoLaw, Lang::En));
        assert_eq!(run.model.shared.theme, Theme::Light);
        assert!(run.text().contains("[Duties]") && run.text().contains("xchc"), "{}", run.text());
        let searched = |run: &DryRun| {
            let mut asked = run.effects.iter();
            asked.any(|effect| matches!(effect, Effect::Ask(_, Ask::People { query, .. }) if query == "zw"))
        };
        assert!(!searched(&run), "a screen asks when it is shown");
        run.keys("<F6>");
        assert!(searched(&run), "{:?}", run.effects);
    }

    #[test]
    fn what_was_set_up_for_this_start_goes_before_what_was_chosen_earlier() {
        let kept = left_after("<Ctrl-T>");
        let mut run = DryRun::locked(&Look { theme: Theme::Mono, ..Look::default() });
        run.model.theme_given = true;
        run.unlock(Roster::default(), None, Some(kept));
        assert_eq!(run.model.shared.theme, Theme::Mono);
        let untouched = again(&Look { theme: Theme::Sunlight, ..Look::default() }, left_after("<F4>"));
        assert_eq!(untouched.model.shared.theme, Theme::Sunlight, "nothing was chosen");
        assert_eq!(untouched.model.current.command(), Command::GoTasks);
    }

    #[test]
    fn what_another_version_kept_does_no_harm() {
        let strange = [("screen", "go.moon"), ("theme", "plaid"), ("law.part", "?"), ("law.line", "-1")];
        let named = strange.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let run = again(&Look::default(), Box::new(Draft { state: named.into(), ..Draft::default() }));
        assert_eq!((run.model.current.command(), run.model.shared.theme), (Command::GoToday, Theme::Dark));
    }
}
