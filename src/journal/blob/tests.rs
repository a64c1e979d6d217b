//! Tests of attachments at rest.

use super::*;

/// Contents of every interesting length: empty, within a piece, at its edges, several pieces.
const LENGTHS: [usize; 7] = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 777];

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from((at * 7 + at / 251) % 256).expect("a byte")).collect()
}

fn blobs(dir: &Path) -> Blobs {
    Blobs::new(dir, &StoreKey::from_bytes(&[5; 32]))
}

fn kept(bytes: &[u8]) -> KeptBlob {
    KeptBlob { hash: sha256(&[bytes]), size: bytes.len() as u64 }
}

fn whole(blobs: &Blobs, hash: &Hash) -> Result<Vec<u8>, BlobError> {
    let mut all = Vec::new();
    let mut blob = blobs.open(hash)?.expect("it is here");
    blob.each_piece(&mut |piece| {
        all.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(all)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("read").path()).collect()
}

#[test]
fn contents_come_back_whole_and_in_any_part() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    for length in LENGTHS {
        let bytes = content(length);
        let put = blobs.put(&mut bytes.as_slice()).expect("kept");
        assert_eq!(put, kept(&bytes), "{length}");
        assert_eq!(whole(&blobs, &put.hash).expect("read"), bytes);
        assert!(blobs.check(&put.hash).expect("whole"));
        let mut blob = blobs.open(&put.hash).expect("opens").expect("here");
        for (offset, count) in [(0, 10), (PIECE - 3, 9), (length / 2, PIECE * 2), (length, 5), (length + 9, 5)] {
            let wanted = &bytes[offset.min(length)..(offset + count).min(length).max(offset.min(length))];
            assert_eq!(blob.read_at(offset as u64, count).expect("read"), wanted, "{count} at {offset} of {length}");
        }
    }
    assert!(blobs.open(&Hash([9; 32])).expect("asked").is_none());
}

#[test]
fn the_same_content_is_kept_once_and_a_damaged_copy_is_replaced() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    let bytes = content(PIECE + 5);
    let put = blobs.put(&mut bytes.as_slice()).expect("kept");
    blobs.put(&mut bytes.as_slice()).expect("kept");
    let [file] = &files(dir.path())[..] else { panic!("one file") };
    let mut altered = std::fs::read(file).expect("read");
    altered[HEAD + 100] ^= 1;
    std::fs::write(file, altered).expect("written");
    assert!(matches!(blobs.check(&put.hash), Err(BlobError::Damaged(_))));
    blobs.put(&mut bytes.as_slice()).expect("kept again");
    assert_eq!(whole(&blobs, &put.hash).expect("read"), bytes);
    assert_eq!(files(dir.path()).len(), 1);
}

#[test]
fn neither_content_nor_its_hash_can_be_read_off_the_disk() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    let bytes = "占道经营现场照片".repeat(40).into_bytes();
    let put = blobs.put(&mut bytes.as_slice()).expect("kept");
    let [file] = &files(dir.path())[..] else { panic!("one file") };
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(!put.hash.to_string().contains(&name));
    let stored = std::fs::read(file).expect("read");
    for secret in [bytes.get(..12).expect("long"), &put.hash.0] {
        assert!(!stored.windows(secret.len()).any(|window| window == secret));
    }
    let other = Blobs::new(dir.path(), &StoreKey::from_bytes(&[6; 32]));
    assert!(other.open(&put.hash).expect("asked").is_none(), "another store does not even find it");
}

#[test]
fn every_flipped_byte_is_noticed() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    let bytes = content(700);
    let put = blobs.put(&mut bytes.as_slice()).expect("kept");
    let [file] = &files(dir.path())[..] else { panic!("one file") };
    let stored = std::fs::read(file).expect("read");
    for at in 0..stored.len() {
        let mut altered = stored.clone();
        altered[at] ^= 0x10;
        std::fs::write(file, &altered).expect("written");
        assert!(matches!(blobs.check(&put.hash), Err(BlobError::Damaged(_))), "byte {at}");
    }
    for length in [0, HEAD - 1, HEAD, stored.len() - 1] {
        std::fs::write(file, &stored[..length]).expect("written");
        assert!(matches!(blobs.check(&put.hash), Err(BlobError::Damaged(_))), "cut to {length}");
    }
}

#[test]
fn what_is_too_large_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    let mut endless = io::repeat(7);
    assert!(matches!(blobs.put(&mut endless), Err(BlobError::TooLarge)));
    assert_eq!(files(dir.path()), [] as [PathBuf; 0]);
    let kept = KeptBlob { hash: Hash::default(), size: MAX_BLOB + 1 };
    assert!(matches!(blobs.receive(kept), Err(BlobError::TooLarge)));
}

#[test]
fn a_content_received_in_parts_goes_on_after_every_break() {
    for length in LENGTHS {
        let dir = tempfile::tempdir().expect("a directory");
        let blobs = blobs(dir.path());
        let bytes = content(length);
        let mut breaks = 0;
        loop {
            // The line breaks after every 40,000 bytes.
            let mut incoming = blobs.receive(kept(&bytes)).expect("opens");
            let offset = usize::try_from(incoming.offset()).expect("small");
            assert_eq!(offset % PIECE, 0, "whole pieces are kept");
            let end = (offset + 40_000 + breaks % 2 * PIECE).min(length);
            for part in bytes[offset..end].chunks(999) {
                incoming.push(part).expect("kept");
            }
            if incoming.is_complete() {
                assert_eq!(incoming.finish().expect("whole"), kept(&bytes));
                break;
            }
            breaks += 1;
            assert!(breaks < 20, "it goes on");
        }
        assert_eq!(whole(&blobs, &kept(&bytes).hash).expect("read"), bytes);
        assert_eq!(files(dir.path()).len(), 1, "no part is left");
    }
}

#[test]
fn a_part_that_a_crash_tore_is_received_again_from_there() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    let bytes = content(4 * PIECE);
    blobs.receive(kept(&bytes)).expect("opens").push(&bytes[..3 * PIECE]).expect("kept");
    let [file] = &files(dir.path())[..] else { panic!("one part") };
    let mut torn = std::fs::read(file).expect("read");
    torn[HEAD + PIECE + NONCE + TAG + 9] ^= 1;
    std::fs::write(file, torn).expect("written");
    let mut incoming = blobs.receive(kept(&bytes)).expect("opens");
    assert_eq!(incoming.offset(), PIECE as u64);
    incoming.push(&bytes[PIECE..]).expect("kept");
    incoming.finish().expect("whole");
    assert_eq!(whole(&blobs, &kept(&bytes).hash).expect("read"), bytes);
}

#[test]
fn a_content_that_is_another_is_given_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = blobs(dir.path());
    let bytes = content(100);
    let mut incoming = blobs.receive(kept(&bytes)).expect("opens");
    incoming.push(&[0; 100]).expect("taken");
    assert!(matches!(incoming.push(&[0]), Err(BlobError::OtherContent(_))), "more than it has");
    assert!(matches!(incoming.finish(), Err(BlobError::OtherContent(_))));
    assert_eq!(blobs.receive(kept(&bytes)).expect("opens").offset(), 0);
    assert!(!blobs.has(&kept(&bytes).hash));
}
