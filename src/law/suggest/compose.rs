//! From acts and setting to items: how the provisions combine.

use super::context::{Context, Role};
use super::lexicon::{Act, ByOfficer, Kind, Lexicon};
use super::scan::{Hit, Scan};
use crate::{Mode, Presence};

/// An act that the description shows.
#[derive(Debug)]
pub(crate) struct Found<'l> {
    pub(crate) act: &'l Act,
    pub(crate) hits: Vec<Hit>,
    /// An officer did it.
    pub(crate) by_officer: bool,
    pub(crate) confidence: f32,
}

/// One code with the words behind it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) code: String,
    pub(crate) confidence: f32,
    pub(crate) hits: Vec<Hit>,
}

/// What the lexicon reads from a description.
#[derive(Debug)]
pub(crate) struct Reading<'l> {
    pub(crate) items: Vec<Item>,
    pub(crate) mode: Mode,
    pub(crate) presence: Presence,
    pub(crate) because: Vec<Hit>,
    /// All acts found, before they were weighed against each other.
    pub(crate) found: Vec<Found<'l>>,
}

/// One match of one pattern.
struct Match {
    act: usize,
    hits: Vec<Hit>,
}

fn matches(lexicon: &Lexicon, scan: &Scan<'_>, context: &Context, weak: bool) -> Vec<Match> {
    let is = |word, class| lexicon.is(word, class);
    // (act, pattern, clause) orders them as if each act had been tried in turn.
    let mut found: Vec<((usize, usize, usize), Match)> = Vec::new();
    let whole = scan.clauses.len();
    for clause in 0..=whole {
        if context.undone.contains(&clause) {
            continue;
        }
        let scope = if clause == whole { scan.whole_scope(&is) } else { scan.clause_scope(clause, &is) };
        for (n, m) in lexicon.candidates(scope.all, weak) {
            let act = &lexicon.acts[n];
            let pattern = if weak { &act.weak[m] } else { &act.when[m] };
            if act.whole_text == (clause == whole)
                && let Some(hits) = pattern.matched(&scope)
            {
                found.push(((n, m, clause), Match { act: n, hits }));
            }
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, found)| found).collect()
}

/// Whether another match explains the only word of `one` better: 检查喊话器 is upkeep, 限期拆除
/// in 送限期拆除通知书 is the name of a document.
fn outdone(one: &Match, others: &[Match]) -> bool {
    let [word] = one.hits[..] else { return false };
    others.iter().any(|other| {
        other.act != one.act
            && other.hits.iter().any(|h| {
                let covers = h.start <= word.start && h.end >= word.end;
                covers && (other.hits.len() > 1 || h.end - h.start > word.end - word.start)
            })
    })
}

/// Whether the counterpart did it (当事人骂人, 商户塞钱): they open the clause right before it.
fn suffered(lexicon: &Lexicon, scan: &Scan<'_>, one: &Match) -> bool {
    let Some(first) = one.hits.iter().min_by_key(|h| h.start) else { return false };
    let clause = &scan.clauses[first.clause];
    scan.clause_hits(first.clause).iter().any(|h| {
        lexicon.is(h.word, lexicon.context.counterpart)
            && h.start == clause.start
            && h.end <= first.start
            && first.start - h.end <= 3
    })
}

/// The acts shown anywhere in the description.
pub(crate) fn acts<'l>(lexicon: &'l Lexicon, scan: &Scan<'_>, context: &Context) -> Vec<Found<'l>> {
    let mut weak = false;
    let mut all = matches(lexicon, scan, context, weak);
    if all.is_empty() {
        weak = true;
        all = matches(lexicon, scan, context, weak);
    }
    let mut found: Vec<Found<'l>> = Vec::new();
    for one in &all {
        let act = &lexicon.acts[one.act];
        let proposed = one.hits.iter().any(|h| context.proposals.contains(&h.clause));
        let by_counterpart = matches!(&*act.item, "17.4" | "17.7") && suffered(lexicon, scan, one);
        if by_counterpart || outdone(one, &all) || (proposed && act.code != "15.6:other-support") {
            continue;
        }
        let confidence = match (weak, one.hits.len()) {
            (true, _) => 0.5,
            (false, 1) => 0.85,
            (false, _) => 0.92,
        };
        let by_officer = one
            .hits
            .iter()
            .all(|h| context.agent_at(h.start).is_some_and(|m| m.role == Some(Role::Present) && !m.joint));
        match found.last_mut().filter(|f| std::ptr::eq(f.act, act)) {
            Some(last) => {
                last.hits.extend_from_slice(&one.hits);
                last.by_officer &= by_officer;
                last.confidence = last.confidence.max(confidence);
            }
            None => found.push(Found { act, hits: one.hits.clone(), by_officer, confidence }),
        }
    }
    for f in &mut found {
        f.hits.sort_unstable_by_key(|h| (h.start, h.end));
        f.hits.dedup();
    }
    found
}

