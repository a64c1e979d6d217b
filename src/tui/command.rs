//! The command table: everything the officer can do, said once.
//!
//! Keymap files name commands by their id; the key bar, the palette and the help page list this
//! table; names and explanations stand in the locale files as `command-<id>` and its `.doc`
//! (dots in the id as hyphens). Which keys run a command is the keymaps' matter, and a test holds
//! every preset keymap to an input-method-safe way to each command.

use crate::words::Words;

macro_rules! commands {
    ($( $(#[$scope_doc:meta])* $scope:ident($scope_id:literal) { $( $(#[$doc:meta])* $name:ident = $id:literal, )* } )*) => {
        /// Where a command belongs; keymap files have a table for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope { $( $(#[$scope_doc])* $scope, )* }

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
        pub enum Command { $($( $(#[$doc])* $name, )*)* }

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
    /// On today's page (今日).
    Today("today") {
        /// The calendar and the counts of the last weeks, and back.
        TodayCalendar = "today.calendar",
    }
    /// On the log form (登记).
    Log("log") {
        /// Logs the task.
        LogSave = "log.save",
        /// Accepts everything that is proposed.
        LogAccept = "log.accept",
        /// The last task again, for other auxiliaries.
        LogAgain = "log.again",
        /// The supervising officer left: saves up to here, goes on with the rest.
        LogSplit = "log.split",
        /// Plans the task: somebody is to be sent.
        LogPlan = "log.plan",
        /// Templates: uses one, or keeps the form as one.
        LogTemplates = "log.templates",
        /// Begins with the text, or with the fields.
        LogOrder = "log.order",
        /// Empties the form; once more brings it back.
        LogDiscard = "log.discard",
    }
    /// On the plan screen (派工).
    Plan("plan") {
        /// Plans a task.
        PlanNew = "plan.new",
        /// Logs what was planned, under its reference.
        PlanCarryOut = "plan.carry-out",
        /// Calls a plan off, visibly.
        PlanCallOff = "plan.call-off",
        /// Reads the provision behind the verdict.
        PlanLaw = "plan.law",
    }
    /// On the tasks screen (台账).
    Tasks("tasks") {
        /// Reads the list again.
        TasksRefresh = "tasks.refresh",
        /// Logs another task like this one.
        TasksLike = "tasks.like",
        /// Reviews the task's flag.
        TasksReview = "tasks.review",
        /// Reads the provision behind the verdict.
        TasksLaw = "tasks.law",
        /// Corrects the task; the record stays.
        TasksCorrect = "tasks.correct",
        /// Annuls the task, visibly.
        TasksAnnul = "tasks.annul",
        /// Views of the list: uses one, or keeps the filter as one.
        TasksViews = "tasks.views",
        /// Writes the list, or the task, to a file.
        TasksExport = "tasks.export",
        /// Writes a sheet to print and sign.
        TasksPrint = "tasks.print",
    }
    /// On the review screen (复核).
    Review("review") {
        /// Decides the selected flag.
        ReviewDecide = "review.decide",
        /// Stores the step that is being written.
        ReviewSave = "review.save",
        /// Reads the provision behind the finding.
        ReviewLaw = "review.law",
        /// Writes the file of the task, every step in it, as evidence that proves itself.
        ReviewExport = "review.export",
    }
    /// On the staff screen (人员).
    Staff("staff") {
        /// Looks for whom to send for a duty.
        StaffDuty = "staff.duty",
        /// Reads the provision behind what stands against somebody.
        StaffLaw = "staff.law",
        /// Everything the registers hold about somebody.
        StaffFile = "staff.file",
        /// Makes an entry in the register.
        StaffNew = "staff.new",
        /// Takes the entry a step further.
        StaffStep = "staff.step",
        /// Corrects the entry; the record stays.
        StaffCorrect = "staff.correct",
        /// Annuls the entry, visibly.
        StaffAnnul = "staff.annul",
        /// Saves the form.
        StaffSave = "staff.save",
        /// To the next page: people, registers, what falls due.
        StaffNext = "staff.next",
        /// To the page before.
        StaffPrevious = "staff.previous",
        /// Reads roster and registers again.
        StaffRefresh = "staff.refresh",
    }
    /// On the law screen (法规).
    Law("law") {
        /// Goes from the regulation's articles to the national provisions and the rulebook, and back.
        LawPart = "law.part",
    }
    /// On the sync screen (同步).
    Sync("sync") {
        /// Synchronises now.
        SyncNow = "sync.now",
        /// Opens the selected conflict, to settle it.
        SyncSettle = "sync.settle",
    }
    /// While text is typed.
    Text("text") {
        /// Takes back the last change of the text.
        TextUndo = "text.undo",
        /// Makes it again.
        TextRedo = "text.redo",
        /// Empties the field.
        TextClear = "text.clear",
        /// Deletes the word before the caret.
        TextDeleteWord = "text.delete-word",
    }
    /// In every form.
    Form("form") {
        /// To the next field.
        FormNext = "form.next",
        /// To the field before.
        FormPrevious = "form.previous",
        /// Opens, presses or chooses what has the focus.
        FormActivate = "form.activate",
    }
    /// In every list.
    List("list") {
        /// Opens what is selected.
        ListOpen = "list.open",
        /// Into the search field.
        ListSearch = "list.search",
        /// One up.
        ListUp = "list.up",
        /// One down.
        ListDown = "list.down",
        /// A page up.
        ListPageUp = "list.page-up",
        /// A page down.
        ListPageDown = "list.page-down",
        /// To the first.
        ListFirst = "list.first",
        /// To the last.
        ListLast = "list.last",
    }
    /// Everywhere.
    Global("global") {
        /// What can be done here, and with which keys.
        Help = "help",
        /// Today's page.
        GoToday = "go.today",
        /// The log form.
        GoLog = "go.log",
        /// The plans.
        GoPlan = "go.plan",
        /// The list of tasks.
        GoTasks = "go.tasks",
        /// The review queue.
        GoReview = "go.review",
        /// The staff.
        GoStaff = "go.staff",
        /// The registers.
        GoRegisters = "go.registers",
        /// What falls due in them.
        GoDue = "go.due",
        /// The law.
        GoLaw = "go.law",
        /// The state of synchronisation.
        GoSync = "go.sync",
        /// The command palette.
        Palette = "palette",
        /// Closes what is open, or goes back.
        Back = "back",
        /// Locks the screen and forgets the keys.
        Lock = "lock",
        /// The next theme.
        NextTheme = "theme.next",
        /// The other language.
        SwitchLanguage = "language.switch",
        /// The other set of marks.
        SwitchGlyphs = "glyphs.switch",
        /// Gives the terminal back for a while.
        Suspend = "suspend",
        /// Ends the program.
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
