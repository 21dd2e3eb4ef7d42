//! The documented examples, twins for every rule of the dialect, and laws.

use proptest::prelude::*;

use super::*;

/// The example of GitHub's documentation: its rules, in its order.
const EXAMPLE: &str = "\
# The rules of the documented example,
# with one comment of each sort.

*       @global-owner1 @global-owner2

*.js    @js-owner #after the owners

*.go docs@example.com

*.txt @octo-org/octocats

/build/logs/ @doctocat

docs/*  docs@example.com

apps/ @octocat

/docs/ @doctocat

/scripts/ @doctocat @octocat

**/logs @octocat

/apps/ @octocat
/apps/github
";

fn read(file: &str) -> CodeOwners {
    CodeOwners::parse(file.as_bytes()).unwrap_or_else(|errors| panic!("{file}: {errors:?}"))
}

/// A match in short: the line, and the owners as the file spells them.
fn show(found: Match<'_>) -> String {
    match found {
        Match::NoRule => "no rule".to_owned(),
        Match::NoOwners { line } => format!("{line}: nobody"),
        Match::Owners { line, owners } => {
            let names: Vec<String> = owners
                .iter()
                .map(|owner| match owner {
                    Owner::Named(name) => format!("@{name}"),
                    Owner::Team(name) => format!("team {name}"),
                    Owner::Email(address) => address.clone(),
                })
                .collect();
            format!("{line}: {}", names.join(" "))
        }
    }
}

/// Whether a rule with this pattern matches the path.
#[track_caller]
fn check(pattern: &str, path: impl AsRef<[u8]>, expected: bool) {
    let path = path.as_ref();
    let owners = read(&format!("{pattern} @x\n"));
    let shown = String::from_utf8_lossy(path);
    assert_eq!(
        owners.owners(path) != Match::NoRule,
        expected,
        "{pattern} and {shown}"
    );
}

/// The defect of a file of this one line.
#[track_caller]
fn check_refused(line: impl AsRef<[u8]>, defect: &CodeOwnersDefect) {
    let shown = String::from_utf8_lossy(line.as_ref());
    let errors = CodeOwners::parse(line.as_ref()).expect_err(&shown);
    let expected = CodeOwnersError {
        line: 1,
        defect: defect.clone(),
    };
    assert_eq!(errors, [expected], "{shown}");
}

#[test]
fn the_documented_example_means_what_it_says() {
    let owners = read(EXAMPLE);
    let expected = [
        ("README", "4: @global-owner1 @global-owner2"),
        ("src/deep/x.rs", "4: @global-owner1 @global-owner2"),
        ("x.js", "6: @js-owner"),
        ("src/x.js", "6: @js-owner"),
        ("x.go", "8: docs@example.com"),
        ("a/b.txt", "10: team octocats"),
        ("build/logs/x", "22: @octocat"),
        ("build/logs", "22: @octocat"),
        ("build/logsx", "4: @global-owner1 @global-owner2"),
        ("docs/getting-started.md", "18: @doctocat"),
        ("docs/build-app/troubleshooting.md", "18: @doctocat"),
        ("x/apps/y", "16: @octocat"),
        ("scripts/x.js", "20: @doctocat @octocat"),
        ("deeply/nested/logs/x", "22: @octocat"),
        ("scripts/logs", "22: @octocat"),
        ("apps/x", "24: @octocat"),
        ("apps/github", "25: nobody"),
        ("apps/github/x", "25: nobody"),
        ("apps/githubx", "24: @octocat"),
    ];
    for (path, expected) in expected {
        assert_eq!(show(owners.owners(path.as_bytes())), expected, "{path}");
    }
}

#[test]
fn without_a_slash_a_pattern_starts_anywhere() {
    for (pattern, path, expected) in [
        ("foo", "foo", true),
        ("foo", "foo/bar", true),
        ("foo", "bar/foo", true),
        ("foo", "bar/foo/baz", true),
        ("foo", "foo.txt", false),
        ("foo", "bar/baz", false),
        ("f*", "bar/foo/baz", true),
        ("f*", "xfoo", false),
        ("*", "a/b/c", true),
        ("*.js", "a/b.js", true),
        ("*.js", "a/b.jsx", false),
        ("apps/", "a/apps/b/c", true),
        ("apps/", "apps/b", true),
        ("apps/", "apps", false),
        ("apps/", "a/apps", false),
        ("f*/", "bar/foo/baz", true),
        ("f*/", "foo", false),
    ] {
        check(pattern, path, expected);
    }
}

