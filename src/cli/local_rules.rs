//! What an agency adds to the rulebook for itself: `rules/*.toml` in its data directory.

use std::path::{Path, PathBuf};

use auxlog_law::{Layer, Problem, Rank, RulebookSet};

use crate::args::Command;
use crate::commands::rules::{Rules, words_for};
use crate::context::Context;
use crate::exit::Failure;
use crate::failed;

/// Takes the additions into use, for commands that judge or explain.
///
/// # Errors
/// When a file cannot be read, or the rulebook with it would not be sound: by file and line.
pub(crate) fn adopt(context: &Context, command: Option<&Command>) -> Result<(), Failure> {
    let dir = match command {
        // These say what is wrong with rules, or need none.
        Some(
            Command::Rules(Rules::Lint(_) | Rules::Prove(_))
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Demo(_)
            | Command::Init(_),
        ) => return Ok(()),
        Some(Command::Serve(_) | Command::Admin(_)) => context.server_dir()?,
        _ => context.data_dir()?,
    };
    let files = files(&dir.join("rules"));
    if files.is_empty() {
        return Ok(());
    }
    let mut layers = Layer::embedded();
    for path in files {
        // Whatever the file says of itself: what lies in a data directory adds to the law, no more.
        layers.push(Layer::single(Rank::Local, path.display().to_string(), read(&path, context)?));
    }
    let set = RulebookSet::from_layers(&layers).map_err(|problems| refused(&problems, context))?;
    // Adopted once, before anything is judged.
    let _ = set.adopt();
    Ok(())
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
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}
