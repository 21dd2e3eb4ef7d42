//! SSHSIG signatures as git uses them: namespace `git`, SHA-512, armored in lines of 70 columns.
//!
//! Layout: OpenSSH's `PROTOCOL.sshsig`, and `PROTOCOL.u2f` for security keys.
//! One payload has one signature text per key and raw signature: whatever could be written differently is refused,
//! because every spelling that a verifier accepts gives the same commit another object id.

use base64ct::{Base64, Encoding as _};
use sha2::Digest as _;

use super::key::{DecodedKeys, KeyError, KeyType, PublicKey, WeakKeyError, is_reduced};
use super::wire::{Reader, excerpt, put_string};

/// The namespace that git signs in.
pub const NAMESPACE: &str = "git";

/// Longest armor in bytes; the longest that a security key can make is shorter.
pub const ARMOR_MAX_LEN: usize = 1024;

const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
const HASH_ALGORITHM: &[u8] = b"sha512";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----";
/// The protocol's text says 76, but ssh-keygen wraps at 70.
const COLUMNS: usize = 70;
const USER_PRESENT: u8 = 0x01;

/// The order of the base point, little endian: 2^252 + 27742317777372353535851937790883648493.
const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Why a signature, or a signed commit, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The commit has no signature header.
    #[error("the commit is not signed: it has no {expected} header; sign it with git commit -S")]
    Unsigned {
        /// The header that the repository's hash calls for.
        expected: &'static str,
    },
    /// A header that starts with `gpgsig` but is not the repository's signature header;
    /// git leaves such headers out of what is signed.
    #[error("header \"{found}\" is not covered by the signature; only {expected} is allowed here")]
    ForeignHeader {
        /// The header's name, escaped.
        found: String,
        /// The header that the repository's hash calls for.
        expected: &'static str,
    },
    /// The signature header occurs more than once.
    #[error("the commit has more than one {header} header")]
    RepeatedHeader {
        /// The header's name.
        header: &'static str,
    },
    /// Another header follows the signature header.
    #[error("the {header} header is not the last header of the commit")]
    HeaderNotLast {
        /// The header's name.
        header: &'static str,
    },
    /// The commit cannot be split into headers and message.
    #[error("the commit is malformed: {0}")]
    Commit(&'static str),
    /// The armor or the blob in it is not what ssh-keygen writes.
    #[error("the signature is not in canonical form: {0}")]
    Form(&'static str),
    /// The base64 is broken into other lines than ssh-keygen's.
    #[error("the signature is not in canonical form: its base64 is not wrapped at 70 columns")]
    Wrapping,
    /// Something stands after the end line.
    #[error("the signature is not in canonical form: text follows its END line")]
    TrailingText,
    /// The blob has another version than 1.
    #[error("the signature has SSHSIG version {found}; only version 1 is allowed")]
    Version {
        /// The version in the blob.
        found: u32,
    },
    /// The reserved field, which is not signed, holds something.
    #[error("the signature's reserved field is not empty")]
    Reserved,
    /// The signature was made for something else than git.
    #[error("the signature is for namespace \"{found}\"; only \"git\" is allowed")]
    Namespace {
        /// The namespace in the blob, escaped.
        found: String,
    },
    /// Another hash than SHA-512.
    #[error("the signature uses hash \"{found}\"; only \"sha512\" is allowed")]
    HashAlgorithm {
        /// The hash algorithm in the blob, escaped.
        found: String,
    },
    /// A key type that may not sign events.
    #[error(
        "the signature is by key type \"{found}\"; \
         only ssh-ed25519 and sk-ssh-ed25519@openssh.com may sign"
    )]
    KeyType {
        /// The type in the blob, escaped.
        found: String,
    },
    /// The public key in the blob was not understood.
    #[error("the signature's {0}")]
    Key(KeyError),
    /// The type of the raw signature is not that of the key.
    #[error("the signature is of type \"{found}\", but its key is of type {expected}")]
    Mismatch {
        /// The type of the raw signature, escaped.
        found: String,
        /// The type of the key.
        expected: &'static str,
    },
    /// S is not below the group order: S and S + L would both verify.
    #[error("the signature's S is not reduced, so it is a changed copy of another signature")]
    Scalar,
    /// R is not encoded canonically.
    #[error("the signature's R is not encoded canonically")]
    Point,
    /// The security key was not touched.
    #[error("the security key signed without its user's touch; sign again and touch the key")]
    Presence,
    /// Signatures under this key prove nothing.
    #[error(transparent)]
    WeakKey(#[from] WeakKeyError),
    /// The signature is not by this key over these bytes.
    #[error("the signature does not verify: the content or the signature was changed")]
    Bad,
}

