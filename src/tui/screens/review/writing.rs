//! A step of a review being written: its words, the measure taken, whose statement it is.

use auxlog_record::{AuxiliaryId, Hash, RecordId, Statement};
use auxlog_store::ReviewInput;
use ratatui::layout::Rect;

use super::steps::{self, Lack, Step, Written};
use super::words::{measure_hint, measure_label, step_name, words_hint, words_label};
use crate::canvas::Canvas;
use crate::command::Command;
use crate::effect::{Ask, Ticket};
use crate::event::Input;
use crate::shared::{Cx, Shared};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Field, Note};
use crate::words::{Words, say};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Whose statement it is, or whom the measure is taken against.
    Who,
    /// The reason, or the words of the statement.
    Words,
    Measure,
    Acknowledged,
}

/// A step being written.
#[derive(Debug, Clone)]
pub struct Writing {
    /// Which step.
    pub step: Step,
    target: RecordId,
    /// The newest records about the task that the officer has seen.
    seen: Vec<Hash>,
    /// The auxiliaries of the task, by number and name.
    people: Vec<(AuxiliaryId, String)>,
    who: usize,
    words: Note,
    measure: Field,
    acknowledged: bool,
    at: Part,
    /// The task was permitted and sampled.
    sampled: bool,
    /// The question that takes it to the journal, while it is on its way.
    pub sending: Option<Ticket>,
}

impl Writing {
    /// A step about the task `target`, with nothing written yet.
    pub fn new(step: Step, target: RecordId, seen: Vec<Hash>, people: Vec<(AuxiliaryId, String)>) -> Self {
        let at = if step.needs_person() && people.len() > 1 { Part::Who } else { Part::Words };
        Self {
            step,
            target,
            seen,
            people,
            who: 0,
            words: Note::new(),
            measure: Field::new(),
            acknowledged: false,
            at,
            sampled: false,
            sending: None,
        }
    }

    /// Whether what is being handled is the answer to what was sent.
    pub fn is_answered(&self, cx: &Cx) -> bool {
        self.sending.is_some_and(|asked| cx.answers(asked))
    }

    /// The same about a permitted task that was sampled.
    #[must_use]
    pub fn on_sample(self, sampled: bool) -> Self {
        Self { sampled, ..self }
    }

    /// The task that it is about.
    pub fn target(&self) -> RecordId {
        self.target
    }

    /// The place among the task's auxiliaries of the one it concerns.
    pub fn who(&self) -> usize {
        self.who
    }

    /// Brings back what a draft kept.
    pub fn restore(&mut self, written: &Written, who: usize) {
        self.words.set(&written.words);
        self.measure.set(&written.measure);
        self.acknowledged = written.acknowledged;
        self.who = who.min(self.people.len().saturating_sub(1));
    }

    fn parts(&self) -> Vec<Part> {
        let who = (self.step.needs_person() && self.people.len() > 1).then_some(Part::Who);
        let last = match self.step {
            Step::TakeStatement => Some(Part::Acknowledged),
            step @ Step::Decide(_) => step.needs_measure().then_some(Part::Measure),
        };
        who.into_iter().chain([Part::Words]).chain(last).collect()
    }

    /// What is written so far.
    pub fn written(&self) -> Written {
        Written {
            words: self.words.text().to_owned(),
            measure: self.measure.text().to_owned(),
            acknowledged: self.acknowledged,
        }
    }

    /// What is to be stored.
    ///
    /// # Errors
    /// What is still lacking; the focus goes there.
    pub fn finish(&mut self, shared: &Shared) -> Result<Ask, Lack> {
        let written = self.written();
        if let Some(lack) = steps::lack(self.step, &written) {
            self.at = match lack {
                Lack::Reason => Part::Words,
                Lack::Measure => Part::Measure,
                Lack::Acknowledgement => Part::Acknowledged,
            };
            return Err(lack);
        }
        let words = written.words.trim().to_owned();
        let person = self.people.get(self.who).map(|(id, _)| id.clone());
        Ok(match self.step {
            Step::Decide(decision) => Ask::Review(ReviewInput {
                target: self.target,
                decision,
                reason: words,
                measure: self.step.needs_measure().then(|| written.measure.trim().to_owned()),
                against: person.filter(|_| self.step.needs_person()),
            }),
            Step::TakeStatement => Ask::Statement(Statement {
                target: self.target,
                auxiliary: person.unwrap_or_default(),
                text: words,
                acknowledged: written.acknowledged,
                given_at: shared.now,
                based_on: self.seen.clone(),
            }),
        })
    }

