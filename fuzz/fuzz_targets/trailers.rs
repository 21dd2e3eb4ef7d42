//! Messages taken apart: what is accepted has the parts that it is made of, and hides none from stock git.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::event::message;
use touchmark_core::text;

fuzz_target!(|data: &[u8]| {
    let Ok(parts) = message::parse(data) else {
        return;
    };
    let mut again = format!("{}\n\n", parts.subject);
    if let Some(body) = &parts.body {
        again += &text::escape_dividers(body);
        again += "\n\n";
    }
    for (key, value) in &parts.trailers {
        again += &format!("{key}: {value}\n");
    }
    assert_eq!(again.as_bytes(), data);
    if let Some(body) = &parts.body {
        let escaped = text::escape_dividers(body);
        assert_eq!(text::unescape_dividers(&escaped).as_deref(), Ok(&**body));
        let bare = escaped
            .split('\n')
            .any(|line| text::is_divider(line) && !line.starts_with(' '));
        assert!(!bare, "a divider without its space");
    }
});