#[test]
fn with_a_slash_a_pattern_starts_at_the_root() {
    for (pattern, path, expected) in [
        ("/foo", "foo", true),
        ("/foo", "foo/bar/baz", true),
        ("/foo", "bar/foo", false),
        ("/foo", "fool", false),
        ("/foo/", "foo", false),
        ("/foo/", "foo/bar", true),
        ("/foo/", "bar/foo/baz", false),
        ("foo/bar", "foo/bar", true),
        ("foo/bar", "foo/bar/baz", true),
        ("foo/bar", "baz/foo/bar", false),
        ("foo/bar", "foo/bart", false),
        ("foo/bar/", "foo/bar", false),
        ("foo/bar/", "foo/bar/baz", true),
        ("/f*", "foo/bar", true),
        ("/f*", "bar/foo", false),
        ("/f*/", "foo/bar", true),
        ("/f*/", "foo", false),
        ("foo/*/baz", "foo/bar/baz/qux", true),
        ("foo/*/baz", "foo/baz", false),
    ] {
        check(pattern, path, expected);
    }
}

#[test]
fn a_last_star_is_one_level() {
    for (pattern, path, expected) in [
        ("docs/*", "docs/getting-started.md", true),
        ("docs/*", "docs/build-app/troubleshooting.md", false),
        ("docs/*", "docs", false),
        ("docs/*", "x/docs/a", false),
        ("/*", "foo", true),
        ("/*", "foo/bar", false),
        ("/*/", "foo/bar", true),
        ("foo/*.txt", "foo/bar.txt", true),
        ("foo/*.txt", "foo/bar/baz.txt", false),
        ("**/*", "a/b/c", true),
        ("foo/**/*", "foo/a/b", true),
        ("foo/**/*", "foo", false),
    ] {
        check(pattern, path, expected);
    }
}

#[test]
fn two_stars_are_any_number_of_directories() {
    for (pattern, path, expected) in [
        ("**/logs", "logs", true),
        ("**/logs", "build/logs", true),
        ("**/logs", "deeply/nested/logs/x", true),
        ("**/logs", "logs2", false),
        ("**/foo/bar", "qux/foo/bar/baz", true),
        ("**/foo/bar", "foo/baz/bar", false),
        ("**/*bar*", "foo/qux/rebar", true),
        ("foo/bar/**", "foo/bar/baz/qux", true),
        ("foo/bar/**", "foo/bar", false),
        ("foo/bar/**", "qux/foo/bar/baz", false),
        ("foo/**/bar", "foo/bar", true),
        ("foo/**/bar", "foo/a/b/bar/c", true),
        ("foo/**/bar", "qux/foo/bar", false),
        ("foo/**/", "foo/bar/baz", true),
        ("foo/**/", "foo", false),
        ("foo/**/bar/b*", "foo/qux/bar/baz", true),
        ("foo/**/bar/b*", "foo/bar/qux", false),
        // Beside other characters they are as one.
        ("a**b", "axxb", true),
        ("a**b", "ax/xb", false),
        ("foo/a**", "foo/ab/c", true),
        ("foo/a**", "foo/b/a", false),
    ] {
        check(pattern, path, expected);
    }
}

#[test]
fn backslashes_take_the_meaning_away() {
    for (pattern, path, expected) in [
        (r"a\ b", "a b", true),
        (r"a\ b", "a", false),
        (r"a\ b/", "a b/c", true),
        (r"f\*o", "f*o", true),
        (r"f\*o", "foo", false),
        (r"f\?o", "f?o", true),
        (r"f\?o", "foo", false),
        (r"f?o", "foo", true),
        (r"f?o", "fo", false),
        (r"a\\b", r"a\b", true),
        (r"a\\b", "ab", false),
        (r"docs/\*", "docs/x", false),
        (r"\**", "*x", true),
        (r"\**", "x", false),
    ] {
        check(pattern, path, expected);
    }
    // A space that is escaped at the end of the line is part of the pattern.
    let owners = read("a\\ ");
    assert_eq!(show(owners.owners(b"a ")), "1: nobody");
    assert_eq!(show(owners.owners(b"a")), "no rule");
}

