//! The program's terminal face, put together.

use auxlog_record::{Clock, SystemClock};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use auxlog_law::Lang;
use auxlog_store::OpenOptions;
use crossterm::event::EventStream;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;

use crate::app::{App, Events, Surface as _};
use crate::effects::Host;
use crate::export::Exporter;
use crate::keymap::{Keymap, Preset};
use crate::model::Settings;
use crate::msg::Msg;
use crate::probe::{GlyphChoice, draws_wide};
use crate::shared::{StatusLine, Tone};
use crate::signals::Signals;
use crate::terminal::{Screen, restore_on_panic};
use crate::theme::Theme;
use crate::words::say;

/// How the screens look to whoever sits before them, opened or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Language.
    pub lang: Lang,
    /// Colours.
    pub theme: Theme,
}

/// How to run.
#[derive(Clone)]
pub struct Options {
    /// The data directory.
    pub dir: PathBuf,
    /// How it is opened.
    pub open: OpenOptions,
    /// Language at the start.
    pub lang: Lang,
    /// Colours; `None` is the dark theme, or the monochrome one where `NO_COLOR` is set.
    pub theme: Option<Theme>,
    /// Marks.
    pub glyphs: GlyphChoice,
    /// The preset keymap.
    pub preset: Preset,
    /// A keymap file of the officer's own; it says itself which preset it extends.
    pub keymap: Option<PathBuf>,
    /// Whether the mouse is listened to; then selecting text needs Shift.
    pub mouse: bool,
    /// What the unlock screen says besides: the passphrase of a demonstration's throw-away data.
    pub hint: Option<String>,
    /// Whether the lock ends [`run`], so that the process that held the keys can end with it.
    pub ends_at_lock: bool,
    /// How they looked when the lock ended them; goes before `lang` and `theme` until an officer's own
    /// choice is known.
    pub look: Option<Look>,
    /// Writes files, and the directory in which they go unless another is named.
    pub exporter: Option<(Arc<dyn Exporter>, PathBuf)>,
}

impl Options {
    /// The usual way to run on `dir`.
    pub fn new(dir: PathBuf, lang: Lang) -> Self {
        Self {
            dir,
            open: OpenOptions::default(),
            lang,
            theme: None,
            glyphs: GlyphChoice::Auto,
            preset: Preset::Default,
            keymap: None,
            mouse: true,
            hint: None,
            ends_at_lock: false,
            look: None,
            exporter: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("dir", &self.dir).field("lang", &self.lang).finish_non_exhaustive()
    }
}

/// Why the screens ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The officer went, or a signal said so.
    Quit,
    /// The lock, where [`Options::ends_at_lock`] says that it ends them.
    Locked(Look),
}

/// Shows the screens until the officer quits. The terminal is given back however it ends.
///
/// # Errors
/// When standard output is no terminal, or it goes away.
pub fn run(options: Options) -> io::Result<Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(show(options));
    // An answer still on its way is nobody's any more.
    runtime.shutdown_background();
    outcome
}

async fn show(options: Options) -> io::Result<Ended> {
    restore_on_panic();
    let mut signals = Signals::listen()?;
    let (keymap, notice) = keymap(&options);
    let mut screen = Screen::take(options.mouse)?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let theme = options.theme.unwrap_or(if no_color { Theme::Mono } else { Theme::Dark });
    let look = options.look.unwrap_or(Look { lang: options.lang, theme });
    let settings = Settings {
        lang: look.lang,
        theme: look.theme,
        theme_given: options.theme.is_some() || no_color,
        glyphs: options.glyphs.glyphs(),
        keymap,
        rulebooks: options.open.rulebooks.clone(),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (exporter, exports_to) = options.exporter.unzip();
    let host = Host { dir: options.dir, options: options.open, exporter };
    let mut app = App::new(settings, host, clock, screen.size()?);
    app.notify(notice);
    app.hint(options.hint);
    app.ends_at_lock(options.ends_at_lock);
    app.exports_to(exports_to);
    // The first frame comes before the terminal is asked anything.
    app.draw(&mut screen)?;
    let probe = options.glyphs.asks().then(|| app.sender());
    app.run(&mut screen, &mut listen(probe), &mut signals).await?;
    let shared = &app.model().shared;
    let look = Look { lang: shared.lang(), theme: shared.theme };
    Ok(if app.has_locked() { Ended::Locked(look) } else { Ended::Quit })
}

/// Asks the terminal how it draws, if it should be, then reads its events as they come. A queue of our own can be asked whether something is
/// there already; crossterm's stream keeps only the first waker it was asked with.
fn listen(probe: Option<mpsc::UnboundedSender<Msg>>) -> Events {
    let (sender, events) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        if let Some(messages) = probe {
            let wide = tokio::task::spawn_blocking(draws_wide).await;
            let wide = wide.is_ok_and(|answer| answer.unwrap_or(false));
            let _ = messages.send(Msg::Probed { wide });
        }
        let mut stream = EventStream::new();
        while let Some(event) = stream.next().await {
            if sender.send(event).is_err() {
                break;
            }
        }
    });
    events
}

/// The keymap, and what to say when the officer's own is not without fault: they work on with what
/// of it could be read.
fn keymap(options: &Options) -> (Keymap, Option<StatusLine>) {
    let Some(path) = &options.keymap else { return (options.preset.keymap(), None) };
    let words = crate::words::load(options.lang);
    let failed = |text| Some(StatusLine { tone: Tone::Failed, text });
    match crate::keymap::check_file(path) {
        Ok((keymap, problems)) => {
            let notice = problems.first().and_then(|problem| {
                let more = problems.len() - 1;
                let first = problem.describe(&words);
                failed(if more == 0 {
                    first
                } else {
                    say!(words, "keymap-and-more", first = first, more = more.to_string())
                })
            });
            (keymap, notice)
        }
        Err(error) => {
            let path = path.display().to_string();
            let text = say!(words, "open-io", path = path, why = words.reason(&error));
            (options.preset.keymap(), failed(text))
        }
    }
}
