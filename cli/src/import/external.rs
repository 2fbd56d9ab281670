//! An index of users by external id. It is built once from all users of the account, and stored on disk so that memory
//! does not grow with the account.

use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use roster_domain::{AccountId, Decimal, UserId};
use roster_lambda::Directory;
use rusqlite::{Connection, params};

pub(super) struct ExternalIds(Connection);

impl ExternalIds {
    /// Builds the index from the account.
    pub(super) async fn read(directory: &Directory, account: AccountId) -> anyhow::Result<Self> {
        // An empty name means a temporary file that is deleted when the connection closes.
        let own = Self(Connection::open("").context("there is no place for the external ids")?);
        own.0.execute_batch(
            "PRAGMA journal_mode = OFF; CREATE TABLE ids (external TEXT, user INTEGER); BEGIN;
             CREATE INDEX by_external ON ids (external);",
        )?;
        let mut users = directory.user_stream(account);
        while let Some(users) = users.try_next().await? {
            for (user, _) in users {
                if let Some(external) = &user.attributes.external_id {
                    own.add(external, user.id)?;
                }
            }
        }
        Ok(own)
    }

    pub(super) fn add(&self, external: &Decimal, user: UserId) -> anyhow::Result<()> {
        let mut insert = self.0.prepare_cached("INSERT INTO ids VALUES (?1, ?2)")?;
        insert.execute(params![external.as_str(), i64::try_from(user.get())?])?;
        Ok(())
    }

    /// At most two of the users with this external id.
    pub(super) fn users(&self, external: &Decimal) -> anyhow::Result<Vec<UserId>> {
        let mut select = self.0.prepare_cached("SELECT DISTINCT user FROM ids WHERE external = ?1 LIMIT 2")?;
        let ids = select.query_map([external.as_str()], |row| row.get::<_, i64>(0))?;
        let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
        Ok(ids.into_iter().filter_map(|id| u64::try_from(id).ok()).map(UserId::new).collect())
    }
}
