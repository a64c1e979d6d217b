//! The line above the key bar: a notice, else who works here; and what is stored, received and
//! pending.

use ratatui::layout::Rect;

use crate::canvas::Canvas;
use crate::labels;
use crate::model::Model;
use crate::shared::Tone;
use crate::text;
use crate::theme::Meaning;
use crate::words::say;

pub(super) fn view(model: &Model, canvas: &mut Canvas, area: Rect) {
    let words = &model.shared.words;
    let mut room = area;
    if let Some(session) = &model.shared.session {
        let counts = model.shared.counts;
        let said = if session.enrolment.is_some() {
            say!(
                words,
                "status-counts",
                stored = labels::grouped(counts.stored),
                received = labels::grouped(counts.received_by_server),
                pending = labels::grouped(counts.pending)
            )
        } else {
            say!(words, "status-alone", stored = labels::grouped(counts.stored))
        };
        let columns = u16::try_from(text::width(&said)).unwrap_or(u16::MAX);
        // A notice that needs the whole line has it.
        let needed = model.notice.as_ref().map_or(0, |notice| text::width(&notice.text) + 5);
        if needed <= usize::from(area.width.saturating_sub(columns)) {
            let meaning = if counts.pending > 0 { Meaning::Warn } else { Meaning::Dim };
            canvas.text_right(area, &said, if session.enrolment.is_some() { meaning } else { Meaning::Dim });
            room.width = area.width.saturating_sub(columns + 1);
        }
    }
    if let Some(notice) = &model.notice {
        let (mark, meaning) = match notice.tone {
            Tone::Done => (canvas.glyphs.check, Meaning::Good),
            Tone::Hint => (canvas.glyphs.review, Meaning::Warn),
            Tone::Failed => (canvas.glyphs.improper, Meaning::Bad),
        };
        canvas.line(room, &[(" ", meaning), (mark, meaning), (" ", meaning), (&notice.text, meaning)]);
    } else if let Some(session) = &model.shared.session {
        let who = format!(" {} · {}", session.identity.officer_name, session.identity.agency_name);
        let who = if canvas.glyphs.ascii { who.replace('·', "-") } else { who };
        canvas.text(room.x, room.y, &who, room.width, Meaning::Dim);
    }
}
