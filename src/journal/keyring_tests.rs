//! Tests of the keyring.

use super::*;

const COST: KdfCost = KdfCost::CHEAP;

fn new() -> (tempfile::TempDir, Keyring, Unlocked) {
    let dir = tempfile::tempdir().expect("a directory");
    let (keyring, unlocked) =
        Keyring::create(&dir.path().join("keys"), &"O1".into(), "口令一", COST, None).expect("created");
    (dir, keyring, unlocked)
}

fn same(a: &Unlocked, b: &Unlocked) -> bool {
    a.store.bytes() == b.store.bytes() && a.signing.writer() == b.signing.writer() && a.officer == b.officer
}

#[test]
fn each_officer_opens_the_one_store_with_his_own_passphrase_and_key() {
    let (dir, mut keyring, first) = new();
    let second = keyring.add_officer(&first, &"O2".into(), "口令二", COST).expect("added");
    assert_eq!(first.store.bytes(), second.store.bytes());
    assert_ne!(first.signing.writer(), second.signing.writer());

    let keyring = Keyring::load(&dir.path().join("keys")).expect("loaded");
    assert_eq!(keyring.officers().len(), 2);
    assert!(same(&keyring.unlock(&"O1".into(), "口令一").expect("opens"), &first));
    assert!(same(&keyring.unlock(&"O2".into(), "口令二").expect("opens"), &second));
    for (officer, passphrase) in [("O1", "口令二"), ("O2", "口令一"), ("O1", ""), ("O1", "口令一 ")] {
        let refused = keyring.unlock(&officer.into(), passphrase);
        assert!(matches!(refused, Err(KeyError::WrongPassphrase(_))), "{officer} with {passphrase:?}");
    }
    assert!(matches!(keyring.unlock(&"O3".into(), "口令一"), Err(KeyError::NoOfficer(_))));
}

#[test]
fn an_officer_with_keys_is_not_added_again_and_a_keyring_not_overwritten() {
    let (dir, mut keyring, first) = new();
    assert!(matches!(keyring.add_officer(&first, &"O1".into(), "x", COST), Err(KeyError::HasKeys(_))));
    let again = Keyring::create(&dir.path().join("keys"), &"O9".into(), "x", COST, None);
    assert!(matches!(again, Err(KeyError::Exists(_))));
}

#[test]
fn a_changed_passphrase_keeps_the_keys_and_retires_the_old_words() {
    let (_dir, mut keyring, first) = new();
    let officer = OfficerId::from("O1");
    assert!(matches!(keyring.change_passphrase(&officer, "wrong", "新口令", COST), Err(KeyError::WrongPassphrase(_))));
    keyring.change_passphrase(&officer, "口令一", "新口令", COST).expect("changed");
    assert!(keyring.unlock(&officer, "口令一").is_err());
    assert!(same(&keyring.unlock(&officer, "新口令").expect("opens"), &first));
}

#[test]
fn the_recovery_key_opens_a_store_whose_passphrase_is_forgotten() {
    let (_dir, mut keyring, first) = new();
    let secret = RecoverySecret::generate().expect("random bytes");
    let officer = OfficerId::from("O1");
    assert!(matches!(keyring.recover(&secret, &officer, "x", COST), Err(KeyError::NoRecovery)));
    keyring.set_recovery(&first, secret.public()).expect("set");

    let other = RecoverySecret::generate().expect("random bytes");
    assert!(matches!(keyring.recover(&other, &officer, "x", COST), Err(KeyError::WrongRecoveryKey)));
    let secret = RecoverySecret::from_text(&secret.to_text()).expect("as printed");
    let recovered = keyring.recover(&secret, &officer, "新口令", COST).expect("recovered");
    assert_eq!(recovered.store.bytes(), first.store.bytes());
    assert_ne!(recovered.signing.writer(), first.signing.writer(), "they go on as a new writer");
    assert!(keyring.unlock(&officer, "口令一").is_err());
}

