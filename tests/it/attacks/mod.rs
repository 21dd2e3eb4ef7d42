//! Attacks on a server with its hooks, made with stock git and raw objects.
//!
//! One test is one line of `docs/reference/attacks.md`, which is generated from the comments here: the first says what
//! is tried, `Stock:` what git alone does with it, `Refused:` by which rule. A test shows the first where the line says
//! so, has an accepted twin that differs only in the defect, and sees that refs and objects are as before.

pub(crate) mod hands;
pub(crate) mod landing;
pub(crate) mod stage;

mod approvals;
pub(crate) mod archive;
mod content;
mod doors;
mod flood;
mod forks;
mod history;
mod identity;
mod owners;
mod policy;
mod races;
mod rebases;
mod refs;
mod signatures;
mod signed_code;

use crate::workspace::read;

/// The lines that have a test, by section: the number of the last one, and those that are for other parts.
const LINES: [(char, u32, &[u32]); 6] = [
    ('A', 12, &[]),
    ('B', 12, &[]),
    ('C', 13, &[]),
    ('D', 25, &[13]),
    ('E', 9, &[]),
    ('F', 13, &[12]),
];

#[test]
fn every_line_has_a_test() {
    let page = read("docs/reference/attacks.md");
    let mut missing = Vec::new();
    for (letter, last, others) in LINES {
        for number in (1..=last).filter(|number| !others.contains(number)) {
            if !page.contains(&format!("\n| {letter}{number} | ")) {
                missing.push(format!("{letter}{number}"));
            }
        }
    }
    assert!(missing.is_empty(), "no test for {}", missing.join(", "));
}
