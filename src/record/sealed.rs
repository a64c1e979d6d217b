//! Sealing to a server: what is typed on a laptop for the server's eyes alone. Whoever has the server's public key
//! seals; only the server's own key opens.
//!
//! X25519 with a key used once, HKDF-SHA-256, ChaCha20-Poly1305. The server's X25519 key is its Ed25519 key in the
//! other form of the same curve, so that no second key has to be made, published and kept.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{PublicKey as Point, StaticSecret};
use zeroize::Zeroizing;

use crate::crypto::CryptoError;
use crate::{Datum, PublicKey, SigningKey};

/// What is sealed is padded to a multiple of so many bytes: its length says little of it.
const BLOCK: usize = 64;

/// The first byte of what is sealed so.
const FORM: u8 = 1;

/// Seals a value; `about` says of what it is, and only for that it is opened.
///
/// # Errors
/// [`CryptoError::Random`], or [`CryptoError::PublicKey`] where the key is none to seal to.
pub fn seal(to: &PublicKey, about: &[u8], datum: &Datum) -> Result<Datum, CryptoError> {
    let mut plain = Zeroizing::new(minicbor::to_vec(datum).expect("writing to memory cannot fail"));
    let padded = plain.len().next_multiple_of(BLOCK);
    plain.resize(padded, 0);
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut()).map_err(|_| CryptoError::Random)?;
    let once = StaticSecret::from(*seed);
    let (once_public, to) = (Point::from(&once).to_bytes(), to.to_x25519());
    let cipher = cipher(&once, &to, &once_public, &to).ok_or(CryptoError::PublicKey)?;
    // The key is used once, so that its nonce may be the same.
    let sealed = cipher.encrypt(&Nonce::default(), Payload { msg: &plain, aad: about });
    let sealed = sealed.expect("a value is shorter than the cipher's limit");
    Ok(Datum::Sealed([&[FORM][..], &once_public, &sealed].concat()))
}

/// Opens what was sealed to this key about that; `None` where it was not, or holds no value.
pub fn open(key: &SigningKey, about: &[u8], sealed: &Datum) -> Option<Datum> {
    let Datum::Sealed(bytes) = sealed else { return None };
    let (&form, rest) = bytes.split_first()?;
    let (once, sealed) = rest.split_first_chunk::<32>()?;
    let own = StaticSecret::from(*key.to_x25519());
    let cipher = cipher(&own, once, once, Point::from(&own).as_bytes()).filter(|_| form == FORM)?;
    let plain = cipher.decrypt(&Nonce::default(), Payload { msg: sealed, aad: about }).ok().map(Zeroizing::new)?;
    let datum = Datum::alone(&mut minicbor::Decoder::new(&plain)).ok()?;
    // Never a seal within a seal.
    (!matches!(datum, Datum::Sealed(_))).then_some(datum)
}

fn cipher(own: &StaticSecret, other: &[u8; 32], once: &[u8; 32], to: &[u8; 32]) -> Option<ChaCha20Poly1305> {
    let shared = own.diffie_hellman(&Point::from(*other));
    if !shared.was_contributory() {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    let salt = [once.as_slice(), to].concat();
    let hkdf = Hkdf::<Sha256>::new(Some(&salt), shared.as_bytes());
    hkdf.expand(b"auxlog sealed 1", key.as_mut()).expect("32 bytes are within what HKDF gives");
    Some(ChaCha20Poly1305::new(&Key::from(*key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Signer as _;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    #[test]
    fn only_the_key_opens_it_and_only_for_what_it_is_about() {
        let datum = Datum::List(vec![Datum::Text("体检：合格".into()), Datum::Number(3)]);
        let sealed = seal(&key(1).public_key(), b"14", &datum).expect("sealed");
        assert_eq!(open(&key(1), b"14", &sealed), Some(datum.clone()));
        assert_eq!(open(&key(2), b"14", &sealed), None, "another key");
        assert_eq!(open(&key(1), b"15", &sealed), None, "another place");
        assert_ne!(seal(&key(1).public_key(), b"14", &datum), Ok(sealed.clone()), "never the same twice");
        let Datum::Sealed(bytes) = &sealed else { panic!("sealed") };
        for at in 0..bytes.len() {
            let mut bent = bytes.clone();
            bent[at] ^= 1;
            assert_eq!(open(&key(1), b"14", &Datum::Sealed(bent)), None, "byte {at}");
            assert_eq!(open(&key(1), b"14", &Datum::Sealed(bytes[..at].to_vec())), None, "cut at {at}");
        }
        assert_eq!(open(&key(1), b"14", &datum), None);
    }

    #[test]
    fn how_long_it_is_says_little() {
        let sealed = |datum| match seal(&key(1).public_key(), b"", &datum) {
            Ok(Datum::Sealed(bytes)) => bytes.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(sealed(Datum::Flag(true)), sealed(Datum::Text("不合格".into())));
    }

    #[test]
    fn what_was_sealed_once_is_opened_for_ever() {
        let golden = "01cf98bc0a74be498d3f47c319e431cf179ff896eba389217dff6816378ca79d5afe8fb8dd341a34\
            58774cd1e94774f2ef48b4a1d0f12d0d397cdbdb87782c45efe1827285221e5f5b4fe71e69e1dda6\
            d37e2f90f15cb6a956693cf7c8c07ff93ee183e318ecf5e462b5f272d5fb4ffb6f";
        let bytes = data_encoding::HEXLOWER.decode(golden.as_bytes()).expect("hex");
        assert_eq!(open(&key(7), b"golden", &Datum::Sealed(bytes)), Some(Datum::Text("密封".into())));
    }
}
