//! The command line of auxlog: commands, one file each, thin.
//!
//! Results go to standard output, words to a person to standard error; exit codes are [`Exit`].

mod approval;
mod args;
mod attachments;
mod bundle;
mod clocks;
mod commands;
mod config;
mod context;
mod demo;
mod evidence_page;
mod exit;
mod failed;
#[cfg(test)]
mod field_tests;
mod help;
mod input;
mod ledger;
mod local_rules;
mod network;
mod outfile;
mod output;
mod progress;
mod registers;
mod roster_file;
mod runtime;
mod screen_export;
mod secret;
mod server_proofs;
mod sheet;
mod sign_off_page;
mod task_line;
mod task_list;
mod verdict;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use i18n_embed_fl::fl;

use crate::args::Cli;
use crate::commands::serve::LogForm;
use crate::config::Config;
use crate::context::Context;
use crate::words::Words;

pub use exit::Exit;

/// Runs `auxlog` with `args` (the program's name first) and gives its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    auxlog_journal::private_files();
    let args: Vec<OsString> = args.into_iter().collect();
    // The cache in a process of its own: nobody types this.
    if let [_, word, what, dir] = args.as_slice()
        && word == ledger::CACHE
        && let Some(what) = what.to_str()
    {
        let (mut from, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
        return ExitCode::from(auxlog_store::cache_process(what, dir.as_ref(), &mut from, &mut out));
    }
    // Before a passphrase or a name is in memory: a crash must not write them to the disk.
    auxlog_journal::no_core_dumps();
    let words = crate::words::choose(language_asked(&args).as_deref());
    explain_panics(&words);
    // One TLS provider for all of the process: with two or none rustls panics at run time.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run(&args, words) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.message.is_empty() {
                let tell = if failure.of_lines { output::tell_lines } else { output::tell };
                tell(&failure.message);
            }
            failure.exit.into()
        }
    }
}

fn run(args: &[OsString], words: Words) -> exit::Outcome {
    let command = help::localise(Cli::command(), &words);
    let parsed = command.try_get_matches_from(args).and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if !error.use_stderr() => {
            output::Results::new().text(&error.render().to_string())?;
            return Ok(Exit::Done);
        }
        Err(error) => return Err(exit::Failure::usage_lines(help::complaint(&error, &words))),
    };
    let config = Config::load(cli.common.config.as_deref(), &words)?;
    // The file says which language only where neither command line nor environment does.
    let words = match (&cli.common.lang, &config.lang) {
        (None, Some(lang)) => crate::words::choose(Some(lang)),
        _ => words,
    };
    let full_screen = matches!(&cli.command, None | Some(args::Command::Demo(_)));
    if !full_screen || cli.common.verbose > 0 {
        let json = matches!(&cli.command, Some(args::Command::Serve(serve)) if serve.log == LogForm::Json);
        watch(cli.common.verbose, json);
    }
    let named = matches.value_source("data_dir") == Some(clap::parser::ValueSource::CommandLine);
    let mut context = Context { words, common: cli.common, config, data_dir_on_command_line: named };
    let rulebooks = local_rules::load(&context, cli.command.as_ref())?;
    context.words = context.words.with_rulebooks(rulebooks);
    commands::run(&context, cli.command)
}

/// `--lang` or `AUXLOG_LANG`, before the command line is read in full: its own complaints need it.
fn language_asked(args: &[OsString]) -> Option<String> {
    let mut args = args.iter().map(|arg| arg.to_string_lossy());
    while let Some(arg) = args.next() {
        if arg == "--lang" {
            return args.next().map(Into::into);
        }
        if let Some(lang) = arg.strip_prefix("--lang=") {
            return Some(lang.to_owned());
        }
    }
    std::env::var("AUXLOG_LANG").ok().filter(|lang| !lang.is_empty())
}

/// What the crates below report goes to standard error when asked for; in JSON, for whoever collects
/// a server's log, with the time and from INFO on.
fn watch(verbose: u8, json: bool) {
    let level = match verbose {
        0 if json => tracing_subscriber::filter::LevelFilter::INFO,
        0 => tracing_subscriber::filter::LevelFilter::ERROR,
        1 => tracing_subscriber::filter::LevelFilter::INFO,
        _ => tracing_subscriber::filter::LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(output::Log::default);
    // Fails only where a subscriber is set already, which is then the caller's.
    let _ = if json { log.json().flatten_event(true).try_init() } else { log.without_time().try_init() };
}

/// A fault of the program's own is told in plain words, with the place for whoever mends it.
fn explain_panics(words: &Words) {
    let message = fl!(words.loader(), "panic");
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let what = panic.payload_as_str().unwrap_or_default();
        output::tell_lines(&format!("{message}\n  auxlog {} · {place} · {what}", env!("CARGO_PKG_VERSION")));
    }));
}
