//! The input of scheduled events.

use roster_domain::AccountId;
use serde::Deserialize;
use serde_json::Value;

/// The parameters of a scheduled event; usually none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Only this account.
    pub account: Option<AccountId>,
}

/// The event has unknown parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is neither empty nor {{\"account\": 1}}, alone or as the detail of a scheduled event")]
pub struct InvalidInput;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    account: Option<u64>,
}

impl Input {
    /// Reads an event in any format of schedules: a rule's envelope, the scheduler's envelope (its `detail` is a text),
    /// or the bare input.
    ///
    /// # Errors
    /// See [`InvalidInput`].
    pub fn read(event: &Value) -> Result<Self, InvalidInput> {
        let parameters = match event.get("detail-type") {
            Some(_) => event.get("detail").unwrap_or(&Value::Null),
            None => event,
        };
        let inner;
        let parameters = match parameters {
            Value::String(text) if text.trim().is_empty() => &Value::Null,
            Value::String(text) => {
                inner = serde_json::from_str(text).map_err(|_| InvalidInput)?;
                &inner
            }
            value => value,
        };
        if !parameters.is_null() && !parameters.is_object() {
            return Err(InvalidInput);
        }
        let parameters = if parameters.is_null() {
            Parameters::default()
        } else {
            Parameters::deserialize(parameters).map_err(|_| InvalidInput)?
        };
        match parameters.account {
            None => Ok(Self::default()),
            Some(id) => AccountId::parse(&id.to_string()).map(|id| Self { account: Some(id) }).ok_or(InvalidInput),
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
            assert_eq!(Input::read(&event), Err(InvalidInput), "{event}");
        }
    }
}
