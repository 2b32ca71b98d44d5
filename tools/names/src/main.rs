//! Makes the files of `src/pii/tagger` from what `lists.py` and `generate.py` wrote:
//!
//! ```text
//! names lexicon lexicon.tsv lexicon.bin
//! names weights corpus.jsonl check.jsonl weights.bin
//! ```
//!
//! The weights are those of a logistic regression, trained one example after the other (AdaGrad), with the tagger's
//! own decisions as what went before, then averaged over the last epochs and scaled to a byte each.

use std::fs;
use std::io::{BufRead as _, BufReader};

use mcpgate::pii::training::{NUMBERS, examples, lexicon};

/// How often the corpus is shown.
const EPOCHS: usize = 5;
/// A weight of one byte is worth this part of the logit.
const SCALE: f32 = 20.0;
/// How much a name that was missed counts, against 1 for one that was seen where none is.
const MISSED: f32 = 1.0;

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

fn weights_to(corpus: &str, check: &str, out: &str) -> Result<(), Failure> {
    let (corpus, check) = (read(corpus)?, read(check)?);
    let mut weights = vec![0_f32; NUMBERS];
    let mut squares = vec![1e-6_f32; NUMBERS];
    let mut sums = vec![0_f64; NUMBERS];
    let mut seen = 0_u64;
    for epoch in 0..EPOCHS {
        let rate = 0.12 / (1.0 + epoch as f32 * 0.5);
        let (mut wrong, mut count) = (0_u64, 0_u64);
        for at in 0..corpus.len() {
            // Another order in each epoch, the same each time.
            let document = &corpus[(at * 7919 + epoch * 104_729) % corpus.len()];
            examples(&document.text, document.json, &mut |numbers, name| {
                let logit: f32 = numbers.iter().map(|number| weights[*number as usize]).sum();
                let likely = 1.0 / (1.0 + (-logit).exp());
                let error = if name { (1.0 - likely) * MISSED } else { -likely };
                count += 1;
                wrong += u64::from((logit > 0.0) != name);
                if error.abs() > 0.01 {
                    for number in numbers {
                        let number = *number as usize;
                        squares[number] += error * error;
                        weights[number] += rate * error / squares[number].sqrt();
                    }
                }
                // In the first epoch its decisions are worth nothing yet.
                let decided = if epoch == 0 { name } else { logit > 0.0 };
                if decided { 1 } else { -1 }
            })?;
            if epoch + 2 >= EPOCHS && at % 64 == 0 {
                seen += 1;
                sums.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += f64::from(*weight));
            }
        }
        println!("epoch {epoch}: {wrong} of {count} wrong while learning");
    }
    let bytes: Vec<i8> = sums
        .iter()
        .map(|sum| ((*sum / seen as f64) as f32 * SCALE).round().clamp(-127.0, 127.0) as i8)
        .collect();
    let (mut found, mut missed, mut false_) = (0, 0, 0);
    for document in &check {
        examples(&document.text, document.json, &mut |numbers, name| {
            let sum: i32 = numbers.iter().map(|number| i32::from(bytes[*number as usize])).sum();
            match (sum > 0, name) {
                (true, true) => found += 1,
                (false, true) => missed += 1,
                (true, false) => false_ += 1,
                (false, false) => {}
            }
            sum
        })?;
    }
    println!("check: {found} words of names found, {missed} missed, {false_} other words taken for one");
    fs::write(out, bytes.iter().map(|weight| weight.cast_unsigned()).collect::<Vec<u8>>())?;
    Ok(())
}
