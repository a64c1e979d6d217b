//! Attachments as files outside the store, and in words.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use auxlog_journal::blob::BlobError;
use auxlog_journal::{private_dir, replace_with};
use auxlog_record::crypto::sha256;
use auxlog_record::{Attachment, Preview, is_hidden};
use auxlog_store::{AttachmentRow, Reader};
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::failed;
use crate::words::Words;

/// The directory beside an evidence bundle that holds what is attached to its task.
pub(crate) fn beside(bundle: &Path) -> PathBuf {
    bundle.with_extension("files")
}

/// How an attachment's file beside a bundle stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileState {
    /// It is the content that the record names.
    Whole,
    /// It is another content.
    Altered,
    /// It is not there, so that nothing can be said of it.
    Absent,
}

/// Compares an attachment's file in `dir` with its record.
pub(crate) fn file_state(dir: &Path, place: usize, attachment: &Attachment) -> FileState {
    // Whoever packed the directory may have put anything there: a device, a link, something endless.
    let read = |name: String| {
        let path = dir.join(name);
        if !path.symlink_metadata()?.is_file() {
            return Ok(Vec::new());
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(attachment.size.saturating_add(1)).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    match read(file_name(place, attachment)).or_else(|_| read(former_name(place, attachment))) {
        Ok(bytes) if sha256(&[&bytes]) == attachment.sha256 => FileState::Whole,
        Ok(_) => FileState::Altered,
        Err(_) => FileState::Absent,
    }
}

/// The most bytes of a file's name that every common file system takes, less what its passing name adds.
const LONGEST: usize = 255 - auxlog_journal::PASSING.len() - 1;

/// Names under which attachments are saved beside each other: numbered, and as they were but for
/// what some file system does not take or a mark that would act on whatever shows the name.
pub(crate) fn file_name(place: usize, attachment: &Attachment) -> String {
    let taken = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c if is_hidden(c) => '_',
        c => c,
    };
    let name: String = attachment.name.chars().map(taken).collect();
    // The number before it keeps it from being one of the names that Windows reserves.
    let name = format!("{}-{}", place + 1, name.trim_start_matches('.'));
    let name = name.trim_end_matches(['.', ' ']);
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    // What is cut is the middle: the ending says what the file is.
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    let ending = if ending.len() <= 20 { ending } else { "" };
    let start = name.floor_char_boundary(LONGEST - ending.len());
    format!("{}{ending}", &name[..start])
}

/// The name under which 0.1.0 saved it.
fn former_name(place: usize, attachment: &Attachment) -> String {
    let name: String = attachment.name.chars().map(|c| if matches!(c, '/' | '\\' | ':') { '_' } else { c }).collect();
    format!("{}-{}", place + 1, name.trim_start_matches('.'))
}

/// Why a content was not saved.
enum Unsaved {
    /// It cannot be read from the store.
    Unreadable(BlobError),
    /// The file cannot be written.
    Io(std::io::Error),
}

impl From<std::io::Error> for Unsaved {
    fn from(source: std::io::Error) -> Self {
        Self::Io(source)
    }
}

/// Saves the contents that are here; the names of those that are not are given back.
pub(crate) fn save(reader: &Reader, rows: &[AttachmentRow], dir: &Path, words: &Words) -> Result<Vec<String>, Failure> {
    let failed = |path: &Path, source: &std::io::Error| Failure::new(Exit::Found, failed::file(path, source, words));
    let mut missing = Vec::new();
    if !rows.is_empty() {
        // A link in the directory's place would lead the files to where they do not belong.
        if dir.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return Err(failed(dir, &std::io::Error::from(std::io::ErrorKind::NotADirectory)));
        }
        private_dir(dir).map_err(|source| failed(dir, &source))?;
    }
    for (place, row) in rows.iter().enumerate() {
        let hash = row.view.attachment.sha256;
        let refuse = |error| failed::ledger(&error, words);
        let Some(mut content) = reader.attachment(&hash).map_err(refuse)? else {
            missing.push(row.view.attachment.name.clone());
            continue;
        };
        let path = dir.join(file_name(place, &row.view.attachment));
        replace_with(&path, |file| {
            let mut at = 0;
            while at < content.kept().size {
                let piece = content.read_at(at, 1 << 20).map_err(Unsaved::Unreadable)?;
                file.write_all(&piece)?;
                at += piece.len() as u64;
            }
            Ok(())
        })
        .map_err(|error| match error {
            Unsaved::Unreadable(error) => Failure::new(Exit::Damaged, words.reason(&error)),
            Unsaved::Io(source) => failed(&path, &source),
        })?;
    }
    Ok(missing)
}

