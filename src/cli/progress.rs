//! Progress bars on standard error, only where a person watches.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that appears with its first step and goes when it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar under `title`.
    pub(crate) fn new(title: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        bar.set_style(
            ProgressStyle::with_template("{msg} {bar:24} {pos}/{len} {prefix}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(auxlog_record::visible_line(title).into_owned());
        Self(bar)
    }

    /// A bar of how much of a file has been read; none where the results themselves scroll by.
    pub(crate) fn of_file(title: &str) -> Self {
        let bar = Self::new(title);
        let style = ProgressStyle::with_template("{msg} {bar:24} {percent}% {bytes}/{total_bytes} {eta}");
        bar.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }

    /// Does something that writes to standard error, with the bar out of its way.
    pub(crate) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        self.0.suspend(write)
    }

    /// `done` of `all` steps are done.
    pub(crate) fn set(&self, done: u64, all: u64) {
        if self.0.is_hidden() && std::io::stderr().is_terminal() {
            self.0.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.0.set_length(all);
        self.0.set_position(done);
        if done >= all {
            self.0.finish_and_clear();
        }
    }

    /// `done` of `all` small steps are done; few are worth a look at the screen.
    pub(crate) fn step(&self, done: u64, all: u64) {
        const BETWEEN: u64 = 256;
        if done.is_multiple_of(BETWEEN) || done == all {
            self.set(done, all);
        }
    }

    /// What stands behind the bar.
    pub(crate) fn note(&self, text: &str) {
        self.0.set_prefix(auxlog_record::visible_line(text).into_owned());
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
