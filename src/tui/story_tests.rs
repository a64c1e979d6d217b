//! Stories on a real ledger: what the officer does, what they see, what is on disk afterwards.

use crossterm::event::Event;

use crate::testing::dry_run::Look;
use crate::testing::headless::{Headless, PASSPHRASE};

#[test]
fn a_wrong_passphrase_changes_nothing_and_the_right_one_opens() {
    let mut app = Headless::new(80, 24);
    app.wait_for("O1").type_text("not this one").keys("<Enter>");
    app.wait_for("口令不对");
    assert!(app.model().is_locked());
    app.type_text(PASSPHRASE).keys("<Enter>");
    app.wait_until("unlocked", |model| !model.is_locked());
    app.wait_for("王建国");
}

#[test]
fn locking_closes_the_ledger_and_another_may_open_it() {
    let mut app = Headless::new(80, 24);
    app.unlock().keys("<F12>");
    app.wait_for("O1");
    app.unlock();
    assert!(app.text().contains("今日"));
}

#[test]
fn resizing_at_any_moment_is_harmless() {
    let mut app = Headless::new(80, 24);
    for (columns, rows) in [(20, 5), (120, 40), (60, 18), (1, 1), (80, 24)] {
        app.event(Event::Resize(columns, rows));
    }
    app.unlock();
    for (columns, rows) in [(20, 5), (120, 40), (60, 18)] {
        app.event(Event::Resize(columns, rows)).keys("<F3><F4><F5><F6><F7><F8><F2>");
    }
    app.event(Event::Resize(80, 24));
    app.wait_for("今日");
}

#[test]
fn quitting_waits_for_what_is_being_stored() {
    let mut app = Headless::new(80, 24);
    app.unlock().keys("<F3>");
    app.keys("<Tab><Tab><Tab><Tab><Tab>").type_text("巡查发现占道经营");
    app.keys("<Ctrl-Q>");
    assert!(app.model().quitting);
    let dir = app.quit();
    let mut again = Headless::on(dir, &Look::default());
    again.unlock().keys("<F3>");
    again.wait_for("巡查发现占道经营");
}
