//! 人员: people, the agency's registers, what falls due in them.

mod book;
mod draft;
mod entries;
mod form;
mod form_view;
mod own;
mod page;
mod people;
mod place;
mod registers;
mod shelf;
mod tab;
#[cfg(any(test, feature = "trial"))]
mod trial;

#[cfg(test)]
mod entry_tests;
#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod tests;

use ratatui::layout::Rect;

use self::draft::Kept;
use self::form::{Form, Left};
use self::people::Crew;
use self::registers::Registers;
use self::shelf::{Shelf, Wanted};
use self::tab::Tab;
use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::effect::{Answer, Ask, Ticket};
use crate::entries::{Deed, Refusal, Within, Written};
use crate::event::Input;
use crate::remembered::Remembered;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared, Tone};
use crate::sync_state::SyncNews;
use crate::words::say;

/// The staff screen.
#[derive(Debug, Default)]
pub struct Staff {
    tab: Tab,
    people: Crew,
    /// Somebody's file, over the people.
    file: Option<Shelf>,
    registers: Registers,
    /// A register's entries, over the registers.
    list: Option<Shelf>,
    due: Option<Shelf>,
    /// An entry or step that is being written, over everything.
    form: Option<Form>,
    /// One that was being written when the screens were left, until its entry is read.
    kept: Option<Kept>,
    /// An annulment on its way.
    annulling: Option<Ticket>,
}

impl Staff {
    /// The list of entries that is shown.
    fn shelf(&self) -> Option<&Shelf> {
        match self.tab {
            Tab::People => self.file.as_ref(),
            Tab::Registers => self.list.as_ref(),
            Tab::Due => self.due.as_ref(),
        }
    }

    fn shelf_mut(&mut self) -> Option<&mut Shelf> {
        match self.tab {
            Tab::People => self.file.as_mut(),
            Tab::Registers => self.list.as_mut(),
            Tab::Due => self.due.as_mut(),
        }
    }

    /// What of a form is to be there again.
    fn draft(&self) -> String {
        let of_form = self.form.as_ref().and_then(Kept::of);
        of_form.as_ref().or(self.kept.as_ref()).map(Kept::text).unwrap_or_default()
    }

    /// Goes to a page.
    fn show(&mut self, tab: Tab, cx: &mut Cx) {
        self.tab = tab;
        self.refresh(cx);
    }

    /// Asks anew for what is shown.
    fn refresh(&mut self, cx: &mut Cx) {
        if self.tab == Tab::Due && self.due.is_none() {
            self.due = Some(Shelf::new(Within::Due));
        }
        if let Some(entry) = self.kept.as_ref().and_then(Kept::entry) {
            cx.ask(Ask::Entry(entry));
        }
        let tab = self.tab;
        match (self.shelf_mut(), tab) {
            (Some(shelf), _) => shelf.refresh(cx),
            (None, Tab::People) => self.people.enter(None, cx),
            (None, _) => ask_holdings(cx),
        }
    }

    fn turn(&mut self, by: usize, cx: &mut Cx) {
        self.show(Tab::ALL[(self.tab as usize + by) % Tab::ALL.len()], cx);
    }

    /// Opens what the registers hold about whoever is selected.
    fn open_file(&mut self, cx: &mut Cx) {
        let Some(id) = self.people.current() else { return };
        let mut file = Shelf::new(Within::Person(id.clone()));
        file.refresh(cx);
        self.file = Some(file);
    }

    /// Opens the selected register.
    fn open_register(&mut self, cx: &mut Cx) {
        let Some(register) = self.registers.selected() else { return };
        let mut list = Shelf::new(Within::Register(register));
        list.refresh(cx);
        self.list = Some(list);
    }

    /// Does what a list wants done; whether it was one of its commands.
    fn do_wanted(&mut self, wanted: Wanted, cx: &mut Cx) -> bool {
        match wanted {
            Wanted::Nothing => return false,
            Wanted::Taken => {}
            Wanted::Form(deed) => {
                let sheet = self.shelf().and_then(Shelf::sheet);
                self.form = Some(Form::new(deed, sheet, cx.shared));
            }
            Wanted::Annul(deed, reason) => {
                let written = Written { deed, said: Vec::new(), reason };
                self.annulling = Some(cx.ask(Ask::Write(Box::new(written))));
            }
            Wanted::Left => match self.tab {
                Tab::People => self.file = None,
                Tab::Registers => {
                    self.list = None;
                    ask_holdings(cx);
                }
                Tab::Due => return false,
            },
        }
        true
    }

