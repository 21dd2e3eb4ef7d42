//! How a release is written down: the tag's message, and what is read back from it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use touchmark_core::id::{Digest, ObjectId};

/// What stands behind a release's name in the tag that keeps its files.
pub(super) const SUFFIX: &str = "+assets";

/// The list of files beside them, as sha256sum writes and checks it.
pub(super) const SUMS: &str = "SHA256SUMS";

/// No release has more files.
pub(super) const ASSETS_MAX: usize = 100;

/// No file's name is longer, in bytes.
const NAME_MAX_LEN: usize = 128;

/// The line that starts the last paragraph of a release's message.
const FORMAT: &str = "Release-Format: 1";

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asset {
    /// Its name.
    pub(super) name: String,
    /// Its length in bytes.
    pub(super) size: u64,
    /// Its SHA-256.
    pub(super) digest: Digest,
}

/// A tag object, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// The commit that it names.
    pub(super) target: ObjectId,
    /// The name that it has of itself.
    pub(super) name: String,
    /// Who made it, by its own words.
    pub(super) tagger: String,
    /// Their address.
    pub(super) email: String,
    /// When, in seconds since 1970.
    pub(super) seconds: i64,
    /// What it says, without the list of files.
    pub(super) text: String,
    /// The list of files; `None` when it is no release.
    pub(super) assets: Option<Assets>,
}

/// The files of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Assets {
    /// The commit whose tree they are; `None` when there are none.
    pub(super) commit: Option<ObjectId>,
    /// Each of them, in the order of names.
    pub(super) files: Vec<Asset>,
}

/// Whether a file of a release may have this name.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-~".contains(&byte);
    !name.is_empty()
        && name.len() <= NAME_MAX_LEN
        && name != SUMS
        && !name.starts_with(['.', '-'])
        && name.bytes().all(fits)
}

impl Assets {
    /// The last paragraph of the message.
    pub(super) fn block(&self) -> String {
        let mut block = format!("{FORMAT}\n");
        if let Some(commit) = self.commit {
            let _ = writeln!(block, "Release-Assets: {commit}");
        }
        for asset in &self.files {
            let _ = writeln!(
                block,
                "Release-Asset: {} {} {}",
                asset.digest, asset.size, asset.name
            );
        }
        block
    }

    /// What [`SUMS`] holds.
    pub(super) fn sums(&self) -> String {
        let line = |asset: &Asset| format!("{}  {}\n", asset.digest, asset.name);
        self.files.iter().map(line).collect()
    }

    /// Reads the last paragraph; `None` when it is no release's.
    fn parse(block: &str) -> Option<Self> {
        let mut lines = block.lines();
        if lines.next()? != FORMAT {
            return None;
        }
        let mut assets = Self::default();
        let mut names = BTreeSet::new();
        for line in lines {
            if let Some(id) = line.strip_prefix("Release-Assets: ") {
                if assets.commit.is_some() || !assets.files.is_empty() {
                    return None;
                }
                assets.commit = Some(ObjectId::from_hex(id)?);
                continue;
            }
            let parts: Vec<&str> = line.strip_prefix("Release-Asset: ")?.split(' ').collect();
            let [digest, size, name] = parts.as_slice() else {
                return None;
            };
            if !is_name(name) || !names.insert((*name).to_owned()) {
                return None;
            }
            assets.files.push(Asset {
                name: (*name).to_owned(),
                size: size.parse().ok()?,
                digest: Digest::from_hex(digest)?,
            });
        }
        let sound =
            assets.commit.is_some() != assets.files.is_empty() && assets.files.len() <= ASSETS_MAX;
        sound.then_some(assets)
    }
}

impl Tag {
    /// Reads a tag object's content; `None` when it is no annotated tag of a commit.
    pub(super) fn parse(raw: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(raw).ok()?;
        let (headers, message) = text.split_once("\n\n")?;
        let mut headers = headers.lines();
        let target = ObjectId::from_hex(headers.next()?.strip_prefix("object ")?)?;
        if headers.next()? != "type commit" {
            return None;
        }
        let name = headers.next()?.strip_prefix("tag ")?.to_owned();
        let (who, time) = headers.next()?.strip_prefix("tagger ")?.rsplit_once("> ")?;
        let (tagger, email) = who.rsplit_once(" <")?;
        let message = match message.find("-----BEGIN SSH SIGNATURE-----") {
            Some(at) => message.get(..at)?,
            None => message,
        };
        let message = message.trim_end_matches('\n');
        let (text, block) = message.rsplit_once("\n\n").unwrap_or((message, ""));
        let assets = Assets::parse(block);
        Some(Self {
            target,
            name,
            tagger: tagger.to_owned(),
            email: email.to_owned(),
            seconds: time.split(' ').next()?.parse().ok()?,
            text: if assets.is_some() { text } else { message }.to_owned(),
            assets,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn tag(message: &str) -> Option<Assets> {
        let raw =
            format!("object {ID}\ntype commit\ntag v1\ntagger A B <a@x> 17 +0000\n\n{message}");
        Tag::parse(raw.as_bytes())?.assets
    }

    #[test]
    fn what_is_written_is_read_back() {
        let files = vec![Asset {
            name: "a.tar.gz".to_owned(),
            size: 3,
            digest: Digest::of(b"abc"),
        }];
        let commit = ObjectId::from_hex(ID);
        for assets in [Assets { commit, files }, Assets::default()] {
            assert_eq!(
                tag(&format!("T\n\nnotes\n\n{}", assets.block())),
                Some(assets)
            );
        }
    }

    #[test]
    fn text_that_looks_like_a_list_is_none() {
        let sum = Digest::of(b"abc");
        let asset = format!("Release-Asset: {sum} 3 a");
        for bad in [
            format!("T\n\nRelease-Format: 1\nRelease-Assets: {ID}\n{asset}\n\nmore"),
            format!("T\n\nRelease-Format: 1\n{asset}"),
            format!("T\n\nRelease-Format: 1\nRelease-Assets: {ID}"),
            format!("T\n\nRelease-Format: 1\nRelease-Assets: {ID}\n{asset}\n{asset}"),
            format!("T\n\nRelease-Format: 1\nRelease-Assets: {ID}\n{asset}\nhello"),
            format!(
                "T\n\nRelease-Format: 1\nRelease-Assets: {ID}\n{}",
                asset.replace(" a", " ../a")
            ),
            "T\n\nRelease-Format: 2".to_owned(),
            "T".to_owned(),
        ] {
            assert_eq!(tag(&bad), None, "{bad}");
        }
        for name in [".a", "-a", "a/b", "", "SHA256SUMS", "a b", "ä"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