#[test]
fn comments_and_spaces_do_not_count() {
    let file = "  # a\r\n\t \n\ta.rs\t@x  @y\t# @z\r\nb.rs @x #@z\n#b.rs @z\nc.rs # @z\n";
    let owners = read(file);
    assert_eq!(show(owners.owners(b"a.rs")), "3: @x @y");
    assert_eq!(show(owners.owners(b"b.rs")), "4: @x");
    assert_eq!(show(owners.owners(b"c.rs")), "6: nobody");
    assert_eq!(show(read("").owners(b"a")), "no rule");
}

#[test]
fn the_last_rule_that_matches_decides() {
    let rules = ["*.rs @a", "/src/ @b", "/src/x.rs"];
    let file = |order: [usize; 3]| order.map(|index| rules[index]).join("\n");
    let path = b"src/x.rs";
    assert_eq!(show(read(&file([0, 1, 2])).owners(path)), "3: nobody");
    assert_eq!(show(read(&file([0, 2, 1])).owners(path)), "3: @b");
    assert_eq!(show(read(&file([1, 2, 0])).owners(path)), "3: @a");
}

#[test]
fn owners_are_names_teams_and_addresses() {
    let owners = read("* @Octo-Cat @Octo-Org/The_Team a.b+c@example.com @x\n/a @y\n");
    let person = |name: &str| Person::parse(name).expect("a name");
    let expected = [
        (1, Owner::Named(person("octo-cat"))),
        (1, Owner::Team(person("the_team"))),
        (1, Owner::Email("a.b+c@example.com".to_owned())),
        (1, Owner::Named(person("x"))),
        (2, Owner::Named(person("y"))),
    ];
    let named: Vec<(usize, Owner)> = owners
        .named()
        .map(|(line, owner)| (line, owner.clone()))
        .collect();
    assert_eq!(named, expected);
    for word in [
        "x", "@", "@/x", "@a/", "@a/b/c", "@@a", "@-a", "@é", "a@", "<a@b>", "@a,@b", "@a#b", "\\#",
    ] {
        let found = word.to_owned();
        check_refused(
            format!("* @a {word} @b"),
            &CodeOwnersDefect::Owner { found },
        );
    }
}

#[test]
fn what_readers_of_the_dialect_dispute_is_refused() {
    use CodeOwnersDefect as Defect;
    for (line, defect) in [
        ("!a @x", Defect::Negation),
        ("[ab] @x", Defect::Bracket),
        ("app/[id]/page.ts @x", Defect::Bracket),
        ("a\\[ @x", Defect::Bracket),
        ("^[Section] @x", Defect::Bracket),
        ("\\#a @x", Defect::Hash),
        ("a#b @x", Defect::Hash),
        ("a\\#b @x", Defect::Hash),
        ("a# @x", Defect::Hash),
        ("a\\b @x", Defect::Escape),
        ("a\\", Defect::Escape),
        ("\\!a @x", Defect::Escape),
        ("a\\\tb @x", Defect::Escape),
        ("*** @x", Defect::TripleStar),
        ("a/b***/c @x", Defect::TripleStar),
        ("/ @x", Defect::EmptyComponent),
        ("// @x", Defect::EmptyComponent),
        ("a//b @x", Defect::EmptyComponent),
        ("./a @x", Defect::EmptyComponent),
        ("a/../b @x", Defect::EmptyComponent),
        ("a\u{202e} @x", Defect::ControlCharacter),
        ("# a\u{2066}", Defect::ControlCharacter),
        ("a\u{1b}[0m @x", Defect::ControlCharacter),
        ("a\r @x", Defect::ControlCharacter),
        ("\u{feff}* @x", Defect::Encoding),
    ] {
        check_refused(line, &defect);
    }
    // Their twins: what is like them and clear.
    for (pattern, path) in [
        ("a!", "a!"),
        ("app/?id?/page.ts", "app/[id]/page.ts"),
        ("a?b", "a#b"),
        (".a/..b", ".a/..b"),
        ("...", "..."),
        ("@a", "@a"),
        ("(a)|{b}", "(a)|{b}"),
    ] {
        check(pattern, path, true);
    }
    check_refused(b"a\xff @x", &Defect::Encoding);
}

