//! Cells as values: dates, spans, numbers and lists in the forms people write them.

use auxlog_record::{Date, is_hidden, narrow};
use calamine::{ExcelDateTime, ExcelDateTimeType};
use chrono::{Datelike as _, Months, NaiveDate, NaiveDateTime, NaiveTime};

/// Full-width letters, digits and signs as their narrow forms, blanks at the ends removed.
pub fn fold(text: &str) -> String {
    let folded: String = text
        .chars()
        // What is not seen is not meant: two people must not differ by it alone.
        .filter(|c| !is_hidden(*c) || matches!(c, '\n' | '\r' | '\t'))
        .map(narrow)
        .collect();
    folded.trim().to_owned()
}

/// Whether the cell says that there is nothing to say.
pub fn is_blank(text: &str) -> bool {
    matches!(fold(text).as_str(), "" | "-" | "--" | "—" | "——" | "/" | "无" | "N/A" | "n/a" | "None")
}

/// Which day of a month is meant where only the month is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its first.
    First,
    /// Its last.
    Last,
}

/// A date in one of the forms: 2024-03-01, 2024/3/1, 2024.3.1, 2024年3月1日, 20240301, each
/// perhaps with a time or a day of the week behind it; also 2024年3月, 2024-03 and 202403. What
/// else stands there makes it none.
pub fn date(text: &str, edge: Edge) -> Option<Date> {
    let text = fold(text);
    let (date, rest) = leading_date(&text, edge)?;
    let rest = rest.trim();
    let said = matches!(rest, "" | "止" | "为止" | "前" | "前有效" | "到期" | "生" | "出生");
    (said || is_time(rest) || is_weekday(rest)).then_some(date)
}

fn is_time(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_digit() || matches!(c, 'T' | 'Z' | ':' | '.' | '+' | ' ');
    text.contains(':') && text.chars().all(sign)
}

fn is_weekday(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')']);
    let day = bare.strip_prefix("星期").or_else(|| bare.strip_prefix("周"));
    day.is_some_and(|day| day.chars().count() == 1)
}

/// The date that `text` begins with, and what follows it.
fn leading_date(text: &str, edge: Edge) -> Option<(Date, &str)> {
    let (digits, rest) = number(text)?;
    let (year, month, day, rest) = match digits.len() {
        8 => (&digits[..4], &digits[4..6], Some(&digits[6..]), rest),
        6 => (&digits[..4], &digits[4..], None, rest),
        4 => {
            let (month, rest) = part(rest)?;
            match part(rest) {
                Some((day, rest)) => (digits, month, Some(day), rest),
                None => (digits, month, None, rest),
            }
        }
        _ => return None,
    };
    let rest = rest.strip_prefix(['月', '日', '号']).unwrap_or(rest);
    let year: i32 = year.parse().ok().filter(|year| (1900..=2200).contains(year))?;
    let month: u32 = month.parse().ok()?;
    let date = match (day, edge) {
        (Some(day), _) => NaiveDate::from_ymd_opt(year, month, day.parse().ok()?)?,
        (None, Edge::First) => NaiveDate::from_ymd_opt(year, month, 1)?,
        (None, Edge::Last) => {
            NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()?
        }
    };
    Some((Date(date), rest))
}

/// The digits that `text` begins with, and what follows them.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A month or a day behind its separator.
fn part(text: &str) -> Option<(&str, &str)> {
    let after = text.trim_start_matches(['-', '/', '.', '年', '月', ' ', '、', '—', '–']);
    number(after).filter(|(digits, _)| after.len() < text.len() && digits.len() <= 2)
}

/// From when to when something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first day, where that is said.
    pub from: Option<Date>,
    /// Its last; without end where there is none.
    pub until: Option<Date>,
}

/// A span: its last day alone, both days (2024-01-01至2027-01-01, 2024.1.1-2027.1.1), or 长期.
pub fn span(text: &str) -> Option<Span> {
    let text = fold(text);
    let last = ["有效期至", "有效期", "截至", "截止", "至", "到"].iter().find_map(|word| text.strip_prefix(word));
    if let Some(until) = date(last.unwrap_or(&text), Edge::Last) {
        return Some(Span { from: None, until: Some(until) });
    }
    if is_unbounded(&text) {
        return Some(Span { from: None, until: None });
    }
    let (from, rest) = leading_date(text.trim_start_matches(['自', '从']), Edge::First)?;
    let end = rest.trim_start_matches([' ', '起', '至', '到', '-', '—', '–', '~', '/', '.', '、']);
    let until = match date(end, Edge::Last) {
        _ if end.len() == rest.len() => return None,
        None if !is_unbounded(end) => return None,
        until => until,
    };
    Some(Span { from: Some(from), until })
}

/// What we write for a last day that never comes.
pub const ENDLESS: &str = "长期";

fn is_unbounded(text: &str) -> bool {
    matches!(text, ENDLESS | "长期有效" | "永久" | "无固定期限")
}

/// A workbook's day number, within the years 1955 to 2119, counted from 1904 or from 1900.
pub fn serial(days: f64, from_1904: bool) -> Option<Date> {
    let stamp = ExcelDateTime::new(days.floor(), ExcelDateTimeType::DateTime, from_1904);
    let day = Date((days > 0.0).then(|| stamp.as_datetime()).flatten()?.date());
    (1955..2119).contains(&day.0.year()).then_some(day)
}

