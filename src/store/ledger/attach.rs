//! Photos and documents attached to tasks: kept encrypted, bound to the task by their hash.

use std::fs::File;
use std::path::Path;

use auxlog_journal::blob::{Blob, BlobError, Incoming, KeptBlob, MAX_BLOB};
use auxlog_record::fold::AttachmentView;
use auxlog_record::{Attachment, Event, Hash, Preview, RecordId};
use serde::{Deserialize, Serialize};

use super::book::unreadable;
use super::{Ledger, Reader};
use crate::index::reconstruct;
use crate::{Flaw, LedgerError, media};

type Result<T> = std::result::Result<T, LedgerError>;

/// The longest file name that is kept, in characters.
const LONGEST_NAME: usize = 255;

/// Bytes from the beginning of a content that are looked at for its preview.
const LOOKED_AT: usize = 1 << 20;

/// A file whose content is kept, on its way to a task. A draft may hold it: it says nothing that
/// the draft's own seal would not protect, and what it names stays through lock and crash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// SHA-256 of the content.
    #[serde(with = "hex")]
    pub hash: Hash,
    /// Its length in bytes.
    pub size: u64,
    /// Media type, told from the content, e.g. `image/jpeg`.
    pub media_type: String,
    /// The file's name as it was.
    pub name: String,
    /// What the content tells of itself.
    pub preview: Preview,
}

impl Staged {
    /// As the record that attaches it to `target` says it.
    pub(super) fn to(&self, target: RecordId, note: Option<&str>) -> Attachment {
        let note = note.map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
        let preview = Some(self.preview.clone()).filter(|preview| *preview != Preview::default());
        Attachment {
            target,
            sha256: self.hash,
            size: self.size,
            media_type: self.media_type.clone(),
            name: self.name.clone(),
            note,
            preview,
        }
    }
}

/// An attachment of a task, and whether its content is on this laptop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// The task.
    pub task: RecordId,
    /// The record, who attached it, and what it says of the content.
    pub view: AttachmentView,
    /// Made on this laptop.
    pub mine: bool,
    /// Its content is here.
    pub here: bool,
}

impl Reader {
    /// What is attached to a task, in the order it was attached.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], or [`LedgerError::Unreadable`].
    pub fn attachments(&self, task: RecordId) -> Result<Vec<AttachmentRow>> {
        let (_, view) = self.view(task)?;
        Ok(self.rows_of(task, view.attachments))
    }

    /// Everything attached to any task, for synchronisation and checks.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`].
    pub fn all_attachments(&self) -> Result<Vec<AttachmentRow>> {
        let index = self.index();
        let mut rows = Vec::new();
        for number in index.attached() {
            if let Some(view) = reconstruct(&index, &self.book, number)? {
                rows.extend(self.rows_of_with(&index, view.id, view.attachments));
            }
        }
        Ok(rows)
    }

    fn rows_of(&self, task: RecordId, views: Vec<AttachmentView>) -> Vec<AttachmentRow> {
        self.rows_of_with(&self.index(), task, views)
    }

    fn rows_of_with(
        &self,
        index: &crate::index::Index,
        task: RecordId,
        views: Vec<AttachmentView>,
    ) -> Vec<AttachmentRow> {
        let row = |view: AttachmentView| AttachmentRow {
            task,
            mine: index.writers().get(&view.record.writer).is_some_and(|writer| writer.own),
            here: self.blobs.has(&view.attachment.sha256),
            view,
        };
        views.into_iter().map(row).collect()
    }

    /// An attachment's content, to be read in any part: to show it, to save it, to send it on from
    /// wherever an upload stopped. `None` where it is not on this laptop.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] where it was altered on the disk.
    pub fn attachment(&self, hash: &Hash) -> Result<Option<Blob>> {
        self.blobs.open(hash).map_err(|error| unreadable(*hash)(error))
    }

    /// Whether an attachment's content is here; all of it is read and compared with its hash.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] where it was altered on the disk.
    pub fn check_attachment(&self, hash: &Hash) -> Result<bool> {
        self.blobs.check(hash).map_err(|error| unreadable(*hash)(error))
    }
}

