//! Users of an account that match a filter.

use std::{future::Future, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use roster_domain::{AccountId, Condition, Failure, ListError, User, UserFilter, UserId};
use tokio::time::Instant;

use crate::{
    Directory,
    cursor::Source,
    ports::{Batch, BatchStream, CursorKey, Store, StoreError},
};

/// Entries of a page of filtered users and of deletions, and of the exceed dialect's lists.
pub const PAGE: u64 = 1000;
/// Changed users that are read one by one; where there are more, reading the account in order is as good, and its pages
/// need not look at all changes again.
const MAX_CHANGES: usize = 20_000;
/// Users looked up at a time.
const CONCURRENCY: usize = 16;

impl<S: Store> Directory<S> {
    /// A page of up to a thousand users of an account that match `filter`, read within `time`. Once `authenticated` is
    /// done, the position is stored from which the next page continues, or the same one after [`ListError::OutOfTime`].
    ///
    /// Users that the filter names by id, code, address or login are read one by one. Users that changed within a time
    /// range are found by an index that may lag. Everything else is read partition by partition. The page includes
    /// every write that completed before this began; a concurrent write may or may not be included.
    ///
    /// # Errors
    /// See [`ListError`].
    pub async fn user_filter(
        &self,
        account: AccountId,
        filter: &UserFilter,
        page: u64,
        time: Duration,
        authenticated: impl Future<Output = ()> + Send,
    ) -> Result<Vec<User>, ListError> {
        let end = Instant::now() + time;
        if let Some(mut named) = self.user_get_named(account, filter).await? {
            named.retain(|user| page == 1 && filter.keeps(user));
            return Ok(named);
        }
        let key = CursorKey::new(account, &("users", filter));
        let updated = filter.conditions().iter().find_map(|condition| match condition {
            Condition::Updated(span) => Some(span),
            _ => None,
        });
        let changed = async {
            match updated {
                Some(span) => self.store.user_changed_ids(account, span, MAX_CHANGES).await.map_err(Failure::from),
                None => Ok(None),
            }
        };
        let last = async {
            let counter = self.store.user_counter(account).await?;
            Ok::<_, Failure>(UserId::new(counter.reserved))
        };
        let (changed, last, start) = tokio::try_join!(changed, last, self.cursor_start(&key, page))?;
        let matching = Matching { store: self.store.clone(), account, filter: filter.clone() };
        let read = match changed {
            Some(ids) => self.cursor_read(&key, page, start, end, &Changed { matching, ids }).await?,
            None => self.cursor_read(&key, page, start, end, &Filtered { matching, last }).await?,
        };
        self.cursor_store(read, authenticated).await
    }

    /// The users that a filter names one by one, if it does, in order of ids. The rest of the filter is not applied yet.
    async fn user_get_named(&self, account: AccountId, filter: &UserFilter) -> Result<Option<Vec<User>>, Failure> {
        let Some(names) = filter.conditions().iter().find_map(names) else { return Ok(None) };
        let reads = names.into_iter().cloned().map(|name| {
            let directory = self.clone();
            async move { directory.user_named(account, &name).await }
        });
        let reads: Vec<_> = reads.collect();
        let found: Vec<_> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
        let mut users: Vec<User> = found.into_iter().flatten().collect();
        users.sort_unstable_by_key(|user| user.id);
        users.dedup_by_key(|user| user.id);
        Ok(Some(users))
    }

    async fn user_named(&self, account: AccountId, name: &Condition) -> Result<Option<User>, Failure> {
        let user = match name {
            Condition::Id(id) => self.user_get(account, *id).await,
            Condition::Code(code) => self.user_find_by_code(account, code).await,
            Condition::Email(email) => self.user_find_by_email(account, email).await,
            Condition::Login(login) => self.user_find_by_login(account, login).await,
            _ => Ok(None),
        };
        Ok(user?.map(|stored| stored.user))
    }
}

/// The single users that a condition names; `None` where it names none.
fn names(condition: &Condition) -> Option<Vec<&Condition>> {
    match condition {
        Condition::Never | Condition::Id(_) | Condition::Code(_) | Condition::Email(_) | Condition::Login(_) => {
            Some(vec![condition])
        }
        Condition::Any(conditions) => {
            conditions.iter().map(names).collect::<Option<Vec<_>>>().map(|names| names.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// The users of an account that match a filter.
#[derive(Clone)]
struct Matching<S> {
    store: S,
    account: AccountId,
    filter: UserFilter,
}

impl<S: Store> Matching<S> {
    async fn get_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let mut users = self.store.user_get_many(self.account, ids).await?;
        users.retain(|user| self.filter.keeps(user));
        Ok(users)
    }
}

/// The account read partition by partition, up to the last id that was reserved.
struct Filtered<S> {
    matching: Matching<S>,
    last: UserId,
}

impl<S: Store> Source for Filtered<S> {
    type Entry = User;

    fn entries(&self, start: UserId, wanted: u64) -> BatchStream<User> {
        let Matching { store, account, filter } = &self.matching;
        store.user_match(*account, filter, start..=self.last, wanted)
    }

    fn ids(&self, start: UserId, wanted: u64) -> BatchStream<UserId> {
        let Matching { store, account, filter } = &self.matching;
        store.user_match_ids(*account, filter, start..=self.last, wanted)
    }

    async fn get_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        self.matching.get_many(ids).await
    }
}

/// The users that have changed, according to an index.
struct Changed<S> {
    matching: Matching<S>,
    ids: Vec<UserId>,
}

impl<S: Store> Source for Changed<S> {
    type Entry = User;

    fn entries(&self, start: UserId, wanted: u64) -> BatchStream<User> {
        let matching = self.matching.clone();
        let rest: Vec<_> = self.ids.iter().copied().filter(|id| *id >= start).collect();
        let size = usize::try_from(wanted.clamp(1, PAGE)).expect("a page has few entries");
        let chunks: Vec<Vec<_>> = rest.chunks(size).map(<[_]>::to_vec).collect();
        stream::iter(chunks)
            .then(move |ids| {
                let matching = matching.clone();
                async move {
                    let next = ids.last().map_or(UserId::LAST, |last| last.next());
                    Ok(Batch { found: matching.get_many(&ids).await?, next })
                }
            })
            .boxed()
    }

    fn ids(&self, start: UserId, wanted: u64) -> BatchStream<UserId> {
        let ids =
            |batch: Batch<User>| Batch { found: batch.found.iter().map(|user| user.id).collect(), next: batch.next };
        self.entries(start, wanted).map_ok(ids).boxed()
    }

    async fn get_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        self.matching.get_many(ids).await
    }
}
