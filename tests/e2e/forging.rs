//! Evidence bundles that somebody made, or made anew, who is not who they say: every one is refused,
//! also by whoever knows the server's key.

use auxlog_record::evidence::{Evidence, Rendering};
use auxlog_record::{Event, LogicalClock, Reading, Record, Signer as _, SigningKey, Tip, WriterOpened};
use auxlog_sync::signed::Signed;
use auxlog_sync::task_proof::TaskProof;
use auxlog_sync::vouched::Vouched;

use crate::office::Office;
use crate::recording::alone;
use crate::support::{Laptop, PASSPHRASE, expect_exit, json_lines, text};

/// A key made a second ago, whose opening record says that it is O3's.
fn stranger(agency: &str) -> (SigningKey, Record) {
    let key = SigningKey::from_seed(&[42; 32]);
    let opened = Event::WriterOpened(WriterOpened {
        officer: "O3".into(),
        officer_name: "张敏".into(),
        agency: agency.into(),
        agency_name: "海安市城市管理局".into(),
        certificate: None,
        public_key: key.public_key().to_bytes(),
    });
    let reading = Reading { wall_ms: 1_760_000_000_000, mono_ms: 5, boot_id: [1; 8] };
    let stamp = LogicalClock::after(Tip::default().hlc).stamp(reading);
    let record = Record::seal(&key, &agency.into(), Tip::default(), stamp, &opened).expect("sealed");
    (key, record)
}

/// A bundle's page, with the place where the bundle was.
fn page(file: &str) -> String {
    let (before, rest) = file.split_once("<script type=\"application/auxlog-evidence\"").expect("a bundle");
    let (_, after) = rest.split_once("</script>").expect("its end");
    format!("{before}{}{after}", Evidence::PLACE)
}

/// What a server of the forger's own would sign about the task: the genuine word signed anew, its office
/// left out.
fn own_word(whole: &Evidence) -> Vec<u8> {
    let genuine = Vouched::read(&whole.server[0]).expect("reads").expect("names a key");
    let server = SigningKey::from_seed(&[43; 32]);
    let claimed = genuine.task.expect("a word on the whole task").claimed().expect("reads");
    let proof = TaskProof { office: Vec::new(), ..claimed };
    Vouched::new(&server.public_key(), Vec::new(), Some(Signed::seal(&server, &proof))).to_bytes()
}

#[test]
fn a_bundle_that_was_made_anew_is_refused_whatever_was_changed() {
    let office = Office::open();
    let (first, second) = (Laptop::new(), Laptop::new());
    office.enrol(&first, "O1", None);
    office.enrol(&second, "O2", None);
    expect_exit(&first.feed(["log"], &alone("t-1").to_string()), 0);
    first.sync("O1");
    second.sync("O2");
    expect_exit(&second.run(["review", "t-1", "--decision", "dismiss", "--reason", "队长在场，误记"]), 0);
    second.sync("O2");
    first.sync("O1");
    let name = first.path("t-1.html").display().to_string();
    expect_exit(&first.run(["export", "--evidence", "t-1", "--output", &name]), 0);

    let elsewhere = Laptop::new();
    let genuine = std::fs::read_to_string(&name).expect("written");
    let unknown = json_lines(&elsewhere.run(["verify", &name, "--format", "json"])).remove(0);
    let key = unknown["servers"][0]["key"].as_str().expect("a key").to_owned();
    assert_eq!(key, office.admin(&["key"]).trim(), "whoever runs the server tells its key");
    let keys = elsewhere.write("keys", format!("# 城管局\n{} 海安市服务器\n", key.to_uppercase()));
    let keys = keys.display().to_string();
    for by in [["--server-key", &key], ["--trusted-keys", &keys]] {
        let found = elsewhere.run(["verify", &name, by[0], by[1], "--format", "json"]);
        expect_exit(&found, 0);
        let said = json_lines(&found).remove(0);
        assert_eq!((&said["vouched"], &said["unknown"]), (&true.into(), &serde_json::Value::Null), "{said}");
        let certified = said["writers"].as_array().expect("a list").iter().all(|who| who["certified"] == true);
        assert!(certified && said["exported_by"]["officer"] == "O1", "{said}");
    }
    let bad = elsewhere.write("bad-keys", "not a key\n");
    let refused = elsewhere.run(["verify", &name, "--trusted-keys", &bad.display().to_string()]);
    expect_exit(&refused, 2);
    assert!(text(&refused.stderr).contains("第 1 行"), "{}", text(&refused.stderr));

    let sealed = Evidence::read(&genuine).expect("reads");
    let whole = sealed.evidence().clone();
    let (forger, opening) = stranger("A01");
    let own = page(&genuine);
    let seal = |evidence: &Evidence, page: &str| evidence.seal(page, &forger, &opening).expect("sealed");
    let reviewer = whole.chains.iter().position(|chain| chain[0].id().writer != whole.task.writer).expect("a reviewer");
    let left_out = Evidence { chains: vec![whole.chains[1 - reviewer].clone()], ..whole.clone() };
    let mut emptied = whole.clone();
    let review = emptied.chains[reviewer].last_mut().expect("a record");
    *review = review.clone().masked();
    let old = Evidence { page: Rendering::default(), ..whole.clone() };
    let alone = Evidence { server: Vec::new(), ..whole.clone() };
    let other = own.replace("独自到店", "一同到店");
    assert_ne!(own, other);
    // A word of a server of the forger's own beside the genuine one.
    let mut beside = whole.clone();
    beside.server.insert(0, own_word(&whole));
    // Two chains of one writer, of which the second might say something that is in no log.
    let mut twice = whole.clone();
    twice.chains.push(twice.chains[reviewer].clone());
    let cases = [
        ("two chains of one writer", seal(&twice, &own), "不止一条链"),
        ("another server beside", seal(&beside, &own), "不止一台服务器"),
        ("another page", seal(&whole, &other), "不能采信"),
        ("another page, as if 0.1.0 had made it", seal(&old, &other), "不能采信"),
        ("the decision left out", seal(&left_out, &own), "证据包里却没有"),
        ("its body taken out", seal(&emptied, &own), "也没有隐去它的命令"),
        ("another exporter", seal(&whole, &own), "没有您认识的人为它作证"),
        ("without the server's word", seal(&alone, &own), "没有为其作证"),
    ];
    for (what, file, why) in cases {
        let forged = elsewhere.write("forged.html", file).display().to_string();
        for keys in [&["--server-key", key.as_str()][..], &["--trusted-keys", &keys], &[]] {
            let found = elsewhere.run([&["verify", &forged][..], keys].concat());
            expect_exit(&found, 1);
            let said = text(&found.stdout);
            if keys.first() == Some(&"--server-key") {
                assert!(said.contains(why), "{what}: {said}");
            }
        }
    }
}