impl Ledger {
    /// Keeps a file's content, durably, for a task that may still have to be logged.
    ///
    /// # Errors
    /// [`LedgerError::TooLarge`], [`LedgerError::Io`] when the file cannot be read,
    /// [`LedgerError::NotSaved`] when its content cannot be kept.
    pub fn stage(&self, path: &Path) -> Result<Staged> {
        let unreadable_file = |source| LedgerError::Io { path: path.to_owned(), source };
        let too_large = || LedgerError::TooLarge { path: path.to_owned(), mebibytes: MAX_BLOB >> 20 };
        let mut file = File::open(path).map_err(unreadable_file)?;
        let metadata = file.metadata().map_err(unreadable_file)?;
        if metadata.is_dir() {
            return Err(unreadable_file(std::io::ErrorKind::IsADirectory.into()));
        }
        if metadata.len() > MAX_BLOB {
            return Err(too_large());
        }
        let kept = self.blobs.put(&mut file).map_err(|error| match error {
            BlobError::TooLarge => too_large(),
            error => LedgerError::NotSaved { source: Box::new(error) },
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.staged(kept, &name)
    }

    /// The same for a content that is in memory, e.g. one that was pasted.
    ///
    /// # Errors
    /// As [`Self::stage`].
    pub fn stage_bytes(&self, name: &str, mut content: &[u8]) -> Result<Staged> {
        let kept = self.blobs.put(&mut content).map_err(|error| match error {
            BlobError::TooLarge => LedgerError::TooLarge { path: name.into(), mebibytes: MAX_BLOB >> 20 },
            error => LedgerError::NotSaved { source: Box::new(error) },
        })?;
        self.staged(kept, name)
    }

    fn staged(&self, kept: KeptBlob, name: &str) -> Result<Staged> {
        let mut blob = self.attachment(&kept.hash)?.ok_or_else(|| missing(&kept.hash))?;
        let start = blob.read_at(0, LOOKED_AT).map_err(|error| unreadable(kept.hash)(error))?;
        // A control character could hide or forge what a terminal shows.
        let name: String = name.chars().filter(|c| !auxlog_record::is_hidden(*c)).take(LONGEST_NAME).collect();
        let media_type = media::media_type(&start, &name).to_owned();
        let preview = media::preview(&start, &media_type);
        Ok(Staged { hash: kept.hash, size: kept.size, media_type, name, preview })
    }

    /// Attaches a file whose content is kept to a task, durably.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], [`LedgerError::NotSaved`], or [`LedgerError::Unreadable`] when
    /// its content is not here.
    pub fn attach(&self, target: RecordId, staged: &Staged, note: Option<&str>) -> Result<RecordId> {
        self.must_be_here(staged)?;
        self.view(target)?;
        self.say(&Event::Attachment(staged.to(target, note)))
    }

    pub(super) fn must_be_here(&self, staged: &Staged) -> Result<()> {
        if self.blobs.has(&staged.hash) { Ok(()) } else { Err(missing(&staged.hash)) }
    }

    /// Takes up the content of an attachment that comes from the server in parts, where it stopped
    /// the last time.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn receive_attachment(&self, hash: Hash, size: u64) -> Result<Incoming> {
        self.blobs.receive(KeptBlob { hash, size }).map_err(|error| LedgerError::NotSaved { source: Box::new(error) })
    }
}

fn missing(hash: &Hash) -> LedgerError {
    unreadable(*hash)(Flaw::NoContent)
}

/// A hash as text.
mod hex {
    use auxlog_record::Hash;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(hash)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use auxlog_record::Task;

    use super::*;
    use crate::{InitOptions, OpenOptions, Whole};

    fn options() -> OpenOptions {
        OpenOptions { cheap_keys: true, ..OpenOptions::default() }
    }

    fn ledger(dir: &Path) -> Ledger {
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        Ledger::init(dir, &who, "p", options()).expect("made")
    }

    fn task(id: &str) -> Task {
        Task { id: id.into(), items: vec!["15.2:patrol".into()], ..Task::default() }
    }

