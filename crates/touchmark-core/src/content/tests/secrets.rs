//! Attack F9, for one file: each format, and what is nearly of it.
//!
//! The samples are put together here, so that no tool takes this file for a leak.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::ContentFault;
use super::super::secrets::*;

/// Without order, of every kind of letter and digit.
const RANDOM: &str = "q7Zt0BvXk2LmWn4RcYs9JdPf8GhTa1UeKo3Vi6QxMb5NzHwCrEyDjSuFgAlIpO";
const DIGITS_16: &str = "0a9b1c8d2e7f3a6b4c5d0e9f1a8b2c7d3e6f4a5b0c9d1e8f2a7b3c6d4e5f0a9b";
const CAPITALS: &str = "Q7ZT2BVXK3LMWN4RCYS5JDPF6GHTA2UEKO3VI6QXMB5NZHWCREYDJSUFGALIPO";

/// So many characters of `from`, over and over.
fn take(from: &str, len: usize) -> String {
    from.chars().cycle().take(len).collect()
}

fn found(content: &str) -> Vec<(&'static str, usize)> {
    find(content.as_bytes())
        .iter()
        .map(|finding| (finding.detector, finding.offset))
        .collect()
}

/// A sample for each row of the table: name, prefix, a body, and whether more may follow.
fn samples() -> Vec<(&'static str, &'static str, String, bool)> {
    let mut samples = samples_of_one_length();
    samples.extend(samples_of_any_length());
    samples
}

/// Half a key of OpenAI, what is in its middle, and the other half.
fn openai(half: usize) -> String {
    take(RANDOM, half) + "T3Blbk" + "FJ" + &take(RANDOM, half)
}

fn samples_of_one_length() -> Vec<(&'static str, &'static str, String, bool)> {
    let fine_grained = take(RANDOM, 22) + "_" + &take(RANDOM, 59);
    let google = take(RANDOM, 33) + "-_";
    vec![
        (
            "age-secret-key",
            "AGE-SECRET-KEY-1",
            take(CAPITALS, 58),
            false,
        ),
        ("aws-access-key-id", "AKIA", take(CAPITALS, 16), false),
        ("aws-access-key-id", "ASIA", take(CAPITALS, 16), false),
        ("digitalocean-token", "dop_v1_", take(DIGITS_16, 64), false),
        ("docker-token", "dckr_pat_", take(RANDOM, 25) + "-_", false),
        (
            "github-fine-grained-token",
            "github_pat_",
            fine_grained,
            false,
        ),
        ("google-api-key", "AIza", google, false),
        ("hugging-face-token", "hf_", take(RANDOM, 34), false),
        ("npm-token", "npm_", take(RANDOM, 36), false),
        ("openai-legacy-key", "sk-", openai(20), false),
        ("rubygems-token", "rubygems_", take(DIGITS_16, 48), false),
        ("shopify-token", "shpat_", take(DIGITS_16, 32), false),
    ]
}

fn samples_of_any_length() -> Vec<(&'static str, &'static str, String, bool)> {
    let slack = "123456789012-".to_owned() + &take(RANDOM, 24);
    let anthropic = "api03-".to_owned() + &take(RANDOM, 95);
    vec![
        ("anthropic-key", "sk-ant-", anthropic, true),
        ("github-token", "ghp_", take(RANDOM, 36), true),
        ("github-token", "gho_", take(RANDOM, 36), true),
        ("github-token", "ghu_", take(RANDOM, 36), true),
        ("github-token", "ghs_", take(RANDOM, 36), true),
        ("github-token", "ghr_", take(RANDOM, 36), true),
        ("gitlab-token", "glpat-", take(RANDOM, 18) + "-_", true),
        ("hashicorp-vault-token", "hvs.", take(RANDOM, 90), true),
        ("openai-key", "sk-proj-", openai(58), true),
        ("openai-key", "sk-svcacct-", openai(74), true),
        ("pypi-token", "pypi-AgE", take(RANDOM, 120), true),
        ("slack-token", "xoxb-", slack.clone(), true),
        ("slack-token", "xoxp-", slack, true),
        ("stripe-live-key", "sk_live_", take(RANDOM, 24), true),
        ("stripe-live-key", "rk_live_", take(RANDOM, 24), true),
    ]
}

