//! What must hold in the tables at rest, read past all of our own code.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, Region, timeout::TimeoutConfig},
    types::{AttributeValue, PutRequest, WriteRequest},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use roster_directory::Argon2Hasher;
use roster_domain::{Login, Timestamp};
use roster_lambda::Directory;
use roster_store::{self, DynamoDbStore, Tables};

use super::{GENEROUS, wire::Address};

pub type Item = HashMap<String, AttributeValue>;

/// Every claim without its user, every user without its claims.
pub fn violations(dynamodb: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (users, claims) = runtime.block_on(async {
        let client = client(dynamodb);
        (scan(&client, "roster-users").await, scan(&client, "roster-claims").await)
    });
    let mut wanted = BTreeMap::new();
    for user in users.iter().filter(|item| !item.contains_key("void")) {
        let account = text(user, "block").split('#').next().unwrap().to_owned();
        let id = user["id"].as_n().unwrap().clone();
        if let Some(key) = user.get("email_key") {
            let (_, address) = key.as_s().unwrap().split_once('#').unwrap();
            wanted.insert(format!("{account}#email#{address}"), id.clone());
        }
        let login = Login::parse(text(user, "login"), 1000).unwrap();
        wanted.insert(format!("{account}#login#{}", login.key()), id.clone());
        wanted.insert(format!("{account}#code#{}", text(user, "code")), id);
    }
    let held: BTreeMap<_, _> =
        claims.iter().map(|claim| (text(claim, "claim").to_owned(), claim["user"].as_n().unwrap().clone())).collect();
    let missing = wanted
        .iter()
        .filter(|(claim, id)| held.get(*claim) != Some(id))
        .map(|found| format!("user without claim: {found:?}"));
    let orphaned = held
        .iter()
        .filter(|(claim, id)| wanted.get(*claim) != Some(id))
        .map(|found| format!("claim without user: {found:?}"));
    missing.chain(orphaned).collect()
}

/// The ids of an account's users, in order.
pub fn users(dynamodb: &str, account: &str) -> Vec<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let users = runtime.block_on(async { scan(&client(dynamodb), "roster-users").await });
    let own = users.iter().filter(|item| !item.contains_key("void"));
    let own = own.filter(|item| text(item, "block").split('#').next() == Some(account));
    let mut ids: Vec<u64> = own.map(|item| item["id"].as_n().unwrap().parse().unwrap()).collect();
    ids.sort_unstable();
    ids
}

/// Every tombstone.
pub fn tombstones(dynamodb: &str) -> Vec<Item> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { scan(&client(dynamodb), "roster-deletions").await })
}

/// Lets time pass for every count of login tries: its window is over.
pub fn end_login_windows(dynamodb: &str) {
    expire(dynamodb, "tries#");
}

/// Lets time pass for every session.
pub fn end_sessions(dynamodb: &str) {
    expire(dynamodb, "session#");
}

/// When the sessions end.
pub fn session_ends(dynamodb: &str) -> Vec<Timestamp> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let keys = runtime.block_on(async { scan(&client(dynamodb), "roster-keys").await });
    let sessions = keys.iter().filter(|item| text(item, "key").starts_with("session#"));
    sessions.map(|item| Timestamp::try_from(text(item, "expires_at").to_owned()).unwrap()).collect()
}

fn expire(dynamodb: &str, prefix: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = client(dynamodb);
        for item in scan(&client, "roster-keys").await.iter().filter(|item| text(item, "key").starts_with(prefix)) {
            let update = client.update_item().table_name("roster-keys").key("key", item["key"].clone());
            let past = AttributeValue::S("2020-01-01T00:00:00.000000Z".to_owned());
            update
                .update_expression("SET expires_at = :past")
                .expression_attribute_values(":past", past)
                .send()
                .await
                .unwrap();
        }
    });
}

/// Writes one attribute of a user, past all of our own code.
pub fn set(dynamodb: &str, account: &str, user: u64, attribute: &str, value: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let update = client(dynamodb)
        .update_item()
        .table_name("roster-users")
        .key("block", AttributeValue::S(format!("{account}#{}", user / 1024)))
        .key("id", AttributeValue::N(user.to_string()))
        .update_expression("SET #name = :value")
        .expression_attribute_names("#name", attribute)
        .expression_attribute_values(":value", AttributeValue::S(value.to_owned()));
    runtime.block_on(async { update.send().await.unwrap() });
}

