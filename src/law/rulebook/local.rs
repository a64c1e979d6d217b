//! What a local layer must leave alone: it adds rows, words, activities and laws of its own, and
//! changes nothing that another layer says. Article 23 binds the agency; it cannot unbind itself.

use std::collections::BTreeSet;

use super::layer::{Layer, Rank};
use super::reader::{File, Place, read};
use super::{Rulebook, assemble, ordered};
use crate::field::{PERSON, Point, SITUATION, TASK, combinations};
use crate::judge::{Fired, Tables, Template};
use crate::{Problem, ReasonCode, Severity};

/// The longest id of a local layer: it stands in every verdict.
const LONGEST_ID: usize = 64;

/// Most rows of a rulebook; positions of what fires are kept in 16 bits.
const MOST_ROWS: usize = 2_000;

/// Reports what files of local layers say about what is not theirs.
pub(super) fn check(read: &[Vec<File<'_>>], layers: &[Layer], problems: &mut Vec<Problem>) {
    names_in(read, layers, problems);
    let rows = read.iter().flatten().map(|file| file.raw.row.len()).sum::<usize>();
    for (files, _) in read.iter().zip(layers).filter(|(_, layer)| layer.rank == Rank::Local) {
        let laws: BTreeSet<&str> =
            files.iter().flat_map(|file| &file.raw.law).map(|law| &**law.prefix.get_ref()).collect();
        let own_rows: BTreeSet<&str> =
            files.iter().flat_map(|file| &file.raw.row).map(|row| &**row.id.get_ref()).collect();
        let own_law = |cite: &str| !prefix(cite).is_empty() && laws.contains(prefix(cite));
        for file in files {
            let mut weakens = |place: Place, what: &str| {
                problems.push(place.problem(ReasonCode::Weakens, &[("row", what)]));
            };
            // The regulation itself is the law without a prefix.
            for law in file.raw.law.iter().filter(|law| law.prefix.get_ref().is_empty()) {
                weakens(file.at(&law.prefix), "law");
            }
            for article in file.raw.article.iter().filter(|article| !own_law(article.cite.get_ref())) {
                weakens(file.at(&article.cite), article.cite.get_ref());
            }
            for consequence in file.raw.consequence.iter().filter(|one| !own_law(one.of.get_ref())) {
                weakens(file.at(&consequence.of), consequence.of.get_ref());
            }
            for chapter in &file.raw.chapter {
                weakens(Place { file: file.name.to_owned(), line: 0 }, &format!("chapter {}", chapter.number));
            }
            for row in file.raw.addition.iter().flat_map(|addition| &addition.rows) {
                if !own_rows.contains(&**row.get_ref()) {
                    weakens(file.at(row), row.get_ref());
                }
            }
            for example in file.raw.example.iter().filter(|example| !own_rows.contains(&**example.row.get_ref())) {
                weakens(file.at(&example.row), example.row.get_ref());
            }
            for row in &file.raw.row {
                let severities = row.severity.iter().chain(row.case.iter().filter_map(|case| case.severity.as_ref()));
                let permits = severities.into_iter().any(|severity| severity.get_ref() == "permitted");
                if row.replaces.is_some() || permits {
                    weakens(file.at(&row.id), row.id.get_ref());
                }
                // Where a row stands decides the order in which findings are read.
                if let Some(before) = row.before.as_ref().filter(|before| !own_rows.contains(&**before.get_ref())) {
                    weakens(file.at(before), row.id.get_ref());
                }
            }
            if rows > MOST_ROWS
                && let Some(row) = file.raw.row.first()
            {
                let args = [("field", "row"), ("limit", &MOST_ROWS.to_string()[..])];
                problems.push(file.at(&row.id).problem(ReasonCode::TooMany, &args));
            }
        }
    }
}

/// Whether the headers of local layers name only what is theirs, over all layers of a set, those
/// not in force among them.
pub(crate) fn names(layers: &[Layer]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let files: Vec<Vec<File<'_>>> = layers.iter().map(|layer| read(layer, &mut problems)).collect();
    names_in(&files, layers, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn names_in(read: &[Vec<File<'_>>], layers: &[Layer], problems: &mut Vec<Problem>) {
    let header = |at: usize| read[at].iter().find_map(|file| Some((file, file.raw.rulebook.as_ref()?)));
    let ids: Vec<Option<&str>> = (0..layers.len()).map(|at| header(at).map(|(_, raw)| &**raw.id.get_ref())).collect();
    for at in (0..layers.len()).filter(|&at| layers[at].rank == Rank::Local) {
        let Some((file, raw)) = header(at) else { continue };
        let id = raw.id.get_ref();
        // What is joined by + and @ in a verdict, and read on a terminal.
        let plain = id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !plain || id.is_empty() || id.chars().count() > LONGEST_ID {
            problems.push(file.at(&raw.id).problem(ReasonCode::UnknownCode, &[("code", id), ("field", "id")]));
        }
        let taken =
            |other: usize| other != at && ids[other] == Some(id) && (layers[other].rank != Rank::Local || other < at);
        if (0..layers.len()).any(taken) {
            problems.push(file.at(&raw.id).problem(ReasonCode::Weakens, &[("row", id)]));
        }
        if let Some(old) = &raw.supersedes {
            let others =
                (0..layers.len()).any(|other| layers[other].rank != Rank::Local && ids[other] == Some(old.get_ref()));
            if others {
                problems.push(file.at(old).problem(ReasonCode::Weakens, &[("row", id)]));
            }
        }
    }
}

fn prefix(cite: &str) -> &str {
    cite.split_once('/').map_or("", |(prefix, _)| prefix)
}

/// Holds the compiled table to what the checks by name promise: with its local layers `book`
/// finds, under any facts, all that it finds without them, in the same words.
pub(crate) fn only_adds(book: &Rulebook, layers: &[Layer], problems: &mut Vec<Problem>) {
    let local = layers.iter().find(|layer| layer.rank == Rank::Local);
    let Some(source) = local.and_then(|layer| layer.sources.first()) else { return };
    let place = Place { file: source.file.clone(), line: 0 };
    let without: Vec<Layer> = layers.iter().filter(|layer| layer.rank != Rank::Local).cloned().collect();
    // A local layer alone is refused for what it lacks.
    let Ok(model) = assemble(&ordered(&without)) else { return };
    if book.tables().is_overfull() {
        problems.push(place.problem(ReasonCode::TooMany, &[("field", "row"), ("limit", "65535")]));
        return;
    }
    let plain = Rulebook::compiled(model);
    let comparison = Comparison { plain: &plain, book };
    let changed: BTreeSet<&str> = comparison.changed();
    problems.extend(changed.into_iter().map(|row| place.problem(ReasonCode::Weakens, &[("row", row)])));
}

/// A rulebook without and with its local layers.
struct Comparison<'a> {
    plain: &'a Rulebook,
    book: &'a Rulebook,
}

impl<'a> Comparison<'a> {
    /// The rows and activities that say something else with the local layers.
    fn changed(&self) -> BTreeSet<&'a str> {
        let (plain, with) = (self.plain.tables(), self.book.tables());
        let mut changed = BTreeSet::new();
        // The classes with local rows split those without.
        let points = with.representatives();
        for (at, activity) in self.book.activities().iter().enumerate() {
            let Some(known) = self.plain.activity(&activity.code) else {
                changed.extend(points.iter().any(|&point| self.softer(at, point)).then_some(&*activity.code));
                continue;
            };
            for &point in points {
                let index = point.pack(&SITUATION);
                let before = plain.of_activity(usize::from(known.0), plain.class(index));
                self.compare(before, with.of_activity(at, with.class(index)), &mut changed);
            }
        }
        for index in 0..combinations(&PERSON) {
            self.compare(plain.of_person(index), with.of_person(index), &mut changed);
        }
        for index in 0..combinations(&TASK) {
            self.compare(plain.of_task(index), with.of_task(index), &mut changed);
        }
        let whole = |tables: &Tables| [tables.before, tables.judged, tables.unclassified].map(usize::from);
        for (before, after) in whole(plain).into_iter().zip(whole(with)) {
            self.compare(&plain.outcomes[before], &with.outcomes[after], &mut changed);
        }
        if plain.contradictions.len() > with.contradictions.len() {
            changed.insert("text");
        }
        changed
    }

    /// Whether a local activity is judged more softly than every activity of its item.
    fn softer(&self, activity: usize, point: Point) -> bool {
        let index = point.pack(&SITUATION);
        let (plain, with) = (self.plain.tables(), self.book.tables());
        let item = &self.book.activities()[activity].item;
        let known = self.plain.activities().iter().enumerate().filter(|(_, known)| known.item == *item);
        let least: Option<Severity> = known.map(|(at, _)| plain.of_activity(at, plain.class(index)).severity).min();
        least.is_some_and(|least| with.of_activity(activity, with.class(index)).severity < least)
    }

    fn compare(&self, before: &Fired, after: &Fired, changed: &mut BTreeSet<&'a str>) {
        let said = |book: &'a Rulebook, id: u16| {
            let template: &'a Template = &book.tables().templates[usize::from(id)];
            (&book.rows()[usize::from(template.row)].id, template)
        };
        let lists = [(&before.findings, &after.findings), (&before.permits, &after.permits)];
        for (before, after) in lists {
            for &id in before {
                let (row, old) = said(self.plain, id);
                let stays = after.iter().any(|&id| {
                    let (name, new) = said(self.book, id);
                    name == row && *new == Template { row: new.row, ..old.clone() }
                });
                if !stays {
                    changed.insert(row);
                }
            }
        }
        // Local rows permit nothing, so that they give no basis either.
        for &id in &after.permits {
            let (row, _) = said(self.book, id);
            if self.plain.row(row).is_none() {
                changed.insert(row);
            }
        }
    }
}
