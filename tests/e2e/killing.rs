//! `kill -9` at every moment: what was acknowledged is there.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;

use crate::recording::supervised;
use crate::support::{Laptop, expect_exit, json_lines};

const KILLS: usize = 100;

/// Logs tasks one at a time, kills the program in the midst of more, and gives the ids that were
/// acknowledged.
fn log_and_kill(laptop: &Laptop, run: usize) -> Vec<String> {
    let mut child = laptop
        .command(["log"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut tasks = child.stdin.take().expect("piped");
    let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut acknowledged = Vec::new();
    // From none (killed while it starts) to six answered before more are on their way.
    for n in 0..run % 7 {
        writeln!(tasks, "{}", supervised(&format!("{run}-{n}"))).expect("read");
        let answer: Value = serde_json::from_str(&answers.next().expect("an answer").expect("read")).expect("JSON");
        acknowledged.push(answer["id"].as_str().expect("an id").to_owned());
    }
    let more: String = (0..40).map(|n| supervised(&format!("{run}-more-{n}")).to_string() + "\n").collect();
    // The program may be gone before it has read them all.
    let _ = tasks.write_all(more.as_bytes());
    child.kill().expect("killed");
    child.wait().expect("a child of ours");
    // Answers that were on their way out count: somebody may have read them.
    let late = answers.map_while(Result::ok).filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    acknowledged.extend(late.map(|answer| answer["id"].as_str().expect("an id").to_owned()));
    acknowledged
}

#[test]
fn no_acknowledged_task_is_lost_to_a_hundred_kills() {
    let laptop = Laptop::initialised();
    let acknowledged: BTreeSet<String> = (0..KILLS).flat_map(|run| log_and_kill(&laptop, run)).collect();
    assert!(acknowledged.len() >= 280, "the kills came too early to show anything: {}", acknowledged.len());

    let listed = laptop.run(["tasks", "--format", "json"]);
    expect_exit(&listed, 0);
    let there: BTreeSet<String> =
        json_lines(&listed).iter().map(|task| task["id"].as_str().expect("an id").to_owned()).collect();
    let lost: Vec<&String> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged are lost: {lost:?}", lost.len(), acknowledged.len());
    expect_exit(&laptop.run(["verify"]), 0);
    // And it goes on.
    expect_exit(&laptop.feed(["log"], &supervised("after").to_string()), 0);
}
