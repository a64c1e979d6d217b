//! `auxlog rules show CODE`: a provision verbatim, an activity, or a row of the decision table.

use auxlog_law::{Activity, ActivityId, Change, Example, Facts, Outlook, Provision, Row, RowCase, Rulebook, Verdict};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Results};
use crate::verdict::{self, labels};

/// What to show, and in which form.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[arg(value_name = "CODE")]
    code: String,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Show {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let book = context.words.rulebook();
        let mut results = Results::new();
        // A bare item is both: its provision says all of it.
        if let Some(provision) = book.provision(&self.code) {
            match self.format {
                Format::Json => {
                    let mut shown = provision_json(provision);
                    if let Some(activity) = book.activity(&self.code) {
                        shown["outlooks"] = outlooks_json(book, activity, context);
                    }
                    results.json(&shown)?;
                }
                Format::Table => {
                    show_provision(book, provision, context, &mut results)?;
                    show_outlooks(book, book.activity(&self.code), context, &mut results)?;
                }
            }
        } else if let Some(activity) = book.activities().iter().find(|activity| activity.code == self.code) {
            match self.format {
                Format::Json => results.json(&json!({
                    "code": activity.code, "item": activity.item, "zh": activity.zh, "en": activity.en,
                    "words": activity.words, "text": book.provision(&activity.item).map(Provision::verbatim),
                    "outlooks": book.activity(&activity.code).map(|id| outlooks_json(book, id, context)),
                }))?,
                Format::Table => {
                    show_activity(book, activity, context, &mut results)?;
                    show_outlooks(book, book.activity(&activity.code), context, &mut results)?;
                }
            }
        } else if let Some(row) = book.row(&self.code) {
            match self.format {
                Format::Json => results.json(&row_json(row))?,
                Format::Table => show_row(book, row, context, &mut results)?,
            }
        } else {
            let code = self.code.clone();
            return Err(Failure::usage(fl!(context.words.loader(), "rules-unknown-code", code = code)));
        }
        results.flush()?;
        crate::output::tell(book.notice(context.words.lang()));
        Ok(Exit::Done)
    }
}

fn provision_json(provision: &Provision) -> Value {
    json!({ "cite": provision.cite, "article": provision.article, "item": provision.item,
        "text": provision.text, "verbatim": provision.verbatim() })
}

/// A row as programs read it.
pub(crate) fn row_json(row: &Row) -> Value {
    let case = |case: &RowCase| {
        json!({ "when": conditions(&case.when), "severity": case.severity, "answers": case.answers,
            "cites": case.cites, "message": { "zh": case.message_zh, "en": case.message_en },
            "remedy": { "zh": case.remedy_zh, "en": case.remedy_en } })
    };
    json!({ "rule": row.id, "layer": row.layer, "replaces": row.replaces, "replaced_by": row.replaced_by,
        "when": conditions(&row.when), "cases": row.cases.iter().map(case).collect::<Vec<_>>() })
}

fn conditions(when: &[(String, Vec<String>)]) -> Value {
    when.iter().map(|(field, values)| (field.clone(), json!(values))).collect::<serde_json::Map<_, _>>().into()
}

fn show_provision(
    book: &Rulebook,
    provision: &Provision,
    context: &Context,
    results: &mut Results,
) -> Result<(), Failure> {
    let lang = context.words.lang();
    let law = book.laws().iter().find(|law| law.prefix == provision.law);
    if let Some(law) = law {
        results.line(&format!("{}  {}", lang.pick(&law.zh, &law.en), law.published))?;
    }
    results.line(&format!("{}  [{}]", book.cite_label(&provision.cite, lang), provision.cite))?;
    results.line(&provision.verbatim())
}

fn show_activity(
    book: &Rulebook,
    activity: &Activity,
    context: &Context,
    results: &mut Results,
) -> Result<(), Failure> {
    results.line(&format!("{}  {}", activity.code, activity.name(context.words.lang())))?;
    match book.provision(&activity.item) {
        Some(provision) => show_provision(book, provision, context, results),
        None => Ok(()),
    }
}

/// The smallest change of facts in words; `None` where none would do.
fn changes(book: &Rulebook, changes: Option<&[Change]>, context: &Context) -> Option<Vec<String>> {
    Some(changes?.iter().map(|change| book.change_label(change, context.words.lang(), None)).collect())
}

