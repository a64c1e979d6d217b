//! The central server: a log per agency in SQL, receipts signed over it, and who may see what.
//!
//! The way of a push: [`api`](self) checks the device's signature, `scope` lets it into its agency,
//! `ingest` verifies every record's signature and chain and judges its task again, `commit` gathers
//! what waits, [`store`] appends it in one transaction and only then is a receipt signed.

pub mod admin;
mod answered;
mod api;
mod bodies;
mod buckets;
mod commit;
mod connections;
mod entries;
mod identity;
mod ingest;
mod judge;
mod limits;
mod metrics;
pub mod new_key;
mod openapi;
mod quota;
mod registers;
mod release;
pub mod restore;
pub mod roster;
mod rulebooks;
mod scope;
mod serve;
mod steps;
pub mod store;
mod times;
mod verify;

pub use api::lines::DeviceLine;
pub use api::{Content, Door, Route, routes};
pub use limits::{Allowance, LimitOptions, Quotas};
pub use quota::{Came, RecordQuotas};
pub use registers::AgencyRegisters;
pub use rulebooks::Rulebooks;
pub use scope::{Action, AgencyScope, Principal, allowed};
pub use serve::{Config, Handle, ServeError, Server, Tls};
pub use verify::Found;
