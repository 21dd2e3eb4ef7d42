//! What people read: values of the core as text. One place for each concept, and no printing.
//!
//! Whatever comes out of a repository was written by somebody else. It goes through [`visible`] or [`visible_line`]
//! before it reaches a terminal; nothing in here may return it otherwise.

mod csv;
mod excerpt;
mod gate;
mod issue;
mod list;
mod paint;
mod patch;
mod pull_request;
mod text;
mod thread;
mod time;
mod width;

pub(crate) use csv::csv;
pub(crate) use excerpt::Excerpt;
pub(crate) use gate::gate;
pub(crate) use issue::issue;
pub(crate) use list::{list, snippet, titled};
pub(crate) use paint::{Look, Paint};
pub(crate) use patch::{PatchColors, patch};
pub(crate) use pull_request::{Around, ending, heading, pull_request};
pub(crate) use text::{counted, indented, shell_word, visible, visible_line};
pub(crate) use thread::{Standing, Thread, comment_name, place};
pub(crate) use time::instant;
pub(crate) use width::{cut, width};
