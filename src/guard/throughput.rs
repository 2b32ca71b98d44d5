//! What is usual for a person, and what is more than that: calls, bytes and records by the hour and by the day.
//!
//! ```text
//! limit = max(least, times * median, median + 5.19 * MAD), at most `most`
//! ```
//!
//! The median and the median absolute deviation (MAD) of the stretches in which a person was active: neither is moved
//! far by what a few stretches hold, however much that is. `5.19` is 3.5 / 0.6745: B. Iglewicz and D. Hoaglin call
//! potential outliers what has a modified z-score, 0.6745 (x - median) / MAD, above 3.5 ("How to Detect and Handle
//! Outliers", ASQC Quality Press 1993). `times` keeps even use, whose MAD is nothing, from being called unusual for a
//! little more of it, `least` what is small in any case; `most` bounds whoever gets people used to more and more.
//!
//! Whole numbers throughout, so that every host says the same.

use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Calls that were made.
    Calls,
    /// Bytes of their results.
    Bytes,
    /// Records that these handed on.
    Records,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Calls, Self::Bytes, Self::Records];

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Bytes => "bytes",
            Self::Records => "records",
        }
    }
}

/// The stretch of time that something is counted in. Stretches begin at multiples of it since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Span {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hour, Self::Day];

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// The span of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.name() == name)
    }

    /// How long it is, in milliseconds.
    pub fn millis(self) -> i64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    /// When the stretch begins that a moment is in, both in milliseconds since 1970.
    pub fn begins(self, at: i64) -> i64 {
        at.div_euclid(self.millis()).saturating_mul(self.millis())
    }

    /// In how many stretches somebody must have been active for what is usual for them to be known.
    fn enough(self) -> usize {
        match self {
            Self::Hour => 12,
            Self::Day => 5,
        }
    }
}

/// How much there was of each measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Calls.
    pub calls: u64,
    /// Bytes.
    pub bytes: u64,
    /// Records.
    pub records: u64,
}

impl Amounts {
    /// How much of one.
    pub fn of(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Calls => self.calls,
            Measure::Bytes => self.bytes,
            Measure::Records => self.records,
        }
    }

    /// What a function says of each.
    pub fn each(amount: impl Fn(Measure) -> u64) -> Self {
        Self {
            calls: amount(Measure::Calls),
            bytes: amount(Measure::Bytes),
            records: amount(Measure::Records),
        }
    }
}

/// What is usual: the median of what there was in stretches of activity, and the median of how far these are from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usual {
    /// The median.
    pub median: Amounts,
    /// The median absolute deviation.
    pub spread: Amounts,
}

impl Usual {
    /// Of a person's own stretches, in any order; [`None`] when these are too few to say.
    pub fn of(span: Span, stretches: &[Amounts]) -> Option<Self> {
        if stretches.len() < span.enough() {
            return None;
        }
        let values = |measure| stretches.iter().map(|amounts| amounts.of(measure)).collect::<Vec<_>>();
        let median = Amounts::each(|measure| median(values(measure)));
        let spread = Amounts::each(|measure| {
            let center = median.of(measure);
            self::median(values(measure).into_iter().map(|value| value.abs_diff(center)).collect())
        });
        Some(Self { median, spread })
    }

    /// Of a role: of the stretches of all its people together; [`None`] when they are too few, or fewer than three.
    pub fn of_role(span: Span, people: usize, stretches: &[Amounts]) -> Option<Self> {
        if people >= LEAST_PEOPLE { Self::of(span, stretches) } else { None }
    }
}

/// How many people a role needs to say what is usual in it.
const LEAST_PEOPLE: usize = 3;

/// The lower median, so that it is one of the values; 0 of none.
fn median(mut values: Vec<u64>) -> u64 {
    let middle = values.len().saturating_sub(1) / 2;
    match values.is_empty() {
        true => 0,
        false => *values.select_nth_unstable(middle).1,
    }
}

/// What the configuration says of one span (`[guard.throughput]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How much is never unusual.
    pub least: Amounts,
    /// How much is always unusual, whatever was usual before.
    pub most: Amounts,
    /// How many times the median is not unusual yet.
    pub times: u64,
}

impl Bounds {
    /// The most that is not unusual.
    pub fn limit(&self, usual: Option<&Usual>, measure: Measure) -> u64 {
        let most = self.most.of(measure);
        let Some(usual) = usual else { return most };
        let (median, spread) = (usual.median.of(measure), usual.spread.of(measure));
        let apart = median.saturating_add(spread.saturating_mul(519) / 100);
        self.least.of(measure).max(median.saturating_mul(self.times)).max(apart).min(most)
    }

    /// What is unusual in a stretch. `own` is what is usual for the person, `role` what is usual in their role: that
    /// counts as long as too little is known of them. Where neither is known, only `most` does.
    pub fn judge(
        &self,
        (span, since): (Span, i64),
        now: &Amounts,
        own: Option<&Usual>,
        role: Option<&Usual>,
    ) -> Vec<Unusual> {
        let usual = own.or(role);
        let judged = Measure::ALL.into_iter().map(|measure| Unusual {
            what: measure,
            per: span,
            since,
            amount: now.of(measure),
            usual: usual.map(|usual| usual.median.of(measure)),
            limit: self.limit(usual, measure),
        });
        judged.filter(|unusual| unusual.amount > unusual.limit).collect()
    }
}

