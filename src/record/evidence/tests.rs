//! Tests of the evidence bundle.

use auxlog_law::Rulebook;

use super::*;
use crate::test_kit::{Writer, judged, logged};
use crate::{Decision, Event, ReviewStep};

const PAGE: &str = "<!doctype html><html><body><h1>证据</h1><!-- auxlog-evidence --></body></html>";

/// Two officers' whole chains, the task among other matters, and its id.
fn town() -> (Vec<Vec<Record>>, RecordId, Writer) {
    let (mut one, mut two) = (Writer::new(1, "O1"), Writer::new(2, "O2"));
    let mut first = vec![one.open()];
    first.push(one.seal(&logged("another matter", &[])));
    let task = one.seal(&logged("t-1", &["supervision.alone"]));
    first.push(task.clone());
    first.push(one.seal(&logged("later", &[])));
    let mut second = vec![two.open()];
    second.push(two.seal(&logged("his own", &[])));
    two.now += 10_000;
    second.push(two.seal(&Event::ReviewStep(ReviewStep {
        target: task.id(),
        based_on: vec![task.hash()],
        decision: Decision::Confirm,
        reason: "属实".into(),
        measure: Some("批评教育".into()),
        against: None,
    })));
    (vec![first, second, vec![Writer::new(3, "O3").open()]], task.id(), two)
}

fn today() -> Date {
    Date("2026-11-23".parse().expect("a date"))
}

fn evidence() -> (Evidence, String) {
    let (chains, task, exporter) = town();
    let opening = chains[1][0].clone();
    let evidence =
        Evidence::of(task, chains, &RulebookSet::default(), vec![b"receipt".to_vec()], today()).expect("made");
    let file = evidence.seal(PAGE, &exporter.key, &opening).expect("sealed");
    (evidence, file)
}

fn check(file: &str) -> Result<Checked, EvidenceError> {
    Evidence::read(file)?.check(&RulebookSet::default())
}

#[test]
fn a_bundle_proves_the_task_and_keeps_other_matters_private() {
    let (evidence, file) = evidence();
    let checked = check(&file).expect("whole");
    assert_eq!(checked.task.task.id, "t-1");
    assert_eq!(checked.task.status, crate::fold::Status::Confirmed);
    assert_eq!(checked.writers.len(), 2, "whoever said nothing about it is left out");
    assert_eq!(checked.records, 6, "what follows the newest record about it is left out");
    assert_eq!(checked.exporter.opened.officer, "O2".into());
    assert_eq!(Evidence::read(&file).expect("reads").evidence(), &evidence);
    assert!(file.starts_with("<!doctype html>") && file.contains("证据"), "and it is a page");
    let all = format!("{:?}", evidence.chains);
    assert!(
        !evidence.chains.iter().flatten().any(|record| {
            record.body().is_some_and(|body| String::from_utf8_lossy(body).contains("another matter"))
        })
    );
    assert!(all.contains("WriterId"));
}

#[test]
fn provisions_stand_in_it_verbatim_and_a_false_one_is_named() {
    let rulebook = Rulebook::embedded();
    let (chains, task, exporter) = town();
    let opening = chains[1][0].clone();
    let mut evidence = Evidence::of(task, chains, &RulebookSet::default(), vec![], today()).expect("made");
    let cited = evidence.provisions.iter().find(|provision| provision.cite == "16.3").expect("cited");
    assert!(cited.text.contains("清点"), "{}", cited.text);
    assert_eq!(cited.label, "第十六条（三）");
    let file = evidence.seal(PAGE, &exporter.key, &opening).expect("sealed");
    assert!(!check(&file).expect("whole").provisions_compared, "the verdict is another rulebook's");

    evidence.provisions[0].digest = rulebook.digest().to_owned();
    evidence.provisions[0].text.push('！');
    let file = evidence.seal(PAGE, &exporter.key, &opening).expect("sealed");
    assert!(matches!(check(&file), Err(EvidenceError::Provision { .. })));
}

#[test]
fn a_changed_page_or_bundle_is_noticed() {
    let (_, file) = evidence();
    let altered = file.replace("证据", "证剧");
    assert!(matches!(check(&altered), Err(EvidenceError::Changed { .. })));
    // Every 7th character of the bundle itself, one at a time.
    let start = file.find("auxlog-evidence\">").expect("a bundle") + 17;
    let end = file.find("</script>").expect("an end");
    for at in (start..end).step_by(7) {
        let mut bytes = file.clone().into_bytes();
        if bytes[at].is_ascii_whitespace() {
            continue;
        }
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).expect("ASCII");
        assert!(check(&altered).is_err(), "byte {at}");
    }
}

