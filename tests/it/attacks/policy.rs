//! Attacks: policy.
