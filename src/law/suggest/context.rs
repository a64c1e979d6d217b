//! Who was there, who sent whom, and what did not come to pass.

use super::lexicon::{ClassId, Lexicon};
use super::scan::{Hit, Scan};
use crate::{Arranged, Mode, Presence};

/// What a mention of an officer says about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// They were at the act.
    Present,
    /// They were not (队员没来).
    Absent,
    /// They were told, or waited for (报中队, 等队员来).
    Told,
    /// They only own a thing, or the word means an office (队员的证).
    Owner,
    /// They had it done (队长叫小陈去).
    Sender,
    /// They directed from elsewhere (电话指挥).
    Remote,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    pub(crate) hit: Hit,
    /// For an officer; `None` for an auxiliary.
    pub(crate) role: Option<Role>,
    /// The auxiliary was with them (跟王队): what follows they did together.
    pub(crate) joint: bool,
}

/// The setting of a description.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Officers and auxiliaries, in order.
    pub(crate) mentions: Vec<Mention>,
    /// Words that show the auxiliary was alone.
    pub(crate) alone: Vec<Hit>,
    /// Weaker ones (自己).
    pub(crate) alone_weak: Vec<Hit>,
    /// Words that show it was arranged.
    pub(crate) arranged: Vec<Hit>,
    /// 协助, with no officer named.
    pub(crate) assist: Vec<Hit>,
    /// Clauses whose acts did not happen.
    pub(crate) undone: Vec<usize>,
    /// Clauses that only propose something.
    pub(crate) proposals: Vec<usize>,
    /// The act was only attempted.
    pub(crate) attempted: bool,
    /// Good conduct: a gift declined, a secret kept, provocation borne.
    pub(crate) refused: Vec<Hit>,
    /// 擅自, 私自: without leave, which says less of being alone.
    pub(crate) unbidden: bool,
    /// The things meant are the agency's own.
    pub(crate) own_thing: bool,
}

/// Characters between two byte positions, at most `limit` + 1 counted.
fn gap(text: &str, from: usize, to: usize) -> usize {
    text.get(from..to).map_or(usize::MAX, |between| between.chars().count())
}

struct Reader<'a, 't> {
    lexicon: &'a Lexicon,
    scan: &'a Scan<'t>,
}

impl Reader<'_, '_> {
    fn is(&self, hit: &Hit, class: ClassId) -> bool {
        self.lexicon.is(hit.word, class)
    }

    fn in_clause(&self, n: usize, class: ClassId) -> impl Iterator<Item = &Hit> {
        self.scan.clause_hits(n).iter().filter(move |h| !h.void && self.is(h, class))
    }

    /// Hits of people, longest only: 队员 inside 执法队员 is not somebody else.
    fn people(&self) -> Vec<(Hit, bool)> {
        let c = &self.lexicon.context;
        let mut people: Vec<(Hit, bool)> = Vec::new();
        for hit in &self.scan.hits {
            let officer = self.is(hit, c.officer) || self.is(hit, c.titled);
            let aux = self.is(hit, c.aux) || self.is(hit, c.name);
            if (!officer && !aux) || (hit.void && !hit.negated) {
                continue;
            }
            if let Some((last, last_officer)) = people.last_mut() {
                if hit.end <= last.end {
                    continue;
                }
                // 老张队 and 执法员老秦 are one person; the office decides.
                let joined = hit.start < last.end
                    || (hit.start == last.end && self.is(hit, c.name) && hit.clause == last.clause);
                if joined {
                    *last_officer |= officer && hit.start < last.end;
                    last.end = hit.end;
                    continue;
                }
            }
            people.push((*hit, officer && !aux));
        }
        people
    }

