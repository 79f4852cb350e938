//! Filters as trees (RFC 8620 §5.5).

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;

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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A FilterOperator as it travels.
#[derive(Deserialize)]
#[serde(bound = "C: DeserializeOwned")]
struct Joined<C> {
    operator: Operator,
    conditions: Vec<Filter<C>>,
}

impl<'de, C: DeserializeOwned> Deserialize<'de> for Filter<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        // A list would be read as a condition's values one after the other.
        if !value.is_object() {
            return Err(D::Error::custom("a filter is an object"));
        }
        if value.get("operator").is_none() {
            return serde_json::from_value(value).map(Self::Condition).map_err(D::Error::custom);
        }
        let Joined { operator, conditions } = serde_json::from_value(value).map_err(D::Error::custom)?;
        Ok(Self::Operator { operator, conditions })
    }
}

impl<C> Filter<C> {
    /// The conditions that everything fulfils that passes.
    pub fn needed(&self) -> Vec<&C> {
        match self {
            Self::Condition(condition) => vec![condition],
            Self::Operator { operator: Operator::And, conditions } => {
                conditions.iter().flat_map(Self::needed).collect()
            }
            Self::Operator { .. } => Vec::new(),
        }
    }

    /// Whether `holds` is true of any condition, wherever it stands.
    pub fn any(&self, holds: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::Condition(condition) => holds(condition),
            Self::Operator { conditions, .. } => conditions.iter().any(|filter| filter.any(holds)),
        }
    }

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
