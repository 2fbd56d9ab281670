/// The ids of a block that live, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    /// The `bitmap_version` of the count row that it belongs to.
    pub bitmap_version: u64,
    /// Bit `n % 8` of byte `n / 8` stands for the n-th id of the block.
    pub bytes: Vec<u8>,
}

impl Bitmap {
    /// Sets the n-th bit.
    pub(super) fn insert(&mut self, n: u64) {
        let index = byte_index(n);
        if self.bytes.len() <= index {
            self.bytes.resize(index + 1, 0);
        }
        if let Some(byte) = self.bytes.get_mut(index) {
            *byte |= 1 << (n % 8);
        }
    }

    /// Clears the n-th bit.
    pub(super) fn remove(&mut self, n: u64) {
        let index = byte_index(n);
        if let Some(byte) = self.bytes.get_mut(index) {
            *byte &= !(1 << (n % 8));
        }
    }

    /// How many bits are set.
    #[must_use]
    pub fn count_ones(&self) -> u64 {
        self.bytes.iter().map(|byte| u64::from(byte.count_ones())).sum()
    }

    /// The bits that are set, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let bits = |(index, byte): (usize, &u8)| {
            let byte = *byte;
            (0..8).filter(move |bit| byte & (1 << bit) != 0).map(move |bit| index as u64 * 8 + bit)
        };
        self.bytes.iter().enumerate().flat_map(bits)
    }
}

fn byte_index(n: u64) -> usize {
    usize::try_from(n / 8).expect("a block has few ids")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(changes in prop::collection::vec((any::<bool>(), 0u64..200), 0..100)) {
            let (mut bitmap, mut set) = (Bitmap::default(), BTreeSet::new());
            for (insert, n) in changes {
                if insert {
                    bitmap.insert(n);
                    set.insert(n);
                } else {
                    bitmap.remove(n);
                    set.remove(&n);
                }
            }
            prop_assert_eq!(bitmap.count_ones(), set.len() as u64);
            prop_assert_eq!(bitmap.iter().collect::<Vec<_>>(), set.into_iter().collect::<Vec<_>>());
        }
    }
}
