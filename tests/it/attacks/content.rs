//! Attacks: content.
