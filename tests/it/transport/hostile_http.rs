//! What an HTTP client may try: no password, somebody else's name, other files, requests that two programs read differently.

use touchmark_core::id::HashKind;

use super::web::{Web, password};
use super::{Client, Way, founded, held, last_pusher, refs};

fn get(web: &Web, target: &str, headers: &str) -> super::web::Answer {
    web.ask(&format!(
        "GET {target} HTTP/1.0\r\nHost: x\r\n{headers}\r\n"
    ))
}

fn post(web: &Web, target: &str, headers: &str) -> super::web::Answer {
    let kind = "Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 4\r\n";
    web.ask(&format!(
        "POST {target} HTTP/1.0\r\nHost: x\r\n{kind}{headers}\r\n0000"
    ))
}

/// `alice:wrong`, in base64.
const WRONG: &str = "Authorization: Basic YWxpY2U6d3Jvbmc=\r\n";

#[test]
fn a_push_takes_a_password() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    for target in [
        "/server.git/git-receive-pack",
        "//server.git//git-receive-pack",
        "/x/../server.git/git-receive-pack",
        "/server.git/git%2Dreceive%2Dpack",
        "/server.git/git-receive-pack?service=git-upload-pack",
        "/server.git/git-upload-pack/../git-receive-pack",
    ] {
        for headers in ["", WRONG, "Remote-User: alice\r\nREMOTE_USER: alice\r\n"] {
            let answer = post(&web, target, headers);
            assert_eq!(answer.status, 401, "{target} {headers}: {answer:?}");
        }
    }
    for target in [
        "/server.git/info/refs?service=git-receive-pack",
        "/server.git/info/refs?service=git-receive-pack&service=git-upload-pack",
    ] {
        assert_eq!(get(&web, target, "").status, 401, "{target}");
        assert_eq!(get(&web, target, WRONG).status, 401, "{target}");
    }
}

#[test]
fn of_two_services_the_one_that_was_checked_is_served() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    let target = "/server.git/info/refs?service=git-upload-pack&service=git-receive-pack";
    let answer = get(&web, target, "");
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("# service=git-upload-pack"),
        "{answer:?}"
    );
    assert!(!answer.body.contains("report-status"), "{answer:?}");
}

#[test]
fn nothing_but_the_smart_protocol_is_served() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    for target in [
        "/",
        "/server.git",
        "/server.git/",
        "/server.git/HEAD",
        "/server.git/config",
        "/server.git/objects/info/packs",
        "/server.git/touchmark/sequencer",
        "/server.git/touchmark%2Fsequencer",
        "/server.git/git-receive-pack/",
        "/server.git/git-upload-archive",
    ] {
        assert_eq!(get(&web, target, "").status, 404, "{target}");
    }
    for target in [
        "/server.git/info/refs",
        "/server.git/info/refs?service=git-upload-archive",
        "/server.git/info/refs?service=git%2Dreceive%2Dpack",
        "/server.git/info/refs?service=",
    ] {
        assert_eq!(get(&web, target, "").status, 403, "{target}");
    }
    let outside = get(&web, "/web/info/refs?service=git-upload-pack", "");
    assert_ne!(outside.status, 200);
}

#[test]
fn no_header_makes_somebody_else_of_a_pusher() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    let bob = Client::cloned(&world, "bob", Way::Http(&web));
    bob.branch("topic");
    let mut arguments: Vec<String> = Vec::new();
    for header in [
        "Remote-User: alice",
        "REMOTE_USER: alice",
        "Touchmark-Pusher: login alice",
        "TOUCHMARK_PUSHER: login alice",
        "Touchmark-Now: 1",
        "Gateway-Interface: CGI/1.1",
        "Git-Dir: /",
        "Git-Namespace: elsewhere",
        "X-Remote-User: alice",
        "Proxy: http://127.0.0.1:1",
        "Git-Protocol: version=1:$(id)",
    ] {
        arguments.extend(["-c".to_owned(), format!("http.extraHeader={header}")]);
    }
    let push = bob.command("git").args(arguments);
    push.args(["push", "origin", "topic"]).run().ok();
    assert_eq!(last_pusher(&world), "login bob");
    assert_eq!(held(&world, "refs/heads/topic"), bob.rev("topic"));
}

#[test]
fn a_wrong_password_moves_nothing() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    let bob = Client::cloned(&world, "bob", Way::Http(&web));
    bob.branch("topic");
    let before = refs(&world);
    let (wrong, right) = (
        web.url(&format!("alice:{}@", password("bob"))),
        web.url(&format!("bob:{}@", password("bob"))),
    );
    let told = bob.git(&["push", &wrong, "topic"]).refused();
    assert!(told.contains("Authentication failed"), "{told}");
    let told = bob.git(&["push", &web.url(""), "topic"]).refused();
    assert!(told.contains("could not read Username"), "{told}");
    assert_eq!(refs(&world), before);
    bob.git(&["push", &right, "topic"]).ok();
}
