//! Seeds the corpora from the golden logs: their commits, messages, signatures, values and policies.
//! What golden logs do not have, such as code owners, is seeded from examples here.

mod examples;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use touchmark_core::id::Digest;
use touchmark_core::object::{ObjectType, Objects, parse_tree};
use touchmark_core::sign::split_signature;
use touchmark_wasm_tests::golden;

fn main() -> Result<(), Box<dyn Error>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let logs = fuzz.join("../tests/golden");
    let corpus = Corpus {
        folder: fuzz.join("corpus"),
    };
    let mut seeds = 0;
    for entry in fs::read_dir(&logs).into_iter().flatten() {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if name.ends_with(".json") && !name.ends_with(".expected.json") {
            let (_, refs, objects) = golden::load(&fs::read_to_string(&path)?)?;
            refs.keys()
                .try_for_each(|name| corpus.add("registry", name.as_bytes()))?;
            refs.keys()
                .try_for_each(|name| corpus.add("push", name.as_bytes()))?;
            seeds += objects.len();
            corpus.add_objects(&objects)?;
        }
    }
    for (target, data) in examples::all() {
        corpus.add(target, &data)?;
    }
    println!("{seeds} objects of golden logs are seeds");
    Ok(())
}

struct Corpus {
    folder: std::path::PathBuf,
}

impl Corpus {
    fn add_objects(&self, objects: &Objects) -> Result<(), Box<dyn Error>> {
        let blobs: Vec<&[u8]> = objects
            .iter()
            .filter(|(_, object)| object.object_type == ObjectType::Blob)
            .map(|(_, object)| object.data.as_slice())
            .collect();
        for three in blobs.windows(3) {
            self.add("merge", &three.join(b"%%\n".as_slice()))?;
        }
        for (_, object) in objects.iter() {
            match object.object_type {
                ObjectType::Commit => self.add_commit(objects, &object.data)?,
                ObjectType::Tree => self.add_policy(objects, &object.data)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add_commit(&self, objects: &Objects, commit: &[u8]) -> Result<(), Box<dyn Error>> {
        self.add("event_codec", commit)?;
        self.add("push", commit)?;
        self.add("signature", commit)?;
        if let Ok((_, armor)) = split_signature(commit, objects.kind()) {
            self.add("signature", armor.as_bytes())?;
        }
        let text = String::from_utf8_lossy(commit);
        let Some((_, message)) = text.split_once("\n\n") else {
            return Ok(());
        };
        self.add("event_codec", message.as_bytes())?;
        self.add("trailers", message.as_bytes())?;
        for value in message.lines().filter_map(|line| line.split_once(": ")) {
            self.add("registry", value.1.as_bytes())?;
        }
        Ok(())
    }

    /// The two files of a policy, as the target divides them.
    fn add_policy(&self, objects: &Objects, tree: &[u8]) -> Result<(), Box<dyn Error>> {
        let entries = parse_tree(objects.kind(), tree).unwrap_or_default();
        let files: BTreeMap<&[u8], &[u8]> = entries
            .iter()
            .filter_map(|entry| Some((entry.name, objects.get(&entry.id, ObjectType::Blob)?)))
            .collect();
        if let (Some(toml), Some(signers)) = (
            files.get(b"policy.toml".as_slice()),
            files.get(b"allowed_signers".as_slice()),
        ) {
            self.add("policy", &[*toml, b"\n%%\n", *signers].concat())?;
        }
        Ok(())
    }

    /// A seed, named by its digest, so that seeding again changes nothing.
    fn add(&self, target: &str, data: &[u8]) -> Result<(), Box<dyn Error>> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(Digest::of(data).to_string()), data)?;
        Ok(())
    }
}
