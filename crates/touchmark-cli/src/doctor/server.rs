//! Whether the server answers, and shows nothing older than what this clone has seen.

use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_git::Trust;

use super::{Clone, Finding};
use crate::forge::{RECEIPTS, remote_refs};

/// Asks the server for its policy and its receipts, and fetches nothing.
pub(super) fn server(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    if clone.globals.offline {
        return Ok(vec![Finding::skipped("--offline: nobody asked the server")]);
    }
    let Some(remote) = clone.remote else {
        return Ok(vec![Finding::skipped("there is no remote to ask")]);
    };
    let policy = LogName::Policy.to_string();
    let Ok(listed) = remote_refs(clone.repo, remote, &policy) else {
        let finding = Finding::problem(format!("{remote} cannot be reached"))
            .because("what is signed here stays in the outbox")
            .mend("git remote -v (says where it is looked for)")
            .mend(format!("git remote set-url {remote} URL"));
        return Ok(vec![finding]);
    };
    let Some(there) = listed.get(&policy) else {
        let finding = Finding::problem(format!("{remote} has no policy: it is not a forge yet"))
            .mend("touchmark init (starts one), or touchmark sync (publishes the one here)");
        return Ok(vec![finding]);
    };
    let receipts = remote_refs(clone.repo, remote, RECEIPTS)?;
    let receipts = receipts.get(RECEIPTS).copied();
    let here = clone.repo.read_ref(&policy)?;
    let seen = Trust::of(clone.repo).receipt()?;
    for (what, there, here) in [("policy", Some(*there), here), ("receipts", receipts, seen)] {
        if let Some(text) = older(clone, what, there, here)? {
            let finding = Finding::alarm(format!("{remote} {text}"))
                .because("a server that takes something back is not to be believed")
                .mend("ask an admin what happened to the server, and keep this clone: it holds the proof");
            return Ok(vec![finding]);
        }
    }
    let has_news = Some(*there) != here || receipts != seen;
    Ok(vec![if has_news {
        Finding::warning(format!("{remote} has what is not here yet")).mend("touchmark sync")
    } else {
        Finding::ok(format!("{remote} answers, and has nothing new"))
    }])
}

/// What the server has lost of something that was here; an id that is not here may well be newer.
fn older(
    clone: &Clone<'_>,
    what: &str,
    there: Option<ObjectId>,
    here: Option<ObjectId>,
) -> anyhow::Result<Option<String>> {
    let Some(here) = here else {
        return Ok(None);
    };
    let Some(there) = there else {
        return Ok(Some(format!("no longer has its {what}")));
    };
    let lost = there != here
        && clone.repo.contains(there)
        && clone.repo.contains(here)
        && !clone.repo.is_ancestor(here, there)?;
    Ok(lost.then(|| {
        format!(
            "shows its {what} at {}, although this clone has seen {}",
            there.short(),
            here.short()
        )
    }))
}