/// Weighs the acts against each other and the setting.
pub(crate) fn compose<'l>(found: Vec<Found<'l>>, context: &Context) -> Reading<'l> {
    let mut weighing = Weighing::new(&found, context);
    for f in &found {
        match f.act.kind {
            Kind::Work => weighing.work(f),
            Kind::Power => weighing.power(f),
            Kind::Conduct => weighing.conduct(f),
            Kind::Arrangement => weighing.arrangement(f),
            Kind::Person => weighing.person(f),
        }
    }
    weighing.left_open();
    weighing.settle_mode();
    let Weighing { items, mode, presence, because, .. } = weighing;
    Reading { items, mode, presence, because, found }
}

/// The acts of one description being weighed.
#[expect(clippy::struct_excessive_bools, reason = "each is a question about the whole description")]
struct Weighing<'a> {
    context: &'a Context,
    items: Vec<Item>,
    mode: Mode,
    presence: Presence,
    because: Vec<Hit>,
    arranged: bool,
    /// Conduct of article 17 is told of, or an arrangement of article 23.
    conduct: bool,
    arrangement: bool,
    /// Alone in so many words.
    alone: bool,
    /// Good conduct: nothing improper is meant.
    refused: bool,
    officer_there: bool,
    /// The auxiliary did something of their own beside the officers: the latter's inspection or
    /// demolition is then only the occasion.
    beside: bool,
    keeps_order: bool,
    /// They did some work of article 15 of their own.
    own_work: bool,
    served: bool,
    emergency: bool,
    /// They used a power that only an officer has.
    used_power: bool,
}

