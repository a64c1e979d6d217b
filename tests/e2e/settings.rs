//! Every file under `tests/keymaps` and `tests/configs`: the valid ones work, of the invalid ones
//! the line is named. What is expected of a file its comments say.

use std::path::{Path, PathBuf};

use crate::support::{Laptop, expect_exit, repository, text};
use crate::terminal::{Terminal, key};

/// The files of a folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(repository(folder)).expect("a folder");
    let mut files: Vec<PathBuf> = listed.map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() > 2, "{folder} holds few files");
    files
}

/// What a comment `# word: line text` expects: the line, and what is said of it.
fn expected(file: &Path, word: &str) -> Option<(String, String)> {
    let source = std::fs::read_to_string(file).expect("readable");
    let comment = source.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(word)?.strip_prefix(": "))?;
    let (line, said) = comment.split_once(' ').unwrap_or((comment, ""));
    Some((line.to_owned(), said.to_owned()))
}

fn check(laptop: &Laptop, file: &Path) -> std::process::Output {
    laptop.run(["keys", "check", &file.display().to_string()])
}

#[test]
fn valid_keymaps_are_sound_and_doubtful_keys_named() {
    let laptop = Laptop::new();
    for file in files("tests/keymaps/valid").iter().chain(&files("keymaps")) {
        let checked = check(&laptop, file);
        expect_exit(&checked, 0);
        let said = text(&checked.stdout);
        match expected(file, "warns") {
            Some((line, what)) => {
                let place = format!("{}:{line}: ", file.display());
                assert!(said.lines().any(|said| said.starts_with(&place) && said.contains(&what)), "{said}");
            }
            None => assert_eq!(said.lines().count(), 1, "nothing but that it is sound: {said}"),
        }
    }
}

#[test]
fn invalid_keymaps_are_named_by_file_and_line() {
    let laptop = Laptop::new();
    for file in files("tests/keymaps/invalid") {
        let (line, what) = expected(&file, "expect").expect("what is expected of it");
        let checked = check(&laptop, &file);
        expect_exit(&checked, 1);
        let place = format!("{}:{line}: ", file.display());
        let said = text(&checked.stdout);
        assert!(said.lines().any(|said| said.starts_with(&place) && said.contains(&what)), "{said}");
    }
}

#[test]
fn every_valid_configuration_starts_the_screens() {
    let laptop = Laptop::initialised();
    let data = laptop.data_dir().display().to_string();
    for file in files("tests/configs/valid") {
        let config = file.display().to_string();
        let mut screen = Terminal::open(&laptop, &["--config", &config, "--data-dir", &data]);
        screen.sees("口令").keys(&key::ctrl('C'));
        if std::fs::read_to_string(&file).expect("readable").contains("accessible") {
            // There no chord ends it: the palette does.
            screen.keys(key::F1).sees("帮助：此处可用的命令").keys("退出").sees("▸ 退出").keys(key::ENTER);
        }
        assert!(screen.ends().success(), "{config}");
    }
}

#[test]
fn invalid_configurations_are_named_by_file_and_line() {
    let laptop = Laptop::initialised();
    for file in files("tests/configs/invalid") {
        let (line, what) = expected(&file, "expect").expect("what is expected of it");
        let config = file.display().to_string();
        let refused = laptop.run(["--config", &config, "rules", "list"]);
        expect_exit(&refused, 2);
        let said = text(&refused.stderr);
        assert!(said.contains(&config) && said.contains(&format!("第 {line} 行")) && said.contains(&what), "{said}");
    }
}
