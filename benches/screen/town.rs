//! A city's worth of data, made through the command line as anyone would.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use chrono::DateTime;

/// How many auxiliaries.
const PEOPLE: usize = 20_000;

pub(crate) const PASSPHRASE: &str = "measured in a town";

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕单仇解查区";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国志海安宇浩然子涵梓欣怡晨曦";
const DUTIES: [(&str, &str); 4] = [
    ("16.2:site-verification", "协助执法队员现场核查店招"),
    ("15.2:patrol", "沿街巡查劝阻占道经营"),
    ("15.1:publicity", "张贴宣传材料并登记信息"),
    ("16.3:inventory", "协助清点暂扣物品并搬运"),
];

/// Where it is.
pub(crate) struct Town {
    pub(crate) dir: PathBuf,
}

/// Makes it under `root`, unless it is there already.
pub(crate) fn make(program: &Path, root: &Path, tasks: usize) -> Town {
    let dir = root.join(format!("town-{tasks}"));
    let town = Town { dir: dir.clone() };
    if dir.join("made").exists() {
        return town;
    }
    let passphrase = root.join("passphrase");
    std::fs::create_dir_all(root).and_then(|()| std::fs::write(&passphrase, PASSPHRASE)).expect("written");
    let run = |args: &[&str], input: &dyn Fn(&mut dyn std::io::Write)| {
        let mut command = Command::new(program);
        command.args(args).arg("--data-dir").arg(&dir).arg("--passphrase-file").arg(&passphrase);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("build it first: cargo build --release");
        input(&mut std::io::BufWriter::new(child.stdin.take().expect("piped")));
        assert!(child.wait().expect("it ends").success(), "{args:?}");
    };
    run(&["init", "--agency", "A01", "--officer", "O1", "--cheap-keys"], &|_| {});
    let roster = root.join("roster.csv");
    std::fs::write(&roster, people()).expect("written");
    run(&["roster", "import", &roster.display().to_string()], &|_| {});
    let started = Instant::now();
    run(&["log"], &|input| (0..tasks).for_each(|n| writeln!(input, "{}", task(n, tasks)).expect("it reads")));
    let seconds = started.elapsed().as_secs_f64();
    println!("| {tasks} tasks logged through the command line | {seconds:.0} s | |");
    std::fs::write(dir.join("made"), "").expect("written");
    town
}

fn pick(list: &str, n: usize) -> char {
    list.chars().nth(n % list.chars().count()).unwrap_or('王')
}

fn name(n: usize) -> String {
    let two = format!("{}{}", pick(SURNAMES, n), pick(GIVEN, n / 7));
    if n.is_multiple_of(3) { two } else { format!("{two}{}", pick(GIVEN, n / 331 + n)) }
}

fn people() -> String {
    let head =
        "编号,姓名,人员类别,所属单位,单位编码,中队,在岗状态,出生日期,工作证号,发证日期,有效期至,岗前培训,考核结果";
    let mut sheet = vec![head.to_owned()];
    for n in 0..PEOPLE {
        let unit = pick("一二三四五六七八九", n);
        let until = if n.is_multiple_of(20) { "2024-01-01" } else { "2099-12-31" };
        sheet.push(format!(
            "X{n:05},{},辅助人员,海安市城市管理局,A01,{unit}中队,在岗,1990-05-01,海执辅{n:05},2023-01-01,{until},合格,合格",
            name(n)
        ));
    }
    for n in 1..=40 {
        sheet.push(format!(
            "O{n},{},执法人员,海安市城市管理局,A01,机动中队,在岗,1980-05-01,苏执{n:05},2023-01-01,2099-12-31,,",
            name(n * 31)
        ));
    }
    sheet.join("\n")
}

/// One task a minute up to now; every eleventh alone.
fn task(n: usize, tasks: usize) -> String {
    let (item, text) = DUTIES[n % DUTIES.len()];
    let alone = n.is_multiple_of(11);
    let (mode, presence) = if alone { ("independent", "none") } else { ("assisted", "on_scene") };
    let officers = if alone { "" } else { r#"{"id":"O1"},{"id":"O2"}"# };
    let (one, other) = ((n * 7) % PEOPLE, (n * 13 + 5) % PEOPLE);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let ago = std::time::Duration::from_mins(u64::try_from(tasks - n).unwrap_or(0));
    let at = i64::try_from(now.saturating_sub(ago).as_secs()).ok().and_then(|at| DateTime::from_timestamp(at, 0));
    let at = at.unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ");
    format!(
        r#"{{"id":"t-{n}","at":"{at}","text":"{text}","items":["{item}"],"mode":"{mode}","presence":"{presence}","officers":[{officers}],"auxiliaries":[{{"id":"X{one:05}"}},{{"id":"X{other:05}"}}],"place":"人民中路","counterpart":"第{}号商铺"}}"#,
        n % 997
    )
}
