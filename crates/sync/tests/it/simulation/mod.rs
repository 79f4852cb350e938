//! Thousands of plans in which everything that can go wrong does.
//!
//! - [`plan`]: what happens, as a flat list of steps made from a seed.
//! - [`effects`]: a store and a server between which and the engine somebody stands who can stop,
//!   overtake and crash at every single effect.
//! - [`school`]: the objects.
//! - [`world`]: carries a plan out.
//! - [`properties`]: what has to hold, after every step and in the end.
//! - [`flaws`]: engines that make mistakes, which have to be noticed.
//! - [`shrink`]: from a plan that fails to the smallest one that fails alike.

mod effects;
mod flaws;
mod plan;
mod properties;
mod regressions;
mod school;
mod shrink;
mod world;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use plan::Plan;
use properties::Violation;

/// Plans with fixed seeds.
const FIXED: u64 = 20_000;
/// Plans with seeds that nobody has seen before.
const RANDOM: u64 = 1_000;

/// What a plan led to: a digest of everything that happened, and what did not hold.
type Run = (u64, Result<(), Violation>);

fn run(plan: &Plan) -> Run {
    world::World::new(plan).run(&plan.steps)
}

/// The digest alone: what holds was checked before.
fn run_again(plan: &Plan) -> u64 {
    world::World::new(plan).unchecked().run(&plan.steps).0
}

/// Carries out the plans of these seeds on all processors; answers the first failure in the order
/// of seeds, shrunk.
fn first_failure(first: u64, count: u64) -> Option<String> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut failures = Vec::new();
        loop {
            let step = next.fetch_add(1, Ordering::Relaxed);
            if step >= count {
                return failures;
            }
            let seed = first.wrapping_add(step);
            let plan = Plan::from_seed(seed);
            let (digest, outcome) = run(&plan);
            if outcome.is_err() || digest != run_again(&plan) {
                next.store(count, Ordering::Relaxed);
                failures.push((step, seed, outcome.err()));
            }
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut failures = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|it| it.join().expect("a worker")).collect::<Vec<_>>()
    });
    failures.sort_by_key(|(step, ..)| *step);
    failures.into_iter().next().map(|(_, seed, violation)| match violation {
        Some(violation) => {
            let (plan, violation) = shrink::smallest(Plan::from_seed(seed), violation);
            format!("seed {seed}: {violation}\nkeep this in regressions.rs:\n{plan:?}")
        }
        None => format!("seed {seed} runs differently the second time"),
    })
}

#[test]
fn plans_with_fixed_seeds_hold() {
    if let Some(failure) = first_failure(0, FIXED) {
        panic!("{failure}");
    }
}

#[test]
fn plans_with_random_seeds_hold() {
    use std::hash::{BuildHasher as _, RandomState};
    let seed = RandomState::new().hash_one("a seed");
    if let Some(failure) = first_failure(seed, RANDOM) {
        panic!("{failure}");
    }
}
