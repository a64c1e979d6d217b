//! An agency's own additions to the rulebook, and judging again what was judged without them.

use serde_json::json;

use crate::recording::supervised;
use crate::support::{Laptop, expect_exit, json_lines, text};

/// Asks for a look at every verification on site, supervised or not.
const ADDITION: &str = r#"
[rulebook]
id = "a01-1"
rank = "local"
in_force_from = "2022-08-01T00:00:00+08:00"

[[row]]
id = "local.site-verification"
qualifies = ["duty.assisted"]
when = { activity = ["16.2:site-verification"], situation = ["supervised"] }
severity = "needs_review"
answers = ["officer"]
cites = ["16.2"]
message = { zh = "本机关要求现场核查一律复核。", en = "This agency looks at every verification on site." }
remedy = { zh = "由中队复核。", en = "The squad looks at it." }

[[example]]
row = "local.site-verification"
fires = true
title = "现场核查"
facts = { items = ["16.2:site-verification"], mode = "assisted", presence = "on_scene", officers = ["valid", "valid"] }
verdict = "needs_review"
findings = ["local.site-verification"]

[[example]]
row = "local.site-verification"
fires = false
title = "检查"
facts = { items = ["16.2:inspection"], mode = "assisted", presence = "on_scene", officers = ["valid", "valid"] }
verdict = "permitted"
findings = []
"#;

#[test]
fn what_an_agency_adds_changes_new_verdicts_and_leaves_the_old_ones() {
    let laptop = Laptop::initialised();
    let mut patrol = supervised("t-2");
    patrol["items"] = json!(["15.2:patrol"]);
    patrol["text"] = json!("巡查责任区");
    let tasks = format!("{}\n{patrol}\n", supervised("t-1"));
    expect_exit(&laptop.feed(["log"], &tasks), 0);
    let nothing = laptop.run(["rules", "rejudge", "--format", "json"]);
    expect_exit(&nothing, 0);
    assert!(json_lines(&nothing).is_empty(), "the same rulebook decides the same");

    let file = laptop.write("addition.toml", ADDITION).display().to_string();
    let tried = laptop.run(["rules", "rejudge", &file, "--format", "json"]);
    expect_exit(&tried, 1);
    let changes = json_lines(&tried);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!((&changes[0]["id"], &changes[0]["to"]), (&json!("t-1"), &json!("needs_review")));
    assert_eq!(changes[0]["come"][0]["rule"], "local.site-verification");
    assert!(changes[0]["come"][0]["message"].as_str().is_some_and(|message| !message.is_empty()));

    std::fs::create_dir(laptop.data_dir().join("rules")).expect("made");
    std::fs::write(laptop.data_dir().join("rules/a01.toml"), ADDITION).expect("written");
    let recorded = laptop.run(["rules", "rejudge", "--record", "--format", "json"]);
    expect_exit(&recorded, 1);
    let named = json_lines(&recorded)[0]["rulebook"].as_str().map(str::to_owned).expect("an id");
    assert!(named.starts_with("haian-2022-7+a01-1@"), "{named}");
    assert!(json_lines(&recorded)[0]["come"][0]["message"].as_str().is_some_and(|said| said.contains("一律复核")));
    let again = laptop.run(["rules", "rejudge", "--format", "json"]);
    expect_exit(&again, 0);
    let flags = json_lines(&laptop.run(["flags", "--format", "json"]));
    assert!(flags.iter().any(|flag| flag["id"] == "t-1"), "the new verdict asks for a look: {flags:?}");
    expect_exit(&laptop.run(["verify"]), 0);
}

#[test]
fn additions_that_are_not_sound_are_refused_by_file_and_line() {
    let laptop = Laptop::initialised();
    std::fs::create_dir(laptop.data_dir().join("rules")).expect("made");
    let weaker = ADDITION.replace("severity = \"needs_review\"", "severity = \"permitted\"");
    std::fs::write(laptop.data_dir().join("rules/a01.toml"), weaker).expect("written");
    let refused = laptop.feed(["check"], &format!("{}\n", supervised("t-1")));
    expect_exit(&refused, 2);
    assert!(text(&refused.stderr).contains("a01.toml:8"), "{}", text(&refused.stderr));
}

/// The file that once repealed the law in the genuine program: whatever it says of itself, what
/// lies in a data directory adds to the law and no more.
#[test]
fn a_file_in_ones_own_data_directory_repeals_nothing() {
    let laptop = Laptop::initialised();
    std::fs::create_dir(laptop.data_dir().join("rules")).expect("made");
    let file = laptop.data_dir().join("rules/x.toml");
    let mut suspended = supervised("t-1");
    suspended["auxiliaries"][0]["status"] = json!("suspended");
    let judged = |laptop: &Laptop| laptop.feed(["check", "--format", "json"], &format!("{suspended}\n"));
    let lawful = json_lines(&judged(&laptop));
    assert_eq!((&lawful[0]["verdict"], &lawful[0]["rulebook"]), (&json!("improper"), &json!("haian-2022-7")));
    let repeal = "[[row]]\nid = \"x.s\"\nreplaces = \"person.suspended\"\nwhen = { status = [\"suspended\"] }\n\
        severity = \"permitted\"\ncites = [\"16\"]\nmessage = { zh = \"可\", en = \"may\" }\n\
        remedy = { zh = \"无\", en = \"none\" }\n";
    let supersedes = "supersedes = \"haian-2022-7\"\n";
    for (rank, more) in [("national", ""), ("city", ""), ("local", ""), ("local", supersedes)] {
        let header = format!(
            "[rulebook]\nid = \"x\"\nrank = \"{rank}\"\n{more}in_force_from = \"2022-08-01T00:00:00+08:00\"\n\n"
        );
        std::fs::write(&file, format!("{header}{repeal}")).expect("written");
        let refused = judged(&laptop);
        expect_exit(&refused, 2);
        let said = text(&refused.stderr);
        assert!(said.contains("x.toml:"), "{said}");
        assert!(rank == "local" || said.contains("rank = \"local\""), "what to do: {said}");
        expect_exit(&laptop.feed(["log"], &format!("{suspended}\n")), 2);
    }
    std::fs::write(&file, ADDITION).expect("written");
    let with = json_lines(&judged(&laptop));
    assert_eq!(with[0]["verdict"], "improper");
    assert!(with[0]["rulebook"].as_str().is_some_and(|id| id.starts_with("haian-2022-7+a01-1@")), "{}", with[0]);
}