    fn role(&self, hit: &Hit, next_person: usize) -> Role {
        let c = &self.lexicon.context;
        let text = self.scan.text;
        let before = |class: ClassId, limit: usize| {
            self.in_clause(hit.clause, class).find(|h| h.end <= hit.start && gap(text, h.end, hit.start) <= limit)
        };
        let after = |class: ClassId, limit: usize| {
            self.in_clause(hit.clause, class).find(|h| h.start >= hit.end && gap(text, hit.end, h.start) <= limit)
        };
        if before(c.ferry, 1).is_some() {
            return Role::Told;
        }
        if before(c.in_name_of, 0).is_some() {
            return Role::Owner;
        }
        let remote =
            self.in_clause(hit.clause, c.remote_medium).any(|h| h.start >= hit.end || gap(text, h.end, hit.start) <= 4)
                && after(c.remote_verb, 8).is_some();
        if remote {
            return Role::Remote;
        }
        // Absence may be said with negated words (没下车), so void hits are read too.
        let absent = self.scan.clause_hits(hit.clause).iter().any(|h| {
            self.is(h, c.absent) && h.start >= hit.end && h.start < next_person && gap(text, hit.end, h.start) <= 6
        });
        if absent {
            return Role::Absent;
        }
        if hit.negated {
            let near = self
                .scan
                .clause_hits(hit.clause)
                .iter()
                .any(|h| self.is(h, c.negator) && h.end <= hit.start && gap(text, h.end, hit.start) <= 2);
            if near {
                return Role::Absent;
            }
        }
        let sends =
            after(c.order, 6).is_some_and(|order| self.people_after(order, 4) || self.is(order, c.order_strong));
        if after(c.of_officer, 1).is_some() {
            return Role::Owner;
        }
        if sends && self.is(hit, c.boss) {
            return Role::Sender;
        }
        let company = before(c.company, 4);
        let told = before(c.report_to, 2).is_some_and(|r| company.is_none_or(|w| w.start <= r.start));
        if told && after(c.lead, 3).is_none() {
            return Role::Told;
        }
        let weak = self.is(hit, c.weak_officer);
        let with = company.is_some_and(|w| !text[w.start..w.end].starts_with(['帮', '给', '替', '由', '在', '按']));
        if weak && !with && after(c.lead, 4).is_none() && after(c.office_acts, 1).is_none() {
            return Role::Owner;
        }
        Role::Present
    }

    fn people_after(&self, hit: &Hit, limit: usize) -> bool {
        let c = &self.lexicon.context;
        self.scan.clause_hits(hit.clause).iter().any(|h| {
            h.start >= hit.end
                && gap(self.scan.text, hit.end, h.start) <= limit
                && [c.aux, c.name, c.alone, c.self_word].iter().any(|&class| self.is(h, class))
        })
    }

    /// Whether 自己, 一个人 here is said of somebody other than the auxiliary.
    fn of_another(&self, hit: &Hit, mentions: &[Mention]) -> bool {
        let c = &self.lexicon.context;
        let text = self.scan.text;
        let nearest =
            mentions.iter().filter(|m| m.hit.clause == hit.clause && m.hit.end <= hit.start).max_by_key(|m| m.hit.end);
        if let Some(mention) = nearest {
            return mention.role == Some(Role::Present) && gap(text, mention.hit.end, hit.start) <= 3;
        }
        self.in_clause(hit.clause, c.counterpart)
            .any(|h| h.end <= hit.start && gap(text, h.end, hit.start) <= 2 && h.start + 3 < hit.start)
            || self.in_clause(hit.clause, c.order).any(|order| {
                order.end <= hit.start && gap(text, order.end, hit.start) <= 1 && !self.is(order, c.order_strong) && {
                    text[order.end..hit.start].starts_with(['他', '她', '其'])
                }
            })
    }
}

