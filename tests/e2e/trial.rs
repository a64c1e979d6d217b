//! The register that tests alone declare, through the real program: it is found in every place where a register is
//! found, although none of them knows of it.

use serde_json::{Value, json};

use crate::office::{Office, ROSTER};
use crate::screens::unlock;
use crate::support::{Laptop, expect_exit, json_lines, text};
use crate::terminal::{Terminal, key};

/// Runs `auxlog register trial …`, and gives what it printed.
#[track_caller]
fn trial(laptop: &Laptop, args: &[&str], exit: i32) -> String {
    let output = laptop.run(["register", "trial"].iter().chain(args));
    expect_exit(&output, exit);
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn shown(laptop: &Laptop, entry: &str) -> Value {
    let output = laptop.run(["register", "trial", "show", entry, "--format", "json"]);
    expect_exit(&output, 0);
    json_lines(&output).remove(0)
}

fn listed(laptop: &Laptop, args: &[&str]) -> Vec<Value> {
    let output = laptop.run(["register", "trial", "list", "--format", "json"].iter().chain(args));
    expect_exit(&output, 0);
    json_lines(&output)
}

/// A day so many days from now, in China.
fn in_days(days: u64) -> String {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() + 8 * 3600;
    let then = i64::try_from(now + days * 86400).expect("before the end of time");
    chrono::DateTime::from_timestamp(then, 0).expect("a day").date_naive().to_string()
}

/// Each kind of field, as it is typed on the command line.
fn full(until: &str) -> Vec<String> {
    let fields = [
        "name=试验一号",
        "text=第一行内容",
        "on=2026-03-01",
        "at=2026-03-01 09:30",
        "count=12",
        "cost=1234.50",
        "mode=乙",
        "urgent=急",
        "persons=单伟、X2",
        "officer=O1",
        "agency=A01",
        "company=913206210000000000",
        "before=试验零号",
        "pay.amount=4200",
        "pay.how=按月",
        r#"parts=[{"what":"对讲机","persons":["单伟"],"number":2},{"what":"帽"}]"#,
    ];
    fields.iter().map(|&field| field.to_owned()).chain([format!("until={until}")]).collect()
}

/// What of them is read on a page, and under which name.
const READ: [(&str, &str); 16] = [
    ("名称", "试验一号"),
    ("内容", "第一行内容"),
    ("日期", "2026-03-01"),
    ("时间", "2026-03-01 09:30"),
    ("数量", "12"),
    ("金额", "1234.50"),
    ("方式", "乙"),
    ("紧急", "是"),
    ("人员", "X1"),
    ("执法人员", "O1"),
    ("单位", "A01"),
    ("信用代码", "913206210000000000"),
    ("报酬", "4200.00"),
    ("明细", "对讲机"),
    ("扫描件", "扫描.jpg"),
    ("止", ""),
];

fn add(laptop: &Laptop, until: &str) -> String {
    trial(laptop, &["add", "name=试验零号"], 0);
    let full = full(until);
    let scan = format!("scan={}", laptop.write("扫描.jpg", b"\xff\xd8\xff\xe0 a scan").display());
    let fields: Vec<&str> = ["add", &scan].into_iter().chain(full.iter().map(String::as_str)).collect();
    trial(laptop, &fields, 0);
    shown(laptop, "试验一号")["id"].as_str().expect("an id").to_owned()
}

fn with_people() -> Laptop {
    let laptop = Laptop::initialised();
    let file = laptop.write("名册.csv", ROSTER).display().to_string();
    expect_exit(&laptop.run(["roster", "import", &file]), 0);
    laptop
}

#[test]
fn the_command_line_its_sheets_and_its_evidence_have_every_field() {
    let laptop = with_people();
    assert!(text(&laptop.run(["register"]).stdout).contains("试验台账"));
    let id = add(&laptop, &in_days(10));
    let refused = trial(&laptop, &["add", "name=无处密封", "health=合格"], 2);
    assert!(refused.contains("没有服务器"), "there is nobody to seal it to: {refused}");
    let table = trial(&laptop, &["show", "试验一号"], 0);
    for (name, value) in READ {
        assert!(table.contains(name) && table.contains(value), "{name} {value}: {table}");
    }
    assert!(table.contains("紧急的试验条目应当复核"), "its row: {table}");
    let entry = shown(&laptop, "试验一号");
    assert_eq!(entry["fields"].as_object().expect("fields").len(), 17, "{entry}");
    assert_eq!(entry["findings"][0]["rule"], "trial.urgent");

    // Found by what is looked for, and not by what is not.
    for (args, count) in [
        (&["--text", "第一行"][..], 1),
        (&["--text", "第二行"], 0),
        (&["--person", "X2"], 1),
        (&["--person", "X3"], 0),
        (&["--state", "draft"], 2),
        (&["--state", "closed"], 0),
        (&["--since", "2026-03-01", "--until", "2026-03-01"], 1),
    ] {
        assert_eq!(listed(&laptop, args).len(), count, "{args:?}");
    }
    let public = listed(&laptop, &["--public", "--text", "一号"]).remove(0);
    assert_eq!(public["fields"], json!({ "name": "试验一号" }), "anybody may see the name alone");
    assert_eq!(public.get("steps").or(public.get("made_by")), None, "{public}");
    let page = trial(&laptop, &["list", "--public", "--format", "csv"], 0);
    assert!(page.contains("试验一号") && !page.contains("第一行"), "{page}");

    // Two consents in any order; each step as it may be taken.
    trial(&laptop, &["step", "试验一号", "first_consent", "document=文1"], 2);
    trial(&laptop, &["step", "试验一号", "submit"], 0);
    trial(&laptop, &["step", "试验一号", "second_consent"], 0);
    trial(&laptop, &["step", "试验一号", "first_consent"], 2);
    assert_eq!(shown(&laptop, "试验一号")["state"], "submitted");
    trial(&laptop, &["step", "试验一号", "first_consent", "document=文1"], 0);
    assert_eq!(shown(&laptop, "试验一号")["state"], "approved");
    assert_eq!(listed(&laptop, &["--due-within", "10"]).len(), 1);
    assert_eq!(listed(&laptop, &["--due-within", "9"]).len(), 0);
    trial(&laptop, &["correct", "试验一号", "count=13", "--reason", "抄错"], 0);
    assert_eq!(shown(&laptop, "试验一号")["fields"]["count"], 13);

    // Out and back.
    let before = shown(&laptop, "试验一号")["fields"].clone();
    let template = laptop.path("模板.xlsx").display().to_string();
    trial(&laptop, &["template", "-o", &template], 0);
    trial(&laptop, &["import", &template], 0);
    for format in ["xlsx", "csv"] {
        let file = laptop.path(&format!("试验.{format}")).display().to_string();
        trial(&laptop, &["list", "--text", "一号", "--format", format, "-o", &file], 0);
        trial(&laptop, &["import", &file, "--dry-run"], 0);
        trial(&laptop, &["import", &file], 0);
        let read = listed(&laptop, &["--text", "一号"]).into_iter().find(|one| !one["source"].is_null());
        let read = read.expect("the one read in");
        assert_eq!(read["fields"], before, "{format}");
        trial(&laptop, &["annul", read["id"].as_str().expect("an id"), "--reason", "重复"], 0);
    }

    let bundle = laptop.path("证据.html").display().to_string();
    expect_exit(&laptop.run(["export", "--evidence", &id, "-o", &bundle]), 0);
    let page = std::fs::read_to_string(&bundle).expect("written");
    for (name, value) in READ {
        assert!(page.contains(name) && page.contains(value), "{name} {value}");
    }
    for said in ["试验台账", "申报", "编办同意", "文1", "人社同意", "抄错"] {
        assert!(page.contains(said), "{said}");
    }
    laptop.finds_whole(&bundle);

    let order = ["mask", &id, "--order", "海法〔2026〕1号", "--authority", "法院", "--reason", "个人信息"];
    expect_exit(&laptop.run(order), 0);
    assert_eq!(listed(&laptop, &[]).len(), 1, "what it said is gone");
    trial(&laptop, &["show", &id], 2);
    expect_exit(&laptop.run(["verify"]), 0);
}

#[test]
fn the_screens_have_its_form_list_detail_steps_and_what_falls_due() {
    let laptop = with_people();
    add(&laptop, &in_days(10));
    let mut screen = Terminal::sized(&laptop, &[], 100, 44);
    unlock(&mut screen, 0);
    screen.keys(key::F6).keys(key::TAB).sees("试验台账").keys(key::END).keys(key::ENTER);
    screen.sees("2 条").keys("一号").sees("1 条").sees("试验一号").keys(key::ENTER).sees("内容：第一行内容");
    screen.sees("[ ] 申报");
    for (name, value) in READ {
        screen.sees(name).sees(value);
    }
    screen.sees("紧急的试验条目应当复核").keys(&key::ctrl('K')).sees("编办同意").sees("按目前状态不能办理此步");
    screen.keys(key::ENTER).sees("申报：试验一号").keys(&key::ctrl('S')).sees("状态：已申报");
    screen.keys(&key::ctrl('K')).sees("人社同意").keys(key::DOWN).keys(key::ENTER).sees("*文号");
    screen.keys(&key::ctrl('S')).sees("文号：未填写").keys("文1").keys(&key::ctrl('S')).sees("已保存：编办同意");
    screen
        .sees("[x] 编办同意")
        .sees("[ ] 人社同意")
        .sees("文号 文1")
        .keys(&key::ctrl('K'))
        .sees("人社同意")
        .keys(&key::DOWN.repeat(2))
        .keys(key::ENTER);
    screen.sees("人社同意：试验一号").keys(&key::ctrl('S')).sees("状态：可实施").sees("10 天后到期");
    screen.keys(key::F2).sees("30 天内到期 1 条").keys(key::F6).keys(key::TAB).sees("10 天").sees("试验台账");

    // A new one is typed; a field that does not fit says so.
    screen.keys(key::F6).keys(&key::TAB.repeat(2)).sees("试验台账").keys(&key::ctrl('N')).sees("新条目：试验台账");
    screen.keys(&key::TAB.repeat(4)).keys("一打").keys(&key::ctrl('S')).sees("名称：未填写").sees("不能是“一打”");
    screen.keys("试验二号").keys(&key::TAB.repeat(4)).keys(&key::ctrl('U')).keys("3").keys(&key::ctrl('S'));
    screen.sees("已保存").sees("试验二号");

    // Files by their paths, and several groups one behind another.
    let photo = |name: &str| laptop.write(name, format!("photo {name}")).display().to_string();
    screen.keys(&key::ctrl('N')).sees("新条目：试验台账").keys("试验三号").keys(&key::TAB.repeat(13));
    screen
        .sees("▸  扫描件")
        .keys(&laptop.path("没有.jpg").display().to_string())
        .keys(&key::ctrl('S'))
        .sees("没有.jpg");
    screen.keys(&key::ctrl('U')).keys(&photo("扫描.jpg")).keys(&key::TAB.repeat(4)).sees("▸  材料");
    screen.keys(&photo("材料.jpg")).keys(key::TAB).sees("▸  明细 1 品名").keys("对讲机").sees("明细 2 品名");
    screen.keys(key::TAB).keys("sw").sees("单伟").keys(key::ENTER).sees("▸  明细 1 件数").keys("两").keys(key::TAB);
    screen.keys(&photo("照片.jpg")).keys(key::TAB).keys(key::TAB).keys("wxm").sees("王晓梅").keys(key::ENTER);
    screen.keys(&key::ctrl('S')).sees("不能是“两”").keys(&key::ctrl('U')).keys("2").keys(&key::ctrl('S'));
    screen.sees("明细 2 品名：未填写").keys("帽").keys(&key::ctrl('S')).sees("已保存").sees("扫描件：扫描.jpg");
    screen.sees("材料：材料.jpg").sees("品名 对讲机，领用人 X1，件数 2，照片 照片.jpg、品名 帽，领用人 X2");

    // One is changed, the files stay as they are.
    screen.keys(&key::ctrl('O')).sees("明细 3 品名").keys(&key::TAB.repeat(20)).sees("▸  明细 1 件数");
    screen
        .keys(&key::ctrl('U'))
        .keys("3")
        .keys(&key::TAB.repeat(11))
        .sees("▸ *理由")
        .keys("少了一件")
        .keys(&key::ctrl('S'));
    screen.sees("已保存").sees("件数 3，照片 照片.jpg").keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
    assert_eq!(shown(&laptop, "试验二号")["fields"]["count"], 3);
    let entry = shown(&laptop, "试验三号");
    let parts = &entry["fields"]["parts"];
    assert_eq!((&parts[0]["number"], &parts[1]), (&json!(3), &json!({ "what": "帽", "persons": ["X2"] })), "{entry}");
    let attached = laptop.run(["attach", entry["id"].as_str().expect("an id"), "--format", "json"]);
    assert_eq!(json_lines(&attached).len(), 3, "each file once: {}", text(&attached.stdout));
}

#[test]
fn it_travels_is_receipted_and_is_read_on_the_server() {
    let office = Office::open();
    let (first, second) = (office.laptop("O1", "clerk"), office.laptop("O2", "supervisor"));
    let id = add(&first, &in_days(10));
    trial(&first, &["step", "试验一号", "submit"], 0);
    assert!(first.sync("O1")["acked"].as_u64() >= Some(3), "the server signed for it");
    second.sync("O2");
    assert_eq!(shown(&second, "试验一号")["fields"], shown(&first, "试验一号")["fields"]);

    // Whoever may consents; whoever may not is refused.
    let consents =
        [&["step", "试验一号", "second_consent"][..], &["step", "试验一号", "first_consent", "document=文1"]];
    trial(&first, consents[0], 2);
    for consent in consents {
        trial(&second, consent, 0);
    }
    second.sync("O2");
    let on_server = |args: &[&str]| office.admin(&[&["register", "trial"], args].concat());
    let entry: Value = serde_json::from_str(&on_server(&["show", "试验一号", "--format", "json"])).expect("JSON");
    assert_eq!((&entry["state"], &entry["id"]), (&json!("approved"), &json!(id)));
    let table = on_server(&["show", "试验一号"]);
    for (name, value) in READ {
        assert!(table.contains(name) && table.contains(value), "{name} {value}: {table}");
    }
    assert!(office.admin(&["register"]).contains("试验台账"));

    // What is sealed is typed on a laptop and read on the server's machine alone, and the reading is on record.
    trial(&first, &["add", "name=试验三号", "health=体检不合格"], 0);
    first.sync("O1");
    second.sync("O2");
    for laptop in [&first, &second] {
        assert_eq!(shown(laptop, "试验三号")["fields"]["health"], json!({ "sealed": true }));
        assert!(trial(laptop, &["show", "试验三号"], 0).contains("体检结论  （已密封，只有服务器可读）"));
        let said = trial(laptop, &["show", "试验三号", "--sealed"], 2);
        assert!(said.contains("服务器") && !said.contains("不合格"), "{said}");
        assert!(
            !trial(laptop, &["list", "--format", "csv"], 0).contains("密封"),
            "it is not read in as if it were typed"
        );
    }
    assert!(!on_server(&["show", "试验三号"]).contains("不合格"));
    assert!(!office.admin(&["log"]).contains("read_sealed"));
    assert!(on_server(&["show", "试验三号", "--sealed"]).contains("体检不合格"));
    let logged = office.admin(&["log"]);
    assert!(logged.lines().any(|line| line.contains("read_sealed") && line.contains("试验三号")), "{logged}");
    // One who may correct it writes anew what they cannot read.
    trial(&first, &["correct", "试验三号", "health=复检合格", "--reason", "复检"], 0);
    first.sync("O1");
    assert!(on_server(&["show", "试验三号", "--sealed"]).contains("复检合格"));

    // What the server's machine writes reaches laptops.
    on_server(&["add", "name=机关录入"]);
    on_server(&["step", "试验一号", "close", "--reason", "完成"]);
    first.sync("O1");
    assert_eq!(shown(&first, "试验一号")["state"], "closed");
    assert_eq!(listed(&first, &["--text", "机关录入"]).len(), 1);
    expect_exit(&first.run(["verify"]), 0);
}
