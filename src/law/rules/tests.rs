use std::sync::Arc;

use super::*;
use crate::{Problem, ReasonCode, Source};

const FACTS: &str = r#"
subject = "certificate"
never = [{ photo = ["none"], expiry = ["near"] }]

[[fact]]
key = "photo"
zh = "照片"
en = "photograph"
values = [
    { key = "on_file", zh = "已交", en = "on file" },
    { key = "none", zh = "未交", en = "missing" },
]

[[fact]]
key = "expiry"
zh = "有效期"
en = "validity"
values = [
    { key = "far", zh = "有效", en = "valid" },
    { key = "near", zh = "将到期", en = "about to end" },
    { key = "past", zh = "已过期", en = "over" },
]

[words]
"change.photo.on_file" = { zh = "补交{person}的照片", en = "hand in a photograph of {person}" }
"#;

const ROWS: &str = r#"
[[row]]
id = "certificate.in-order"
when = { photo = ["on_file"], expiry = ["far", "near"] }
severity = "permitted"
cites = ["21"]
message = { zh = "证件有效。", en = "The certificate is in order." }
remedy = { zh = "无需处理。", en = "Nothing to do." }

[[row]]
id = "certificate.no-photo"
when = { photo = ["none"] }
severity = "needs_review"
answers = ["agency"]
cites = ["21"]
message = { zh = "{person}没有照片。", en = "{person} has no photograph." }
remedy = { zh = "补交照片。", en = "Hand one in." }

[[row]]
id = "certificate.over"
when = { expiry = ["past"] }
severity = "improper"
answers = ["agency"]
cites = ["21"]
message = { zh = "{person}的证件已过期。", en = "The certificate of {person} is over." }
remedy = { zh = "办理换发。", en = "Have it renewed." }

[[example]]
row = "certificate.in-order"
fires = true
title = "将到期"
facts = { expiry = ["near"] }
verdict = "permitted"
findings = []

[[example]]
row = "certificate.in-order"
fires = false
title = "没有照片"
facts = { photo = ["none"] }
verdict = "needs_review"
findings = ["certificate.no-photo"]

[[example]]
row = "certificate.no-photo"
fires = true
title = "没有照片，已过期"
facts = { photo = ["none"], expiry = ["past"] }
verdict = "improper"
findings = ["certificate.no-photo", "certificate.over"]

[[example]]
row = "certificate.no-photo"
fires = false
title = "有照片"
facts = {}
verdict = "permitted"
findings = []

[[example]]
row = "certificate.over"
fires = true
title = "已过期"
facts = { expiry = ["past"] }
verdict = "improper"
findings = ["certificate.over"]

[[example]]
row = "certificate.over"
fires = false
title = "将到期"
facts = { expiry = ["near"] }
verdict = "permitted"
findings = []
"#;

fn with(facts: &str, rows: &str) -> Result<Rules, Vec<Problem>> {
    let vocabulary = Arc::new(Vocabulary::read("facts.toml", facts)?);
    let source = Source { file: "rows.toml".to_owned(), text: rows.to_owned() };
    Rules::load(&vocabulary, Rulebook::embedded(), &[source])
}

fn certificates() -> Rules {
    with(FACTS, ROWS).expect("sound")
}