#[test]
fn every_format_is_found_and_what_is_nearly_of_it_is_not() {
    for (name, prefix, body, longer) in samples() {
        let secret = format!("{prefix}{body}");
        for (before, after) in [
            ("", ""),
            ("key = \"", "\"\n"),
            ("a:", "@host"),
            ("\\n", "\\n"),
            ("%3D", "&x"),
        ] {
            let content = format!("{before}{secret}{after}");
            assert_eq!(found(&content), [(name, before.len())], "{name}: {content}");
        }
        // The same after a word, too short, too long, with a character of no token, with other case before.
        let shorter = &body[..body.len() / 4];
        assert_eq!(found(&format!("x{secret}")), [], "{name} in a word");
        assert_eq!(found(&format!("_{secret}")), [], "{name} in a word");
        assert_eq!(
            found(&format!("{prefix}{shorter} ")),
            [],
            "{name} cut short"
        );
        assert_eq!(found(&format!("{prefix}!{body}")), [], "{name} interrupted");
        let (start, end) = body.split_at(body.len() / 8);
        assert_eq!(
            found(&format!("{prefix}{start}é{end}")),
            [],
            "{name} interrupted"
        );
        let other = prefix.chars().map(|char| match char {
            char if char.is_ascii_lowercase() => char.to_ascii_uppercase(),
            char => char.to_ascii_lowercase(),
        });
        assert_eq!(
            found(&format!("{}{body}", other.collect::<String>())),
            [],
            "{name} in other case"
        );
        let found = found(&format!("{secret}5"));
        assert_eq!(!found.is_empty(), longer, "{name} with one character more");
        if !longer {
            let shorter = &secret[..secret.len() - 1];
            assert_eq!(
                find(shorter.as_bytes()),
                [],
                "{name} with one character less"
            );
        }
    }
}

#[test]
fn least_lengths_are_exact() {
    for (prefix, least) in [
        ("sk-ant-", 80),
        ("ghp_", 36),
        ("glpat-", 20),
        ("hvs.", 90),
        ("pypi-AgE", 50),
        ("xoxb-", 20),
        ("sk_live_", 24),
    ] {
        let secret = |len: usize| prefix.to_owned() + &take(RANDOM, len);
        assert_eq!(found(&secret(least)).len(), 1, "{prefix}");
        assert_eq!(found(&secret(least - 1)), [], "{prefix}");
    }
}

#[test]
fn every_format_has_a_sample() {
    let known: BTreeSet<&str> = detector_names().collect();
    let mut shown: BTreeSet<&str> = samples().iter().map(|sample| sample.0).collect();
    shown.insert("private-key");
    assert_eq!(known, shown);
    assert_eq!(known.len(), detector_names().count());
}

#[test]
fn characters_outside_of_a_format_are_not_of_it() {
    let mut hex = take(DIGITS_16, 64);
    hex.replace_range(9..10, "A");
    let mut base32 = take(CAPITALS, 16);
    base32.replace_range(9..10, "8");
    let mut legacy = take(RANDOM, 48);
    for content in [
        format!("dop_v1_{hex}"),
        format!("AKIA{base32}"),
        format!("npm_{}-", take(RANDOM, 35)),
        format!("sk-{legacy}"),
        format!("sk-proj-{}", take(RANDOM, 130)),
        format!("sk_test_{}", take(RANDOM, 24)),
        format!("xoxc-{}", take(RANDOM, 24)),
    ] {
        assert_eq!(found(&content), [], "{content}");
    }
    legacy.replace_range(20..28, &("T3Blbk".to_owned() + "FJ"));
    assert_eq!(found(&format!("sk-{legacy}")).len(), 1);
}

#[test]
fn placeholders_and_prose_are_no_secrets() {
    let documented = "AKIA".to_owned() + "IOSFODNN7" + "EXAMPLE";
    for content in [
        documented.as_str(),
        &format!("ghp_{}", "x".repeat(36)),
        &format!("ghp_{}", "xX1".repeat(12)),
        &format!("npm_{}", "0".repeat(36)),
        "glpat-your-personal-access-token",
        "xoxb-your-bot-token-goes-here-please",
        "AKIAQQQQQQQQQQQQQQQQ",
        "sk-ant-",
        "ghp_ghp_ghp_ghp_",
    ] {
        assert_eq!(found(content), [], "{content}");
    }
    let other = documented.replace("EXAMPLE", "EXAMPLF");
    assert_eq!(found(&other), [("aws-access-key-id", 0)]);
}