impl From<KeyError> for SignatureError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::KeyType { found } => Self::KeyType { found },
            KeyError::Weak(weak) => Self::WeakKey(weak),
            other @ (KeyError::Form(_) | KeyError::Application) => Self::Key(other),
        }
    }
}

/// What a security key adds to a signature; both are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The authenticator's flags; bit 0 says that a user was present, bit 2 that the user was verified.
    pub flags: u8,
    /// The authenticator's signature counter.
    pub counter: u32,
}

/// A signature in canonical form that has not been verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    public: PublicKey,
    // R and S, both checked to be reduced.
    raw: [u8; 64],
    // Present exactly for security keys.
    touch: Option<Touch>,
}

impl Signature {
    /// A signature that an `ssh-ed25519` key in memory has just made.
    pub(super) const fn ed25519(public: PublicKey, raw: [u8; 64]) -> Self {
        Self {
            public,
            raw,
            touch: None,
        }
    }

    /// The key that the signature names as its signer; proven only by [`Signature::verify`].
    pub const fn claimed_signer(&self) -> &PublicKey {
        &self.public
    }

    /// The key, once the signature was verified.
    pub(super) fn into_signer(self) -> PublicKey {
        self.public
    }

    /// What a security key said about the touch; `None` for other keys.
    pub const fn touch(&self) -> Option<Touch> {
        self.touch
    }

    /// Checks the signature over `payload` (a commit without its signature header).
    ///
    /// # Errors
    ///
    /// [`SignatureError::WeakKey`] when the key proves nothing, [`SignatureError::Bad`] when it did not sign this.
    pub fn verify(&self, payload: &[u8]) -> Result<(), SignatureError> {
        self.verify_parts(&[payload])
    }

    /// As [`Signature::verify`], for a payload in pieces.
    pub(super) fn verify_parts(&self, parts: &[&[u8]]) -> Result<(), SignatureError> {
        self.verify_with(parts, &mut DecodedKeys::default())
    }

    /// As [`Signature::verify`], for a payload in pieces, with keys that were decoded before.
    ///
    /// # Errors
    ///
    /// As of [`Signature::verify`].
    pub fn verify_with(
        &self,
        parts: &[&[u8]],
        keys: &mut DecodedKeys,
    ) -> Result<(), SignatureError> {
        let message = message(NAMESPACE, parts);
        let key = keys.decode(&self.public)?;
        let raw = ed25519_dalek::Signature::from_bytes(&self.raw);
        let verified = match (self.touch, self.public.application()) {
            (Some(touch), Some(application)) => {
                key.verify_strict(&touch_message(application, touch, &message), &raw)
            }
            _ => key.verify_strict(&message, &raw),
        };
        match verified {
            Ok(()) => Ok(()),
            // Asked only now because the strict check has asked already; this names the cause.
            Err(_) if key.is_weak() => Err(WeakKeyError::LowOrder.into()),
            Err(_) => Err(SignatureError::Bad),
        }
    }

    /// The blob that the armor encodes.
    pub fn to_blob(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(512);
        blob.extend_from_slice(MAGIC);
        blob.extend_from_slice(&VERSION.to_be_bytes());
        put_string(&mut blob, &self.public.to_blob());
        put_string(&mut blob, NAMESPACE.as_bytes());
        put_string(&mut blob, b"");
        put_string(&mut blob, HASH_ALGORITHM);
        put_string(&mut blob, &self.raw_blob());
        blob
    }

    /// The SSH signature blob: what an agent answers, without the outer length.
    fn raw_blob(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(128);
        put_string(&mut blob, self.public.key_type().name().as_bytes());
        put_string(&mut blob, &self.raw);
        if let Some(touch) = self.touch {
            blob.push(touch.flags);
            blob.extend_from_slice(&touch.counter.to_be_bytes());
        }
        blob
    }

