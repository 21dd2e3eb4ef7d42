//! `touchmark`: the command line.

fn main() {}
