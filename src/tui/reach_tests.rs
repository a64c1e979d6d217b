//! Every command is reached with an input method on, in every preset keymap: by a key of its own
//! or through the palette, whose key and arrows are such keys too.

use std::collections::BTreeSet;

use crate::command::Command;
use crate::keymap::{Keymap, Preset};
use crate::msg::Msg;
use crate::screens::ScreenId;
use crate::testing::dry_run::{DryRun, Look};
use crate::text;
use crate::update::is_enabled;

/// A key of the command that works while an input method is on, as tests write it.
fn safe_key(keymap: &Keymap, command: Command) -> String {
    let bindings = keymap.bindings_of(command);
    let safe = bindings.iter().find(|binding| binding.is_ime_safe());
    let keys = safe.unwrap_or_else(|| panic!("{} has no safe key", command.id())).shown();
    format!("<{}>", keys.replace(' ', "><"))
}

/// The lines that the palette offers, read from the screen as the arrow goes down.
fn offered(run: &mut DryRun) -> BTreeSet<String> {
    let keymap = run.model.shared.keymap.clone();
    run.keys(&safe_key(&keymap, Command::Palette));
    let (down, mut lines) = (safe_key(&keymap, Command::ListDown), BTreeSet::new());
    loop {
        let shown = run.text();
        // What lies behind the palette has its own selected line, above.
        let line = shown.lines().rev().find_map(|line| line.split_once("│▸ ")).expect("a line is selected").1;
        if !lines.insert(line.to_owned()) {
            break;
        }
        run.keys(&down);
    }
    run.keys(&safe_key(&keymap, Command::Back));
    lines
}

#[test]
fn every_command_is_reached_from_every_preset_with_an_input_method_on() {
    for preset in Preset::ALL {
        let mut reached = BTreeSet::new();
        for id in ScreenId::all() {
            let mut run = DryRun::open(&Look { preset, size: (100, 40), ..Look::default() });
            run.send(Msg::Run(id.command()));
            let enabled: Vec<Command> =
                Command::ALL.iter().copied().filter(|command| is_enabled(&run.model, *command)).collect();
            let lines = offered(&mut run);
            assert_eq!(run.model.current, id, "nothing was run");
            for command in enabled.into_iter().filter(|command| *command != Command::Palette) {
                let (name, doc) = (command.name(&run.model.shared.words), command.doc(&run.model.shared.words));
                let says = |line: &&String| line.starts_with(&name) && line.contains(text::prefix(&doc, 16));
                assert!(lines.iter().any(|line| says(&line)), "{} on {id:?} in {}", command.id(), preset.name());
                reached.insert(command);
            }
        }
        assert!(reached.len() > 30, "{} were reached in {}", reached.len(), preset.name());
    }
}

#[test]
fn chosen_in_the_palette_by_arrows_alone_a_command_runs() {
    for preset in Preset::ALL {
        let mut run = DryRun::open(&Look { preset, size: (100, 40), ..Look::default() });
        let keymap = run.model.shared.keymap.clone();
        let doc = Command::NextTheme.doc(&run.model.shared.words);
        run.keys(&safe_key(&keymap, Command::Palette));
        let selected = |run: &DryRun| run.text().lines().any(|line| line.contains("│▸ ") && line.contains(&doc));
        while !selected(&run) {
            run.keys(&safe_key(&keymap, Command::ListDown));
        }
        let before = run.model.shared.theme;
        run.keys(&safe_key(&keymap, Command::ListOpen));
        assert_eq!(run.model.shared.theme, before.next(), "{}", preset.name());
    }
}