    /// The armor, byte for byte as ssh-keygen writes it; it ends in a newline.
    pub fn to_armor(&self) -> String {
        wrap(&self.to_blob())
    }
}

/// Reads an armor, strictly: it must equal the armor rebuilt from what was read.
///
/// # Errors
///
/// [`SignatureError`] names the first deviation.
pub fn parse(armor: &str) -> Result<Signature, SignatureError> {
    if armor.len() > ARMOR_MAX_LEN {
        return Err(SignatureError::Form("it is longer than 1024 bytes"));
    }
    let body = armor.strip_prefix(BEGIN).ok_or(SignatureError::Form(
        "it does not start with the BEGIN line",
    ))?;
    let (body, after) = body
        .split_once(END)
        .ok_or(SignatureError::Form("it has no END line"))?;
    if after != "\n" {
        return Err(if after.trim().is_empty() {
            SignatureError::Form("its END line does not end in one newline")
        } else {
            SignatureError::TrailingText
        });
    }
    // The lines are joined first, so that a re-wrapped signature is told apart from a broken one.
    let mut encoded = [0u8; ARMOR_MAX_LEN];
    let mut len = 0;
    for (slot, byte) in encoded
        .iter_mut()
        .zip(body.bytes().filter(|byte| *byte != b'\n'))
    {
        *slot = byte;
        len += 1;
    }
    let mut blob = [0u8; ARMOR_MAX_LEN];
    let blob = Base64::decode(encoded.get(..len).unwrap_or_default(), &mut blob)
        .map_err(|_| SignatureError::Form("its body is not base64"))?;
    // The armor is judged before what it holds, and a blob that parses is used up to its last byte:
    // so rebuilding the whole from the parsed values gives the same bytes.
    if wrap(blob) != armor {
        return Err(SignatureError::Wrapping);
    }
    parse_blob(blob)
}

/// The armor of a blob.
fn wrap(blob: &[u8]) -> String {
    let encoded = Base64::encode_string(blob);
    let mut armor = String::with_capacity(ARMOR_MAX_LEN);
    armor.push_str(BEGIN);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at_checked(COLUMNS).unwrap_or((rest, ""));
        armor.push_str(line);
        armor.push('\n');
        rest = tail;
    }
    armor.push_str(END);
    armor.push('\n');
    armor
}

fn parse_blob(blob: &[u8]) -> Result<Signature, SignatureError> {
    const SHORT: SignatureError = SignatureError::Form("its blob is cut short");
    let mut reader = Reader::new(blob);
    if reader.bytes(MAGIC.len()) != Some(MAGIC) {
        return Err(SignatureError::Form("its blob does not start with SSHSIG"));
    }
    let version = reader.number().ok_or(SHORT)?;
    if version != VERSION {
        return Err(SignatureError::Version { found: version });
    }
    let public = PublicKey::from_blob(reader.string().ok_or(SHORT)?)?;
    let namespace = reader.string().ok_or(SHORT)?;
    if namespace != NAMESPACE.as_bytes() {
        let found = excerpt(namespace);
        return Err(SignatureError::Namespace { found });
    }
    if !reader.string().ok_or(SHORT)?.is_empty() {
        return Err(SignatureError::Reserved);
    }
    let hash = reader.string().ok_or(SHORT)?;
    if hash != HASH_ALGORITHM {
        let found = excerpt(hash);
        return Err(SignatureError::HashAlgorithm { found });
    }
    let raw = reader.string().ok_or(SHORT)?;
    if !reader.is_empty() {
        return Err(SignatureError::Form(
            "bytes follow the signature in its blob",
        ));
    }
    parse_raw(public, raw)
}

