//! What the loader refuses, naming file, line and reason; and that nothing in a proved rulebook
//! can be deleted, doubled or contradicted unseen.

use auxlog_law::{Layer, Problem, Rank, ReasonCode, Rulebook, Source, beside_embedded, lint, prove};

const SAMPLE: &str = include_str!("sample-city.toml");

fn sample_with(change: impl FnOnce(&str) -> String) -> Vec<Problem> {
    lint(&[Layer::single(Rank::City, "sample.toml", change(SAMPLE))])
}

/// The embedded layers with one file of the city's changed.
fn embedded_with(file: &str, change: impl FnOnce(&str) -> String) -> Vec<Layer> {
    let mut layers = Layer::embedded();
    let source = layers.iter_mut().flat_map(|layer| &mut layer.sources).find(|source| source.file.ends_with(file));
    let source: &mut Source = source.expect("an embedded file");
    source.text = change(&source.text);
    layers
}

/// Where the first `needle` stands, from 1.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).expect("the text has the line") + 1
}

#[track_caller]
fn found<'a>(problems: &'a [Problem], code: ReasonCode, args: &[(&str, &str)]) -> &'a Problem {
    let fits = |problem: &&Problem| {
        problem.reason.code == code && args.iter().all(|(name, value)| problem.reason.arg(name) == *value)
    };
    let hit = problems.iter().find(fits);
    assert!(hit.is_some(), "no {code:?} {args:?} among {problems:#?}");
    hit.expect("asserted just above")
}

/// The blocks `[[row]] … ` of a file, with the id of each.
fn rows(text: &str) -> Vec<(String, String)> {
    let blocks = text.split_inclusive('\n').fold(Vec::<String>::new(), |mut blocks, line| {
        let opens = line.starts_with("[[") && !line.starts_with("[[row.") || line.starts_with("# ──");
        if opens || blocks.is_empty() {
            blocks.push(String::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push_str(line);
        }
        blocks
    });
    let id = |block: &String| Some(block.lines().nth(1)?.strip_prefix("id = \"")?.strip_suffix('"')?.to_owned());
    let rows = blocks.into_iter().filter(|block| block.starts_with("[[row]]"));
    rows.filter_map(|block| Some((id(&block)?, block))).collect()
}

#[test]
fn the_embedded_rulebook_is_sound_and_proved() {
    assert_eq!(lint(&Layer::embedded()), []);
    let proof = prove(&Layer::embedded()).expect("the layers load");
    assert_eq!(proof.faults, []);
    let cases: usize = Rulebook::embedded().rows().iter().map(|row| row.cases.len()).sum();
    assert_eq!(proof.rows.len(), cases, "every case of every row is reached");
    assert!(proof.rows.iter().all(|reach| reach.count > 0 && !reach.by.is_empty()));
    let activity = proof.groups.iter().find(|group| group.facts.contains(&"mode".to_owned())).expect("the group");
    assert_eq!(
        activity.facts,
        ["activity", "mode", "presence", "officers", "effect", "legal_basis", "arranged", "counterpart"]
    );
    assert_eq!(activity.combinations, 81 * 3 * 4 * 4 * 3 * 2 * 3 * 2);
    for group in &proof.groups {
        assert_eq!(group.verdicts.iter().sum::<u64>(), group.combinations, "exactly one verdict each");
    }
    let facts: Vec<_> = proof.groups.iter().flat_map(|group| &group.facts).filter(|fact| *fact != "activity").collect();
    let mut distinct = facts.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), facts.len(), "no fact is read by two groups");
}

#[test]
fn another_city_writes_its_own_without_code() {
    let layers = [Layer::single(Rank::City, "sample.toml", SAMPLE)];
    let book = Rulebook::from_layers(&layers).expect("the sample is sound");
    assert!(book.id().starts_with("linxi-2024-3@"), "it did not come with the program: {}", book.id());
    assert_ne!(book.digest(), Rulebook::embedded().digest());
    let proof = prove(&layers).expect("it loads");
    assert_eq!(proof.faults, []);
    assert!(proof.rows.iter().any(|reach| reach.rule == "may.inspect" && reach.case == 2));
}

/// Rows of each kind on which `prove` is run too: it takes the same walk as `lint`, at length.
const PROVED: [&str; 3] = ["duty.assisted", "duty.independent-substantive", "person.departed"];

