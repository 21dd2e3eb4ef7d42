//! The decision on a push, on made-up facts.
