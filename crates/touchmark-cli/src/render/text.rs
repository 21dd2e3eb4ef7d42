//! Text from elsewhere made safe to print, plural words, indentation.

/// Text with everything that a terminal would act on, or that would show another order or hide, written out.
///
/// Line feeds and tabs stay. An escape sequence becomes `\u{1b}` and so on, so the reader sees that it is there.
pub(crate) fn visible(text: &str) -> String {
    escaped(text, |c| c == '\n' || c == '\t')
}

/// As [`visible`], for text that has to stay on one line: line feeds and tabs are written out too.
pub(crate) fn visible_line(text: &str) -> String {
    escaped(text, |_| false)
}

fn escaped(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_active(c) && !keep(c) {
            match c {
                '\n' => shown.push_str("\\n"),
                '\t' => shown.push_str("\\t"),
                '\r' => shown.push_str("\\r"),
                _ => shown.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Characters that do something instead of being seen.
///
/// Joiners (U+200C, U+200D) and variation selectors are left alone: scripts and emoji need them.
const fn is_active(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            // Soft hyphen, letter mark and zero-width characters: there, but not seen.
            | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            // Line and paragraph separators, embeddings and overrides.
            | '\u{2028}'..='\u{202e}'
            // Word joiner, invisible operators, isolates, deprecated format characters.
            | '\u{2060}'..='\u{206f}'
            // Interlinear annotation.
            | '\u{fff9}'..='\u{fffb}'
            // Tags spell a text that nobody sees.
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A number and its noun: `1 thread`, `2 threads`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else if let Some(stem) = noun
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(is_vowel))
    {
        format!("{number} {stem}ies")
    } else {
        format!("{number} {noun}s")
    }
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// Text as one word of a shell's command line.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%,=:".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Every line that is not empty moved to the right by `columns`.
pub(crate) fn indented(text: &str, columns: usize) -> String {
    let mut moved = String::with_capacity(text.len());
    for line in text.lines() {
        if !line.is_empty() {
            moved.extend(std::iter::repeat_n(' ', columns));
        }
        moved.push_str(line);
        moved.push('\n');
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        let check = |text: &str, expect: &str| assert_eq!(visible(text), expect, "{text:?}");
        check("plain\n\ttext é 漢字 👩‍💻", "plain\n\ttext é 漢字 👩‍💻");
        check("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}");
        check("\u{9b}2J", "\\u{9b}2J");
        check("over\rwritten", "over\\rwritten");
        check("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c");
        check("no\u{200b}space\u{feff}", "no\\u{200b}space\\u{feff}");
        check("\u{e0041}", "\\u{e0041}");
        assert_eq!(visible_line("a\nb\tc"), "a\\nb\\tc");
    }

    #[test]
    fn numbers_have_their_noun() {
        assert_eq!(counted(0, "thread"), "0 threads");
        assert_eq!(counted(1, "thread"), "1 thread");
        assert_eq!(counted(2, "reply"), "2 replies");
        assert_eq!(counted(2, "day"), "2 days");
    }

    #[test]
    fn empty_lines_stay_empty() {
        assert_eq!(indented("a\n\nb", 2), "  a\n\n  b\n");
    }
}
