//! Attachments, and bodies masked by order, through the real program.

use serde_json::{Value, json};

use crate::recording::{alone, supervised};
use crate::support::{Laptop, expect_exit, files, json_lines, text};

fn attached(laptop: &Laptop, task: &str) -> Vec<Value> {
    let listed = laptop.run(["attach", task, "--format", "json"]);
    expect_exit(&listed, 0);
    json_lines(&listed)
}

#[test]
fn a_photo_is_attached_listed_saved_and_goes_with_the_evidence() {
    let laptop = Laptop::initialised();
    expect_exit(&laptop.feed(["log"], &supervised("t-1").to_string()), 0);
    // A picture of one pixel, as its format demands.
    let pixel = [
        b"GIF89a".as_slice(),
        &[1, 0, 1, 0, 0x80, 0, 0],
        &[0; 6],
        b",",
        &[0, 0, 0, 0, 1, 0, 1, 0, 0],
        &[2, 2, 0x44, 1, 0],
        b";",
    ]
    .concat();
    let photo = laptop.write("现场.gif", &pixel);
    let note = laptop.write("笔录.txt", "当事人金丝雀陈述如下");
    let added = laptop.run([
        "attach".as_ref(),
        "t-1".as_ref(),
        photo.as_os_str(),
        note.as_os_str(),
        "--note".as_ref(),
        "门口".as_ref(),
    ]);
    expect_exit(&added, 0);
    let rows = attached(&laptop, "t-1");
    assert_eq!((&rows[0]["name"], &rows[0]["media_type"]), (&json!("现场.gif"), &json!("image/gif")));
    assert_eq!(rows[0]["preview"], json!({"width": 1, "height": 1}));
    assert_eq!(
        (&rows[1]["media_type"], &rows[1]["note"], &rows[1]["here"]),
        (&json!("text/plain"), &json!("门口"), &json!(true))
    );
    for path in files(&laptop.data_dir()) {
        let bytes = std::fs::read(&path).expect("readable");
        assert!(!bytes.windows(9).any(|window| window == "金丝雀".as_bytes()), "{}", path.display());
    }

    let saved = laptop.path("saved").display().to_string();
    expect_exit(&laptop.run(["attach", "t-1", "--save", &saved]), 0);
    assert_eq!(std::fs::read(laptop.path("saved/1-现场.gif")).expect("saved"), pixel);
    let bundle = laptop.path("t-1.html").display().to_string();
    expect_exit(&laptop.run(["export", "--evidence", "t-1", "--output", &bundle]), 0);
    let elsewhere = Laptop::new();
    let states = |said: &Value| -> Vec<Value> {
        said["attachments"].as_array().expect("a list").iter().map(|found| found["state"].clone()).collect()
    };
    assert_eq!(states(&elsewhere.finds_whole(&bundle)), ["whole", "whole"]);
    std::fs::write(laptop.path("t-1.files/1-现场.gif"), b"another picture").expect("written");
    std::fs::remove_file(laptop.path("t-1.files/2-笔录.txt")).expect("removed");
    let output = elsewhere.run(["verify", &bundle, "--format", "json"]);
    expect_exit(&output, 1);
    assert_eq!(states(&json_lines(&output)[0]), ["altered", "absent"]);

    let backup = laptop.path("usb").display().to_string();
    expect_exit(&laptop.run(["backup", &backup]), 0);
    let other = Laptop::new();
    expect_exit(&other.run(["restore", &backup]), 0);
    assert_eq!(attached(&other, "t-1")[1]["here"], true, "a backup holds them");
    expect_exit(&other.run(["verify"]), 0);

    let large = laptop.path("large");
    std::fs::File::create(&large).and_then(|file| file.set_len((50 << 20) + 1)).expect("made");
    let refused = laptop.run(["attach".as_ref(), "t-1".as_ref(), large.as_os_str()]);
    expect_exit(&refused, 2);
    assert!(text(&refused.stderr).contains("50 MiB"), "{}", text(&refused.stderr));
    expect_exit(&laptop.run(["attach", "t-9"]), 2);
    expect_exit(&laptop.run(["attach", "t-1", "/nowhere/at/all"]), 1);
}

#[test]
fn a_body_masked_by_order_is_gone_and_the_chain_still_holds() {
    let laptop = Laptop::initialised();
    let mut private = alone("t-2");
    private["text"] = json!("涉及金丝雀的隐私");
    let tasks = [supervised("t-1"), private, supervised("t-3")].map(|task| task.to_string() + "\n").concat();
    expect_exit(&laptop.feed(["log"], &tasks), 0);
    let order =
        ["mask", "t-2", "--order", "个保3号", "--authority", "司法局", "--reason", "本人请求", "--format", "json"];
    let masked = laptop.run(order);
    expect_exit(&masked, 0);
    let record = json_lines(&masked)[0]["masked"][0].as_str().expect("a record").to_owned();
    let listed = laptop.run(["tasks", "--format", "json"]);
    assert!(!text(&listed.stdout).contains("金丝雀"), "{}", text(&listed.stdout));
    assert_eq!(json_lines(&listed).len(), 3, "it still stands as a task");
    expect_exit(&laptop.run(["verify"]), 0);
    let bundle = laptop.path("masked.html").display().to_string();
    expect_exit(&laptop.run(["export", "--evidence", &record, "--output", &bundle]), 0);
    let page = std::fs::read_to_string(&bundle).expect("written");
    assert!(page.contains("个保3号") && !page.contains("金丝雀"), "{page}");
    Laptop::new().finds_whole(&bundle);
    let opening = format!("{}:1", record.split(':').next().expect("a writer"));
    let refused = laptop.run(["mask", &opening, "--order", "1", "--authority", "2", "--reason", "3"]);
    expect_exit(&refused, 2);
    assert!(text(&refused.stderr).contains("不能遮蔽"), "{}", text(&refused.stderr));
}
