//! Taking tasks out: the list or one task, as a file or as a sheet for signatures.

use super::{Front, Tasks};
use crate::export::{self, Form, Job, Which};
use crate::shared::{Cx, Tone};
use crate::widgets::{Asked, Prompt};
use crate::widgets::{Entry, Picked, Picker};
use crate::words::{Words, say};

/// What a form of file is called.
fn name(words: &Words, form: Form) -> (String, String) {
    match form {
        Form::Xlsx => (say!(words, "export-xlsx"), say!(words, "export-xlsx-doc")),
        Form::Csv => (say!(words, "export-csv"), say!(words, "export-csv-doc")),
        Form::Json => (say!(words, "export-json"), say!(words, "export-json-doc")),
        Form::Sheet => (say!(words, "export-sheet"), say!(words, "export-sheet-doc")),
        Form::Evidence => (say!(words, "export-evidence"), say!(words, "export-evidence-doc")),
    }
}

impl Tasks {
    /// Asks in which form.
    pub(super) fn choose_form(&mut self, cx: &mut Cx) {
        let words = cx.words();
        let lists = [Form::Xlsx, Form::Csv, Form::Json, Form::Sheet];
        let forms = lists.into_iter().chain(self.opened.is_some().then_some(Form::Evidence));
        let entries = forms.map(|form| {
            let (name, doc) = name(words, form);
            Entry::new(form, name, doc, form.ending())
        });
        self.front = Some(Front::Form(Picker::one(say!(words, "export-title"), entries.collect())));
    }

    /// A form was chosen, or not.
    pub(super) fn form_chosen(&mut self, picked: Picked<Form>, cx: &mut Cx) {
        match picked {
            Picked::Open => {}
            Picked::Cancelled => self.front = None,
            Picked::Chosen(forms) => match forms.first() {
                Some(form) => self.ask_path(*form, cx),
                None => self.front = None,
            },
        }
    }

    /// Asks where to, with a name that says what it is.
    pub(super) fn ask_path(&mut self, form: Form, cx: &mut Cx) {
        let words = cx.words();
        let what = match (form, &self.opened) {
            (_, Some(opened)) => {
                opened.detail.as_ref().map_or_else(|| opened.id.to_string(), |detail| detail.row.reference.clone())
            }
            (Form::Sheet, None) => say!(words, "export-file-sheet"),
            (_, None) => say!(words, "export-file-list"),
        };
        let path = export::path(cx.shared, &what, form);
        let title = say!(words, "export-path-title", form = name(words, form).0);
        let prompt = Prompt::new(title, say!(words, "export-path-hint")).with(&path.display().to_string());
        self.front = Some(Front::Path(form, prompt));
    }

    /// A path was given, or not.
    pub(super) fn path_given(&mut self, form: Form, asked: Asked, cx: &mut Cx) {
        match asked {
            Asked::Open => {}
            Asked::Cancelled => self.front = None,
            Asked::Empty => cx.notify(Tone::Failed, say!(cx.words(), "export-no-path")),
            Asked::Given(path) => {
                self.front = None;
                let which = match &self.opened {
                    Some(opened) => Which::Task(opened.id),
                    None => Which::List(self.filter.query(0, 0)),
                };
                let path = cx.shared.exports_to.clone().unwrap_or_default().join(path);
                export::ask(which, form, path, cx);
            }
        }
    }

    /// The file is written, or it could not be.
    pub(super) fn exported(job: &Job, written: &Result<u64, String>, cx: &mut Cx) {
        let path = job.path.display().to_string();
        match written {
            Ok(tasks) => cx.done(say!(cx.words(), "export-done", tasks = tasks, path = path)),
            Err(why) => cx.notify(Tone::Failed, why.clone()),
        }
    }
}