/// Reads the setting of a description.
pub(crate) fn read(lexicon: &Lexicon, scan: &Scan<'_>) -> Context {
    let reader = Reader { lexicon, scan };
    let c = &lexicon.context;
    let text = scan.text;
    let people = reader.people();
    let mut context = Context::default();
    let mut scheduled = Vec::new();
    for (n, (hit, officer)) in people.iter().enumerate() {
        let next = people.get(n + 1).filter(|p| p.0.clause == hit.clause).map_or(usize::MAX, |p| p.0.start);
        let role = officer.then(|| reader.role(hit, next));
        let joint = reader
            .scan
            .clause_hits(hit.clause)
            .iter()
            .any(|h| !h.void && reader.is(h, c.company) && h.end <= hit.start && gap(text, h.end, hit.start) <= 4);
        context.mentions.push(Mention { hit: *hit, role, joint });
    }
    // Bare names beside a named auxiliary (协管小袁) who act before them are the officers.
    for n in 0..scan.clauses.len() {
        for hit in scan.clause_hits(n).iter().filter(|h| !h.void) {
            if reader.is(hit, c.alone) && !reader.of_another(hit, &context.mentions) {
                context.alone.push(*hit);
            } else if reader.is(hit, c.alone_name) {
                let named = context.mentions.iter().any(|m| {
                    m.role.is_none()
                        && m.hit.clause == n
                        && m.hit.end <= hit.start
                        && gap(text, m.hit.end, hit.start) <= 1
                });
                let opens = hit.start == scan.clauses[n].start
                    && reader.lexicon.is(hit.word, c.alone_name)
                    && hit.end - hit.start == 6
                    && text[hit.start..hit.end].starts_with(['一', '1']);
                if named || opens {
                    context.alone.push(*hit);
                }
            } else if reader.is(hit, c.alone_weak) && !reader.of_another(hit, &context.mentions) {
                context.alone_weak.push(*hit);
            }
            if reader.is(hit, c.refused) {
                context.refused.push(*hit);
            }
            if reader.is(hit, c.unbidden) {
                context.unbidden = true;
            }
            if reader.is(hit, c.own_thing) || reader.is(hit, c.not_theirs) {
                context.own_thing = true;
            }
            if reader.is(hit, c.assist) {
                context.assist.push(*hit);
            }
            if reader.is(hit, c.schedule) {
                scheduled.push(*hit);
            }
        }
    }
    if !(context.alone.is_empty() && context.alone_weak.is_empty()) {
        context.arranged.extend(scheduled);
    }
    context.arranged.extend(orders(&reader, &context.mentions));
    counted(&reader, &mut context);
    undone(&reader, &mut context);
    let undone = std::mem::take(&mut context.undone);
    context.alone.retain(|h| !undone.contains(&h.clause));
    context.mentions.retain(|m| !undone.contains(&m.hit.clause));
    context.undone = undone;
    if context.own_thing {
        context.alone_weak.clear();
    }
    context
}

/// Orders given to the auxiliary: 让协管…, 队长叫小陈…, 派他去….
fn orders(reader: &Reader<'_, '_>, mentions: &[Mention]) -> Vec<Hit> {
    let c = &reader.lexicon.context;
    let text = reader.scan.text;
    let mut found = Vec::new();
    for n in 0..reader.scan.clauses.len() {
        for order in reader.in_clause(n, c.order) {
            let to_aux = reader.scan.clause_hits(n).iter().any(|h| {
                h.start >= order.end
                    && gap(text, order.end, h.start) <= 4
                    && (reader.is(h, c.aux) || reader.is(h, c.name) || reader.is(h, c.alone))
            });
            let rest = &text[order.end..reader.scan.clauses[n].end];
            let to_him = rest.starts_with(['他', '她', '我', '去']);
            let strong = reader.is(order, c.order_strong);
            let boss = reader.in_clause(n, c.boss).any(|b| b.end <= order.start)
                || mentions.iter().any(|m| m.role == Some(Role::Sender) && m.hit.clause == n);
            let at_start = gap(text, reader.scan.clauses[n].start, order.start) <= 1;
            // 小李让他自己去卸: an auxiliary orders somebody else about.
            let by_aux = mentions.iter().any(|m| m.role.is_none() && m.hit.clause == n && m.hit.end <= order.start);
            let passive = text[..order.start].ends_with('被') && (strong || to_aux);
            if passive || !by_aux && ((to_aux && (strong || boss || at_start)) || (to_him && (strong || boss))) {
                found.push(*order);
            }
        }
    }
    found
}

