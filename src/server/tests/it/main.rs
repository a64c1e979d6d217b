//! The server over real databases and real TCP.

mod access;
mod cursor;
mod healing;
mod laptops;
mod refusals;
mod replicas;
mod support;
mod sync;
mod tls;
