//! What is left in the program's memory once it is locked: nothing of anybody's.

use std::io::{Read as _, Seek as _, SeekFrom};

use auxlog_journal::Keyring;
use auxlog_record::Signer as _;

use crate::recording::supervised;
use crate::support::{Laptop, PASSPHRASE, expect_exit};
use crate::terminal::{Terminal, key};

/// Words that stand in a record, in a name, and in a draft; no screen before unlocking has them.
const RECORDED: &str = "金丝雀甲乙丙丁";
const DRAFT: &str = "canary-draft-5f2a91";

/// How often each of `wanted` stands in what the process `pid` can write to.
fn copies(pid: u32, wanted: &[Vec<u8>]) -> Vec<usize> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("the process's map");
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).expect("the process's memory");
    let mut found = vec![0; wanted.len()];
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw"))) {
        let range = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
        let [start, end] = [range.0, range.1].map(|at| u64::from_str_radix(at, 16).expect("hexadecimal"));
        let mut bytes = Vec::new();
        memory.seek(SeekFrom::Start(start)).expect("a place");
        // What is mapped and cannot be read (guard pages) holds nothing.
        let _ = (&memory).take(end - start).read_to_end(&mut bytes);
        for (count, word) in found.iter_mut().zip(wanted) {
            *count += bytes.windows(word.len()).filter(|window| *window == word.as_slice()).count();
        }
    }
    found
}

#[test]
fn after_the_lock_no_key_name_or_draft_is_in_memory() {
    // Nobody but root reads the memory of a process that lets itself not be dumped.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let laptop = Laptop::initialised();
    let mut task = supervised("t-1");
    task["text"] = RECORDED.into();
    expect_exit(&laptop.feed(["log"], &task.to_string()), 0);
    let keys = Keyring::load(&laptop.data_dir().join("keys")).expect("there");
    let signing = keys.unlock(&"O1".into(), PASSPHRASE).expect("opens").signing;
    assert_eq!(signing.public_key(), keys.officers()[0].public_key);
    let wanted = [
        signing.seed().to_vec(),
        PASSPHRASE.as_bytes().to_vec(),
        RECORDED.as_bytes().to_vec(),
        DRAFT.as_bytes().to_vec(),
    ];

    let mut screen = Terminal::open(&laptop, &[]);
    screen.sees("口令").keys(PASSPHRASE).keys(key::ENTER).sees("F2 今日");
    screen.keys(key::F4).sees(RECORDED).keys(key::F3).sees("辅助人员").keys(DRAFT).sees(DRAFT);
    let pid = screen.process();
    let open = copies(pid, &wanted);
    assert!(open[0] > 0 && open[2] > 0 && open[3] > 0, "the search finds what is there: {open:?}");
    screen.keys(key::F12).sees("解锁");
    assert_eq!(screen.process(), pid, "the same process to whoever started it");
    assert_eq!(copies(pid, &wanted), [0; 4], "key, passphrase, record, draft");

    // And it goes on from there.
    screen.keys(PASSPHRASE).keys(key::ENTER).sees("F2 今日");
    screen.keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}
