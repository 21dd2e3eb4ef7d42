//! Attacks on a server with its hooks, made with stock git and raw objects.
//!
//! One test is one line of `docs/reference/attacks.md`, which is generated from the comments here: the first says what
//! is tried, `Stock:` what git alone does with it, `Refused:` by which rule. A test shows the first where the line says
//! so, has an accepted twin that differs only in the defect, and sees that refs and objects are as before.

mod stage;

mod approvals;
mod content;
mod doors;
mod flood;
mod identity;
mod policy;
mod refs;
mod signatures;
