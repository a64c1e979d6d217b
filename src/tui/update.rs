//! How the state changes: synchronous, without I/O; what must be done outside comes back as data.

use std::sync::Arc;
use std::time::Duration;

use auxlog_law::Lang;

use crate::canvas::Hit;
use crate::command::{Command, Scope};
use crate::effect::{Alarm, Answer, Effect, Ticket};
use crate::event::Input;
use crate::glyph;
use crate::key::Key;
use crate::keymap::Resolved;
use crate::layers::{CommandList, Confirm, Unlock};
use crate::model::Model;
use crate::msg::Msg;
use crate::remembered::{self, Remembered};
use crate::screen::{Screen, Target};
use crate::screens::{ScreenId, Screens};
use crate::shared::{Act, Cx, Session, StatusLine, Tone};
use crate::text;
use crate::words::say;

/// After so long without a key the screen locks itself.
pub const IDLE: Duration = Duration::from_mins(5);

/// Changes `model` by `msg`; what is to be done outside.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Start => vec![Effect::ListOfficers],
        Msg::Probed { wide } => {
            // What the officer chose themselves goes before.
            if wide && !model.chosen.glyphs {
                model.shared.glyphs = glyph::ASCII;
            }
            Vec::new()
        }
        Msg::Input(Input::Resize(size)) => {
            model.shared.size = size;
            Vec::new()
        }
        Msg::Input(input) => {
            model.touched = model.shared.now;
            model.notice = None;
            input_to(model, &input)
        }
        Msg::Hit(Hit::Command(command)) | Msg::Run(command) => {
            model.touched = model.shared.now;
            model.notice = None;
            run(model, command)
        }
        Msg::Hit(hit) => {
            model.touched = model.shared.now;
            with_front(model, |front, cx| front.click(hit, cx)).1
        }
        Msg::Wheel(lines) => {
            let command = if lines < 0 { Command::ListUp } else { Command::ListDown };
            (0..lines.unsigned_abs()).flat_map(|_| run(model, command)).collect()
        }
        Msg::Answer(ticket, answer) => answered(model, ticket, &answer),
    }
}

/// Lets the front screen work, then does what it asks for.
fn with_front<T>(model: &mut Model, work: impl FnOnce(&mut dyn Screen, &mut Cx) -> T) -> (T, Vec<Effect>) {
    let mut cx = Cx::new(&model.shared);
    let front: &mut dyn Screen = match model.layers.last_mut() {
        Some(layer) => layer.as_mut(),
        None if model.shared.session.is_none() => &mut model.unlock,
        None => model.screens.get_mut(model.current),
    };
    let outcome = work(front, &mut cx);
    let acts = cx.into_acts();
    (outcome, perform(model, acts))
}

