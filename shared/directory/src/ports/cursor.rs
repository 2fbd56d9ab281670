use std::{
    future::Future,
    hash::{Hash, Hasher},
};

use roster_domain::{AccountId, Timestamp, UserId, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::StoreError;

/// How far lists that have no random access were read. Losing a cursor makes a list slower, not wrong.
pub trait CursorStore {
    /// The cursor in a slot, if there is one that has not expired.
    fn cursor_get(
        &self,
        key: &CursorKey,
        slot: CursorSlot,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Cursor>, StoreError>> + Send;

    /// Stores a cursor until `end`.
    fn cursor_put(
        &self,
        key: &CursorKey,
        slot: CursorSlot,
        cursor: &Cursor,
        end: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Removes a cursor.
    fn cursor_delete(&self, key: &CursorKey, slot: CursorSlot) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Names a list by a cryptographic hash of its parameters, so that no client can make two lists share cursors.
#[derive(Clone, Debug)]
pub struct CursorKey {
    account: AccountId,
    hash: String,
}

impl CursorKey {
    /// The list of an account with these parameters.
    #[must_use]
    pub fn new(account: AccountId, parameters: &impl Hash) -> Self {
        let mut digest = DigestHasher(Sha256::new());
        parameters.hash(&mut digest);
        Self { account, hash: hex(digest.0.finalize().iter()) }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The hash, as hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// Feeds all that is hashed to SHA-256; its short result is never used.
struct DigestHasher(Sha256);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// Which cursor of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorSlot {
    /// The beginning of a page.
    Page(u64),
    /// Where a reading ran out of time.
    Unfinished,
}

/// A position that a list was read to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// How many entries were found before it.
    pub found: u64,
    /// Where the reading continues: all ids before this one have been read.
    pub next: UserId,
    /// The last of the entries found: the beginning of a page whose rest has not been read.
    #[serde(default, rename = "held", skip_serializing_if = "Vec::is_empty")]
    pub partial_page: Vec<UserId>,
}
