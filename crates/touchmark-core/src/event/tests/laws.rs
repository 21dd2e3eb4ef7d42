//! Laws over generated events of every kind: writing and reading are inverse, and nothing near an event is one.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

use super::{Commit, Entry, file, secret, store};
use crate::event::fields::Fields;
use crate::event::{
    Actor, BodyUse, Kind, Payload, Place, Position, Repeat, Side, TreeShape, Unsigned, Verify,
    content, message,
};
use crate::id::{Digest, HashKind, ObjectId};
use crate::object::{ObjectType, Objects};

/// The registry as the generator reads it: key to value name, value name to pattern, enumeration to words.
fn registry() -> &'static toml::Table {
    static REGISTRY: std::sync::OnceLock<toml::Table> = std::sync::OnceLock::new();
    REGISTRY.get_or_init(|| include_str!("../../../events.toml").parse().expect("TOML"))
}

fn row(table: &str, column: &str, name: &str) -> Option<&'static toml::Table> {
    let rows = registry()[table].as_array().expect("a list of tables");
    rows.iter()
        .filter_map(toml::Value::as_table)
        .find(|row| row[column].as_str() == Some(name))
}

fn pattern(regex: &str) -> BoxedStrategy<String> {
    string_regex(regex).expect("a regular expression").boxed()
}

fn oid(hash: HashKind) -> BoxedStrategy<String> {
    pattern(&format!("[1-9a-f][0-9a-f]{{{}}}", hash.hex_len() - 1))
}

/// Texts of the value that the registry calls `name`.
fn value(hash: HashKind, name: &str) -> BoxedStrategy<String> {
    const FINGERPRINT: &str = "SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]";
    match name {
        "oid" => oid(hash),
        "time" => pattern(
            "(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
        ),
        "ref" => pattern("refs/(heads|tags)/[a-z][a-z0-9+_=-]{0,20}(/[A-Z]{1,5}[.][a-z]{1,9}x)?"),
        "label-change" => pattern("[+-][a-zA-Zßü漢](([a-z ä/:#+-]){0,20}[a-z])?"),
        "line" => pattern("[a-zA-Z(é]([a-z é.,:-]{0,40}[a-z)])?"),
        "url" => pattern("https?://[!#-;=?-~]{1,60}"),
        "fingerprint" => pattern(FINGERPRINT),
        "pusher" => pattern(&format!(
            "none|(certificate|key) {FINGERPRINT}|login [a-z]{{1,9}}|import [A-Z][a-z ]{{0,9}}b"
        )),
        "comment-id" => (oid(hash), pattern("0|[1-9][0-9]{0,3}"))
            .prop_map(|(id, number)| format!("{id}/{number}"))
            .boxed(),
        _ => match (row("value", "name", name), row("enum", "name", name)) {
            (Some(row), _) => pattern(row["pattern"].as_str().expect("text")),
            (None, Some(row)) => {
                let words = row["words"].as_array().expect("a list");
                let word = |word: &toml::Value| word["word"].as_str().expect("text").to_owned();
                select(words.iter().map(word).collect::<Vec<_>>()).boxed()
            }
            (None, None) => panic!("the registry has no value {name}"),
        },
    }
}

/// Where anchors stand, without their numbers; those of the second version may be in a message.
fn place(hash: HashKind, name: &str) -> BoxedStrategy<String> {
    if name == "anchor-2" {
        let lines = pattern("(:[1-9][0-9]{0,3}(-[1-9][0-9]{4})?)?");
        let message = (value(hash, "oid"), lines).prop_map(|(id, at)| format!("message {id}{at}"));
        return prop_oneof![message, place(hash, "anchor")].boxed();
    }
    let path = "[a-z]{1,8}(/[a-z.]{0,5}[a-z]|%20|%C3%A9)?";
    prop_oneof![
        pattern(&format!(
            "(old|new) {path}(:[1-9][0-9]{{0,3}}(-[1-9][0-9]{{4}})?)?"
        )),
        value(hash, "comment-id").prop_map(|id| format!("reply {id}")),
    ]
    .boxed()
}

