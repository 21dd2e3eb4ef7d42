//! What the program does, apart from its command line.

/// The words that the program greets somebody with.
pub fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_names_whom_it_is_for() {
        assert_eq!(greeting("world"), "Hello, world!");
    }
}
