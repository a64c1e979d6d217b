//! Changes of an agency's roster: edits of single persons, and what a new version changed of whom.

use std::collections::BTreeMap;

use auxlog_record::{AgencyId, Auxiliary, Officer, Roster};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Which of the roster's people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PersonKind {
    /// An officer.
    Officer,
    /// An auxiliary.
    Auxiliary,
}

impl PersonKind {
    /// Its name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Auxiliary => "auxiliary",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Officer, Self::Auxiliary].into_iter().find(|kind| kind.name() == name)
    }
}

/// New values of some of a person's fields; a person who is not on the roster is added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonEdit {
    /// Officer or auxiliary.
    pub kind: PersonKind,
    /// Number.
    #[schemars(length(min = 1, max = 64))]
    pub id: String,
    /// The fields that change, by the names that `auxlog roster --format json` shows; `null` empties one.
    #[schemars(extend("minProperties" = 1))]
    pub set: Map<String, Value>,
}

/// Edits that become one new version of the roster, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterEdit {
    /// Why.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The version that whoever edits had before their eyes; where the roster moved on, nothing is done.
    #[serde(default)]
    pub based_on: Option<u64>,
    /// The edits.
    #[schemars(length(min = 1, max = 1000))]
    pub edits: Vec<PersonEdit>,
}

/// Why an edit can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// No reason.
    #[error("a reason is required")]
    NoReason,
    /// Nothing to do.
    #[error("no edit is given")]
    Nothing,
    /// A field that the person has not got.
    #[error("{person}: there is no field {field:?}; there are {}", known.join(", "))]
    UnknownField {
        /// Whose.
        person: String,
        /// Which.
        field: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A value that the field can't have.
    #[error("{person}: {why}")]
    BadValue {
        /// Whose.
        person: String,
        /// What is wrong.
        why: String,
    },
    /// A new person without a name.
    #[error("{person} is not on the roster: give at least a name to add them")]
    NoName {
        /// Who.
        person: String,
    },
    /// A person of another agency.
    #[error("{person} belongs to {agency}")]
    OtherAgency {
        /// Who.
        person: String,
        /// Whose they are.
        agency: String,
    },
}

/// A field's value before and after; null where there was or is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    /// Before.
    pub before: Value,
    /// After.
    pub after: Value,
}

/// What a version changed of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Officer or auxiliary.
    pub kind: PersonKind,
    /// Number.
    pub id: String,
    /// Each field that changed. Before is null in all of them for someone added, after for someone
    /// who is gone.
    pub fields: BTreeMap<String, FieldChange>,
}

/// The roster of an agency with edits applied.
///
/// # Errors
/// [`EditError`]; an edit that can't be made makes all of them impossible.
pub fn edited(roster: &Roster, agency: &AgencyId, edit: &RosterEdit) -> Result<Roster, EditError> {
    if edit.reason.trim().is_empty() {
        return Err(EditError::NoReason);
    }
    if edit.edits.is_empty() {
        return Err(EditError::Nothing);
    }
    let mut after = roster.clone();
    for one in &edit.edits {
        match one.kind {
            PersonKind::Officer => {
                let id = one.id.as_str().into();
                let fresh = || Officer { id: one.id.as_str().into(), agency: agency.clone(), ..Officer::default() };
                let known = after.officers.get(&id);
                let person = merged(known, fresh, one)?;
                let said: Officer = typed(known.is_none(), fresh, one)?;
                said.within_limits().map_err(|beyond| bad(one, &beyond))?;
                belongs(&person.agency, agency, one)?;
                after.officers.insert(id, person);
            }
            PersonKind::Auxiliary => {
                let id = one.id.as_str().into();
                let fresh = || Auxiliary { id: one.id.as_str().into(), agency: agency.clone(), ..Auxiliary::default() };
                let known = after.auxiliaries.get(&id);
                let person = merged(known, fresh, one)?;
                let said: Auxiliary = typed(known.is_none(), fresh, one)?;
                said.within_limits().map_err(|beyond| bad(one, &beyond))?;
                belongs(&person.agency, agency, one)?;
                after.auxiliaries.insert(id, person);
            }
        }
    }
    Ok(after)
}

/// What an edit sets, without what stood there before: that keeps nobody from editing the rest.
fn typed<P: Default + Serialize + DeserializeOwned>(
    is_new: bool,
    fresh: impl Fn() -> P,
    edit: &PersonEdit,
) -> Result<P, EditError> {
    let mut fields = object(&json!(if is_new { fresh() } else { P::default() }));
    fields.extend(edit.set.clone());
    serde_json::from_value(Value::Object(fields)).map_err(|why| bad(edit, &why))
}

fn bad(edit: &PersonEdit, why: &dyn std::fmt::Display) -> EditError {
    EditError::BadValue { person: edit.id.clone(), why: why.to_string() }
}

fn belongs(theirs: &AgencyId, agency: &AgencyId, edit: &PersonEdit) -> Result<(), EditError> {
    if theirs == agency {
        return Ok(());
    }
    Err(EditError::OtherAgency { person: edit.id.clone(), agency: theirs.to_string() })
}

