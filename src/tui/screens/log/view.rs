//! How the log form looks: the form above or at the left, the verdict below or at the right.

use auxlog_law::Severity;
use auxlog_record::{Date, TaskField, Validity};
use ratatui::layout::Rect;

use super::content::Hindrance;
use super::fields::{ARRANGEMENTS, MODES, PRESENCES, Place};
use super::form::Form;
use super::picking::Picking;
use super::proposal::{Proposal, Source};
use super::{Log, begins};
use crate::canvas::{Canvas, Hit, centred};
use crate::command::Command;
use crate::labels;
use crate::shared::Shared;
use crate::task::panel::{self, Panel};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::Page;
use crate::words::{Words, say};

/// From this width on the verdict stands beside the form.
const WIDE: u16 = 120;

pub(super) fn draw(log: &Log, shared: &Shared, canvas: &mut Canvas, area: Rect) {
    let Some(form) = &log.form else { return };
    let drawing = Drawing { form, shared, today: shared.now.china_date(), planning: log.planning };
    if area.width >= WIDE {
        let left = area.width * 11 / 20;
        let form_area = Rect { width: left - 1, ..area };
        let side = Rect { x: area.x + left, width: area.width - left, ..area };
        drawing.fields(canvas, form_area, 4);
        drawing.kept(log, canvas, Rect { y: form_area.bottom() - 1, height: 1, ..form_area });
        let inner = canvas.frame(side, &say!(shared.words, "log-verdict-title"), false);
        drawing.verdict(log, canvas, inner);
    } else {
        let note = if area.height >= 24 { 3 } else { 2 };
        let used = drawing.fields(canvas, area, note);
        let below = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
        canvas.rule(below);
        drawing.kept(log, canvas, Rect { height: 1, ..below });
        let below = Rect { y: below.y + 1, height: below.height.saturating_sub(1), ..below };
        drawing.verdict(log, canvas, below);
    }
    drawing.picker(canvas, area);
    if let Some(browser) = &log.browsing {
        browser.view(&shared.words, canvas, area);
    }
    if let Some(prompt) = &form.attaching {
        prompt.view(canvas, centred(area, 76, 6), &say!(shared.words, "prompt-hint"));
    }
    if let Some(asking) = &log.asking {
        asking.view(shared, canvas, area);
    }
}

struct Drawing<'a> {
    form: &'a Form,
    shared: &'a Shared,
    today: Date,
    /// Whether the task is planned, not logged.
    planning: bool,
}