#[test]
fn every_row_deleted_is_found() {
    for file in ["rows.toml", "national.toml", "enterprise.toml"] {
        let layers = Layer::embedded();
        let sources = layers.iter().flat_map(|layer| &layer.sources);
        let text = &sources.into_iter().find(|source| source.file.ends_with(file)).expect("the file").text;
        for (id, block) in rows(text) {
            let without = embedded_with(file, |text| text.replacen(&block, "", 1));
            assert_ne!(lint(&without), [], "{id} deleted");
            if PROVED.contains(&id.as_str()) {
                assert!(prove(&without).map_or(true, |proof| !proof.faults.is_empty()), "{id} deleted");
            }
        }
    }
}

#[test]
fn a_gap_says_which_facts_nobody_decides() {
    let mut layers = embedded_with("rows.toml", |text| {
        let (_, block) = rows(text).into_iter().find(|(id, _)| id == "supervision.remote").expect("the row");
        text.replacen(&block, "", 1)
    });
    for source in layers.iter_mut().flat_map(|layer| &mut layer.sources) {
        source.text = source.text.replace("\"supervision.remote\", ", "");
    }
    let gap = found(&lint(&layers), ReasonCode::Gap, &[("code", "16.4:service-of-documents")]).clone();
    assert!(gap.reason.arg("facts").contains("presence=remote"), "{gap}");
}

#[test]
fn every_row_doubled_is_found() {
    let layers = Layer::embedded();
    let text = &layers[0].sources.iter().find(|source| source.file.ends_with("rows.toml")).expect("the file").text;
    for (id, block) in rows(text) {
        let copy = block.replacen(&format!("id = \"{id}\""), "id = \"a.copy\"", 1);
        let doubled = embedded_with("rows.toml", |text| format!("{copy}\n{text}"));
        let problems = lint(&doubled);
        found(&problems, ReasonCode::Doubled, &[("row", &id)]);
        if PROVED.contains(&id.as_str()) {
            let proof = prove(&doubled).expect("it loads");
            found(&proof.faults, ReasonCode::Doubled, &[("row", &id)]);
        }
    }
}

#[test]
fn every_row_contradicted_is_found() {
    let layers = Layer::embedded();
    let text = &layers[0].sources.iter().find(|source| source.file.ends_with("rows.toml")).expect("the file").text;
    for (id, block) in rows(text).into_iter().filter(|(_, block)| !block.contains("[[row.case]]")) {
        let other = if block.contains("severity = \"improper\"") { "needs_review" } else { "improper" };
        let line = block.lines().find(|line| line.starts_with("severity")).expect("a severity").to_owned();
        let copy = block.replacen(&format!("id = \"{id}\""), "id = \"a.copy\"", 1).replacen(
            &line,
            &format!("severity = \"{other}\""),
            1,
        );
        let problems = lint(&embedded_with("rows.toml", |text| format!("{copy}\n{text}")));
        found(&problems, ReasonCode::Contradiction, &[("row", &id), ("other", "a.copy")]);
    }
}

#[test]
fn an_overlap_that_contradicts_names_both_rows_and_the_facts() {
    let problems = sample_with(|text| {
        text.replace(
            "when = { activity = [\"4:penalty\"] }",
            "when = { activity = [\"4:penalty\", \"3.1\"], mode = [\"independent\"] }",
        )
    });
    let problem = found(&problems, ReasonCode::Contradiction, &[("row", "may.persuade"), ("other", "not.penalty")]);
    assert!(problem.reason.arg("facts").contains("3.1:persuade mode=independent"));
    assert_eq!((problem.file.as_str(), problem.line), ("sample.toml", line_of(SAMPLE, "id = \"may.persuade\"")));
}

