//! Many push at once: whoever was told yes is there.

use touchmark_core::id::HashKind;

use super::{branch, guarded, held, passing_files, push, pushing};

const PUSHERS: usize = 30;

#[test]
fn parallel_pushes_to_different_refs_all_survive() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let one = branch(&alice, "one");
    let url = world.server();
    let url = url.to_str().unwrap();
    let children: Vec<_> = (0..PUSHERS)
        .map(|number| pushing(&alice, &[url, &format!("one:refs/heads/{number}")]).spawn())
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    for number in 0..PUSHERS {
        assert_eq!(held(&world, &format!("refs/heads/{number}")), one);
    }
    assert_eq!(passing_files(&world.server()), Vec::<String>::new());
}

#[test]
fn of_parallel_pushes_to_one_ref_one_is_told_yes() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let commits: Vec<String> = (0..8)
        .map(|number| branch(&alice, &format!("b{number}")))
        .collect();
    let url = world.server();
    let url = url.to_str().unwrap();
    let children: Vec<_> = (0..8)
        .map(|number| {
            pushing(
                &alice,
                &[
                    url,
                    &format!("b{number}:refs/heads/x"),
                    &format!("b{number}:refs/heads/x{number}"),
                ],
            )
            .spawn()
        })
        .collect();
    let mut winners = Vec::new();
    for (number, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let other = held(&world, &format!("refs/heads/x{number}"));
        if output.status.success() {
            winners.push(number);
            assert_eq!(other, commits[number]);
        } else {
            // A client that asks late sees the winner, and refuses by itself.
            let known = ["(push-moved)", "(fetch first)", "non-fast-forward"];
            assert!(known.iter().any(|word| told.contains(word)), "{told}");
            assert_eq!(other, "", "a refused push is refused whole");
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(held(&world, "refs/heads/x"), commits[winners[0]]);
    push(&alice, &["--force", url, "b0:refs/heads/x"]).ok();
}

#[test]
fn pushes_and_maintenance_do_not_lose_each_other() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let one = branch(&alice, "one");
    let url = world.server();
    let url = url.to_str().unwrap();
    for round in 0..3 {
        let nobody = world.path().join("home/nobody");
        // By this program, and by hand.
        let tidy = [
            world
                .command(
                    crate::workspace::program("touchmark"),
                    &nobody,
                    world.path(),
                )
                .args(["server", "maintain", url])
                .spawn(),
            world
                .command("git", &nobody, &world.server())
                .args(["pack-refs", "--all"])
                .spawn(),
        ];
        let children: Vec<_> = (0..10)
            .map(|number| {
                pushing(&alice, &[url, &format!("one:refs/heads/{round}-{number}")]).spawn()
            })
            .collect();
        let mut told = Vec::new();
        for child in children {
            told.push(child.wait_with_output().unwrap());
        }
        for child in tidy {
            child.wait_with_output().unwrap();
        }
        for (number, output) in told.iter().enumerate() {
            let name = format!("refs/heads/{round}-{number}");
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert_eq!(held(&world, &name), one, "{name}");
        }
    }
}
