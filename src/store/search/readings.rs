//! How names are read: every reading of each character, and those that only surnames have.

use ib_pinyin::pinyin::{PinyinData, PinyinNotation};

/// Readings that characters have as surnames; the dictionary has some of them, not all.
const SURNAMES: &[(char, &[&str])] = &[
    ('单', &["shan"]),
    ('仇', &["qiu"]),
    ('区', &["ou"]),
    ('解', &["xie"]),
    ('曾', &["zeng"]),
    ('查', &["zha"]),
    ('任', &["ren"]),
    ('盖', &["ge", "gai"]),
    ('朴', &["piao"]),
    ('翟', &["zhai"]),
    ('乐', &["yue", "le"]),
    ('冼', &["xian"]),
    ('缪', &["miao"]),
    ('尹', &["yin"]),
    ('员', &["yun"]),
    ('折', &["she"]),
    ('种', &["chong"]),
    ('秘', &["bi"]),
    ('繁', &["po"]),
    ('黑', &["he"]),
    ('重', &["chong"]),
    ('召', &["shao"]),
    ('句', &["gou"]),
    ('能', &["nai"]),
    ('洗', &["xian"]),
    ('燕', &["yan"]),
    ('华', &["hua"]),
    ('纪', &["ji"]),
    ('过', &["guo"]),
    ('占', &["zhan"]),
    ('车', &["che"]),
    ('曲', &["qu"]),
    ('那', &["na"]),
    ('宁', &["ning"]),
    ('訾', &["zi"]),
    ('逄', &["pang"]),
    ('郗', &["xi", "chi"]),
    ('郇', &["xun", "huan"]),
    ('隗', &["wei", "kui"]),
    ('谌', &["chen", "shen"]),
    ('覃', &["qin", "tan"]),
    ('晁', &["chao"]),
    ('逯', &["lu"]),
    ('仉', &["zhang"]),
    ('牟', &["mu", "mou"]),
    ('祭', &["zhai"]),
    ('洪', &["hong"]),
    ('应', &["ying"]),
    ('哈', &["ha"]),
    ('俞', &["yu"]),
    ('阚', &["kan"]),
    ('郝', &["hao"]),
    ('钭', &["tou"]),
    ('厍', &["she"]),
    ('乜', &["nie"]),
    ('亓', &["qi"]),
    ('贠', &["yun"]),
];

/// Surnames of two characters whose reading their characters alone do not give.
const COMPOUND_SURNAMES: &[(&str, [&str; 2])] = &[
    ("尉迟", ["yu", "chi"]),
    ("万俟", ["mo", "qi"]),
    ("长孙", ["zhang", "sun"]),
    ("单于", ["chan", "yu"]),
    ("澹台", ["tan", "tai"]),
    ("令狐", ["ling", "hu"]),
    ("宰父", ["zai", "fu"]),
    ("濮阳", ["pu", "yang"]),
    ("亓官", ["qi", "guan"]),
    ("夏侯", ["xia", "hou"]),
];

/// Reads names.
pub(super) struct Readings {
    dictionary: PinyinData,
}

impl Readings {
    pub(super) fn new() -> Self {
        Self { dictionary: PinyinData::new(PinyinNotation::Ascii) }
    }

    /// The readings of each character of a name, without tones; `given` is a reading that the
    /// roster names: of the whole name, syllables apart, or of the surname alone.
    pub(super) fn of_name(&self, name: &str, given: Option<&str>) -> Vec<Vec<String>> {
        let characters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut readings: Vec<Vec<String>> = Vec::with_capacity(characters.len());
        for (position, character) in characters.iter().enumerate() {
            let mut of_character = Vec::new();
            if position == 0
                && let Some((_, surname)) = SURNAMES.iter().find(|(known, _)| known == character)
            {
                surname.iter().for_each(|reading| add(&mut of_character, reading));
            }
            self.dictionary.get_pinyins_and_for_each(*character, |pinyin| {
                if let Some(reading) = pinyin.notation(PinyinNotation::Ascii) {
                    add(&mut of_character, reading);
                }
            });
            if of_character.is_empty() {
                of_character.push(character.to_lowercase().collect());
            }
            readings.push(of_character);
        }
        let compound = COMPOUND_SURNAMES.iter().find(|(surname, _)| name.starts_with(surname));
        for (of_character, reading) in readings.iter_mut().zip(compound.iter().flat_map(|(_, reading)| reading)) {
            add(of_character, reading);
        }
        let given = given.map(str::to_lowercase).unwrap_or_default();
        let syllables = given.split(|c: char| !c.is_ascii_alphabetic()).filter(|syllable| !syllable.is_empty());
        for (of_character, syllable) in readings.iter_mut().zip(syllables) {
            of_character.retain(|known| known != syllable);
            of_character.insert(0, syllable.to_owned());
        }
        readings
    }
}

/// Adds a reading once; `lv` and `nv` also as people who have no ü type them.
fn add(readings: &mut Vec<String>, reading: &str) {
    let plain: String =
        reading.chars().map(|c| if c == 'ü' { 'v' } else { c }).filter(char::is_ascii_lowercase).collect();
    let unmarked = plain.replace('v', "u");
    for form in [plain, unmarked] {
        if !form.is_empty() && !readings.contains(&form) {
            readings.push(form);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_have_their_own_readings_and_keep_the_others() {
        let readings = Readings::new();
        for (name, reading) in [
            ("单雄信", "shan"),
            ("仇英", "qiu"),
            ("曾国藩", "zeng"),
            ("解缙", "xie"),
            ("查良镛", "zha"),
            ("区志坚", "ou"),
            ("任正非", "ren"),
            ("盖叫天", "ge"),
            ("朴树", "piao"),
            ("翟志刚", "zhai"),
            ("乐嘉", "yue"),
            ("缪昌文", "miao"),
        ] {
            assert!(readings.of_name(name, None)[0].iter().any(|r| r == reading), "{name}: {reading}");
        }
        assert!(readings.of_name("单雄信", None)[0].iter().any(|r| r == "dan"));
        assert_eq!(readings.of_name("尉迟恭", None)[0].last().map(String::as_str), Some("yu"));
        assert!(readings.of_name("吕布", None)[0].contains(&"lv".to_owned()));
        assert!(readings.of_name("吕布", None)[0].contains(&"lu".to_owned()));
    }

    #[test]
    fn the_roster_may_name_a_reading() {
        let readings = Readings::new();
        assert_eq!(readings.of_name("不准", Some("fou biao"))[0][0], "fou");
        assert_eq!(readings.of_name("冼星海", Some("xian"))[0][0], "xian");
        assert_eq!(readings.of_name("不准", Some("fou biao"))[1][0], "biao");
    }
}
