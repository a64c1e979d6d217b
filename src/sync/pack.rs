//! Messages on the wire: CBOR, compressed with zstd, bounded on both sides before and after.

use std::io::Read as _;

use minicbor::{Decode, Encode};

/// The media type of every message.
pub const MEDIA_TYPE: &str = "application/vnd.auxlog.v1+cbor";

/// The most bytes that a compressed message may have.
pub const MAX_PACKED: usize = 4 << 20;

/// The most bytes that a message may have once decompressed.
pub const MAX_UNPACKED: usize = 16 << 20;

/// Fast, and within a few bytes a record of the slow levels: signatures don't compress.
const LEVEL: i32 = 3;

/// Largest zstd window that is accepted (8 MiB): a frame may not claim more memory than that.
const WINDOW_LOG: u32 = 23;

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// More bytes than a message may have.
    #[error("the message has more than {0} bytes")]
    TooLarge(usize),
    /// Not zstd, or cut short.
    #[error("the message cannot be decompressed: {0}")]
    Compression(#[from] std::io::Error),
    /// Not the message expected.
    #[error("the message cannot be read: {0}")]
    Content(minicbor::decode::Error),
}

/// Encodes and compresses a message.
///
/// # Errors
/// [`PackError::TooLarge`] when the other side would refuse it.
pub fn pack<T: Encode<()>>(message: &T) -> Result<Vec<u8>, PackError> {
    let bytes = minicbor::to_vec(message).expect("writing to memory cannot fail");
    if bytes.len() > MAX_UNPACKED {
        return Err(PackError::TooLarge(MAX_UNPACKED));
    }
    let packed = zstd::bulk::compress(&bytes, LEVEL)?;
    if packed.len() > MAX_PACKED { Err(PackError::TooLarge(MAX_PACKED)) } else { Ok(packed) }
}

/// Decompresses and decodes a message; never holds more than [`MAX_UNPACKED`] bytes of it.
///
/// # Errors
/// [`PackError`] when it is too large, no zstd, or not a `T` and nothing else.
pub fn unpack<T: for<'b> Decode<'b, ()>>(packed: &[u8]) -> Result<T, PackError> {
    decoded(&inflate(packed, MAX_UNPACKED)?)
}

/// The same for a message of a stranger's, which has few bytes: none of the memory that a frame may
/// claim is given to it, only `limit` bytes.
///
/// # Errors
/// [`PackError`] as for [`unpack`].
pub fn unpack_within<T: for<'b> Decode<'b, ()>>(packed: &[u8], limit: usize) -> Result<T, PackError> {
    // One byte more, so that what is too large is told from what ends there.
    let bytes = zstd::bulk::decompress(packed, limit + 1)?;
    if bytes.len() > limit { Err(PackError::TooLarge(limit)) } else { decoded(&bytes) }
}

fn decoded<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, PackError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let message = decoder.decode().map_err(PackError::Content)?;
    if decoder.position() == bytes.len() {
        Ok(message)
    } else {
        Err(PackError::Content(minicbor::decode::Error::message("bytes follow its end")))
    }
}

/// Compresses bytes that are no message, such as a roster.
///
/// # Errors
/// When zstd runs out of memory.
pub fn deflate(bytes: &[u8]) -> Result<Vec<u8>, PackError> {
    Ok(zstd::bulk::compress(bytes, LEVEL)?)
}

/// Decompresses at most `limit` bytes.
///
/// # Errors
/// [`PackError`] when there are more, or it is no zstd.
pub fn inflate(packed: &[u8], limit: usize) -> Result<Vec<u8>, PackError> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
    decoder.window_log_max(WINDOW_LOG)?;
    let mut bytes = Vec::new();
    let read = decoder.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if read > limit { Err(PackError::TooLarge(limit)) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let message = vec!["清点".to_owned(), String::new(), "x".repeat(100_000)];
        assert_eq!(unpack::<Vec<String>>(&pack(&message).expect("packs")).expect("unpacks"), message);
    }

    #[test]
    fn a_bomb_is_refused_before_it_unfolds() {
        let bomb = zstd::bulk::compress(&vec![0; MAX_UNPACKED + 1], 19).expect("compresses");
        assert!(bomb.len() < 10_000, "small on the wire");
        assert!(matches!(unpack::<Vec<u8>>(&bomb), Err(PackError::TooLarge(MAX_UNPACKED))));
    }

    #[test]
    fn a_strangers_message_is_given_no_more_than_its_bytes() {
        let packed = pack(&vec!["清点".to_owned()]).expect("packs");
        assert_eq!(unpack_within::<Vec<String>>(&packed, 1024).expect("unpacks"), ["清点"]);
        let bomb = zstd::bulk::compress(&vec![0x81; 16 << 20], 19).expect("compresses");
        assert!(bomb.len() < 4096 && unpack_within::<Vec<u8>>(&bomb, 16 << 10).is_err());
    }

    #[test]
    fn cut_altered_or_followed_by_more_is_refused() {
        let packed = pack(&vec!["a".repeat(50), "b".repeat(50)]).expect("packs");
        for cut in 0..packed.len() {
            assert!(unpack::<Vec<String>>(&packed[..cut]).is_err(), "cut to {cut}");
        }
        let longer = zstd::bulk::compress(&[minicbor::to_vec(7_u8).expect("encodes"), vec![0]].concat(), 3);
        assert!(matches!(unpack::<u8>(&longer.expect("compresses")), Err(PackError::Content(_))));
        assert!(unpack::<u8>(b"<html>Welcome to our Wi-Fi</html>").is_err());
    }
}
