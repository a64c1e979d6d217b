//! Puts clap's help and its complaints into the reader's language.
//!
//! The texts stand in the Fluent files under `cmd-<command path>` and `arg-<id>`, or
//! `arg-<command path>-<id>` where an option means something of its own in one command.

use auxlog_record::visible_line;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use i18n_embed_fl::fl;

use crate::words::Words;

/// `command` and all below it with every text from the Fluent files.
pub(crate) fn localise(command: Command, words: &Words) -> Command {
    let root = command.get_name().to_owned();
    localise_at(command, words, &[], &root)
}

fn localise_at(command: Command, words: &Words, path: &[String], usage: &str) -> Command {
    let key = if path.is_empty() { "cmd".to_owned() } else { format!("cmd-{}", said_of(path)) };
    let has_version = path.is_empty();
    let mut command = command
        .about(words.find(&key).unwrap_or_default())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help))
        .subcommand_help_heading(fl!(words.loader(), "help-commands"))
        .help_template(format!(
            "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
            fl!(words.loader(), "help-usage")
        ))
        .bin_name(usage);
    if has_version {
        command = command.arg(Arg::new("version").short('V').long("version").action(ArgAction::Version));
    }
    command.mut_args(|arg| localise_arg(arg, words, path)).mut_subcommands(|sub| {
        let below: Vec<String> = path.iter().cloned().chain([sub.get_name().to_owned()]).collect();
        let usage = format!("{usage} {}", sub.get_name());
        localise_at(sub, words, &below, &usage)
    })
}

/// Where the words of a command stand: what is done in a register is the same on a laptop and on the server.
fn said_of(path: &[String]) -> String {
    let path = if let [admin, register, _, ..] = path
        && (admin.as_str(), register.as_str()) == ("admin", "register")
    {
        &path[1..]
    } else {
        path
    };
    path.join("-")
}

fn localise_arg(arg: Arg, words: &Words, path: &[String]) -> Arg {
    let own = format!("arg-{}-{}", said_of(path), arg.get_id());
    let text = words.find(&own).or_else(|| words.find(&format!("arg-{}", arg.get_id()))).unwrap_or_default();
    let heading = if arg.is_positional() {
        fl!(words.loader(), "help-arguments")
    } else if arg.is_global_set() {
        fl!(words.loader(), "help-common-options")
    } else {
        fl!(words.loader(), "help-options")
    };
    if !arg.get_action().takes_values() {
        return arg.help(text).help_heading(heading);
    }
    let text = format!("{text}{}", notes(&arg, words));
    arg.help(text).help_heading(heading).hide_default_value(true).hide_possible_values(true).hide_env(true)
}

/// What clap would add in English: possible values, default, environment variable.
fn notes(arg: &Arg, words: &Words) -> String {
    let mut notes = String::new();
    let mut add = |note: String| {
        notes.push_str(" [");
        notes.push_str(&note);
        notes.push(']');
    };
    let values: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    if !values.is_empty() {
        add(fl!(words.loader(), "help-values", values = values.join(", ")));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    if !defaults.is_empty() {
        add(fl!(words.loader(), "help-default", value = defaults.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        add(fl!(words.loader(), "help-env", name = variable.to_string_lossy().into_owned()));
    }
    notes
}

/// A complaint of clap's about the command line, in the reader's language.
pub(crate) fn complaint(error: &clap::Error, words: &Words) -> String {
    // What was typed begins no line of its own.
    let context = |kind| error.get(kind).map(plain).map(|text| visible_line(&text).into_owned()).unwrap_or_default();
    let arg = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let loader = words.loader();
    let mut message = match error.kind() {
        ErrorKind::UnknownArgument => fl!(loader, "usage-unknown-argument", arg = arg),
        ErrorKind::InvalidSubcommand => {
            fl!(loader, "usage-unknown-command", name = context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => fl!(loader, "usage-value-missing", arg = arg),
        ErrorKind::InvalidValue => {
            let valid = context(ContextKind::ValidValue);
            fl!(loader, "usage-invalid-value", arg = arg, value = value, valid = valid)
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            let why = visible_line(&why).into_owned();
            fl!(loader, "usage-bad-value", arg = arg, value = value, why = why)
        }
        ErrorKind::MissingRequiredArgument => fl!(loader, "usage-missing", arg = arg),
        ErrorKind::ArgumentConflict => {
            fl!(loader, "usage-conflict", arg = arg, other = context(ContextKind::PriorArg))
        }
        ErrorKind::MissingSubcommand => fl!(loader, "usage-command-missing"),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            fl!(loader, "usage-too-many-values", arg = arg, value = value)
        }
        _ => return error.render().to_string(),
    };
    let suggested = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .map(context)
        .into_iter()
        .find(|s| !s.is_empty());
    if let Some(suggested) = suggested {
        message.push_str(&fl!(loader, "usage-did-you-mean", suggested = suggested));
    }
    message.push('\n');
    message.push_str(&fl!(loader, "usage-see-help"));
    message
}

fn plain(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join(", "),
        ContextValue::StyledStr(text) => StyledStr::to_string(text),
        ContextValue::None => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use auxlog_law::Lang;

    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    fn without_text(command: &Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        if command.get_about().is_none_or(|text| text.to_string().is_empty()) {
            found.push(path.clone());
        }
        for arg in command.get_arguments() {
            if arg
                .get_help()
                .is_none_or(|text| text.to_string().trim().is_empty() || text.to_string().starts_with(" ["))
            {
                found.push(format!("{path} {}", arg.get_id()));
            }
        }
        command.get_subcommands().for_each(|sub| without_text(sub, &path, found));
    }

    #[test]
    fn every_command_and_option_has_its_text_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let command = localise(Cli::command(), &crate::words::load(lang));
            let mut found = Vec::new();
            without_text(&command, "", &mut found);
            assert_eq!(found, [""; 0], "{lang:?}");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        localise(Cli::command(), &crate::words::choose(None)).debug_assert();
    }
}