impl<'a> Weighing<'a> {
    fn new(found: &[Found<'_>], context: &'a Context) -> Self {
        let (mode, presence, because) = context.mode();
        let arranged = !context.arranged.is_empty();
        let meant = |f: &Found<'_>| arranged || !f.act.needs_arranged;
        let any = |kind: Kind| found.iter().any(|f| f.act.kind == kind && meant(f));
        let themselves = |items: &[&str]| found.iter().any(|f| !f.by_officer && items.contains(&&*f.act.item));
        let officer_there = presence == Presence::OnScene;
        let alone = !context.alone.is_empty() && !context.unbidden;
        let declined = !context.refused.is_empty();
        Self {
            context,
            items: Vec::new(),
            mode,
            presence,
            because,
            arranged,
            conduct: any(Kind::Conduct) && !declined,
            arrangement: any(Kind::Arrangement) && !declined,
            alone,
            refused: declined && !officer_there && !alone,
            officer_there,
            beside: themselves(&["16.3", "16.4", "16.6", "16.7"]),
            keeps_order: themselves(&["16.6"]),
            own_work: themselves(&["15.3", "15.4", "15.5", "15.6"]),
            served: found.iter().any(|f| matches!(&*f.act.item, "16.4" | "16.5")),
            emergency: found.iter().any(|f| f.act.item == "16.7" && f.hits.len() > 1 && !f.by_officer),
            used_power: false,
        }
    }

    fn add(&mut self, code: &str, confidence: f32, hits: &[Hit]) {
        if let Some(item) = self.items.iter_mut().find(|i| i.code == code) {
            item.confidence = item.confidence.max(confidence);
            item.hits.extend_from_slice(hits);
        } else {
            self.items.push(Item { code: code.to_owned(), confidence, hits: hits.to_vec() });
        }
    }

    fn found(&mut self, f: &Found<'_>) {
        self.add(&f.act.code, f.confidence, &f.hits);
    }

    /// Work of articles 15 and 16.
    fn work(&mut self, f: &Found<'_>) {
        let item = &*f.act.item;
        let occasion = f.by_officer
            && ((self.beside && matches!(item, "16.2" | "16.5"))
                || (self.keeps_order && item == "16.3")
                || (self.own_work && item == "16.2"));
        let accessory = self.served && f.act.code == "16.2:evidence" && self.officer_there;
        let part_of_rescue =
            self.emergency && (item == "16.1" || (f.hits.len() == 1 && matches!(item, "16.3" | "16.5")));
        if occasion || accessory || part_of_rescue || self.refused {
            return;
        }
        if item.starts_with("15") {
            if !self.conduct && !self.arrangement {
                self.found(f);
            }
            return;
        }
        let only_told_of = (self.conduct || self.arrangement) && !self.alone;
        if self.context.own_thing || only_told_of || (self.arrangement && !self.arranged) {
            return;
        }
        self.found(f);
        let sent = self.arranged && !self.officer_there && f.act.alone.is_some();
        if sent && self.mode == Mode::Unstated {
            (self.mode, self.presence) = (Mode::Independent, Presence::None);
        }
        if self.mode == Mode::Independent || sent {
            if self.arranged {
                self.add("23.2", f.confidence, &self.context.arranged);
            } else if let Some(item) = &f.act.alone {
                self.add(item, f.confidence, &f.hits);
            }
        }
    }

    /// A power of 17.1 or 17.2: an officer's own use of it says nothing about the auxiliary.
    fn power(&mut self, f: &Found<'_>) {
        let officers = f.by_officer || (self.officer_there && !self.alone && !self.acts_themselves(f));
        let dropped = f.act.by_officer == ByOfficer::Drop && officers;
        if dropped || self.context.own_thing || (self.arrangement && !self.arranged) || !self.context.refused.is_empty()
        {
            return;
        }
        let by_the_way = self.conduct && !self.alone && self.context.alone_weak.is_empty();
        if by_the_way && f.act.code != "17.2:charging" {
            return;
        }
        if self.arranged {
            self.add("23.2", f.confidence, &f.hits);
        } else {
            self.found(f);
        }
        self.used_power |= !self.context.attempted;
    }

    /// Conduct of 17.3 to 17.8; had done by somebody else it is 23.6, but refusing (17.6) is
    /// always their own.
    fn conduct(&mut self, f: &Found<'_>) {
        if !self.conduct || self.arrangement {
            return;
        }
        if self.arranged && f.act.item != "17.6" {
            self.add("23.6", f.confidence, &f.hits);
        } else {
            self.found(f);
        }
    }

    fn arrangement(&mut self, f: &Found<'_>) {
        if self.arrangement && (self.arranged || !f.act.needs_arranged) {
            self.found(f);
        }
    }

    fn person(&mut self, f: &Found<'_>) {
        if self.context.refused.is_empty() {
            self.found(f);
        }
    }

    /// Whether the auxiliary is named as the one who did it.
    fn acts_themselves(&self, f: &Found<'_>) -> bool {
        f.hits.first().and_then(|h| self.context.agent_at(h.start)).is_some_and(|m| m.role.is_none())
    }

    /// Alone, sent alone or with officers at something that was not recognised: most often that is
    /// checking (排班表上全是辅助).
    fn left_open(&mut self) {
        if !self.items.is_empty() || self.refused || !self.context.undone.is_empty() {
            return;
        }
        if self.alone || self.context.absent().next().is_some() {
            let hits = if self.arranged { self.context.arranged.clone() } else { self.because.clone() };
            self.add("16.2", 0.5, &hits);
            self.add(if self.arranged { "23.2" } else { "17.2" }, 0.5, &hits);
        } else if self.officer_there {
            let hits = self.because.clone();
            self.add("16.2", 0.4, &hits);
        }
    }

    fn settle_mode(&mut self) {
        // Even where an officer is named, they used the power themselves.
        if self.used_power && self.mode != Mode::Independent {
            (self.mode, self.presence) = (Mode::Independent, Presence::None);
        }
        // Conduct and arrangements are what they are whoever stood by.
        let says_nothing = |item: &Item| {
            let article = item.code.split(':').next().unwrap_or_default();
            matches!(article, "17.3" | "17.4" | "17.5" | "17.6" | "17.7" | "17.8")
                || matches!(article, "23.1" | "23.3" | "23.4" | "23.5" | "23.6" | "21" | "22" | "19.7")
        };
        if !self.items.is_empty() && self.items.iter().all(says_nothing) {
            (self.mode, self.presence) = (Mode::Unstated, Presence::Unstated);
            self.because.clear();
        }
        if self.mode == Mode::Independent && self.because.is_empty() {
            self.because = self.items.iter().flat_map(|i| i.hits.iter().copied()).collect();
        }
    }
}
