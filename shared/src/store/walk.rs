//! How far walks over the pages of a list have come: small items that anybody may lose.

use std::{
    fmt::Write as _,
    hash::{Hash, Hasher},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Store, StoreError, expiry};
use crate::domain::{AccountId, Timestamp, UserId};

/// What a walk goes over, told from every other by a hash that nobody can make two of.
#[derive(Clone, Debug)]
pub(crate) struct WalkKey(String);

impl WalkKey {
    /// The walk over what is `asked` of an account.
    pub(crate) fn new(account: AccountId, asked: &impl Hash) -> Self {
        let mut digest = Digest(Sha256::new());
        asked.hash(&mut digest);
        let mut key = format!("walk#{account}#");
        for octet in digest.0.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(key, "{octet:02x}");
        }
        Self(key)
    }

    fn item(&self, place: Place) -> String {
        match place {
            Place::Page(page) => format!("{}#{page}", self.0),
            Place::Unfinished => format!("{}#unfinished", self.0),
        }
    }
}

/// Feeds all that is hashed to SHA-256; its short result is never asked for.
struct Digest(Sha256);

impl Hasher for Digest {
    fn write(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// Where in a walk a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At the beginning of a page.
    Page(u64),
    /// Where a reading ran out of time.
    Unfinished,
}

/// A point that a walk has reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// How many were found so far.
    pub(crate) found: u64,
    /// Where the reading goes on: all before has been looked at.
    pub(crate) next: UserId,
    /// The last of those found: the beginning of a page of which the rest is yet to be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) held: Vec<UserId>,
}

#[derive(Serialize, Deserialize)]
struct PointItem {
    key: String,
    #[serde(flatten)]
    point: Point,
    expires_at: Timestamp,
    expiry: String,
}

impl Store {
    /// The point that stands at a place, if there is one and it is still good.
    pub(crate) async fn walk_read(
        &self,
        key: &WalkKey,
        place: Place,
        now: Timestamp,
    ) -> Result<Option<Point>, StoreError> {
        let Some(item) = self.key_item(key.item(place)).await? else { return Ok(None) };
        let item: PointItem = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?;
        Ok((now < item.expires_at).then_some(item.point))
    }

    /// Keeps a point until `end`.
    pub(crate) async fn walk_write(
        &self,
        key: &WalkKey,
        place: Place,
        point: &Point,
        end: Timestamp,
    ) -> Result<(), StoreError> {
        let key = key.item(place);
        let item = PointItem { expiry: expiry::partition(&key), key, point: point.clone(), expires_at: end };
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(item)?;
        self.client.put_item().table_name(&self.tables.keys).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Forgets a point.
    pub(crate) async fn walk_delete(&self, key: &WalkKey, place: Place) -> Result<(), StoreError> {
        self.key_delete(key.item(place)).await
    }
}
