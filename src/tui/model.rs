//! The whole state of the screen.

use auxlog_law::{Lang, RulebookSet};
use auxlog_record::Moment;
use auxlog_store::Counts;
use ratatui::layout::Size;

use crate::effect::Tickets;
use crate::glyph::Glyphs;
use crate::key::Key;
use crate::keymap::Keymap;
use crate::layers::Unlock;
use crate::remembered::Chosen;
use crate::screen::Screen;
use crate::screens::{ScreenId, Screens};
use crate::shared::{Shared, StatusLine};
use crate::theme::Theme;

/// Everything that is shown or remembered. Changed by [`crate::update::update`] only.
#[derive(Debug)]
pub struct Model {
    /// What every screen may read.
    pub shared: Shared,
    /// The screens.
    pub screens: Screens,
    /// The screen shown.
    pub current: ScreenId,
    /// Screens to come back to.
    pub trail: Vec<ScreenId>,
    /// What lies over the screen, the front one last.
    pub layers: Vec<Box<dyn Screen + Send>>,
    /// Shown instead of the screen while locked.
    pub unlock: Unlock,
    /// Keys of a sequence pressed so far.
    pub pending: Vec<Key>,
    /// What the status line says.
    pub notice: Option<StatusLine>,
    /// When something was last pressed.
    pub touched: Moment,
    /// The program is about to end.
    pub quitting: bool,
    /// The theme was set up for this start: by `NO_COLOR` or the configuration.
    pub theme_given: bool,
    /// What the officer chose themselves, and is to find again.
    pub chosen: Chosen,
}

/// How the screen is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Language.
    pub lang: Lang,
    /// Colours.
    pub theme: Theme,
    /// Whether they were asked for, by `NO_COLOR` or the configuration.
    pub theme_given: bool,
    /// Marks.
    pub glyphs: Glyphs,
    /// Keys.
    pub keymap: Keymap,
    /// By which tasks are judged, and with whose words it is told.
    pub rulebooks: RulebookSet,
}

impl Model {
    /// The state at the start: locked.
    pub fn new(settings: Settings, now: Moment, size: Size) -> Self {
        let shared = Shared {
            words: crate::words::load(settings.lang).with_rulebooks(settings.rulebooks),
            theme: settings.theme,
            glyphs: settings.glyphs,
            keymap: settings.keymap,
            now,
            size,
            session: None,
            counts: Counts::default(),
            hint: None,
            tickets: Tickets::default(),
            exports_to: None,
        };
        Self {
            shared,
            screens: Screens::default(),
            current: ScreenId::default(),
            trail: Vec::new(),
            layers: Vec::new(),
            unlock: Unlock::default(),
            pending: Vec::new(),
            notice: None,
            touched: now,
            quitting: false,
            theme_given: settings.theme_given,
            chosen: Chosen::default(),
        }
    }

    /// Whether nobody has unlocked.
    pub fn is_locked(&self) -> bool {
        self.shared.session.is_none()
    }

    /// What has the focus: the front layer, else the unlock screen or the screen shown.
    pub fn front(&self) -> &dyn Screen {
        match self.layers.last() {
            Some(layer) => layer.as_ref(),
            None if self.is_locked() => &self.unlock,
            None => self.screens.get(self.current),
        }
    }
}
