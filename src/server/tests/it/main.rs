//! The server over real databases and real TCP.

/// Runs contracts on both databases.
macro_rules! contracts {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Kind::Sqlite).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Kind::Postgres).await; })*
        }
    };
}

mod access;
mod answers;
mod attachments;
mod belief;
mod belonging;
mod blame;
mod clocks;
mod cursor;
mod custody;
mod days;
mod healing;
mod hostile;
mod laptops;
mod masking;
mod meeting;
mod new_key;
mod office;
mod once;
mod prices;
mod quotas;
mod refusals;
mod registers;
mod replicas;
mod roster_proof;
mod rosters;
mod rulebooks;
mod support;
mod suspects;
mod sync;
mod tls;
mod views;
mod weighing;
mod whole;
