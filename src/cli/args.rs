//! The command line: its options and commands. Their texts are in the Fluent files.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::commands;

#[derive(Debug, Parser)]
#[command(name = "auxlog", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
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
    #[arg(long, global = true, value_name = "F", env = "AUXLOG_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The commands, each in a file of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::Demo),
    Init(commands::init::Init),
    Enroll(commands::enroll::Enroll),
    Log(commands::log::Log),
    Attach(commands::attach::Attach),
    Mask(commands::mask::Mask),
    Check(commands::check::Check),
    Tasks(commands::tasks::Tasks),
    Flags(commands::tasks::Tasks),
    Roster(commands::roster::Roster),
    Register(commands::register::Register),
    Review(commands::review::Review),
    Verify(commands::verify::Verify),
    Export(commands::export::Export),
    Backup(commands::backup::Backup),
    #[command(subcommand)]
    Recover(commands::recover::Recover),
    Restore(commands::backup::Restore),
    Sync(commands::sync::Sync),
    Passphrase(commands::passphrase::Passphrase),
    Doctor(commands::doctor::Doctor),
    #[command(subcommand)]
    Officer(commands::officer::Officer),
    #[command(subcommand)]
    Keys(commands::keys::Keys),
    Serve(commands::serve::Serve),
    Admin(commands::admin::Admin),
    Manage(commands::manage::Manage),
    #[command(subcommand)]
    Rules(commands::rules::Rules),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}
