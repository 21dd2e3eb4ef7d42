//! Public keys as SSH writes them, and their fingerprints.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Base64Unpadded, Encoding as _};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

use super::wire::{Reader, excerpt, put_string};

/// Longest application string of a security key, in bytes.
pub const APPLICATION_MAX_LEN: usize = 255;

/// Longest comment after a public key, in bytes.
pub const COMMENT_MAX_LEN: usize = 1024;

/// The key types that may sign events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// `ssh-ed25519`: a key in a file or an agent.
    Ed25519,
    /// `sk-ssh-ed25519@openssh.com`: a key in a FIDO security key.
    SkEd25519,
}

impl KeyType {
    /// OpenSSH's name for the type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::SkEd25519 => "sk-ssh-ed25519@openssh.com",
        }
    }

    /// The type that OpenSSH calls `name`.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Ed25519, Self::SkEd25519]
            .into_iter()
            .find(|key_type| key_type.name().as_bytes() == name)
    }
}

/// Why a curve point may not be a key: signatures under it would not prove who made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakKeyError {
    /// The point has an order of at most eight: anyone can sign for it.
    #[error("the key is a point of low order, for which anyone can sign; make a new key")]
    LowOrder,
    /// The y coordinate is not reduced: the same point has a second spelling.
    #[error("the key's point is not encoded canonically; make a new key")]
    NotCanonical,
    /// The bytes are no point of the curve.
    #[error("the key is not a point of the curve; check that it was copied whole")]
    Undecodable,
}

/// Why a public key was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text or blob is not what OpenSSH writes for the key.
    #[error("the public key is not in OpenSSH's form: {0}")]
    Form(&'static str),
    /// A type that may not sign events.
    #[error(
        "key type \"{found}\" may not sign; use ssh-ed25519 or sk-ssh-ed25519@openssh.com \
         (ssh-keygen -t ed25519)"
    )]
    KeyType {
        /// The type as the key names it, escaped.
        found: String,
    },
    /// A security key's application is not one that ssh-keygen makes.
    #[error(
        "the security key's application is not 4 to 255 printable characters that start with \"ssh:\""
    )]
    Application,
    /// The point is refused.
    #[error(transparent)]
    Weak(#[from] WeakKeyError),
}

/// A public key of one of the two types that may sign events.
///
/// The value is well formed, but its point is checked only by [`PublicKey::check_enrolment`]
/// and by verification: a key must be readable before it can be refused by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    point: [u8; 32],
    // Present exactly for security keys.
    application: Option<String>,
}

impl PublicKey {
    /// An `ssh-ed25519` key from the 32 bytes of its point.
    pub const fn ed25519(point: [u8; 32]) -> Self {
        Self {
            point,
            application: None,
        }
    }

    /// An `sk-ssh-ed25519@openssh.com` key from its point and application (`ssh:` unless chosen).
    ///
    /// # Errors
    ///
    /// [`KeyError::Application`] when ssh-keygen would not have made such an application.
    pub fn sk_ed25519(point: [u8; 32], application: &str) -> Result<Self, KeyError> {
        let well_formed = application.starts_with("ssh:")
            && application.len() <= APPLICATION_MAX_LEN
            && application.bytes().all(|byte| byte.is_ascii_graphic());
        if !well_formed {
            return Err(KeyError::Application);
        }
        Ok(Self {
            point,
            application: Some(application.to_owned()),
        })
    }

    /// The key's type.
    pub const fn key_type(&self) -> KeyType {
        match self.application {
            None => KeyType::Ed25519,
            Some(_) => KeyType::SkEd25519,
        }
    }

    /// The 32 bytes of the encoded point.
    pub const fn point(&self) -> &[u8; 32] {
        &self.point
    }

    /// A security key's application; `None` for other keys.
    pub fn application(&self) -> Option<&str> {
        self.application.as_deref()
    }

    /// Reads the SSH wire form (RFC 8709; OpenSSH's `PROTOCOL.u2f` for security keys).
    ///
    /// # Errors
    ///
    /// [`KeyError`] for another type, a wrong length, or bytes that are left over.
    pub fn from_blob(blob: &[u8]) -> Result<Self, KeyError> {
        const SHORT: KeyError = KeyError::Form("the key is cut short");
        let mut reader = Reader::new(blob);
        let name = reader.string().ok_or(SHORT)?;
        let key_type = KeyType::from_name(name).ok_or_else(|| KeyError::KeyType {
            found: excerpt(name),
        })?;
        let point = reader.string().ok_or(SHORT)?;
        let point = <[u8; 32]>::try_from(point)
            .map_err(|_| KeyError::Form("the point is not 32 bytes long"))?;
        let key = match key_type {
            KeyType::Ed25519 => Self::ed25519(point),
            KeyType::SkEd25519 => {
                let application = reader.string().ok_or(SHORT)?;
                let application =
                    std::str::from_utf8(application).map_err(|_| KeyError::Application)?;
                Self::sk_ed25519(point, application)?
            }
        };
        if !reader.is_empty() {
            return Err(KeyError::Form("bytes follow the key"));
        }
        Ok(key)
    }

    /// The SSH wire form.
    pub fn to_blob(&self) -> Vec<u8> {
        let name = self.key_type().name().as_bytes();
        let application = self.application().map_or(0, |text| text.len() + 4);
        let mut blob = Vec::with_capacity(8 + name.len() + self.point.len() + application);
        put_string(&mut blob, name);
        put_string(&mut blob, &self.point);
        if let Some(application) = self.application() {
            put_string(&mut blob, application.as_bytes());
        }
        blob
    }

