//! The command line: its options and commands. Their texts are in the Fluent files.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::commands;

#[derive(Debug, Parser)]
#[command(name = "auxlog", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The command; none opens the terminal UI.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Common {
    #[arg(long, global = true, value_name = "D", env = "AUXLOG_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FILE", env = "AUXLOG_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "LANG", env = "AUXLOG_LANG", value_parser = ["zh-CN", "en"])]
    pub(crate) lang: Option<String>,
    /// A file whose first line is the passphrase.
    #[arg(long, global = true, value_name = "F", env = "AUXLOG_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Says more on standard error; twice says all.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The commands, each in a file of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole product on one machine.
    Demo(commands::demo::Demo),
    /// A data directory without any server.
    Init(commands::init::Init),
    /// Joins a central server.
    Enroll(commands::enroll::Enroll),
    Log(commands::log::Log),
    /// Photos and documents of a task.
    Attach(commands::attach::Attach),
    /// A body masked by order.
    Mask(commands::mask::Mask),
    /// Judges tasks without recording them.
    Check(commands::check::Check),
    Tasks(commands::tasks::Tasks),
    Flags(commands::tasks::Tasks),
    Roster(commands::roster::Roster),
    Register(commands::register::Register),
    Review(commands::review::Review),
    /// Re-checks every record.
    Verify(commands::verify::Verify),
    /// A task's evidence in one file.
    Export(commands::export::Export),
    /// An encrypted copy of the data directory.
    Backup(commands::backup::Backup),
    /// The agency's recovery key.
    #[command(subcommand)]
    Recover(commands::recover::Recover),
    /// A backup put back.
    Restore(commands::backup::Restore),
    Sync(commands::sync::Sync),
    Passphrase(commands::passphrase::Passphrase),
    /// What is wrong and what to do.
    Doctor(commands::doctor::Doctor),
    /// Who has keys here.
    #[command(subcommand)]
    Officer(commands::officer::Officer),
    #[command(subcommand)]
    Keys(commands::keys::Keys),
    Serve(commands::serve::Serve),
    /// The server's administration.
    Admin(commands::admin::Admin),
    /// The server's administration from a laptop.
    Manage(commands::manage::Manage),
    /// Reads the regulation and the rulebook.
    #[command(subcommand)]
    Rules(commands::rules::Rules),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}
