//! The screens, a module each, none of which knows another; and the one list of them.
//!
//! To add a screen: a module with a type that implements [`Screen`], and its line in `LIST`; its
//! commands in the command table, with their keys in `keymaps/default.toml` and their words in the
//! locale files.

pub mod law;
pub mod log;
pub mod plan;
pub mod review;
pub mod staff;
pub mod sync;
pub mod tasks;
pub mod today;

use crate::command::Command;
use crate::screen::{Screen, Target};

struct Listed {
    /// Shows it, and gives it its title and key.
    command: Command,
    /// Makes it as it is at the start.
    make: fn() -> Box<dyn Screen + Send>,
}

const fn listed<S: Screen + Default + Send + 'static>(command: Command) -> Listed {
    Listed { command, make: || Box::<S>::default() }
}

/// The screens, in the order of their keys; the first is shown at the start.
static LIST: &[Listed] = &[
    listed::<today::Today>(Command::GoToday),
    listed::<log::Log>(Command::GoLog),
    listed::<plan::Plan>(Command::GoPlan),
    listed::<tasks::Tasks>(Command::GoTasks),
    listed::<review::Review>(Command::GoReview),
    listed::<staff::Staff>(Command::GoStaff),
    listed::<law::Law>(Command::GoLaw),
    listed::<sync::Sync>(Command::GoSync),
];

/// A screen's place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScreenId(usize);

impl ScreenId {
    /// All screens, in the order of their keys.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..LIST.len()).map(Self)
    }

    /// The command that shows it.
    pub fn command(self) -> Command {
        LIST[self.0].command
    }

    /// The screen that `command` shows.
    pub fn of(command: Command) -> Option<Self> {
        Self::all().find(|id| id.command() == command)
    }
}

/// The screens and their state.
#[derive(Debug)]
pub struct Screens(Vec<Box<dyn Screen + Send>>);

impl Default for Screens {
    fn default() -> Self {
        Self(LIST.iter().map(|listed| (listed.make)()).collect())
    }
}

impl Screens {
    /// A screen.
    pub fn get(&self, id: ScreenId) -> &dyn Screen {
        self.0[id.0].as_ref()
    }

    /// A screen, to change it.
    pub fn get_mut(&mut self, id: ScreenId) -> &mut dyn Screen {
        self.0[id.0].as_mut()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Screen> {
        self.0.iter().map(|screen| screen.as_ref() as &dyn Screen)
    }

    /// All of them, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut dyn Screen> {
        self.0.iter_mut().map(|screen| screen.as_mut() as &mut dyn Screen)
    }

    /// The screen on which `target` is shown.
    pub fn showing(&self, target: &Target) -> Option<ScreenId> {
        self.iter().position(|screen| screen.shows(target)).map(ScreenId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::samples;

    #[test]
    fn every_target_is_shown_on_one_screen() {
        let task = Box::<auxlog_record::Task>::default();
        let correct = Target::Correct { target: samples::id(1), based_on: Vec::new(), task: task.clone() };
        for (target, command) in [
            (Target::LogLike(task.clone()), Command::GoLog),
            (Target::CarryOut(task), Command::GoLog),
            (Target::NewPlan, Command::GoLog),
            (correct, Command::GoLog),
            (Target::Task(samples::id(1)), Command::GoTasks),
            (Target::Flag(samples::id(1)), Command::GoReview),
            (Target::Auxiliary("X1".into()), Command::GoStaff),
            (Target::Registers, Command::GoStaff),
            (Target::Due, Command::GoStaff),
            (Target::Provision("17.2".into()), Command::GoLaw),
        ] {
            let screens = Screens::default();
            assert_eq!(screens.iter().filter(|screen| screen.shows(&target)).count(), 1, "{target:?}");
            assert_eq!(screens.showing(&target).map(ScreenId::command), Some(command));
        }
    }
}