impl Drawing<'_> {
    fn words(&self) -> &Words {
        &self.shared.words
    }

    /// Draws the fields into the upper part of `area`; the lines used.
    fn fields(&self, canvas: &mut Canvas, area: Rect, note: u16) -> u16 {
        let label_width = self.label_width();
        let half = area.width / 2;
        let mut y = area.y;
        for place in self.form.order() {
            // Short fields stand two in a line.
            let (x, width, advance) = match place {
                Place::Typed(TaskField::At | TaskField::Place | TaskField::CaseNumber) | Place::Circumstances => {
                    (area.x, half - 1, 0)
                }
                Place::Typed(TaskField::Until | TaskField::Counterpart) | Place::Arranged | Place::Attachments => {
                    (area.x + half, area.width - half, 1)
                }
                Place::Typed(TaskField::Text) => (area.x, area.width, note),
                _ => (area.x, area.width, 1),
            };
            let height = if advance > 1 { advance } else { 1 };
            if y + height > area.bottom() {
                break;
            }
            self.field(canvas, Rect { x, y, width, height }, label_width, place);
            y += advance;
        }
        y - area.y
    }

    fn label_width(&self) -> u16 {
        let widest = self.form.order().into_iter().map(|place| text::width(&self.label(place))).max();
        u16::try_from(widest.unwrap_or(0)).unwrap_or(12)
    }

    fn label(&self, place: Place) -> String {
        match place.field() {
            Some(field) => self.words().terms().label(field),
            None => say!(self.words(), "field-attachments"),
        }
    }

    fn field(&self, canvas: &mut Canvas, area: Rect, label_width: u16, place: Place) {
        let focus = self.form.at == place && self.form.picking.is_none();
        let number = self.form.order().iter().position(|p| *p == place).unwrap_or(0);
        canvas.hit(area, Hit::Field(number));
        let pointer = if focus { canvas.glyphs.pointer } else { " " };
        canvas.text(area.x, area.y, pointer, 2, Meaning::Accent);
        let label = self.label(place);
        canvas.text(area.x + 2, area.y, &label, label_width, if focus { Meaning::Title } else { Meaning::Dim });
        let shift = label_width + 3;
        let value = Rect { x: area.x + shift, width: area.width.saturating_sub(shift), ..area };
        match place {
            Place::Typed(typed) => self.typed(canvas, value, typed, focus),
            Place::Mode => {
                let options = MODES.map(|mode| self.words().terms().mode(mode));
                self.choice(canvas, value, &self.form.content.mode, &MODES, &options, focus);
            }
            Place::Presence => {
                let options = PRESENCES.map(|presence| self.words().terms().presence(presence));
                self.choice(canvas, value, &self.form.content.presence, &PRESENCES, &options, focus);
            }
            Place::Arranged => {
                let options = ARRANGEMENTS.map(|arranged| self.words().terms().arranged(arranged));
                self.choice(canvas, value, &self.form.content.arranged, &ARRANGEMENTS, &options, focus);
            }
            Place::Auxiliaries | Place::Duties | Place::Officers | Place::Circumstances | Place::Attachments => {
                self.picks(canvas, value, place, focus);
            }
        }
    }

    fn typed(&self, canvas: &mut Canvas, area: Rect, typed: TaskField, focus: bool) {
        let words = self.words();
        let planning = self.planning;
        let (placeholder, tag) = match typed {
            TaskField::Text => (say!(words, "log-text-hint"), None),
            TaskField::LegalBasis => (say!(words, "log-legal-basis-hint"), None),
            TaskField::At if planning => (say!(words, "log-plan-start-hint"), None),
            TaskField::At => {
                let opened = labels::when(self.form.content.opened, self.today);
                (say!(words, "log-start-hint", opened = opened), None)
            }
            TaskField::Until => (say!(words, "log-end-hint"), None),
            TaskField::Place => match self.form.content.place.shown() {
                Some((place, source)) if source != Source::Stated => (place.clone(), Some(source)),
                _ => (String::new(), None),
            },
            _ => (String::new(), None),
        };
        let area = self.tagged(canvas, area, tag);
        let area = if self.form.content.hindrances().contains(&Hindrance::NoTime(typed)) {
            let unread = format!("{} {}", canvas.glyphs.improper, say!(words, "log-unread"));
            right_tag(canvas, area, &unread, Meaning::Bad)
        } else {
            area
        };
        match self.form.editors.line(typed) {
            Some(field) => field.view(canvas, area, focus, &placeholder),
            None => self.form.editors.note.view(canvas, area, focus, &placeholder),
        }
    }

    /// Draws the options in a line, the one shown with a mark before it.
    fn choice<T: Clone + PartialEq>(
        &self,
        canvas: &mut Canvas,
        area: Rect,
        answer: &Proposal<T>,
        options: &[T],
        names: &[String],
        focus: bool,
    ) {
        let shown = answer.shown();
        let area = self.tagged(canvas, area, shown.map(|(_, source)| source));
        let mut x = area.x;
        for (figure, (option, name)) in options.iter().zip(names).enumerate() {
            let chosen = shown.filter(|(value, _)| *value == option);
            let meaning = chosen.map_or(Meaning::Dim, |(_, source)| look(source));
            let mark = if chosen.is_some() { canvas.glyphs.check } else { canvas.glyphs.empty };
            let figure = if focus { format!("{} ", figure + 1) } else { String::new() };
            x = canvas.text(x, area.y, &format!("{figure}{mark} {name}"), area.right().saturating_sub(x), meaning) + 2;
        }
        if focus {
            canvas.set_caret(ratatui::layout::Position { x: area.x, y: area.y });
        }
    }

    fn picks(&self, canvas: &mut Canvas, area: Rect, place: Place, focus: bool) {
        let words = self.words();
        let content = &self.form.content;
        let separator = say!(words, "list-separator");
        let shown: Option<(String, Source)> = match place {
            Place::Auxiliaries => {
                let people: Vec<String> = content.auxiliaries.iter().map(|pick| self.auxiliary(canvas, pick)).collect();
                (!people.is_empty()).then(|| (people.join(&separator), Source::Stated))
            }
            Place::Officers => {
                content.officers.shown().filter(|(picks, _)| !picks.is_empty()).map(|(picks, source)| {
                    let people: Vec<String> = picks.iter().map(|pick| self.officer(canvas, pick)).collect();
                    (people.join(&separator), source)
                })
            }
            Place::Duties => content.duties.shown().filter(|(codes, _)| !codes.is_empty()).map(|(codes, source)| {
                let duties: Vec<String> = codes.iter().map(|code| self.duty(code)).collect();
                (duties.join(&separator), source)
            }),
            Place::Attachments => {
                let names: Vec<&str> = content.attachments.iter().map(|file| file.name.as_str()).collect();
                (!names.is_empty()).then(|| (names.join(&separator), Source::Stated))
            }
            _ => content.circumstances.shown().filter(|(set, _)| !set.is_empty()).map(|(set, source)| {
                let names: Vec<String> = set.iter().map(|c| words.terms().circumstance(*c)).collect();
                (names.join(&separator), source)
            }),
        };
        let area = self.tagged(canvas, area, shown.as_ref().map(|(_, source)| *source));
        let end = if let Some((names, source)) = &shown {
            canvas.text(area.x, area.y, names, area.width, look(*source))
        } else {
            let hint = match place {
                Place::Circumstances => say!(words, "log-circumstances-hint"),
                Place::Duties => say!(words, "log-duties-hint"),
                Place::Attachments => say!(words, "log-attach-hint"),
                _ => say!(words, "log-pick-hint"),
            };
            if focus {
                canvas.text(area.x, area.y, &hint, area.width, Meaning::Dim);
            }
            area.x
        };
        if focus {
            canvas.set_caret(ratatui::layout::Position { x: end.min(area.right().saturating_sub(1)), y: area.y });
        }
    }

    /// An activity with its item as cited: 第十六条（二）现场核查.
    fn duty(&self, code: &str) -> String {
        let rulebook = self.shared.words.rulebook();
        let lang = self.shared.lang();
        let item = code.split(':').next().unwrap_or(code);
        let name = rulebook.activity(code).and_then(|id| rulebook.activities().get(usize::from(id.0)));
        format!("{}{}", rulebook.cite_label(item, lang), name.map_or(code, |activity| activity.name(lang)))
    }

    /// An auxiliary; what stands against sending them is said at once.
    fn auxiliary(&self, canvas: &Canvas, pick: &super::content::Pick<auxlog_record::AuxiliaryId>) -> String {
        let words = self.words();
        let roster = self.shared.roster();
        let day = begins(&self.form.content).china_date();
        let against = match roster.auxiliaries.get(&pick.id) {
            None => Some((say!(words, "log-not-on-roster"), Meaning::Bad)),
            Some(person) => labels::against(words, self.form.content.rulebook(), person, day),
        };
        match against {
            None => format!("{}{}", pick.name, canvas.glyphs.permitted),
            Some((against, how)) => {
                let against = format!("{against}{}", mark(canvas, how));
                say!(words, "log-officer", name = pick.name.as_str(), certificate = against)
            }
        }
    }

    fn officer(&self, canvas: &Canvas, pick: &super::content::Pick<auxlog_record::OfficerId>) -> String {
        let roster = self.shared.roster();
        let day = begins(&self.form.content).china_date();
        let words = self.words();
        let officer = roster.officers.get(&pick.id);
        let valid = Validity::on(officer.and_then(|officer| officer.certificate.as_ref()), day).is_valid();
        let out = officer.and_then(|officer| labels::out_of_service(words, officer, day));
        let (state, how) = out.unwrap_or_else(|| {
            if valid {
                (say!(words, "certificate-short"), Meaning::Good)
            } else {
                (say!(words, "certificate-none-short"), Meaning::Bad)
            }
        });
        say!(words, "log-officer", name = pick.name.as_str(), certificate = format!("{state}{}", mark(canvas, how)))
    }

    /// Marks a value that is merely proposed; the room left for the value.
    fn tagged(&self, canvas: &mut Canvas, area: Rect, source: Option<Source>) -> Rect {
        let tag = match source {
            Some(Source::Suggested) => say!(self.words(), "log-suggested"),
            Some(Source::Carried) => say!(self.words(), "log-carried"),
            Some(Source::Stated) | None => return area,
        };
        right_tag(canvas, area, &tag, Meaning::Suggested)
    }

    /// Says that the draft is safe, so that nobody waits for it.
    fn kept(&self, log: &Log, canvas: &mut Canvas, line: Rect) {
        if log.is_kept() {
            let kept = format!(" {} {}", canvas.glyphs.check, say!(self.words(), "log-draft-kept"));
            canvas.text_right(line, &kept, Meaning::Dim);
        }
    }

    fn verdict(&self, log: &Log, canvas: &mut Canvas, area: Rect) {
        let words = self.words();
        let Some(verdict) = &self.form.assessment.verdict else {
            self.resting(log, canvas, area);
            return;
        };
        let rulebook = self.form.content.rulebook();
        let names: Vec<&str> = self.form.content.auxiliaries.iter().map(|pick| pick.name.as_str()).collect();
        let panel = Panel::of(rulebook, verdict, &self.form.assessment.proper, &names, self.shared.lang());
        let glyphs = canvas.glyphs;
        let head = format!("{} {}", panel::mark(panel.severity, &glyphs), words.terms().verdict(panel.severity));
        let count = match panel.severity {
            _ if log.planning => say!(words, "log-planning"),
            _ if log.correcting.is_some() => say!(words, "log-correcting", reference = self.form.content.id.as_str()),
            Severity::Permitted => String::new(),
            _ => say!(words, "panel-findings", count = panel.points.len()),
        };
        canvas.line(area, &[(&head, panel::meaning(panel.severity)), ("  ", Meaning::Text), (&count, Meaning::Dim)]);
        let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let mut page = Page::new(self.shared, usize::from(body.width.saturating_sub(2)));
        panel.write(&mut page);
        let lines = page.lines;
        let rows = usize::from(body.height);
        if lines.len() > rows {
            let key = self.shared.keymap.shown(Command::ListPageDown).unwrap_or_default();
            canvas.text_right(Rect { height: 1, ..area }, &say!(words, "panel-more", key = key), Meaning::Dim);
        }
        let top = self.form.panel_top.min(lines.len().saturating_sub(rows));
        for (y, line) in (body.top()..body.bottom()).zip(lines.iter().skip(top)) {
            canvas.text(body.x, y, &line.text, body.width.saturating_sub(2), line.meaning);
        }
        canvas.scroll_bar(body, top, lines.len());
    }

    /// Before anything is stated: what was saved last, and how to begin.
    fn resting(&self, log: &Log, canvas: &mut Canvas, area: Rect) {
        let words = self.words();
        let mut rest = area;
        if let Some((ack, content)) = &log.saved {
            let glyphs = canvas.glyphs;
            let saved = say!(words, "log-last-saved", seq = ack.id.seq, at = labels::clock(content.opened));
            let verdict = format!("{} {}", panel::mark(ack.verdict, &glyphs), words.terms().verdict(ack.verdict));
            canvas.line(
                rest,
                &[
                    (glyphs.check, Meaning::Good),
                    (" ", Meaning::Text),
                    (&saved, Meaning::Good),
                    ("  ", Meaning::Text),
                    (&verdict, panel::meaning(ack.verdict)),
                ],
            );
            rest = Rect { y: rest.y + 1, height: rest.height.saturating_sub(1), ..rest };
        }
        let begin = if log.planning { say!(words, "log-plan-begin") } else { say!(words, "log-begin") };
        canvas.paragraph(rest, &begin, 0, Meaning::Dim);
    }

    fn picker(&self, canvas: &mut Canvas, area: Rect) {
        let popup = centred(area, 76, 18);
        let hint = say!(self.words(), "log-picker-hint");
        match &self.form.picking {
            Some(Picking::Auxiliaries(picker)) => picker.view(self.words(), canvas, popup, &hint),
            Some(Picking::Duties(picker)) => {
                let hint = say!(self.words(), "log-duties-picker-hint");
                picker.view(self.words(), canvas, popup, &hint);
            }
            Some(Picking::Officers(picker)) => picker.view(self.words(), canvas, popup, &hint),
            Some(Picking::Circumstances(picker)) => {
                picker.view(self.words(), canvas, popup, &say!(self.words(), "log-circumstances-picker-hint"));
            }
            None => {}
        }
    }
}

/// Writes a tag at the right end of a field; the room left for its value.
fn right_tag(canvas: &mut Canvas, area: Rect, tag: &str, meaning: Meaning) -> Rect {
    let width = u16::try_from(text::width(tag)).unwrap_or(0);
    canvas.text_right(Rect { height: 1, ..area }, tag, meaning);
    Rect { width: area.width.saturating_sub(width + 1), ..area }
}

/// How a value looks, by where it comes from.
fn look(source: Source) -> Meaning {
    match source {
        Source::Stated => Meaning::Text,
        Source::Suggested | Source::Carried => Meaning::Suggested,
    }
}

fn mark(canvas: &Canvas, how: Meaning) -> &'static str {
    match how {
        Meaning::Good => canvas.glyphs.permitted,
        Meaning::Warn => canvas.glyphs.review,
        _ => canvas.glyphs.improper,
    }
}
