//! An officer's desk on the real screens: a plan and what comes of it, and what leaves the laptop.

use crate::office::ROSTER;
use crate::screens::unlock;
use crate::support::{Laptop, expect_exit, json_lines, text};
use crate::terminal::{Terminal, key};

/// A stand-alone laptop with a roster.
fn laptop() -> Laptop {
    let laptop = Laptop::initialised();
    let roster = laptop.write("名册.csv", ROSTER).display().to_string();
    expect_exit(&laptop.run(["roster", "import", &roster]), 0);
    laptop
}

/// Answers the question for a path with `path`.
fn to_file(screen: &mut Terminal, path: &std::path::Path) {
    screen.sees("写到哪个文件").keys(&key::ctrl('U')).keys(&path.display().to_string()).keys(key::ENTER);
}

#[test]
fn a_plan_is_judged_first_carried_out_with_a_photo_and_leaves_as_files_that_hold() {
    let laptop = laptop();
    let photo = laptop.write("现场.jpg", b"\xff\xd8\xff\xe0 a photo");
    let mut screen = Terminal::open(&laptop, &[]);
    unlock(&mut screen, 0);

    // Sending them alone is improper, said before anyone goes; the reason is recorded.
    screen.keys(&key::ctrl('D')).sees("近期没有派工").keys(&key::ctrl('N')).sees("安排派出");
    screen.keys("wxm").sees("王晓梅").keys(key::ENTER).sees("▸ 事项").keys("xchc").sees("现场核查").keys(key::ENTER);
    screen.sees("▸ 方式").keys("2").sees("疑似不当").keys(&key::ctrl('S')).sees("仍要派工");
    screen.keys("李强十分钟后到").keys(key::ENTER).sees("已保存：派工").sees("其中疑似不当 1 项");

    // It is carried out under supervision after all, with a photo.
    screen.keys(&key::ctrl('E')).sees("▸ 辅助人员").sees("王晓梅").keys(&key::TAB.repeat(2)).sees("▸ 方式").keys("1");
    screen.sees("▸ 现场监督").keys("1").sees("▸ 执法人员").keys("lq").sees("李强").keys(key::TAB);
    screen.keys("wf").sees("王芳").keys(key::ENTER).sees("▸ 内容").keys(&key::TAB.repeat(8)).sees("▸ 附件");
    screen.keys(key::ENTER).sees("文件路径").keys(&photo.display().to_string()).keys(key::ENTER);
    screen.sees("附件已加密存入本机").keys(&key::ctrl('S')).sees("已保存");
    screen.keys(&key::ctrl('D')).sees("待执行 0 项").sees("已登记");

    // What leaves: a list, a sheet to sign, evidence with its photo. Nothing is overwritten.
    let (csv, sheet, bundle) = (laptop.path("台账.csv"), laptop.path("签字表.html"), laptop.path("证据.html"));
    screen.keys(key::F4).sees("共 1 条").keys(&key::ctrl('S')).sees("导出为").keys("csv").keys(key::ENTER);
    to_file(&mut screen, &csv);
    screen.sees("已写出 1 条").keys(&key::ctrl('P'));
    to_file(&mut screen, &csv);
    screen.sees("已经存在").keys(&key::ctrl('P'));
    to_file(&mut screen, &sheet);
    screen.sees("已写出 1 条").keys(key::ENTER).sees("方式：协助").keys(&key::ctrl('S')).sees("证据文件").keys("zjwj");
    screen.keys(key::ENTER);
    to_file(&mut screen, &bundle);
    screen.sees("已写出 1 条").keys(&key::ctrl('Q'));
    assert!(screen.ends().success());

    let read = |path: &std::path::Path| text(&std::fs::read(path).expect("written"));
    assert!(read(&csv).contains("王晓梅"), "{}", read(&csv));
    assert!(read(&sheet).contains("辅助人员 王晓梅 签名") && read(&sheet).contains("执法人员 王芳 签名"));
    laptop.finds_whole(&bundle.display().to_string());
    let attached = laptop.path("证据.files");
    assert_eq!(std::fs::read_dir(&attached).expect("beside the bundle").count(), 1);

    // The three exports are on record: a plan, a task, its photo, the roster, and three notes.
    expect_exit(&laptop.run(["verify"]), 0);
    let logged = json_lines(&laptop.run(["tasks", "--format", "json"]));
    assert_eq!((logged.len(), &logged[0]["verdict"]), (1, &serde_json::json!("permitted")));
}
