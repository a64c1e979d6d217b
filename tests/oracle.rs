//! An independent oracle: the reading of the regulation written a second time, in Cedar, and run
//! by `cedar-policy`. It must agree with the engine on every combination of the enumerated groups
//! and on random whole tasks (`AUXLOG_ORACLE_TASKS` of them; 100,000 unless set).

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use auxlog_law::{
    ActivityId, Arranged, Circumstance, Facts, Mode, Officers, Outcome, Person, Presence, Recusal, Rulebook, Severity,
    Status, SuggestedItem, Suggestion,
};
use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicyId, PolicySet, Request, RestrictedExpression};

/// What one policy says where it holds.
struct Said {
    rule: Option<String>,
    adds: Option<String>,
    severity: Severity,
    cites: Vec<String>,
    answers: Vec<String>,
}

/// A row that fired, as both sides give it: row, severity, activity, person, cites, who answers.
type Fired = (String, Severity, Option<String>, Option<u16>, BTreeSet<String>, BTreeSet<String>);

struct Oracle {
    policies: BTreeMap<&'static str, (PolicySet, BTreeMap<PolicyId, Said>)>,
    authorizer: Authorizer,
    nobody: Entities,
    uid: EntityUid,
}

impl Oracle {
    fn new() -> Self {
        let files = [
            ("activity", include_str!("oracle/activity.cedar")),
            ("person", include_str!("oracle/person.cedar")),
            ("task", include_str!("oracle/task.cedar")),
        ];
        let policies = files.map(|(name, text)| {
            let set = PolicySet::from_str(text).expect("the policies parse");
            let said = set.policies().map(|policy| (policy.id().clone(), Said::of(policy))).collect();
            (name, (set, said))
        });
        Self {
            policies: policies.into_iter().collect(),
            authorizer: Authorizer::new(),
            nobody: Entities::empty(),
            uid: EntityUid::from_str("Task::\"t\"").expect("a uid"),
        }
    }

    /// The policies of `file` that hold for `action` in this context.
    fn ask<const N: usize>(&self, file: &str, action: &str, context: [(&str, RestrictedExpression); N]) -> Vec<&Said> {
        let (set, said) = &self.policies[file];
        let context = Context::from_pairs(context.map(|(name, value)| (name.to_owned(), value))).expect("a context");
        let action = EntityUid::from_str(&format!("Action::\"{action}\"")).expect("a uid");
        let request = Request::new(self.uid.clone(), action, self.uid.clone(), context, None).expect("a request");
        let response = self.authorizer.is_authorized(&request, set, &self.nobody);
        assert_eq!(response.diagnostics().errors().count(), 0, "every fact a policy reads is given");
        response.diagnostics().reason().map(|id| &said[id]).collect()
    }

    fn of_activity(&self, code: &str, facts: &Facts) -> Vec<Fired> {
        let (stated, valid) = match facts.officers {
            Officers::Unstated => (false, 0),
            Officers::Stated { valid, .. } => (true, valid),
        };
        let holds = |circumstance| truth(facts.circumstances.contains(circumstance));
        let said = self.ask(
            "activity",
            "activity",
            [
                ("code", text(code)),
                ("item", text(item_of(code))),
                ("mode", text(mode(facts.mode))),
                ("presence", text(presence(facts.presence))),
                ("officers_stated", truth(stated)),
                ("valid", RestrictedExpression::new_long(valid.into())),
                ("substantive", holds(Circumstance::SubstantiveEffect)),
                ("no_substantive", holds(Circumstance::NoSubstantiveEffect)),
                ("enterprise", holds(Circumstance::AtEnterprise)),
                ("legal_basis", truth(facts.legal_basis)),
                ("arranged", text(arranged(facts.arranged))),
            ],
        );
        gather(&said, Some(code), None)
    }

    fn of_person(&self, person: &Person, at: Option<u16>) -> Vec<Fired> {
        let said = self.ask(
            "person",
            "person",
            [
                ("known", truth(person.known)),
                ("status", text(status(person.status))),
                ("certificate_valid", truth(person.certificate_valid)),
                ("training", text(outcome(person.training))),
                ("assessment", text(outcome(person.assessment))),
                ("other_agency", truth(person.other_agency)),
                ("recusal", text(recusal(person.recusal))),
                ("underage", truth(person.underage)),
                ("standing_unknown", truth(person.standing_unknown)),
                ("agreement_lapsed", truth(person.agreement_lapsed)),
            ],
        );
        gather(&said, None, at)
    }

