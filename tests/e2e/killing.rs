//! `kill -9` at every moment: what was acknowledged is there.
//!
//! `AUXLOG_KILLS=10000 cargo test --release --test e2e killing` kills more often, and
//! `AUXLOG_SEED` repeats a run that a failure named.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;

use crate::recording::supervised;
use crate::support::{Dice, Laptop, expect_exit, json_lines};

const KILLS: usize = 500;

/// Data directories that are killed beside each other.
const LAPTOPS: usize = 2;

/// Tasks on their way when the program is killed.
const MORE: usize = 12;

/// Logs tasks one at a time, kills the program in the midst of more, and gives the ids that were
/// acknowledged.
fn log_and_kill(laptop: &Laptop, run: usize, dice: &mut Dice) -> Vec<String> {
    let mut child = laptop
        .command(["log"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut tasks = child.stdin.take().expect("piped");
    let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
    let more: String = (0..MORE).map(|n| supervised(&format!("{run}-{n}")).to_string() + "\n").collect();
    tasks.write_all(more.as_bytes()).expect("room in the pipe");
    let id = |line: String| {
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        answer["id"].as_str().expect("an id").to_owned()
    };
    // One in four dies while it starts, at a moment of its own; the others after some answers.
    let mut acknowledged = Vec::new();
    if dice.roll(4) == 0 {
        for _ in 0..dice.roll(200_000) {
            std::hint::spin_loop();
        }
    } else {
        for _ in 0..=dice.roll(MORE) {
            acknowledged.push(id(answers.next().expect("an answer").expect("read")));
        }
        for _ in 0..dice.roll(20_000) {
            std::hint::spin_loop();
        }
    }
    child.kill().expect("killed");
    child.wait().expect("a child of ours");
    // Answers that were on their way out count: somebody may have read them.
    acknowledged.extend(answers.map_while(Result::ok).filter(|line| line.ends_with('}')).map(id));
    acknowledged
}

fn kill_often(kills: usize, seed: u64) -> usize {
    let laptop = Laptop::initialised();
    let mut dice = Dice::new(seed);
    let acknowledged: BTreeSet<String> = (0..kills).flat_map(|run| log_and_kill(&laptop, run, &mut dice)).collect();
    let listed = laptop.run(["tasks", "--format", "json"]);
    expect_exit(&listed, 0);
    let there: BTreeSet<String> =
        json_lines(&listed).iter().map(|task| task["id"].as_str().expect("an id").to_owned()).collect();
    let lost: Vec<&String> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "seed {seed}: {} of {} acknowledged are lost: {lost:?}", lost.len(), acknowledged.len());
    expect_exit(&laptop.run(["verify"]), 0);
    // And it goes on.
    expect_exit(&laptop.feed(["log"], &supervised("after").to_string()), 0);
    acknowledged.len()
}

#[test]
fn no_acknowledged_task_is_lost_however_often_the_program_is_killed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let kills = number("AUXLOG_KILLS").map_or(KILLS, |kills| usize::try_from(kills).expect("a count"));
    let seed = number("AUXLOG_SEED").unwrap_or_else(Dice::seed);
    let acknowledged: usize = std::thread::scope(|scope| {
        let each = |n: u64| scope.spawn(move || kill_often(kills.div_ceil(LAPTOPS), seed.wrapping_add(n)));
        let handles: Vec<_> = (0..LAPTOPS as u64).map(each).collect();
        handles.into_iter().map(|handle| handle.join().expect("nothing is lost")).sum()
    });
    println!("{kills} kills, {acknowledged} acknowledged tasks, none lost (seed {seed})");
    assert!(acknowledged >= kills, "the kills came too early to show anything: {acknowledged}");
}
