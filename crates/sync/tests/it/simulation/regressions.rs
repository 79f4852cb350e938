//! Plans that failed once, shrunk.

use tornister_sync::{
    engine::Limits,
    kind::DataType::{DayNote, Email, Mailbox, Task},
};

use super::{
    plan::{
        Act::{Create, Destroy, Dismiss, Edit, Forget, Label, Refuse, Seen, Tick},
        Plan,
        Step::{self, Always, Crash, Do, During, Full, Once, Race, Sync},
    },
    run,
};
use crate::server::Trouble::{CannotCalculate, Endless, ObjectLeftOut, Stuck};

fn holds(calls: usize, get: usize, set: usize, steps: &[Step]) {
    for forgets_names in [false, true] {
        let plan = Plan { limits: Limits { calls, get, set }, forgets_names, steps: steps.to_vec() };
        if let Err(violation) = run(&plan).1 {
            panic!("{violation}");
        }
    }
}

#[test]
fn an_object_that_a_resynchronisation_misses_is_asked_for_before_it_goes() {
    holds(12, 2, 1, &[Do(Create(Mailbox)), Sync, Once(CannotCalculate), Once(ObjectLeftOut), Sync]);
    holds(64, 2, 1, &[Do(Create(DayNote)), Sync, Once(Stuck), Once(ObjectLeftOut), Do(Forget), Sync]);
}

#[test]
fn two_processes_share_a_resynchronisation() {
    let mails = [Do(Create(Email)); 7];
    holds(64, 2, 10, &[&mails[..], &[Sync, Once(CannotCalculate), Race(989_998_080)]].concat());
    holds(16, 2, 1, &[&mails[..5], &[Sync, Do(Forget), Race(865_701_246)]].concat());
}

#[test]
fn a_type_whose_changes_have_no_room_comes_first_in_the_next_request() {
    holds(12, 3, 1, &[Do(Create(Task)), Sync, Do(Tick(3, 2)), Do(Edit(Task, 12))]);
    holds(12, 50, 10, &[Do(Create(Email)), Crash(9), Sync, Do(Create(Email)), Do(Label(4))]);
}

#[test]
fn an_older_answer_of_another_process_never_has_the_last_word() {
    let mails = [Do(Create(Email)); 3];
    let rest =
        [Sync, Once(ObjectLeftOut), Once(Stuck), Do(Destroy(Email, 19)), Do(Label(5)), Race(161_781_152)];
    holds(16, 5, 10, &[&mails[..], &rest].concat());
    holds(16, 5, 10, &[Do(Create(Task)), Sync, Do(Tick(0, 4)), Race(3_348_535_723)]);
    holds(16, 5, 1, &[During(13, Destroy(Email, 19)), Do(Create(Email)), Race(44_414_262)]);
    holds(16, 5, 10, &[Do(Create(Email)), During(12, Destroy(Email, 20)), Race(307_129_456)]);
}

#[test]
fn what_another_process_has_learned_of_a_change_is_not_overwritten() {
    let steps = [Do(Create(Email)), Do(Refuse(true)), Sync, Do(Seen(4, true)), Do(Forget), Race(523_632_301)];
    holds(64, 3, 2, &steps);
}

#[test]
fn a_refusal_is_told_only_once_the_servers_word_stands() {
    let mails = [Do(Create(Email)); 2];
    let rest = [Sync, Once(Stuck), Do(Refuse(true)), Do(Seen(3, false)), Sync, Do(Dismiss)];
    holds(16, 2, 2, &[&mails[..], &rest].concat());
}

#[test]
fn two_processes_before_a_server_without_end_give_way() {
    let steps =
        [Do(Create(Email)), Sync, Do(Label(0)), Always(Endless), Sync, Do(Seen(0, true)), Race(111_769_808)];
    holds(64, 2, 1, &steps);
}

#[test]
fn a_change_of_nothing_may_be_the_last_that_happens_to_an_object() {
    let steps = [Do(Create(Task)), Sync, Do(Tick(1, 2)), Do(Tick(0, 0)), During(9, Destroy(Task, 29)), Sync];
    holds(16, 3, 10, &steps);
}

#[test]
fn a_wish_for_what_the_server_has_lost_ends_also_after_a_device_was_full() {
    let before = [Do(Create(Email)), Do(Create(Email)), Do(Destroy(Email, 24)), Full(true)];
    holds(16, 50, 1, &[&before[..], &[Do(Destroy(Email, 27)), Sync, Do(Create(Email))]].concat());
}
