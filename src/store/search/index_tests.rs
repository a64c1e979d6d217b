//! What people type, and who is found.

use proptest::prelude::*;

use super::*;

const PEOPLE: [(&str, &str, Option<&str>); 12] = [
    ("张伟", "X001", None),
    ("张卫东", "X002", None),
    ("单雄信", "X003", None),
    ("仇长春", "X004", None),
    ("曾乐天", "X005", None),
    ("解放", "X006", None),
    ("查文行", "X007", None),
    ("区志强", "X008", None),
    ("尉迟恭", "X009", None),
    ("王张伟", "X010", None),
    ("吕布", "X011", None),
    ("冼重阳", "X012", Some("xian chong yang")),
];

fn index() -> PeopleIndex {
    PeopleIndex::new(PEOPLE.iter().map(|(name, number, pinyin)| Person {
        name,
        pinyin: *pinyin,
        number,
        agency: "A01",
        agency_name: if *number < "X007" { "海安市城市管理局" } else { "海安市交通运输局" },
        unit: Some("城中中队"),
    }))
}

fn names(query: &str) -> Vec<&'static str> {
    index().search(query, 0).into_iter().map(|found| PEOPLE[found.index].0).collect()
}

#[test]
fn a_name_is_found_by_characters_initials_full_and_mixed_pinyin() {
    for query in [
        "张伟",
        "zhangwei",
        "zhang wei",
        "zw",
        "zhw",
        "zwei",
        "zhangw",
        "ＺＷ",
        "ZhangWei",
        "X001",
        "x001",
        "张wei",
        "张w",
    ] {
        assert_eq!(names(query).first(), Some(&"张伟"), "{query}");
    }
    assert!(names("zhang伟").contains(&"张伟"));
}

#[test]
fn names_and_numbers_are_found_however_they_are_written() {
    let index = PeopleIndex::new([("买买提·吐尔逊", "Ｘ－01"), ("張偉", "X02")].map(|(name, number)| Person {
        name,
        number,
        pinyin: None,
        agency: "A01",
        agency_name: "",
        unit: None,
    }));
    let found = |query| index.search(query, 0).first().map(|found| (found.index, found.rank));
    for query in
        ["买买提·吐尔逊", "买买提•吐尔逊", "买买提．吐尔逊", "买买提吐尔逊", "买买提 吐尔逊", "x-01", "Ｘ—０１"]
    {
        assert_eq!(found(query), Some((0, Match::Exact)), "{query}");
    }
    assert_eq!(found("吐尔逊").map(|(person, _)| person), Some(0));
    for query in ["张伟", "張\u{200b}偉", "zw"] {
        assert_eq!(found(query), Some((1, Match::Exact)), "{query}");
    }
}

#[test]
fn every_reading_of_a_surname_finds_it() {
    for (query, name) in [
        ("shan", "单雄信"),
        ("dan", "单雄信"),
        ("sxx", "单雄信"),
        ("qiu", "仇长春"),
        ("chou", "仇长春"),
        ("qcc", "仇长春"),
        ("qzc", "仇长春"),
        ("zeng", "曾乐天"),
        ("cengl", "曾乐天"),
        ("zyt", "曾乐天"),
        ("xiefang", "解放"),
        ("jief", "解放"),
        ("zhawx", "查文行"),
        ("zhawh", "查文行"),
        ("ouz", "区志强"),
        ("qzq", "区志强"),
        ("yuchigong", "尉迟恭"),
        ("ycg", "尉迟恭"),
        ("lvbu", "吕布"),
        ("lubu", "吕布"),
        ("xianc", "冼重阳"),
    ] {
        assert!(names(query).contains(&name), "{query} should find {name}");
    }
}

#[test]
fn the_better_match_comes_first() {
    assert_eq!(names("zw"), ["张伟", "张卫东", "查文行", "王张伟"]);
    let ranks: Vec<_> = index().search("zw", 0).iter().map(|found| found.rank).collect();
    assert_eq!(ranks, [Match::Exact, Match::Initials, Match::Initials, Match::Infix]);
    assert_eq!(names("伟"), ["张伟", "王张伟"]);
}

#[test]
fn agencies_and_units_find_their_people_and_narrow_names() {
    assert_eq!(names("交通").len(), 6);
    assert_eq!(names("城中中队").len(), PEOPLE.len());
    assert_eq!(names("交通 查"), ["查文行"]);
    assert_eq!(names("hasjtysj wzw"), ["王张伟"]);
}

#[test]
fn nothing_typed_is_everyone_and_nonsense_is_nobody() {
    assert_eq!(names("").len(), PEOPLE.len());
    assert_eq!(index().search(" ", 5).len(), 5);
    assert_eq!(names("qqqq"), [""; 0]);
    assert_eq!(names("z\u{1}w\u{0}"), names("zw"));
}

#[test]
fn the_matched_part_can_be_shown() {
    assert_eq!(index().matched(["王张伟", "张伟"], "zw"), [Some((3, 9)), Some((0, 6))]);
    assert_eq!(index().matched(["王张伟"], "X010"), [None]);
    assert_eq!(index().matched(["王张伟"], ""), [None]);
}

proptest! {
    #[test]
    fn whatever_is_typed_a_limit_only_cuts(query in "[a-z张伟单0-9 ]{0,6}", limit in 1_usize..6) {
        let all = index().search(&query, 0);
        let some = index().search(&query, limit);
        prop_assert!(some.len() <= limit);
        prop_assert_eq!(&all[..some.len()], &some[..]);
    }

    #[test]
    fn in_another_order_the_same_are_found(query in "[a-z张伟单0-9 ]{0,6}", shift in 0..PEOPLE.len()) {
        let places: Vec<usize> = (0..PEOPLE.len()).map(|index| (index * 5 + shift) % PEOPLE.len()).collect();
        let mut expected: Vec<(Match, usize)> =
            index().search(&query, 0).into_iter().map(|found| (found.rank, places[found.index])).collect();
        expected.sort_unstable();
        let expected: Vec<usize> = expected.into_iter().map(|(_, place)| place).collect();
        prop_assert_eq!(index().search_in(&query, &places), expected);
    }

    #[test]
    fn any_beginning_of_a_full_reading_finds_the_name(which in 0..PEOPLE.len(), cut in 2_usize..12) {
        let (name, _, pinyin) = PEOPLE[which];
        let full: String = Readings::new().of_name(name, pinyin).iter().map(|r| r[0].as_str()).collect();
        let typed = &full[..cut.min(full.len())];
        prop_assert!(names(typed).contains(&name), "{} should find {}", typed, name);
    }
}
