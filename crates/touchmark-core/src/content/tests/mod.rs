//! What is refused, beside what is like it and accepted.

mod gitmodules;
mod names;
mod secrets;
mod symlinks;