    /// Begins a new entry of the register that is shown or selected.
    fn begin(&mut self, cx: &mut Cx) {
        let register = match self.shelf().map(Shelf::of) {
            Some(Within::Register(register)) => Some(*register),
            Some(_) => None,
            None => self.registers.selected(),
        };
        let Some(register) = register else { return };
        if let Some(why) = self.registers.closed(register) {
            cx.notify(Tone::Failed, cx.words().terms().entry_closed(why));
        } else {
            self.form = Some(Form::new(Deed::Enter(register), None, cx.shared));
        }
    }

    /// What was written is durable.
    fn written(&mut self, id: auxlog_record::RecordId, cx: &mut Cx) {
        let own = self.annulling.take_if(|asked| cx.answers(*asked)).is_some();
        let form = self.form.take_if(|form| form.saving.is_some_and(|asked| cx.answers(asked)));
        if let Some(form) = &form {
            cx.done(say!(cx.words(), "entry-saved", what = form.title.as_str()));
        } else if own {
            cx.done(say!(cx.words(), "entry-saved", what = say!(cx.words(), "entry-annulled")));
        } else {
            return;
        }
        if let Some(Form { deed: Deed::Enter(register), .. }) = form {
            if self.tab == Tab::Registers && self.list.is_none() {
                self.registers.select(register);
                self.open_register(cx);
            }
            if let Some(shelf) = self.shelf_mut() {
                shelf.open(id, cx);
            }
        }
        self.refresh(cx);
    }

    fn refused(&mut self, refusal: &Refusal, cx: &mut Cx) {
        self.annulling.take_if(|asked| cx.answers(*asked));
        if let Some(form) = &mut self.form
            && form.saving.take_if(|asked| cx.answers(*asked)).is_some()
        {
            form.refused(refusal, cx);
        } else if let Refusal::Entry(error) = refusal {
            let why = cx.words().terms().entry(error);
            cx.notify(Tone::Failed, say!(cx.words(), "entry-not-read", why = why));
        }
    }
}

fn ask_holdings(cx: &mut Cx) {
    cx.ask(Ask::Holdings);
}

