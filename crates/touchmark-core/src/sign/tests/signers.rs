//! The signers file: accepted lines, and one refusal per rule.

use super::super::signers::{FILE_MAX_LEN, LINE_MAX_LEN, LINES_MAX};
use super::super::*;
use super::secret;

fn key(name: &str) -> String {
    secret(name).public().to_openssh()
}

fn good_line() -> String {
    format!("alice@example.com namespaces=\"git\" {}", key("alice"))
}

fn check(text: &str, line: usize, expected: SignersDefect) {
    let defect = expected;
    assert_eq!(
        AllowedSigners::parse(text),
        Err(SignersError { line, defect }),
        "{text:?}"
    );
}

/// The good line is accepted; with `from` replaced it is refused.
fn check_twin(from: &str, to: &str, expected: SignersDefect) {
    let good = good_line() + "\n";
    assert!(AllowedSigners::parse(&good).is_ok());
    let bad = good.replacen(from, to, 1);
    assert_ne!(good, bad);
    check(&bad, 1, expected.clone());
    check(&format!("# people\n\n{bad}"), 3, expected);
}

#[test]
fn file_is_read_and_written_back() {
    let text = format!(
        "# people\n\n{} laptop\nbob@example.com,bob valid-before=\"20300101000000Z\",namespaces=\"git\",\
         valid-after=\"20200101000000Z\" {}\n# end\n",
        good_line(),
        key("bob")
    );
    let signers = AllowedSigners::parse(&text).expect("good");
    assert_eq!(signers.to_string(), text);
    let [alice, bob] = signers.entries() else {
        panic!("two keys")
    };
    assert_eq!((alice.line, bob.line), (3, 4));
    assert_eq!(alice.comment.as_deref(), Some("laptop"));
    assert_eq!(alice.raw, alice.to_canonical());
    assert_eq!(bob.principals, ["bob@example.com", "bob"]);
    assert_eq!(bob.valid_after, Some(1_577_836_800));
    assert_eq!(bob.valid_before, Some(1_893_456_000));
    assert_eq!(bob.key, secret("bob").public());
    assert_eq!(bob.namespaces(), ["git"]);
    let canonical = bob.to_canonical() + "\n";
    assert!(canonical.starts_with(
        "bob@example.com,bob namespaces=\"git\",valid-after=\"20200101000000Z\",valid-before=\"20300101000000Z\" ssh"
    ));
    let again = AllowedSigners::parse(&canonical).expect("canonical");
    assert_eq!(again.to_string(), canonical);
    assert_eq!(signers.find(&bob.key), Some(bob));
    assert_eq!(signers.find(&secret("carol").public()), None);
    for (time, valid) in [
        (1_577_836_799, false),
        (1_577_836_800, true),
        (1_893_456_000, true),
        (1_893_456_001, false),
    ] {
        assert_eq!(bob.is_valid_at(time), valid, "{time}");
        assert!(alice.is_valid_at(time));
    }
    assert_eq!(AllowedSigners::parse(""), Ok(AllowedSigners::default()));
}

#[test]
fn security_keys_are_listed_as_openssh_does() {
    let sk = PublicKey::sk_ed25519(*secret("carol").public().point(), "ssh:");
    let sk = sk.expect("the default application");
    let text = format!("carol namespaces=\"git\" {sk}\n");
    let signers = AllowedSigners::parse(&text).expect("good");
    assert_eq!(signers.entries()[0].key, sk);
}