    fn of_task(&self, facts: &Facts, items_stated: bool, suggested: &[SuggestedItem]) -> Vec<Fired> {
        let held =
            Circumstance::ALL.into_iter().zip(CIRCUMSTANCES).filter(|(held, _)| facts.circumstances.contains(*held));
        let count = |n: usize| RestrictedExpression::new_long(i64::try_from(n).expect("few"));
        let said = self.ask(
            "task",
            "task",
            [
                ("circumstances", RestrictedExpression::new_set(held.map(|(_, name)| text(name)))),
                ("named", count(facts.people.len())),
                ("qualified", count(facts.people.iter().filter(|person| person.qualified).count())),
                ("items_stated", truth(items_stated)),
                ("items_suggested", truth(!suggested.is_empty())),
            ],
        );
        let mut fired = gather(&said, None, None);
        if items_stated {
            let book = Rulebook::embedded();
            let items = || facts.activities.iter().map(|id| text(&book.activities()[usize::from(id.0)].item));
            for suggestion in suggested {
                let said = self.ask(
                    "task",
                    "suggested",
                    [
                        ("code", text(&suggestion.code)),
                        ("item", text(item_of(&suggestion.code))),
                        (
                            "confidence",
                            RestrictedExpression::new_long(if suggestion.confidence >= 0.8 { 80 } else { 79 }),
                        ),
                        ("stated_items", RestrictedExpression::new_set(items())),
                    ],
                );
                fired.extend(gather(&said, Some(&suggestion.code), None));
            }
        }
        fired
    }

    /// Every row that fires for a whole task in force, permitted ones included.
    fn judge(&self, facts: &Facts, suggested: &[SuggestedItem]) -> BTreeSet<Fired> {
        let book = Rulebook::embedded();
        let stated = !facts.activities.is_empty();
        let suggested_ids = || suggested.iter().filter_map(|item| book.activity(&item.code));
        let activities = if stated { facts.activities } else { suggested_ids().collect() };
        let mut fired = BTreeSet::new();
        for id in activities.iter() {
            fired.extend(self.of_activity(&book.activities()[usize::from(id.0)].code, facts));
        }
        for (at, person) in facts.people.iter().enumerate() {
            fired.extend(self.of_person(person, u16::try_from(at).ok()));
        }
        if facts.people.is_empty() {
            fired.extend(self.of_person(&Person { known: false, ..Person::default() }, None));
        }
        fired.extend(self.of_task(facts, stated, suggested));
        fired
    }
}

impl Said {
    fn of(policy: &cedar_policy::Policy) -> Self {
        let words =
            |key: &str| policy.annotation(key).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        Self {
            rule: policy.annotation("rule").map(str::to_owned),
            adds: policy.annotation("adds").map(str::to_owned),
            severity: match policy.annotation("severity") {
                Some("improper") => Severity::Improper,
                Some("needs_review") => Severity::NeedsReview,
                _ => Severity::Permitted,
            },
            cites: words("cites"),
            answers: words("answers"),
        }
    }
}

/// The rows among `said`, with what the others add to them.
fn gather(said: &[&Said], code: Option<&str>, person: Option<u16>) -> Vec<Fired> {
    let cite =
        |cite: &String| if cite == "item" { item_of(code.expect("about an item")).to_owned() } else { cite.clone() };
    let rows = said.iter().filter_map(|row| Some((row, row.rule.as_ref()?)));
    rows.map(|(row, rule)| {
        let all = || said.iter().filter(|other| other.adds.as_ref() == Some(rule)).chain(std::iter::once(row));
        let cites = all().flat_map(|said| &said.cites).map(cite).collect();
        let answers = all().flat_map(|said| &said.answers).cloned().collect();
        (rule.clone(), row.severity, code.map(str::to_owned), person, cites, answers)
    })
    .collect()
}

/// What the engine gives, in the oracle's form: its verdict, its basis, and every row that fired.
fn engine(facts: &Facts, suggested: &[SuggestedItem]) -> (Severity, BTreeSet<String>, BTreeSet<Fired>) {
    let suggestion = Suggestion { items: suggested.to_vec(), ..Suggestion::default() };
    let verdict = Rulebook::embedded().judge_task(facts, Some(&suggestion));
    let findings = verdict.findings.into_iter().map(|finding| {
        let answers = finding.answers.iter().map(|answers| format!("{answers:?}").to_lowercase()).collect();
        let cites = finding.cites.into_iter().collect();
        (finding.rule, finding.severity, finding.activity, finding.person, cites, answers)
    });
    (verdict.verdict, verdict.basis.into_iter().collect(), findings.collect())
}

