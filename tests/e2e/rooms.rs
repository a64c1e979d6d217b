//! Each room's register goes the whole way through the real program: made on a laptop and on the server's
//! machine, corrected, taken further, refused, synchronised, seen elsewhere, read in and out, proven, masked.

use serde_json::Value;

use crate::office::Office;
use crate::registers::register;
use crate::support::{Laptop, expect_exit, json_lines};

/// What goes the way.
struct Way {
    kind: &'static str,
    /// As the clerk makes it on a laptop.
    made: &'static [&'static str],
    /// As the office makes another on the server's machine.
    at_office: &'static [&'static str],
    /// A correction, and what stands in the field then.
    corrected: (&'static str, &'static str, &'static str),
    step: &'static [&'static str],
    /// The state behind the step.
    state: &'static str,
    /// A sheet as people keep it, in which one cell does not fit: which, and what fits instead.
    sheet: &'static str,
    wrong: (&'static str, &'static str, &'static str),
    rows: usize,
}

const WAYS: [Way; 3] = [
    Way {
        kind: "course",
        made: &["title=法律知识一期", "strand=法律知识", "from=2026-03-01 09:00", "until=2026-03-02 17:00", "hours=16"],
        at_office: &[
            "title=心理健康讲座",
            "strand=心理健康",
            "from=2026-04-01 09:00",
            "until=2026-04-01 11:00",
            "hours=2",
        ],
        corrected: ("hours=12", "hours", "12"),
        step: &["hold"],
        state: "held",
        sheet: "\u{feff}2026年培训计划,,,,\n序号,培训主题,培训类别,培训开始,培训结束,课时数\n1,礼仪与沟通,业务,2026/5/1 9:00,2026/5/1 17:00,８\n2,政治学习,思政,2026.6.1 9:00,2026.6.1 17:00,多少\n\n",
        wrong: ("F4", "多少", "6"),
        rows: 2,
    },
    Way {
        kind: "certificate",
        made: &["person=X1", "no=HAZ-0001", "agency=A01", "from=2026-03-10", "issuer=海安市城市管理局"],
        at_office: &["person=X2", "no=HAZ-0002", "agency=A01", "from=2026-03-10", "issuer=海安市城市管理局"],
        corrected: ("until=2028-03-09", "until", "2028-03-09"),
        step: &["suspend", "on=2026-09-01", "--reason", "转岗"],
        state: "suspended",
        sheet: "编号,工作证号,单位编码,发证时间,有效期,发证单位\nX3,HAZ-0003,A01,2026年3月10日,2028.3.9,海安市城市管理局\nX9,HAZ-0004,A01,2026-3-10,,海安市城市管理局\n",
        wrong: ("A3", "X9", "X2"),
        rows: 2,
    },
    Way {
        kind: "contract",
        made: &["person=X1", "company=海安人力", "from=2026-01-01", "until=2027-12-31", "clause=是"],
        at_office: &["person=X2", "company=海安人力", "from=2026-01-01", "until=2028-12-31", "clause=否"],
        corrected: ("told=2026-01-03", "told", "2026-01-03"),
        step: &["end", "on=2026-10-01", "--reason", "本人提出"],
        state: "ended",
        sheet: "工号,劳务派遣单位,合同开始,合同到期,考核条款\nX3,海安人力,2026/1/1,2028/12/31,有\nX2,海安人力,2026-13-01,2028-12-31,是\n",
        wrong: ("C3", "2026-13-01", "2026-01-01"),
        rows: 2,
    },
];

fn listed(laptop: &Laptop, kind: &str) -> Vec<Value> {
    json_lines(&laptop.run(["register", kind, "list", "--format", "json"]))
}