type Trailers = Vec<(&'static str, String)>;

fn trailers(hash: HashKind, kind: Kind, root: bool) -> BoxedStrategy<Trailers> {
    let mut strategy: BoxedStrategy<Trailers> = Just(Vec::new()).boxed();
    for own in kind.spec().keys {
        let key = own.key;
        let row = row("key", "key", key).expect("a key of the registry");
        let name = row["value"].as_str().expect("text");
        let one = if name.starts_with("anchor") {
            place(hash, name)
        } else {
            value(hash, name)
        };
        let count = match (key, own.repeat) {
            ("Forge-Nonce", _) if root => 1..=1,
            ("Forge-Nonce", _) => 0..=0,
            ("Forge-Origin", _) if !root => 0..=0,
            ("Forge-Proposal", _) if root => 0..=0,
            (_, Repeat::One) => 1..=1,
            (_, Repeat::Optional) => 0..=1,
            (_, Repeat::Many) => 0..=4,
            (_, Repeat::Several) => 1..=4,
        };
        let several = vec(one, count).prop_map(move |mut values| {
            values.sort();
            values.dedup();
            (1..)
                .zip(values)
                .map(|(number, text)| match name {
                    "anchor" | "anchor-2" => (key, format!("{number} {text}")),
                    _ => (key, text),
                })
                .collect::<Trailers>()
        });
        strategy = (strategy, several)
            .prop_map(|(all, more)| [all, more].concat())
            .boxed();
    }
    strategy
}

fn payload(hash: HashKind, kind: Kind, root: bool) -> BoxedStrategy<Payload> {
    trailers(hash, kind, root)
        .prop_filter_map(
            "values have more rules than their patterns",
            move |trailers| {
                let own: Vec<(&str, &str)> = trailers
                    .iter()
                    .map(|(key, text)| (*key, text.as_str()))
                    .collect();
                Payload::read(kind, &mut Fields::new(hash, kind, &own)).ok()
            },
        )
        .boxed()
}

fn subject() -> BoxedStrategy<String> {
    pattern("[!-~äöü漢]([ -~äöü漢€]{0,60}[!-~])?")
        .prop_filter("dividers are no subjects", |text| {
            content::check_user_subject(text).is_ok()
        })
        .boxed()
}

fn body() -> BoxedStrategy<String> {
    let line = prop_oneof![
        Just(String::new()),
        select(vec![
            "---",
            " ---",
            "  --- a",
            "x - >8 -",
            " x -- >8 --",
            "x - >8",
            "Forge-Event: pr/1",
            "\tx",
            "--"
        ])
        .prop_map(str::to_owned),
        pattern(" {0,3}[!-~äöü€𝄢]{1,20}( [a-z]{1,9}){0,4}"),
    ];
    vec(line, 1..8)
        .prop_map(|lines| lines.join("\n").trim_matches('\n').to_owned())
        .prop_filter("a body has text", |body| !body.is_empty())
        .boxed()
}

fn optional<T: std::fmt::Debug + Clone + 'static>(
    strategy: BoxedStrategy<T>,
    there: Option<bool>,
) -> BoxedStrategy<Option<T>> {
    match there {
        Some(true) => strategy.prop_map(Some).boxed(),
        Some(false) => Just(None).boxed(),
        None => proptest::option::of(strategy).boxed(),
    }
}

fn actor() -> BoxedStrategy<Actor> {
    let line = "[A-Zé]([a-zé. \"]{0,20}[a-z])? <[a-z.+]{1,9}@[a-zö]{1,9}> (0|[1-9][0-9]{0,11}) ([+]0[0-9]|-1[0-4])[0-5][0-9]";
    pattern(line)
        .prop_filter_map("author lines", |line| Actor::parse(&line))
        .boxed()
}

