//! A sample roster in the form agencies keep: invented people, real difficulties.

use auxlog_record::Date;
use auxlog_sheet::{Book, Unwritten, Value};
use chrono::Days;

use super::Column;
use super::export::{AUXILIARIES, AUXILIARY_COLUMNS, OFFICER_COLUMNS, OFFICERS, sheet};

/// Three agencies of Hai'an with the power of administrative enforcement, and their units.
const AGENCIES: [(&str, &str, [&str; 3]); 3] = [
    ("A01", "海安市城市管理局", ["城中中队", "开发区中队", "机动中队"]),
    ("A02", "海安市市场监督管理局", ["城区分局", "曲塘分局", "综合执法大队"]),
    ("A03", "海安市交通运输局", ["路政大队", "运政大队", "港航大队"]),
];

/// Surnames, among them those read otherwise than the dictionary's first reading: 单 仇 曾 解 查
/// 区 尉迟 盖 任 朴 翟 乐 洗 缪.
const SURNAMES: [&str; 40] = [
    "单", "王", "仇", "李", "曾", "张", "解", "刘", "查", "陈", "区", "杨", "尉迟", "赵", "盖", "黄", "任", "周", "朴",
    "吴", "翟", "徐", "乐", "孙", "冼", "胡", "缪", "朱", "储", "高", "崔", "林", "吉", "何", "卢", "郭", "韩", "马",
    "丁", "罗",
];

const GIVEN: [&str; 37] = [
    "伟", "秀英", "建国", "晓燕", "志强", "海霞", "明", "丽娟", "永刚", "红梅", "涛", "淑芬", "国庆", "雪琴", "斌",
    "玉兰", "长春", "静", "卫东", "小平", "宇航", "梦洁", "重阳", "乐天", "鹏", "春花", "俊杰", "文行", "欣怡", "浩然",
    "凤仙", "大勇", "思远", "金宝", "佳慧", "正平", "莉",
];

const COMPANIES: [&str; 3] = ["海安众诚劳务派遣有限公司", "江海人力资源服务有限公司", "苏中保安服务有限公司"];

/// How many auxiliaries and officers the sample holds.
const AUXILIARY_COUNT: u64 = 60;
const OFFICER_COUNT: u64 = 15;

fn name(n: u64) -> String {
    let pick = |list: &[&'static str], n: u64| list[usize::try_from(n).unwrap_or(0) % list.len()];
    format!("{}{}", pick(&SURNAMES, n), pick(&GIVEN, n * 7 + 3))
}

/// The sample workbook as on `day`: validities lie before and after it in every way that the
/// law's rows tell apart. The same day gives the same bytes.
///
/// # Errors
/// Never in practice; the writer's own errors are passed on.
pub fn sample_workbook(day: Date) -> Result<Vec<u8>, Unwritten> {
    let mut book = Book::new();
    let auxiliaries = (0..AUXILIARY_COUNT).map(|n| {
        let sample = Sample { n, day };
        AUXILIARY_COLUMNS.iter().map(move |(column, _)| sample.auxiliary(*column))
    });
    let officers = (0..OFFICER_COUNT).map(|n| {
        let sample = Sample { n: n + AUXILIARY_COUNT, day };
        OFFICER_COLUMNS.iter().map(move |(column, _)| sample.officer(n, *column))
    });
    sheet(&mut book, AUXILIARIES, "海安市行政执法辅助人员名册", &AUXILIARY_COLUMNS, auxiliaries)?;
    sheet(&mut book, OFFICERS, "海安市行政执法人员名册", &OFFICER_COLUMNS, officers)?;
    // The agency's name is merged over its people, as it is in the lists agencies send.
    for a in 0_u32..3 {
        book.merge(0, 3, (2 + a * 20, 21 + a * 20), AGENCIES[a as usize].1)?;
        book.merge(1, 3, (2 + a * 5, 6 + a * 5), AGENCIES[a as usize].1)?;
    }
    book.finish()
}

/// The agency of the `n`th person.
fn agency(per_agency: u64, n: u64) -> &'static (&'static str, &'static str, [&'static str; 3]) {
    &AGENCIES[usize::try_from(n / per_agency).unwrap_or(0) % AGENCIES.len()]
}

/// The `n`th invented person.
struct Sample {
    n: u64,
    day: Date,
}

impl Sample {
    /// A day so many days away from the day of the sample.
    fn away(&self, days: i64) -> Date {
        let distance = Days::new(days.unsigned_abs());
        let date = if days < 0 { self.day.0.checked_sub_days(distance) } else { self.day.0.checked_add_days(distance) };
        Date(date.unwrap_or(self.day.0))
    }

