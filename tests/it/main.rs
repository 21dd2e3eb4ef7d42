//! Touchmark's tests as a whole: the program with real git, the golden logs, and the rules about the code itself.
//!
//! One binary, so that what is built for the tests is built and linked once.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod console;
#[cfg(test)]
mod e2e;
#[cfg(test)]
mod env;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod links;
#[cfg(test)]
mod pr;
#[cfg(test)]
mod purity;
#[cfg(test)]
mod remedies;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod wasm;
#[cfg(test)]
mod workspace;
