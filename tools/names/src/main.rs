//! Makes the files of `src/pii/tagger` from what `lists.py` and `generate.py` wrote:
//!
//! ```text
//! names lexicon lexicon.tsv lexicon.bin
//! names weights corpus.jsonl check.jsonl weights.bin
//! names errors check.jsonl weights.bin
//! ```
//!
//! The weights are those of a logistic regression, trained one example after the other (AdaGrad), with the tagger's
//! own decisions as what went before, then averaged over the last epoch and rounded.

use std::fs;
use std::io::{BufRead as _, BufReader};

use mcpgate::pii::training::{CLOSE, LEVELS, NUMBERS, OPEN, examples, lexicon, packed, unpacked};

/// How often the corpus is shown.
const EPOCHS: usize = 3;
/// A weight of one byte is worth this part of the logit.
const SCALE: f32 = 20.0;
/// How fast it learns, and what each weight has been corrected by before it begins.
const RATE: f32 = 0.08;
const FIRST: f32 = 0.1;
/// A weight of less than this before the last epoch is nothing.
const LEAST: f32 = 4.2;
/// Of 256 features so many are not looked at while learning.
const DROPPED: u8 = 110;

#[derive(serde::Deserialize)]
struct Document {
    json: bool,
    text: String,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["lexicon", words, out] => words_to(words, out),
        ["errors", check, weights] => errors(check, weights),
        ["weights", corpus, check, out] => weights_to(corpus, check, out),
        _ => Err("see the top of src/main.rs".into()),
    }
}

fn words_to(words: &str, out: &str) -> Result<(), Failure> {
    let mut listed = Vec::new();
    for line in fs::read_to_string(words)?.lines() {
        let (word, what) = line.split_once('\t').ok_or("no tab")?;
        let other = what.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').next().unwrap_or(0);
        let kind = u8::from(what.contains('g')) | u8::from(what.contains('f')) << 1 | other << 2;
        listed.push((word.to_owned(), kind));
    }
    let bytes = lexicon(&listed);
    println!("{} words, {} bytes", listed.len(), bytes.len());
    fs::write(out, bytes)?;
    Ok(())
}

