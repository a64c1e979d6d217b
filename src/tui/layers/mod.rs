//! What lies over a screen, or stands instead of it while locked.

mod commands;
mod confirm;
mod unlock;

pub use commands::CommandList;
pub use confirm::Confirm;
pub use unlock::Unlock;