/// More than is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unusual {
    /// Of what.
    pub what: Measure,
    /// In which stretch of time.
    pub per: Span,
    /// When that begins, in milliseconds since 1970.
    pub since: i64,
    /// How much.
    pub amount: u64,
    /// What is usual, if that is known: the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<u64>,
    /// How much would not have been unusual.
    pub limit: u64,
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        least: Amounts { calls: 10, bytes: 10, records: 10 },
        most: Amounts { calls: 1_000_000, bytes: 1_000_000, records: 1_000_000 },
        times: 3,
    };

    fn all(value: u64) -> Amounts {
        Amounts::each(|_| value)
    }

    fn limit(values: &[u64]) -> u64 {
        let stretches: Vec<Amounts> = values.iter().copied().map(all).collect();
        BOUNDS.limit(Usual::of(Span::Day, &stretches).as_ref(), Measure::Records)
    }

    #[test]
    fn the_formula_is_the_one_of_the_documentation() {
        let ten = [10, 20, 30, 40, 50, 60, 70];
        assert_eq!(limit(&ten), 143, "median 40, MAD 20: 40 + 103 is more than 3 * 40");
        assert_eq!(limit(&[40; 7]), 120, "three times");
        assert_eq!(limit(&[1; 7]), 10, "what is small in any case");
        assert_eq!(limit(&[900_000; 7]), 1_000_000, "what is much in any case");
    }

    #[test]
    fn who_is_new_is_judged_by_their_role_and_then_only_by_what_is_too_much_for_all() {
        let few = [all(5); 4];
        assert_eq!(Usual::of(Span::Day, &few), None);
        assert_eq!(Usual::of_role(Span::Day, 2, &[all(5); 40]), None, "two people are no role");
        let role = Usual::of_role(Span::Day, 3, &[all(50); 40]).unwrap();
        let unusual = BOUNDS.judge((Span::Day, 0), &all(151), None, Some(&role));
        assert_eq!(unusual.len(), 3);
        assert_eq!((unusual[0].what, unusual[0].usual, unusual[0].limit), (Measure::Calls, Some(50), 150));
        assert!(BOUNDS.judge((Span::Day, 0), &all(1_000_000), None, None).is_empty());
        let unusual = BOUNDS.judge((Span::Day, 0), &all(1_000_001), None, None);
        assert_eq!((unusual.len(), unusual[0].usual), (3, None));
        let own = Usual::of(Span::Day, &[all(5); 5]).unwrap();
        assert_eq!(
            BOUNDS.judge((Span::Day, 0), &all(16), Some(&own), Some(&role)).len(),
            3,
            "one's own comes first"
        );
    }

    #[test]
    fn stretches_begin_at_multiples() {
        assert_eq!(Span::Hour.begins(3_600_001), 3_600_000);
        assert_eq!(Span::Day.begins(-1), -86_400_000);
        assert_eq!(Span::named("day"), Some(Span::Day));
    }

    proptest! {
        #[test]
        fn even_use_never_alarms(value in 0u64..1_000_000, days in 5usize..40) {
            let usual = Usual::of(Span::Day, &vec![all(value); days]);
            prop_assert!(BOUNDS.judge((Span::Day, 0), &all(value), usual.as_ref(), None).is_empty());
        }

        #[test]
        fn what_there_was_before_more_often_than_not_never_alarms(values in vec(0u64..1_000_000, 5..60)) {
            let stretches: Vec<Amounts> = values.iter().copied().map(all).collect();
            let usual = Usual::of(Span::Day, &stretches).unwrap();
            let calm = stretches.iter().filter(|now| BOUNDS.judge((Span::Day, 0), now, Some(&usual), None).is_empty());
            prop_assert!(calm.count() * 2 >= stretches.len());
        }

        #[test]
        fn one_huge_day_counts_as_any_other_that_is_above_the_median(
            mut values in vec(100u64..200, 6..40),
            huge in 200u64..u64::MAX / 8,
        ) {
            values.push(200);
            let before = limit(&values);
            *values.last_mut().unwrap() = huge;
            prop_assert!(limit(&values) <= before * 2, "{} {before}", limit(&values));
        }

        #[test]
        fn twice_of_everything_is_twice_the_limit(values in vec(10u64..10_000, 5..40), times in 1u64..10) {
            let wide = Bounds { least: all(0), most: all(u64::MAX), ..BOUNDS };
            let limit = |times: u64| {
                let stretches: Vec<Amounts> = values.iter().map(|value| all(value * times)).collect();
                wide.limit(Usual::of(Span::Day, &stretches).as_ref(), Measure::Bytes)
            };
            // Hundredths are cut off.
            prop_assert!(limit(times).abs_diff(limit(1) * times) <= times);
        }

        #[test]
        fn the_order_does_not_matter(values in vec(0u64..1_000_000, 5..40), shift in 0usize..40) {
            let mut other = values.clone();
            other.rotate_left(shift % values.len());
            other.reverse();
            prop_assert_eq!(limit(&values), limit(&other));
        }

        #[test]
        fn who_grows_slowly_is_bounded_all_the_same(growth in 100u64..300) {
            let mut history = vec![100u64; 5];
            for _ in 0..200 {
                let next = history.last().unwrap() * growth / 100;
                if next > BOUNDS.most.records {
                    let stretches: Vec<Amounts> = history.iter().copied().map(all).collect();
                    let usual = Usual::of(Span::Day, &stretches);
                    prop_assert_eq!(BOUNDS.judge((Span::Day, 0), &all(next), usual.as_ref(), None).len(), 3);
                    break;
                }
                history.push(next);
            }
        }

        #[test]
        fn nothing_overflows(values in vec(any::<u64>(), 5..20), now: u64) {
            let stretches: Vec<Amounts> = values.iter().copied().map(all).collect();
            let usual = Usual::of(Span::Day, &stretches);
            BOUNDS.judge((Span::Day, 0), &all(now), usual.as_ref(), None);
        }
    }
}
