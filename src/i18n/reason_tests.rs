use auxlog_law::Lang;

use super::*;

fn told(error: &(dyn Error + 'static), language: usize) -> String {
    crate::terms([Lang::Zh, Lang::En][language]).reason(error)
}

fn damage(kind: DamageKind, lost: std::ops::Range<u64>) -> Damage {
    Damage { file: "00000001.seg".into(), offset: 13823, lost, kind }
}

/// Words of three letters and more that are neither a command, a file nor a code.
fn english(text: &str) -> Vec<&str> {
    const KNOWN: [&str; 12] =
        ["auxlog", "init", "verify", "sync", "restore", "cache", "seg", "Base", "UTF", "MiB", "cbor", "https"];
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    words.filter(|word| word.len() > 2 && !KNOWN.contains(word)).collect()
}

#[test]
fn damage_says_file_byte_kind_and_entries() {
    let one = damage(DamageKind::Frame, 3..4);
    assert_eq!(told(&one, 0), "00000001.seg 第 13823 字节处：一条内容被改动（日志第 3 条）");
    assert_eq!(told(&one, 1), "00000001.seg at byte 13823: an entry was altered (entry 3 of the journal)");
    let several = damage(DamageKind::CutShort, 3..7);
    assert_eq!(told(&several, 0), "00000001.seg 第 13823 字节处：末尾已回执的内容不见了（日志第 3 至 6 条）");
    let none = damage(DamageKind::Slot, 0..0);
    assert_eq!(told(&none, 0), "00000001.seg 第 13823 字节处：文件头中的位置记号被改动");
}

#[test]
fn each_reason_has_its_own_words_in_both_languages_and_no_english_in_chinese() {
    let full = || io::Error::from(io::ErrorKind::StorageFull);
    let body = EventError { kind: 3, schema: 1, reason: "unexpected end of input".into() };
    let unsaved = JournalError::NotSaved { file: "00000001.seg".into(), source: full() };
    let boxed =
        |error: &'static str| -> Box<dyn Error> { Box::new(EvidenceError::Form(NoBundle::Base64(error.into()))) };
    let errors: Vec<Box<dyn Error>> = vec![
        Box::new(damage(DamageKind::Entry("it ends early".into()), 1..2)),
        Box::new(damage(DamageKind::Replaced, 1..2)),
        Box::new(damage(DamageKind::SegmentMissing, 1..2)),
        Box::new(damage(DamageKind::Header, 1..2)),
        Box::new(damage(DamageKind::Padding, 0..0)),
        Box::new(Flaw::Missing),
        Box::new(Flaw::Late),
        Box::new(Flaw::Twice),
        Box::new(Flaw::Lists),
        Box::new(Flaw::OlderCopy),
        Box::new(Flaw::NoContent),
        Box::new(Flaw::CutOff { received: 12, newest: 9 }),
        Box::new(Flaw::Event(body.clone())),
        Box::new(Flaw::Content(Box::new(LedgerError::Unreadable {
            place: Spot::Journal,
            source: Box::new(BlobError::Damaged("7f".into())),
        }))),
        Box::new(LedgerError::NotSaved { source: Box::new(unsaved) }),
        Box::new(JournalError::OtherKey),
        Box::new(JournalError::NotWhole),
        Box::new(KeyError::Damaged { path: "1".into(), reason: "not sealed".into() }),
        Box::new(NotSealed),
        Box::new(EnvelopeError::Layout("too short")),
        Box::new(CryptoError::Signature),
        boxed("invalid symbol at 109"),
        Box::new(NoBundle::Absent),
        Box::new(NoBundle::Content("end of input".into())),
        Box::new(VouchedError::Form("end of input".into())),
        Box::new(SyncError::Network(LineFault::Refused)),
        Box::new(LineFault::Name),
        Box::new(io::Error::from(io::ErrorKind::NotFound)),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for error in &errors {
        let (zh, en) = (told(&**error, 0), told(&**error, 1));
        assert_eq!(english(&zh), Vec::<&str>::new(), "{zh}");
        assert!(en.is_ascii(), "{en}");
        assert!(seen.insert(zh.clone()), "{zh} is said of two things");
    }
}

#[test]
fn what_is_behind_a_wrapped_error_is_told() {
    let inner = JournalError::NotSaved { file: "a.seg".into(), source: io::Error::from(io::ErrorKind::StorageFull) };
    let shared = Arc::new(LedgerError::NotSaved { source: Box::new(inner) });
    assert_eq!(told(&shared, 0), "a.seg 未能保存：磁盘已满");
    let wrapped = io::Error::other(NotSealed);
    assert_eq!(told(&wrapped, 1), "it was not sealed with this key for this place, or it was altered");
}

#[test]
fn what_is_not_known_is_quoted_and_said_to_be() {
    assert_eq!(told(&std::fmt::Error, 0), format!("程序原话：{}", std::fmt::Error));
}

#[test]
fn every_place_has_a_name() {
    for (place, said) in [
        (Spot::Entry(3), "日志第 3 条"),
        (Spot::Cache, "缓存"),
        (Spot::Byte { file: "1.seg".into(), offset: 7 }, "1.seg 第 7 字节处"),
        (Spot::Attachment("照片.jpg".into()), "附件 照片.jpg"),
    ] {
        assert_eq!(crate::terms(Lang::Zh).spot(&place), said);
    }
}
