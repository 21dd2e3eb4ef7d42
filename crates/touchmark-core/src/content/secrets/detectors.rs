//! The table of tokens: a prefix that says whose it is, and how much of which characters follows.

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits and `_`.
    Word,
    /// Letters, digits, `_` and `-`.
    UrlSafe,
    /// Hexadecimal digits in lower case.
    Hex,
    /// The alphabet of base 32: upper-case letters and 2 to 7.
    Base32,
    /// Upper-case letters and digits.
    Upper,
}

impl Charset {
    pub(super) const fn has(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::UrlSafe => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-',
            Self::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Self::Base32 => byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7'),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        }
    }
}

/// How many characters follow the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// So many, and then none of the set.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

/// A format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detector {
    pub(super) name: &'static str,
    pub(super) prefixes: &'static [&'static str],
    pub(super) charset: Charset,
    pub(super) length: Length,
    /// What stands somewhere in what follows the prefix; often nothing.
    pub(super) infix: &'static str,
}

const fn token(
    name: &'static str,
    prefixes: &'static [&'static str],
    charset: Charset,
    length: Length,
) -> Detector {
    Detector {
        name,
        prefixes,
        charset,
        length,
        infix: "",
    }
}

/// Base 64 of the issuer's name, which its keys have inside.
const OPENAI: &str = "T3BlbkFJ";

use Charset::{Alphanumeric, Base32, Hex, Upper, UrlSafe, Word};
use Length::{AtLeast, Exactly};

/// All formats but private keys.
pub(super) const DETECTORS: &[Detector] = &[
    token("age-secret-key", &["AGE-SECRET-KEY-1"], Upper, Exactly(58)),
    token("anthropic-key", &["sk-ant-"], UrlSafe, AtLeast(80)),
    token(
        "aws-access-key-id",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        Base32,
        Exactly(16),
    ),
    token(
        "digitalocean-token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        Hex,
        Exactly(64),
    ),
    token("docker-token", &["dckr_pat_"], UrlSafe, Exactly(27)),
    token(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        Alphanumeric,
        AtLeast(36),
    ),
    token(
        "github-fine-grained-token",
        &["github_pat_"],
        Word,
        Exactly(82),
    ),
    token(
        "gitlab-token",
        &["glpat-", "gldt-", "glrt-", "glptt-"],
        UrlSafe,
        AtLeast(20),
    ),
    token("google-api-key", &["AIza"], UrlSafe, Exactly(35)),
    token("hashicorp-vault-token", &["hvs."], UrlSafe, AtLeast(90)),
    token("hugging-face-token", &["hf_"], Alphanumeric, Exactly(34)),
    token("npm-token", &["npm_"], Alphanumeric, Exactly(36)),
    Detector {
        infix: OPENAI,
        ..token(
            "openai-key",
            &["sk-proj-", "sk-svcacct-", "sk-admin-"],
            UrlSafe,
            AtLeast(124),
        )
    },
    Detector {
        infix: OPENAI,
        ..token("openai-legacy-key", &["sk-"], Alphanumeric, Exactly(48))
    },
    token("pypi-token", &["pypi-AgE"], UrlSafe, AtLeast(50)),
    token("rubygems-token", &["rubygems_"], Hex, Exactly(48)),
    token(
        "shopify-token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        Hex,
        Exactly(32),
    ),
    token(
        "slack-token",
        &["xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-"],
        UrlSafe,
        AtLeast(20),
    ),
    token(
        "stripe-live-key",
        &["sk_live_", "rk_live_"],
        Alphanumeric,
        AtLeast(24),
    ),
];

/// The bytes that a prefix starts with.
pub(super) const STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let mut row = 0;
    while row < DETECTORS.len() {
        let prefixes = DETECTORS[row].prefixes;
        let mut column = 0;
        while column < prefixes.len() {
            starts[prefixes[column].as_bytes()[0] as usize] = true;
            column += 1;
        }
        row += 1;
    }
    starts
};
