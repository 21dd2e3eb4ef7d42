//! The interface that a wasm host calls: numbers only, so that no pointer crosses it.
//!
//! A host calls `begin`, then `push` for each eight bytes of a golden log (little endian, the last padded with zeros),
//! then `run` with the log's length in bytes, which returns the length of the answer, then `pull` for each eight bytes of it.
//! The answer is the state document, or `error: ` and the reason.
#![expect(
    unsafe_code,
    reason = "a stable export name is an unsafe attribute; the functions are safe"
)]

use std::cell::RefCell;

use crate::golden;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Starts over with an empty buffer.
#[unsafe(no_mangle)]
pub extern "C" fn begin() {
    BUFFER.with_borrow_mut(Vec::clear);
}

/// Adds eight bytes of input.
#[unsafe(no_mangle)]
pub extern "C" fn push(word: u64) {
    BUFFER.with_borrow_mut(|buffer| buffer.extend_from_slice(&word.to_le_bytes()));
}

/// Replays the log of `len` bytes in the buffer, puts the answer in its place, and returns the answer's length in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn run(len: u32) -> u32 {
    BUFFER.with_borrow_mut(|buffer| {
        let input = usize::try_from(len).ok().and_then(|len| buffer.get(..len));
        *buffer = answer(input).into_bytes();
        u32::try_from(buffer.len()).unwrap_or(u32::MAX)
    })
}

/// Eight bytes of the answer, the `index`-th; zeros after its end.
#[unsafe(no_mangle)]
pub extern "C" fn pull(index: u32) -> u64 {
    BUFFER.with_borrow(|buffer| {
        let mut word = [0; 8];
        let rest = usize::try_from(index)
            .ok()
            .and_then(|index| buffer.get(index.checked_mul(8)?..))
            .unwrap_or_default();
        for (slot, byte) in word.iter_mut().zip(rest) {
            *slot = *byte;
        }
        u64::from_le_bytes(word)
    })
}

fn answer(input: Option<&[u8]>) -> String {
    let text = input.and_then(|bytes| std::str::from_utf8(bytes).ok());
    match text.map(golden::document) {
        Some(Ok(document)) => document,
        Some(Err(error)) => format!("error: {error}"),
        None => "error: the input is not complete UTF-8".to_owned(),
    }
}
