//! What the program does at a terminal and what it leaves when there is none: pager, colour, width, progress.

use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::{Person, Ready, World};

/// Runs a command at a terminal of so many columns and prints what appears on it.
const TERMINAL: &str = "\
import fcntl, os, pty, struct, sys, termios
child, screen = pty.fork()
if child == 0:
    size = struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0)
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    try:
        shown = os.read(screen, 65536)
    except OSError:
        break
    if not shown:
        break
    sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

/// The program at a terminal that can show colour, and with nobody who does not want any.
fn at_terminal(person: &Person<'_>, columns: u32, args: &[&str]) -> Ready {
    let columns = columns.to_string();
    person
        .command("python3")
        .args(["-c", TERMINAL, &columns, "touchmark"])
        .args(args)
        .env("TERM", "xterm")
        .env("NO_COLOR", "")
}

/// What appears, with the terminal's line ends as anybody's.
#[track_caller]
fn shown(ready: Ready) -> String {
    ready.run().ok().replace("\r\n", "\n")
}

/// A pull request that alice opened; its id.
fn opened(world: &World) -> String {
    open(
        &world.person("alice"),
        "topic",
        "Make the order of the locks explicit",
    )
}

#[test]
fn long_output_goes_through_the_pager_at_a_terminal() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = opened(&world);
    // Each says its name in front of the first line.
    let pager = |name: &str| format!("sed '1s/^/{name}: /'");
    let show = |more: &[&str]| at_terminal(&alice, 80, &[&["pr", "show", &pr], more].concat());
    let begins = |ready: Ready, start: &str| {
        let shown = shown(ready);
        assert!(shown.starts_with(start), "{start}: {shown}");
        assert!(shown.contains("revisions"), "{shown}");
    };
    begins(show(&[]).env("PAGER", pager("its")), "its: pull request");
    alice.git(&["config", "core.pager", &pager("core")]).ok();
    begins(show(&[]).env("PAGER", pager("its")), "core: pull request");
    begins(
        show(&[]).env("GIT_PAGER", pager("git")),
        "git: pull request",
    );
    let own = |ready: Ready, pager: &str| ready.env("TOUCHMARK_PAGER", pager).env("GIT_PAGER", "x");
    begins(own(show(&[]), &pager("own")), "own: pull request");
    // Or through none.
    begins(own(show(&[]), "cat"), "pull request");
    begins(own(show(&["--no-pager"]), &pager("own")), "pull request");
    let json = shown(own(show(&["--json"]), &pager("own")));
    assert!(json.starts_with('{'), "{json}");
    // One that is not there is no reason to show nothing.
    let missing = shown(own(show(&[]), "no-such-program --option"));
    assert!(
        missing.contains("pull request ") && missing.contains("revisions"),
        "{missing}"
    );
    // What less is told, unless it is told otherwise.
    assert_eq!(shown(own(show(&[]), "echo $LESS #")), "FRX\n");
    assert_eq!(
        shown(own(show(&[]), "echo $LESS #").env("LESS", "S")),
        "S\n"
    );
    // A pipe has no pager.
    let piped = alice
        .command("touchmark")
        .args(["pr", "show", &pr])
        .env("TOUCHMARK_PAGER", pager("own"));
    assert!(piped.run().ok().starts_with("pull request "));
}

#[test]
fn colour_is_for_terminals_and_for_whoever_asks() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = opened(&world);
    let show = ["--no-pager", "pr", "show", &pr];
    let is_colored = |ready: Ready| shown(ready).contains("\u{1b}[33m");
    let piped = || alice.command("touchmark").args(show).env("NO_COLOR", "");
    assert!(is_colored(at_terminal(&alice, 80, &show)));
    assert!(!is_colored(
        at_terminal(&alice, 80, &show).env("NO_COLOR", "1")
    ));
    assert!(!is_colored(
        at_terminal(&alice, 80, &show).env("TERM", "dumb")
    ));
    assert!(!is_colored(
        at_terminal(&alice, 80, &show).args(["--color=never"])
    ));
    assert!(!is_colored(piped()));
    assert!(is_colored(piped().args(["--color=always"])));
    assert!(is_colored(piped().env("CLICOLOR_FORCE", "1")));
    assert!(!is_colored(piped().env("CLICOLOR_FORCE", "0")));
    assert!(!is_colored(
        piped().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")
    ));
}