/// A whole number, perhaps with commas between its thousands.
pub fn whole(text: &str) -> Option<i64> {
    let text = fold(text).replace(',', "");
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

/// An amount of money in 分: 1200, 1,200.50, ￥1200元.
pub fn money(text: &str) -> Option<i64> {
    let text = fold(text).replace(',', "");
    let text = text.trim_start_matches(['¥', '￥']).trim_end_matches('元').trim();
    let (yuan, fen) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if fen.len() > 2 || !digits(fen) || !digits(yuan.strip_prefix('-').unwrap_or(yuan)) {
        return None;
    }
    format!("{yuan}{fen:0<2}").parse().ok()
}

/// 是 or 否, and their synonyms.
pub fn yes(text: &str) -> Option<bool> {
    match fold(text).to_lowercase().as_str() {
        "是" | "有" | "√" | "✓" | "yes" | "y" | "true" | "1" => Some(true),
        "否" | "没有" | "×" | "✗" | "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// A date and a time, 2024-03-01 09:30; midnight where only the date is written.
pub fn time(text: &str) -> Option<NaiveDateTime> {
    let text = fold(text);
    let (Date(day), rest) = leading_date(&text, Edge::First)?;
    let rest = rest.trim_start_matches(['T', ' ']);
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(rest, form).ok());
    time.or(rest.is_empty().then_some(NaiveTime::MIN)).map(|time| day.and_time(time))
}

/// A list written with 、；, or line breaks.
pub fn list(text: &str) -> Vec<String> {
    fold(text).split(['、', ';', ',', '\n']).map(str::trim).filter(|s| !is_blank(s)).map(str::to_owned).collect()
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
            "2024-03-01T00:00:00Z",
            "2024年03月01号",
            "2024. 3. 1",
            "2024-03-01止",
            "2024年3月1日（星期五）",
            "2024\u{200b}-03-\u{202d}01\u{202c}",
        ] {
            assert_eq!(date(text, Edge::First), day(2024, 3, 1), "{text}");
        }
        for text in ["2024年2月", "2024-02", "2024.2", "202402"] {
            assert_eq!(date(text, Edge::First), day(2024, 2, 1), "{text}");
            assert_eq!(date(text, Edge::Last), day(2024, 2, 29), "{text}");
        }
        assert_eq!(date("2024-12", Edge::Last), day(2024, 12, 31));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["2024-02-30", "去年三月", "24-3-1", "3/1/2024", "2024", "2024-13-01", "", "合格", "19000", "202413"]
        {
            assert_eq!(date(text, Edge::First), None, "{text}");
        }
    }

    #[test]
    fn a_cell_is_read_to_its_end() {
        for text in
            ["2027-12-31（已注销）", "2027-12-31前有效；2025-06-30吊销", "2024-01-01-2027-12-31", "2024-01-01起"]
        {
            assert_eq!(date(text, Edge::Last), None, "{text}");
        }
        for text in ["2027-12-31（已注销）", "2027-12-31前有效；2025-06-30吊销", "2024年1月1日起三年", "2024-01-01起"]
        {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_have_two_dates() {
        for text in [
            "2024-01-01至2026-12-31",
            "2024.1.1-2026.12.31",
            "2024年1月1日—2026年12月31日",
            "2024/1/1~2026/12/31",
            "2024-01-01-2026-12-31",
            "20240101-20261231",
            "2024/01/01/2026/12/31",
            "2024.01.01 2026.12.31",
            "自2024年1月起至2026年12月止",
            "2024-01-2026-12",
        ] {
            assert_eq!(span(text), Some(Span { from: day(2024, 1, 1), until: day(2026, 12, 31) }), "{text}");
        }
        for text in ["2024-01-01 至 长期", "2024-01-01起长期有效"] {
            assert_eq!(span(text), Some(Span { from: day(2024, 1, 1), until: None }), "{text}");
        }
        for text in ["2026-12-31", "至2026年12月", "有效期至2026.12.31"] {
            assert_eq!(span(text), Some(Span { from: None, until: day(2026, 12, 31) }), "{text}");
        }
        assert_eq!(span("长期"), Some(Span { from: None, until: None }));
    }

    #[test]
    fn days_are_counted_from_the_workbooks_own_first() {
        assert_eq!(serial(46_753.0, false), day(2028, 1, 1));
        assert_eq!(serial(45_291.5, true), day(2028, 1, 1));
        assert_eq!(serial(2_008.1, false), None);
        assert_eq!(serial(f64::NAN, false), None);
    }

    #[test]
    fn numbers_and_money_are_read_as_written() {
        assert_eq!((whole("１,２００"), whole("-3.0"), whole("3.5")), (Some(1_200), Some(-3), None));
        for (text, fen) in [("1200", 120_000), ("￥1,200.5元", 120_050), ("-0.05", -5), ("0", 0)] {
            assert_eq!(money(text), Some(fen), "{text}");
        }
        for text in ["1.234", "1.2.3", "一百", "1e3", "--1"] {
            assert_eq!(money(text), None, "{text}");
        }
    }
}
