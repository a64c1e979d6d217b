//! Judging, beside `cedar-policy` on the same rules and the same tasks, cited findings included.
//!
//! `cargo bench -p auxlog-benches`

use std::hint::black_box;
use std::str::FromStr as _;

use auxlog_benches as tasks;
use auxlog_law::{Facts, Layer, Rulebook, prove};
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

criterion_group!(benches, judge, whole_rulebook);
criterion_main!(benches);
