//! Cells as values: dates, standings, outcomes and lists in the forms people write them.

use auxlog_law::{Outcome, Status};
use auxlog_record::{Date, RecusalEntry, is_hidden, narrow};
use chrono::NaiveDate;

/// Full-width letters, digits and signs as their narrow forms, blanks at the ends removed.
pub(super) fn fold(text: &str) -> String {
    let folded: String = text
        .chars()
        // What is not seen is not meant: two people must not differ by it alone.
        .filter(|c| !is_hidden(*c) || matches!(c, '\n' | '\r' | '\t' | '\u{feff}'))
        .map(|c| if c == '\u{feff}' { ' ' } else { narrow(c) })
        .collect();
    folded.trim().to_owned()
}

/// Whether the cell says that there is nothing to say.
pub(super) fn is_blank(text: &str) -> bool {
    matches!(fold(text).as_str(), "" | "-" | "--" | "—" | "——" | "/" | "无" | "N/A" | "n/a" | "None")
}

/// A date in one of the forms: 2024-03-01, 2024/3/1, 2024.3.1, 2024年3月1日, 20240301, each
/// perhaps with a time behind it; also 2024年3月 and 2024-03 as the month's first day
/// (`month_end`: its last). 长期 is handled by the caller.
pub(super) fn date(text: &str, month_end: bool) -> Option<Date> {
    let text = fold(text);
    let mut numbers: Vec<u32> = Vec::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            if digits.len() == 8 && numbers.is_empty() {
                numbers.extend([
                    digits[..4].parse::<u32>().ok()?,
                    digits[4..6].parse().ok()?,
                    digits[6..].parse().ok()?,
                ]);
            } else {
                numbers.push(digits.parse().ok()?);
            }
            digits.clear();
        }
        if numbers.len() >= 3 {
            break;
        }
        if !matches!(c, '-' | '/' | '.' | '年' | '月' | '日' | '号' | ' ' | '、' | '—' | '–') {
            return None;
        }
    }
    let year = i32::try_from(*numbers.first()?).ok()?;
    if !(1900..=2200).contains(&year) {
        return None;
    }
    match numbers.as_slice() {
        [_, month, day, ..] => NaiveDate::from_ymd_opt(year, *month, *day).map(Date),
        [_, month] if month_end => {
            let (next_year, next) = if *month == 12 { (year + 1, 1) } else { (year, month + 1) };
            NaiveDate::from_ymd_opt(year, *month, 1)?;
            NaiveDate::from_ymd_opt(next_year, next, 1).and_then(|d| d.pred_opt()).map(Date)
        }
        [_, month] => NaiveDate::from_ymd_opt(year, *month, 1).map(Date),
        _ => None,
    }
}

/// A validity that never ends.
pub(super) fn is_unbounded(text: &str) -> bool {
    matches!(fold(text).as_str(), "长期" | "长期有效" | "永久" | "无固定期限")
}

/// The two dates of `2024-01-01至2027-01-01` or `2024.1.1-2027.1.1`.
pub(super) fn date_range(text: &str) -> Option<(Date, Date)> {
    let text = fold(text);
    for sign in ["至", "到", "~", "—", "–", " - ", "--"] {
        if let Some((from, until)) = text.split_once(sign) {
            return Some((date(from, false)?, date(until.trim_start_matches(['—', '-', '~']), true)?));
        }
    }
    // 2024.1.1-2027.1.1: a hyphen between two dates that are not themselves written with one.
    let (from, until) = text.split_once('-')?;
    if until.contains('-') {
        return None;
    }
    Some((date(from, false).filter(|_| from.contains(['.', '/', '年']))?, date(until, true)?))
}

/// The date of birth in an identity number of 18 digits.
pub(super) fn born_of_identity(number: &str) -> Option<Date> {
    let number = fold(number);
    (number.len() == 18 && number.is_ascii()).then(|| date(&number[6..14], false)).flatten()
}

/// 在岗, 停岗 or 离职, and their synonyms.
pub(super) fn status(text: &str) -> Option<Status> {
    match fold(text).to_lowercase().as_str() {
        "在岗" | "在职" | "正常" | "上岗" | "在队" | "active" => Some(Status::Active),
        "停岗" | "停职" | "暂停" | "暂停工作" | "停止工作" | "待岗" | "离岗培训" | "借调" | "已借调" | "借出"
        | "外借" | "抽调" | "挂职" | "停职检查" | "suspended" => Some(Status::Suspended),
        "离职" | "离岗" | "已离职" | "离队" | "辞职" | "已辞职" | "解聘" | "辞退" | "退回" | "退休" | "已退休"
        | "离退休" | "内退" | "调离" | "已调离" | "调出" | "已调出" | "调走" | "离任" | "开除" | "除名"
        | "解除合同" | "去世" | "departed" => Some(Status::Departed),
        _ => None,
    }
}

