//! Attacks: refs.
