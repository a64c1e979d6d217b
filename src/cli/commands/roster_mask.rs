//! `auxlog admin roster mask`: what older rosters say of a person who left goes by order.

use auxlog_record::AgencyId;
use auxlog_server::admin::Admin as Server;
use auxlog_server::roster::PersonKind;
use auxlog_server::store::PersonMask;
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::exit::Failure;
use crate::failed;
use crate::output::{Format, Results};
use crate::words::Words;

/// Whose rows, by whose order.
#[derive(Debug, Args)]
pub(super) struct RosterMask {
    #[arg(long, value_name = "ID")]
    agency: String,
    #[arg(long, value_name = "ID", required_unless_present = "edit_officer", conflicts_with = "edit_officer")]
    auxiliary: Option<String>,
    #[arg(id = "edit_officer", long = "officer", value_name = "ID")]
    officer: Option<String>,
    #[arg(long, value_name = "NO")]
    order: String,
    #[arg(long, value_name = "TEXT")]
    authority: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl RosterMask {
    /// Masks them and says what is left.
    pub(super) async fn run(
        &self,
        server: &Server,
        format: Format,
        words: &Words,
        results: &mut Results,
    ) -> Result<(), Failure> {
        let (kind, id) = match (&self.auxiliary, &self.officer) {
            (Some(id), _) => (PersonKind::Auxiliary, id.clone()),
            (None, id) => (PersonKind::Officer, id.clone().unwrap_or_default()),
        };
        let (order, authority, reason) = (self.order.clone(), self.authority.clone(), self.reason.clone());
        let order = PersonMask { kind, id, order, authority, reason };
        let agency = AgencyId::from(self.agency.as_str());
        let done = server.mask_person(&agency, &order).await.map_err(|error| failed::admin(&error, words))?;
        let loader = words.loader();
        match format {
            Format::Json => results.json(&json!({ "agency": agency, "id": order.id, "pieces": done.pieces,
                "changes": done.changes, "left": done.left })),
            Format::Table => {
                let (pieces, changes) = (done.pieces.to_string(), done.changes.to_string());
                results.line(&fl!(loader, "admin-person-masked", id = order.id, pieces = pieces, changes = changes))?;
                if done.left > 0 {
                    results.line(&fl!(loader, "admin-person-left", left = done.left.to_string()))?;
                }
                Ok(())
            }
        }
    }
}
