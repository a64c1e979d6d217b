//! A year of the agency's life in the registers of chapters two and four, as people would type it.

use auxlog_record::{AgencyId, AuxiliaryId, Date};
use auxlog_registers::{EntryError, Field, NewEntry, Writing, named};
use chrono::TimeDelta;

use crate::context::Context;
use crate::exit::Failure;
use crate::registers::Entered;

/// A step: its name, what it says, and why.
type Taken = (&'static str, &'static [&'static str], &'static str);

/// An entry: its register, its fields, its steps. `{P0}` is a person, `{O}` an officer, `{A}` the agency,
/// `{-30}` the day thirty days ago, `{+30}` in thirty days.
type Entry = (&'static str, &'static [&'static str], &'static [Taken]);

const YEAR: &[Entry] = &[
    ("design", &["kind=工作证件", "basis=机关", "difference=蓝底，印有“辅助”字样", "approved=海城管〔2025〕20号"], &[]),
    ("interval", &["months=12", "from={-700}", "basis=海城管〔2024〕3号"], &[]),
    (
        "certificate",
        &[
            "person={P4}",
            "no=HAZ-2026-001",
            "agency={A}",
            "from={-10}",
            "until={+700}",
            "issuer=海安市城市管理局",
            "design=工作证件",
        ],
        &[],
    ),
    (
        "certificate",
        &[
            "person={P5}",
            "no=HAZ-2026-002",
            "agency={A}",
            "from={-9}",
            "until={+20}",
            "issuer=海安市城市管理局",
            "design=工作证件",
        ],
        &[],
    ),
    (
        "inspection",
        &[
            "person={P4}",
            "certificate=HAZ-2026-001",
            "year=2026",
            "on={-2}",
            "conclusion=合格",
            "basis=年度审验",
            "by={O}",
        ],
        &[],
    ),
    ("authority", &["agency={A}", "kind=行政执法机关", "basis=机构编制方案", "from={-900}"], &[]),
    (
        "limit",
        &["agency={A}", "field=城市管理", "approved=60", "establishment=80", "document=海编〔2025〕8号", "from={-330}"],
        &[],
    ),
    (
        "allocation",
        &[
            "limit=海编〔2025〕8号",
            "unit=城东镇",
            "count=12",
            "by=市综合行政执法局",
            "document=海综执〔2025〕3号",
            "on={-300}",
        ],
        &[],
    ),
    (
        "plan",
        &[
            "year=2026",
            "post=夜间巡查",
            "count=2",
            "mode=劳务派遣",
            "reason=夜间投诉较多",
            "duties=15.2、16.3",
            "field=城市管理",
            "town=否",
            "applicant=市综合行政执法局",
        ],
        &[
            ("submit", &[], ""),
            ("consent_labour", &["document=海人社〔2026〕2号", "on={-250}"], ""),
            ("consent_posts", &["document=海编〔2026〕1号", "on={-240}"], ""),
        ],
    ),
    (
        "eligibility",
        &[
            "name=应聘人一号",
            "born=1998-04-12",
            "plan=夜间巡查",
            "person={P0}",
            "hired={-200}",
            "c1_check.result=符合",
            "c1_check.proof=单位政审",
            "c2_check.result=符合",
            "c3_check.result=符合",
            "c4_check.result=符合",
            "c4_check.proof=体检表",
            "c5_check.result=符合",
            "c6_check.result=符合",
            "b1_check.result=无",
            "b2_check.result=无",
            "b2_check.proof=无犯罪记录证明",
            "b3_check.result=无",
            "b4_check.result=无",
            "b5_check.result=无",
            "b6_check.result=无",
            "b7_check.result=无",
            "b8_check.result=无",
        ],
        &[("pass", &[], "")],
    ),
    (
        "recruitment",
        &[
            "plan=夜间巡查",
            "on={-235}",
            "written=60",
            "interview=40",
            "shown_from={-215}",
            "shown_until={-208}",
            "hired={P0}",
        ],
        &[("screen", &[], ""), ("examine", &[], ""), ("check", &[], ""), ("show", &[], ""), ("hire", &[], "")],
    ),
    (
        "filing",
        &["batch=2026年上半年", "as_of={-150}", "persons={P0}、{P1}、{P2}、{P3}", "joined={P0}"],
        &[
            ("prepare", &[], ""),
            ("send", &["on={-148}"], ""),
            ("receipt_justice", &["receipt=海司备〔2026〕5号", "on={-140}"], ""),
        ],
    ),
    (
        "budget",
        &["agency={A}", "year=2026", "head=工资福利", "persons=40", "amount=2100000", "booked=人员经费"],
        &[("approve", &["document=海财〔2026〕1号", "on={-320}"], "")],
    ),
    (
        "budget",
        &["agency={A}", "year=2026", "head=社会保险", "persons=40", "amount=610000", "booked=政府购买服务"],
        &[],
    ),
    (
        "pay",
        &["item=夜班补助", "formula=每班 30 元", "document=海人社〔2026〕9号", "from={-300}"],
        &[("agree_labour", &["document=海人社〔2026〕9号", "on={-305}"], "")],
    ),
    (
        "injury",
        &["person={P1}", "on={-45}", "place=江海路", "cause=劝导时被电动车碰伤"],
        &[("tell", &["on={-44}"], "")],
    ),
    (
        "suggestion",
        &["content=雨天巡查建议配发反光雨衣。", "anonymous=否", "person={P2}", "on={-60}"],
        &[("answer", &["answer=已列入装备计划。", "on={-52}"], ""), ("adopt", &[], "")],
    ),
    ("policy", &["agency={A}", "kind=岗位责任", "document=海城管〔2025〕11号", "from={-400}"], &[]),
    ("policy", &["agency={A}", "kind=保密管理", "document=海城管〔2025〕12号", "from={-400}"], &[]),
    ("acknowledgement", &["person={P0}", "version=海城管〔2025〕12号", "on={-198}", "secrecy=是"], &[]),
    ("recusal", &["person={P3}", "matter=江海路某水果店", "raised_by=本人", "reason=店主是近亲属", "on={-20}"], &[]),
    ("kit", &["person={P0}", "name=夏季制服", "quantity=2", "issued={-198}"], &[]),
    (
        "kit",
        &["person={P0}", "name=执法记录仪", "no=JL-031", "quantity=1", "issued={-198}"],
        &[("return", &["on={-5}", "to={O}"], "")],
    ),
    ("leaving", &["person={P0}", "effective={-3}", "kind=本人提出", "noticed={-33}"], &[]),
    (
        "scheme",
        &[
            "name=2026年度考核方案",
            "period=年",
            "discipline.items=出勤",
            "discipline.weight=25",
            "work.items=巡查记录完整",
            "work.weight=35",
            "conduct.items=文明用语",
            "conduct.weight=20",
            "learning.items=培训学时",
            "learning.weight=20",
        ],
        &[("adopt", &[], "")],
    ),
    (
        "assessment",
        &[
            "person={P2}",
            "scheme=2026年度考核方案",
            "period=2026",
            "discipline=24",
            "work=33",
            "conduct=19",
            "learning=18",
            "level=合格",
            "by={O}",
        ],
        &[],
    ),
    (
        "commendation",
        &[
            "person={P2}",
            "award=年度嘉奖",
            "kind=嘉奖",
            "deeds=汛期连续值守，及时报告险情。",
            "on={-30}",
            "document=海城管〔2026〕40号",
        ],
        &[("show", &[], ""), ("grant", &[], "")],
    ),
    (
        "discipline",
        &[
            "person={P3}",
            "registered={-25}",
            "source=投诉",
            "origin=T-2026-2",
            "items=17.2",
            "facts=单独对商户实施检查。",
        ],
        &[],
    ),
    (
        "bulletin",
        &[
            "no=2026-1",
            "title=关于一起单独检查的通报",
            "cause=辅助人员单独实施检查",
            "items=17.2",
            "agency={A}",
            "on={-15}",
        ],
        &[],
    ),
    (
        "complaint",
        &[
            "no=T-2026-1",
            "on={-90}",
            "channel=窗口",
            "kind=信访",
            "cause=行为粗暴",
            "content=劝离摊点时态度生硬。",
            "secret=是",
        ],
        &[
            ("accept", &["told={-88}"], ""),
            ("assign", &["handler={O}"], ""),
            ("answer", &["upheld=部分属实", "on={-70}", "answer=已批评教育。"], ""),
            ("rate", &["rating=满意"], ""),
            ("close", &[], ""),
        ],
    ),
    (
        "complaint",
        &[
            "no=T-2026-2",
            "on={-27}",
            "channel=电话",
            "kind=信访",
            "cause=单独执法",
            "content=一名协管员独自进店检查。",
            "where=江海路",
        ],
        &[],
    ),
];

/// Enters the year as on `day`; `people` are those whom it happens to.
///
/// # Errors
/// What the registers refuse.
pub(super) fn enter(
    context: &Context,
    writing: &dyn Writing,
    agency: &AgencyId,
    people: &[AuxiliaryId],
    day: Date,
) -> Result<(), Failure> {
    let officer = writing.roster().officers.keys().next().map(|officer| officer.0.clone()).unwrap_or_default();
    let meant = |said: &str| {
        let mut said = said.replace("{A}", &agency.0).replace("{O}", &officer);
        for (n, person) in people.iter().enumerate() {
            said = said.replace(&format!("{{P{n}}}"), &person.0);
        }
        while let Some((before, rest)) = said.split_once('{') {
            let (days, after) = rest.split_once('}').unwrap_or((rest, ""));
            let on = day.0.checked_add_signed(TimeDelta::days(days.parse().unwrap_or(0))).unwrap_or(day.0);
            said = format!("{before}{on}{after}");
        }
        said
    };
    let read = |fields: &'static [Field], said: &[&str]| {
        let said = said.iter().map(|said| meant(said)).collect();
        Entered::of(said).read(context, fields, writing.reading()).map(|changes| changes.data)
    };
    let refuse = |error: EntryError| Failure::usage(context.words.terms().entry(&error));
    for (register, fields, steps) in YEAR {
        let none = || refuse(EntryError::NoEntry((*register).to_owned()));
        let register = named(register).ok_or_else(none)?;
        let entry = NewEntry { data: read(&register.fields, fields)?, ..NewEntry::default() };
        let id = writing.enter(register, vec![entry]).map_err(refuse)?.first().copied().ok_or_else(none)?;
        for (step, fields, reason) in *steps {
            let step = register.step(step).ok_or_else(none)?;
            let dossier = writing.dossier(id).map_err(refuse)?.ok_or_else(none)?;
            writing.step(&dossier, step, read(&step.fields, fields)?, reason).map_err(refuse)?;
        }
    }
    Ok(())
}