#[test]
fn a_vocabulary_of_its_own_decides_explains_and_is_proved() {
    let (book, rules) = (Rulebook::embedded(), certificates());
    let at = |photo, expiry| rules.vocabulary().point(&[("photo", photo), ("expiry", expiry)]).expect("can be");

    let good = rules.decide(&at("on_file", "near"));
    assert_eq!((good.verdict, &*good.basis, good.findings.len()), (Severity::Permitted, &["21".to_owned()][..], 0));
    assert_eq!(good.rulebook, "haian-2022-7/certificate");

    let bad = rules.decide(&at("none", "past"));
    let found: Vec<&str> = bad.findings.iter().map(|finding| &*finding.rule).collect();
    assert_eq!((bad.verdict, &*found), (Severity::Improper, &["certificate.over", "certificate.no-photo"][..]));
    let told = rules.explain(book, &bad.findings[0], Lang::Zh, Some("李明"));
    assert_eq!((&*told.message, &*told.remedy), ("李明的证件已过期。", "办理换发。"));
    assert_eq!(told.verbatim, [("21".to_owned(), book.provision("21").expect("known").verbatim())]);

    let mends = rules.make_proper(&at("none", "past")).expect("it can be mended");
    let told: Vec<String> = mends.iter().map(|change| rules.change_label(change, Lang::Zh, Some("李明"))).collect();
    assert_eq!(told, ["补交李明的照片", "有效期：有效"]);
    assert_eq!(rules.make_proper(&at("on_file", "far")), Some(Vec::new()));
    assert_eq!(
        rules.conditions_label(&rules.rows()[0].when, Lang::En),
        ["validity: valid, about to end", "photograph: on file"]
    );

    let proof = rules.prove();
    assert_eq!((proof.faults.len(), proof.combinations, proof.groups.len(), proof.rows.len()), (0, 5, 1, 3));
    assert_eq!(proof.groups[0].verdicts, [2, 1, 2]);
}

#[test]
fn what_is_not_stated_so_is_no_facts() {
    let rules = certificates();
    let point = |stated: &[(&str, &str)]| rules.vocabulary().point(stated);
    assert!(point(&[("photo", "none"), ("expiry", "far")]).is_some());
    for wrong in [
        &[("photo", "none")][..],
        &[("photo", "none"), ("expiry", "near")],
        &[("photo", "none"), ("expiry", "someday")],
        &[("photo", "none"), ("photo", "on_file"), ("expiry", "far")],
        &[("photo", "none"), ("expiry", "far"), ("stamp", "red")],
    ] {
        assert_eq!(point(wrong), None, "{wrong:?}");
    }
}

#[test]
fn a_gap_a_contradiction_and_what_is_unknown_are_refused_with_their_line() {
    let refused = |facts: &str, rows: &str| -> Vec<(ReasonCode, usize)> {
        let problems = with(facts, rows).expect_err("refused");
        problems.into_iter().map(|problem| (problem.reason.code, problem.line)).collect()
    };
    let line = |needle: &str| ROWS.lines().position(|line| line.contains(needle)).expect("it is there") + 1;
    let of = |what: &str, by: &str| refused(FACTS, &ROWS.replace(what, by));

    let gap = of("expiry = [\"far\", \"near\"]", "expiry = [\"far\"]");
    assert!(gap.contains(&(ReasonCode::Gap, 0)), "{gap:?}");
    let both = of("expiry = [\"far\", \"near\"]", "expiry = [\"far\", \"near\", \"past\"]");
    assert!(both.contains(&(ReasonCode::Contradiction, line("certificate.in-order"))), "{both:?}");
    let unknown = of("when = { photo = [\"none\"] }", "when = { stamp = [\"none\"] }");
    assert!(unknown.contains(&(ReasonCode::UnknownCode, line("when = { photo = [\"none\"] }"))), "{unknown:?}");
    let uncited = of("cites = [\"21\"]", "cites = [\"99\"]");
    assert!(uncited.contains(&(ReasonCode::UnknownCode, line("cites = [\"21\"]"))), "{uncited:?}");
    let law = refused(FACTS, &format!("{ROWS}\n[[chapter]]\nnumber = 1\nzh = \"总则\"\nen = \"General\"\n"));
    assert_eq!(law, [(ReasonCode::UnknownCode, 0)]);

    let silent = refused(&FACTS.replace("en = \"photograph\"", "en = \"\""), ROWS);
    assert_eq!(silent, [(ReasonCode::MissingText, 6)]);
    let twice = refused(&FACTS.replace("key = \"expiry\"", "key = \"photo\""), ROWS);
    assert!(twice.contains(&(ReasonCode::Duplicate, 15)), "{twice:?}");
}
