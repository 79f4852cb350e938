//! Filters of any type: conditions, joined.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// A FilterOperator (RFC 8620 §5.5) or one condition.
#[derive(Clone, Debug)]
pub enum Tree<C> {
    Leaf(C),
    All(Vec<Tree<C>>),
    Any(Vec<Tree<C>>),
    None(Vec<Tree<C>>),
}

pub fn tree<C: Clone + std::fmt::Debug + 'static>(
    condition: impl Strategy<Value = C> + 'static,
) -> impl Strategy<Value = Tree<C>> {
    condition.prop_map(Tree::Leaf).prop_recursive(3, 12, 3, |inner| {
        let some = || vec(inner.clone(), 1..4);
        prop_oneof![some().prop_map(Tree::All), some().prop_map(Tree::Any), some().prop_map(Tree::None)]
    })
}

impl<C> Tree<C> {
    pub fn to_json(&self, condition: &impl Fn(&C) -> Value) -> Value {
        let (operator, inner) = match self {
            Self::Leaf(leaf) => return condition(leaf),
            Self::All(inner) => ("AND", inner),
            Self::Any(inner) => ("OR", inner),
            Self::None(inner) => ("NOT", inner),
        };
        let conditions: Vec<Value> = inner.iter().map(|one| one.to_json(condition)).collect();
        json!({ "operator": operator, "conditions": conditions })
    }

    pub fn holds(&self, condition: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::Leaf(leaf) => condition(leaf),
            Self::All(inner) => inner.iter().all(|one| one.holds(condition)),
            Self::Any(inner) => inner.iter().any(|one| one.holds(condition)),
            Self::None(inner) => !inner.iter().any(|one| one.holds(condition)),
        }
    }
}