fn read(path: &str) -> Result<Vec<Document>, Failure> {
    let lines = BufReader::new(fs::File::open(path)?).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

/// Prints what the weights get wrong, with what stands around it.
fn errors(check: &str, weights: &str) -> Result<(), Failure> {
    let weights = unpacked(&fs::read(weights)?);
    for document in read(check)? {
        let text = document.text.replace([OPEN, CLOSE], "");
        let mut from = 0;
        examples(&document.text, document.json, &mut |numbers, word, name| {
            let sum: i32 = numbers.iter().map(|number| i32::from(weights[*number as usize])).sum();
            let at = from + text[from..].find(word).unwrap_or(0);
            from = at;
            if (sum > 0) != name {
                let around: Vec<char> = text[..at].chars().rev().take(50).collect();
                let before: String = around.into_iter().rev().collect();
                let after: String =
                    text.get(at + word.len()..).unwrap_or_default().chars().take(40).collect();
                println!("{} {sum:5} {before:?} [{word}] {after:?}", if name { "missed" } else { "false " });
            }
            sum
        })?;
    }
    Ok(())
}

/// The same numbers each time: splitmix64.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

struct Model {
    weights: Vec<f32>,
    squares: Vec<f32>,
    /// Which weights may be other than nothing.
    alive: Vec<bool>,
    sums: Vec<f64>,
    seen: u64,
}

impl Model {
    fn epoch(&mut self, corpus: &[Document], epoch: usize, rate: f32, average: bool) -> Result<(), Failure> {
        let mut dice = Dice(epoch as u64);
        let (mut wrong, mut count) = (0_u64, 0_u64);
        let mut kept: Vec<usize> = Vec::new();
        for at in 0..corpus.len() {
            // Another order in each epoch, the same each time.
            let document = &corpus[(at * 7919 + epoch * 104_729) % corpus.len()];
            examples(&document.text, document.json, &mut |numbers, _, name| {
                kept.clear();
                let (mut all, mut some) = (0.0, 0.0);
                let mut bits = 0;
                for (place, number) in numbers.iter().enumerate() {
                    if place % 8 == 0 {
                        bits = dice.throw();
                    }
                    let number = *number as usize;
                    all += self.weights[number];
                    // Without some of what it sees, it learns not to rely on a single thing.
                    if (bits >> (place % 8 * 8)) as u8 >= DROPPED {
                        kept.push(number);
                        some += self.weights[number];
                    }
                }
                let logit: f32 = some * 256.0 / (256.0 - f32::from(DROPPED));
                let likely = 1.0 / (1.0 + (-logit).exp());
                let error = if name { 1.0 - likely } else { -likely };
                count += 1;
                wrong += u64::from((all > 0.0) != name);
                if error.abs() > 0.02 {
                    for number in &kept {
                        if self.alive[*number] {
                            self.squares[*number] += error * error;
                            self.weights[*number] += rate * error / self.squares[*number].sqrt();
                        }
                    }
                }
                // In the first epoch its decisions are worth nothing yet.
                let decided = if epoch == 0 { name } else { all > 0.0 };
                if decided { 1 } else { -1 }
            })?;
            if average && at % 256 == 0 {
                self.seen += 1;
                self.sums.iter_mut().zip(&self.weights).for_each(|(sum, weight)| *sum += f64::from(*weight));
            }
        }
        println!("epoch {epoch}: {wrong} of {count} wrong while learning");
        Ok(())
    }
}

impl Model {
    /// Drops the light weights; the others learn to do without them in the epoch that is left.
    fn prune(&mut self) {
        for (weight, alive) in self.weights.iter_mut().zip(&mut self.alive) {
            *alive = weight.abs() * SCALE >= LEAST;
            if !*alive {
                *weight = 0.0;
            }
        }
    }
}

fn weights_to(corpus: &str, check: &str, out: &str) -> Result<(), Failure> {
    let (corpus, check) = (read(corpus)?, read(check)?);
    let mut model = Model {
        weights: vec![0.0; NUMBERS],
        squares: vec![FIRST; NUMBERS],
        alive: vec![true; NUMBERS],
        sums: vec![0.0; NUMBERS],
        seen: 0,
    };
    for epoch in 0..EPOCHS {
        if epoch + 1 == EPOCHS {
            model.prune();
        }
        model.epoch(&corpus, epoch, RATE / (1.0 + epoch as f32 * 0.5), epoch + 1 == EPOCHS)?;
        checked(&check, &mut |number| model.weights[number])?;
    }
    let bytes: Vec<i8> =
        model.sums.iter().map(|sum| rounded((*sum / model.seen as f64) as f32 * SCALE)).collect();
    checked(&check, &mut |number| i32::from(bytes[number]) as f32)?;
    let packed = packed(&bytes);
    println!("{} weights, {} bytes", bytes.iter().filter(|weight| **weight != 0).count(), packed.len());
    fs::write(out, packed)?;
    Ok(())
}

/// Says how many words of the documents are judged wrong.
fn checked(check: &[Document], weight: &mut dyn FnMut(usize) -> f32) -> Result<(), Failure> {
    let (mut found, mut missed, mut false_) = (0, 0, 0);
    for document in check {
        examples(&document.text, document.json, &mut |numbers, _, name| {
            let sum: f32 = numbers.iter().map(|number| weight(*number as usize)).sum();
            match (sum > 0.0, name) {
                (true, true) => found += 1,
                (false, true) => missed += 1,
                (true, false) => false_ += 1,
                (false, false) => {}
            }
            if sum > 0.0 { 1 } else { -1 }
        })?;
    }
    println!("check: {found} words of names found, {missed} missed, {false_} other words taken for one");
    Ok(())
}

/// The nearest of the levels, or nothing.
fn rounded(weight: f32) -> i8 {
    let far = |level: &i8| (f32::from(*level) - weight.abs()).abs();
    let level = LEVELS.into_iter().min_by(|first, second| far(first).total_cmp(&far(second))).unwrap_or(0);
    if weight.abs() < f32::from(LEVELS[0]) / 2.0 {
        0
    } else if weight < 0.0 {
        -level
    } else {
        level
    }
}
