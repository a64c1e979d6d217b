//! The demonstration: everything on one machine, with invented people in throw-away data.

mod entries;
mod laptop;
mod sample;
mod year;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use auxlog_record::{AgencyId, Clock as _, OfficerId, SystemClock};
use auxlog_server::admin::Admin;
use auxlog_server::{Config, Handle, Server};
use auxlog_store::roster::sample_workbook;
use auxlog_sync::enrol::Role;
use i18n_embed_fl::fl;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::{failed, outfile, roster_file, sheet};

/// The passphrase of every officer of the demonstration.
pub(crate) const PASSPHRASE: &str = "haian2022";

/// The agency that the demonstration's laptops belong to.
const AGENCY: &str = "A01";

/// Who works on which laptop; the first has two officers, so that one can review the other.
const LAPTOPS: [(&str, &[&str]); 2] = [("laptop-1", &["O1", "O2"]), ("laptop-2", &["O3"])];

/// Codes left over, for laptops that somebody wants to enrol by hand.
const SPARE: [&str; 2] = ["O1", "O2"];

/// What marks a directory as a demonstration's, and lets it go on where it was.
#[derive(Debug, Serialize, Deserialize)]
struct Marker {
    /// Where its server listens: the laptops are enrolled with this address.
    listen: SocketAddr,
    /// Codes nobody has used yet.
    codes: Vec<String>,
}

pub(crate) struct Demo {
    pub(crate) server: Handle,
    /// The laptops' data directories.
    pub(crate) laptops: Vec<PathBuf>,
    /// Enrolment codes nobody has used yet.
    pub(crate) codes: Vec<String>,
}

/// Sets up the demonstration in `root`, or goes on with the one that is there.
///
/// # Errors
/// When `root` holds anything else, or a part of it cannot be made.
pub(crate) async fn start(context: &Context, root: &Path) -> Result<Demo, Failure> {
    let words = &context.words;
    let marker_path = root.join("demo.json");
    let io = |path: &Path, error: &std::io::Error| Failure::new(Exit::Found, failed::file(path, error, words));
    let laptops: Vec<PathBuf> = LAPTOPS.iter().map(|(name, _)| root.join(name)).collect();
    if marker_path.exists() {
        let text = std::fs::read(&marker_path).map_err(|error| io(&marker_path, &error))?;
        let marker: Marker = serde_json::from_slice(&text)
            .map_err(|error| Failure::usage(failed::file(&marker_path, &error.into(), words)))?;
        let server = serve(context, root, marker.listen).await?;
        return Ok(Demo { server, laptops, codes: marker.codes });
    }
    let taken = std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        let dir = root.display().to_string();
        return Err(Failure::usage(fl!(words.loader(), "demo-not-a-demo", dir = dir)));
    }

    let server = serve(context, root, SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let admin = Admin::of(&server);
    let refuse = |error| failed::admin(&error, words);
    import_roster(context, root, &admin).await?;
    let agency = AgencyId::from(AGENCY);
    let today = SystemClock.now().china_date();
    let entered = admin.registers(&agency, "demo", |registers| {
        let people = entries::enter(registers, &agency, today);
        let people = people.map_err(|error| Failure::usage(words.terms().entry(&error)))?;
        year::enter(context, registers, &agency, &people, today)
    });
    entered.await.map_err(refuse)??;
    for ((_, officers), dir) in LAPTOPS.iter().zip(&laptops) {
        let mut codes = Vec::new();
        for officer in *officers {
            let officer = OfficerId::from(*officer);
            codes.push(admin.code(&agency, &officer, Role::Officer, true).await.map_err(refuse)?);
        }
        laptop::set_up(context, &server.url, dir, &codes).await?;
    }
    // Whoever synchronised first has not seen what came after.
    laptop::synchronise(context, &laptops[0], &OfficerId::from(LAPTOPS[0].1[0])).await?;

    let mut codes = Vec::new();
    for officer in SPARE {
        codes.push(admin.code(&agency, &OfficerId::from(officer), Role::Officer, true).await.map_err(refuse)?);
    }
    let marker = Marker { listen: server.addr, codes };
    let text = serde_json::to_vec(&marker).map_err(|error| io(&marker_path, &error.into()))?;
    outfile::write(&marker_path, &text).map_err(|error| io(&marker_path, &error))?;
    Ok(Demo { server, laptops, codes: marker.codes })
}

async fn serve(context: &Context, root: &Path, listen: SocketAddr) -> Result<Handle, Failure> {
    let config = Config::new(root.join("server"), listen);
    Server::start(config).await.map_err(|error| failed::serve(&error, &context.words))
}

/// Through the real importer, from the workbook in the form agencies keep.
async fn import_roster(context: &Context, root: &Path, admin: &Admin) -> Result<(), Failure> {
    let words = &context.words;
    let workbook = root.join("名册.xlsx");
    let bytes = sample_workbook(SystemClock.now().china_date()).map_err(|error| sheet::unwritten(&error, words))?;
    outfile::write(&workbook, &bytes)
        .map_err(|error| Failure::new(Exit::Found, failed::file(&workbook, &error, words)))?;
    let import = roster_file::read(&workbook, Vec::new(), None, words)?;
    admin.import_roster(&import.roster, "名册.xlsx").await.map_err(|error| failed::admin(&error, words))?;
    Ok(())
}
