//! When to try again. After a failure soon, then ever later, and never all phones of a school at
//! the same moment.

/// Between two syncs while all is well, in milliseconds.
pub const EVERY_MILLIS: u32 = 5 * 60_000;
/// After a first failure; doubled with each further one, up to [`EVERY_MILLIS`].
const FIRST_MILLIS: u32 = 4_000;
/// What a server asks for beyond this is not obeyed: a mistake in a header must not silence a
/// phone for a day.
const MOST_MILLIS: u32 = 60 * 60_000;

/// Milliseconds until the next try, after so many failures in a row. `retry_after` is what the
/// server asked for, in seconds; it is tried no earlier. `random` is any number, each as likely.
#[must_use]
pub fn wait_millis(failures: u32, retry_after: Option<u32>, random: u32) -> u32 {
    let doublings = failures.saturating_sub(1).min(16);
    let own = if failures == 0 {
        EVERY_MILLIS
    } else {
        FIRST_MILLIS.saturating_mul(1 << doublings).min(EVERY_MILLIS)
    };
    // Three to five quarters of its own time, one to five quarters of the server's.
    let quarter =
        |of: u32| u32::try_from(u64::from(of / 2) * u64::from(random) / u64::from(u32::MAX)).unwrap_or(0);
    let asked = retry_after.map_or(0, |seconds| seconds.saturating_mul(1_000).min(MOST_MILLIS));
    let own = own - own / 4 + quarter(own);
    if asked > own { asked + quarter(asked) / 2 } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_wait_up_to_the_usual_pace() {
        let middle = |failures| wait_millis(failures, None, u32::MAX / 2);
        assert_eq!([1, 2, 3].map(middle), [3_999, 7_999, 15_999]);
        assert_eq!([0, 8, 100, u32::MAX].map(middle), [299_999; 4]);
    }

    #[test]
    fn no_two_phones_need_try_at_once() {
        assert_eq!((wait_millis(1, None, 0), wait_millis(1, None, u32::MAX)), (3_000, 5_000));
    }

    #[test]
    fn what_the_server_asks_for_is_a_lower_bound() {
        for random in [0, u32::MAX / 3, u32::MAX] {
            assert!((30_000..=37_500).contains(&wait_millis(1, Some(30), random)));
            assert!(wait_millis(9, Some(1), random) >= 225_000);
        }
    }

    #[test]
    fn a_server_that_asks_for_a_year_is_asked_again_in_an_hour() {
        assert_eq!(wait_millis(1, Some(u32::MAX), 0), 3_600_000);
    }
}