    /// A date as people type it: in five forms, or as a date.
    fn typed(&self, date: Date) -> Value {
        match self.n % 6 {
            0 => Value::Text(date.0.format("%Y年%-m月%-d日").to_string()),
            1 => Value::Text(date.0.format("%Y.%-m.%-d").to_string()),
            2 => Value::Text(date.0.format("%Y/%-m/%-d").to_string()),
            3 => Value::Text(date.0.format("%Y-%m-%d").to_string()),
            _ => Value::Day(date),
        }
    }

    /// Days from the sample's day to the end of the work certificate; `None` is no certificate.
    fn certificate_ends(&self) -> Option<i64> {
        match self.n % 20 {
            3 => Some(-40),
            8 => Some(-1),
            11 => None,
            14 => Some(0),
            17 => Some(12),
            other => Some(200 + i64::try_from(other).unwrap_or(0) * 30),
        }
    }

    fn auxiliary(&self, column: Column) -> Value {
        let n = self.n;
        let text = |text: &str| Value::Text(text.to_owned());
        let agency = agency(20, n);
        let left = n % 20 == 13;
        match column {
            Column::Number => Value::Text(format!("X{:03}", n + 1)),
            Column::Name => Value::Text(name(n)),
            Column::AgencyCode => text(agency.0),
            Column::Unit => text(agency.2[usize::try_from(n % 3).unwrap_or(0)]),
            Column::Status if left => text("离职"),
            Column::Status => text(if n % 20 == 6 { "停岗" } else { "在岗" }),
            // The thirtieth is seventeen: too young to be used (第八条（三）).
            Column::Born if n == 29 => self.typed(self.away(-17 * 365 - 100)),
            Column::Born => self.typed(self.away(-(22 * 365 + i64::try_from(n * 131 % 9000).unwrap_or(0)))),
            Column::Certificate if self.certificate_ends().is_none() => Value::Blank,
            Column::Certificate => Value::Text(format!("海辅证{:05}", 20_000 + n * 7)),
            Column::CertificateFrom => {
                self.certificate_ends().map_or(Value::Blank, |end| self.typed(self.away(end - 1095)))
            }
            Column::CertificateUntil => self.certificate_ends().map_or(Value::Blank, |end| self.typed(self.away(end))),
            Column::Training => text(match n % 20 {
                5 => "不合格",
                16 => "未培训",
                _ => "合格",
            }),
            Column::TrainedOn if n % 20 == 16 => Value::Blank,
            Column::TrainedOn => self.typed(self.away(-300 - i64::try_from(n).unwrap_or(0))),
            Column::Assessment => text(match n % 20 {
                9 => "不合格",
                1 | 16 => "未考核",
                _ => "合格",
            }),
            Column::AssessedOn if matches!(n % 20, 1 | 16) => Value::Blank,
            Column::AssessedOn => self.typed(self.away(-60 - i64::try_from(n).unwrap_or(0))),
            Column::Qualifications => match n % 12 {
                4 => text("电工证、叉车证"),
                7 => text("食品检验员"),
                10 => text("道路运输管理员；驾驶证Ａ２"),
                _ => Value::Blank,
            },
            Column::Recusals if n % 15 == 2 => text("王记烧烤店（亲属，已决定）"),
            Column::Relations if n % 15 == 7 => text("顺达汽修厂（战友）；海安老味道面馆（邻居）"),
            Column::DispatchedBy => text(COMPANIES[usize::try_from(n % 3).unwrap_or(0)]),
            Column::LeftOn if left => self.typed(self.away(-25)),
            Column::Pinyin if name(n).starts_with('冼') => text("xian"),
            _ => Value::Blank,
        }
    }

    fn officer(&self, n: u64, column: Column) -> Value {
        let agency = agency(5, n);
        let ends = match n % 5 {
            3 => -10,
            4 => 20,
            other => 400 + i64::try_from(other).unwrap_or(0) * 90,
        };
        match column {
            Column::Number => Value::Text(format!("O{}", n + 1)),
            Column::Name => Value::Text(name(self.n)),
            Column::AgencyCode => Value::Text(agency.0.to_owned()),
            Column::Unit => Value::Text(agency.2[usize::try_from(n % 3).unwrap_or(0)].to_owned()),
            Column::Certificate => Value::Text(format!("苏F{:07}", 1_060_000 + n * 13)),
            Column::CertificateFrom => self.typed(self.away(ends - 1826)),
            Column::CertificateUntil => self.typed(self.away(ends)),
            _ => Value::Blank,
        }
    }
}
