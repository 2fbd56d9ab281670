//! Cursors of lists, in the table of keys.

use roster_directory::ports::{Cursor, CursorKey, CursorSlot, CursorStore, StoreError};
use roster_domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DynamoDbStore, error::sdk_error, expiry, item};

fn item_key(key: &CursorKey, slot: CursorSlot) -> String {
    let prefix = format!("walk#{}#{}", key.account(), key.hash());
    match slot {
        CursorSlot::Page(page) => format!("{prefix}#{page}"),
        CursorSlot::Unfinished => format!("{prefix}#unfinished"),
    }
}

#[derive(Serialize, Deserialize)]
struct CursorItem {
    key: String,
    #[serde(flatten)]
    cursor: Cursor,
    expires_at: Timestamp,
    expiry: String,
}

impl CursorStore for DynamoDbStore {
    async fn cursor_get(
        &self,
        key: &CursorKey,
        slot: CursorSlot,
        now: Timestamp,
    ) -> Result<Option<Cursor>, StoreError> {
        let Some(item) = self.key_item(item_key(key, slot)).await? else { return Ok(None) };
        let item: CursorItem = item::from_item(item)?;
        Ok((now < item.expires_at).then_some(item.cursor))
    }

    async fn cursor_put(
        &self,
        key: &CursorKey,
        slot: CursorSlot,
        cursor: &Cursor,
        end: Timestamp,
    ) -> Result<(), StoreError> {
        let key = item_key(key, slot);
        let item = CursorItem { expiry: expiry::partition(&key), key, cursor: cursor.clone(), expires_at: end };
        let item = item::to_item(item)?;
        self.client.put_item().table_name(&self.tables.keys).set_item(Some(item)).send().await.map_err(sdk_error)?;
        Ok(())
    }

    async fn cursor_delete(&self, key: &CursorKey, slot: CursorSlot) -> Result<(), StoreError> {
        self.key_delete(item_key(key, slot)).await
    }
}