#[test]
fn a_tampered_chain_is_named_by_its_first_bad_record_even_if_signed_anew() {
    let (chains, task, exporter) = town();
    let opening = chains[1][0].clone();
    let whole = Evidence::of(task, chains, &RulebookSet::default(), vec![], today()).expect("made");
    let reseal = |evidence: &Evidence| evidence.seal(PAGE, &exporter.key, &opening).expect("sealed");

    let mut removed = whole.clone();
    removed.chains[0].remove(1);
    let error = check(&reseal(&removed)).expect_err("a gap");
    assert!(matches!(error, EvidenceError::Chain(ChainError::Gap { expected: 2, .. })), "{error}");

    let mut foreign = whole.clone();
    let mut forger = Writer::new(9, "O1");
    forger.tip = foreign.chains[0][1].tip();
    forger.now += 100_000;
    foreign.chains[0][2] = forger.seal(&logged("t-1", &[]));
    assert!(matches!(check(&reseal(&foreign)), Err(EvidenceError::Chain(ChainError::OtherWriter { .. }))));

    let mut without = whole.clone();
    without.chains.remove(0);
    assert!(matches!(check(&reseal(&without)), Err(EvidenceError::NoTask(id)) if id == task));

    let mut emptied = whole;
    emptied.chains[0][2] = emptied.chains[0][2].clone().masked();
    let error = check(&reseal(&emptied)).expect_err("no order says so");
    assert!(matches!(error, EvidenceError::Emptied(id) if id == task), "{error}");
}

#[test]
fn files_that_hold_no_bundle_are_named_and_never_panic() {
    for file in ["", "<html></html>", "<script type=\"application/auxlog-evidence\" id=\"auxlog-evidence\">"] {
        assert!(matches!(check(file), Err(EvidenceError::Form(_))), "{file:?}");
    }
    let (evidence, file) = evidence();
    for end in (0..file.len()).step_by(101) {
        if file.is_char_boundary(end) {
            assert!(check(&file[..end]).is_err());
        }
    }
    let writer = Writer::new(2, "O2");
    assert!(evidence.seal("no place", &writer.key, &evidence.chains[1][0]).is_err());
    assert!(evidence.seal(PAGE, &writer.key, &evidence.chains[0][0]).is_err(), "another's opening record");
}

#[test]
fn a_verdict_given_by_this_rulebook_is_compared_with_it() {
    let rulebook = Rulebook::embedded();
    let mut writer = Writer::new(1, "O1");
    let opening = writer.open();
    let mut judged = judged(&["supervision.alone"]);
    rulebook.digest().clone_into(&mut judged.verdict.digest);
    let task = crate::TaskLogged { task: crate::test_kit::task("t-1"), judged, plan: None };
    let record = writer.seal(&Event::TaskLogged(task));
    let chains = vec![vec![opening.clone(), record.clone()]];
    let evidence = Evidence::of(record.id(), chains, &RulebookSet::default(), vec![], today()).expect("made");
    let checked = check(&evidence.seal(PAGE, &writer.key, &opening).expect("sealed")).expect("whole");
    assert!(checked.provisions_compared);
}

fn golden() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/evidence-1.html")
}

/// Frozen: what every later version must read and find whole. Never edit the file.
#[test]
fn the_golden_bundle_holds_as_ever() {
    let file = std::fs::read_to_string(golden()).expect("a golden file");
    let checked = check(&file).expect("still whole");
    assert_eq!(checked.task.task.id, "t-1");
    assert_eq!(checked.task.status, crate::fold::Status::Confirmed);
    assert_eq!(checked.records, 6);
    assert!(!checked.provisions_compared);
}

/// What this version writes is what the golden bundle says. `AUXLOG_GOLDEN=FILE` keeps what was
/// written there: the golden file of a new format version.
#[test]
fn a_bundle_written_now_says_the_same() {
    let written = evidence().1;
    let (now, golden) = (check(&written).expect("whole"), std::fs::read_to_string(golden()).expect("a golden file"));
    assert_eq!(now.task.original(), check(&golden).expect("still whole").task.original());
    if let Some(file) = std::env::var_os("AUXLOG_GOLDEN").map(std::path::PathBuf::from) {
        assert!(!file.exists(), "golden files are frozen; a new format version gets a new one");
        std::fs::write(file, written).expect("written");
    }
}
