//! What must hold in the tables at rest, read past all of our own code.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, Region},
    types::AttributeValue,
};
use roster_shared::{
    Directory,
    directory::Hasher,
    domain::{Login, Timestamp},
    store::{self, Store, Tables},
};

type Item = HashMap<String, AttributeValue>;

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

/// Our own directory, on the same tables.
pub fn directory(dynamodb: &str) -> Directory {
    Directory::new(Store::new(client(dynamodb), Tables::from_environment()), Hasher::new(1))
}

fn client(dynamodb: &str) -> Client {
    let credentials = Credentials::new("local", "local", None, None, "test");
    let config =
        store::config().region(Region::from_static("local")).endpoint_url(dynamodb).credentials_provider(credentials);
    Client::from_conf(config.build())
}

async fn scan(client: &Client, table: &str) -> Vec<Item> {
    #[expect(clippy::disallowed_methods, reason = "the truth is what stands in the table")]
    let pages = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    pages.collect::<Result<Vec<_>, _>>().await.unwrap()
}

fn text<'a>(item: &'a Item, attribute: &str) -> &'a str {
    item[attribute].as_s().unwrap()
}