fn input_to(model: &mut Model, input: &Input) -> Vec<Effect> {
    if model.pending.is_empty() && model.front().editing() {
        let (taken, effects) = with_front(model, |front, cx| front.input(input, cx));
        if taken {
            return effects;
        }
    }
    match input {
        Input::Key(key) => key_to(model, *key),
        Input::Text(text) => {
            // A paste where a command was meant: a word committed by an input method.
            if text.chars().any(text::is_chinese) {
                hint_input_method(model);
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The scopes whose keys work now, innermost first.
pub fn scopes(front: &dyn Screen) -> Vec<Scope> {
    let text = front.editing().then_some(Scope::Text);
    text.into_iter().chain(front.scopes().iter().copied()).chain([Scope::Global]).collect()
}

fn key_to(model: &mut Model, key: Key) -> Vec<Effect> {
    let mut keys = model.pending.clone();
    keys.push(key.folded());
    let scopes = scopes(model.front());
    let resolved = model.shared.keymap.resolve(&scopes, &keys, |command| is_enabled(model, command));
    match resolved {
        Resolved::Run(command) => {
            model.pending.clear();
            run(model, command)
        }
        Resolved::Prefix => {
            model.pending = keys;
            Vec::new()
        }
        Resolved::Nothing => {
            model.pending.clear();
            if key.typed().is_some_and(text::is_chinese) {
                hint_input_method(model);
            }
            Vec::new()
        }
    }
}

fn hint_input_method(model: &mut Model) {
    let text = say!(model.shared.words, "hint-input-method");
    model.notice = Some(StatusLine { tone: Tone::Hint, text });
}

/// Whether `command` does something now.
pub fn is_enabled(model: &Model, command: Command) -> bool {
    let front = model.front();
    match command {
        Command::Quit
        | Command::Suspend
        | Command::NextTheme
        | Command::SwitchLanguage
        | Command::SwitchGlyphs
        | Command::Help => true,
        Command::Back => !model.is_locked() || !model.layers.is_empty(),
        _ if command.scope() == Scope::Global => !model.is_locked(),
        _ if command.scope() == Scope::Text => front.editing(),
        _ => front.scopes().contains(&command.scope()) && front.enabled(command, &model.shared),
    }
}

/// Runs a command.
pub fn run(model: &mut Model, command: Command) -> Vec<Effect> {
    if !is_enabled(model, command) {
        return Vec::new();
    }
    if let Some(id) = ScreenId::of(command) {
        return go(model, id, &Target::AsLeft);
    }
    match command {
        Command::Help => open_commands(model, CommandList::help),
        Command::Palette => open_commands(model, CommandList::palette),
        Command::GoRegisters | Command::GoDue => {
            let target = if command == Command::GoDue { Target::Due } else { Target::Registers };
            perform(model, vec![Act::Go(target)])
        }
        Command::Lock => lock(model),
        Command::NextTheme => {
            model.shared.theme = model.shared.theme.next();
            model.chosen.theme = true;
            remembered::remember(model).into_iter().collect()
        }
        Command::SwitchLanguage => {
            let other = if model.shared.lang() == Lang::Zh { Lang::En } else { Lang::Zh };
            let rulebooks = model.shared.words.rulebooks().clone();
            model.shared.words = crate::words::load(other).with_rulebooks(rulebooks);
            model.chosen.lang = true;
            remembered::remember(model).into_iter().collect()
        }
        Command::SwitchGlyphs => {
            let ascii = model.shared.glyphs.ascii;
            model.shared.glyphs = if ascii { glyph::UNICODE } else { glyph::ASCII };
            model.chosen.glyphs = true;
            remembered::remember(model).into_iter().collect()
        }
        Command::Suspend => vec![Effect::Suspend],
        Command::Quit => {
            let mut effects = leave(model);
            effects.push(Effect::Quit);
            effects
        }
        Command::Back => {
            let (taken, mut effects) = with_front(model, |front, cx| front.run(Command::Back, cx));
            if !taken {
                effects.extend(back(model));
            }
            effects
        }
        command => with_front(model, |front, cx| front.run(command, cx)).1,
    }
}

fn open_commands(model: &mut Model, list: impl FnOnce(&Model) -> CommandList) -> Vec<Effect> {
    // Palette and help don't lie on themselves or each other.
    if model.layers.last().is_some_and(|layer| layer.scopes().contains(&Scope::List)) {
        model.layers.pop();
    }
    let list = list(model);
    model.layers.push(Box::new(list));
    Vec::new()
}

fn back(model: &mut Model) -> Vec<Effect> {
    if model.layers.pop().is_some() {
        return Vec::new();
    }
    match model.trail.pop() {
        Some(id) => show(model, id, &Target::AsLeft),
        None => Vec::new(),
    }
}

fn go(model: &mut Model, id: ScreenId, target: &Target) -> Vec<Effect> {
    const TRAIL: usize = 20;
    if model.current != id {
        model.trail.push(model.current);
        if model.trail.len() > TRAIL {
            model.trail.remove(0);
        }
    }
    show(model, id, target)
}

fn show(model: &mut Model, id: ScreenId, target: &Target) -> Vec<Effect> {
    model.layers.clear();
    model.pending.clear();
    model.current = id;
    with_front(model, |front, cx| front.enter(target, cx)).1
}

/// Keeps what is being typed, and how the screens are.
fn leave(model: &mut Model) -> Vec<Effect> {
    let mut effects = with_screens(model, None, |screen, cx| screen.leave(cx));
    effects.extend(remembered::remember(model));
    effects
}

/// Forgets who worked and what they saw; the form's draft is on disk.
fn lock(model: &mut Model) -> Vec<Effect> {
    let mut effects = leave(model);
    model.shared.session = None;
    model.shared.counts = auxlog_store::Counts::default();
    model.screens = Screens::default();
    model.layers.clear();
    model.pending.clear();
    model.unlock = Unlock::default();
    effects.extend([Effect::Lock, Effect::ListOfficers]);
    effects
}

/// Lets every screen work, about the answer to a question or none.
fn with_screens(
    model: &mut Model,
    ticket: Option<Ticket>,
    mut work: impl FnMut(&mut dyn Screen, &mut Cx),
) -> Vec<Effect> {
    let mut cx = Cx::about(&model.shared, ticket);
    for screen in model.screens.iter_mut() {
        work(screen, &mut cx);
    }
    let acts = cx.into_acts();
    perform(model, acts)
}

fn answered(model: &mut Model, ticket: Option<Ticket>, answer: &Answer) -> Vec<Effect> {
    match answer {
        Answer::Woke(Alarm::Idle) => return idle(model),
        Answer::Opened { identity, roster, enrolment, kept } => {
            let (identity, roster) = (identity.clone(), roster.clone());
            let session =
                Session { identity, roster, entries: Arc::default(), people: None, enrolment: enrolment.clone() };
            model.shared.session = Some(session);
            model.unlock = Unlock::default();
            model.touched = model.shared.now;
            if let Some(draft) = kept {
                remembered::restore(model, &Remembered::of(draft));
            }
            let mut effects = vec![Effect::Wake { alarm: Alarm::Idle, after: IDLE }];
            let current = model.current;
            effects.extend(show(model, current, &Target::AsLeft));
            return effects;
        }
        Answer::Panicked => {
            let text = say!(model.shared.words, "engine-panicked");
            model.notice = Some(StatusLine { tone: Tone::Failed, text });
        }
        Answer::Counts(counts) => model.shared.counts = *counts,
        Answer::Registers(entries) => {
            if let Some(session) = &mut model.shared.session {
                session.entries = entries.clone();
            }
        }
        Answer::Roster(roster) => {
            if let Some(session) = &mut model.shared.session {
                session.roster = roster.clone();
            }
        }
        Answer::PeopleIndex(people) => {
            if let Some(session) = &mut model.shared.session {
                session.people = Some(people.clone());
            }
        }
        _ => {}
    }
    if model.is_locked() {
        let mut cx = Cx::new(&model.shared);
        model.unlock.answer(answer, &mut cx);
        let acts = cx.into_acts();
        return perform(model, acts);
    }
    with_screens(model, ticket, |screen, cx| screen.answer(answer, cx))
}

/// Locks when nothing was pressed for long; else waits for what is left.
fn idle(model: &mut Model) -> Vec<Effect> {
    if model.is_locked() {
        return Vec::new();
    }
    let quiet = (model.shared.now.0 - model.touched.0).to_std().unwrap_or_default();
    match IDLE.checked_sub(quiet) {
        Some(left) if !left.is_zero() => vec![Effect::Wake { alarm: Alarm::Idle, after: left }],
        _ => lock(model),
    }
}

/// Does what was asked for.
fn perform(model: &mut Model, acts: Vec<Act>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for act in acts {
        match act {
            Act::Effect(effect) => effects.push(effect),
            Act::Go(target) => {
                if let Some(id) = model.screens.showing(&target) {
                    effects.extend(go(model, id, &target));
                }
            }
            Act::Notify(notice) => model.notice = Some(notice),
            Act::Confirm { question, yes } => model.layers.push(Box::new(Confirm::new(question, yes))),
            Act::Run(command) => effects.extend(run(model, command)),
            Act::Close => {
                model.layers.pop();
            }
        }
    }
    effects
}
