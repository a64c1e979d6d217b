//! The screen of the register that tests alone declare: its steps as a ladder, above what all entries show.

use super::page;
use crate::entries::Sheet;
use crate::theme::Meaning;
use crate::widgets::Page;

/// Writes an entry.
pub(super) fn write(sheet: &Sheet, page: &mut Page) {
    let lang = page.shared.lang();
    for (step, _) in &sheet.steps {
        let taken = sheet.entry.taken.iter().any(|taken| taken.step.n == step.n);
        let (mark, meaning) = if taken { ("[x]", Meaning::Good) } else { ("[ ]", Meaning::Dim) };
        page.add(0, &format!("{mark} {}", step.name(lang)), meaning);
    }
    page::write(sheet, page);
}
