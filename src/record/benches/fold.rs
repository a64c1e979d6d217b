//! What it costs to fold a task's history: goal 10,000 notes on one task within a second.

use std::hint::black_box;
use std::time::Duration;

use auxlog_law::{Severity, Verdict};
use auxlog_record::fold::{Fold, Memory};
use auxlog_record::{
    Decision, Event, Hash, Judged, LogicalClock, Reading, Record, ReviewStep, Signer as _, SigningKey, Task,
    TaskLogged, Tip, WriterOpened,
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// A chain that opens, logs a task, and notes something about it `notes` times.
fn chain(notes: u64) -> Vec<(Record, Event)> {
    let key = SigningKey::from_seed(&[1; 32]);
    let mut tip = Tip::default();
    let mut seal = |event: Event| {
        let reading = Reading { wall_ms: 1_760_000_000_000, mono_ms: tip.seq * 1000, boot_id: [1; 8] };
        let stamp = LogicalClock::after(tip.hlc).stamp(reading);
        let record = Record::seal(&key, &"A01".into(), tip, stamp, &event).expect("sealed");
        tip = record.tip();
        (record, event)
    };
    let opened = seal(Event::WriterOpened(WriterOpened {
        officer: "O1".into(),
        officer_name: "李强".into(),
        agency: "A01".into(),
        agency_name: "城市管理局".into(),
        certificate: None,
        public_key: SigningKey::from_seed(&[1; 32]).public_key().to_bytes(),
    }));
    let verdict = Verdict {
        verdict: Severity::Permitted,
        basis: Vec::new(),
        findings: Vec::new(),
        rulebook: "haian-2022-7".into(),
        digest: "sha256:00".into(),
    };
    let judged = Judged { verdict, roster_version: 0, people: Vec::new(), given: None };
    let task = Task { id: "t-1".into(), ..Task::default() };
    let logged = seal(Event::TaskLogged(TaskLogged { task, judged, plan: None }));
    let (target, mut seen): (_, Vec<Hash>) = (logged.0.id(), vec![logged.0.hash()]);
    let mut all = vec![opened, logged];
    for n in 0..notes {
        let (based_on, reason) = (std::mem::take(&mut seen), format!("第 {n} 条"));
        let step = ReviewStep { target, based_on, decision: Decision::Note, reason, measure: None, against: None };
        let note = seal(Event::ReviewStep(step));
        seen.push(note.0.hash());
        all.push(note);
    }
    all
}

fn notes(c: &mut Criterion) {
    let mut group = c.benchmark_group("fold notes on one task");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for count in [1_000, 10_000] {
        let records = chain(count);
        group.bench_function(count.to_string(), |bench| {
            bench.iter_batched(
                Memory::default,
                |mut views| {
                    let mut fold = Fold::of(&mut views);
                    for (record, event) in &records {
                        let Ok(()) = fold.take(record, event.clone(), None);
                    }
                    let Ok(()) = fold.finish();
                    black_box(views)
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, notes);
criterion_main!(benches);
