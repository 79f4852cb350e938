//! From a plan that fails to the smallest one that fails alike.

use super::{
    plan::{Plan, Step},
    properties::Violation,
    run,
};

/// Leaves out what can be left out, again and again.
pub fn smallest(mut plan: Plan, mut violation: Violation) -> (Plan, Violation) {
    loop {
        let before = plan.steps.clone();
        let mut chunk = plan.steps.len().div_ceil(2);
        while chunk > 0 {
            let mut from = 0;
            while from < plan.steps.len() {
                let mut fewer = plan.clone();
                fewer.steps.drain(from..(from + chunk).min(plan.steps.len()));
                if !take_if_alike(&mut plan, &mut violation, fewer) {
                    from += chunk;
                }
            }
            chunk /= 2;
        }
        for place in 0..plan.steps.len() {
            for simpler in simpler(plan.steps[place]) {
                let mut changed = plan.clone();
                changed.steps[place] = simpler;
                if take_if_alike(&mut plan, &mut violation, changed) {
                    break;
                }
            }
        }
        if plan.steps == before {
            return (plan, violation);
        }
    }
}

fn take_if_alike(plan: &mut Plan, violation: &mut Violation, candidate: Plan) -> bool {
    match run(&candidate).1 {
        Err(found) if found.property == violation.property => {
            *violation = found;
            *plan = candidate;
            true
        }
        _ => false,
    }
}

fn simpler(step: Step) -> Vec<Step> {
    match step {
        Step::During(at, act) => {
            vec![Step::Do(act), Step::During(at / 2, act), Step::During(at.saturating_sub(1), act)]
        }
        Step::Crash(at) => vec![Step::Crash(at / 2), Step::Crash(at.saturating_sub(1))],
        Step::Always(trouble) => vec![Step::Once(trouble)],
        Step::Race(bits) => {
            vec![Step::Sync, Step::Race(bits >> 1), Step::Race(bits & (bits.wrapping_sub(1)))]
        }
        Step::Open(which, bits) => {
            vec![Step::Sync, Step::Open(which, bits >> 1), Step::Open(which, bits & (bits.wrapping_sub(1)))]
        }
        Step::Clock(days) if days != 0 => vec![Step::Clock(days / 2)],
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|simpler| *simpler != step)
    .collect()
}
