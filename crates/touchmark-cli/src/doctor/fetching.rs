//! How the clone fetches: from where, and what git would do to the forge's refs.

use super::{Clone, Finding};
use crate::forge;
use crate::render::{shell_word, visible_line};

/// Whether it is clear which remote is the server.
pub(super) fn remote(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let finding = match forge::choose_remote(clone.repo)? {
        Some(name) => {
            let url = clone.repo.git().args(["remote", "get-url", &name]).run()?;
            Finding::ok(format!("{name} at {}", without_secret(&url.text())))
        }
        None => Finding::warning("there is no remote")
            .because("nothing can be published, and nothing of others comes in")
            .mend("git remote add origin URL"),
    };
    Ok(vec![finding])
}

/// An address without the password that may stand in it.
fn without_secret(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return visible_line(url);
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    visible_line(&format!("{scheme}://{host}/{path}"))
}

/// What `git fetch` would do to forge refs and unpublished work.
pub(super) fn refspecs(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let Some(remote) = clone.remote else {
        return Ok(vec![Finding::skipped("there is no remote to fetch from")]);
    };
    let state = forge::fetching(clone.repo, remote)?;
    let mut found = Vec::new();
    if !state.missing.is_empty() {
        found.push(
            Finding::warning(format!(
                "git fetch {remote} does not bring {}",
                state.missing.join(" and ")
            ))
            .because("stock git shows only what is here; touchmark sync fetches it all the same")
            .mend("touchmark join"),
        );
    }
    let key = format!("remote.{remote}.fetch");
    for refspec in &state.reaching {
        found.push(
            Finding::problem(format!("{key} {refspec} reaches forge refs or unpublished work"))
                .because("git fetch would let the server rewrite the record here, and delete what is not published")
                .mend(format!(
                    "git config --local --fixed-value --unset-all {key} {}",
                    shell_word(refspec)
                )),
        );
    }
    if state.prunes {
        found.push(
            Finding::problem(format!("git fetch {remote} prunes"))
                .because(
                    "what the server drops would vanish here without a word, and with it the proof",
                )
                .mend(format!(
                    "git config --local --replace-all remote.{remote}.prune false"
                )),
        );
    }
    if found.is_empty() {
        found.push(Finding::ok(format!(
            "git fetch {remote} brings forge refs, and forces none"
        )));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let check = |url: &str, expect: &str| assert_eq!(without_secret(url), expect);
        check("https://a:b@host/x.git", "https://host/x.git");
        check("ssh://git@host:22/x", "ssh://host:22/x");
        check("git@host:x.git", "git@host:x.git");
        check("/srv/x.git", "/srv/x.git");
    }
}