#[test]
fn unknown_codes_are_named_with_their_line() {
    for (was, now, code, field) in [
        ("when = { activity = [\"3.1\"] }", "when = { activity = [\"3.7\"] }", "3.7", "activity"),
        ("situation = [\"led\"]", "situation = [\"guided\"]", "guided", "situation"),
        ("status = [\"departed\"]", "status = [\"gone\"]", "gone", "status"),
        ("when = { status =", "when = { mood =", "mood", "when"),
        ("cites = [\"3\"]", "cites = [\"33\"]", "33", "cites"),
        ("follows = \"9\"", "follows = \"99\"", "99", "follows"),
        ("code = \"3.2:inspect\"", "code = \"8.2:inspect\"", "8.2:inspect", "activity"),
        ("answers = [\"auxiliary\"]", "answers = [\"helper\"]", "helper", "answers"),
        ("facts = { items = [\"4:penalty\"] }", "facts = { items = [\"4:fine\"] }", "4:fine", "items"),
        ("rank = \"city\"", "rank = \"town\"", "town", "rank"),
    ] {
        let problems = sample_with(|text| text.replacen(was, now, 1));
        let problem = found(&problems, ReasonCode::UnknownCode, &[("code", code), ("field", field)]);
        assert_eq!(problem.line, line_of(SAMPLE, was), "{code}");
    }
}

#[test]
fn missing_words_are_named() {
    let problems = sample_with(|text| text.replace(", en = \"Not allowed: {activity}.\" }", " }"));
    found(&problems, ReasonCode::MissingText, &[("row", "not.penalty"), ("field", "message.en")]);
    let problems = sample_with(|text| text.replace("zh = \"换人。\"", "zh = \"\""));
    found(&problems, ReasonCode::MissingText, &[("row", "people.left"), ("field", "remedy.zh")]);
    let problems = sample_with(|text| text.replace("text = \"协管人员不得实施处罚。\"", "text = \"\""));
    found(&problems, ReasonCode::MissingText, &[("row", "4"), ("field", "text")]);
    let problems = sample_with(|text| text.replace("zh = \"实施处罚\"\n", ""));
    found(&problems, ReasonCode::MissingText, &[("row", "4:penalty"), ("field", "zh")]);
}

#[test]
fn a_row_or_case_that_can_never_fire_is_named() {
    let never = "when = { activity = [\"3.2\"], mode = [\"independent\"], situation = [\"led\"] }";
    let problems = sample_with(|text| text.replace("when = { activity = [\"3.2\"] }", never));
    found(&problems, ReasonCode::NeverFires, &[("row", "may.inspect"), ("case", "1")]);
    let problems = sample_with(|text| text.replace("when = { situation = [\"led\"] }\n", ""));
    found(&problems, ReasonCode::NeverFires, &[("row", "may.inspect"), ("case", "2")]);
}

#[test]
fn rows_must_not_mix_facts_that_are_judged_apart() {
    let problems = sample_with(|text| {
        text.replace("{ status = [\"departed\"] }", "{ status = [\"departed\"], activity = [\"3.1\"] }")
    });
    found(&problems, ReasonCode::MixedFacts, &[("row", "people.left")]);
}

#[test]
fn an_example_that_fails_says_what_came_instead() {
    let problems = sample_with(|text| {
        text.replace(
            "facts = { items = [\"3.2:inspect\"], mode = \"independent\" }\nverdict = \"improper\"",
            "facts = { items = [\"3.2:inspect\"], mode = \"independent\" }\nverdict = \"permitted\"",
        )
    });
    let problem = found(&problems, ReasonCode::ExampleFails, &[("row", "may.inspect"), ("example", "独自检查")]);
    assert!(problem.reason.arg("got").starts_with("Improper"));
    let problems = sample_with(|text| text.replacen("fires = false", "fires = true", 1));
    found(&problems, ReasonCode::ExampleFails, &[("row", "may.persuade")]);
    found(&problems, ReasonCode::MissingExample, &[("row", "may.persuade"), ("kind", "near-miss")]);
}

#[test]
fn a_file_that_is_no_rulebook_names_its_line() {
    let problems =
        sample_with(|text| text.replace("severity = \"permitted\"\ncites", "severty = \"permitted\"\ncites"));
    let problem = found(&problems, ReasonCode::Syntax, &[]);
    assert_eq!(problem.line, line_of(SAMPLE, "severity = \"permitted\""));
    let problems = sample_with(|text| text.replace("[rulebook]\n", "[rulebook\n"));
    assert_eq!(found(&problems, ReasonCode::Syntax, &[]).line, line_of(SAMPLE, "[rulebook]"));
    let problems = lint(&[Layer::single(Rank::City, "empty.toml", "")]);
    found(&problems, ReasonCode::MissingText, &[("field", "rulebook")]);
}

