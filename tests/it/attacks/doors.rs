//! Attacks: doors.
