//! What the form's pickers list: people of the roster, activities of the rulebook, circumstances.

use auxlog_law::{Circumstance, Lang, Recusal, Rulebook, Status};
use auxlog_record::facts::{officer_status, recusal, standing};
use auxlog_record::{AuxiliaryId, Moment, OfficerId, Validity};

use crate::labels;
use crate::shared::Shared;
use crate::task::duties::duties;
use crate::theme::Meaning;
use crate::widgets::Entry;
use crate::words::say;

/// The auxiliaries, those of the own agency first; each with what stands against sending them.
///
/// Whoever has a relation to the `counterpart` says so here, before they are picked.
pub(super) fn auxiliaries(shared: &Shared, at: Moment, counterpart: &str) -> Vec<Entry<AuxiliaryId>> {
    let roster = shared.roster();
    let own = shared.session.as_ref().map(|session| session.identity.agency.clone());
    let day = Some(at.china_date());
    let mut people: Vec<_> = roster.auxiliaries.values().collect();
    people.sort_by_key(|person| (Some(&person.agency) != own.as_ref(), standing(person, day).status != Status::Active));
    let entry = |person: &&auxlog_record::Auxiliary| {
        let unit = person.unit.clone().unwrap_or_default();
        let agency = roster.agencies.get(&person.agency).map_or(person.agency.0.as_str(), |agency| &agency.name);
        let detail = if Some(&person.agency) == own.as_ref() && !unit.is_empty() { unit } else { agency.to_owned() };
        let keys = format!("{} {}", person.id, person.pinyin.clone().unwrap_or_default());
        let mut entry = Entry::new(person.id.clone(), person.name.clone(), detail, keys);
        entry.remark = Some(remark(shared, person, at, counterpart));
        entry
    };
    people.iter().map(entry).collect()
}

/// What is first to be said of an auxiliary's fitness for work.
fn remark(shared: &Shared, person: &auxlog_record::Auxiliary, at: Moment, counterpart: &str) -> (String, Meaning) {
    let (words, day) = (&shared.words, at.china_date());
    match recusal(&person.recusals, counterpart) {
        Recusal::Decided => return (say!(words, "log-recused"), Meaning::Bad),
        Recusal::Known => return (say!(words, "log-related"), Meaning::Warn),
        Recusal::None => {}
    }
    if let Some(against) = labels::against(words, words.rulebooks().in_force_at(Some(at.0)), person, day) {
        return against;
    }
    let state = Validity::on(person.certificate.as_ref(), day);
    (labels::certificate_brief(words, state), labels::certificate_meaning(state))
}

/// The officers, those of the own agency first; each with the state of their certificate, or why they
/// may not supervise.
pub(super) fn officers(shared: &Shared, at: Moment) -> Vec<Entry<OfficerId>> {
    let roster = shared.roster();
    let own = shared.session.as_ref().map(|session| session.identity.agency.clone());
    let mut people: Vec<_> = roster.officers.values().collect();
    let day = at.china_date();
    let out = |person: &auxlog_record::Officer| officer_status(person, Some(day)).unwrap_or_default() != Status::Active;
    people.sort_by_key(|person| (Some(&person.agency) != own.as_ref(), out(person)));
    let entry = |person: &&auxlog_record::Officer| {
        let agency = roster.agencies.get(&person.agency).map_or(person.agency.0.as_str(), |agency| &agency.name);
        let keys = format!("{} {}", person.id, person.pinyin.clone().unwrap_or_default());
        let mut entry = Entry::new(person.id.clone(), person.name.clone(), agency, keys);
        let state = Validity::on(person.certificate.as_ref(), day);
        let certificate = || (labels::certificate_brief(&shared.words, state), labels::certificate_meaning(state));
        entry.remark = Some(labels::out_of_service(&shared.words, person, day).unwrap_or_else(certificate));
        entry
    };
    people.iter().map(entry).collect()
}

/// The activities as the regulation lists them: articles, their items, the activities of an item.
pub(super) fn duty_tree(rulebook: &Rulebook, lang: Lang) -> Vec<Entry<String>> {
    let of_item = |code: &str| code.split(':').next().unwrap_or_default().to_owned();
    let mut tree: Vec<Entry<String>> = Vec::new();
    let (mut article, mut item) = (String::new(), String::new());
    let all = duties(rulebook, lang);
    for entry in &all {
        let its_item = of_item(&entry.value);
        let its_article = its_item.split('.').next().unwrap_or_default().to_owned();
        if its_article != article {
            // What an article says of its list stands before the first item.
            let lead = rulebook.provision(&its_item).and_then(|provision| provision.lead.clone()).unwrap_or_default();
            let label = rulebook.cite_label(&its_article, lang);
            tree.push(Entry::new(its_article.clone(), label, lead, "").heading());
            article = its_article;
        }
        if its_item != item {
            // The item as a whole is the branch; where there is none, its only activity stands for it.
            let whole = all.iter().find(|whole| whole.value == its_item);
            tree.extend(whole.cloned().map(|whole| whole.at_depth(1)));
            item.clone_from(&its_item);
        }
        if entry.value != its_item {
            let depth = if all.iter().any(|whole| whole.value == its_item) { 2 } else { 1 };
            tree.push(entry.clone().at_depth(depth));
        }
    }
    tree
}

/// The circumstances that may be stated.
pub(super) fn circumstances(shared: &Shared) -> Vec<Entry<Circumstance>> {
    let rulebook = shared.words.rulebook();
    let entry = |circumstance| {
        let label = shared.words.terms().circumstance(circumstance);
        let cited = rulebook.cite_of(circumstance);
        let detail = cited.map(|cited| rulebook.cite_label(cited, shared.lang())).unwrap_or_default();
        Entry::new(circumstance, label, detail, cited.unwrap_or_default())
    };
    Circumstance::ALL.into_iter().map(entry).collect()
}
