//! Attachments as files outside the store, and in words.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use auxlog_record::crypto::sha256;
use auxlog_record::{Attachment, Preview};
use auxlog_store::{AttachmentRow, Reader};
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::refusal;
use crate::words::Words;

/// The directory beside an evidence bundle that holds what is attached to its task.
pub(crate) fn beside(bundle: &Path) -> PathBuf {
    bundle.with_extension("files")
}

/// How an attachment's file beside a bundle stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// It is the content that the record names.
    Whole,
    /// It is another content.
    Altered,
    /// It is not there, so that nothing can be said of it.
    Absent,
}

/// Compares an attachment's file in `dir` with its record.
pub(crate) fn standing(dir: &Path, place: usize, attachment: &Attachment) -> Standing {
    match std::fs::read(dir.join(file_name(place, attachment))) {
        Ok(bytes) if sha256(&[&bytes]) == attachment.sha256 => Standing::Whole,
        Ok(_) => Standing::Altered,
        Err(_) => Standing::Absent,
    }
}

/// Names under which attachments are saved beside each other: as they were, numbered.
pub(crate) fn file_name(place: usize, attachment: &Attachment) -> String {
    let name: String = attachment.name.chars().map(|c| if matches!(c, '/' | '\\' | ':') { '_' } else { c }).collect();
    format!("{}-{}", place + 1, name.trim_start_matches('.'))
}

/// Saves the contents that are here; the names of those that are not are given back.
pub(crate) fn save(reader: &Reader, rows: &[AttachmentRow], dir: &Path, words: &Words) -> Result<Vec<String>, Failure> {
    let failed = |path: &Path, source: &std::io::Error| Failure::new(Exit::Found, refusal::file(path, source, words));
    let mut missing = Vec::new();
    if !rows.is_empty() {
        std::fs::create_dir_all(dir).map_err(|source| failed(dir, &source))?;
    }
    for (place, row) in rows.iter().enumerate() {
        let hash = row.view.attachment.sha256;
        let refuse = |error| refusal::ledger(&error, words);
        let Some(mut content) = reader.attachment(&hash).map_err(refuse)? else {
            missing.push(row.view.attachment.name.clone());
            continue;
        };
        let path = dir.join(file_name(place, &row.view.attachment));
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(|source| failed(&path, &source))?;
        let mut at = 0;
        while at < content.kept().size {
            let piece =
                content.read_at(at, 1 << 20).map_err(|error| Failure::new(Exit::Damaged, words.reason(&error)))?;
            file.write_all(&piece).map_err(|source| failed(&path, &source))?;
            at += piece.len() as u64;
        }
        file.sync_all().map_err(|source| failed(&path, &source))?;
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
        let words = Words::choose(Some("en"));
        assert_eq!(told(&preview, &words), "640×480, 2026-11-25 09:30:00, 32.51000° -120.25000°");
    }
}