const LOCAL: &str = r#"
[rulebook]
id = "zone-1"
rank = "local"
in_force_from = "2023-01-01T00:00:00+08:00"

[[row]]
id = "local.carry-by-two"
qualifies = ["duty.assisted"]
when = { activity = ["16.3:carry"], situation = ["supervised_by_one"] }
severity = "needs_review"
answers = ["officer"]
cites = ["16.3"]
message = { zh = "本区要求搬运时也有两名执法人员。", en = "Here carrying, too, asks for two officers." }
remedy = { zh = "增派一名。", en = "Send another." }

[[example]]
row = "local.carry-by-two"
fires = true
title = "一名带队搬运"
facts = { items = ["16.3:carry"], mode = "assisted", presence = "on_scene", officers = ["valid"] }
verdict = "needs_review"
findings = ["local.carry-by-two"]

[[example]]
row = "local.carry-by-two"
fires = false
title = "两名带队搬运"
facts = { items = ["16.3:carry"], mode = "assisted", presence = "on_scene", officers = ["valid", "valid"] }
verdict = "permitted"
findings = []
"#;

fn local_with(change: impl FnOnce(&str) -> String) -> Vec<Problem> {
    lint(&beside_embedded(Layer::single(Rank::Local, "local.toml", change(LOCAL))))
}

#[test]
fn a_local_layer_adds() {
    let layers = beside_embedded(Layer::single(Rank::Local, "local.toml", LOCAL));
    let book = Rulebook::from_layers(&layers).expect("it only adds");
    let (id, digest) = book.id().split_once('@').expect("what did not come with the program is told by its digest");
    assert_eq!((id, digest.len()), ("haian-2022-7+zone-1", 12));
    let reworded = beside_embedded(Layer::single(Rank::Local, "local.toml", LOCAL.replace("增派一名", "增派")));
    assert_ne!(Rulebook::from_layers(&reworded).expect("it only adds").id(), book.id());
    assert_eq!(book.row("local.carry-by-two").map(|row| row.layer.as_str()), Some("zone-1"));
}

#[test]
fn a_local_layer_that_weakens_is_refused() {
    let permits = local_with(|text| text.replace("severity = \"needs_review\"", "severity = \"permitted\""));
    found(&permits, ReasonCode::Weakens, &[("row", "local.carry-by-two")]);
    let replaces =
        local_with(|text| text.replacen("qualifies = [\"duty.assisted\"]", "replaces = \"duty.assisted\"", 1));
    found(&replaces, ReasonCode::Weakens, &[("row", "local.carry-by-two")]);
    let redefines = local_with(|text| text.replacen("local.carry-by-two", "supervision.alone", 1));
    found(&redefines, ReasonCode::Weakens, &[("row", "supervision.alone")]);
    let word = "[[situation]]\nname = \"alone\"\nzh = \"无\"\nen = \"never\"\nany = [{ mode = [\"unstated\"] }]\n";
    let reworded = local_with(|text| format!("{text}\n{word}"));
    found(&reworded, ReasonCode::Weakens, &[("row", "alone")]);
}

#[test]
fn a_file_does_not_decide_its_own_rank() {
    for claimed in ["city", "province", "national"] {
        let problems = local_with(|text| text.replace("rank = \"local\"", &format!("rank = \"{claimed}\"")));
        let problem = found(&problems, ReasonCode::RankClaimed, &[("claimed", claimed), ("given", "local")]);
        assert_eq!((problem.file.as_str(), problem.line), ("local.toml", 4));
    }
    assert_eq!(local_with(|text| text.replace("rank = \"local\"\n", "")), [], "it need not say");
    let as_national = Layer::claimed("x.toml", LOCAL.replace("\"local\"", "\"national\"")).expect("it is read");
    assert_eq!(as_national.rank, Rank::National, "for trying a file out");
}