/// Holds the engine to the oracle on one task.
fn agree(oracle: &Oracle, facts: &Facts, suggested: &[SuggestedItem]) {
    let fired = oracle.judge(facts, suggested);
    let worst = fired.iter().map(|row| row.1).max().unwrap_or_default();
    let (permits, findings): (BTreeSet<Fired>, BTreeSet<Fired>) =
        fired.into_iter().partition(|row| row.1 == Severity::Permitted);
    let basis: BTreeSet<String> = permits.into_iter().flat_map(|row| row.4).collect();
    assert_eq!(engine(facts, suggested), (worst, basis, findings), "{facts:?} {suggested:?}");
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn truth(value: bool) -> RestrictedExpression {
    RestrictedExpression::new_bool(value)
}

fn item_of(code: &str) -> &str {
    code.split(':').next().unwrap_or(code)
}

const CIRCUMSTANCES: [&str; 8] = [
    "as_officer",
    "fine_quota",
    "pay_linked",
    "state_secret",
    "needs_qualification",
    "substantive_effect",
    "no_substantive_effect",
    "at_enterprise",
];

fn mode(mode: Mode) -> &'static str {
    ["independent", "assisted", "unstated"][mode as usize]
}

fn presence(presence: Presence) -> &'static str {
    ["on_scene", "remote", "none", "unstated"][presence as usize]
}

fn arranged(arranged: Arranged) -> &'static str {
    ["yes", "no", "unstated"][arranged as usize]
}

fn status(status: Status) -> &'static str {
    ["active", "suspended", "departed"][status as usize]
}

fn outcome(outcome: Outcome) -> &'static str {
    ["passed", "failed", "none"][outcome as usize]
}

fn recusal(recusal: Recusal) -> &'static str {
    ["none", "known", "decided"][recusal as usize]
}

const MODES: [Mode; 3] = [Mode::Independent, Mode::Assisted, Mode::Unstated];
const PRESENCES: [Presence; 4] = [Presence::OnScene, Presence::Remote, Presence::None, Presence::Unstated];
const OFFICERS: [Officers; 4] = [
    Officers::Unstated,
    Officers::Stated { valid: 0, total: 1 },
    Officers::Stated { valid: 1, total: 2 },
    Officers::Stated { valid: 2, total: 2 },
];
const ARRANGED: [Arranged; 3] = [Arranged::Yes, Arranged::No, Arranged::Unstated];
const EFFECTS: [Option<Circumstance>; 3] =
    [None, Some(Circumstance::SubstantiveEffect), Some(Circumstance::NoSubstantiveEffect)];
const ENTERPRISE: [Option<Circumstance>; 2] = [None, Some(Circumstance::AtEnterprise)];
const STATUSES: [Status; 3] = [Status::Active, Status::Suspended, Status::Departed];
const OUTCOMES: [Outcome; 3] = [Outcome::Passed, Outcome::Failed, Outcome::None];
const RECUSALS: [Recusal; 3] = [Recusal::None, Recusal::Known, Recusal::Decided];

/// Splits `0..n` over the cores.
fn in_parallel(n: u64, work: impl Fn(u64) + Sync) {
    let workers = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let work = &work;
            scope.spawn(move || (worker..n).step_by(usize::try_from(workers).unwrap_or(1)).for_each(work));
        }
    });
}

/// Takes the digits of a number to different bases: one combination of several choices.
struct Digits(u64);

impl Digits {
    fn take<T: Copy>(&mut self, choices: &[T]) -> T {
        let n = choices.len() as u64;
        let choice = choices[usize::try_from(self.0 % n).expect("below its length")];
        self.0 /= n;
        choice
    }
}

#[test]
fn both_agree_on_every_combination_of_an_activity_and_its_supervision() {
    let oracle = Oracle::new();
    let activities = Rulebook::embedded().activities().len() as u64;
    in_parallel(activities * 3 * 4 * 4 * 3 * 2 * 2 * 3, |index| {
        let mut digits = Digits(index);
        let mut facts = Facts {
            mode: digits.take(&MODES),
            presence: digits.take(&PRESENCES),
            officers: digits.take(&OFFICERS),
            circumstances: digits.take(&EFFECTS).into_iter().chain(digits.take(&ENTERPRISE)).collect(),
            legal_basis: digits.take(&[false, true]),
            arranged: digits.take(&ARRANGED),
            people: vec![Person::default()],
            ..Facts::default()
        };
        facts.activities.insert(ActivityId(u8::try_from(digits.0).expect("below 128")));
        agree(&oracle, &facts, &[]);
    });
}

