//! The weights as they are kept: most are nothing, and the others have one of fifteen values.
//!
//! A bit for each weight says whether it is anything; then half a byte for each that is: its sign and its level.

use super::features::BITS;

/// What a weight may be, apart from its sign.
pub(in crate::pii) const LEVELS: [i8; 8] = [2, 4, 7, 11, 16, 23, 33, 48];

/// The weights of all features.
pub(in crate::pii) fn unpacked(packed: &[u8]) -> Vec<i8> {
    let count = 1_usize << BITS;
    let (mask, values) = packed.split_at_checked(count / 8).unwrap_or_default();
    let mut weights = vec![0; count];
    let mut next = 0_usize;
    for (weights, bits) in weights.chunks_mut(8).zip(mask) {
        for (bit, weight) in weights.iter_mut().enumerate() {
            if bits >> bit & 1 == 1 {
                let value = values.get(next / 2).map_or(0, |value| value >> (next % 2 * 4) & 15);
                let level = LEVELS.get(usize::from(value & 7)).copied().unwrap_or(0);
                *weight = if value & 8 == 0 { level } else { -level };
                next += 1;
            }
        }
    }
    weights
}

/// The opposite: weights that are nothing or of a level.
#[cfg(feature = "training")]
pub(in crate::pii) fn packed(weights: &[i8]) -> Vec<u8> {
    let mut mask = vec![0_u8; weights.len() / 8];
    let mut values: Vec<u8> = Vec::new();
    for (at, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0) {
        mask[at / 8] |= 1 << (at % 8);
        let level = LEVELS.iter().position(|level| *level == weight.abs()).map_or(0, |level| level as u8);
        values.push(level | u8::from(*weight < 0) << 3);
    }
    let pairs = values.chunks(2).map(|pair| pair[0] | pair.get(1).map_or(0, |value| value << 4));
    mask.extend(pairs);
    mask
}

#[cfg(test)]
mod tests {
    use super::{BITS, LEVELS, unpacked};

    #[test]
    fn what_is_packed_is_unpacked() {
        let mut packed = vec![0; (1 << BITS) / 8];
        packed[0] = 0b1000_0010;
        packed[1] = 1;
        packed.extend([0x90, 0x07]);
        let weights = unpacked(&packed);
        assert_eq!((weights[1], weights[7], weights[8]), (LEVELS[0], -LEVELS[1], LEVELS[7]));
        assert_eq!(weights.iter().filter(|weight| **weight != 0).count(), 3);
        assert!(unpacked(&[]).iter().all(|weight| *weight == 0));
    }
}
