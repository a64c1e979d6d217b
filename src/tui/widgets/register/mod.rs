//! A register: a list, what is known of the selected one beside it, one opened to be read in full,
//! and what lies in front of them.
//!
//! What is listed, and how it looks, a [`Book`] says; which commands of its own it has, and what
//! comes of a wish, is the screen's.

pub mod cites;
mod front;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use ratatui::layout::Rect;

pub use self::front::Front;
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::Ask;
use crate::event::Input;
use crate::screen::Target;
use crate::shared::{Cx, Shared};
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, LongList, Page, Reader, table};
use crate::words::say;

/// From this width on the selected one is read beside the list.
const WIDE: u16 = 120;
/// Longer lines are hard to read.
const LONGEST: usize = 110;

/// What a register lists, and how it looks.
pub trait Book: Debug {
    /// What a line of the list is made of.
    type Row: Debug;
    /// What tells one from another.
    type Id: Clone + PartialEq + Debug;
    /// Everything known of one.
    type Detail: Debug + Clone;
    /// What words are written or a choice is made for.
    type Wish: Clone + PartialEq + Debug;

    /// Which one a line is about.
    fn id(&self, row: &Self::Row) -> Self::Id;

    /// The question for the part of the list that begins at `offset`.
    fn ask_list(&self, offset: usize, shared: &Shared) -> Ask;

    /// The question for everything known of one.
    fn ask(&self, id: &Self::Id) -> Ask;

    /// The columns of the list in an area so wide.
    fn columns(&self, rows: &LongList<Self::Row>, shared: &Shared, width: u16) -> Vec<Column>;

    /// The cells of a line, in these columns.
    fn cells(&self, row: &Self::Row, shared: &Shared, width: u16) -> Vec<Cell>;

    /// Writes what the list knows of one, to be read beside it; the title over it.
    fn brief(&self, row: &Self::Row, page: &mut Page) -> String;

    /// Writes everything known of one.
    fn write(&self, detail: &Self::Detail, page: &mut Page);
}

/// A list with what is opened of it.
#[derive(Debug)]
pub struct Register<B: Book> {
    /// What is listed, and how it looks.
    pub book: B,
    /// The list.
    pub rows: LongList<B::Row>,
    opened: Option<Opened<B>>,
    front: Option<Front<B::Wish>>,
}

#[derive(Debug)]
struct Opened<B: Book> {
    id: B::Id,
    /// `None` until it came.
    detail: Option<Box<B::Detail>>,
    reader: Reader,
}

/// What came of a command or a click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did<W> {
    /// It was none of a register's.
    Nothing,
    /// It was done.
    Taken,
    /// What was opened is closed.
    Closed,
    /// This was chosen.
    Chosen(W),
    /// Words were written for this.
    Written(W, String),
}

impl<B: Book + Default> Default for Register<B> {
    fn default() -> Self {
        Self::with(B::default())
    }
}

impl<B: Book> Register<B> {
    /// What this lists, not yet asked for.
    pub fn with(book: B) -> Self {
        Self { book, rows: LongList::default(), opened: None, front: None }
    }

    /// Asks for the list, and for what is opened, as they are now.
    pub fn refresh(&mut self, cx: &mut Cx) {
        self.reload(cx);
        if let Some(opened) = &self.opened {
            cx.ask(self.book.ask(&opened.id));
        }
    }

    /// Asks for the list as it is now.
    pub fn reload(&mut self, cx: &mut Cx) {
        self.rows.outdate();
        self.load(cx);
    }

    /// Asks for what of the list is near the selection and not there.
    pub fn load(&mut self, cx: &mut Cx) {
        for offset in self.rows.missing() {
            cx.ask(self.book.ask_list(offset, cx.shared));
        }
    }

    /// Opens one.
    pub fn open(&mut self, id: B::Id, cx: &mut Cx) {
        self.front = None;
        cx.ask(self.book.ask(&id));
        self.opened = Some(Opened { id, detail: None, reader: Reader::default() });
    }

    /// Closes what is opened.
    pub fn close(&mut self) {
        self.opened = None;
    }

    /// Which one is opened.
    pub fn opened(&self) -> Option<&B::Id> {
        self.opened.as_ref().map(|opened| &opened.id)
    }

    /// Everything known of what is opened, once it came.
    pub fn detail(&self) -> Option<&B::Detail> {
        self.opened.as_ref()?.detail.as_deref()
    }

    /// The line of what is opened, else the selected one.
    pub fn current(&self) -> Option<&B::Row> {
        match &self.opened {
            Some(opened) => self.rows.iter().find(|row| self.book.id(row) == opened.id),
            None => self.rows.selected(),
        }
    }

    /// Takes in what is known of one, where it is opened; whether that is the first of it.
    pub fn put(&mut self, id: &B::Id, detail: &B::Detail) -> bool {
        let opened = self.opened.as_mut().filter(|opened| opened.id == *id);
        opened.is_some_and(|opened| opened.detail.replace(Box::new(detail.clone())).is_none())
    }

