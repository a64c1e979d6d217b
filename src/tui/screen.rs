//! What a screen is, and the screens there are.
//!
//! To add a screen: a module under `screens` with a type that implements [`Screen`], a
//! [`ScreenId`] and a [`Target`], a field in [`Screens`], its commands in the command table with
//! their keys in `keymaps/default.toml` and their words in the locale files.

use auxlog_record::{AuxiliaryId, RecordId};
use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::Answer;
use crate::event::Input;
use crate::kept::Kept;
use crate::screens;
use crate::shared::{Cx, Shared};

/// A screen's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScreenId {
    /// 今日.
    Today,
    /// 登记.
    Log,
    /// 派工.
    Plan,
    /// 台账.
    Tasks,
    /// 复核.
    Review,
    /// 人员.
    Staff,
    /// 法规.
    Law,
    /// 同步.
    Sync,
}

impl ScreenId {
    /// All screens, in the order of their keys.
    pub const ALL: [Self; 8] =
        [Self::Today, Self::Log, Self::Plan, Self::Tasks, Self::Review, Self::Staff, Self::Law, Self::Sync];

    /// The command that shows it.
    pub fn command(self) -> Command {
        match self {
            Self::Today => Command::GoToday,
            Self::Log => Command::GoLog,
            Self::Plan => Command::GoPlan,
            Self::Tasks => Command::GoTasks,
            Self::Review => Command::GoReview,
            Self::Staff => Command::GoStaff,
            Self::Law => Command::GoLaw,
            Self::Sync => Command::GoSync,
        }
    }

    /// The screen that `command` shows.
    pub fn of(command: Command) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.command() == command)
    }
}

/// Where to go: a screen, and what to show on it.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// The screen as it was left.
    Screen(ScreenId),
    /// The log form, filled with this task.
    LogLike(Box<auxlog_record::Task>),
    /// The log form, filled with this plan and under its reference.
    CarryOut(Box<auxlog_record::Task>),
    /// The log form, to plan a task.
    NewPlan,
    /// The log form, to correct a task.
    Correct {
        /// The task.
        target: RecordId,
        /// The newest records about it that the officer has seen.
        based_on: Vec<auxlog_record::Hash>,
        /// As it is now.
        task: Box<auxlog_record::Task>,
    },
    /// A task in the list.
    Task(RecordId),
    /// A flag in the review queue.
    Flag(RecordId),
    /// An auxiliary.
    Auxiliary(AuxiliaryId),
    /// A provision, by its code: `16.2`, `17.2`.
    Provision(String),
}

impl Target {
    /// The screen it is on.
    pub fn screen(&self) -> ScreenId {
        match self {
            Self::Screen(id) => *id,
            Self::LogLike(_) | Self::CarryOut(_) | Self::NewPlan | Self::Correct { .. } => ScreenId::Log,
            Self::Task(_) => ScreenId::Tasks,
            Self::Flag(_) => ScreenId::Review,
            Self::Auxiliary(_) => ScreenId::Staff,
            Self::Provision(_) => ScreenId::Law,
        }
    }
}

/// A screen: its state, how it changes and how it looks. Nothing here does I/O.
pub trait Screen: std::fmt::Debug {
    /// Whose keys work here, innermost first; [`Scope::Text`] is put before them while
    /// [`Screen::editing`], [`Scope::Global`] behind them always.
    fn scopes(&self) -> &'static [Scope];

    /// Whether typed characters are text now. Then [`Screen::input`] is offered keys first.
    fn editing(&self) -> bool {
        false
    }

    /// Offered a key or text while [`Screen::editing`]; whether it was taken. What isn't taken
    /// goes to the keymap.
    fn input(&mut self, _input: &Input, _cx: &mut Cx) -> bool {
        false
    }

    /// Runs a command of its scopes (or [`Command::Back`], to close something of its own);
    /// whether it was taken.
    fn run(&mut self, command: Command, cx: &mut Cx) -> bool;

    /// Whether a command of its scopes can be run now; keys of others do nothing and the bar
    /// doesn't show them.
    fn enabled(&self, _command: Command, _shared: &Shared) -> bool {
        true
    }

    /// A place that [`Screen::view`] marked was clicked; `double` when it already was the
    /// selected one is the screen's own matter.
    fn click(&mut self, _hit: Hit, _cx: &mut Cx) {}

    /// It is about to be shown: ask for what it needs.
    fn enter(&mut self, target: &Target, cx: &mut Cx);

    /// Remembers what of it should be there again after the next start: where it stood, what was
    /// searched. What was being typed is a draft's.
    fn keep(&self, _kept: &mut Kept) {}

    /// Takes up what [`Screen::keep`] remembered; it is not shown yet.
    fn restore(&mut self, _kept: &Kept, _cx: &mut Cx) {}

    /// The screen is about to be locked and forgotten: save what is not saved yet.
    fn leave(&mut self, _cx: &mut Cx) {}

    /// An effect's answer, offered to every screen.
    fn answer(&mut self, _answer: &Answer, _cx: &mut Cx) {}

    /// Draws it.
    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect);
}

/// The screens.
#[derive(Debug, Default)]
pub struct Screens {
    /// 今日.
    pub today: screens::today::Today,
    /// 登记.
    pub log: screens::log::Log,
    /// 派工.
    pub plan: screens::plan::Plan,
    /// 台账.
    pub tasks: screens::tasks::Tasks,
    /// 复核.
    pub review: screens::review::Review,
    /// 人员.
    pub staff: screens::staff::Staff,
    /// 法规.
    pub law: screens::law::Law,
    /// 同步.
    pub sync: screens::sync::Sync,
}

impl Screens {
    /// A screen.
    pub fn get(&self, id: ScreenId) -> &dyn Screen {
        match id {
            ScreenId::Today => &self.today,
            ScreenId::Log => &self.log,
            ScreenId::Plan => &self.plan,
            ScreenId::Tasks => &self.tasks,
            ScreenId::Review => &self.review,
            ScreenId::Staff => &self.staff,
            ScreenId::Law => &self.law,
            ScreenId::Sync => &self.sync,
        }
    }

    /// A screen, to change it.
    pub fn get_mut(&mut self, id: ScreenId) -> &mut dyn Screen {
        match id {
            ScreenId::Today => &mut self.today,
            ScreenId::Log => &mut self.log,
            ScreenId::Plan => &mut self.plan,
            ScreenId::Tasks => &mut self.tasks,
            ScreenId::Review => &mut self.review,
            ScreenId::Staff => &mut self.staff,
            ScreenId::Law => &mut self.law,
            ScreenId::Sync => &mut self.sync,
        }
    }
}