/// Every other way in which a local file could change what is not its own.
#[test]
fn a_local_layer_leaves_alone_what_others_say() {
    let after_id = |line: &str| LOCAL.replacen("id = \"zone-1\"", &format!("id = \"zone-1\"\n{line}"), 1);
    let with = |block: &str| format!("{LOCAL}\n{block}\n");
    let example = LOCAL[LOCAL.find("[[example]]").expect("one")..].replace("local.carry-by-two", "supervision.alone");
    let blames =
        "[[addition]]\nrows = [\"supervision.alone\"]\nwhen = { effect = [\"unstated\"] }\nanswers = [\"auxiliary\"]";
    for (what, changed) in [
        ("zone-1", after_id("supersedes = \"haian-2022-7\"")),
        ("zone-1", after_id("supersedes = \"national\"")),
        ("national", LOCAL.replacen("zone-1", "national", 1)),
        ("haian-2022-7", LOCAL.replacen("zone-1", "haian-2022-7", 1)),
        ("local.carry-by-two", LOCAL.replacen("[[row]]\n", "[[row]]\nbefore = \"duty.assisted\"\n", 1)),
        ("99", with("[[article]]\ncite = \"99\"\ntext = \"本区可以单独处罚。\"")),
        ("cfl/99", with("[[article]]\ncite = \"cfl/99\"\ntext = \"可以。\"")),
        ("29", with("[[consequence]]\nof = \"29\"\nfollows = \"16\"")),
        ("chapter 9", with("[[chapter]]\nnumber = 9\nzh = \"附\"\nen = \"x\"")),
        ("supervision.alone", with(blames)),
        ("supervision.alone", with(&example)),
    ] {
        let layers = beside_embedded(Layer::single(Rank::Local, "local.toml", changed));
        found(&lint(&layers), ReasonCode::Weakens, &[("row", what)]);
        let refused = auxlog_law::RulebookSet::from_layers(&layers).expect_err("nothing is judged by it");
        found(&refused, ReasonCode::Weakens, &[("row", what)]);
    }
    let forged = local_with(|text| text.replacen("zone-1", "x@0+y", 1));
    found(&forged, ReasonCode::UnknownCode, &[("field", "id")]);
}

#[test]
fn a_local_layer_too_big_for_the_table_is_refused() {
    let row = &LOCAL[LOCAL.find("[[row]]").expect("one")..LOCAL.find("[[example]]").expect("one")];
    let many: String = (0..2_001).map(|n| row.replace("local.carry-by-two", &format!("local.{n}"))).collect();
    let problems = local_with(|text| format!("{text}\n{many}"));
    found(&problems, ReasonCode::TooMany, &[("field", "row")]);
}

#[test]
fn a_row_is_replaced_only_by_name_and_only_from_above() {
    let national = LOCAL
        .replace("rank = \"local\"", "rank = \"national\"")
        .replacen("qualifies = [\"duty.assisted\"]", "replaces = \"supervision.remote\"", 1)
        .replacen(
            "when = { activity = [\"16.3:carry\"], situation = [\"supervised_by_one\"] }\nseverity = \"needs_review\"",
            "when = { activity = [\"16\"], situation = [\"remote\"] }\nseverity = \"improper\"",
            1,
        )
        .replace("presence = \"on_scene\", officers = [\"valid\"]", "presence = \"remote\", officers = [\"valid\"]")
        .replace("verdict = \"needs_review\"", "verdict = \"improper\"");
    let mut layers = Layer::embedded();
    layers.push(Layer::single(Rank::National, "national-2.toml", national));
    let book = Rulebook::from_layers(&layers).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let replaced = book.row("supervision.remote").expect("it is kept for explaining");
    assert_eq!(replaced.replaced_by.as_deref(), Some("local.carry-by-two"));
    let finding = {
        use crate::common::{Stated, task};
        book.judge(&task(&["16.4"]).remote()).findings.remove(0)
    };
    assert_eq!(finding.rule, "local.carry-by-two");
    let explanation = book.explain(&finding, auxlog_law::Lang::Zh);
    assert_eq!(explanation.replaced[0].0, "supervision.remote", "the explanation shows both");
    assert!(explanation.replaced[0].1.contains("电话、视频"));

    let city = LOCAL.replace("rank = \"local\"", "rank = \"city\"");
    let nameless = city.replacen("qualifies", "replaces = \"no.such\"\nqualifies", 1);
    let nothing = lint(&beside_embedded(Layer::claimed("city.toml", nameless).expect("its header is read")));
    found(&nothing, ReasonCode::ReplacesNothing, &[("other", "no.such")]);
}
