//! Example requests to try after the first start of the server.

/// A request of one dialect.
pub(crate) struct FirstCall {
    /// `Member API`
    pub(crate) dialect: &'static str,
    /// The action: `create a user`.
    pub(crate) does: &'static str,
    /// The command, on lines that a shell joins.
    pub(crate) command: String,
}

/// A request of each dialect to the server at `url`, with `key` or a variable that contains one.
pub(crate) fn first_calls(url: &str, key: &str) -> [FirstCall; 3] {
    let key = format!("-H \"Authorization: Bearer {key}\"");
    let new = r#"{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace"}"#;
    let create =
        format!("curl -sS {url}/api/users \\\n  {key} \\\n  -H 'Content-Type: application/json' \\\n  -d '{new}'");
    let list = format!("curl -sS {url}/api/v1/users \\\n  {key}");
    let find = format!("curl -sSg '{url}/api/v2/users.xml?user[email]=ada@example.com' \\\n  {key}");
    [
        FirstCall { dialect: "Member API", does: "create a user", command: create },
        FirstCall { dialect: "Admin API", does: "list the users", command: list },
        FirstCall { dialect: "Exceed API", does: "look one up, in XML", command: find },
    ]
}
