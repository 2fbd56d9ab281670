/// The ids of a block that live, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bitmap {
    /// Which count row it belongs to.
    pub(crate) ver: u64,
    /// Bit `n % 8` of octet `n / 8` stands for the n-th id of the block.
    pub(crate) octets: Vec<u8>,
}

impl Bitmap {
    /// Sets the n-th bit.
    pub(super) fn insert(&mut self, n: u64) {
        let place = usize::try_from(n / 8).unwrap_or(usize::MAX);
        if self.octets.len() <= place {
            self.octets.resize(place + 1, 0);
        }
        if let Some(octet) = self.octets.get_mut(place) {
            *octet |= 1 << (n % 8);
        }
    }

    /// Clears the n-th bit.
    pub(super) fn remove(&mut self, n: u64) {
        let place = usize::try_from(n / 8).unwrap_or(usize::MAX);
        if let Some(octet) = self.octets.get_mut(place) {
            *octet &= !(1 << (n % 8));
        }
    }

    /// How many bits are set.
    pub(crate) fn len(&self) -> u64 {
        self.octets.iter().map(|octet| u64::from(octet.count_ones())).sum()
    }

    /// The bits that are set, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let bits = |(place, octet): (usize, &u8)| {
            let octet = *octet;
            (0..8).filter(move |bit| octet & (1 << bit) != 0).map(move |bit| place as u64 * 8 + bit)
        };
        self.octets.iter().enumerate().flat_map(bits)
    }
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
            prop_assert_eq!(bitmap.len(), set.len() as u64);
            prop_assert_eq!(bitmap.iter().collect::<Vec<_>>(), set.into_iter().collect::<Vec<_>>());
        }
    }
}
