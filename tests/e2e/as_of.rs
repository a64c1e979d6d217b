//! Facts of people are those of the task's day, by the dates of the roster.

use serde_json::{Value, json};

use crate::support::{Laptop, expect_exit, json_lines, text};

/// A laptop with this roster, and what the import said of it.
fn with_roster(csv: &str, exit: i32) -> (Laptop, String) {
    let laptop = Laptop::initialised();
    let file = laptop.write("名册.csv", csv).display().to_string();
    let imported = laptop.run(["roster", "import", &file]);
    expect_exit(&imported, exit);
    (laptop, text(&imported.stderr))
}

/// Verdict and rules of each task.
fn judged(laptop: &Laptop, tasks: &[Value]) -> Vec<(String, Vec<String>)> {
    let lines: String = tasks.iter().map(|task| task.to_string() + "\n").collect();
    let said = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |line: &Value| {
        let findings = line["findings"].as_array().expect("findings");
        (said(&line["verdict"]), findings.iter().map(|finding| said(&finding["rule"])).collect())
    };
    json_lines(&laptop.feed(["check", "--format", "json"], &lines)).iter().map(of).collect()
}

fn listed(laptop: &Laptop, id: &str) -> Value {
    let rows = json_lines(&laptop.run(["roster", "--format", "json"]));
    rows.into_iter().find(|row| row["id"] == id).expect("listed")
}

#[test]
fn a_later_change_neither_taints_nor_clears() {
    let (laptop, _) = with_roster(
        "辅助人员名册\n\
         编号,姓名,单位编码,工作证号,发证日期,有效期至,岗前培训,培训日期,考核结果,考核日期,出生日期,在岗状态,状态日期,离职日期\n\
         T1,续证,A01,辅1,2026-11-01,2029-10-31,合格,2020-01-01,合格,2025-12-01,1990-05-01,在岗,,\n\
         T2,后训,A01,辅2,2020-01-01,2029-10-31,合格,2026-11-20,合格,2025-12-01,1990-05-01,在岗,,\n\
         T3,后停,A01,辅3,2020-01-01,2029-10-31,合格,2020-01-01,合格,2025-12-01,1990-05-01,停岗,2026-11-20,\n\
         T4,后败,A01,辅4,2020-01-01,2029-10-31,合格,2020-01-01,不合格,2026-11-20,1990-05-01,在岗,,\n\
         T5,后考,A01,辅5,2020-01-01,2029-10-31,合格,2020-01-01,合格,2026-11-20,1990-05-01,在岗,,\n\
         T6,后离,A01,辅6,2020-01-01,2029-10-31,合格,2020-01-01,合格,2025-12-01,1990-05-01,离职,,2026-11-20\n\
         T7,无日,A01,辅7,,2029-10-31,合格,,合格,,1990-05-01,停岗,,\n",
        0,
    );
    let on = |id: &str, day: &str| json!({ "id": id, "items": ["15.2:patrol"], "at": format!("{day}T09:00:00+08:00"), "auxiliaries": [{ "id": id }] });
    for (id, before, after) in [
        ("T1", "person.standing-unknown", ""),
        ("T2", "person.untrained", ""),
        ("T3", "", "person.suspended"),
        ("T4", "", "person.failed-assessment"),
        ("T5", "person.standing-unknown", ""),
        ("T6", "", "person.departed"),
        ("T7", "person.suspended", "person.suspended"),
    ] {
        let found = judged(&laptop, &[on(id, "2026-10-30"), on(id, "2026-11-24")]);
        for (expected, (verdict, rules)) in [before, after].into_iter().zip(found) {
            let rules = rules.join(" ");
            assert_eq!(rules, expected, "{id}");
            let worst = match expected {
                "" => "permitted",
                "person.standing-unknown" => "needs_review",
                _ => "improper",
            };
            assert_eq!(verdict, worst, "{id}");
        }
    }
    let asked = laptop.feed(["check"], &format!("{}\n", on("T1", "2026-10-30")));
    assert!(text(&asked.stdout).contains("当天"), "{}", text(&asked.stdout));
    let logged = laptop.feed(["log"], &format!("{}\n{}\n", on("T1", "2026-10-30"), on("T4", "2026-10-30")));
    expect_exit(&logged, 0);
    let verdict = |row: &Value| row["verdict"].as_str().unwrap_or_default().to_owned();
    let mut stored: Vec<String> = json_lines(&laptop.run(["tasks", "--format", "json"])).iter().map(verdict).collect();
    stored.sort();
    assert_eq!(stored, ["needs_review", "permitted"], "as checked, so recorded");
}