/// A length as people read it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..=1023 => format!("{bytes} B"),
        1024..=1_048_575 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20),
    }
}

/// What a picture tells of itself, in a line.
pub(crate) fn told(preview: &Preview, words: &Words) -> String {
    let size = preview.width.zip(preview.height).map(|(width, height)| format!("{width}×{height}"));
    let position = preview.position.map(|(north, east)| {
        let degrees = |e6: i32| {
            format!("{}{}.{:05}°", if e6 < 0 { "-" } else { "" }, e6.abs() / 1_000_000, e6.abs() % 1_000_000 / 10)
        };
        format!("{} {}", degrees(north), degrees(east))
    });
    let parts = [size, preview.taken_at.clone(), preview.camera.clone(), position];
    parts.into_iter().flatten().collect::<Vec<_>>().join(words.comma())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_previews_are_told_in_words() {
        assert_eq!([size(0), size(1023), size(1025), size(52_428_800)], ["0 B", "1023 B", "2 KiB", "50.0 MiB"]);
        let preview = Preview {
            width: Some(640),
            height: Some(480),
            taken_at: Some("2026-11-25 09:30:00".into()),
            camera: None,
            position: Some((32_510_000, -120_250_000)),
        };
        let words = crate::words::choose(Some("en"));
        assert_eq!(told(&preview, &words), "640×480, 2026-11-25 09:30:00, 32.51000° -120.25000°");
    }

    fn attachment() -> Attachment {
        Attachment {
            target: auxlog_record::RecordId { writer: auxlog_record::WriterId([1; 16]), seq: 1 },
            sha256: sha256(&[b""]),
            size: 0,
            media_type: String::new(),
            name: String::new(),
            note: None,
            preview: None,
        }
    }

    #[test]
    fn any_name_is_one_that_file_systems_take() {
        let dir = tempfile::tempdir().expect("a directory");
        let named = |name: &str| Attachment { name: name.into(), ..attachment() };
        let long = format!("{}.jpeg", "长".repeat(300));
        let given = ["a\0b.txt", "../../x", "CON", "a:b|c?*\"<>", "end. . ", "\u{202e}gpj.exe", "", &long];
        for (place, name) in given.iter().enumerate() {
            let name = file_name(place, &named(name));
            assert!(name.len() <= LONGEST && !name.contains(is_hidden), "{name:?}");
            replace_with(&dir.path().join(&name), |file| file.write_all(b"content")).expect("a name");
        }
        assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), given.len());
        assert_eq!(Path::new(&file_name(0, &named(&long))).extension(), Some("jpeg".as_ref()));
        assert_eq!(file_name(1, &named("现场 照片.jpg")), "2-现场 照片.jpg");
    }

    #[test]
    fn what_the_first_version_saved_is_found_under_its_name() {
        let dir = tempfile::tempdir().expect("a directory");
        let attachment = Attachment { name: "谁?.txt".into(), size: 7, sha256: sha256(&[b"content"]), ..attachment() };
        std::fs::write(dir.path().join("1-谁?.txt"), "content").expect("written");
        assert_eq!(file_state(dir.path(), 0, &attachment), FileState::Whole);
        assert_eq!(file_state(dir.path(), 1, &attachment), FileState::Absent);
    }
}
