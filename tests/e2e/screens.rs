//! The officer's main job on the real screens, in Chinese at 80 columns and 24 rows.

use serde_json::{Value, json};

use crate::office::Office;
use crate::support::{Laptop, PASSPHRASE, expect_exit, json_lines};
use crate::terminal::{Terminal, key};

/// Unlocks as the officer who is `down` places below the first.
pub(crate) fn unlock(screen: &mut Terminal, down: usize) {
    screen.sees("口令");
    for _ in 0..down {
        screen.keys(key::DOWN);
    }
    // It opens where it was locked.
    screen.keys(PASSPHRASE).keys(key::ENTER).sees("F2 今日").keys(key::F2).sees("今日登记");
}

/// Fills in the log form up to the text, auxiliaries by their initials.
fn supervised_task(screen: &mut Terminal) {
    screen.keys(key::F3).sees("辅助人员").keys("sw").sees("单伟").keys(key::TAB);
    // The query is done with; the next name is typed afresh.
    screen.keys("wxm").sees("王晓梅").keys(key::ENTER);
    screen.sees("▸ 事项").keys("xchc").sees("现场核查").keys(key::ENTER);
    screen.sees("▸ 方式").keys("1").sees("▸ 现场监督").keys("1");
    screen.sees("▸ 执法人员").keys("lq").sees("李强").keys(key::TAB).keys("wf").sees("王芳").keys(key::ENTER);
    screen.sees("▸ 内容");
}

#[test]
fn the_officers_main_job_from_unlocking_to_the_other_laptop() {
    let office = Office::open();
    let (laptop, other) = (Laptop::new(), Laptop::new());
    office.enrol(&laptop, "O1", None);
    office.enrol(&laptop, "O2", Some("O1"));
    office.enrol(&other, "O3", None);
    laptop.sync("O1");

    let mut screen = Terminal::open(&laptop, &[]);
    unlock(&mut screen, 0);

    // A supervised task: the verdict and the article stand there while it is typed.
    supervised_task(&mut screen);
    screen.keys("在李强带领下现场核查某便利店占道经营");
    screen.sees("可以").sees("第十六条（二）").sees("行政检查、现场核查");
    screen.keys(&key::ctrl('S')).sees("已保存");

    // The same done alone is flagged.
    screen.keys(key::F2).sees("今日登记 1 条").keys(key::F3).sees("▸ 辅助人员");
    screen.keys("qjg").sees("仇建国").keys(key::ENTER).sees("▸ 事项").keys("xchc").sees("现场核查").keys(key::ENTER);
    screen.sees("▸ 方式").keys("2").sees("疑似不当");
    screen.keys(&key::ctrl('S')).sees("已保存");

    // It stands in the review queue; its own officer may not decide.
    screen.keys(key::F5).sees("待决 1 条").sees("仇建国").keys(key::ENTER).sees("本人登记或安排");
    screen.keys(key::ENTER).sees("须由他人");

    // A second officer unlocks the same laptop and dismisses it, with the reason.
    screen.keys(key::F12);
    unlock(&mut screen, 1);
    screen.keys(key::F5).sees("待决 1 条").sees("仇建国").keys(key::ENTER).sees("这项由您处理").keys(key::ENTER);
    screen.sees("认定不成立").keys("rdbcl").keys(key::ENTER);
    screen.keys("队长就在门外").keys(&key::ctrl('S')).sees("已保存");

    // The network is there: the server's receipt covers everything.
    screen.keys(key::F8).keys(key::ENTER).sees("待处理 0");
    screen.keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
    expect_exit(&laptop.run(["verify", "--as", "O1"]), 0);

    // A second laptop of the agency pulls them.
    laptop.sync("O2");
    other.sync("O3");
    let pulled = json_lines(&other.run(["tasks", "--format", "json", "--as", "O3"]));
    let of = |name: &str| {
        let named = |task: &&Value| task["auxiliaries"].to_string().contains(name);
        pulled.iter().find(named).unwrap_or_else(|| panic!("{name} in {pulled:?}"))
    };
    assert_eq!((&of("单伟")["verdict"], &of("单伟")["status"]), (&json!("permitted"), &json!("clear")));
    assert_eq!((&of("仇建国")["verdict"], &of("仇建国")["status"]), (&json!("improper"), &json!("dismissed")));
}

