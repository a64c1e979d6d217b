//! What stands in the demonstration's registers: a company, an agreement that is about to run out, contracts, a
//! course that most passed. Nobody's tasks are judged otherwise for it.

use auxlog_law::{Outcome, Status};
use auxlog_record::{AgencyId, AuxiliaryId, Data, Date, Datum, RecordId};
use auxlog_registers::{EntryError, NewEntry, Writing, named, of_wall};
use chrono::{Days, NaiveTime};

/// How many people the agreement covers.
const COVERED: usize = 12;

/// Enters it, as on `day`, for people of `agency` who are in order; gives who they are.
///
/// # Errors
/// What the registers refuse.
pub(super) fn enter(writing: &dyn Writing, agency: &AgencyId, day: Date) -> Result<Vec<AuxiliaryId>, EntryError> {
    let roster = writing.roster();
    let in_order = roster.auxiliaries.values().filter(|person| {
        person.agency == *agency && person.status == Status::Active && person.training == Outcome::Passed
    });
    let people: Vec<AuxiliaryId> = in_order.map(|person| person.id.clone()).take(COVERED).collect();
    let before = |days: u64| day.0.checked_sub_days(Days::new(days)).unwrap_or(day.0).to_string();
    let after = |days: u64| day.0.checked_add_days(Days::new(days)).unwrap_or(day.0).to_string();
    let company = make(
        writing,
        "company",
        &[
            ("name", text("海安众诚劳务派遣有限公司")),
            ("uscc", text("913206210000000000")),
            ("licence", text("苏派320621001")),
            ("licence_until", text(&after(400))),
        ],
    )?;
    let sum = |fen: i64| Datum::Group(Data::from([(1, Datum::Number(fen)), (2, text("按月银行转账"))]));
    let agreement = make(
        writing,
        "agreement",
        &[
            ("no", text("海城派〔2024〕1号")),
            ("company", text(&company.to_string())),
            ("signed", text(&before(710))),
            ("from", text(&before(706))),
            ("until", text(&after(25))),
            ("posts", Datum::List(vec![text("市容巡查"), text("秩序维护")])),
            ("persons", Datum::List(people.iter().map(|person| text(&person.0)).collect())),
            ("terms", Datum::List(vec![text("两年")])),
            ("pay", sum(420_000)),
            ("insurance", sum(128_000)),
            ("fund", sum(50_400)),
            ("liability", text("一方违约的，按实际损失赔偿。")),
            ("clause", Datum::Flag(true)),
        ],
    )?;
    for person in &people {
        make(
            writing,
            "contract",
            &[
                ("person", text(&person.0)),
                ("company", text(&company.to_string())),
                ("from", text(&before(706))),
                ("until", text(&after(400))),
                ("clause", Datum::Flag(true)),
            ],
        )?;
    }
    for key in ["sign", "begin"] {
        let (dossier, step) = (writing.dossier(agreement)?, named("agreement").and_then(|register| register.step(key)));
        if let Some((dossier, step)) = dossier.zip(step) {
            writing.step(&dossier, step, Data::new(), "")?;
        }
    }
    let at = |days: u64, hour| {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        text(&of_wall(day.0.checked_sub_days(Days::new(days)).unwrap_or(day.0).and_time(time)))
    };
    let course = make(
        writing,
        "course",
        &[
            ("title", text("秋季岗位技能培训")),
            ("strand", text("skills")),
            ("from", at(40, 9)),
            ("until", at(38, 17)),
            ("hours", Datum::Number(20)),
        ],
    )?;
    let examiner = roster.officers.keys().next().map(|officer| officer.0.clone()).unwrap_or_default();
    for (n, person) in people.iter().enumerate() {
        make(
            writing,
            "result",
            &[
                ("person", text(&person.0)),
                ("course", text(&course.to_string())),
                ("attended", Datum::Flag(true)),
                ("passed", Datum::Flag(n % 5 != 4)),
                ("examiner", text(&examiner)),
            ],
        )?;
    }
    Ok(people)
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn make(writing: &dyn Writing, register: &str, fields: &[(&str, Datum)]) -> Result<RecordId, EntryError> {
    let none = || EntryError::NoEntry(register.to_owned());
    let register = named(register).ok_or_else(none)?;
    let said = |(key, datum): &(&str, Datum)| Some((register.field(key)?.n, datum.clone()));
    let data = fields.iter().filter_map(said).collect();
    let made = writing.enter(register, vec![NewEntry { data, ..NewEntry::default() }])?;
    made.first().copied().ok_or_else(none)
}
