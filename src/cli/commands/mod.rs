//! The commands, one file each.

pub(crate) mod admin;
mod admin_figures;
mod admin_key;
mod admin_register;
mod admin_whole;
pub(crate) mod attach;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod enroll;
pub(crate) mod export;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod man;
pub(crate) mod manage;
pub(crate) mod mask;
pub(crate) mod officer;
pub(crate) mod passphrase;
mod person_edit;
pub(crate) mod recover;
pub(crate) mod register;
pub(crate) mod review;
pub(crate) mod roster;
mod roster_mask;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod sync;
pub(crate) mod tasks;
pub(crate) mod ui;
pub(crate) mod verify;

use crate::args::Command;
use crate::context::Context;
use crate::exit::Outcome;

/// Runs `command`, or opens the terminal UI where none is given.
pub(crate) fn run(context: &Context, command: Option<Command>) -> Outcome {
    match command {
        Some(Command::Admin(admin)) => admin.run(context),
        Some(Command::Attach(attach)) => attach.run(context),
        Some(Command::Backup(backup)) => backup.run(context),
        Some(Command::Check(check)) => check.run(context),
        Some(Command::Completions(completions)) => completions.run(context),
        Some(Command::Demo(demo)) => demo.run(context),
        Some(Command::Doctor(doctor)) => doctor.run(context),
        Some(Command::Enroll(enroll)) => enroll.run(context),
        Some(Command::Export(export)) => export.run(context),
        Some(Command::Flags(flags)) => flags.run(context, tasks::Which::Flags),
        Some(Command::Init(init)) => init.run(context),
        Some(Command::Keys(keys)) => keys.run(context),
        Some(Command::Log(log)) => log.run(context),
        Some(Command::Manage(manage)) => manage.run(context),
        Some(Command::Man(_)) => man::Man::run(context),
        Some(Command::Mask(mask)) => mask.run(context),
        Some(Command::Officer(officer)) => officer.run(context),
        Some(Command::Passphrase(passphrase)) => passphrase.run(context),
        Some(Command::Recover(recover)) => recover.run(context),
        Some(Command::Register(register)) => register.run(context),
        Some(Command::Restore(restore)) => restore.run(context),
        Some(Command::Review(review)) => review.run(context),
        Some(Command::Roster(roster)) => roster.run(context),
        Some(Command::Rules(rules)) => rules.run(context),
        Some(Command::Serve(serve)) => serve.run(context),
        Some(Command::Sync(sync)) => sync.run(context),
        Some(Command::Tasks(tasks)) => tasks.run(context, tasks::Which::All),
        Some(Command::Verify(verify)) => verify.run(context),
        None => ui::open(context),
    }
}