#[test]
fn killed_at_any_point_what_was_saved_and_half_typed_is_there_again() {
    let office = Office::open();
    let laptop = Laptop::new();
    office.enrol(&laptop, "O1", None);
    laptop.sync("O1");
    let mut screen = Terminal::open(&laptop, &[]);
    unlock(&mut screen, 0);
    supervised_task(&mut screen);
    screen.keys("现场核查甲店").keys(&key::ctrl('S')).sees("已保存");
    screen.keys(key::F2).sees("今日登记 1 条").keys(key::F3).sees("▸ 辅助人员");
    screen.keys("wxm").sees("王晓梅").keys(key::ENTER).sees("▸ 事项");
    screen.keys(&key::TAB.repeat(4)).keys("写到一半的话").sees("写到一半的话").sees("草稿已存");
    screen.kill();

    let mut again = Terminal::open(&laptop, &[]);
    unlock(&mut again, 0);
    again.sees("今日登记 1 条").keys(key::F3).sees("写到一半的话").sees("王晓梅");
}

#[test]
fn a_second_instance_is_told_and_the_first_goes_on() {
    let laptop = Laptop::initialised();
    let mut first = Terminal::open(&laptop, &[]);
    unlock(&mut first, 0);
    let mut second = Terminal::open(&laptop, &[]);
    second.sees("口令").keys(PASSPHRASE).keys(key::ENTER).sees("另一个 auxlog");
    first.keys(key::F4).sees("台账").keys(&key::ctrl('Q'));
    assert!(first.ends().success());
}

#[test]
fn a_wrong_passphrase_says_so_and_the_right_one_opens() {
    let laptop = Laptop::initialised();
    let mut screen = Terminal::open(&laptop, &[]);
    screen.sees("口令").keys("不是这个").keys(key::ENTER).sees("口令不对");
    screen.keys(PASSPHRASE).keys(key::ENTER).sees("今日登记");
}

#[test]
fn a_terminal_of_twenty_by_five_is_told_and_comes_back_whole() {
    let laptop = Laptop::initialised();
    let mut screen = Terminal::sized(&laptop, &[], 20, 5);
    screen.sees("窗口太小");
    screen.resize(80, 24);
    unlock(&mut screen, 0);
    screen.resize(20, 5);
    screen.sees("窗口太小");
    screen.resize(80, 24);
    screen.sees("今日登记").keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}

#[test]
fn a_damaged_keymap_is_named_by_line_and_the_usual_keys_work() {
    let laptop = Laptop::initialised();
    laptop.write("keys.toml", "extends = \"default\"\n[global]\nbind = [{ on = \"F2\", run = \"go.todya\" }]\n");
    let config = laptop.write("auxlog.toml", "keymap = \"keys.toml\"\n").display().to_string();
    expect_exit(&laptop.run(["--config", &config, "keys", "check"]), 1);
    let mut screen = Terminal::open(&laptop, &["--config", &config]);
    screen.sees("go.todya");
    unlock(&mut screen, 0);
    screen.keys(key::F4).sees("[F4 台账]");
}

#[test]
fn an_ended_program_gives_the_terminal_back() {
    let laptop = Laptop::initialised();
    let mut screen = Terminal::open(&laptop, &[]);
    screen.sees("口令");
    assert!(screen.is_full_screen());
    screen.keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}

#[test]
fn the_lock_keeps_the_language() {
    let laptop = Laptop::initialised();
    let mut screen = Terminal::open(&laptop, &[]);
    unlock(&mut screen, 0);
    screen.keys(&key::ctrl('L')).sees("Today").keys(key::F12).sees("Type the passphrase, then Enter");
    screen.keys(PASSPHRASE).keys(key::ENTER).sees("Today").keys(&key::ctrl('Q'));
    assert!(screen.ends().success());
}
