//! Taking tasks out: the list or one task, as a file or as a sheet for signatures.

use super::Tasks;
use super::book::Wish;
use crate::export::{self, Form, Job, Which};
use crate::shared::{Cx, Tone};
use crate::widgets::register::Front;
use crate::widgets::{Entry, Picker, Prompt};
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
    pub(super) fn choose_form(&mut self, cx: &mut Cx) {
        let words = cx.words();
        let lists = [Form::Xlsx, Form::Csv, Form::Json, Form::Sheet];
        let forms = lists.into_iter().chain(self.list.opened().is_some().then_some(Form::Evidence));
        let entries = forms.map(|form| {
            let (name, doc) = name(words, form);
            Entry::new(Wish::Export(form), name, doc, form.ending())
        });
        let picker = Picker::one(say!(words, "export-title"), entries.collect());
        self.list.ask(Front::choice(picker, say!(words, "export-hint"), (70, 9)));
    }

    /// Asks where to, with a name that says what it is.
    pub(super) fn ask_path(&mut self, form: Form, cx: &mut Cx) {
        let words = cx.words();
        let what = match (form, self.list.opened()) {
            (_, Some(id)) => self.list.detail().map_or_else(|| id.to_string(), |detail| detail.row.reference.clone()),
            (Form::Sheet, None) => say!(words, "export-file-sheet"),
            (_, None) => say!(words, "export-file-list"),
        };
        let path = export::path(cx.shared, &what, form);
        let title = say!(words, "export-path-title", form = name(words, form).0);
        let prompt = Prompt::new(title, say!(words, "export-path-hint")).with(&path.display().to_string());
        let lacking = say!(words, "export-no-path");
        self.list.ask(Front::words(prompt, Wish::Export(form), lacking, (76, 6)));
    }

    /// Has the file written.
    pub(super) fn export(&self, form: Form, path: &str, cx: &mut Cx) {
        let which = match self.list.opened() {
            Some(id) => Which::Task(*id),
            None => Which::List(self.list.book.filter.query(0, 0)),
        };
        let path = cx.shared.exports_to.clone().unwrap_or_default().join(path);
        export::ask(which, form, path, cx);
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
