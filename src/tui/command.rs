//! The command table: everything the officer can do, said once.
//!
//! Keymap files name commands by their id; the key bar, the palette and the help page list this
//! table; names and explanations stand in the locale files as `command-<id>` and its `.doc`
//! (dots in the id as hyphens). Which keys run a command is the keymaps' matter, and a test holds
//! every preset keymap to an input-method-safe way to each command.

use crate::words::Words;

macro_rules! commands {
    ($( $scope:ident($scope_id:literal) { $( $name:ident = $id:literal, )* } )*) => {
        /// Where a command belongs; keymap files have a table for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope { $( #[doc = concat!("The table `", $scope_id, "`.")] $scope, )* }

        impl Scope {
            /// All scopes.
            pub const ALL: &'static [Self] = &[$( Self::$scope, )*];

            /// Its name in keymap files.
            pub fn id(self) -> &'static str {
                match self { $( Self::$scope => $scope_id, )* }
            }
        }

        /// Something the officer can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command { $($( #[doc = concat!("`", $id, "`")] $name, )*)* }

        impl Command {
            /// All commands, in the order in which bar, palette and help show them.
            pub const ALL: &'static [Self] = &[$($( Self::$name, )*)*];

            /// Its name in keymap files, e.g. `list.down`.
            pub fn id(self) -> &'static str {
                match self { $($( Self::$name => $id, )*)* }
            }

            /// Where it belongs.
            pub fn scope(self) -> Scope {
                match self { $($( Self::$name => Scope::$scope, )*)* }
            }
        }
    };
}

commands! {
    Today("today") {
        TodayCalendar = "today.calendar",
    }
    Log("log") {
        LogSave = "log.save",
        LogAccept = "log.accept",
        LogAgain = "log.again",
        LogSplit = "log.split",
        LogPlan = "log.plan",
        LogTemplates = "log.templates",
        LogOrder = "log.order",
        LogDiscard = "log.discard",
    }
    Plan("plan") {
        PlanNew = "plan.new",
        PlanCarryOut = "plan.carry-out",
        PlanCallOff = "plan.call-off",
        PlanLaw = "plan.law",
    }
    Tasks("tasks") {
        TasksRefresh = "tasks.refresh",
        TasksLike = "tasks.like",
        TasksReview = "tasks.review",
        TasksLaw = "tasks.law",
        TasksCorrect = "tasks.correct",
        TasksAnnul = "tasks.annul",
        TasksViews = "tasks.views",
        TasksExport = "tasks.export",
        TasksPrint = "tasks.print",
    }
    Review("review") {
        ReviewDecide = "review.decide",
        ReviewSave = "review.save",
        ReviewLaw = "review.law",
        ReviewExport = "review.export",
    }
    Staff("staff") {
        StaffDuty = "staff.duty",
        StaffLaw = "staff.law",
        StaffFile = "staff.file",
        StaffNew = "staff.new",
        StaffStep = "staff.step",
        StaffCorrect = "staff.correct",
        StaffAnnul = "staff.annul",
        StaffSave = "staff.save",
        StaffNext = "staff.next",
        StaffPrevious = "staff.previous",
        StaffRefresh = "staff.refresh",
    }
    Law("law") {
        LawPart = "law.part",
    }
    Sync("sync") {
        SyncNow = "sync.now",
        SyncSettle = "sync.settle",
    }
    Text("text") {
        TextUndo = "text.undo",
        TextRedo = "text.redo",
        TextClear = "text.clear",
        TextDeleteWord = "text.delete-word",
    }
    Form("form") {
        FormNext = "form.next",
        FormPrevious = "form.previous",
        FormActivate = "form.activate",
    }
    List("list") {
        ListOpen = "list.open",
        ListSearch = "list.search",
        ListUp = "list.up",
        ListDown = "list.down",
        ListPageUp = "list.page-up",
        ListPageDown = "list.page-down",
        ListFirst = "list.first",
        ListLast = "list.last",
    }
    Global("global") {
        Help = "help",
        GoToday = "go.today",
        GoLog = "go.log",
        GoPlan = "go.plan",
        GoTasks = "go.tasks",
        GoReview = "go.review",
        GoStaff = "go.staff",
        GoRegisters = "go.registers",
        GoDue = "go.due",
        GoLaw = "go.law",
        GoSync = "go.sync",
        Palette = "palette",
        Back = "back",
        Lock = "lock",
        NextTheme = "theme.next",
        SwitchLanguage = "language.switch",
        SwitchGlyphs = "glyphs.switch",
        Suspend = "suspend",
        Quit = "quit",
    }
}

impl Command {
    /// The command called `id`.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|command| command.id() == id)
    }

    /// Its short name, for bar and palette.
    pub fn name(self, words: &Words) -> String {
        words.by_id(&self.message_id())
    }

    /// What it does, in a sentence.
    pub fn doc(self, words: &Words) -> String {
        words.attribute(&self.message_id(), "doc")
    }

    /// The id of its message.
    pub fn message_id(self) -> String {
        format!("command-{}", self.id().replace('.', "-"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use auxlog_law::Lang;

    use super::*;

    #[test]
    fn ids_are_unique() {
        let ids: HashSet<_> = Command::ALL.iter().map(|command| command.id()).collect();
        assert_eq!(ids.len(), Command::ALL.len());
    }

    #[test]
    fn every_command_has_a_name_and_an_explanation_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let words = crate::words::load(lang);
            for command in Command::ALL {
                for said in [command.name(&words), command.doc(&words)] {
                    assert!(!said.is_empty() && !said.contains("command-"), "{} in {lang:?}: {said}", command.id());
                }
            }
        }
    }
}