#[test]
fn every_line_is_checked_and_one_makes_the_file_invalid() {
    let errors =
        CodeOwners::parse(b"* @a\n!b @a\n# c\nd nobody\n/e @a\nf\xff @a").expect_err("bad");
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "CODEOWNERS line 2: a pattern cannot be negated with !; \
             add a later rule without owners for what is excepted",
            "CODEOWNERS line 4: \"nobody\" is no owner; \
             owners are @name, @organisation/team and e-mail addresses",
            "CODEOWNERS line 6: the line is not UTF-8 without a byte order mark",
        ]
    );
    let many = "!\n".repeat(ERRORS_MAX * 2);
    let errors = CodeOwners::parse(many.as_bytes()).expect_err("bad");
    assert_eq!(errors.len(), ERRORS_MAX);
}

#[test]
fn sizes_are_limited() {
    let line = "* @a\n";
    let mut file = line.repeat(FILE_MAX_LEN / line.len());
    file.push_str(&"#".repeat(FILE_MAX_LEN - file.len()));
    assert!(CodeOwners::parse(file.as_bytes()).is_ok());
    check_refused(file + "#", &CodeOwnersDefect::FileSize);
    let pattern = "a".repeat(PATTERN_MAX_LEN);
    check(&pattern, &pattern, true);
    check_refused(pattern + "a @x", &CodeOwnersDefect::PatternLength);
}

/// C10: no name is too odd to have an owner.
#[test]
fn names_are_bytes() {
    for path in [
        b"docs/\"quoted\"".as_slice(),
        b"docs/a\tb",
        b"docs/a\nb",
        b"docs/\xff\xfe",
        "docs/é".as_bytes(),
        b"docs/[a]#!\\",
        b"docs/ ",
    ] {
        check("docs/*", path, true);
        check("/docs/", path, true);
        check("*", path, true);
        check("/doc/", path, false);
    }
    check("é", "é", true);
    check("?", "é", true);
    check("é", "e\u{301}", false);
}

#[test]
fn hostile_files_take_no_longer() {
    let stars = "a*".repeat(500) + "c @x\n";
    let directories = "**/a/".repeat(200) + "b @x\n";
    let owners = read(&(stars.repeat(5) + &directories.repeat(5)));
    assert_eq!(owners.owners("a".repeat(1000).as_bytes()), Match::NoRule);
    assert_eq!(owners.owners("a/".repeat(500).as_bytes()), Match::NoRule);
}

proptest! {
    #[test]
    fn reading_any_bytes_is_safe(file: Vec<u8>, path: Vec<u8>) {
        if let Ok(owners) = CodeOwners::parse(&file) {
            owners.owners(&path);
        }
    }

    #[test]
    fn likely_bytes_are_read_or_refused_line_by_line(
        lines in proptest::collection::vec("[ab/*?# \\\\@.!]{0,12}", 0..6),
        path in "[ab]{1,2}(/[ab]{1,2}){0,3}",
    ) {
        let all = CodeOwners::parse(lines.join("\n").as_bytes());
        let alone: Vec<_> = lines.iter().map(|line| CodeOwners::parse(line.as_bytes())).collect();
        prop_assert_eq!(all.is_ok(), alone.iter().all(Result::is_ok));
        if let Ok(all) = all {
            let last = alone.iter().rposition(|one| {
                one.as_ref().is_ok_and(|one| one.owners(path.as_bytes()) != Match::NoRule)
            });
            let line = match all.owners(path.as_bytes()) {
                Match::NoRule => None,
                Match::NoOwners { line } | Match::Owners { line, .. } => Some(line - 1),
            };
            prop_assert_eq!(line, last);
        }
    }

    #[test]
    fn a_path_without_wildcards_matches_itself(path in "[a-zé]{1,3}(/[a-zé ]{1,3}){0,3}") {
        let pattern = path.replace(' ', "\\ ");
        let owners = read(&format!("/{pattern} @x"));
        let found = owners.owners(path.as_bytes());
        prop_assert_eq!(show(found), "1: @x");
        let beside = path + "x";
        prop_assert_eq!(owners.owners(beside.as_bytes()), Match::NoRule);
    }
}