/// Writes when a user was deleted, past all of our own code.
pub fn set_deleted_at(dynamodb: &str, account: &str, user: u64, moment: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let update = client(dynamodb)
        .update_item()
        .table_name("roster-deletions")
        .key("account", AttributeValue::N(account.to_owned()))
        .key("id", AttributeValue::N(user.to_string()))
        .update_expression("SET deleted_at = :moment")
        .expression_attribute_values(":moment", AttributeValue::N(milliseconds(moment)));
    runtime.block_on(async { update.send().await.unwrap() });
}

fn milliseconds(moment: &str) -> String {
    Timestamp::try_from(moment.to_owned()).unwrap().as_millisecond().to_string()
}

/// Makes tombstones of the ids from 1 to `last`.
pub fn put_tombstones(dynamodb: &str, account: &str, last: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tomb = |id: &u64| {
        let put = PutRequest::builder()
            .item("account", AttributeValue::N(account.to_owned()))
            .item("id", AttributeValue::N(id.to_string()))
            .item("deleted_at", AttributeValue::N(milliseconds("2024-01-01T00:00:00Z")));
        WriteRequest::builder().put_request(put.build().unwrap()).build()
    };
    runtime.block_on(async {
        let client = client(dynamodb);
        for ids in (1..=last).collect::<Vec<_>>().chunks(25) {
            let writes = ids.iter().map(tomb).collect();
            client.batch_write_item().request_items("roster-deletions", writes).send().await.unwrap();
        }
        // As deletions count in the census.
        for part in 0..=last / 1_024 {
            let gone = (1..=last).filter(|id| id / 1_024 == part).count();
            let letter = char::from(b'a' + u8::try_from(part % 16).unwrap());
            client
                .update_item()
                .table_name("roster-accounts")
                .key("part", AttributeValue::S(format!("{account}#counts")))
                .key("sort", AttributeValue::S(format!("{:010}", part / 16)))
                .update_expression(format!("ADD {letter} :gone, rev :one"))
                .expression_attribute_values(":gone", AttributeValue::N(gone.to_string()))
                .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
                .send()
                .await
                .unwrap();
        }
    });
}

/// Makes copies of user 1, with the ids from 2 on: for lists that would take too long to fill.
/// `edit` makes each a little different. They have no claims.
pub fn copy_users(dynamodb: &str, account: &str, last: u64, edit: impl Fn(u64, &mut Item)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = client(dynamodb);
        let text = |text: String| AttributeValue::S(text);
        let key = HashMap::from([
            ("block".to_owned(), text(format!("{account}#0"))),
            ("id".to_owned(), AttributeValue::N("1".to_owned())),
        ]);
        let first = client.get_item().table_name("roster-users").set_key(Some(key)).send().await.unwrap().item.unwrap();
        let item = |id: u64| {
            let mut item = first.clone();
            item.insert("block".to_owned(), text(format!("{account}#{}", id / 1024)));
            item.insert("id".to_owned(), AttributeValue::N(id.to_string()));
            item.insert("changes".to_owned(), text(format!("{account}#{}", id % 4)));
            item.insert("code".to_owned(), text(format!("i-{id}")));
            item.insert("code_key".to_owned(), text(format!("{account}#i-{id}")));
            item.insert("login".to_owned(), text(format!("copy-{id}")));
            edit(id, &mut item);
            WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(item)).build().unwrap()).build()
        };
        for ids in (2..=last).collect::<Vec<_>>().chunks(25) {
            let writes = ids.iter().map(|id| item(*id)).collect();
            client.batch_write_item().request_items("roster-users", writes).send().await.unwrap();
        }
        client
            .update_item()
            .table_name("roster-accounts")
            .key("part", text(format!("{account}#counter")))
            .key("sort", text("counter".to_owned()))
            .update_expression("SET leased = :last")
            .expression_attribute_values(":last", AttributeValue::N(last.to_string()))
            .send()
            .await
            .unwrap();
    });
}

