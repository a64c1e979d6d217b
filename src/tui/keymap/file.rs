//! Keymap files: a table for each scope, with what it binds and unbinds.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use toml::Spanned;

use crate::command::{Command, Scope};
use crate::key::Key;
use crate::keymap::mistake::{Mistake, MistakeKind, nearest};
use crate::keymap::{Binding, Preset};

/// A file as it is written: `extends`, then tables named as scopes. Every name keeps its place,
/// for messages.
#[derive(Debug, Default)]
struct Written {
    extends: Option<Spanned<String>>,
    scopes: Vec<(Spanned<String>, WrittenScope)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenScope {
    #[serde(default)]
    bind: Vec<WrittenBinding>,
    #[serde(default)]
    unbind: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBinding {
    on: Spanned<String>,
    run: Spanned<String>,
    desc: Option<String>,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Top;

        impl<'de> Visitor<'de> for Top {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a keymap")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                let mut written = Written::default();
                while let Some(name) = map.next_key::<Spanned<String>>()? {
                    if name.get_ref() == "extends" {
                        written.extends = Some(map.next_value()?);
                    } else {
                        written.scopes.push((name, map.next_value()?));
                    }
                }
                Ok(written)
            }
        }

        deserializer.deserialize_map(Top)
    }
}

/// A binding and where it is written.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) scope: Scope,
    pub(super) binding: Binding,
    pub(super) line: usize,
}

/// Keys taken away, and where that is written.
#[derive(Debug)]
pub(super) struct Unbinding {
    pub(super) scope: Scope,
    pub(super) keys: Vec<Key>,
    pub(super) line: usize,
}

/// A file as it is understood.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) extends: Option<Preset>,
    pub(super) bind: Vec<Located>,
    pub(super) unbind: Vec<Unbinding>,
}

pub(super) fn shown(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The layer that `source` describes, and what in it is not understood.
pub(super) fn parse(source: &str, file: &str) -> (Layer, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let mut report = |at: usize, kind| mistakes.push(Mistake::new(file, line(source, at), kind));
    let mut layer = Layer::default();
    let written: Written = match toml::from_str(source) {
        Ok(written) => written,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            report(at, MistakeKind::Syntax { message: error.message().to_owned() });
            // A file that can't be read leaves the officer the usual keys.
            layer.extends = Some(Preset::Default);
            return (layer, mistakes);
        }
    };
    if let Some(name) = &written.extends {
        layer.extends = Preset::named(name.get_ref());
        if layer.extends.is_none() {
            let meant = nearest(name.get_ref(), Preset::ALL.map(Preset::name));
            report(name.span().start, MistakeKind::UnknownPreset { name: name.get_ref().clone(), meant });
            layer.extends = Some(Preset::Default);
        }
    }
    for (name, table) in &written.scopes {
        let Some(scope) = Scope::ALL.iter().copied().find(|scope| scope.id() == name.get_ref()) else {
            let meant = nearest(name.get_ref(), Scope::ALL.iter().map(|scope| scope.id()));
            report(name.span().start, MistakeKind::UnknownScope { name: name.get_ref().clone(), meant });
            continue;
        };
        for written in &table.bind {
            match binding(scope, written) {
                Ok(binding) => {
                    layer.bind.push(Located { scope, binding, line: line(source, written.on.span().start) });
                }
                Err((at, kind)) => report(at, kind),
            }
        }
        for written in &table.unbind {
            let at = written.span().start;
            match keys(written.get_ref()) {
                Ok(keys) => layer.unbind.push(Unbinding { scope, keys, line: line(source, at) }),
                Err(kind) => report(at, kind),
            }
        }
    }
    (layer, mistakes)
}

fn line(source: &str, at: usize) -> usize {
    source.get(..at).unwrap_or(source).matches('\n').count() + 1
}

fn binding(scope: Scope, written: &WrittenBinding) -> Result<Binding, (usize, MistakeKind)> {
    let keys = keys(written.on.get_ref()).map_err(|kind| (written.on.span().start, kind))?;
    let (name, at) = (written.run.get_ref(), written.run.span().start);
    let command = Command::named(name).ok_or_else(|| {
        let meant = nearest(name, Command::ALL.iter().map(|command| command.id()));
        (at, MistakeKind::UnknownCommand { name: name.clone(), meant })
    })?;
    if command.scope() != scope {
        return Err((at, MistakeKind::WrongScope { name: name.clone(), scope, belongs: command.scope() }));
    }
    Ok(Binding { keys, command, desc: written.desc.clone() })
}

fn keys(written: &str) -> Result<Vec<Key>, MistakeKind> {
    let keys: Result<Vec<Key>, _> = written.split_whitespace().map(str::parse).collect();
    match keys {
        Ok(keys) if !keys.is_empty() => Ok(keys),
        Ok(_) => Err(MistakeKind::UnknownKey { name: written.to_owned() }),
        Err(unknown) => Err(MistakeKind::UnknownKey { name: unknown.0 }),
    }
}
