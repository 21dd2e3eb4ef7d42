//! What is refused, beside what is like it and accepted.

mod names;
mod symlinks;