/// A person with an edit's fields put over their own.
fn merged<P: Serialize + DeserializeOwned>(
    known: Option<&P>,
    fresh: impl Fn() -> P,
    edit: &PersonEdit,
) -> Result<P, EditError> {
    let person = edit.id.clone();
    let named = edit.set.get("name").and_then(Value::as_str).is_some_and(|name| !name.trim().is_empty());
    if known.is_none() && !named {
        return Err(EditError::NoName { person });
    }
    let mut fields = object(&known.map_or_else(|| json!(fresh()), |known| json!(known)));
    for (field, value) in &edit.set {
        if field == "id" || !fields.contains_key(field) {
            let known = fields.keys().filter(|key| *key != "id").cloned().collect();
            return Err(EditError::UnknownField { person, field: field.clone(), known });
        }
        fields.insert(field.clone(), value.clone());
    }
    serde_json::from_value(Value::Object(fields)).map_err(|why| bad(edit, &why))
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// What a new version changes of whom.
pub fn changes(before: &Roster, after: &Roster) -> Vec<Change> {
    let mut all = Vec::new();
    compare(PersonKind::Officer, &before.officers, &after.officers, &mut all);
    compare(PersonKind::Auxiliary, &before.auxiliaries, &after.auxiliaries, &mut all);
    all
}

fn compare<K: Ord + ToString, P: Serialize + PartialEq>(
    kind: PersonKind,
    before: &BTreeMap<K, P>,
    after: &BTreeMap<K, P>,
    all: &mut Vec<Change>,
) {
    let gone = before.keys().filter(|id| !after.contains_key(id));
    for id in after.keys().chain(gone) {
        let (was, is) = (before.get(id), after.get(id));
        if was == is {
            continue;
        }
        let (was, is) = (object(&json!(was)), object(&json!(is)));
        let names = is.keys().chain(was.keys().filter(|name| !is.contains_key(*name)));
        let fields = names
            .filter_map(|name| {
                let value = |of: &Map<String, Value>| of.get(name).cloned().unwrap_or_default();
                let change = FieldChange { before: value(&was), after: value(&is) };
                (change.before != change.after).then(|| (name.clone(), change))
            })
            .collect();
        all.push(Change { kind, id: id.to_string(), fields });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        let mut roster = Roster { version: 3, ..Roster::default() };
        let person = Auxiliary { id: "X1".into(), name: "孙伟".into(), agency: "A01".into(), ..Auxiliary::default() };
        roster.auxiliaries.insert(person.id.clone(), person);
        roster
    }

    fn edit(kind: PersonKind, id: &str, set: &Value) -> RosterEdit {
        let edits = vec![PersonEdit { kind, id: id.into(), set: object(set) }];
        RosterEdit { reason: "年度考核".into(), based_on: None, edits }
    }

    #[test]
    fn an_edit_changes_what_it_names_and_the_change_says_so() {
        let before = roster();
        let set = json!({ "status": "suspended", "unit": "一中队" });
        let after = edited(&before, &"A01".into(), &edit(PersonKind::Auxiliary, "X1", &set)).expect("edited");
        let changes = changes(&before, &after);
        assert_eq!(changes.len(), 1);
        let fields = &changes[0].fields;
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["status", "unit"]);
        assert_eq!(fields["status"], FieldChange { before: json!("active"), after: json!("suspended") });
        assert_eq!(after.auxiliaries[&"X1".into()].name, "孙伟");
    }

    #[test]
    fn someone_new_is_added_with_a_name_and_belongs_to_the_agency() {
        let before = roster();
        let add = edit(PersonKind::Officer, "O9", &json!({ "name": "李四" }));
        let after = edited(&before, &"A01".into(), &add).expect("added");
        assert_eq!(after.officers[&"O9".into()].agency, "A01".into());
        let change = &changes(&before, &after)[0];
        assert_eq!((change.kind, change.id.as_str()), (PersonKind::Officer, "O9"));
        assert_eq!(change.fields["name"], FieldChange { before: Value::Null, after: json!("李四") });
        let gone = &changes(&after, &before)[0];
        let back = FieldChange { before: json!("李四"), after: Value::Null };
        assert_eq!(gone.fields["name"], back, "and the other way when they are gone");
    }

    #[test]
    fn what_cannot_be_done_names_person_and_field() {
        let cases = [
            (edit(PersonKind::Auxiliary, "X1", &json!({ "statuss": "active" })), "statuss"),
            (edit(PersonKind::Auxiliary, "X1", &json!({ "id": "X2" })), "\"id\""),
            (edit(PersonKind::Auxiliary, "X1", &json!({ "status": "away" })), "away"),
            (edit(PersonKind::Auxiliary, "X1", &json!({ "agency": "A02" })), "A02"),
            (edit(PersonKind::Auxiliary, "X7", &json!({ "unit": "一中队" })), "X7"),
            (edit(PersonKind::Auxiliary, "X\u{202e}7", &json!({ "name": "孙伟" })), "auxiliary"),
            (edit(PersonKind::Officer, &"9".repeat(5000), &json!({ "name": "李四" })), "officer"),
            (edit(PersonKind::Auxiliary, "X1", &json!({ "unit": "一\u{200b}中队" })), "unit"),
            (RosterEdit { reason: " ".into(), ..edit(PersonKind::Auxiliary, "X1", &json!({})) }, "reason"),
            (RosterEdit { edits: Vec::new(), ..edit(PersonKind::Auxiliary, "X1", &json!({})) }, "no edit"),
        ];
        for (edit, named) in cases {
            let error = edited(&roster(), &"A01".into(), &edit).expect_err("refused");
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
