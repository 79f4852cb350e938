//! A request's body: its envelope, back-references and every method's arguments. Whatever is in it, the
//! fault is the client's.

#![no_main]

use std::cell::OnceCell;

use libfuzzer_sys::fuzz_target;
use tornister_fuzz::school::School;

thread_local! {
    static SCHOOL: OnceCell<School> = const { OnceCell::new() };
}

fuzz_target!(|body: &[u8]| {
    let answer = SCHOOL.with(|school| school.get_or_init(School::open).answer(body));
    for answered in answer.iter().flat_map(|answer| answer["methodResponses"].as_array()).flatten() {
        let kind = &answered[1]["type"];
        let is_ours = answered[0] == "error" && (kind == "serverFail" || kind == "serverUnavailable");
        assert!(!is_ours, "the server blames itself: {answered}");
    }
});