/// 两个协管守点: counted auxiliaries are on their own where no officer is named.
fn counted(reader: &Reader<'_, '_>, context: &mut Context) {
    let c = &reader.lexicon.context;
    if context.mentions.iter().any(|m| m.role == Some(Role::Present)) {
        return;
    }
    let counted: Vec<Hit> = (0..reader.scan.clauses.len())
        .flat_map(|n| reader.in_clause(n, c.count))
        .filter(|count| {
            context.mentions.iter().any(|m| m.role.is_none() && m.hit.start == count.end && reader.is(&m.hit, c.aux))
        })
        .copied()
        .collect();
    context.alone.extend(counted);
}

fn undone(reader: &Reader<'_, '_>, context: &mut Context) {
    let c = &reader.lexicon.context;
    let clauses = reader.scan.clauses.len();
    for n in 0..clauses {
        if reader.in_clause(n, c.cancelled).next().is_some() {
            // What was planned is told in the clause before, or in this one before the word.
            context.undone.extend(n.saturating_sub(1)..=n);
        }
        if reader.in_clause(n, c.proposal).next().is_some() {
            context.proposals.push(n);
        }
        let attempt = reader.in_clause(n, c.attempt).next().is_some();
        let corrected = (n..clauses.min(n + 2)).any(|m| reader.in_clause(m, c.corrected).next().is_some());
        context.attempted |= attempt && corrected;
    }
}

impl Context {
    /// Whether an officer is said to be absent, and the words.
    pub(crate) fn absent(&self) -> impl Iterator<Item = &Hit> {
        self.mentions.iter().filter(|m| m.role == Some(Role::Absent)).map(|m| &m.hit)
    }

    /// Officers said to be at the act.
    pub(crate) fn present(&self) -> impl Iterator<Item = &Hit> {
        self.mentions.iter().filter(|m| m.role == Some(Role::Present)).map(|m| &m.hit)
    }

    /// Who acts at a byte of the text: the last person named before it, in its clause or earlier.
    pub(crate) fn agent_at(&self, at: usize) -> Option<&Mention> {
        self.mentions
            .iter()
            .filter(|m| m.hit.start <= at && !matches!(m.role, Some(Role::Told | Role::Owner)))
            .max_by_key(|m| m.hit.start)
    }

    /// Mode and presence, and the words behind them.
    pub(crate) fn mode(&self) -> (Mode, Presence, Vec<Hit>) {
        let present: Vec<Hit> = self.present().copied().collect();
        let absent: Vec<Hit> = self.absent().copied().collect();
        let remote: Vec<Hit> = self.mentions.iter().filter(|m| m.role == Some(Role::Remote)).map(|m| m.hit).collect();
        if !self.alone.is_empty() {
            let because = self.alone.iter().chain(&absent).copied().collect();
            return (Mode::Independent, Presence::None, because);
        }
        if !absent.is_empty() {
            return (Mode::Independent, Presence::None, absent);
        }
        // 队员让等一等，小李自己先进: what they did alone came after, and nobody went with them.
        let went_ahead = self.alone_weak.first().filter(|weak| {
            self.agent_at(weak.start).is_some_and(|m| m.role.is_none() && m.hit.clause == weak.clause)
                && self
                    .mentions
                    .iter()
                    .filter(|m| m.role == Some(Role::Present))
                    .all(|m| !m.joint && m.hit.clause < weak.clause)
        });
        if let Some(weak) = went_ahead {
            return (Mode::Independent, Presence::None, vec![*weak]);
        }
        if !present.is_empty() {
            return (Mode::Assisted, Presence::OnScene, present);
        }
        if !remote.is_empty() {
            return (Mode::Assisted, Presence::Remote, remote);
        }
        if !self.alone_weak.is_empty() {
            return (Mode::Independent, Presence::None, self.alone_weak.clone());
        }
        if !self.assist.is_empty() {
            return (Mode::Assisted, Presence::Unstated, self.assist.clone());
        }
        (Mode::Unstated, Presence::Unstated, Vec::new())
    }

    /// Whether it was arranged.
    pub(crate) fn arrangement(&self) -> Arranged {
        if self.arranged.is_empty() { Arranged::Unstated } else { Arranged::Yes }
    }
}