impl Screen for Staff {
    fn scopes(&self) -> &'static [Scope] {
        match (&self.form, self.shelf(), self.tab) {
            (Some(form), ..) => form.scopes(),
            (None, Some(shelf), _) => shelf.scopes(),
            (None, None, Tab::People) => self.people.scopes(),
            (None, None, _) => &[Scope::Staff, Scope::List],
        }
    }

    fn editing(&self) -> bool {
        match (&self.form, self.shelf(), self.tab) {
            (Some(_), ..) => true,
            (None, Some(shelf), _) => shelf.editing(),
            (None, None, Tab::People) => self.people.editing(),
            (None, None, _) => false,
        }
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        if let Some(form) = &mut self.form {
            return form.input(input, cx);
        }
        let tab = self.tab;
        match (self.shelf_mut(), tab) {
            (Some(shelf), _) => shelf.input(input, cx),
            (None, Tab::People) => self.people.input(input, cx),
            (None, _) => false,
        }
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if let Some(form) = &mut self.form {
            match form.run(command, cx) {
                Left::No => return false,
                Left::Open => {}
                Left::Closed => self.form = None,
            }
            return true;
        }
        match command {
            Command::StaffNext => self.turn(1, cx),
            Command::StaffPrevious => self.turn(Tab::ALL.len() - 1, cx),
            Command::StaffNew => self.begin(cx),
            Command::StaffFile => self.open_file(cx),
            command => {
                if let Some(shelf) = self.shelf_mut() {
                    let wanted = shelf.run(command, cx);
                    return self.do_wanted(wanted, cx);
                }
                match (self.tab, command) {
                    (Tab::People, command) => return self.people.run(command, cx),
                    (_, Command::ListOpen) => self.open_register(cx),
                    (_, Command::StaffRefresh) => ask_holdings(cx),
                    (_, command) => return self.registers.list.run(command),
                }
            }
        }
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> bool {
        if let Some(form) = &self.form {
            return form.enabled(command);
        }
        let (shelf, covered) = (self.shelf(), self.people.is_covered());
        let covered = shelf.map_or(covered && self.tab == Tab::People, Shelf::is_covered);
        match command {
            Command::StaffSave => false,
            Command::StaffNext | Command::StaffPrevious => !covered,
            Command::StaffDuty | Command::StaffLaw => {
                shelf.is_none() && self.tab == Tab::People && self.people.enabled(command, shared)
            }
            Command::StaffFile => shelf.is_none() && self.tab == Tab::People && self.people.current().is_some(),
            Command::StaffNew => match shelf.map(Shelf::of) {
                Some(of) => matches!(of, Within::Register(_)),
                None => self.tab == Tab::Registers && self.registers.selected().is_some(),
            },
            Command::StaffStep | Command::StaffCorrect | Command::StaffAnnul => {
                shelf.is_some_and(|shelf| shelf.enabled(command))
            }
            command => match (shelf, self.tab) {
                (Some(shelf), _) => shelf.enabled(command),
                (None, Tab::People) => self.people.enabled(command, shared),
                (None, _) => command != Command::ListSearch,
            },
        }
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        if let Some(form) = &mut self.form {
            form.click(hit, cx);
            return;
        }
        if let Hit::Field(place) = hit {
            self.show(Tab::ALL.get(place).copied().unwrap_or_default(), cx);
            return;
        }
        if let Some(shelf) = self.shelf_mut() {
            let wanted = shelf.click(hit, cx);
            self.do_wanted(wanted, cx);
            return;
        }
        match (self.tab, hit) {
            (Tab::People, hit) => self.people.click(hit, cx),
            (_, Hit::Row(row)) if self.registers.list.selected() == Some(row) => self.open_register(cx),
            (_, Hit::Row(row)) => self.registers.list.select(row),
            _ => {}
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Auxiliary(_) | Target::Registers | Target::Due)
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        match target {
            Target::Auxiliary(id) => {
                (self.tab, self.file) = (Tab::People, None);
                self.people.enter(Some(id), cx);
            }
            Target::Registers => {
                self.list = None;
                self.show(Tab::Registers, cx);
            }
            Target::Due => self.show(Tab::Due, cx),
            _ => self.refresh(cx),
        }
    }

    fn answer(&mut self, answer: &Answer, cx: &mut Cx) {
        match answer {
            Answer::Holdings(holdings) => self.registers.put(holdings),
            Answer::Written(id) => self.written(*id, cx),
            Answer::Entry(id, sheet) if self.form.is_none() => {
                let kept = self.kept.take_if(|kept| kept.entry() == Some(*id));
                self.form = kept.and_then(|kept| kept.form(Some(sheet.as_deref()?), cx.shared));
            }
            Answer::Refused(refusal) => self.refused(refusal, cx),
            Answer::Panicked => {
                self.annulling.take_if(|asked| cx.answers(*asked));
                if let Some(form) = &mut self.form {
                    form.saving.take_if(|asked| cx.answers(*asked));
                }
            }
            Answer::Sync(SyncNews::Done { outcome, .. })
                if outcome.received > 0 && (self.tab != Tab::People || self.file.is_some()) =>
            {
                self.refresh(cx);
            }
            _ => {}
        }
        if let Some(form) = &mut self.form {
            form.answer(answer, cx);
        }
        for shelf in [&mut self.file, &mut self.list, &mut self.due].into_iter().flatten() {
            shelf.answer(answer);
        }
        self.people.answer(answer, cx);
    }

    fn remember(&self, kept: &mut Remembered) {
        self.people.remember(kept);
        kept.put("staff.page", self.tab.name());
        kept.put("staff.form", self.draft());
    }

    fn restore(&mut self, kept: &Remembered, cx: &mut Cx) {
        self.people.restore(kept, cx);
        self.tab = kept.get("staff.page").and_then(Tab::named).unwrap_or_default();
        self.kept = kept.get("staff.form").and_then(Kept::read);
        if let Some(draft) = self.kept.take_if(|kept| kept.entry().is_none()) {
            self.form = draft.form(None, cx.shared);
        }
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        if let Some(form) = &self.form {
            form.view(shared, canvas, area);
            return;
        }
        let line = area.height.min(1);
        let body = Rect { y: area.y + line, height: area.height - line, ..area };
        self.tab.view(shared, canvas, Rect { height: line, ..area });
        match (self.shelf(), self.tab) {
            (Some(shelf), _) => shelf.view(shared, canvas, body),
            (None, Tab::People) => self.people.view(shared, canvas, body),
            (None, _) => self.registers.view(shared, canvas, body),
        }
    }
}