/// 合格, 不合格 or not held, and their synonyms.
pub(super) fn outcome(text: &str) -> Option<Outcome> {
    match fold(text).to_lowercase().as_str() {
        "合格" | "已培训" | "通过" | "已通过" | "优秀" | "良好" | "称职" | "基本称职" | "基本合格" | "是"
        | "已合格" | "培训合格" | "考核合格" | "√" | "passed" => Some(Outcome::Passed),
        "不合格" | "未通过" | "不称职" | "培训不合格" | "考核不合格" | "×" | "failed" => {
            Some(Outcome::Failed)
        }
        "未培训" | "未考核" | "未参加" | "否" | "待培训" | "待考核" | "尚未培训" | "尚未考核" | "none" => {
            Some(Outcome::None)
        }
        _ => None,
    }
}

/// A list written with 、；, or line breaks.
pub(super) fn list(text: &str) -> Vec<String> {
    fold(text)
        .split(['、', ';', ',', '\n', '，', '；'])
        .map(str::trim)
        .filter(|s| !is_blank(s))
        .map(str::to_owned)
        .collect()
}

/// Recusals: `某便利店（战友，未决定）；某烧烤店（亲属）`. What stands in the brackets is the
/// relation and, where it says so, whether recusal was decided; else `decided` holds.
pub(super) fn recusals(text: &str, decided: bool) -> Vec<RecusalEntry> {
    fold(text)
        .split([';', '；', '\n'])
        .map(str::trim)
        .filter(|entry| !is_blank(entry))
        .map(|entry| {
            let (counterpart, inside) = match entry.split_once('(') {
                Some((before, inside)) => (before.trim(), inside.trim_end_matches(')').trim()),
                None => (entry, ""),
            };
            let mut recusal = RecusalEntry { counterpart: counterpart.to_owned(), relation: None, decided };
            for word in inside.split([',', '，', '、', '/']).map(str::trim).filter(|word| !word.is_empty()) {
                match word {
                    "未决定" | "待定" | "未定" | "待决定" | "尚未决定" | "关系已知" => {
                        recusal.decided = false;
                    }
                    "已决定" | "应回避" | "已回避" | "回避" | "决定回避" | "已决定回避" => {
                        recusal.decided = true;
                    }
                    relation => recusal.relation = Some(relation.to_owned()),
                }
            }
            recusal
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> Option<Date> {
        NaiveDate::from_ymd_opt(y, m, d).map(Date)
    }

    #[test]
    fn dates_are_read_in_every_form_people_write() {
        for text in [
            "2024-03-01",
            "2024/3/1",
            "2024.3.1",
            "2024年3月1日",
            "２０２４年３月１日",
            "20240301",
            " 2024-3-1 ",
            "2024-03-01 00:00:00",
            "2024年03月01号",
            "2024. 3. 1",
        ] {
            assert_eq!(date(text, false), day(2024, 3, 1), "{text}");
        }
        assert_eq!(date("2024年2月", false), day(2024, 2, 1));
        assert_eq!(date("2024年2月", true), day(2024, 2, 29));
        assert_eq!(date("2024-12", true), day(2024, 12, 31));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["2024-02-30", "去年三月", "24-3-1", "3/1/2024", "2024", "2024-13-01", "", "合格", "19000"] {
            assert_eq!(date(text, false), None, "{text}");
        }
    }

    #[test]
    fn ranges_have_two_dates() {
        for text in
            ["2024-01-01至2026-12-31", "2024.1.1-2026.12.31", "2024年1月1日—2026年12月31日", "2024/1/1~2026/12/31"]
        {
            assert_eq!(date_range(text), day(2024, 1, 1).zip(day(2026, 12, 31)), "{text}");
        }
        assert_eq!(date_range("2024-01-01"), None);
    }

    #[test]
    fn recusals_carry_relation_and_decision() {
        let read = recusals("某便利店（战友，未决定）；海安某烧烤店（亲属）\n某五金店", true);
        let entry = |counterpart: &str, relation: Option<&str>, decided| RecusalEntry {
            counterpart: counterpart.into(),
            relation: relation.map(Into::into),
            decided,
        };
        assert_eq!(
            read,
            [
                entry("某便利店", Some("战友"), false),
                entry("海安某烧烤店", Some("亲属"), true),
                entry("某五金店", None, true)
            ]
        );
    }

    #[test]
    fn an_identity_number_tells_the_date_of_birth() {
        assert_eq!(born_of_identity("320621199005014411"), day(1990, 5, 1));
        assert_eq!(born_of_identity("320621199013014411"), None);
        assert_eq!(born_of_identity("3206"), None);
    }
}