/// Our own directory, on the same tables. However busy the machine is, no call is given up and made again.
pub fn directory(dynamodb: &str) -> Directory {
    directory_of(patient(dynamodb))
}

/// As [`directory`], behind a connector and with the limits of time that are ours: for a paused clock.
pub fn directory_through(connector: SharedHttpClient) -> Directory {
    directory_of(config("http://localhost").http_client(connector))
}

fn directory_of(config: aws_sdk_dynamodb::config::Builder) -> Directory {
    Directory::new(
        DynamoDbStore::new(Client::from_conf(config.build()), Tables::from_environment()),
        Argon2Hasher::new(1),
    )
}

pub fn client(dynamodb: &str) -> Client {
    Client::from_conf(patient(dynamodb).build())
}

fn patient(dynamodb: &str) -> aws_sdk_dynamodb::config::Builder {
    let limits = TimeoutConfig::builder().operation_attempt_timeout(GENEROUS).operation_timeout(GENEROUS);
    config(dynamodb).timeout_config(limits.build())
}

fn config(dynamodb: &str) -> aws_sdk_dynamodb::config::Builder {
    let Address { url, key, secret } = Address::of(dynamodb);
    let credentials = Credentials::new(key, secret, None, None, "test");
    roster_store::config().region(Region::from_static("local")).endpoint_url(url).credentials_provider(credentials)
}

/// From here on no use of an account's keys is noted, in any hour.
pub fn record_no_key_uses(dynamodb: &str, account: &str) {
    let future = AttributeValue::S("9999-01-01T00".to_owned());
    let own = AttributeValue::N(account.to_owned());
    set_on_keys(dynamodb, |key| key.get("account") == Some(&own), "last_used", &future);
}

/// A key has ended.
pub fn end_key(dynamodb: &str, id: &str) {
    let past = AttributeValue::S("2024-01-01T00:00:00.000000Z".to_owned());
    set_on_keys(dynamodb, |key| text(key, "key") == format!("api-key#{id}"), "expires_at", &past);
}

async fn scan(client: &Client, table: &str) -> Vec<Item> {
    #[expect(clippy::disallowed_methods, reason = "the raw_tables is what stands in the table")]
    let pages = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    pages.collect::<Result<Vec<_>, _>>().await.unwrap()
}

fn text<'a>(item: &'a Item, attribute: &str) -> &'a str {
    item[attribute].as_s().unwrap()
}

fn set_on_keys(dynamodb: &str, which: impl Fn(&Item) -> bool, attribute: &str, value: &AttributeValue) {
    let corrupter = Corrupter::new(dynamodb);
    for mut key in corrupter.items("keys", "key", "api-key#").into_iter().filter(which) {
        key.insert(attribute.to_owned(), value.clone());
        corrupter.put("keys", key);
    }
}

/// Items of all tables, to be set wrong on purpose.
pub struct Corrupter {
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Corrupter {
    pub fn new(dynamodb: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { client: client(dynamodb), runtime }
    }

    /// The items of a table (`users`) whose key attribute begins so.
    pub fn items(&self, table: &str, attribute: &str, beginning: &str) -> Vec<Item> {
        let all = self.runtime.block_on(scan(&self.client, &format!("roster-{table}")));
        let begins = |item: &Item| match item.get(attribute) {
            Some(AttributeValue::S(text)) => text.starts_with(beginning),
            Some(AttributeValue::N(number)) => number == beginning,
            _ => false,
        };
        all.into_iter().filter(begins).collect()
    }

    pub fn put(&self, table: &str, item: Item) {
        let put = self.client.put_item().table_name(format!("roster-{table}")).set_item(Some(item));
        self.runtime.block_on(put.send()).unwrap();
    }

    /// Removes an item by the attributes of its key.
    pub fn delete(&self, table: &str, item: &Item, key: &[&str]) {
        let key = key.iter().map(|name| ((*name).to_owned(), item[*name].clone())).collect();
        let delete = self.client.delete_item().table_name(format!("roster-{table}")).set_key(Some(key));
        self.runtime.block_on(delete.send()).unwrap();
    }
}
