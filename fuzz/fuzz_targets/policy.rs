//! The policy's two files: any bytes are refused or understood, and what is understood is stable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::policy;
use touchmark_core::sign::AllowedSigners;

/// Divides the input in `policy.toml` and `allowed_signers`.
const BORDER: &[u8] = b"\n%%\n";

fuzz_target!(|data: &[u8]| {
    let border = data
        .windows(BORDER.len())
        .position(|window| window == BORDER);
    let (toml, signers) = match border {
        Some(at) => (&data[..at], &data[at + BORDER.len()..]),
        None => (b"".as_slice(), data),
    };
    if let Ok(text) = std::str::from_utf8(signers)
        && let Ok(parsed) = AllowedSigners::parse(text)
    {
        let canonical: String = parsed
            .entries()
            .iter()
            .map(|line| line.to_canonical() + "\n")
            .collect();
        let again = AllowedSigners::parse(&canonical).expect("the canonical form is allowed");
        let twice: String = again
            .entries()
            .iter()
            .map(|line| line.to_canonical() + "\n")
            .collect();
        assert_eq!(canonical, twice);
    }
    if let Ok(parsed) = policy::parse(toml, signers) {
        assert!(
            !parsed.admins().is_empty(),
            "somebody can change the policy"
        );
        parsed
            .check_follows(&parsed)
            .expect("a policy may follow itself");
    }
});
