//! The facts that gates and pushes are judged on: what the code and the receipts say, gathered for the core.
//!
//! Commands and server hooks gather them here, so that both are told the same.

mod gate;
mod range;
mod rebase;
mod receipts;

pub(crate) use gate::{Place, gather};
pub(crate) use range::{Range, named_authors, range, range_within};
pub(crate) use rebase::{Rebasing, Stuck, gained, rebase};
pub(crate) use receipts::{Read, Receipts};
