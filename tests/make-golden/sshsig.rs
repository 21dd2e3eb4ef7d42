//! SSHSIG signatures made by hand, so that each of their parts can be wrong on its own.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256, Sha512};
use touchmark_core::sign::PublicKey;

const ED25519: &[u8] = b"ssh-ed25519";
const SECURITY_KEY: &[u8] = b"sk-ssh-ed25519@openssh.com";

/// The group order L, little endian: 2^252 + 27742317777372353535851937790883648493.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The parts of a signature.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) version: u32,
    pub(crate) public: Vec<u8>,
    pub(crate) namespace: &'static [u8],
    pub(crate) reserved: &'static [u8],
    pub(crate) hash: &'static [u8],
    pub(crate) signature_type: Vec<u8>,
    pub(crate) raw: Vec<u8>,
    /// Flags and counter of a security key.
    pub(crate) touch: Vec<u8>,
    pub(crate) rest: &'static [u8],
}

impl Parts {
    /// What `git commit -S` makes with the key of this name.
    pub(crate) fn plain(name: &str, payload: &[u8]) -> Self {
        Self::of(name, payload, b"git", b"", b"sha512")
    }

    /// A signature that verifies for this namespace, reserved string and hash algorithm.
    pub(crate) fn of(
        name: &str,
        payload: &[u8],
        namespace: &'static [u8],
        reserved: &'static [u8],
        hash: &'static [u8],
    ) -> Self {
        let key = signing_key(name);
        let message = message(payload, namespace, reserved, hash);
        Self {
            version: 1,
            public: [string(ED25519), string(key.verifying_key().as_bytes())].concat(),
            namespace,
            reserved,
            hash,
            signature_type: ED25519.to_vec(),
            raw: key.sign(&message).to_bytes().to_vec(),
            touch: Vec::new(),
            rest: b"",
        }
    }

    /// What a security key makes, here in software as `PROTOCOL.u2f` describes.
    pub(crate) fn touched(name: &str, payload: &[u8], flags: u8, counter: u32) -> Self {
        let message = message(payload, b"git", b"", b"sha512");
        let touch = [&[flags], counter.to_be_bytes().as_slice()].concat();
        let signed = [
            Sha256::digest("ssh:").as_slice(),
            touch.as_slice(),
            Sha256::digest(&message).as_slice(),
        ]
        .concat();
        Self {
            public: security_key(name).to_blob(),
            signature_type: SECURITY_KEY.to_vec(),
            raw: signing_key(name).sign(&signed).to_bytes().to_vec(),
            touch,
            ..Self::plain(name, payload)
        }
    }

    /// The same signature with S + L for S, which a lax verifier accepts as well.
    pub(crate) fn unreduced(mut self) -> Self {
        let mut carry = 0;
        for (byte, order) in self.raw.iter_mut().skip(32).zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        self
    }

    /// The blob.
    pub(crate) fn blob(&self) -> Vec<u8> {
        let signature = [
            string(&self.signature_type),
            string(&self.raw),
            self.touch.clone(),
        ]
        .concat();
        [
            b"SSHSIG".to_vec(),
            self.version.to_be_bytes().to_vec(),
            string(&self.public),
            string(self.namespace),
            string(self.reserved),
            string(self.hash),
            string(&signature),
            self.rest.to_vec(),
        ]
        .concat()
    }

    /// The armor, in lines of `columns`.
    pub(crate) fn armor(&self, columns: usize) -> String {
        let mut armor = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
        for line in Base64::encode_string(&self.blob())
            .as_bytes()
            .chunks(columns)
        {
            armor.push_str(&String::from_utf8_lossy(line));
            armor.push('\n');
        }
        armor + "-----END SSH SIGNATURE-----\n"
    }
}

/// The security key of this name.
pub(crate) fn security_key(name: &str) -> PublicKey {
    let point = signing_key(name).verifying_key().to_bytes();
    PublicKey::sk_ed25519(point, "ssh:").expect("a good application")
}

fn signing_key(name: &str) -> SigningKey {
    let mut seed = [0; 32];
    seed.copy_from_slice(&Sha512::digest(name)[..32]);
    SigningKey::from_bytes(&seed)
}

fn message(payload: &[u8], namespace: &[u8], reserved: &[u8], hash: &[u8]) -> Vec<u8> {
    let digest = match hash {
        b"sha256" => Sha256::digest(payload).to_vec(),
        _ => Sha512::digest(payload).to_vec(),
    };
    [
        b"SSHSIG".to_vec(),
        string(namespace),
        string(reserved),
        string(hash),
        string(&digest),
    ]
    .concat()
}

/// The SSH wire's string.
pub(crate) fn string(value: &[u8]) -> Vec<u8> {
    let len = u32::try_from(value.len()).expect("short");
    [&len.to_be_bytes(), value].concat()
}