/// Reads an SSH signature blob by `public`: type, R‖S and, from a security key, flags and counter.
fn parse_raw(public: PublicKey, blob: &[u8]) -> Result<Signature, SignatureError> {
    const SHORT: SignatureError = SignatureError::Form("its blob is cut short");
    let mut reader = Reader::new(blob);
    let name = reader.string().ok_or(SHORT)?;
    let expected = public.key_type().name();
    if name != expected.as_bytes() {
        let found = excerpt(name);
        return Err(SignatureError::Mismatch { found, expected });
    }
    let raw = <[u8; 64]>::try_from(reader.string().ok_or(SHORT)?)
        .map_err(|_| SignatureError::Form("R and S are not 64 bytes long"))?;
    let touch = match public.key_type() {
        KeyType::Ed25519 => None,
        KeyType::SkEd25519 => Some(Touch {
            flags: reader.byte().ok_or(SHORT)?,
            counter: reader.number().ok_or(SHORT)?,
        }),
    };
    if !reader.is_empty() {
        return Err(SignatureError::Form("bytes follow the raw signature"));
    }
    if touch.is_some_and(|touch| touch.flags & USER_PRESENT == 0) {
        return Err(SignatureError::Presence);
    }
    let (point, scalar) = raw.split_at(32);
    if !scalar.iter().rev().lt(GROUP_ORDER.iter().rev()) {
        return Err(SignatureError::Scalar);
    }
    if !<&[u8; 32]>::try_from(point).is_ok_and(is_reduced) {
        return Err(SignatureError::Point);
    }
    Ok(Signature { public, raw, touch })
}

/// Parses an armor and verifies it over `payload`; returns the signer.
///
/// Whether that signer may do anything is for the policy to say.
///
/// # Errors
///
/// [`SignatureError`] as of [`parse`] and [`Signature::verify`].
pub fn verify(payload: &[u8], armor: &str) -> Result<PublicKey, SignatureError> {
    let signature = parse(armor)?;
    signature.verify(payload)?;
    Ok(signature.public)
}

/// Verifies an annotated tag's signature, which git appends to the tag's text, and returns the key that made it.
///
/// # Errors
///
/// As of [`verify`], or that the tag has no SSH signature.
pub fn verify_tag(raw: &[u8]) -> Result<PublicKey, SignatureError> {
    let missing = SignatureError::Form("the tag has no SSH signature");
    let at = raw
        .windows(BEGIN.len())
        .position(|bytes| bytes == BEGIN.as_bytes())
        .ok_or(missing)?;
    let (payload, armor) = raw.split_at(at);
    let armor = std::str::from_utf8(armor)
        .map_err(|_| SignatureError::Form("it has bytes that are not UTF-8"))?;
    verify(payload, armor)
}

/// The 95 bytes that a key signs for `payload`: hand them to an agent, then its answer to [`assemble`].
pub fn bytes_to_sign(payload: &[u8]) -> Vec<u8> {
    signed_bytes(payload, NAMESPACE)
}

/// The bytes that a key signs for `payload` in `namespace` (`PROTOCOL.sshsig`, section 3).
pub fn signed_bytes(payload: &[u8], namespace: &str) -> Vec<u8> {
    message(namespace, &[payload])
}

fn message(namespace: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = sha2::Sha512::new();
    for part in parts {
        hasher.update(part);
    }
    let mut message = Vec::with_capacity(92 + namespace.len());
    message.extend_from_slice(MAGIC);
    put_string(&mut message, namespace.as_bytes());
    put_string(&mut message, b"");
    put_string(&mut message, HASH_ALGORITHM);
    put_string(&mut message, &hasher.finalize());
    message
}

/// What a security key signs for `message`: it hashes the message, and its own data stand around the hash.
fn touch_message(application: &str, touch: Touch, message: &[u8]) -> Vec<u8> {
    let mut signed = Vec::with_capacity(69);
    signed.extend_from_slice(&sha2::Sha256::digest(application.as_bytes()));
    signed.push(touch.flags);
    signed.extend_from_slice(&touch.counter.to_be_bytes());
    signed.extend_from_slice(&sha2::Sha256::digest(message));
    signed
}

/// Builds the armor from an agent's answer to [`bytes_to_sign`]: the SSH signature blob,
/// which is `string type ‖ string R‖S`, and from a security key `‖ flags ‖ counter`.
///
/// The result has the right form; [`verify`] it before use: an agent is another program.
///
/// # Errors
///
/// [`SignatureError`] when the blob is not one that `public` could have made.
pub fn assemble(public: &PublicKey, signature_blob: &[u8]) -> Result<String, SignatureError> {
    Ok(parse_raw(public.clone(), signature_blob)?.to_armor())
}
