//! Filters as trees (RFC 8620 §5.5).

use serde::Deserialize;

/// How a [`Filter::Operator`] joins its conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operator {
    /// All must hold.
    And,
    /// One must hold.
    Or,
    /// None may hold.
    Not,
}

/// A FilterOperator or a FilterCondition of type `C`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Filter<C> {
    /// Joined filters.
    Operator {
        /// How.
        operator: Operator,
        /// What.
        conditions: Vec<Filter<C>>,
    },
    /// One condition.
    Condition(C),
}

impl<C> Filter<C> {
    /// Whether an object passes, where `holds` decides a condition.
    pub fn passes(&self, holds: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::Condition(condition) => holds(condition),
            Self::Operator { operator, conditions } => {
                let mut inner = conditions.iter().map(|filter| filter.passes(holds));
                match operator {
                    Operator::And => inner.all(|passes| passes),
                    Operator::Or => inner.any(|passes| passes),
                    Operator::Not => !inner.any(|passes| passes),
                }
            }
        }
    }
}
