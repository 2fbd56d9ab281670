use serde::Deserialize;
use serde_json::Value;

use crate::domain::AccountId;

/// What a scheduled event asks for; nothing, as a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// This account alone.
    pub account: Option<AccountId>,
}

/// The event asks for what no task knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is neither empty nor {{\"account\": 1}}, alone or as the detail of a scheduled event")]
pub struct BadInput;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    account: Option<u64>,
}

impl Input {
    /// Reads an event in any of the shapes in which schedules come: a rule's envelope, the scheduler's
    /// envelope (its `detail` is a text), or the bare input.
    ///
    /// # Errors
    /// See [`BadInput`].
    pub fn read(event: &Value) -> Result<Self, BadInput> {
        let asked = match event.get("detail-type") {
            Some(_) => event.get("detail").unwrap_or(&Value::Null),
            None => event,
        };
        let inner;
        let asked = match asked {
            Value::String(text) if text.trim().is_empty() => &Value::Null,
            Value::String(text) => {
                inner = serde_json::from_str(text).map_err(|_| BadInput)?;
                &inner
            }
            value => value,
        };
        if !asked.is_null() && !asked.is_object() {
            return Err(BadInput);
        }
        let asked = if asked.is_null() { Asked::default() } else { Asked::deserialize(asked).map_err(|_| BadInput)? };
        match asked.account {
            None => Ok(Self::default()),
            Some(id) => AccountId::parse(&id.to_string()).map(|id| Self { account: Some(id) }).ok_or(BadInput),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_come_in_three_shapes() {
        let envelope = |detail: Value| json!({"version": "0", "detail-type": "Scheduled Event", "account": "123456789012", "detail": detail});
        let all = [json!({}), Value::Null, envelope(json!({})), envelope(json!("{}")), envelope(json!(""))];
        for event in all {
            assert_eq!(Input::read(&event), Ok(Input::default()), "{event}");
        }
        let one = Ok(Input { account: AccountId::parse("7") });
        for event in [json!({"account": 7}), envelope(json!({"account": 7})), envelope(json!("{\"account\": 7}"))] {
            assert_eq!(Input::read(&event), one, "{event}");
        }
        for event in [
            json!([]),
            json!(7),
            json!({"account": 0}),
            json!({"account": "7"}),
            json!({"acount": 7}),
            json!("x"),
            json!({"account": 1.5}),
            envelope(json!("{")),
            envelope(json!([1])),
        ] {
            assert_eq!(Input::read(&event), Err(BadInput), "{event}");
        }
    }
}
