//! Judging allocates nothing on the permitted path; measured, in a test program of its own.

use auxlog_law::{Facts, Mode, Officers, Person, Presence, Rulebook, Severity};

#[test]
fn a_permitted_task_is_judged_without_allocating() {
    let book = Rulebook::embedded();
    let facts = Facts {
        activities: ["16.2:inspection", "15.1:publicity"].iter().filter_map(|code| book.activity(code)).collect(),
        mode: Mode::Assisted,
        presence: Presence::OnScene,
        officers: Officers::Stated { valid: 2, total: 2 },
        people: vec![Person::default(); 3],
        ..Facts::default()
    };
    // The first to judge compiles the tables.
    assert_eq!(book.assess(&facts).severity(), Severity::Permitted);
    let mut cited = 0;
    let allocated = allocation_counter::measure(|| {
        let judgement = book.assess(&facts);
        assert_eq!(judgement.severity(), Severity::Permitted);
        cited = judgement.permits().map(|permit| permit.cites().len()).sum();
    });
    assert_eq!(cited, 4, "16.2, 6; 15.1, 6: read within the measure");
    assert_eq!(allocated.count_total, 0);
}
