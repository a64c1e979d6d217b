//! `auxlog admin register`: an agency's registers on the server's machine, written in as its office.

use auxlog_record::AgencyId;
use auxlog_registers::{EntryQuery, Reading};
use auxlog_server::admin::Admin as Server;
use clap::Args;
use i18n_embed_fl::fl;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::failed;
use crate::output::{Results, Table};
use crate::registers::{self, Act};

/// Which register of which agency, and what is done in it; without either, what registers there are.
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// The only one, where none is named.
    #[arg(long, global = true, value_name = "ID")]
    agency: Option<String>,
    /// Reads the entries anew from the log.
    #[arg(long)]
    rebuild: bool,
    #[arg(value_name = "KIND", value_parser = registers::kinds())]
    kind: Option<String>,
    #[command(subcommand)]
    act: Option<Act>,
}

impl Register {
    pub(crate) async fn run(&self, server: &Server, context: &Context) -> Outcome {
        let refuse = |error| failed::admin(&error, &context.words);
        let agency = which_agency(server, self.agency.as_deref(), context).await?;
        if self.rebuild {
            let records = server.rebuild_registers(&agency).await.map_err(refuse)?;
            let mut results = Results::new();
            results.line(&fl!(context.words.loader(), "admin-register-rebuilt", records = records))?;
            results.flush()?;
        }
        let Some(register) = self.kind.as_deref().and_then(auxlog_registers::named) else {
            return if self.rebuild { Ok(Exit::Done) } else { overview(server, &agency, context).await };
        };
        let list = Act::default();
        let act = self.act.as_ref().unwrap_or(&list);
        if let Some(done) = act.needs_nothing(context, register)? {
            return Ok(done);
        }
        let work = |of: &auxlog_server::AgencyRegisters<'_>| {
            if act.writes() {
                act.write(context, register, of)
            } else {
                act.read(context, register, of).map(|noted| noted.exit)
            }
        };
        let subject = act.subject(register);
        let done = if act.opens() {
            server.sealed_registers(&agency, &subject, work).await
        } else {
            server.registers(&agency, &subject, work).await
        };
        done.map_err(refuse)?
    }
}

/// The agency that was named, or the only one.
pub(super) async fn which_agency(server: &Server, named: Option<&str>, context: &Context) -> Result<AgencyId, Failure> {
    if let Some(agency) = named {
        return Ok(AgencyId::from(agency));
    }
    let all = server.agencies().await.map_err(|error| failed::admin(&error, &context.words))?;
    match all.as_slice() {
        [(only, _)] => Ok(only.clone()),
        _ => Err(Failure::usage(fl!(context.words.loader(), "admin-register-which-agency"))),
    }
}

async fn overview(server: &Server, agency: &AgencyId, context: &Context) -> Outcome {
    let counted = server.registers(agency, "", |of| {
        let reading: &dyn Reading = of;
        let count =
            |register| reading.entries(register, &EntryQuery::default()).map(|entries| (register, entries.len()));
        auxlog_registers::all().iter().map(count).collect::<Result<Vec<_>, _>>()
    });
    let counted = counted.await.map_err(|error| failed::admin(&error, &context.words))?;
    let mut table = Table::default();
    for (register, count) in counted.map_err(|error| registers::failure(&error, context))? {
        table.row([register.key.clone(), register.name(context.words.lang()).to_owned(), count.to_string()]);
    }
    let mut results = Results::new();
    table.print(&mut results)?;
    results.flush()?;
    Ok(Exit::Done)
}