#[test]
fn what_each_room_keeps_goes_the_whole_way() {
    let office = Office::open();
    let (clerk, officer, supervisor) =
        (office.laptop("O1", "clerk"), office.laptop("O2", "officer"), office.laptop("O3", "supervisor"));
    let company =
        ["company", "add", "name=海安人力", "uscc=913206210000000000", "licence=苏派1", "licence_until=2099-01-01"];
    register(&clerk, &company, 0);
    clerk.sync("O1");
    let on_server = |kind: &str| -> Vec<Value> {
        let said = office.admin(&["register", kind, "list", "--format", "json"]);
        said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    };
    for way in &WAYS {
        let kind = way.kind;
        let made = register(&clerk, &[&[kind, "add"], way.made].concat(), 0);
        let id = made.trim().rsplit(['：', ' ']).next().expect("an id").to_owned();
        office.admin(&[&["register", kind, "add"], way.at_office].concat());
        for (laptop, who) in [(&clerk, "O1"), (&officer, "O2"), (&supervisor, "O3")] {
            laptop.sync(who);
        }
        assert_eq!((listed(&clerk, kind).len(), listed(&officer, kind).len()), (2, 2), "{kind}");

        let (said, field, stands) = way.corrected;
        let refused = register(&officer, &[kind, "correct", &id, said, "--reason", "代改"], 2);
        assert!(refused.contains("角色"), "{kind}: {refused}");
        register(&clerk, &[kind, "correct", &id, said, "--reason", "抄错"], 0);
        let step = [&[kind, "step", &id], way.step].concat();
        let refused = register(&officer, &step, 2);
        assert!(refused.contains("角色"), "{kind}: {refused}");
        register(&clerk, &step, 0);
        clerk.sync("O1");
        officer.sync("O2");
        supervisor.sync("O3");
        let of = |all: Vec<Value>| all.into_iter().find(|entry| entry["id"] == *id).expect("it is listed");
        for entry in [of(listed(&officer, kind)), of(on_server(kind))] {
            let shown =
                entry["fields"][field].as_str().map_or_else(|| entry["fields"][field].to_string(), str::to_owned);
            assert_eq!((shown.as_str(), &entry["state"]), (stands, &Value::from(way.state)), "{kind}: {entry}");
        }

        sheets(&clerk, way);
        clerk.sync("O1");
        let count = 2 + way.rows;
        assert_eq!(on_server(kind).len(), count, "{kind}");

        let bundle = supervisor.path("bundle.html").display().to_string();
        expect_exit(&supervisor.run(["export", "--evidence", &id, "-o", &bundle]), 0);
        supervisor.finds_whole(&bundle);
        let order = ["--order", "海法〔2026〕1号", "--authority", "法院", "--reason", "个人信息"];
        expect_exit(&supervisor.run([&["mask", &id], &order[..]].concat()), 0);
        supervisor.sync("O3");
        officer.sync("O2");
        assert!(listed(&officer, kind).iter().all(|entry| entry["id"] != *id), "{kind}: masked elsewhere");
        assert!(on_server(kind).iter().all(|entry| entry["id"] != *id), "{kind}: masked on the server");
    }
    expect_exit(&officer.run(["verify"]), 0);
    expect_exit(&office.machine.run(["admin", "verify"]), 0);
}

/// A messy sheet is read whole or not at all; what is written out is read again.
fn sheets(clerk: &Laptop, way: &Way) {
    let (kind, (cell, wrong, right)) = (way.kind, way.wrong);
    let before = listed(clerk, kind).len();
    let file = clerk.write("表.csv", way.sheet).display().to_string();
    let refused = register(clerk, &[kind, "import", &file], 2);
    assert!(refused.contains(cell) && refused.contains(wrong), "{kind}: {refused}");
    assert_eq!(listed(clerk, kind).len(), before, "{kind}: not one");
    let file = clerk.write("表.csv", way.sheet.replace(wrong, right)).display().to_string();
    register(clerk, &[kind, "import", &file, "--dry-run"], 0);
    assert_eq!(listed(clerk, kind).len(), before, "{kind}: a dry run");
    register(clerk, &[kind, "import", &file], 0);
    let all = listed(clerk, kind);
    assert_eq!(all.len(), before + way.rows, "{kind}");
    for format in ["xlsx", "csv"] {
        let out = clerk.path(&format!("表.{format}")).display().to_string();
        register(clerk, &[kind, "list", "--format", format, "-o", &out], 0);
        let again = register(clerk, &[kind, "import", &out, "--dry-run"], 0);
        assert!(again.contains(&all.len().to_string()), "{kind} {format}: {again}");
    }
}
