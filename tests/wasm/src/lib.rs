//! The core on wasm32: golden logs in, state documents out.
//!
//! The native tests use [`golden`] as a library; the test of the wasm build drives the same code through [`mod@abi`].

pub mod abi;
pub mod golden;
