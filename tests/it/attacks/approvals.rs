//! Attacks: approvals.
