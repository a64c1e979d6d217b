//! Any input gives an answer: never a panic, ranges on character boundaries, twice the same.

use auxlog_law::Suggestion;
use auxlog_law::suggest::{Lexicon, Model, Suggester};
use proptest::prelude::*;

fn sound(text: &str) -> Suggestion {
    let suggestion = Suggester::embedded().read(text);
    let ranges = suggestion.items.iter().flat_map(|i| &i.because).chain(&suggestion.because);
    for range in ranges {
        assert!(text.get(range.clone()).is_some_and(|words| !words.is_empty()), "{range:?} in {text:?}");
    }
    for item in &suggestion.items {
        assert!((0.0..=1.0).contains(&item.confidence), "{} {}", item.code, item.confidence);
    }
    assert_eq!(Suggester::embedded().read(text), suggestion);
    suggestion
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        sound(&text);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        sound(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words_of_the_trade(words in proptest::collection::vec(prop::sample::select(&[
        "没", "不是", "小李", "王队", "队员", "自己", "一个人", "检查", "罚单", "送", "，", "。", "把", "让", "电话",
        "台账", "没来", "取消", "a", "1", "🚗", "《", "扣", "就", "报", "笔录",
    ][..]), 0..30)) {
        sound(&words.concat());
    }

    #[test]
    fn a_damaged_model_is_refused_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut model = b"AXS1".to_vec();
        model.extend(&bytes);
        prop_assert!(Model::from_bytes(&bytes).is_err());
        let _ = Model::from_bytes(&model);
    }

    #[test]
    fn any_lexicon_text_is_read_or_refused(text in "[a-z\\[\\]=\"|+>!@ \n一二]{0,120}") {
        let _ = Lexicon::from_toml(&[("words.toml", &text)], ("acts.toml", &text));
    }
}

#[test]
fn a_very_long_description_is_read() {
    sound(&"队员没来，小李自己把店里的秤收走，没报中队。".repeat(200));
}