    #[test]
    fn a_task_is_logged_with_its_photos_and_they_are_there_after_a_restart() {
        let place = tempfile::tempdir().expect("a directory");
        let dir = place.path().join("data");
        let ledger = ledger(&dir);
        let photo = place.path().join("现场\u{7}.txt");
        std::fs::write(&photo, "现场照片的内容").expect("written");
        let staged = ledger.stage(&photo).expect("kept");
        assert_eq!((staged.name.as_str(), staged.media_type.as_str()), ("现场.txt", "text/plain"));
        let as_draft = serde_json::to_string(&staged).expect("JSON");
        assert_eq!(serde_json::from_str::<Staged>(&as_draft).expect("read back"), staged);

        let files = [(staged.clone(), Some(" 门口 ".to_owned()))];
        let ack = ledger.log_attaching(&task("t-1"), &files).expect("stored");
        let again = ledger.log_attaching(&task("t-1"), &files).expect("stored");
        assert!(again.repeated && again.id == ack.id);
        let more = ledger.stage_bytes("b", &[0; 9]).expect("kept");
        ledger.attach(ack.id, &more, None).expect("attached");
        ledger.close();

        let ledger = Ledger::open(&dir, None, "p", options()).expect("opens");
        let rows = ledger.attachments(ack.id).expect("there");
        assert_eq!(rows, ledger.all_attachments().expect("listed"));
        let [first, second] = &rows[..] else { panic!("two: {rows:?}") };
        assert_eq!(first.view.attachment.note.as_deref(), Some("门口"));
        assert_eq!(second.view.attachment.media_type, "application/octet-stream");
        assert!(rows.iter().all(|row| row.mine && row.here && row.task == ack.id));
        let mut content = ledger.attachment(&staged.hash).expect("asked").expect("here");
        assert_eq!(content.read_at(0, 100).expect("read"), "现场照片的内容".as_bytes());
        assert!(matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { records: 4 })));
    }

    #[test]
    fn what_cannot_be_attached_is_refused_with_its_place() {
        let place = tempfile::tempdir().expect("a directory");
        let ledger = ledger(&place.path().join("data"));
        let large = place.path().join("large");
        File::create(&large).and_then(|file| file.set_len(MAX_BLOB + 1)).expect("made");
        assert!(matches!(ledger.stage(&large), Err(LedgerError::TooLarge { path, .. }) if path == large));
        assert!(matches!(ledger.stage(&place.path().join("none")), Err(LedgerError::Io { .. })));
        assert!(matches!(ledger.stage(place.path()), Err(LedgerError::Io { .. })));
        let mut staged = ledger.stage_bytes("a", b"abc").expect("kept");
        let nowhere = RecordId { writer: ledger.identity().writer, seq: 99 };
        assert!(matches!(ledger.attach(nowhere, &staged, None), Err(LedgerError::NoSuchTask { .. })));
        staged.hash = Hash([1; 32]);
        let files = [(staged, None)];
        assert!(matches!(ledger.log_attaching(&task("t-1"), &files), Err(LedgerError::Unreadable { .. })));
        assert_eq!(ledger.counts().tasks, 0, "and the task with it");
    }

    #[test]
    fn an_altered_or_missing_content_is_named_by_verify() {
        let place = tempfile::tempdir().expect("a directory");
        let dir = place.path().join("data");
        let ledger = ledger(&dir);
        let staged = ledger.stage_bytes("a", &[7; 500]).expect("kept");
        let id = ledger.log_attaching(&task("t-1"), &[(staged.clone(), None)]).expect("stored").id;
        let attached = ledger.attachments(id).expect("there")[0].view.record;
        let named =
            |ledger: &Ledger| matches!(ledger.verify(&|_, _| {}), Ok(Whole::No { id: Some(id), .. }) if id == attached);
        let file =
            std::fs::read_dir(dir.join("attachments")).expect("there").next().expect("one").expect("read").path();
        let whole = std::fs::read(&file).expect("read");
        let mut altered = whole.clone();
        altered[200] ^= 1;
        std::fs::write(&file, altered).expect("written");
        assert!(named(&ledger));
        std::fs::remove_file(&file).expect("removed");
        assert!(named(&ledger));
        let mut incoming = ledger.receive_attachment(staged.hash, staged.size).expect("begun");
        incoming.push(&[7; 500]).expect("taken");
        incoming.finish().expect("whole again");
        assert!(matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { .. })));
    }
}