fn outlooks_json(book: &Rulebook, activity: ActivityId, context: &Context) -> Value {
    let outlook = |outlook: &Outlook| {
        json!({ "when": book.outlook_label(outlook, context.words.lang()), "verdict": outlook.verdict.verdict,
            "basis": outlook.verdict.basis, "findings": verdict::findings(&outlook.verdict.findings, &[], &context.words),
            "proper": changes(book, outlook.proper.as_deref(), context) })
    };
    book.outlooks(activity).iter().map(outlook).collect()
}

/// Every way of doing the activity: how it is judged and why, who answers, what may follow, and
/// what would make it proper.
fn show_outlooks(
    book: &Rulebook,
    activity: Option<ActivityId>,
    context: &Context,
    results: &mut Results,
) -> Result<(), Failure> {
    let Some(activity) = activity else { return Ok(()) };
    results.line("")?;
    results.line(&fl!(context.words.loader(), "rules-outlook"))?;
    for outlook in book.outlooks(activity) {
        let label = book.outlook_label(&outlook, context.words.lang());
        results.line("")?;
        results.line(&format!("  {}  {label}", context.words.terms().verdict(outlook.verdict.verdict)))?;
        show_verdict(book, &outlook.verdict, outlook.proper.as_deref(), context, results)?;
    }
    Ok(())
}

fn show_verdict(
    book: &Rulebook,
    judged: &Verdict,
    proper: Option<&[Change]>,
    context: &Context,
    results: &mut Results,
) -> Result<(), Failure> {
    let (loader, words) = (context.words.loader(), &context.words);
    if !judged.basis.is_empty() {
        results.line(&format!("      {}", fl!(loader, "verdict-basis", cites = labels(book, &judged.basis, words))))?;
    }
    for finding in verdict::findings(&judged.findings, &[], words) {
        let severity = words.terms().verdict(finding.severity());
        results.line(&format!("      {severity}  {}  {}", finding.rule, finding.message))?;
        for line in finding.explained(book, words) {
            results.line(&format!("          {line}"))?;
        }
    }
    match changes(book, proper, context) {
        None => results.line(&format!("      {}", fl!(loader, "rules-never-proper"))),
        Some(changes) if changes.is_empty() => Ok(()),
        Some(changes) => {
            let changes = changes.join(words.comma());
            results.line(&format!("      {}", fl!(loader, "verdict-proper", changes = changes)))
        }
    }
}

fn show_row(book: &Rulebook, row: &Row, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let (loader, lang) = (context.words.loader(), context.words.lang());
    results.line(&format!("{}  ({})", row.id, row.layer))?;
    let when = |when: &[(String, Vec<String>)]| book.conditions_label(when, lang).join(lang.pick("；", "; "));
    if !row.when.is_empty() {
        results.line(&format!("  {}", fl!(loader, "rules-when", when = when(&row.when))))?;
    }
    for case in &row.cases {
        results.line("")?;
        if !case.when.is_empty() {
            results.line(&format!("  {}", fl!(loader, "rules-case", when = when(&case.when))))?;
        }
        results.line(&format!("  {}  {}", context.words.terms().verdict(case.severity), case.message(lang)))?;
        if !case.remedy(lang).is_empty() {
            results.line(&format!("  {}", fl!(loader, "verdict-remedy", remedy = case.remedy(lang))))?;
        }
        for provision in case.cites.iter().filter_map(|cite| book.provision(cite)) {
            results.line(&format!("    {}  {}", book.cite_label(&provision.cite, lang), provision.verbatim()))?;
        }
    }
    show_examples(book, row, context, results)
}

/// The worked examples in which the row fires, each with what would make it proper.
fn show_examples(book: &Rulebook, row: &Row, context: &Context, results: &mut Results) -> Result<(), Failure> {
    let firing: Vec<&Example> = book.examples().iter().filter(|one| one.row == row.id && one.fires).collect();
    if !firing.is_empty() {
        results.line("")?;
        results.line(&fl!(context.words.loader(), "rules-examples"))?;
    }
    for example in firing {
        let judged = book.judge_task(&example.facts, example.suggestion.as_ref());
        let merged = example.suggestion.as_ref().map(|suggestion| book.merged(&example.facts, suggestion));
        let facts: &Facts = merged.as_ref().unwrap_or(&example.facts);
        results.line(&format!("  {}  {}", context.words.terms().verdict(judged.verdict), example.title))?;
        show_verdict(book, &judged, book.make_proper(facts).as_deref(), context, results)?;
    }
    Ok(())
}
