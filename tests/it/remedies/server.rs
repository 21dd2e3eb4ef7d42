//! Remedies for a server that is not as it must be: the pusher's, and those of whoever runs it.

use touchmark_core::event::Rule;

use super::{branch, pushed, sent, told};
use crate::attacks::landing::ONE;
use crate::attacks::stage::Stage;
use crate::env::Person;

/// The server of a stage, as commands name it.
fn path(stage: &Stage) -> String {
    stage.world.server().to_str().unwrap().to_owned()
}

fn configure(stage: &Stage, name: &str, value: &str) {
    stage.world.on_server(&["config", name, value]);
}

#[test]
fn a_server_is_put_right_by_whoever_runs_it() {
    let stage = Stage::with_policy(ONE);
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    branch(&alice, "work", "work.txt", "work\n");
    let path = path(&stage);
    let server = [("PATH", path.as_str())];
    configure(&stage, "receive.shallowUpdate", "true");
    told(pushed(&alice, &["work"]), Rule::ServerConfiguration)
        .look(&bob, "touchmark server check", &server)
        .prints("receive.shallowUpdate")
        .step(&bob, "touchmark server init", &server)
        .mends(pushed(&alice, &["work"]));
    let hook = stage.world.server().join("hooks/pre-receive");
    std::fs::remove_file(&hook).unwrap();
    told(
        pushed(&alice, &["work:refs/heads/other"]),
        Rule::PushUnjudged,
    )
    .look(&bob, "touchmark server check", &server)
    .prints("pre-receive")
    .step(&bob, "touchmark server init", &server)
    .mends(pushed(&alice, &["work:refs/heads/other"]));
    // The hooks fail once, and the second time they do not.
    let failing = alice
        .command("git")
        .env("TOUCHMARK_FAULT", "judged:panic")
        .args(["push", "-q", "--signed", "origin", "work:refs/heads/third"])
        .run();
    told(failing, Rule::ServerError)
        .step(&bob, "touchmark server check", &server)
        .says("push again")
        .mends(pushed(&alice, &["work:refs/heads/third"]));
    let moved = stage
        .world
        .command("git", &bob.home(), &stage.world.server())
        .args(["update-ref", "refs/heads/fourth", "refs/heads/work"])
        .run();
    told(moved, Rule::ServerDoor)
        .step(
            &alice,
            "git push",
            &[("SERVER", "origin"), ("BRANCH", "work:fourth")],
        )
        .step(&bob, "touchmark server maintain", &server)
        .mends(sent(&alice, &["work:fifth"]));
}

#[test]
fn a_server_gets_its_policy() {
    let stage = Stage::with_policy(ONE);
    let bob = stage.person("bob");
    let new = stage.world.path().join("new.git");
    let new = new.to_str().unwrap();
    let nobody = stage.person("nobody");
    let made = nobody.anywhere(&["server", "init", new, "--json"]).ok();
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    // A project of its own, whose server has no policy yet.
    let dir = bob.dir();
    std::fs::remove_dir_all(&dir).unwrap();
    let start = |person: &Person<'_>| {
        let home = person.home();
        let args = ["clone", "-q", new, dir.to_str().unwrap()];
        stage
            .world
            .command("git", &home, stage.world.path())
            .args(args)
            .run()
            .ok();
        person.git(&["switch", "-q", "-c", "main"]);
        person.write("README.md", "# Another\n");
        person.commit("Start another");
    };
    start(&bob);
    let key = |name: &str| made[name].as_str().unwrap().to_owned();
    let more = ["--no-recovery", "--import-key", &key("import")];
    told(sent(&bob, &["main"]), Rule::ServerSetup)
        .answered(&bob, "touchmark init", &[("KEY", &key("sequencer"))], &more)
        .step(&bob, "touchmark sync", &[])
        .mends(sent(&bob, &["main"]));
}
