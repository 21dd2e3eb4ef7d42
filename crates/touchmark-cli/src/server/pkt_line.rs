//! git's packet lines: four hexadecimal digits that give a length, and so many bytes less four.

use std::io::{Read, Write};

/// Longest packet that git sends, in bytes, its length included.
const PACKET_MAX_LEN: usize = 65_520;

/// Bytes of the length.
const LENGTH_LEN: usize = 4;

/// A packet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// One with content, without the line feed at its end.
    Line(Vec<u8>),
    /// The one that ends a section.
    Flush,
}

/// What is read is no packet.
#[derive(Debug, thiserror::Error)]
pub(super) enum PacketError {
    /// The length is not one.
    #[error("a packet begins with {0:?} instead of its length")]
    Length(String),
    /// The packet is longer than expected here.
    #[error("a packet has {length} bytes, and {limit} are the most that is expected here")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// The other side stopped, or cannot be reached.
    #[error("git went away: {0}")]
    Io(#[from] std::io::Error),
}

/// Reads a packet whose content has at most `limit` bytes.
pub(super) fn read(input: &mut impl Read, limit: usize) -> Result<Packet, PacketError> {
    let mut digits = [0; LENGTH_LEN];
    input.read_exact(&mut digits)?;
    let malformed = || PacketError::Length(String::from_utf8_lossy(&digits).into_owned());
    // Signs and spaces are no digits, though a parser of numbers may take them.
    let text = std::str::from_utf8(&digits)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .ok_or_else(malformed)?;
    let length = usize::from_str_radix(text, 16).map_err(|_| malformed())?;
    match length {
        0 => return Ok(Packet::Flush),
        // Protocol version 2 gives these a meaning, and hooks do not speak it.
        1..LENGTH_LEN => return Err(malformed()),
        _ => {}
    }
    let content = length - LENGTH_LEN;
    let limit = limit.saturating_add(1).min(PACKET_MAX_LEN - LENGTH_LEN);
    if content > limit {
        return Err(PacketError::TooLong {
            length: content,
            limit,
        });
    }
    let mut line = vec![0; content];
    input.read_exact(&mut line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(Packet::Line(line))
}

/// Writes a packet with this content; text that does not fit is cut.
pub(super) fn write(output: &mut impl Write, content: &[u8]) -> std::io::Result<()> {
    let content = content
        .get(..PACKET_MAX_LEN - LENGTH_LEN)
        .unwrap_or(content);
    write!(output, "{:04x}", content.len() + LENGTH_LEN)?;
    output.write_all(content)
}

/// Writes the packet that ends a section.
pub(super) fn write_flush(output: &mut impl Write) -> std::io::Result<()> {
    output.write_all(b"0000")?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(input: &[u8]) -> Result<Packet, String> {
        read(&mut &*input, 100).map_err(|err| err.to_string())
    }

    #[test]
    fn packets_are_read() {
        assert_eq!(one(b"0000"), Ok(Packet::Flush));
        assert_eq!(one(b"0004"), Ok(Packet::Line(Vec::new())));
        assert_eq!(one(b"0006a\n"), Ok(Packet::Line(b"a".to_vec())));
        assert_eq!(one(b"0007a\n\n"), Ok(Packet::Line(b"a\n".to_vec())));
        assert_eq!(one(b"000Aa\0bcde"), Ok(Packet::Line(b"a\0bcde".to_vec())));
    }

    #[test]
    fn what_is_no_packet_is_an_error() {
        for junk in [
            &b""[..],
            b"00",
            b"0005",
            b"0006a",
            b"0001",
            b"0002",
            b"0003",
            b"+004",
            b" 004",
            b"zzzz",
            b"\xff\xff\xff\xff",
            b"fff0",
        ] {
            assert!(one(junk).is_err(), "{junk:?}");
        }
        let long = [b"0070".as_slice(), &[b'a'; 108]].concat();
        assert!(one(&long).unwrap_err().contains("108 bytes"));
    }

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 99, 65_516] {
            let content = vec![b'a'; length];
            let mut written = Vec::new();
            write(&mut written, &content).unwrap();
            write_flush(&mut written).unwrap();
            let mut input = written.as_slice();
            assert_eq!(read(&mut input, usize::MAX).unwrap(), Packet::Line(content));
            assert_eq!(read(&mut input, 0).unwrap(), Packet::Flush);
            assert!(input.is_empty());
        }
        let mut written = Vec::new();
        write(&mut written, &vec![b'a'; 70_000]).unwrap();
        assert_eq!(written.len(), PACKET_MAX_LEN);
    }
}
