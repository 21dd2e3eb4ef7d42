//! A fast writer of packs: many thousand objects without a process or a file for each.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use sha1_checked::Digest as _;
use touchmark_core::object::ObjectType;

/// The objects of a pack that is being made, uncompressed: `git repack` compresses them.
#[derive(Default)]
pub(crate) struct Pack {
    count: u32,
    entries: Vec<u8>,
}

impl Pack {
    /// Adds an object.
    pub(crate) fn add(&mut self, object_type: ObjectType, data: &[u8]) {
        let code: u8 = match object_type {
            ObjectType::Commit => 1,
            ObjectType::Tree => 2,
            ObjectType::Blob => 3,
            ObjectType::Tag => 4,
        };
        let mut rest = data.len() >> 4;
        let mut byte = (code << 4) | low_bits(data.len(), 4);
        while rest > 0 {
            self.entries.push(byte | 0x80);
            byte = low_bits(rest, 7);
            rest >>= 7;
        }
        self.entries.push(byte);
        self.store(data);
        self.count += 1;
    }

    /// Appends `data` as a zlib stream of stored blocks.
    fn store(&mut self, data: &[u8]) {
        self.entries.extend([0x78, 0x01]);
        let mut chunks = data.chunks(usize::from(u16::MAX)).peekable();
        if chunks.peek().is_none() {
            self.entries.extend([1, 0, 0, 0xff, 0xff]);
        }
        while let Some(chunk) = chunks.next() {
            self.entries.push(u8::from(chunks.peek().is_none()));
            let len = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
            self.entries.extend(len.to_le_bytes());
            self.entries.extend((!len).to_le_bytes());
            self.entries.extend(chunk);
        }
        self.entries.extend(adler32(data).to_be_bytes());
    }

    /// Writes the pack into the repository and has git pack it anew, as a server would.
    pub(crate) fn write(&self, repository: &Path) -> Result<()> {
        let mut pack = b"PACK\0\0\0\x02".to_vec();
        pack.extend(self.count.to_be_bytes());
        pack.extend(&self.entries);
        let checksum = sha1_checked::Sha1::digest(&pack);
        pack.extend_from_slice(checksum.as_slice());
        let mut child = Command::new("git")
            .args(["index-pack", "--stdin"])
            .current_dir(repository)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot run git")?;
        child
            .stdin
            .take()
            .context("a pipe was asked for")?
            .write_all(&pack)?;
        if !child.wait()?.success() {
            bail!("git index-pack refused the pack");
        }
        Ok(())
    }
}

fn low_bits(value: usize, bits: u32) -> u8 {
    u8::try_from(value & ((1 << bits) - 1)).unwrap_or_default()
}

fn adler32(data: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    (b << 16) | a
}