fn armor(label: &str, head: &str, body: &str) -> String {
    format!(
        "-----{} {label}-----\n{head}{body}\n-----END {label}-----\n",
        "BEGIN"
    )
}

#[test]
fn private_keys_are_found_in_their_armor() {
    let line = take(RANDOM, 62) + "+/";
    for label in [
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        let content = "x\n".to_owned() + &armor(label, "", &line);
        assert_eq!(found(&content), [("private-key", 2)], "{label}");
        assert_eq!(
            found(&content.replace('\n', "\\n")),
            [("private-key", 3)],
            "{label}"
        );
        assert_eq!(
            found(&content.replace('\n', "\r\n")),
            [("private-key", 3)],
            "{label}"
        );
    }
    let head =
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,".to_owned() + &DIGITS_16[..32] + "\n\n";
    assert_eq!(found(&armor("RSA PRIVATE KEY", &head, &line)).len(), 1);
    // Its twins: no key, no private one, or one of other dashes.
    for content in [
        armor("PUBLIC KEY", "", &line),
        armor("CERTIFICATE", "", &line),
        armor("PGP PUBLIC KEY BLOCK", "", &line),
        armor("PRIVATE KEYS", "", &line),
        armor("PRIVATE KEY", "", "..."),
        armor("PRIVATE KEY", "", &line[..39]),
        armor("PRIVATE KEY", "", &"x".repeat(64)),
        armor("PRIVATE KEY", &head, ""),
        armor("PRIVATE KEY", "", "") + &armor("CERTIFICATE", "", &line),
        armor("PRIVATE KEY", &" ".repeat(600), &line),
        armor("PRIVATE KEY", "", &line).replace("-----", "----"),
        armor(&("A".repeat(40) + " PRIVATE KEY"), "", &line),
    ] {
        assert_eq!(found(&content), [], "{content}");
    }
    assert_eq!(found(&armor("PRIVATE KEY", "", &line[..40])).len(), 1);
}

#[test]
fn findings_say_where_and_not_what() {
    let token = "ghp_".to_owned() + &take(RANDOM, 36);
    let content = format!("a\nb {token}\n\n{token} {token}\n");
    let findings = find(content.as_bytes());
    let places: Vec<(usize, usize)> = findings.iter().map(|one| (one.line, one.offset)).collect();
    assert_eq!(places, [(2, 4), (4, 46), (4, 87)]);
    let first = findings[0];
    assert_eq!(check(content.as_bytes()), Err(ContentFault::Secret(first)));
    assert_eq!(
        first.to_string(),
        "line 2 has what looks like a secret (github-token)"
    );
    assert!(!format!("{first:?}").contains(&token[4..10]));
    assert_eq!(check(b"nothing"), Ok(()));
    // What is inside of a secret is not another one.
    let outer = format!("sk-ant-{}-{token}{}", take(RANDOM, 20), take(RANDOM, 40));
    assert_eq!(found(&outer), [("anthropic-key", 0)]);
    let many = (token + "\n").repeat(FINDINGS_MAX + 1);
    assert_eq!(find(many.as_bytes()).len(), FINDINGS_MAX);
}

#[test]
fn content_need_not_be_text() {
    let token = "ghp_".to_owned() + &take(RANDOM, 36);
    let content = [b"\xff\0\xfe".as_slice(), token.as_bytes(), b"\0\xff"].concat();
    assert_eq!(find(&content).len(), 1);
    let compressed: Vec<u8> = (0..100_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(find(&compressed), []);
}

proptest! {
    #[test]
    fn any_bytes_are_searched(content: Vec<u8>) {
        for finding in find(&content) {
            prop_assert!(finding.offset < content.len());
        }
    }

    #[test]
    fn a_secret_is_found_wherever_it_is(before in "[a-z \n=\"]{0,30}", after in "[ \n=\"][a-z \n=\"]{0,30}", row in 0..27usize) {
        let (name, prefix, body, _) = samples().swap_remove(row);
        let content = format!("{before} {prefix}{body}{after}");
        let line = before.matches('\n').count() + 1;
        let findings = find(content.as_bytes());
        prop_assert_eq!(findings, [Finding { detector: name, offset: before.len() + 1, line }]);
    }
}
