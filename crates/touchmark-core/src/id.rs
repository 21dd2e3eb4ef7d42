//! Object ids and the two hash functions git names objects with.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

/// The hash function of a repository (`extensions.objectFormat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashKind {
    /// SHA-1, computed with collision detection as git does.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl HashKind {
    /// Length of a raw id in bytes.
    pub const fn byte_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Length of an id in hexadecimal digits.
    pub const fn hex_len(self) -> usize {
        self.byte_len() * 2
    }

    /// git's name for the format, as in `git init --object-format=…`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// The format with git's name `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            _ => None,
        }
    }

    /// The name of the signature header in commits of such a repository.
    pub const fn signature_header(self) -> &'static str {
        match self {
            Self::Sha1 => "gpgsig",
            Self::Sha256 => "gpgsig-sha256",
        }
    }

    /// The id of the empty tree.
    pub fn empty_tree(self) -> ObjectId {
        // Hashing no bytes cannot be a collision attack, so this never fails.
        hash_object(self, "tree", b"").unwrap_or_else(|_| ObjectId::zero(self))
    }
}

/// The id of a git object: 20 bytes in SHA-1 repositories, 32 in SHA-256 ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    kind: HashKind,
    // SHA-1 ids leave the last 12 bytes zero, so that derived order and equality hold.
    bytes: [u8; 32],
}

impl ObjectId {
    /// The all-zero id, git's "no object".
    pub const fn zero(kind: HashKind) -> Self {
        Self {
            kind,
            bytes: [0; 32],
        }
    }

    /// An id from its raw bytes; the length tells the hash.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        let kind = match raw.len() {
            20 => HashKind::Sha1,
            32 => HashKind::Sha256,
            _ => return None,
        };
        let mut bytes = [0; 32];
        bytes.get_mut(..raw.len())?.copy_from_slice(raw);
        Some(Self { kind, bytes })
    }

    /// An id from exactly 40 or 64 lower-case hexadecimal digits.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let hex = hex.as_bytes();
        if hex.len() != 40 && hex.len() != 64 {
            return None;
        }
        let mut raw = [0u8; 32];
        for (slot, pair) in raw.iter_mut().zip(hex.chunks_exact(2)) {
            *slot = (hex_digit(pair[0])? << 4) | hex_digit(pair[1])?;
        }
        Self::from_bytes(raw.get(..hex.len() / 2)?)
    }

    /// The hash this id was made with.
    pub const fn kind(&self) -> HashKind {
        self.kind
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.kind.byte_len()]
    }

    /// Whether this is the all-zero id.
    pub fn is_zero(&self) -> bool {
        self.bytes == [0; 32]
    }

    /// The first twelve hexadecimal digits, for people.
    pub fn short(&self) -> String {
        let mut hex = self.to_string();
        hex.truncate(12);
        hex
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(deserializer)?;
        Self::from_hex(&hex).ok_or_else(|| {
            de::Error::custom(format_args!(
                "{hex:?} is not 40 or 64 lower-case hexadecimal digits"
            ))
        })
    }
}

/// A SHA-256 digest that is not an object id, such as the repository id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The SHA-256 of `data`.
    pub fn of(data: &[u8]) -> Self {
        Self(sha2::Sha256::digest(data).into())
    }

    /// A digest from exactly 64 lower-case hexadecimal digits.
    pub fn from_hex(hex: &str) -> Option<Self> {
        if hex.len() != 64 {
            return None;
        }
        ObjectId::from_hex(hex).map(|id| Self(id.bytes))
    }

    /// The raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(deserializer)?;
        Self::from_hex(&hex).ok_or_else(|| {
            de::Error::custom(format_args!(
                "{hex:?} is not 64 lower-case hexadecimal digits"
            ))
        })
    }
}

/// The data carries the marks of a SHA-1 collision attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the object carries the marks of a SHA-1 collision attack")]
pub struct CollisionError;

/// The id git gives an object of `object_type` (`commit`, `tree`, `blob`, `tag`) with this content.
///
/// # Errors
///
/// [`CollisionError`] when SHA-1's collision detection fires.
pub fn hash_object(
    kind: HashKind,
    object_type: &str,
    data: &[u8],
) -> Result<ObjectId, CollisionError> {
    let header = format!("{object_type} {}\0", data.len());
    let mut bytes = [0; 32];
    match kind {
        HashKind::Sha1 => {
            let mut hasher = sha1_checked::Sha1::new();
            sha1_checked::Digest::update(&mut hasher, header.as_bytes());
            sha1_checked::Digest::update(&mut hasher, data);
            let result = hasher.try_finalize();
            if result.has_collision() {
                return Err(CollisionError);
            }
            bytes[..20].copy_from_slice(result.hash().as_slice());
        }
        HashKind::Sha256 => {
            let mut hasher = sha2::Sha256::new();
            hasher.update(header.as_bytes());
            hasher.update(data);
            bytes.copy_from_slice(hasher.finalize().as_slice());
        }
    }
    Ok(ObjectId { kind, bytes })
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_git_s() {
        assert_eq!(
            HashKind::Sha1.empty_tree().to_string(),
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        );
        assert_eq!(
            HashKind::Sha256.empty_tree().to_string(),
            "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
        );
        let hello = hash_object(HashKind::Sha1, "blob", b"hello\n");
        assert_eq!(
            hello.map(|id| id.to_string()),
            Ok("ce013625030ba8dba906f756967f9e9ca394464a".to_owned())
        );
    }

    #[test]
    fn hex_is_strict() {
        let good = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        assert_eq!(
            ObjectId::from_hex(good).map(|id| id.to_string()).as_deref(),
            Some(good)
        );
        for bad in [
            "",
            "4b825dc6",
            &good.to_uppercase(),
            &good[1..],
            &format!("{good}0"),
        ] {
            assert_eq!(ObjectId::from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn documents_hold_ids_as_text() {
        let ids = [HashKind::Sha1.empty_tree(), HashKind::Sha256.empty_tree()];
        let json = serde_json::to_string(&ids).unwrap();
        assert_eq!(serde_json::from_str::<[ObjectId; 2]>(&json).unwrap(), ids);
        let digest = serde_json::to_string(&Digest::of(b"")).unwrap();
        assert_eq!(
            serde_json::from_str::<Digest>(&digest).unwrap(),
            Digest::of(b"")
        );
        let error = serde_json::from_str::<ObjectId>("\"4B825dc6\"").unwrap_err();
        assert!(error.to_string().contains("4B825dc6"), "{error}");
        assert!(serde_json::from_str::<Digest>("\"4b825dc6\"").is_err());
    }
}
