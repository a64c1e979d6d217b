//! What stands in a roster's cells: standings, outcomes, recusals, and what an identity number tells.

use auxlog_law::{Outcome, Status};
use auxlog_record::{Date, RecusalEntry};
use auxlog_sheet::Shape;
use auxlog_sheet::value::{Edge, date, fold, is_blank};

/// Standings: as we write them, then their synonyms.
pub(super) const STATUSES: [(Status, &str); 3] = [
    (Status::Active, "在岗 在职 正常 上岗 在队 active"),
    (
        Status::Suspended,
        "停岗 停职 暂停 暂停工作 停止工作 待岗 离岗培训 借调 已借调 借出 外借 抽调 挂职 停职检查 suspended",
    ),
    (
        Status::Departed,
        "离职 离岗 已离职 离队 辞职 已辞职 解聘 辞退 退回 退休 已退休 离退休 内退 调离 已调离 调出 已调出 调走 离任 \
         开除 除名 解除合同 去世 departed",
    ),
];

/// Outcomes of training and assessment, likewise.
pub(super) const OUTCOMES: [(Outcome, &str); 3] = [
    (Outcome::Passed, "合格 已培训 通过 已通过 优秀 良好 称职 基本称职 基本合格 是 已合格 培训合格 考核合格 √ passed"),
    (Outcome::Failed, "不合格 未通过 不称职 培训不合格 考核不合格 × failed"),
    (Outcome::None, "未培训 未考核 未参加 否 待培训 待考核 尚未培训 尚未考核 none"),
];

/// A choice of [`OUTCOMES`] in which `none` is how we write that there is none.
pub(super) fn outcomes(none: &str) -> Shape {
    let mut shape = Shape::choice(&OUTCOMES);
    if let Shape::Choice(words) = &mut shape {
        words[2].sort_by_key(|word| word != none);
    }
    shape
}

/// The date of birth in an identity number of 18 digits.
pub(super) fn born_of_identity(number: &str) -> Option<Date> {
    let number = fold(number);
    (number.len() == 18 && number.is_ascii()).then(|| date(&number[6..14], Edge::First)).flatten()
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
        assert_eq!(born_of_identity("320621199005014411"), date("1990-05-01", Edge::First));
        assert_eq!(born_of_identity("320621199013014411"), None);
        assert_eq!(born_of_identity("3206"), None);
    }
}