#[test]
fn both_agree_on_every_combination_of_a_person() {
    let oracle = Oracle::new();
    let mut facts = Facts::default();
    facts.activities.insert(ActivityId(0));
    in_parallel(2_u64.pow(7) * 3_u64.pow(4), |index| {
        let mut digits = Digits(index);
        let facts = Facts { people: vec![person(&mut digits)], ..facts.clone() };
        agree(&oracle, &facts, &[]);
    });
}

/// A person by the digits of a number.
fn person(digits: &mut Digits) -> Person {
    Person {
        known: digits.take(&[true, false]),
        status: digits.take(&STATUSES),
        certificate_valid: digits.take(&[true, false]),
        training: digits.take(&OUTCOMES),
        assessment: digits.take(&OUTCOMES),
        other_agency: digits.take(&[false, true]),
        recusal: digits.take(&RECUSALS),
        qualified: digits.take(&[false, true]),
        underage: digits.take(&[false, true]),
        standing_unknown: digits.take(&[false, true]),
        agreement_lapsed: digits.take(&[false, true]),
    }
}

#[test]
fn both_agree_on_every_set_of_circumstances() {
    let oracle = Oracle::new();
    in_parallel(32 * 4, |index| {
        let mut digits = Digits(index);
        let qualified = digits.take(&[&[][..], &[false], &[true, false], &[true, true]]);
        let set = digits.0;
        let held = Circumstance::ALL.into_iter().take(5).filter(|circumstance| set & (1 << *circumstance as u64) != 0);
        let mut facts = Facts {
            circumstances: held.collect(),
            people: qualified.iter().map(|&qualified| Person { qualified, ..Person::default() }).collect(),
            ..Facts::default()
        };
        facts.activities.insert(ActivityId(0));
        agree(&oracle, &facts, &[]);
    });
}

/// A small generator of numbers: the same seed gives the same tasks everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("below its length")]
    }

    fn person(&mut self) -> Person {
        match self.below(3) {
            0 => Person::default(),
            _ => person(&mut Digits(self.next())),
        }
    }

    fn activity(&mut self) -> ActivityId {
        let count = Rulebook::embedded().activities().len() as u64;
        ActivityId(u8::try_from(self.below(count)).expect("below 128"))
    }

    fn facts(&mut self) -> Facts {
        let mut circumstances: Vec<Circumstance> = self.of(&EFFECTS).into_iter().chain(self.of(&ENTERPRISE)).collect();
        circumstances.extend(Circumstance::ALL.into_iter().take(5).filter(|_| self.below(6) == 0));
        Facts {
            activities: (0..self.below(4)).map(|_| self.activity()).collect(),
            mode: self.of(&MODES),
            presence: self.of(&PRESENCES),
            officers: self.of(&OFFICERS),
            people: (0..self.below(4)).map(|_| self.person()).collect(),
            circumstances: circumstances.into_iter().collect(),
            legal_basis: self.below(2) == 0,
            arranged: self.of(&ARRANGED),
            at: None,
        }
    }

    /// Suggestions of distinct activities, each more or less confident.
    fn suggested(&mut self) -> Vec<SuggestedItem> {
        let ids: BTreeSet<ActivityId> = (0..self.below(3)).map(|_| self.activity()).collect();
        let item = |id: ActivityId| SuggestedItem {
            code: Rulebook::embedded().activities()[usize::from(id.0)].code.clone(),
            confidence: self.of(&[0.5, 0.79, 0.8, 0.95]),
            because: Vec::new(),
        };
        ids.into_iter().map(item).collect()
    }
}

#[test]
fn both_agree_on_random_tasks_with_several_items_and_people() {
    let tasks = std::env::var("AUXLOG_ORACLE_TASKS").ok().and_then(|tasks| tasks.parse().ok()).unwrap_or(100_000);
    let oracle = Oracle::new();
    in_parallel(tasks, |index| {
        let mut random = Random(index);
        let facts = random.facts();
        agree(&oracle, &facts, &random.suggested());
    });
}
