//! That each property can fail: an engine that makes a mistake is noticed.

use std::thread;

use tornister_sync::flaw::{self, Flaw};

use super::{FIXED, plan::Plan, properties::Property, run};

#[test]
fn every_broken_engine_is_noticed() {
    use Property::{Converges, Ends, Kept, Once, Shown, Spared, Whole};
    let flaws: [(Flaw, &[Property]); 13] = [
        (Flaw::StateBeforeObjects, &[Whole]),
        (Flaw::IgnoresLeftOut, &[Whole, Converges]),
        (Flaw::SweepsUnasked, &[Whole, Converges]),
        (Flaw::KeepsDestroyed, &[Whole, Converges]),
        (Flaw::ForgetsBodies, &[Converges]),
        (Flaw::ForgetsUnanswered, &[Kept]),
        (Flaw::TakesMismatchForDone, &[Kept]),
        (Flaw::SendsUnguarded, &[Once]),
        (Flaw::SendsUnnamed, &[Once]),
        (Flaw::RefusesSilently, &[Kept]),
        (Flaw::DropsLateTick, &[Shown, Kept, Whole]),
        (Flaw::NeverEnds, &[Ends]),
        (Flaw::SparesNothing, &[Spared]),
    ];
    for (broken, expected) in flaws {
        let noticed = move || {
            flaw::set(broken);
            (0..FIXED).find_map(|seed| Some((seed, run(&Plan::from_seed(seed)).1.err()?)))
        };
        let (seed, violation) = thread::spawn(noticed)
            .join()
            .expect("a run")
            .unwrap_or_else(|| panic!("nobody notices {broken:?}"));
        assert!(expected.contains(&violation.property), "{broken:?}, seed {seed}: {violation}");
    }
}
