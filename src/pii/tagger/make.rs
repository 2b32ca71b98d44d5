//! What `tools/names` needs of the tagger to make its two files.

use super::lexicon::{HEAD, Hash, KIND, PRINT, cells, mix, print};

pub(in crate::pii) use super::features::BITS;

/// The filter of these words and what they are; see [`super::lexicon`].
///
/// # Panics
/// Never in practice: when a hundred seeds fail.
pub(in crate::pii) fn lexicon(words: &[(String, u8)]) -> Vec<u8> {
    let mut hashes: Vec<(u64, u8)> = words.iter().map(|(word, kind)| (Hash::of(word).0, *kind)).collect();
    hashes.sort_unstable();
    hashes.dedup_by_key(|(hash, _)| *hash);
    let size = hashes.len();
    let log = ((size as f64).ln() / 3.33_f64.ln() + 2.25).floor() as u32;
    let factor = (0.875 + 0.25 * 1e6_f64.ln() / (size as f64).ln()).max(1.125);
    let segments = (((size as f64 * factor) / f64::from(1 << log)).ceil() as u32).saturating_sub(2).max(1);
    let count = (segments as usize + 2) << log;
    for seed in 1..200_u32 {
        let mixed: Vec<(u64, u8)> = hashes.iter().map(|(hash, kind)| (mix(*hash, seed), *kind)).collect();
        if let Some(slots) = solved(&mixed, segments, log, count) {
            let mut out = Vec::new();
            for head in [seed, segments, log] {
                out.extend(head.to_le_bytes());
            }
            assert_eq!(out.len(), HEAD);
            let width = (PRINT + KIND) as usize;
            let mut packed = vec![0_u8; (count * width).div_ceil(8) + 4];
            for (at, slot) in slots.iter().enumerate() {
                let bit = at * width;
                let value = u32::from(*slot) << (bit % 8);
                for (byte, value) in packed[bit / 8..].iter_mut().zip(value.to_le_bytes()) {
                    *byte |= value;
                }
            }
            out.extend(packed);
            return out;
        }
    }
    panic!("no seed fits");
}

fn solved(words: &[(u64, u8)], segments: u32, log: u32, count: usize) -> Option<Vec<u16>> {
    let mut degree = vec![0_u32; count];
    let mut which = vec![0_usize; count];
    for (number, (hash, _)) in words.iter().enumerate() {
        for cell in cells(*hash, segments, log) {
            degree[cell] += 1;
            which[cell] ^= number;
        }
    }
    let mut queue: Vec<usize> = (0..count).filter(|cell| degree[*cell] == 1).collect();
    let mut order = Vec::with_capacity(words.len());
    while let Some(cell) = queue.pop() {
        if degree[cell] != 1 {
            continue;
        }
        let number = which[cell];
        order.push((number, cell));
        for other in cells(words[number].0, segments, log) {
            degree[other] -= 1;
            which[other] ^= number;
            if degree[other] == 1 {
                queue.push(other);
            }
        }
    }
    if order.len() < words.len() {
        return None;
    }
    let mut slots = vec![0_u16; count];
    for (number, cell) in order.into_iter().rev() {
        let (hash, kind) = words[number];
        let value = (print(hash) << KIND) as u16 | u16::from(kind);
        let others = cells(hash, segments, log).into_iter().filter(|other| *other != cell);
        slots[cell] = others.fold(value, |value, other| value ^ slots[other]);
    }
    Some(slots)
}
