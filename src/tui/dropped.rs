//! Files that are dropped on the window.

use std::path::PathBuf;

/// The path that a terminal means by what it pastes when a file is dropped on it: in quotes, with
/// escaped blanks, or as an address.
pub(crate) fn dropped(pasted: &str) -> PathBuf {
    let path = pasted.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    let quoted = ['\'', '"'].iter().find_map(|quote| path.strip_prefix(*quote)?.strip_suffix(*quote));
    match quoted {
        Some(path) => PathBuf::from(path),
        None if cfg!(windows) => PathBuf::from(path),
        None => PathBuf::from(path.replace("\\ ", " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_paste_for_a_dropped_file_is_its_path() {
        for pasted in
            ["/a/现场 1.jpg", " /a/现场\\ 1.jpg ", "'/a/现场 1.jpg'", "\"/a/现场 1.jpg\"", "file:///a/现场 1.jpg"]
        {
            assert_eq!(dropped(pasted), PathBuf::from("/a/现场 1.jpg"), "{pasted}");
        }
    }
}
