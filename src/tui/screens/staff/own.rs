//! Screens of their own that registers have, where the one that all have serves people badly.

use super::page;
#[cfg(any(test, feature = "trial"))]
use super::trial;
use crate::entries::Sheet;
use crate::widgets::Page;

/// A register's own screen.
struct Own {
    /// As declarations name it.
    name: &'static str,
    /// Writes an entry.
    write: fn(&Sheet, &mut Page),
}

/// At most six registers have one.
const OWN: &[Own] = &[
    #[cfg(any(test, feature = "trial"))]
    Own { name: "ladder", write: trial::write },
];

/// Writes an entry as its register's screen does.
pub(super) fn write(sheet: &Sheet, page: &mut Page) {
    let named = sheet.entry.register.screen.as_ref();
    let own = named.and_then(|named| OWN.iter().find(|own| own.name == named));
    own.map_or(page::write as fn(&Sheet, &mut Page), |own| own.write)(sheet, page);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_that_a_register_names_is_there_and_no_other() {
        let named: Vec<&str> =
            auxlog_registers::all().iter().filter_map(|register| register.screen.as_deref()).collect();
        assert_eq!(named, OWN.iter().map(|own| own.name).collect::<Vec<_>>());
        assert!(OWN.len() <= 6 + 1);
    }
}
