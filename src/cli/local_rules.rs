//! What an agency adds to the rulebook for itself: `rules/*.toml` in its data directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use auxlog_law::{Layer, Problem, Rank, RulebookSet};
use auxlog_server::Rulebooks;

use crate::args::Command;
use crate::commands::rules::{Rules, words_for};
use crate::context::Context;
use crate::exit::Failure;
use crate::failed;

/// The rulebooks with the additions, for commands that judge or explain.
///
/// # Errors
/// When a file cannot be read, or the rulebook with it would not be sound: by file and line.
pub(crate) fn load(context: &Context, command: Option<&Command>) -> Result<RulebookSet, Failure> {
    let dir = match command {
        // These say what is wrong with rules, or need none.
        Some(
            Command::Rules(Rules::Lint(_) | Rules::Prove(_))
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Demo(_)
            | Command::Init(_),
        ) => return Ok(RulebookSet::default()),
        Some(Command::Serve(_) | Command::Admin(_)) => context.server_dir()?,
        _ => context.data_dir()?,
    };
    with(&[dir.join("rules")], context)
}

/// Those of a server: beside what holds for all of its agencies, each has its own in `rules/AGENCY`.
///
/// # Errors
/// As [`load`].
pub(crate) fn of_server(context: &Context) -> Result<Rulebooks, Failure> {
    let all = context.server_dir()?.join("rules");
    let mut rulebooks = Rulebooks { of_all: context.words.rulebooks().clone(), of: BTreeMap::new() };
    for own in entries(&all).into_iter().filter(|path| path.is_dir()) {
        if let Some(agency) = own.file_name().and_then(|name| name.to_str()) {
            rulebooks.of.insert(agency.into(), with(&[all.clone(), own.clone()], context)?);
        }
    }
    Ok(rulebooks)
}

fn with(dirs: &[PathBuf], context: &Context) -> Result<RulebookSet, Failure> {
    let files: Vec<PathBuf> = dirs.iter().flat_map(|dir| files(dir)).collect();
    if files.is_empty() {
        return Ok(RulebookSet::default());
    }
    let mut layers = Layer::embedded();
    for path in files {
        // Whatever the file says of itself: what lies in a data directory adds to the law, no more.
        layers.push(Layer::single(Rank::Local, path.display().to_string(), read(&path, context)?));
    }
    RulebookSet::from_layers(&layers).map_err(|problems| refused(&problems, context))
}

/// A layer from its file, of the rank it claims, to be tried out: nothing is judged by it.
///
/// # Errors
/// When the file cannot be read; inside, what is wrong with its form.
pub(crate) fn tried(path: &Path, context: &Context) -> Result<Result<Layer, Vec<Problem>>, Failure> {
    Ok(Layer::claimed(path.display().to_string(), read(path, context)?))
}

fn read(path: &Path, context: &Context) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::usage(failed::file(path, &error, &context.words)))
}

/// All that is wrong, line by line.
pub(crate) fn refused(problems: &[Problem], context: &Context) -> Failure {
    Failure::usage_lines(problems.iter().map(|problem| words_for(problem, context)).collect::<Vec<_>>().join("\n"))
}

/// The rulebook files of a directory, by name; none where there is no such directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = entries(dir);
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut entries: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries
}
