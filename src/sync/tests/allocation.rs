//! What a stranger's message costs in memory: counted, whatever its bytes claim.

use auxlog_record::Succession;
use auxlog_sync::enrol::{ConfirmRequest, OfferRequest};
use auxlog_sync::pack::unpack_within;

/// What the server reads of a message whose sender is not proven.
const LIMIT: usize = 16 << 10;

/// Bytes that a message may claim: an array, a map, bytes or a text of 2^32 - 1, and as many levels as fit.
fn claims() -> Vec<Vec<u8>> {
    let huge = |kind: u8| [&[kind, 0xff, 0xff, 0xff, 0xff][..], &[0; 64]].concat();
    let mut all: Vec<Vec<u8>> = [0x5a, 0x7a, 0x9a, 0xba].into_iter().map(huge).collect();
    all.extend([vec![0x81; LIMIT], vec![0xa1; LIMIT], vec![0x9f; LIMIT], vec![0xd8; LIMIT], vec![0x81; 16 << 20]]);
    // Within a map whose fields are known.
    let within: Vec<Vec<u8>> = all.iter().map(|bytes| [&[0xa1, 0x00][..], bytes].concat()).collect();
    all.extend(within);
    all
}

#[test]
fn a_strangers_message_is_given_its_own_size_and_no_more() {
    for bytes in claims() {
        let packed = zstd::bulk::compress(&bytes, 19).expect("compresses");
        assert!(packed.len() < 4 << 10, "{} bytes", packed.len());
        let of = [
            allocation_counter::measure(|| assert!(unpack_within::<OfferRequest>(&packed, LIMIT).is_err())),
            allocation_counter::measure(|| assert!(unpack_within::<ConfirmRequest>(&packed, LIMIT).is_err())),
            allocation_counter::measure(|| assert!(unpack_within::<Succession>(&packed, LIMIT).is_err())),
        ];
        for allocated in of {
            assert!(allocated.bytes_total <= 4 * LIMIT as u64, "{allocated:?} for {:02x?}", &bytes[..8]);
        }
    }
}