    /// Reads one line as in a `.pub` file, `type base64 [comment]`, with single spaces and without the newline.
    ///
    /// Returns the key and the comment (empty when there is none).
    ///
    /// # Errors
    ///
    /// [`KeyError`] when OpenSSH would have written the key differently.
    pub fn from_openssh(line: &str) -> Result<(Self, &str), KeyError> {
        let mut fields = line.splitn(3, ' ');
        let name = fields.next().unwrap_or_default();
        let encoded = fields.next();
        let comment = fields.next();
        if KeyType::from_name(name.as_bytes()).is_none() {
            let found = excerpt(name.as_bytes());
            return Err(KeyError::KeyType { found });
        }
        let encoded = encoded.ok_or(KeyError::Form("the base64 field is missing"))?;
        let key = Self::from_base64(encoded)?;
        if key.key_type().name() != name {
            return Err(KeyError::Form("the type before the key is not the key's"));
        }
        match comment {
            None => Ok((key, "")),
            Some(comment) if is_comment(comment) => Ok((key, comment)),
            Some(_) => Err(KeyError::Form(
                "the comment is empty, longer than 1024 bytes, or has control characters or outer spaces",
            )),
        }
    }

    fn from_base64(encoded: &str) -> Result<Self, KeyError> {
        // The longest key of the two types takes 452 characters.
        if encoded.len() > 512 {
            return Err(KeyError::Form("the base64 field is too long"));
        }
        let blob = Base64::decode_vec(encoded)
            .map_err(|_| KeyError::Form("the base64 field is not base64"))?;
        let key = Self::from_blob(&blob)?;
        if Base64::encode_string(&blob) != encoded {
            return Err(KeyError::Form("the base64 field is not canonical"));
        }
        Ok(key)
    }

    /// One line as in a `.pub` file, `type base64`, without comment and newline.
    pub fn to_openssh(&self) -> String {
        format!(
            "{} {}",
            self.key_type().name(),
            Base64::encode_string(&self.to_blob())
        )
    }

    /// The fingerprint that `ssh-keygen -l` prints.
    pub fn fingerprint(&self) -> Fingerprint {
        let digest: [u8; 32] = sha2::Sha256::digest(self.to_blob()).into();
        Fingerprint::from_digest(&digest)
    }

    /// Whether signatures under this key would prove nothing, so that it must not be enrolled.
    pub fn is_weak(&self) -> bool {
        self.check_enrolment().is_err()
    }

    /// Checks that the key is a canonically encoded point of large order.
    ///
    /// # Errors
    ///
    /// [`WeakKeyError`] names the defect.
    pub fn check_enrolment(&self) -> Result<(), WeakKeyError> {
        let key = self.decode_point()?;
        if key.is_weak() {
            return Err(WeakKeyError::LowOrder);
        }
        Ok(())
    }

    /// The key for verification; low order is left to `verify_strict`, which looks anyway.
    pub(super) fn decode_point(&self) -> Result<VerifyingKey, WeakKeyError> {
        // The decoder accepts unreduced coordinates (ZIP 215), so they are refused here.
        if !is_reduced(&self.point) {
            return Err(WeakKeyError::NotCanonical);
        }
        VerifyingKey::from_bytes(&self.point).map_err(|_| WeakKeyError::Undecodable)
    }
}

/// Keys whose points were decoded before: a log has few signers, and decoding costs a tenth of a verification.
#[derive(Debug, Default)]
pub struct DecodedKeys(BTreeMap<[u8; 32], VerifyingKey>);

impl DecodedKeys {
    /// Whoever signs with ever new keys must not fill the memory.
    const MAX: usize = 256;

    pub(super) fn decode(&mut self, key: &PublicKey) -> Result<VerifyingKey, WeakKeyError> {
        if let Some(decoded) = self.0.get(&key.point) {
            return Ok(*decoded);
        }
        let decoded = key.decode_point()?;
        if self.0.len() >= Self::MAX {
            self.0.clear();
        }
        self.0.insert(key.point, decoded);
        Ok(decoded)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_openssh())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether the y coordinate of an encoded point is below the field's prime, 2^255 − 19.
///
/// The two encodings of x = 0 with the sign bit set are also not canonical;
/// both are points of low order, which are refused as such.
pub(super) fn is_reduced(point: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = point;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

/// Whether `comment` can follow a key on its line and be read back the same.
pub(super) fn is_comment(comment: &str) -> bool {
    !comment.is_empty()
        && comment.len() <= COMMENT_MAX_LEN
        && comment.trim() == comment
        && !comment.chars().any(char::is_control)
}

/// A key's fingerprint: `SHA256:` and the unpadded base64 of the SHA-256 of the key's blob.
///
/// Fingerprints sort as their text does, so that every program lists keys in the same order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    // The 43 base64 characters, always ASCII.
    text: [u8; 43],
}

impl Fingerprint {
    const PREFIX: &str = "SHA256:";

    fn from_digest(digest: &[u8; 32]) -> Self {
        let mut text = [b'A'; 43];
        // 32 bytes always take 43 characters, so encoding into the array cannot fail.
        let encoded = Base64Unpadded::encode(digest, &mut text).is_ok();
        debug_assert!(encoded, "43 characters hold 32 bytes");
        Self { text }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }
}

/// The text is not a fingerprint as `ssh-keygen -l` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint: expected SHA256: and 43 base64 characters, as ssh-keygen -l prints")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix(Self::PREFIX).ok_or(FingerprintError)?;
        let mut digest = [0; 32];
        match Base64Unpadded::decode(encoded, &mut digest) {
            Ok(decoded) if decoded.len() == 32 => {}
            _ => return Err(FingerprintError),
        }
        let fingerprint = Self::from_digest(&digest);
        // The last character has two spare bits; only zero is canonical.
        if fingerprint.as_str() != encoded {
            return Err(FingerprintError);
        }
        Ok(fingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.as_str())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