#[test]
fn a_patch_has_git_s_colours_and_does_nothing_to_the_terminal() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("bell", "\u{7}\u{1b}[2J\n");
    alice.commit("Ring");
    let pr = alice.json(&["pr", "open", "--target=main"]);
    let pr = pr["event"].as_str().unwrap();
    let diff = || at_terminal(&alice, 80, &["--no-pager", "pr", "diff", pr]);
    let plain = shown(diff());
    assert!(
        plain.contains("\u{1b}[32m+\\u{7}\\u{1b}[2J\u{1b}[m\n"),
        "{plain:?}"
    );
    assert!(
        plain.contains("\u{1b}[36m@@ -0,0 +1 @@\u{1b}[m\n"),
        "{plain:?}"
    );
    alice.git(&["config", "color.diff.new", "magenta"]).ok();
    let magenta = shown(diff());
    assert!(magenta.contains("\u{1b}[35m+"), "{magenta:?}");
    alice.git(&["config", "color.ui", "false"]).ok();
    assert!(!shown(diff()).contains('\u{1b}'));
    // A pipe gets what git prints.
    let patch = alice.touchmark(&["pr", "diff", pr]).ok();
    assert_eq!(patch, alice.git(&["diff", "main", "topic"]).ok());
}

#[test]
fn lists_fit_the_terminal_and_pipes_get_everything() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    opened(&world);
    let list = ["--no-pager", "--color=never", "pr", "list"];
    let narrow = shown(at_terminal(&alice, 60, &list));
    assert_eq!(narrow.trim_end().chars().count(), 60, "{narrow}");
    assert!(narrow.contains("…"), "{narrow}");
    let title = "Make the order of the locks explicit";
    assert!(shown(at_terminal(&alice, 100, &list)).contains(title));
    assert!(alice.touchmark(&list).ok().contains(title));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = opened(&world);
    for command in ["pr show", "pr diff", "log"] {
        let line = format!("(touchmark {command} {pr}; echo status $? >&2) | true");
        let run = alice.command("sh").args(["-c", &line]).run();
        assert_eq!(run.stderr, "status 0\n", "{command}");
        run.ok();
    }
}

#[test]
fn long_work_says_how_far_it_is_at_a_terminal_only() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    // A git that takes long to fetch.
    let bin = world.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let git = alice
        .command("sh")
        .args(["-c", "command -v git"])
        .run()
        .ok();
    let say =
        |percent: u32| format!("printf 'Receiving objects:  {percent}%% ({percent}/100)\\r' >&2\n");
    let slow = format!(
        "#!/bin/sh\ncase \" $* \" in *' fetch '*)\n{}sleep 1.2\n{};;\nesac\nexec {} \"$@\"\n",
        say(10),
        say(90),
        git.trim()
    );
    std::fs::write(bin.join("git"), slow).unwrap();
    let chmod = alice.command("chmod").args(["+x"]).args([bin.join("git")]);
    chmod.run().ok();
    let own = crate::workspace::program("touchmark")
        .parent()
        .unwrap()
        .to_owned();
    let tools = std::env::var("PATH").unwrap();
    let path = format!("{}:{}:{tools}", bin.display(), own.display());

    let loud = shown(at_terminal(&alice, 80, &["sync"]).env("PATH", &path));
    // Not before a second has passed; and the line is cleared before anything else is said.
    assert!(!loud.contains(" 10%"), "{loud:?}");
    let line = "\r\u{1b}[KReceiving objects:  90% (90/100)\r\u{1b}[K";
    assert!(loud.contains(line), "{loud:?}");
    let quiet = shown(at_terminal(&alice, 80, &["sync", "--quiet"]).env("PATH", &path));
    let piped = alice
        .command("touchmark")
        .args(["sync"])
        .env("PATH", &path)
        .run();
    for text in [quiet, piped.stderr.clone() + &piped.ok()] {
        assert!(
            !text.contains("Receiving") && !text.contains('\u{1b}'),
            "{text:?}"
        );
    }
}

#[test]
fn a_comment_is_written_in_the_editor_beside_its_lines() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    let pr = opened(&world);
    bob.touchmark(&["sync"]).ok();
    let seen = bob.home().join("seen");
    let editor = format!(
        "sh -c 'cp \"$0\" {}; sed -i \"1s/^/Why?/\" \"$0\"'",
        seen.display()
    );
    let comment = ["review", "comment", &pr, "src/lock.rs:5"];
    shown(at_terminal(&bob, 80, &comment).env("TOUCHMARK_EDITOR", editor));
    let seen = std::fs::read_to_string(seen).unwrap();
    let lines = "# A comment of your review, src/lock.rs:5\n#   3 | line 3\n#   4 | line 4\n\
                 #   5 |-line 5\n# > 5 |+line five\n#   6 | line 6\n#   7 | line 7\n";
    assert!(seen.ends_with(lines), "{seen}");
    let status = bob.touchmark(&["review", "status"]).ok();
    assert!(
        status.ends_with("  1  src/lock.rs:5\n     Why?\n"),
        "{status}"
    );
}
