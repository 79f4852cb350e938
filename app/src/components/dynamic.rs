//! Views that change. Leptos compiles its machinery once for every closure type that a view holds;
//! handed over here they are all of one type, and the machinery is sent over the network once.

use leptos::prelude::*;

type Draw = Box<dyn Fn() -> AnyView + Send>;

/// A view that is drawn anew whenever a signal changes that `draw` reads.
pub fn dynamic(draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let draw: Draw = Box::new(draw);
    (move || draw()).into_any()
}

/// The same for what is there only at times.
pub fn dynamic_option(draw: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    dynamic(move || draw().unwrap_or_else(|| ().into_any()))
}