#[test]
fn a_renewed_signing_key_makes_a_new_writer_of_the_same_officer() {
    let (_dir, mut keyring, first) = new();
    let renewed = keyring
        .renew_signing_key(&"O1".into(), "口令一", &auxlog_record::SigningKey::from_seed(&[9; 32]))
        .expect("renewed");
    assert_ne!(renewed.signing.writer(), first.signing.writer());
    assert_eq!(renewed.store.bytes(), first.store.bytes());
    assert!(same(&keyring.unlock(&"O1".into(), "口令一").expect("opens"), &renewed));
}

#[test]
fn every_flipped_byte_is_noticed_and_the_other_copy_read() {
    let (dir, _keyring, first) = new();
    let keys = dir.path().join("keys");
    let path = keys.join(FILES[0]);
    let whole = std::fs::read(&path).expect("read");
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        std::fs::write(&path, &bytes).expect("written");
        let keyring = Keyring::load(&keys).expect("the copy is whole");
        assert_eq!(keyring.damaged(), std::slice::from_ref(&path), "byte {at}");
        if at % 64 == 0 {
            assert!(same(&keyring.unlock(&"O1".into(), "口令一").expect("opens"), &first));
        }
    }
    Keyring::load(&keys).expect("loads").repair().expect("repaired");
    assert_eq!(std::fs::read(&path).expect("read"), whole);
}

#[test]
fn with_both_copies_damaged_the_error_says_what_is_left() {
    let (dir, ..) = new();
    let keys = dir.path().join("keys");
    for name in FILES {
        std::fs::write(keys.join(name), b"AXKEYS1\nnonsense that is long enough to hold a check sum").expect("written");
    }
    let error = Keyring::load(&keys).expect_err("nothing to read").to_string();
    assert!(error.contains("keyring") && error.contains("backup") && error.contains("recovery key"), "{error}");
    let empty = tempfile::tempdir().expect("a directory");
    assert!(matches!(Keyring::load(empty.path()), Err(KeyError::Missing(_))));
}

#[cfg(unix)]
#[test]
fn keys_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, ..) = new();
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let keys = dir.path().join("keys");
    assert_eq!(mode(&keys), 0o700);
    for name in FILES {
        assert_eq!(mode(&keys.join(name)), 0o600);
    }
}

#[test]
fn one_passphrase_in_any_form_opens() {
    let dir = tempfile::tempdir().expect("a directory");
    let officer = OfficerId::from("O1");
    let (composed, apart) = ("caf\u{e9}-horse-battery-staple", "cafe\u{301}-horse-battery-staple");
    let (mut keyring, _) = Keyring::create(dir.path(), &officer, composed, KdfCost::CHEAP, None).expect("made");
    for typed in [composed, apart, "\u{feff}caf\u{e9}-horse-battery-staple"] {
        assert!(keyring.unlock(&officer, typed).is_ok(), "{typed:?}");
    }
    assert!(matches!(keyring.unlock(&officer, "cafe-horse-battery-staple"), Err(KeyError::WrongPassphrase(_))));

    // 0.1.0 derived from it as it was typed.
    let unlocked = keyring.unlock(&officer, composed).expect("opens");
    let slot = &mut keyring.content.slots[0];
    let wrapping = SealingKey::new(&slot.cost.derive(apart.as_bytes(), &slot.salt).expect("derives"));
    let secrets = [unlocked.store.bytes().as_slice(), unlocked.signing.seed().as_ref()].concat();
    let public_key = slot.public_key;
    let sealed = wrapping.seal(&keyring.place(&officer, &public_key), &secrets).expect("sealed");
    keyring.content.slots[0].sealed = sealed;
    assert!(keyring.unlock(&officer, apart).is_ok());
    assert!(matches!(keyring.unlock(&officer, composed), Err(KeyError::WrongPassphrase(_))));
}