#[test]
fn whoever_knows_a_server_is_not_content_with_its_writers() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    expect_exit(&laptop.feed(["log"], &alone("t-1").to_string()), 0);
    laptop.sync("O1");
    let name = laptop.path("t-1.html").display().to_string();
    expect_exit(&laptop.run(["export", "--evidence", "t-1", "--output", &name]), 0);
    let elsewhere = Laptop::new();
    let said = json_lines(&elsewhere.run(["verify", &name, "--format", "json"])).remove(0);
    let genuine = std::fs::read_to_string(&name).expect("written");
    let whole = Evidence::read(&genuine).expect("reads").evidence().clone();
    let (forger, opening) = stranger("A01");
    let alone = Evidence { server: Vec::new(), page: Rendering::default(), ..whole };
    let forged = elsewhere.write("forged.html", alone.seal(&page(&genuine), &forger, &opening).expect("sealed"));
    let hex: String =
        forger.public_key().to_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let writers = said["writers"].as_array().expect("a list").iter().map(|who| who["key"].as_str().expect("a key"));
    let known = writers.chain([hex.as_str()]).map(|key| format!("{key} 认识的人\n")).collect::<Vec<_>>().concat();
    let server = said["servers"][0]["key"].as_str().expect("a key");
    for (what, keys) in
        [("server", format!("{server} server\n{known}")), ("服务器", format!("{known}{server} 服务器\n"))]
    {
        let keys = elsewhere.write("keys", keys).display().to_string();
        let found = elsewhere.run(["verify", &forged.display().to_string(), "--trusted-keys", &keys]);
        expect_exit(&found, 1);
        let found = elsewhere.run(["verify", &name, "--trusted-keys", &keys, "--format", "json"]);
        expect_exit(&found, 0);
        assert_eq!(json_lines(&found)[0]["vouched"], true, "{what}");
    }
}

#[test]
fn a_plan_left_out_of_a_bundle_shows() {
    let office = Office::open();
    let (first, second) = (Laptop::new(), Laptop::new());
    office.enrol(&first, "O1", None);
    office.enrol(&second, "O2", None);
    let task: auxlog_record::Task = serde_json::from_value(alone("t-1")).expect("a task");
    let options = auxlog_store::OpenOptions { cheap_keys: true, ..auxlog_store::OpenOptions::default() };
    let ledger = auxlog_store::Ledger::open(&second.data_dir(), None, PASSPHRASE, options).expect("opens");
    ledger.plan(&task, Some("人手不足".to_owned())).expect("planned");
    ledger.close();
    second.sync("O2");
    first.sync("O1");
    expect_exit(&first.feed(["log"], &alone("t-1").to_string()), 0);
    first.sync("O1");
    let name = first.path("t-1.html").display().to_string();
    expect_exit(&first.run(["export", "--evidence", "t-1", "--output", &name]), 0);
    let key = office.admin(&["key"]).trim().to_owned();
    let elsewhere = Laptop::new();
    expect_exit(&elsewhere.run(["verify", &name, "--server-key", &key]), 0);
    let genuine = std::fs::read_to_string(&name).expect("written");
    let whole = Evidence::read(&genuine).expect("reads").evidence().clone();
    let (forger, opening) = stranger("A01");
    let planner = whole.chains.iter().position(|chain| chain[0].id().writer != whole.task.writer).expect("a planner");
    let left_out = Evidence { chains: vec![whole.chains[1 - planner].clone()], ..whole };
    let forged = elsewhere.write("forged.html", left_out.seal(&page(&genuine), &forger, &opening).expect("sealed"));
    let found = elsewhere.run(["verify", &forged.display().to_string(), "--server-key", &key]);
    expect_exit(&found, 1);
    assert!(text(&found.stdout).contains("证据包里却没有"), "{}", text(&found.stdout));
}
