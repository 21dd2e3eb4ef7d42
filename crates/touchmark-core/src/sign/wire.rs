//! The SSH wire encoding: byte strings with a big-endian 32-bit length (RFC 4251, section 5).

/// Longest excerpt of foreign bytes that goes into an error text.
const EXCERPT_LEN: usize = 64;

/// Reads fields from the front of a blob; every method is `None` when the blob is too short.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(blob: &'a [u8]) -> Self {
        Self(blob)
    }

    pub(super) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.bytes(1)?.first().copied()
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let raw = self.bytes(4)?.try_into().ok()?;
        Some(u32::from_be_bytes(raw))
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        self.bytes(len)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Appends `value` as a string: its length, then its bytes.
pub(super) fn put_string(out: &mut Vec<u8>, value: &[u8]) {
    // Every value this module writes was bounded when it was parsed or built, far below 4 GiB.
    let len = u32::try_from(value.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(value);
}

/// Foreign bytes for an error text: escaped, so that they cannot drive a terminal, and cut.
pub(super) fn excerpt(value: &[u8]) -> String {
    let cut = value.get(..EXCERPT_LEN).unwrap_or(value);
    let mut text = cut.escape_ascii().to_string();
    if cut.len() < value.len() {
        text.push('…');
    }
    text
}
