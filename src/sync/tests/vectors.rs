//! The test vectors of `docs/protocol.md`: every line of its block is what the code gives, and the
//! Chinese page has the same block.

use auxlog_record::{
    Event, LogicalClock, Officer, Reading, Record, Roster, Signer as _, SigningKey, Tip, Word, WriterOpened,
};
use auxlog_sync::auth::{RequestAuth, ServerId, Signable};
use auxlog_sync::enrol::{Nonce, commitment, digits, own_nonce};
use auxlog_sync::merkle::{self, Frontier};
use auxlog_sync::pack::inflate;
use auxlog_sync::receipt::{Checkpoint, Epoch};
use auxlog_sync::roster::{MAX_PIECE, Salts, Snapshot};
use auxlog_sync::signed::{Signed, Statement as _};
use data_encoding::HEXLOWER;

const OPEN: &str = "```vectors\n";
const CLOSE: &str = "\n```";

const AGENCY: &str = "A01";
/// When the record was made, by the laptop's clock.
const WALL_MS: i64 = 1_760_000_001_000;
/// When it was received.
const RECEIVED_MS: u64 = 1_760_000_002_000;
/// When the checkpoint was signed, and the request.
const SIGNED_MS: u64 = 1_760_000_100_000;

/// The block of a page.
fn block(page: &str) -> String {
    let path = format!("{}/../../docs/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the page can be read");
    let (_, rest) = text.split_once(OPEN).expect("the page has a block of vectors");
    let (block, rest) = rest.split_once(CLOSE).expect("the block ends");
    assert!(!rest.contains(OPEN), "{page} has more than one block of vectors");
    block.to_owned()
}

/// The record that opens an officer's chain.
fn opening(key: &SigningKey) -> Record {
    let opened = WriterOpened {
        officer: "O1".into(),
        officer_name: "李强".to_owned(),
        agency: AGENCY.into(),
        agency_name: "海安市城市管理局".to_owned(),
        certificate: None,
        public_key: key.public_key().to_bytes(),
    };
    let reading = Reading { wall_ms: WALL_MS, mono_ms: 5, boot_id: [1; 8] };
    let stamp = LogicalClock::default().stamp(reading);
    Record::seal(key, &AGENCY.into(), Tip::default(), stamp, &Event::WriterOpened(opened)).expect("sealed")
}

/// The block as it should be.
fn computed() -> String {
    let (seed, server_seed) = ([1; 32], [2; 32]);
    let (key, server) = (SigningKey::from_seed(&seed), SigningKey::from_seed(&server_seed));
    let record = opening(&key);
    record.verify(&key.public_key()).expect("its own signature");

    let word = Word { lsn: 2, recv_ms: RECEIVED_MS, ..Word::default() };
    let [first, second] = [1, 2].map(|kind| word.leaf(&record.hash(), kind));
    let leaves = [&first, &second].map(|leaf| merkle::leaf(leaf));
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.append(leaf, |_, _| {});
    }
    assert_eq!(frontier.root(), merkle::node(&leaves[0], &leaves[1]), "a tree of two leaves");

    let checkpoint = Checkpoint {
        agency: AGENCY.into(),
        epoch: Epoch([3; 16]),
        size: frontier.size(),
        root: frontier.root(),
        at_ms: SIGNED_MS,
    };
    let bytes = minicbor::to_vec(&checkpoint).expect("writing to memory cannot fail");
    let sealed = Signed::seal(&server, &checkpoint);
    assert_eq!(sealed.open(&server.public_key()).expect("the server's signature"), checkpoint);

    let id = ServerId::of(&server.public_key());
    let request = Signable { method: "GET", target: "/v1/checkpoint?agency=A01", body: b"", server: id };
    let auth = RequestAuth::sign(&key, &AGENCY.into(), SIGNED_MS, [9; 12], request);
    assert!(auth.verify(&key.public_key(), request), "its own signature");

    let officer = Officer { id: "O1".into(), name: "李强".into(), agency: AGENCY.into(), ..Officer::default() };
    let roster = Roster { version: 1, officers: [(officer.id.clone(), officer)].into(), ..Roster::default() };
    let salts = Salts::of(&server);
    let snapshot = Snapshot::of(&AGENCY.into(), &roster, SIGNED_MS, &salts).expect("cut");
    let (name, piece) = snapshot.pieces.first_key_value().expect("one piece");
    let piece = inflate(piece, MAX_PIECE).expect("unpacks");
    let nonce = own_nonce(&key, "0110123456789ABC", &server.public_key());
    let six = digits(&server.public_key(), &key.public_key(), &nonce, &Nonce([7; 32]));

    let lines: Vec<(&str, Vec<u8>)> = vec![
        ("seed", seed.to_vec()),
        ("public_key", key.public_key().to_bytes().to_vec()),
        ("writer_id", key.writer().0.to_vec()),
        ("body", record.body().expect("not masked").to_vec()),
        ("signed", record.signed().to_vec()),
        ("signature", record.signature().to_vec()),
        ("record", record.encode()),
        ("record_hash", record.hash().0.to_vec()),
        ("leaf_1", first),
        ("leaf_1_hash", leaves[0].0.to_vec()),
        ("leaf_2", second),
        ("leaf_2_hash", leaves[1].0.to_vec()),
        ("root", frontier.root().0.to_vec()),
        ("server_seed", server_seed.to_vec()),
        ("server_public_key", server.public_key().to_bytes().to_vec()),
        ("server_id", id.0.to_vec()),
        ("checkpoint", bytes.clone()),
        ("checkpoint_signed", [Checkpoint::DOMAIN, bytes.as_slice()].concat()),
        ("checkpoint_message", sealed.to_bytes()),
        ("request_signature", auth.signature.to_vec()),
        ("roster_piece", piece),
        ("roster_piece_name", name.0.to_vec()),
        ("enrol_nonce", nonce.0.to_vec()),
        ("enrol_commitment", commitment(&server.public_key(), &key.public_key(), &nonce).0.to_vec()),
        ("enrol_digits", six.into_bytes()),
    ];
    let lines: Vec<String> = lines.iter().map(|(name, bytes)| format!("{name} = {}", HEXLOWER.encode(bytes))).collect();
    lines.join("\n")
}

#[test]
fn the_page_states_what_the_code_gives() {
    let correct = computed();
    assert!(block("protocol.md") == correct, "docs/protocol.md should have:\n\n{OPEN}{correct}{CLOSE}\n");
}

#[test]
fn the_chinese_page_states_the_same() {
    let correct = computed();
    assert!(block("protocol.zh-CN.md") == correct, "docs/protocol.zh-CN.md should have:\n\n{OPEN}{correct}{CLOSE}\n");
}
