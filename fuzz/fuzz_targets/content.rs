//! Rules about pushed content: any bytes are judged, and what is accepted holds nothing that is forbidden.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::content::names::{Encoding, check_name, check_path};
use touchmark_core::content::{gitmodules, secrets, symlinks};

fuzz_target!(|data: &[u8]| {
    names(data);
    links(data);
    submodules(data);
    let findings = secrets::find(data);
    assert!(findings.len() <= secrets::FINDINGS_MAX);
    assert_eq!(secrets::check(data).is_ok(), findings.is_empty());
    for finding in findings {
        let before = &data[..finding.offset];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        assert_eq!(finding.line, line);
        let alone = secrets::find(&data[finding.offset..]);
        assert_eq!(
            alone[0].detector, finding.detector,
            "found where it is said to be"
        );
    }
});

fn names(data: &[u8]) {
    if check_name(data, Encoding::Any).is_ok() {
        assert!(check_path(data, Encoding::Any).is_ok());
        assert!(!data.contains(&b'/') && !data.contains(&b'\n') && !data.contains(&0x1b));
        assert!(!data.eq_ignore_ascii_case(b".git"));
    }
    if check_path(data, Encoding::Utf8).is_ok() {
        assert!(std::str::from_utf8(data).is_ok());
        let mut names = data.split(|byte| *byte == b'/');
        assert!(names.all(|name| check_name(name, Encoding::Utf8).is_ok()));
    }
}

/// A target that is accepted in the root is accepted everywhere below it.
fn links(data: &[u8]) {
    if symlinks::check(b"link", data).is_ok() {
        assert!(!data.starts_with(b"..") || data.get(2).is_some_and(|byte| *byte != b'/'));
        assert!(symlinks::check(b"a/b/link", data).is_ok());
    }
}

/// A file is accepted when its lines are, so what follows an accepted file is judged alone.
fn submodules(data: &[u8]) {
    if gitmodules::check(data).is_ok() {
        let text = std::str::from_utf8(data).expect("only UTF-8 is accepted");
        let helper = [text, "\n[submodule \"x\"]\nurl = ext::sh\n"].concat();
        assert!(gitmodules::check(helper.as_bytes()).is_err());
        let good = [text, "\n[submodule \"x\"]\nurl = ../x\n"].concat();
        assert!(
            good.len() > gitmodules::FILE_MAX_LEN || gitmodules::check(good.as_bytes()).is_ok()
        );
    }
}