#[test]
fn officers_who_are_gone_supervise_nothing_from_that_day() {
    let (laptop, said) = with_roster(
        "人员类别,编号,姓名,单位编码,执法证号,有效期至,在岗状态,离职日期\n\
         执法人员,O3,庚,A01,证3,2099-01-01,在岗,\n\
         执法人员,O4,辛,A01,证4,2099-01-01,,2026-11-20\n\
         执法人员,O5,甲,A01,证5,2099-01-01,离职,2020-01-01\n\
         执法人员,O6,乙,A01,证6,2099-01-01,退休,\n\
         执法人员,O7,丙,A01,证7,2099-01-01,调离,\n\
         执法人员,O8,丁,A01,证8,2099-01-01,停职,\n\
         执法人员,O9,戊,A01,证9,2099-01-01,随便写的,\n\
         执法人员,O10,己,A01,证10,2099-01-01,借调,2026-11-20\n",
        2,
    );
    assert!(said.contains("随便写的"), "{said}");
    let by = |officers: &[&str], day: Option<&str>| {
        let officers: Vec<Value> = officers.iter().map(|id| json!({ "id": id })).collect();
        let at = day.map(|day| format!("{day}T09:00:00+08:00"));
        let mut task = json!({
            "id": "b", "items": ["16.2:inspection"], "mode": "assisted", "presence": "on_scene", "officers": officers,
            "auxiliaries": [{ "id": "Y1", "certificate_valid": true, "training": "passed" }],
        });
        if let Some(at) = at {
            task["at"] = json!(at);
        }
        judged(&laptop, &[task]).remove(0)
    };
    assert_eq!(by(&["O5", "O6"], None).1, ["supervision.no-valid-officer"]);
    for gone in ["O5", "O6", "O7", "O8"] {
        assert_eq!(by(&[gone], Some("2026-11-24")).1, ["supervision.no-valid-officer"], "{gone}");
        assert_eq!(by(&[gone, "O3"], Some("2026-11-24")).1, ["national.two-officers"], "{gone}");
        assert_eq!(listed(&laptop, gone)["may_supervise"], json!(false));
    }
    for later in ["O4", "O10"] {
        assert_eq!(by(&[later, "O3"], Some("2026-11-19")).0, "permitted");
        assert_eq!(by(&[later], Some("2026-11-20")).1, ["supervision.no-valid-officer"], "{later}");
    }
    assert_eq!(by(&["O9"], Some("2026-11-24")).1, ["supervision.unstated"], "not on the roster");
    let table = text(&laptop.run(["roster"]).stdout);
    let line = |name: &str| table.lines().find(|line| line.contains(name)).expect("listed");
    assert!(line("甲").contains("已离职") && line("丁").contains("停岗") && line("庚").contains("可以"), "{table}");
}

#[test]
fn a_day_of_leaving_that_is_past_says_it_alone() {
    let (laptop, _) = with_roster(
        "编号,姓名,单位编码,工作证号,有效期至,岗前培训,考核结果,出生日期,在岗状态,离职日期\n\
         X1,甲一,A01,辅1,2099-01-01,合格,合格,1990-05-01,,2024-06-30\n\
         X2,乙二,A01,辅2,2099-01-01,合格,合格,1990-05-01,,\n\
         X3,丙三,A01,辅3,2099-01-01,合格,合格,1990-05-01,在岗,2024-06-30\n\
         X4,丁四,A01,辅4,2099-01-01,合格,合格,1990-05-01,在岗,2098-06-30\n",
        0,
    );
    for (id, status, barred) in [
        ("X1", "departed", json!(["person.departed"])),
        ("X2", "active", json!([])),
        ("X3", "departed", json!(["person.departed"])),
        ("X4", "active", json!([])),
    ] {
        let row = listed(&laptop, id);
        assert_eq!((&row["status"], &row["barred"]), (&json!(status), &barred), "{id}");
    }
    let patrol = |id: &str, day: &str| {
        let at = format!("{day}T09:00:00+08:00");
        json!({ "id": "p", "items": ["15.2:patrol"], "at": at, "auxiliaries": [{ "id": id }] })
    };
    let verdicts = [patrol("X1", "2024-06-30"), patrol("X1", "2024-07-01"), patrol("X4", "2026-11-24")];
    let found: Vec<String> = judged(&laptop, &verdicts).into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(found, ["permitted", "improper", "permitted"]);
    let undated = json!({ "id": "u", "items": ["15.2:patrol"], "auxiliaries": [{ "id": "X3" }] });
    assert_eq!(judged(&laptop, &[undated]).remove(0).1, ["person.departed"]);
}