    /// Puts something in front.
    pub fn ask(&mut self, front: Front<B::Wish>) {
        self.front = Some(front);
    }

    /// Goes to the provision cited; one to choose where there are several.
    pub fn read(&mut self, cited: &[String], cx: &mut Cx) {
        match cited {
            [] => {}
            [only] => cx.go(Target::Provision(only.clone())),
            _ => self.front = Some(Front::cite(cites::picker(cx.words(), cited))),
        }
    }

    /// Whether something lies in front, and has the keys.
    pub fn is_covered(&self) -> bool {
        self.front.is_some()
    }

    /// The scopes of what lies in front, else `own`.
    pub fn scopes(&self, own: &'static [Scope]) -> &'static [Scope] {
        self.front.as_ref().map_or(own, Front::scopes)
    }

    /// Handles a key or text where something lies in front; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        self.front.as_mut().is_some_and(|front| front.input(input))
    }

    /// Whether a command of a list does something now.
    pub fn enabled(&self, command: Command) -> bool {
        match command {
            Command::ListOpen => self.is_covered() || self.opened.is_none() && self.rows.list.selected().is_some(),
            Command::ListSearch => false,
            _ => true,
        }
    }

    /// Runs a command.
    pub fn run(&mut self, command: Command, cx: &mut Cx) -> Did<B::Wish> {
        if let Some(front) = &mut self.front {
            let did = front.run(command, cx);
            return self.done(did);
        }
        let moved = match (command, &mut self.opened) {
            (Command::Back, Some(_)) => {
                self.close();
                return Did::Closed;
            }
            (Command::ListOpen, None) => {
                if let Some(id) = self.rows.selected().map(|row| self.book.id(row)) {
                    self.open(id, cx);
                }
                return Did::Taken;
            }
            (command, Some(opened)) => opened.reader.run(command),
            (command, None) => self.rows.list.run(command),
        };
        self.load(cx);
        if moved { Did::Taken } else { Did::Nothing }
    }

    /// A place was clicked: a line is selected, and opened when it already was.
    pub fn click(&mut self, hit: Hit, cx: &mut Cx) -> Did<B::Wish> {
        if let Some(front) = &mut self.front {
            let did = front.click(hit, cx);
            return self.done(did);
        }
        match (hit, &self.opened) {
            (Hit::Row(row), None) if self.rows.list.selected() == Some(row) => self.run(Command::ListOpen, cx),
            (Hit::Row(row), None) => {
                self.rows.list.select(row);
                self.load(cx);
                Did::Taken
            }
            _ => Did::Nothing,
        }
    }

    /// What came of what lies in front, which goes once it is done with.
    fn done(&mut self, did: Option<Did<B::Wish>>) -> Did<B::Wish> {
        self.front.take_if(|_| did.is_some());
        did.unwrap_or(Did::Taken)
    }

    /// Draws it into `area` below its first `head` lines, which are the screen's; what lies in front
    /// lies over all of it. `none` is said where nothing is listed.
    pub fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect, head: u16, none: (&str, Meaning)) {
        let body = Rect { y: area.y + head, height: area.height.saturating_sub(head), ..area };
        match &self.opened {
            Some(Opened { detail: Some(detail), reader, .. }) => {
                let mut page = Page::new(shared, usize::from(body.width.saturating_sub(2)).min(LONGEST));
                self.book.write(detail, &mut page);
                reader.view(canvas, body, &page.lines);
            }
            None if self.rows.list.total() > 0 => self.view_list(shared, canvas, body),
            None if self.rows.is_known() => {
                canvas.paragraph(body, none.0, 0, none.1);
            }
            _ => {
                canvas.text(body.x, body.y, &say!(shared.words, "loading"), body.width, Meaning::Dim);
            }
        }
        if let Some(front) = &self.front {
            front.view(shared, canvas, area);
        }
    }

    fn view_list(&self, shared: &Shared, canvas: &mut Canvas, body: Rect) {
        let wide = body.width >= WIDE;
        let list = if wide { Rect { width: body.width * 3 / 5, ..body } } else { body };
        let columns = self.book.columns(&self.rows, shared, list.width);
        table(canvas, list, &columns, &self.rows.list, true, |place| match self.rows.row(place) {
            Some(row) => self.book.cells(row, shared, list.width),
            None => vec![Cell::new(say!(shared.words, "loading"), Meaning::Dim)],
        });
        let Some(row) = self.rows.selected().filter(|_| wide) else { return };
        let side = Rect { x: body.x + list.width, width: body.width - list.width, ..body };
        let mut page = Page::new(shared, usize::from(side.width.saturating_sub(2)));
        let title = self.book.brief(row, &mut page);
        let inner = canvas.frame(side, &title, false);
        for (y, line) in (inner.top()..inner.bottom()).zip(&page.lines) {
            canvas.text(inner.x, y, &line.text, inner.width, line.meaning);
        }
    }
}
