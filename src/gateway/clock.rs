//! The time by which what must not go too soon is old: the host's clock may jump, or run away.

use crate::context::Context;
use crate::host::{Host, PortError, Timestamp};
use crate::store::noted;

/// How far two maintenances may be apart for the time between them to count as gone by.
const EVEN: i64 = 3_600_000;
/// So much time has to go by evenly until gaps of before are believed, and how much of them then is at most: nights and a
/// weekend without a request are, where one of four hours has some.
const DAY: i64 = 86_400_000;
const BELIEVED: i64 = 3 * DAY;

/// How the clock went, in milliseconds. A gap may be a night without maintenance or a clock that jumped: the doubt in it ends
/// after a day at the soonest, and little by little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    /// When it was looked at last.
    last: i64,
    /// How much has gone by evenly; below zero until that was a day for the first time.
    even: i64,
    /// Gaps since the last day that went by evenly, and before.
    fresh: i64,
    stale: i64,
}

impl Clock {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self { last: next()?, even: next()?, fresh: next()?, stale: next()? })
    }

    /// What it is at the next look.
    fn at(self, now: i64) -> Self {
        let Self { last, mut even, mut fresh, mut stale } = self;
        let step = now.saturating_sub(last);
        if step > EVEN {
            fresh = fresh.saturating_add(step);
        } else if step >= -EVEN {
            // A step back was counted before, by a clock that was ahead.
            even = even.saturating_add(step);
        } else {
            // A clock that goes back takes with it what it jumped.
            let gaps = fresh.saturating_add(step);
            let older = stale.saturating_add(gaps.min(0));
            (fresh, stale, even) = (gaps.max(0), older.max(0), even.saturating_add(older.min(0)));
        }
        even = even.max(-DAY);
        if even >= DAY {
            (even, stale, fresh) = (0, (stale - BELIEVED).max(0).saturating_add(fresh), 0);
        }
        Self { last: now, even, fresh, stale }
    }

    /// The time that is believed.
    fn believed(self) -> Option<Timestamp> {
        let doubt = self.fresh.saturating_add(self.stale);
        (self.even >= 0).then(|| Timestamp(self.last.saturating_sub(doubt)))
    }
}

/// The time by which what must not go too soon is old: the host's clock, without the gaps that may be jumps of it. Looks at
/// that clock, and so is for the maintenance alone. [`None`] until it has gone on evenly for a day for the first time.
pub(super) async fn believed_time<H: Host>(context: &Context<H>) -> Result<Option<Timestamp>, PortError> {
    let (host, now) = (&context.host, context.host.now().0);
    let known = noted::all(host).await?;
    let before = known.iter().find(|(what, _)| what == "clock").map(|(_, value)| value.as_str());
    let first = Clock { last: now, even: -DAY, fresh: 0, stale: 0 };
    let clock = before.and_then(Clock::parse).map_or(first, |clock| clock.at(now));
    let Clock { last, even, fresh, stale } = clock;
    noted::note(host, "clock", before, &format!("{last} {even} {fresh} {stale}"), None).await?;
    Ok(clock.believed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = EVEN;
    const FIVE_MINUTES: i64 = 300_000;

    /// A clock that has gone evenly for long.
    fn even() -> Clock {
        Clock { last: 0, even: 0, fresh: 0, stale: 0 }
    }

    fn doubt(clock: Clock) -> i64 {
        clock.last - clock.believed().unwrap().0
    }

    #[test]
    fn is_believed_once_a_day_went_by_and_as_long_as_it_goes_evenly() {
        let mut clock = Clock { last: 7, even: -DAY, fresh: 0, stale: 0 };
        for look in 0..500 {
            assert_eq!(clock.believed().is_some(), look * FIVE_MINUTES >= DAY);
            clock = clock.at(clock.last + FIVE_MINUTES);
        }
        assert_eq!(clock.believed(), Some(Timestamp(clock.last)));
        assert_eq!(Clock::parse("1 2 3 4"), Some(Clock { last: 1, even: 2, fresh: 3, stale: 4 }));
        assert_eq!(Clock::parse("1 2"), None);
    }

    #[test]
    fn nights_and_weekends_without_a_request_hold_it_back_for_days_and_not_for_ever() {
        let mut clock = even();
        let mut most = 0;
        for day in 0..700 {
            for _ in 0..if day % 7 < 5 { 120 } else { 0 } {
                clock = clock.at(clock.last + FIVE_MINUTES);
            }
            most = most.max(doubt(clock));
            clock = clock.at((day + 1) * DAY);
        }
        assert!(most > DAY && most < 8 * DAY, "{most}");
    }

    #[test]
    fn a_jump_is_taken_back_with_the_clock_and_believed_by_days_otherwise() {
        for jump in [2 * HOUR, 47 * HOUR, 400 * DAY] {
            let jumped = even().at(jump);
            assert_eq!(jumped.believed(), Some(Timestamp(0)));
            assert_eq!(jumped.at(FIVE_MINUTES).believed(), Some(Timestamp(0)));
            assert_eq!(doubt(jumped.at(FIVE_MINUTES)), FIVE_MINUTES);
            let mut clock = jumped;
            for looks in 0..5 * 288 {
                let gone_by = looks * FIVE_MINUTES;
                let days = (gone_by / DAY - 1).max(0);
                assert_eq!(clock.believed(), Some(Timestamp(gone_by + jump.min(days * BELIEVED))));
                clock = clock.at(clock.last + FIVE_MINUTES);
            }
        }
    }

    proptest! {
        /// However it jumps: within a day that really went by, nothing of it is believed.
        #[test]
        fn a_clock_that_runs_away_is_not_believed(jumps in prop::collection::vec(0..1000i64, 1..280)) {
            let (mut clock, mut went_by) = (even(), 0);
            for hours in jumps {
                went_by += FIVE_MINUTES;
                clock = clock.at(clock.last + FIVE_MINUTES + hours * HOUR);
                prop_assert!(clock.believed().unwrap().0 <= went_by);
            }
        }
    }
}
