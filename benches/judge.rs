//! Judging, beside `cedar-policy` on the same rules and the same tasks, cited findings included;
//! suggesting from descriptions; judging a million tasks again.
//!
//! `cargo bench -p auxlog-benches --bench judge`

use std::hint::black_box;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use auxlog_benches as tasks;
use auxlog_law::suggest::Suggester;
use auxlog_law::{Facts, Layer, Rulebook, Verdict, VerdictChange, prove};
use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicySet, Request, RestrictedExpression};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// What a caller reads of a judgement: its severity, and of each finding its row and its cites.
fn read(judgement: &auxlog_law::Judgement<'_>) -> usize {
    judgement.findings().fold(judgement.severity() as usize, |sum, finding| {
        sum + finding.rule().len() + finding.cites().iter().map(String::len).sum::<usize>()
    })
}

fn judge(c: &mut Criterion) {
    let book = Rulebook::embedded();
    for (name, tasks) in [("permitted", tasks::permitted(4_096)), ("mixed", tasks::mixed(4_096))] {
        let mut group = c.benchmark_group(format!("judge/{name}"));
        group.throughput(Throughput::Elements(tasks.len() as u64));
        group.bench_function("engine, borrowed", |b| {
            b.iter(|| tasks.iter().map(|facts| read(&book.assess(black_box(facts)))).sum::<usize>());
        });
        group.bench_function("engine, owned verdict", |b| {
            b.iter(|| tasks.iter().map(|facts| book.judge(black_box(facts)).findings.len()).sum::<usize>());
        });
        group.finish();
        let mut group = c.benchmark_group(format!("judge/{name}"));
        let few = &tasks[..64];
        group.throughput(Throughput::Elements(few.len() as u64)).sample_size(10);
        let cedar = Cedar::new();
        group.bench_function("cedar-policy", |b| {
            b.iter(|| few.iter().map(|facts| cedar.judge(black_box(facts))).sum::<usize>());
        });
        group.finish();
    }
}

/// Tasks a second, of the best of five rounds: what else the machine does is not counted.
fn rate(tasks: usize, mut round: impl FnMut() -> usize) -> f64 {
    let once = |_| {
        let start = Instant::now();
        black_box(round());
        start.elapsed()
    };
    let best = (0..5).map(once).min().unwrap_or(Duration::MAX);
    f64::from(u32::try_from(tasks).unwrap_or(u32::MAX)) / best.as_secs_f64()
}

/// The engine and Cedar one after the other on the same tasks, and how many times faster it is.
fn side_by_side(_: &mut Criterion) {
    let (book, cedar) = (Rulebook::embedded(), Cedar::new());
    for (name, tasks) in [("permitted", tasks::permitted(4_096)), ("mixed", tasks::mixed(4_096))] {
        let few = &tasks[..512];
        let engine = rate(tasks.len() * 64, || {
            (0..64).map(|_| tasks.iter().map(|facts| read(&book.assess(black_box(facts)))).sum::<usize>()).sum()
        });
        let other = rate(few.len(), || few.iter().map(|facts| cedar.judge(black_box(facts))).sum());
        println!(
            "side by side/{name}: engine {engine:.0} tasks/s, cedar-policy {other:.0} tasks/s, {:.0} times",
            engine / other
        );
    }
}

/// Reading descriptions of 35 to 45 characters: each timed by itself, since an officer feels the
/// slowest and not the mean.
///
/// Two figures: over every reading, interrupts and neighbours on the machine included, and over the
/// descriptions, of each the best of its ten readings, which is what the reading itself takes.
fn suggest(_: &mut Criterion) {
    let labelled = include_str!("../src/law/training/notices.jsonl").lines().chain(
        [include_str!("../src/law/training/invented-2.jsonl"), include_str!("../src/law/training/held-out.jsonl")]
            .into_iter()
            .flat_map(str::lines),
    );
    let texts: Vec<&str> = labelled.filter_map(|line| line.split("\"text\": \"").nth(1)?.split('"').next()).collect();
    // Most descriptions are shorter: two of them one after the other make up the length.
    let long: Vec<String> = texts
        .iter()
        .flat_map(|one| texts.iter().step_by(17).map(move |other| format!("{one}，{other}")))
        .filter(|text| (35..=45).contains(&text.chars().count()))
        .take(2_000)
        .collect();
    let suggester = Suggester::embedded();
    let once = |text: &String| {
        let start = Instant::now();
        black_box(suggester.read(black_box(text)));
        start.elapsed()
    };
    // One description after the other, ten times over: no reading finds what it needs still at hand
    // from the same description just before.
    let rounds: Vec<Vec<Duration>> = (0..10).map(|_| long.iter().map(once).collect()).collect();
    let best = (0..long.len()).map(|n| rounds.iter().map(|round| round[n]).min().unwrap_or_default()).collect();
    for (name, mut times) in [("every reading", rounds.concat()), ("best of ten of each", best)] {
        times.sort_unstable();
        let at = |percent: usize| times[times.len() * percent / 100];
        println!("suggest/about 40 characters, {name}: {}, median {:?}, p99 {:?}", times.len(), at(50), at(99));
    }
}