/// Stores a tree that fits what the event says.
fn files(objects: &mut Objects, payload: &Payload, salt: u32) -> ObjectId {
    let mut entries: Vec<(String, Entry)> = Vec::new();
    let mut add = |path: String, text: String| entries.push((path, file(text)));
    match (payload.kind().spec().tree, payload) {
        (TreeShape::Review, payload) => {
            let review = payload.review();
            for anchor in review.iter().flat_map(|review| &review.comments) {
                let number = anchor.number;
                add(
                    format!("comments/{number:04}"),
                    format!("Comment {number}, {salt}.\n"),
                );
                if let Place::Code {
                    side: Side::New,
                    lines: Some(_),
                    ..
                } = anchor.place
                {
                    add(format!("suggestions/{number:04}"), format!("\t{salt} \r\n"));
                }
            }
        }
        (TreeShape::Evidence, _) => {
            for number in 0..salt % 4 {
                add(format!("logs/{number}/out.txt"), format!("{salt}\n"));
            }
        }
        (TreeShape::Policy, _) => {
            add("policy.toml".to_owned(), format!("# {salt}\n"));
            add("allowed_signers".to_owned(), String::new());
        }
        (TreeShape::Snapshot, _) => {
            add(
                "dropped".to_owned(),
                format!("{}\n", Digest::of(&salt.to_be_bytes())),
            );
            add("state.json".to_owned(), format!("{salt}\n"));
        }
        (TreeShape::Receipt, _) => add("refs/heads/x".to_owned(), format!("{salt}")),
        (TreeShape::Receipt2, _) => {
            add("refs/heads/x".to_owned(), format!("{salt}"));
            add("changes".to_owned(), format!("{salt}"));
        }
        (TreeShape::Certificate, _) => add("certificate".to_owned(), format!("{salt}")),
        (TreeShape::Archive, _) => add(format!("{:02x}/x", salt % 256), String::new()),
        _ => {}
    }
    store(objects, &entries)
}

/// An event of `kind`, with the objects of its tree.
fn event(hash: HashKind, kind: Kind) -> BoxedStrategy<(Objects, Unsigned)> {
    let spec = kind.spec();
    let later = usize::from(spec.parents.0)..=usize::from(spec.parents.1.min(spec.parents.0 + 4));
    let count = match spec.position {
        Position::Root => Just(0).boxed(),
        Position::Later => later.boxed(),
        Position::Any => prop_oneof![Just(0), later].boxed(),
    };
    let parents = count.prop_flat_map(move |count| vec(oid(hash), count));
    let body_use = match spec.body {
        BodyUse::Required => Some(true),
        BodyUse::Optional => None,
        BodyUse::None => Some(false),
    };
    let parse = |text: &String| ObjectId::from_hex(text).expect("hexadecimal");
    parents
        .prop_flat_map(move |parents| {
            let root = parents.is_empty();
            (
                Just(parents),
                payload(hash, kind, root),
                actor(),
                optional(subject(), Some(spec.user_subject)),
                optional(body(), body_use),
                (any::<[u8; 4]>(), oid(hash), any::<u32>()),
            )
        })
        .prop_map(
            move |(parents, payload, author, subject, body, (repo, policy, salt))| {
                let mut objects = Objects::new(hash);
                let root = parents.is_empty();
                let first = root && kind == Kind::Policy;
                let unsigned = Unsigned {
                    tree: files(&mut objects, &payload, salt),
                    parents: parents.iter().map(parse).collect(),
                    author,
                    subject,
                    body,
                    repo: (root && !first).then(|| Digest::of(&repo)),
                    policy: (!first).then(|| parse(&policy)),
                    payload,
                };
                (objects, unsigned)
            },
        )
        .boxed()
}

fn any_event() -> BoxedStrategy<(Objects, Unsigned)> {
    let every = Kind::ALL
        .iter()
        .flat_map(|kind| super::HASHES.map(|hash| event(hash, *kind)));
    proptest::strategy::Union::new(every).boxed()
}

