//! The officer's main thread on a real ledger: log, be flagged, lose power, be reviewed.

use std::path::Path;

use auxlog_record::{Auxiliary, OfficerId, Roster};
use auxlog_store::{InitOptions, Ledger};

use crate::command::Command;
use crate::testing::dry_run::Look;
use crate::testing::headless::{self, Headless, PASSPHRASE};
use crate::testing::roster;
use crate::update::is_enabled;

const OTHER: &str = "另一位-battery-staple";

fn who(officer: &str, name: &str) -> InitOptions {
    InitOptions {
        officer: OfficerId::from(officer),
        officer_name: name.into(),
        agency: "A01".into(),
        agency_name: "海安市城市管理局".into(),
        certificate: None,
    }
}

/// A laptop that officers O1 and O2 share.
fn laptop() -> tempfile::TempDir {
    laptop_with(roster())
}

fn laptop_with(roster: Roster) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let ledger = Ledger::init(&data, &who("O1", "王建国"), PASSPHRASE, headless::options()).unwrap();
    ledger.import_roster(roster, "名册.xlsx").unwrap();
    ledger.add_officer(&who("O2", "张伟"), OTHER).unwrap();
    ledger.close();
    dir
}

#[test]
fn an_officer_logs_two_tasks_and_another_reviews_the_one_done_alone() {
    let mut app = Headless::on(laptop(), &Look::default());
    app.unlock().wait_for("今天还没有登记");

    app.keys("<F3>wxm<Tab>lq<Enter>").keys("xchc<Enter>").keys("11").keys("wjg<Tab>zw<Enter>");
    let before = app.caret().unwrap();
    app.type_text("协助执法队员现场核查某便利店占道经营").wait_for("可以");
    let after = app.caret().unwrap();
    assert_eq!((after.x - before.x, after.y), (36, before.y), "the input method's window opens at the caret");
    app.wait_for("第十六条（二）").keys("<Ctrl-S>").wait_for("已保存");

    app.keys("wxm<Enter>").keys("xchc<Enter>").keys("2").wait_for("疑似不当");
    app.keys("<Ctrl-S>").wait_for("已列入复核");

    app.keys("<F2>").wait_for("今日登记 2 条").wait_for("未决复核（1）");
    app.keys("<F5>").wait_for("他人").keys("<Enter>").wait_for("本人登记或安排");
    app.keys("<Enter>").type_text("认定属实").keys("<Enter>").wait_for("须由他人处理");
    app.keys("<Enter>").type_text("提出意见").keys("<Enter>").type_text("建议认定属实").keys("<Ctrl-S>");
    app.wait_for("已保存：提出意见");

    app.keys("<F12>").wait_for("O2").keys("<Down>").type_text(OTHER).keys("<Enter>");
    app.wait_until("unlocked", |model| !model.is_locked());
    app.keys("<F5>").wait_for("您").keys("<Enter>").wait_for("这项由您处理");
    app.keys("<Enter>").type_text("认定不成立").keys("<Enter>").type_text("队员确在车上").keys("<Ctrl-S>");
    app.wait_for("已保存：认定不成立");
    // Not the queue: the permitted task may have been sampled into it, by its hash, which no test
    // chooses.
    app.keys("<Esc><F2>").wait_for("没有待决的复核");
    app.keys("<F4>").wait_for("不成立").wait_for("共 2 条");
}

#[test]
fn who_is_picked_is_found_by_a_reading_that_only_his_surname_has() {
    let mut roster = roster();
    let he = Auxiliary { id: "X0".into(), name: "黑志国".to_owned(), agency: "A01".into(), ..Auxiliary::default() };
    roster.auxiliaries.insert(he.id.clone(), he);
    let mut app = Headless::on(laptop_with(roster), &Look::default());
    app.unlock().keys("<F3>").wait_until("the index over the roster", |model| model.shared.people().is_some());
    app.keys("hezg").wait_for("黑志国").wait_for_no("王小明").keys("<Enter>").wait_for("辅助人员 黑志国");
}

#[test]
fn what_an_officer_set_up_is_there_after_a_restart() {
    let mut app = Headless::on(laptop(), &Look::default());
    app.unlock().keys("<F3>wxm<Enter>").keys("xchc<Enter>").keys("11").keys("wjg<Tab>zw<Enter>").wait_for("可以");
    app.wait_until("templates read", |model| is_enabled(model, Command::LogTemplates));
    app.keys("<Ctrl-R>")
        .wait_for("存为模板")
        .keys("<Enter>")
        .type_text("店招核查")
        .keys("<Enter>")
        .wait_for("已存为模板");
    app.keys("<Ctrl-S>").wait_for("已保存").keys("<Ctrl-O>").wait_for("先写内容");

    let mut app = Headless::on(app.quit(), &Look::default());
    app.unlock();
    // Text first is remembered, who supervised last is proposed, and the template is there.
    app.keys("<F3>").wait_for("▸ 内容").wait_for("沿用").wait_for("王建国");
    app.keys("<Ctrl-R>").wait_for("店招核查").keys("dzhc<Enter>").wait_for("王小明").wait_for("可以");
}

/// A copy of the data directory while the program still runs: what a killed one leaves behind.
fn as_power_loss_leaves_it(app: &Headless) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    copy(&app.dir.path().join("data"), &dir.path().join("data"));
    dir
}

#[test]
fn after_power_loss_what_was_saved_and_what_was_half_typed_is_there() {
    let mut app = Headless::on(laptop(), &Look::default());
    app.unlock();
    app.keys("<F3>wxm<Enter>").keys("xchc<Enter>").keys("1").wait_for("王小明").keys("<Ctrl-S>").wait_for("已保存");
    app.keys("lq<Enter>").keys("<Tab><Tab><Tab><Tab>").type_text("核查到一半");
    app.wait_for("草稿已存");

    let mut app = Headless::on(as_power_loss_leaves_it(&app), &Look::default());
    app.unlock().wait_for("今日登记 1 条");
    app.keys("<F3>").wait_for("已恢复未保存的草稿").wait_for("核查到一半").wait_for("李强");
    app.keys("<Ctrl-S>").wait_for("已保存").keys("<F2>").wait_for("今日登记 2 条");
}
