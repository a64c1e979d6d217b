//! The agency's registers, with how many entries each holds.

use auxlog_registers::{Closed, Register};
use ratatui::layout::Rect;

use crate::canvas::Canvas;
use crate::entries::Holdings;
use crate::labels;
use crate::shared::Shared;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, List, table};
use crate::words::say;

/// The list of registers.
#[derive(Debug, Default)]
pub(super) struct Registers {
    held: Vec<(&'static Register, usize, Option<Closed>)>,
    pub(super) list: List,
}

impl Registers {
    pub(super) fn put(&mut self, holdings: &Holdings) {
        self.held.clone_from(&holdings.registers);
        self.list.set_total(self.held.len());
    }

    /// The selected register.
    pub(super) fn selected(&self) -> Option<&'static Register> {
        self.held.get(self.list.selected()?).map(|(register, ..)| *register)
    }

    pub(super) fn select(&mut self, register: &Register) {
        if let Some(place) = self.held.iter().position(|(held, ..)| *held == register) {
            self.list.select(place);
        }
    }

    /// Why making entries in a register is not open.
    pub(super) fn closed(&self, register: &Register) -> Option<&Closed> {
        self.held.iter().find(|(held, ..)| *held == register)?.2.as_ref()
    }

    pub(super) fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let (words, lang) = (&shared.words, shared.lang());
        if self.held.is_empty() {
            canvas.text(area.x, area.y, &say!(words, "loading"), area.width, Meaning::Dim);
            return;
        }
        let columns = [
            Column::fixed(say!(words, "registers-register"), 24),
            Column::fixed(say!(words, "registers-count"), 10).right(),
            Column::rest(format!("  {}", say!(words, "registers-cites")), 20),
        ];
        let rulebook = words.rulebook();
        table(canvas, area, &columns, &self.list, true, |place| {
            let Some((register, count, _)) = self.held.get(place) else { return Vec::new() };
            let cites: Vec<String> = register.cites.iter().map(|cite| rulebook.cite_label(cite, lang)).collect();
            let look = if *count == 0 { Meaning::Dim } else { Meaning::Text };
            vec![
                Cell::new(register.name(lang), Meaning::Text),
                Cell::new(labels::grouped(u64::try_from(*count).unwrap_or(u64::MAX)), look),
                Cell::new(format!("  {}", cites.join(&say!(words, "list-separator"))), Meaning::Dim),
            ]
        });
    }
}
