//! Keys of the people in the tests: always the same, from their names.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sha2::Digest as _;
use ssh_key::private::{Ed25519Keypair, KeypairData, PrivateKey};

/// The seed of `name`'s key: the first half of the name's SHA-512.
pub(crate) fn seed(name: &str) -> [u8; 32] {
    let digest = sha2::Sha512::digest(name.as_bytes());
    let mut seed = [0; 32];
    seed.copy_from_slice(&digest[..32]);
    seed
}

/// Writes `name`'s key pair as OpenSSH does, `id_ed25519` and `id_ed25519.pub`; returns the private one's path.
pub(crate) fn write(name: &str, ssh_dir: &Path) -> PathBuf {
    let pair = Ed25519Keypair::from_seed(&seed(name));
    let key = PrivateKey::new(KeypairData::Ed25519(pair), format!("{name}@example.com")).unwrap();
    std::fs::create_dir_all(ssh_dir).unwrap();
    let path = ssh_dir.join("id_ed25519");
    key.write_openssh_file(&path, ssh_key::LineEnding::LF)
        .unwrap();
    let public = format!("{}\n", key.public_key().to_openssh().unwrap());
    std::fs::write(path.with_extension("pub"), public).unwrap();
    path
}

/// Puts a passphrase on a private key, with OpenSSH's own tool.
pub(crate) fn protect(path: &Path, passphrase: &str) {
    let status = Command::new("ssh-keygen")
        .args(["-q", "-p", "-P", "", "-N", passphrase, "-f"])
        .arg(path)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "ssh-keygen -p failed");
}

/// An ssh-agent of its own, ended when it is dropped.
pub(crate) struct Agent {
    child: Child,
    pub(crate) socket: PathBuf,
}

impl Agent {
    /// Starts one with its socket in `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        let socket = folder.join("agent");
        let child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if socket.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Self { child, socket }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Nothing to do about an agent that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn keys_are_the_same_everywhere() {
    let public = touchmark_core::sign::SecretKey::from_seed(&seed("alice")).public();
    assert_eq!(
        public.to_openssh(),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA8hjDzvnxiVHxcVGNWuJpDHD96z2ow11dnIH7R29l8c"
    );
    let dir = tempfile::tempdir().unwrap();
    let path = write("alice", dir.path());
    let written = std::fs::read_to_string(path.with_extension("pub")).unwrap();
    assert_eq!(
        written,
        format!("{} alice@example.com\n", public.to_openssh())
    );
}