#[test]
fn options_other_than_the_three_are_refused() {
    const OPTIONS: &str = "namespaces=\"git\"";
    let option = |found: &str| SignersDefect::Option {
        found: found.to_owned(),
    };
    for (to, expected) in [
        ("cert-authority", SignersDefect::CertAuthority),
        (
            "namespaces=\"git\",cert-authority",
            SignersDefect::CertAuthority,
        ),
        (
            "namespaces=\"git\",no-touch-required",
            option("no-touch-required"),
        ),
        ("Namespaces=\"git\"", option(r#"Namespaces=\"git\""#)),
        ("namespaces=\"git\",", option("")),
        ("namespaces=\"file\"", SignersDefect::Namespaces),
        ("namespaces=\"git*\"", SignersDefect::Namespaces),
        ("namespaces=git", SignersDefect::Namespaces),
        ("namespaces", SignersDefect::Namespaces),
        ("valid-after=\"20200101000000Z\"", SignersDefect::Namespaces),
        (
            "namespaces=\"git\",namespaces=\"git\"",
            SignersDefect::RepeatedOption { name: "namespaces" },
        ),
        (
            "namespaces=\"git\",valid-after=\"20200101000000Z\",valid-after=\"20200101000000Z\"",
            SignersDefect::RepeatedOption {
                name: "valid-after",
            },
        ),
        (
            "namespaces=\"git\",valid-after=\"20200101000000Z\",valid-before=\"20200101000000Z\"",
            SignersDefect::EmptyInterval,
        ),
    ] {
        check_twin(OPTIONS, to, expected);
    }
    // A list of namespaces cannot be told from two options, which is as well: neither is allowed.
    check_twin(
        OPTIONS,
        "namespaces=\"git,file\"",
        SignersDefect::Namespaces,
    );
    check_twin("namespaces=\"git\" ", "", SignersDefect::Namespaces);
}

#[test]
fn times_are_whole_and_utc() {
    for value in [
        "\"20200101\"",
        "\"20200101000000\"",
        "20200101000000Z",
        "\"20200230000000Z\"",
    ] {
        check_twin(
            "\"git\"",
            &format!("\"git\",valid-before={value}"),
            SignersDefect::Time {
                name: "valid-before",
                found: value.escape_debug().to_string(),
            },
        );
    }
}

#[test]
fn principals_are_plain() {
    for bad in [
        "*",
        "*@example.com",
        "a?",
        "!bob",
        "\"bob\"",
        "alice,",
        ",alice",
        "é",
        "a=b",
        "a#b",
    ] {
        let found = bad
            .split(',')
            .find(|name| *name != "alice")
            .unwrap_or_default();
        let found = found.as_bytes().escape_ascii().to_string();
        check_twin("alice@example.com", bad, SignersDefect::Principal { found });
    }
    check_twin(
        "alice@example.com",
        "a,b,a",
        SignersDefect::RepeatedPrincipal {
            found: "a".to_owned(),
        },
    );
}

#[test]
fn keys_are_of_two_types_and_strong_and_once() {
    let rsa = KeyError::KeyType {
        found: "ssh-rsa".to_owned(),
    };
    check_twin("ssh-ed25519", "ssh-rsa", SignersDefect::Key(rsa));
    let weak = PublicKey::ed25519([0; 32]).to_openssh();
    let weak_error = KeyError::Weak(WeakKeyError::LowOrder);
    check_twin(&key("alice"), &weak, SignersDefect::Key(weak_error));
    let text = format!("# people\n{0}\n{0}\n", good_line());
    check(&text, 3, SignersDefect::RepeatedKey { first: 2 });
    let other_person = good_line().replace("alice", "mallory");
    let text = format!("{}\n{other_person}\n", good_line());
    check(&text, 2, SignersDefect::RepeatedKey { first: 1 });
}

#[test]
fn spacing_and_line_ends_are_fixed() {
    check_twin("\n", "", SignersDefect::NoFinalNewline);
    check_twin("\n", "\r\n", SignersDefect::ControlCharacter);
    check_twin(" ", "\t", SignersDefect::ControlCharacter);
    check_twin("alice@", " alice@", SignersDefect::Spacing);
    check_twin(" ", "  ", SignersDefect::Spacing);
    check_twin(" ssh-", "  ssh-", SignersDefect::Spacing);
    check_twin(" AAAA", "  AAAA", SignersDefect::Spacing);
    check_twin("\n", " \n", SignersDefect::Spacing);
    check_twin("\n", "  comment\n", SignersDefect::Comment);
    check_twin(&good_line(), "alice@example.com", SignersDefect::Incomplete);
    check_twin(&key("alice"), "ssh-ed25519", SignersDefect::Incomplete);
}

#[test]
fn sizes_are_limited() {
    let comments = "#\n".repeat(LINES_MAX);
    assert!(AllowedSigners::parse(&comments).is_ok());
    check(&format!("{comments}#\n"), 1, SignersDefect::FileSize);
    let line = format!("#{}\n", "x".repeat(LINE_MAX_LEN - 1));
    assert!(AllowedSigners::parse(&line).is_ok());
    check(&format!("#{line}"), 1, SignersDefect::LineLength);
    let lines = FILE_MAX_LEN / line.len();
    assert!(AllowedSigners::parse(&line.repeat(lines)).is_ok());
    check(&line.repeat(lines + 1), 1, SignersDefect::FileSize);
}

#[test]
fn retiring_changes_one_line_and_is_final() {
    let bob = format!("bob namespaces=\"git\" {} desk", key("bob"));
    let text = format!("{}\n# bob\n{bob}\n", good_line());
    let mut signers = AllowedSigners::parse(&text).expect("good");
    let bob_key = secret("bob").public();
    signers.retire(&bob_key, 1_760_000_000).expect("first time");
    let retired = text.replace(
        "bob namespaces=\"git\"",
        "bob namespaces=\"git\",valid-before=\"20251009085320Z\"",
    );
    assert_eq!(signers.to_string(), retired);
    assert_eq!(AllowedSigners::parse(&retired).as_ref(), Ok(&signers));
    for later in [1_760_000_000, 1_760_000_001] {
        let error = RetireError::Retired {
            line: 3,
            since: 1_760_000_000,
        };
        assert_eq!(signers.retire(&bob_key, later), Err(error));
    }
    assert_eq!(signers.retire(&bob_key, 1_759_999_999), Ok(()));
    let carol = secret("carol").public();
    assert_eq!(signers.retire(&carol, 1), Err(RetireError::UnknownKey));
    let alice = secret("alice").public();
    for time in [0, -1, i64::MAX] {
        assert_eq!(signers.retire(&alice, time), Err(RetireError::Time));
    }
}

#[test]
fn added_keys_are_checked_as_if_read() {
    let mut signers = AllowedSigners::parse("# people\n").expect("good");
    let alice = secret("alice").public();
    let add = |signers: &mut AllowedSigners, names: &[&str], comment: Option<&str>| {
        signers
            .add(names, &alice, comment)
            .map_err(|error| error.defect)
    };
    assert_eq!(
        add(&mut signers, &["*"], None),
        Err(SignersDefect::Principal {
            found: "*".to_owned()
        })
    );
    // Texts that would smuggle a second line, another key or another name in.
    let mallory = format!("namespaces=\"git\" {}", key("mallory"));
    assert_eq!(
        add(&mut signers, &["a"], Some(&format!("x\nm {mallory}"))),
        Err(SignersDefect::ControlCharacter)
    );
    for names in [
        [format!("m {mallory} x").as_str()].as_slice(),
        &["a,b"],
        &["#"],
    ] {
        assert!(matches!(
            add(&mut signers, names, None),
            Err(SignersDefect::Principal { .. })
        ));
    }
    for comment in ["", " x", "x "] {
        assert!(add(&mut signers, &["a"], Some(comment)).is_err());
    }
    assert_eq!(signers.to_string(), "# people\n");
    assert_eq!(
        add(&mut signers, &["alice@example.com"], Some("laptop")),
        Ok(())
    );
    assert_eq!(
        signers.to_string(),
        format!("# people\n{} laptop\n", good_line())
    );
    assert_eq!(
        add(&mut signers, &["alice"], None),
        Err(SignersDefect::RepeatedKey { first: 2 })
    );
}
