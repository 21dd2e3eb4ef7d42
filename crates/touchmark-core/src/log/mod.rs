//! Logs: their names, and the order in which their events count.

mod name;
mod order;
#[cfg(test)]
mod tests;

pub use name::LogName;
pub(crate) use order::parents;
pub use order::{Order, Placed, order};