fn sign((mut objects, unsigned): (Objects, Unsigned)) -> Result<(Commit, Vec<u8>), TestCaseError> {
    let hash = objects.kind();
    let refused = |refusal: crate::refusal::Refusal| TestCaseError::fail(refusal.to_string());
    let payload = unsigned.encode(hash).map_err(refused)?;
    let raw = secret("alice").sign_commit(&payload, hash);
    objects
        .insert(ObjectType::Commit, raw.clone())
        .expect("no collision");
    Ok((Commit { objects, raw }, payload))
}

fn check_round_trip((objects, unsigned): (Objects, Unsigned)) -> Result<(), TestCaseError> {
    let signer = secret("alice").public();
    let preview = unsigned
        .preview(&objects, &signer)
        .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
    let (commit, payload) = sign((objects, unsigned.clone()))?;
    for verify in [Verify::Full, Verify::Trusted] {
        let mut event = commit
            .decode(verify)
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        prop_assert_eq!(&event.to_unsigned(), &unsigned);
        let again = event.to_unsigned().encode(commit.objects.kind());
        prop_assert_eq!(again.as_deref(), Ok(payload.as_slice()));
        prop_assert_eq!(event.payload_digest(), Digest::of(&payload));
        event.id = preview.id;
        prop_assert_eq!(&event, &preview);
    }
    Ok(())
}

#[test]
fn every_kind_round_trips() {
    let config = ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    for kind in Kind::ALL {
        for hash in super::HASHES {
            let mut runner = proptest::test_runner::TestRunner::new(config.clone());
            if let Err(error) = runner.run(&event(hash, *kind), check_round_trip) {
                panic!("{}, {}: {error}", kind.tag(), hash.name());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_make_no_other_event(
        event in any_event(),
        changes in vec((any::<prop::sample::Index>(), 1..=255_u8), 1..4),
    ) {
        let (mut commit, _) = sign(event)?;
        let before = commit.raw.clone();
        for (index, bits) in changes {
            let at = index.index(commit.raw.len());
            commit.raw[at] ^= bits;
        }
        if commit.raw != before {
            prop_assert!(commit.decode(Verify::Full).is_err());
            // Taken on trust it may pass, but what it says is then what its bytes say.
            if let Ok(event) = commit.decode(Verify::Trusted) {
                let payload = event.to_unsigned().encode(commit.objects.kind());
                let (signed, _) = crate::sign::split_signature(&commit.raw, commit.objects.kind()).expect("it was read");
                prop_assert_eq!(payload, Ok(signed));
            }
        }
    }

    #[test]
    fn changed_messages_are_refused_or_canonical(
        event in any_event(),
        cut in any::<prop::sample::Index>(),
        len in 0..12_usize,
        with in "[ \\n\\t-]{0,4}|--- |Forge-Event: |\u{feff}|é",
    ) {
        // Signed anew, so that form alone is at stake.
        let (commit, payload) = sign(event)?;
        let mut text = String::from_utf8(payload).expect("encoded as text");
        let mut start = cut.index(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + len).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        text.replace_range(start..end, &with);
        let hash = commit.objects.kind();
        let raw = secret("alice").sign_commit(text.as_bytes(), hash);
        if let Ok(event) = (Commit { raw, ..commit }).decode(Verify::Full) {
            let again = event.to_unsigned().encode(hash);
            prop_assert_eq!(again, Ok(text.into_bytes()));
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..400), text in "(\\PC|[\\n :-]){0,80}") {
        let _ = message::parse(&bytes);
        if let Ok(found) = message::parse(text.as_bytes()) {
            prop_assert!(!found.trailers.is_empty());
        }
        for hash in super::HASHES {
            prop_assert!(Commit::new(hash, bytes.clone()).decode(Verify::Full).is_err());
        }
    }
}
