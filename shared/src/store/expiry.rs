/// Partitions of `expiry-index`: one would cap what expires at 1,000 writes a second.
pub(crate) const PARTITIONS: u32 = 8;

/// The partition of `expiry-index` in which the item of a key stands. Only what expires has one.
pub(super) fn partition(key: &str) -> String {
    name(crc32fast::hash(key.as_bytes()) % PARTITIONS)
}

/// The partition of a number.
pub(super) fn name(number: u32) -> String {
    format!("expiry#{number}")
}
