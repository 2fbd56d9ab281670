//! Users of an account whom a filter keeps.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;

use super::{
    Directory, Failure, PAGE, Walked,
    walk::{Reading, Stream},
};
use crate::{
    domain::{AccountId, Condition, User, UserFilter, UserId},
    store::{Batch, Store, StoreError, WalkKey},
};

/// Changes that are followed one by one; where there are more, reading the account in order is as
/// good, and pages of it need not look at all changes again.
const CHANGES: usize = 20_000;

impl Directory {
    /// The page, of a thousand, of an account's users whom `filter` keeps.
    ///
    /// Whoever is named by id, code, address or login is read alone; changes within a time, by an
    /// index that may lag; everything else, block by block. A write that was answered before this
    /// began is in it; one that overlaps is in it or not.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn user_filtered(
        &self,
        account: AccountId,
        filter: &UserFilter,
        page: u64,
        patience: Duration,
    ) -> Result<Walked<User>, Failure> {
        let end = Instant::now() + patience;
        if let Some(mut named) = self.user_named(account, filter).await? {
            named.retain(|user| page == 1 && filter.keeps(user));
            return Ok(Walked::from(named));
        }
        let key = WalkKey::new(account, &("users", filter));
        let updated = filter.conditions().iter().find_map(|condition| match condition {
            Condition::Updated(span) => Some(span),
            _ => None,
        });
        let changed = async {
            match updated {
                Some(span) => self.store.user_changed_ids(account, span, CHANGES).await.map_err(Failure::from),
                None => Ok(None),
            }
        };
        let last = async {
            let counter = self.store.user_counter(account).await?;
            Ok::<_, Failure>(UserId::new(counter.leased))
        };
        let (changed, last, start) = tokio::try_join!(changed, last, self.walk_start(&key, page))?;
        let within = Within { store: self.store.clone(), account, filter: filter.clone() };
        match changed {
            Some(ids) => self.walk(&key, page, start, end, &Changed { within, ids }).await,
            None => self.walk(&key, page, start, end, &Sifted { within, last }).await,
        }
    }

    /// The users that a filter names one by one, if it does, in order of ids. The rest of the filter is not applied yet.
    async fn user_named(&self, account: AccountId, filter: &UserFilter) -> Result<Option<Vec<User>>, Failure> {
        let Some(names) = filter.conditions().iter().find_map(names) else { return Ok(None) };
        let reading = names.into_iter().cloned().map(|name| {
            let directory = self.clone();
            async move { directory.user_of(account, &name).await }
        });
        let reading: Vec<_> = reading.collect();
        let found: Vec<_> = stream::iter(reading).buffered(LOOK_UPS).try_collect().await?;
        let mut users: Vec<User> = found.into_iter().flatten().collect();
        users.sort_unstable_by_key(|user| user.id);
        users.dedup_by_key(|user| user.id);
        Ok(Some(users))
    }

    async fn user_of(&self, account: AccountId, name: &Condition) -> Result<Option<User>, Failure> {
        match name {
            Condition::Id(id) => self.user_get(account, *id).await,
            Condition::Code(code) => self.user_find_by_code(account, code).await,
            Condition::Email(email) => self.user_find_by_email(account, email).await,
            Condition::Login(login) => self.user_find_by_login(account, login).await,
            _ => Ok(None),
        }
    }
}

/// Look-ups that are under way at a time.
const LOOK_UPS: usize = 16;

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

/// What is kept of an account.
#[derive(Clone)]
struct Within {
    store: Store,
    account: AccountId,
    filter: UserFilter,
}

impl Within {
    async fn held(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let mut users = self.store.user_read_all(self.account, ids).await?;
        users.retain(|user| self.filter.keeps(user));
        Ok(users)
    }
}

/// The account read block by block, up to the last id that was given.
struct Sifted {
    within: Within,
    last: UserId,
}

impl Reading for Sifted {
    type Found = User;

    fn entries(&self, start: UserId, wanted: u64) -> Stream<User> {
        let Within { store, account, filter } = &self.within;
        store.user_matches(*account, filter, start..=self.last, wanted)
    }

    fn ids(&self, start: UserId, wanted: u64) -> Stream<UserId> {
        let Within { store, account, filter } = &self.within;
        store.user_match_ids(*account, filter, start..=self.last, wanted)
    }

    async fn held(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        self.within.held(ids).await
    }
}

/// Users of whom an index tells.
struct Changed {
    within: Within,
    ids: Vec<UserId>,
}

impl Reading for Changed {
    type Found = User;

    fn entries(&self, start: UserId, wanted: u64) -> Stream<User> {
        let within = self.within.clone();
        let rest: Vec<_> = self.ids.iter().copied().filter(|id| *id >= start).collect();
        let size = usize::try_from(wanted.clamp(1, PAGE)).unwrap_or(1);
        let chunks: Vec<Vec<_>> = rest.chunks(size).map(<[_]>::to_vec).collect();
        stream::iter(chunks)
            .then(move |ids| {
                let within = within.clone();
                async move {
                    let next = ids.last().map_or(UserId::LAST, |last| last.next());
                    Ok(Batch { found: within.held(&ids).await?, next })
                }
            })
            .boxed()
    }

    fn ids(&self, start: UserId, wanted: u64) -> Stream<UserId> {
        let ids =
            |batch: Batch<User>| Batch { found: batch.found.iter().map(|user| user.id).collect(), next: batch.next };
        self.entries(start, wanted).map_ok(ids).boxed()
    }

    async fn held(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        self.within.held(ids).await
    }
}
