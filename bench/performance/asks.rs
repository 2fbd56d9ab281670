//! What each function is asked for, so that every answer is the whole work.

use std::{cell::Cell, fs};

use serde_json::{Value, json};

use testkit::{
    Account, Server,
    function::{FunctionClient, FunctionRequest, event},
};

/// Users there are before it begins; the last are there to be deleted.
const USERS: u64 = 400;
const DELETABLE: u64 = 200;
const PASSWORD: &str = "correct horse battery";

/// An account with users, on an engine of its own.
pub(crate) struct Asks {
    pub(crate) server: Server,
    pub(crate) account: Account,
    client: FunctionClient,
    /// What no two requests may share.
    next: Cell<u64>,
    /// The last that was asked to be deleted.
    deleted: Cell<u64>,
}

impl Asks {
    pub(crate) fn start() -> Self {
        let server = Server::start_alone();
        let account = Account::create(&server.url, server.data(), &[]);
        for n in 1..=USERS {
            let user = json!({"first_name": "Ada", "last_name": "King", "login": format!("u{n}"), "email": email(n)});
            assert_eq!(account.call("POST", "/api/v2/users", &user.to_string()).status, 201);
        }
        let client = FunctionClient { account: account.id.clone(), key: account.key.clone() };
        let asks = Self { server, account, client, next: Cell::new(0), deleted: Cell::new(USERS - DELETABLE) };
        let mut admin = body("admin-create", 0);
        (admin["username"], admin["email"]) = (json!("root"), json!("root@example.com"));
        assert_eq!(asks.account.call("POST", "/api/v1/users", &admin.to_string()).status, 201);
        asks
    }

    /// Another event of a function, and the status of its answer.
    pub(crate) fn event(&self, function: &str) -> (String, u64) {
        let n = self.next.get() + 1;
        self.next.set(n);
        if function == "ops-cleanup" {
            return ("{}".to_owned(), 0);
        }
        if function == "docs-page" {
            let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/docs-page.json");
            return (fs::read_to_string(sample).unwrap(), 200);
        }
        let id = match function {
            // Each can be deleted once.
            "admin-delete" | "exceed-delete" => {
                self.deleted.set(self.deleted.get() + 1);
                self.deleted.get()
            }
            _ => 1 + n % (USERS - DELETABLE),
        };
        let query = match function {
            "admin-list" => "per_page=15",
            "exceed-list" => "user[email]=u7@example.com",
            _ => "",
        };
        let variables = json!({"user_id": id.to_string(), "id": id.to_string()});
        let sent = FunctionRequest::new(function, variables, query, body(function, n));
        let status = match function {
            "member-create" | "admin-create" | "exceed-create" => 201,
            "member-disabled" => 404,
            _ => 200,
        };
        (event(&self.client, &sent).to_string(), status)
    }

    /// That nothing was lost, made twice or left half done by anybody.
    pub(crate) fn verify(&self) {
        let verified = self.account.roster(&["verify"]);
        assert!(verified.ends_with("all agree"), "{verified}");
    }
}

fn email(n: u64) -> String {
    format!("u{n}@example.com")
}

fn body(function: &str, n: u64) -> Value {
    let new = format!("new{n}@example.com");
    match function {
        "member-create" => {
            json!({"email": new, "first_name": "Ada", "last_name": "King", "password": PASSWORD})
        }
        "member-find" | "member-get-subscriptions" => json!({"email": email(1 + n % 100)}),
        "admin-create" => json!({"username": format!("n{n}"), "email": new, "password": PASSWORD,
            "password_confirmation": PASSWORD, "first_name": "Ada", "last_name": "King", "gender": "female",
            "birthday": "1990-01-01", "role_id": 1}),
        "admin-login" => json!({"username": "root", "password": PASSWORD}),
        "exceed-create" => json!({"first_name": "Ada", "last_name": "King", "login": format!("n{n}"), "email": new,
            "password": PASSWORD}),
        "member-update" | "admin-update" | "exceed-update" => json!({"first_name": format!("Ada {n}")}),
        _ => json!({}),
    }
}