/// A million tasks judged again, each new verdict compared with the stored one: judging, the owned
/// verdict and the comparison, not reading from disk.
fn again(_: &mut Criterion) {
    let (book, tasks) = (Rulebook::embedded(), tasks::mixed(4_096));
    let stored: Vec<Verdict> = tasks.iter().map(|facts| book.judge(facts)).collect();
    let start = Instant::now();
    let changed = tasks
        .iter()
        .zip(&stored)
        .cycle()
        .take(1_000_000)
        .filter(|(facts, old)| VerdictChange::between(old, &book.judge(black_box(facts))).is_some())
        .count();
    println!("rejudge/1,000,000 tasks: {:.2?}, {changed} changed", start.elapsed());
}

fn whole_rulebook(c: &mut Criterion) {
    let mut group = c.benchmark_group("rulebook");
    group.sample_size(10);
    group.bench_function("load and lint", |b| b.iter(|| Rulebook::from_layers(&Layer::embedded()).is_ok()));
    group.bench_function("prove", |b| b.iter(|| prove(&Layer::embedded()).map(|proof| proof.combinations)));
    group.finish();
}

/// The same reading run by Cedar: one request an activity, an auxiliary, and the task.
struct Cedar {
    activity: PolicySet,
    person: PolicySet,
    task: PolicySet,
    authorizer: Authorizer,
    nobody: Entities,
    uid: EntityUid,
    actions: [EntityUid; 3],
}

impl Cedar {
    fn new() -> Self {
        let set = |text: &str| PolicySet::from_str(text).expect("the policies parse");
        let uid = |text: &str| EntityUid::from_str(text).expect("a uid");
        Self {
            activity: set(include_str!("../tests/oracle/activity.cedar")),
            person: set(include_str!("../tests/oracle/person.cedar")),
            task: set(include_str!("../tests/oracle/task.cedar")),
            authorizer: Authorizer::new(),
            nobody: Entities::empty(),
            uid: uid("Task::\"t\""),
            actions: ["activity", "person", "task"].map(|name| uid(&format!("Action::\"{name}\""))),
        }
    }

    fn judge(&self, facts: &Facts) -> usize {
        let book = Rulebook::embedded();
        let activities = facts.activities.iter().map(|id| {
            let activity = &book.activities()[usize::from(id.0)];
            self.ask(&self.activity, 0, tasks::activity_facts(&activity.code, &activity.item, facts))
        });
        let people = facts.people.iter().map(|person| self.ask(&self.person, 1, tasks::person_facts(person)));
        activities.chain(people).sum::<usize>() + self.ask(&self.task, 2, tasks::task_facts(facts))
    }

    /// The length of all cites of the policies that hold.
    fn ask(&self, set: &PolicySet, action: usize, facts: Vec<(String, RestrictedExpression)>) -> usize {
        let context = Context::from_pairs(facts).expect("a context");
        let action = self.actions[action].clone();
        let request = Request::new(self.uid.clone(), action, self.uid.clone(), context, None).expect("a request");
        let response = self.authorizer.is_authorized(&request, set, &self.nobody);
        let cites = |id| set.annotation(id, "cites").map_or(0, str::len);
        response.diagnostics().reason().map(cites).sum()
    }
}

criterion_group!(benches, side_by_side, suggest, again, judge, whole_rulebook);
criterion_main!(benches);
