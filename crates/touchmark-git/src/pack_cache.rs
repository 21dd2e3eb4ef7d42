//! A small cache of unpacked delta bases.
//!
//! git packs the commits of a log as chains of deltas, and a log is read in about the order in which it was packed.
//! Without a cache each commit of a chain is unpacked again for every commit that builds on it.

use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;

const SLOTS: usize = 256;

/// Larger entries are not worth their memory: events are some hundred bytes, their files a few kilobytes.
const MAX_ENTRY_BYTES: usize = 64 * 1024;

struct Slot {
    pack: u32,
    offset: u64,
    kind: Kind,
    compressed_size: usize,
    data: Vec<u8>,
}

/// Unpacked entries by pack and offset, each in the one slot its offset maps to; a newer entry replaces the older.
pub(crate) struct PackCache {
    slots: Vec<Option<Slot>>,
}

impl PackCache {
    pub(crate) fn new() -> Self {
        Self {
            slots: std::iter::repeat_with(|| None).take(SLOTS).collect(),
        }
    }

    fn slot(&mut self, pack: u32, offset: u64) -> Option<&mut Option<Slot>> {
        // Fibonacci hashing spreads the evenly spaced offsets of small objects over the slots.
        let mixed = (offset ^ (u64::from(pack) << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let index = usize::try_from(mixed >> 56).ok()? % SLOTS;
        self.slots.get_mut(index)
    }
}

impl DecodeEntry for PackCache {
    fn put(&mut self, pack_id: u32, offset: u64, data: &[u8], kind: Kind, compressed_size: usize) {
        if data.len() > MAX_ENTRY_BYTES {
            return;
        }
        let Some(slot) = self.slot(pack_id, offset) else {
            return;
        };
        let mut buffer = slot.take().map(|old| old.data).unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(data);
        *slot = Some(Slot {
            pack: pack_id,
            offset,
            kind,
            compressed_size,
            data: buffer,
        });
    }

    fn get(&mut self, pack_id: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let slot = self.slot(pack_id, offset)?.as_ref()?;
        if slot.pack != pack_id || slot.offset != offset {
            return None;
        }
        out.clear();
        out.extend_from_slice(&slot.data);
        Some((slot.kind, slot.compressed_size))
    }
}
