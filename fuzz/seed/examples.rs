//! Inputs in the forms that the golden logs do not have.

use touchmark_core::sign::SecretKey;

/// Code owners, each after a path and a border, as the target divides them.
const CODEOWNERS: &[&str] = &[
    "src/x.rs\n%%\n*  @one @org/two  # all\n*.rs three@example.com\n/src/ @four\n/src/x.rs\n",
    "a b/c/d\n%%\na\\ b/**/d @x\n**/logs @x\ndocs/* @x\napps/ @x\nf?o\\* @x\n",
    "a/a/a/b\n%%\n**/a/**/a/*a*b @x\n",
    "infra/main.tf\n%%\ninfra/**",
    "release/1.2\n%%\nrelease/*.?",
    "a\n%%\n!a @x\n[a] @x\na#b @x\n\\#a @x\n//\na nobody\n",
];

const CONTENT: &[&str] = &[
    "[submodule \"a/b\"]\n\tpath = a/b # x\n\turl = https://user@example.com:80/a.git\n\tupdate = none\n",
    "[submodule \"x\"]\nurl = \"ext::sh -c x\"\n",
    "[submodule \"x\"]\nurl = git@example.com:a/b\nurl = ../../x\nurl = ssh://[::1]/a%0ab\n",
    ".git",
    "git~1",
    "GI7EBA~1",
    ".g\u{200c}it",
    ".git::$INDEX_ALLOCATION",
    "../../.git/hooks/post-checkout",
    "C:\\Windows",
    "a\\..\\..\\b",
    "key = AKIA",
    "ghp_ github_pat_ glpat- xoxb- sk_live_ sk-ant- sk-proj- T3Blbk AIza npm_ pypi-AgE hvs. hf_",
    "-----BEGIN OPENSSH PRIVATE ",
];

/// A policy of format 2 with all that may stand in one, in TOML's longer form, and its keys after the border.
const POLICY: &str = r#"format = 2
threshold = 1
recovery.declined = true

[defaults]
approvals = 2
from = ["@core"]
methods = ["squash", "fast-forward"]

[[defaults.require]]
count = 1
from = ["alice", "@core"]

[[defaults.checks]]
name = "build (x86)"
by = ["ci"]

[[branch]]
match = ["main", "release/**"]
merge = ["@core"]
create = []
delete = ["alice"]
override = ["alice"]
codeowners = true
owners_required = true
keep_approvals = true
signed_commits = true
resolve_threads = true

[[branch]]
match = ["*/?*/**/x*"]
protected = false

[[tag]]
match = ["v*"]
create = ["@core"]
move = []
delete = []
signed = true

[[path]]
match = ["docs/", "**/*.md"]
branches = ["main"]
write = ["@core", "ci"]

[limits]
push_refs = 1
push_bytes = 1099511627776

[guests]
open = true
logs = 3
events = 20

[push]
anonymous = true
secrets = false

[[compromised]]
key = "SHA256:V/pT16+0QVLWCIcX1NNglceVWEN9bEHrnlXQ2rFt2As"
after = "0123456789abcdef0123456789abcdef01234567"

[teams.core]
members = ["alice"]

[roles.triager]
rights = ["comment", "triage"]

[people.alice]
name = "Alice"
emails = ["alice@example.com"]
roles = ["admin", "triager"]

[bots.ci]
name = "CI"
emails = ["ci@example.com"]
roles = ["ci"]

%%
alice@example.com namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA8hjDzvnxiVHxcVGNWuJpDHD96z2ow11dnIH7R29l8c
"#;

/// Names of refs, lists of changes and commits of code, as pushes bring them.
const PUSH: &[&str] = &[
    "refs/heads/main",
    "refs/tags/v1.0",
    "refs/for/release/1",
    "refs/forge/policy",
    "refs/forge/queue/release/1/log",
    "refs/forge/pr/4b825dc642cb6eb9a060e54bf8d69288fbee4904/heads",
    "refs/forge/guest/6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321/4b825dc642cb6eb9a060e54bf8d69288fbee4904/log",
    "0000000000000000000000000000000000000000 4b825dc642cb6eb9a060e54bf8d69288fbee4904 refs/heads/a\n4b825dc642cb6eb9a060e54bf8d69288fbee4904 0000000000000000000000000000000000000000 refs/heads/b c\n",
    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.org> 1 +0000\ncommitter B <b@example.org> 1 +0000\nencoding ISO-8859-1\ngpgsig x\n y\n\nSubject\n\nCo-authored-by: C <c@example.org>\nForge-Event: merge/1\n",
];

const CERTIFICATE: &str = "certificate version 0.1\npusher key 1760000000 +0000\npushee file:///srv\nnonce 1760000000-abc\npush-option a=b\n\n0000000000000000000000000000000000000000 4b825dc642cb6eb9a060e54bf8d69288fbee4904 refs/for/main\n";

/// Every example with the name of its target.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let owners = CODEOWNERS
        .iter()
        .map(|text| ("codeowners", text.as_bytes().to_vec()));
    let content = CONTENT
        .iter()
        .map(|text| ("content", text.as_bytes().to_vec()));
    let policy = [("policy", POLICY.as_bytes().to_vec())];
    let push = PUSH.iter().map(|text| ("push", text.as_bytes().to_vec()));
    let certificate = ("push", certificate());
    owners
        .chain(content)
        .chain(policy)
        .chain(push)
        .chain([certificate])
        .chain(tokens())
}

/// A push certificate whose signature is good.
fn certificate() -> Vec<u8> {
    let armor = SecretKey::from_seed(&[7; 32]).sign(CERTIFICATE.as_bytes());
    [CERTIFICATE, &armor].concat().into_bytes()
}

/// Whole tokens, put together here so that no tool takes this file for a leak.
fn tokens() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let body = "q7Zt0BvXk2LmWn4RcYs9JdPf8GhTa1UeKo3V".repeat(2);
    let armor = [
        "-----BEGIN ",
        "PRIVATE KEY-----\n",
        &body,
        "\n-----END PRIVATE KEY-----\n",
    ];
    let token = ["token=ghp", "_", &body, "\n"];
    [armor.concat(), token.concat()]
        .into_iter()
        .map(|text| ("content", text.into_bytes()))
}