    /// Handles a key or text; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        if self.sending.is_some() {
            return true;
        }
        match self.at {
            Part::Words => self.words.input(input),
            Part::Measure => self.measure.input(input),
            Part::Who | Part::Acknowledged => self.turn(input),
        }
    }

    /// Left, Right, a figure or the space bar changes a choice.
    fn turn(&mut self, input: &Input) -> bool {
        use crossterm::event::KeyCode::{Left, Right};
        let Input::Key(key) = input else { return false };
        let figure = key.typed().map(text::fold_full_width);
        let options = if self.at == Part::Who { self.people.len() } else { 2 };
        let now = if self.at == Part::Who { self.who } else { usize::from(!self.acknowledged) };
        let chosen = match (key.code, figure) {
            (Right, _) | (_, Some(' ')) => (now + 1) % options,
            (Left, _) => (now + options - 1) % options,
            (_, Some(figure)) => match figure.to_digit(10).and_then(|figure| usize::try_from(figure).ok()) {
                Some(figure) if (1..=options).contains(&figure) => figure - 1,
                _ => return false,
            },
            _ => return false,
        };
        if self.at == Part::Who {
            self.who = chosen;
        } else {
            self.acknowledged = chosen == 0;
        }
        true
    }

    /// Runs a command of the form; whether it was taken. Enter goes on to the next part, or is
    /// left to the screen on the last.
    pub fn run(&mut self, command: Command) -> bool {
        let parts = self.parts();
        let at = parts.iter().position(|part| *part == self.at).unwrap_or(0);
        match command {
            Command::FormNext => self.at = parts[(at + 1) % parts.len()],
            Command::FormPrevious => self.at = parts[(at + parts.len() - 1) % parts.len()],
            Command::FormActivate if at + 1 < parts.len() => self.at = parts[at + 1],
            Command::FormActivate => return false,
            command => match self.at {
                Part::Words => return self.words.run(command),
                Part::Measure => return self.measure.run(command),
                Part::Who | Part::Acknowledged => return false,
            },
        }
        true
    }

    /// Draws it as a popup over `area`; it owns the caret.
    pub fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let inner = canvas.popup(area, &step_name(words, self.step, self.sampled));
        let parts = self.parts();
        let fixed = u16::try_from(parts.len() * 2).unwrap_or(4);
        let note = inner.height.saturating_sub(fixed).max(2);
        let mut y = inner.y;
        for part in parts {
            let focus = part == self.at;
            let pointer = if focus { canvas.glyphs.pointer } else { " " };
            let label = format!("{pointer} {}", self.label(words, part));
            let look = if focus { Meaning::Title } else { Meaning::Dim };
            let end = canvas.text(inner.x, y, &label, inner.width, look);
            match part {
                Part::Words => {
                    let place = Rect { x: inner.x + 2, y: y + 1, width: inner.width.saturating_sub(2), height: note };
                    self.words.view(canvas, place, focus, &words_hint(words, self.step));
                    y += 1 + note;
                }
                Part::Measure => {
                    let place = Rect { x: inner.x + 2, y: y + 1, width: inner.width.saturating_sub(2), height: 1 };
                    self.measure.view(canvas, place, focus, &measure_hint(words, self.step));
                    y += 2;
                }
                Part::Who => {
                    let names: Vec<String> = self.people.iter().map(|(_, name)| name.clone()).collect();
                    options(canvas, Rect { x: end + 2, y, ..inner }, &names, self.who, focus);
                    y += 1;
                }
                Part::Acknowledged => {
                    let names = [say!(words, "review-acknowledged-yes"), say!(words, "review-acknowledged-no")];
                    options(canvas, Rect { x: end + 2, y, ..inner }, &names, usize::from(!self.acknowledged), focus);
                    y += 1;
                }
            }
        }
        let foot =
            if self.sending.is_some() { say!(words, "review-sending") } else { say!(words, "review-writing-keys") };
        canvas.text(inner.x, inner.bottom().saturating_sub(1), &foot, inner.width, Meaning::Dim);
    }

    fn label(&self, words: &Words, part: Part) -> String {
        match part {
            Part::Who if self.step == Step::TakeStatement => say!(words, "review-who"),
            Part::Who => say!(words, "review-against"),
            Part::Words => words_label(words, self.step),
            Part::Measure => measure_label(words, self.step),
            Part::Acknowledged => say!(words, "review-acknowledged"),
        }
    }
}

/// Draws options in a line, the chosen one marked.
fn options(canvas: &mut Canvas, area: Rect, names: &[String], chosen: usize, focus: bool) {
    let mut x = area.x;
    for (place, name) in names.iter().enumerate() {
        let mark = if place == chosen { canvas.glyphs.check } else { canvas.glyphs.empty };
        let look = if place == chosen { Meaning::Title } else { Meaning::Dim };
        x = canvas.text(x, area.y, &format!("{} {mark} {name}", place + 1), area.width, look) + 2;
    }
    if focus {
        canvas.set_caret(ratatui::layout::Position { x: area.x, y: area.y });
    }
}

#[cfg(test)]
mod tests {
    use auxlog_record::Decision;

    use super::*;
    use crate::testing;

    fn target() -> RecordId {
        RecordId { seq: 3, ..RecordId::default() }
    }

    #[test]
    fn a_confirmation_is_stored_with_its_reason_and_measure() {
        let shared = testing::shared();
        let mut writing = Writing::new(Step::Decide(Decision::Confirm), target(), vec![Hash::default()], Vec::new());
        assert_eq!(writing.finish(&shared), Err(Lack::Reason));
        writing.input(&Input::Text("属实，队员在车上".into()));
        assert_eq!(writing.finish(&shared), Err(Lack::Measure));
        writing.input(&Input::Text("当场纠正，重新核查".into()));
        let Ok(Ask::Review(step)) = writing.finish(&shared) else { panic!("it is complete") };
        assert_eq!(step.reason, "属实，队员在车上", "the lack took the caret to the measure");
        assert_eq!(step.measure.as_deref(), Some("当场纠正，重新核查"));
    }

    #[test]
    fn a_statement_names_whose_it_is_and_that_he_acknowledged_it() {
        let shared = testing::shared();
        let people = vec![("X1".into(), "王小明".to_owned()), ("X2".into(), "李强".to_owned())];
        let mut writing = Writing::new(Step::TakeStatement, target(), vec![Hash::default()], people);
        assert!(writing.input(&Input::Key("Right".parse().expect("a key"))));
        assert!(writing.run(Command::FormActivate));
        writing.input(&Input::Text("我是按队长的安排去的".into()));
        assert_eq!(writing.finish(&shared), Err(Lack::Acknowledgement));
        assert!(writing.input(&Input::Key("1".parse().expect("a key"))));
        let Ok(Ask::Statement(statement)) = writing.finish(&shared) else { panic!("it is complete") };
        assert_eq!(statement.auxiliary, "X2".into());
        assert!(statement.acknowledged);
    }
}
