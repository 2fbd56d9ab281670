//! What has had its time is removed, a little at every run.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;

use super::{Directory, Failure};
use crate::{
    clock,
    domain::{Account, AccountId, Timestamp, UserId},
    store::{CleanupCursor, EXPIRY_PARTITIONS, Expiring, GONE_PART, TOMBSTONES},
};

/// An API key is listed so long after its end.
const LISTED: Duration = Duration::from_secs(30 * 86_400);
/// Items removed at a time.
const AT_ONCE: usize = 8;

/// How much a cleanup did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Accounts that were looked at.
    pub accounts: u64,
    /// Records of deletions removed, past their account's retention.
    pub tombstones: u64,
    /// API keys removed, long expired.
    pub api_keys: u64,
    /// Sessions removed, expired.
    pub sessions: u64,
    /// Counts of login tries removed, their windows over.
    pub login_tries: u64,
    /// Notes of walks over filtered lists removed.
    pub walks: u64,
    /// Imports forgotten that nobody went on with.
    pub imports: u64,
    /// Answers to requests removed, kept for their time.
    pub answers: u64,
    /// Rounds of sealing.
    pub seals: u64,
    /// Whether the time was over before all was done; the next cleanup goes on.
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

impl Directory {
    /// Removes what has expired and the records of deletions past their account's retention, and seals
    /// what can be sealed; of one account alone where one is given. Begins nothing new after `end`, and
    /// goes on there at the next call. Several at once do no harm.
    ///
    /// # Errors
    /// See [`Failure`]; what was removed stays so.
    pub async fn cleanup(&self, only: Option<AccountId>, end: Instant) -> Result<Cleaned, Failure> {
        let mut cleaned = Cleaned::default();
        if let Some(only) = only {
            if let Some(account) = self.account_get(only).await? {
                self.clean_account(&account, UserId::new(0), end, &mut cleaned).await?;
            }
            return Ok(cleaned);
        }
        // What fails for one is no reason to leave the others.
        let mut failed = self.clean_expired(end, &mut cleaned).await.err();
        let cursor = self.store.cleanup_cursor().await?;
        let accounts = self.account_list().await?.into_iter().map(|account| account.id);
        for id in accounts.filter(|id| id.get() >= cursor.account) {
            let start = if id.get() == cursor.account { cursor.tombstone } else { 0 };
            let next = match self.account_get(id).await? {
                // As it stands now: it may have come to keep them longer.
                Some(account) => self.clean_account(&account, UserId::new(start), end, &mut cleaned).await,
                None => Ok(None),
            };
            match next {
                Ok(None) => {}
                Ok(Some(next)) => {
                    let cursor = CleanupCursor { account: id.get(), tombstone: next.get() };
                    self.store.cleanup_cursor_write(cursor).await?;
                    return failed.map_or(Ok(cleaned), Err);
                }
                Err(failure) => {
                    tracing::error!(account = id.get(), %failure, "an account was not cleaned");
                    failed = failed.or(Some(failure));
                }
            }
        }
        if cursor != CleanupCursor::default() {
            self.store.cleanup_cursor_write(CleanupCursor::default()).await?;
        }
        failed.map_or(Ok(cleaned), Err)
    }

    async fn clean_expired(&self, end: Instant, cleaned: &mut Cleaned) -> Result<(), Failure> {
        let now = clock::now();
        let mut removed: BTreeMap<Expiring, u64> = BTreeMap::new();
        for partition in 0..EXPIRY_PARTITIONS {
            let mut start = None;
            loop {
                if Instant::now() >= end {
                    cleaned.is_unfinished = true;
                    break;
                }
                let batch = self.store.expired(partition, now, start).await?;
                let due = batch.found.into_iter().filter(|expired| match expired.kind {
                    Expiring::ApiKey => expired.expires_at.saturating_add(LISTED) < now,
                    _ => true,
                });
                let removing = due.map(|expired| async move {
                    Ok::<_, Failure>((expired.kind, self.store.expired_delete(&expired).await?))
                });
                let mut removing = stream::iter(removing).buffer_unordered(AT_ONCE);
                while let Some((kind, was_there)) = removing.try_next().await? {
                    *removed.entry(kind).or_default() += u64::from(was_there);
                }
                start = batch.further;
                if start.is_none() {
                    break;
                }
            }
        }
        let count = |kind| removed.get(&kind).copied().unwrap_or(0);
        cleaned.api_keys = count(Expiring::ApiKey);
        cleaned.sessions = count(Expiring::Session);
        cleaned.login_tries = count(Expiring::LoginTries);
        cleaned.walks = count(Expiring::Walk);
        cleaned.imports = count(Expiring::Import);
        cleaned.answers = count(Expiring::Answer);
        Ok(())
    }

    /// Where it was left, if the time was over first.
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
        if let Some(kept) = account.settings.deletions_kept {
            let before = clock::now().saturating_sub(kept);
            if let Some(next) = self.clean_tombstones(account.id, (kept, before), start, end, cleaned).await? {
                cleaned.is_unfinished = true;
                return Ok(Some(next));
            }
        }
        cleaned.seals += self.user_seal(account.id).await?;
        cleaned.accounts += 1;
        Ok(None)
    }

    async fn clean_tombstones(
        &self,
        account: AccountId,
        (kept, before): (Duration, Timestamp),
        start: UserId,
        end: Instant,
        cleaned: &mut Cleaned,
    ) -> Result<Option<UserId>, Failure> {
        let mut batches = self.store.deletions(account, None, start, 1_000);
        while let Some(batch) = batches.try_next().await? {
            let due: Vec<_> = batch.found.iter().filter(|gone| gone.deleted_at < before).map(|gone| gone.id).collect();
            let parts = due.chunk_by(|a, b| a.get() / GONE_PART == b.get() / GONE_PART);
            for ids in parts.flat_map(|ids| ids.chunks(TOMBSTONES)) {
                // Where another cleanup was there first, or they are kept longer, the next run sees to them.
                if self.store.tombstones_delete(account, ids, kept).await? {
                    cleaned.tombstones += ids.len() as u64;
                }
            }
            if Instant::now() >= end {
                return Ok(Some(batch.next));
            }
        }
        Ok(None)
    }
}
