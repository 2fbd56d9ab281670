use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use roster_domain::{Account, AccountId, Failure, Timestamp, UserId};
use tokio::time::Instant;

use crate::{
    Directory, clock,
    ports::{CleanupCursor, Kind, Store},
    timeouts::EXPIRED_API_KEY,
};

/// Items removed at a time.
const CONCURRENCY: usize = 8;
/// Tombstones read at a time.
const BATCH: u64 = 1_000;

/// How much a cleanup did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Accounts that were cleaned.
    pub accounts: u64,
    /// Records of deletions removed, past their account's retention.
    pub tombstones: u64,
    /// API keys removed, long expired.
    pub api_keys: u64,
    /// Sessions removed.
    pub sessions: u64,
    /// Records of login attempts removed.
    pub login_tries: u64,
    /// Positions in filtered lists removed.
    pub walks: u64,
    /// Expired states of imports removed.
    pub imports: u64,
    /// Stored responses removed.
    pub answers: u64,
    /// Rounds of sealing.
    pub seals: u64,
    /// Whether time ran out before all was done; the next cleanup continues.
    pub is_unfinished: bool,
}

impl Cleaned {
    /// Every count by its name.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 9] {
        [
            ("accounts", self.accounts),
            ("tombstones", self.tombstones),
            ("api_keys", self.api_keys),
            ("sessions", self.sessions),
            ("login_tries", self.login_tries),
            ("walks", self.walks),
            ("imports", self.imports),
            ("answers", self.answers),
            ("seals", self.seals),
        ]
    }
}

impl<S: Store> Directory<S> {
    /// Removes expired items and the records of deletions past their account's retention, and seals what can be sealed.
    /// With an account, it cleans only that one. It begins nothing new after `end`; the next call continues there.
    /// Concurrent cleanups do no harm.
    ///
    /// # Errors
    /// See [`Failure`]; what was removed stays removed.
    pub async fn cleanup(&self, only: Option<AccountId>, end: Instant) -> Result<Cleaned, Failure> {
        let mut cleaned = Cleaned::default();
        if let Some(only) = only {
            if let Some(account) = self.account_get(only).await? {
                self.clean_account(&account, UserId::new(0), end, &mut cleaned).await?;
            }
            return Ok(cleaned);
        }
        // A failure of one account does not stop the cleanup of the others.
        let mut failed = self.clean_expired(end, &mut cleaned).await.err();
        let cursor = self.store.cleanup_cursor_get().await?;
        let accounts = self.account_list().await?.into_iter().map(|account| account.id);
        for id in accounts.filter(|id| id.get() >= cursor.account) {
            let start = if id.get() == cursor.account { cursor.tombstone } else { 0 };
            let next = match self.account_get(id).await? {
                // As it is now: its retention may have changed.
                Some(account) => self.clean_account(&account, UserId::new(start), end, &mut cleaned).await,
                None => Ok(None),
            };
            match next {
                Ok(None) => {}
                Ok(Some(next)) => {
                    let cursor = CleanupCursor { account: id.get(), tombstone: next.get() };
                    self.store.cleanup_cursor_put(cursor).await?;
                    return failed.map_or(Ok(cleaned), Err);
                }
                Err(failure) => {
                    tracing::error!(account = id.get(), %failure, "an account was not cleaned");
                    failed = failed.or(Some(failure));
                }
            }
        }
        if cursor != CleanupCursor::default() {
            self.store.cleanup_cursor_put(CleanupCursor::default()).await?;
        }
        failed.map_or(Ok(cleaned), Err)
    }

    async fn clean_expired(&self, end: Instant, cleaned: &mut Cleaned) -> Result<(), Failure> {
        let now = clock::now();
        let mut removed: BTreeMap<Kind, u64> = BTreeMap::new();
        let mut batches = self.store.expired_stream(now);
        loop {
            if Instant::now() >= end {
                cleaned.is_unfinished = true;
                break;
            }
            let Some(batch) = batches.try_next().await? else { break };
            let due = batch.into_iter().filter(|expired| match expired.kind {
                Kind::ApiKey => expired.expires_at.saturating_add(EXPIRED_API_KEY) < now,
                _ => true,
            });
            let deletes = due.map(|expired| async move {
                Ok::<_, Failure>((expired.kind, self.store.expired_delete(&expired).await?))
            });
            let mut deletes = stream::iter(deletes).buffer_unordered(CONCURRENCY);
            while let Some((kind, is_removed)) = deletes.try_next().await? {
                *removed.entry(kind).or_default() += u64::from(is_removed);
            }
        }
        let count = |kind| removed.get(&kind).copied().unwrap_or(0);
        cleaned.api_keys = count(Kind::ApiKey);
        cleaned.sessions = count(Kind::Session);
        cleaned.login_tries = count(Kind::LoginTries);
        cleaned.walks = count(Kind::Cursor);
        cleaned.imports = count(Kind::ImportJob);
        cleaned.answers = count(Kind::Response);
        Ok(())
    }

    /// Where it stopped, if time ran out first.
    async fn clean_account(
        &self,
        account: &Account,
        start: UserId,
        end: Instant,
        cleaned: &mut Cleaned,
    ) -> Result<Option<UserId>, Failure> {
        if Instant::now() >= end {
            cleaned.is_unfinished = true;
            return Ok(Some(start));
        }
        if let Some(retention) = account.settings.deletions_kept {
            let before = clock::now().saturating_sub(retention);
            if let Some(next) = self.clean_tombstones(account.id, (retention, before), start, end, cleaned).await? {
                cleaned.is_unfinished = true;
                return Ok(Some(next));
            }
        }
        cleaned.seals += self.census_seal(account.id).await?;
        cleaned.accounts += 1;
        Ok(None)
    }

    async fn clean_tombstones(
        &self,
        account: AccountId,
        (retention, before): (Duration, Timestamp),
        start: UserId,
        end: Instant,
        cleaned: &mut Cleaned,
    ) -> Result<Option<UserId>, Failure> {
        let mut batches = self.store.deletion_stream(account, None, start, BATCH);
        while let Some(batch) = batches.try_next().await? {
            let due = batch.found.iter().filter(|deletion| deletion.deleted_at < before);
            let due: Vec<_> = due.map(|deletion| deletion.id).collect();
            cleaned.tombstones += self.store.deletion_purge(account, &due, retention).await?;
            if Instant::now() >= end {
                return Ok(Some(batch.next));
            }
        }
        Ok(None)
    }
}
