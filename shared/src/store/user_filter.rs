//! Users of an account whom a filter keeps, in order of their ids: read block by block, several at
//! a time, sifted where they are stored.

use std::{collections::HashMap, ops::RangeInclusive, sync::Arc};

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream, FuturesOrdered},
};

use super::{
    Item, Store, StoreError,
    batch::Batch,
    query::all,
    user_item::{self, BLOCK, PROFILE},
};
use crate::domain::{AccountId, Condition, ProfileTest, ProfileValue, Span, User, UserFilter, UserId};

/// Blocks under way at first, before anything is known of how many users match.
const AT_FIRST: u64 = 2;
/// Blocks under way at most.
const AT_MOST: u64 = 16;

impl Store {
    /// The users whom `filter` keeps, in a range of ids. No more is read ahead than `wanted` of
    /// them are likely to need.
    pub(crate) fn user_matches(
        &self,
        account: AccountId,
        filter: &UserFilter,
        ids: RangeInclusive<UserId>,
        wanted: u64,
    ) -> BoxStream<'static, Result<Batch<User>, StoreError>> {
        let sieve = Sieve::of(filter);
        let rest = (!sieve.is_exact).then(|| filter.clone());
        let read = move |item| {
            let user = user_item::read(account, item)?;
            Ok(user.filter(|user| rest.as_ref().is_none_or(|rest| rest.keeps(user))))
        };
        self.blocks(account, sieve, ids, wanted, |query| query, read)
    }

    /// As [`Store::user_matches`], their ids alone.
    pub(crate) fn user_match_ids(
        &self,
        account: AccountId,
        filter: &UserFilter,
        range: RangeInclusive<UserId>,
        wanted: u64,
    ) -> BoxStream<'static, Result<Batch<UserId>, StoreError>> {
        let sieve = Sieve::of(filter);
        if !sieve.is_exact {
            let ids = |batch: Batch<User>| Batch {
                found: batch.found.iter().map(|user| user.id).collect(),
                next: batch.next,
            };
            return self.user_matches(account, filter, range, wanted).map_ok(ids).boxed();
        }
        let project = |query: QueryFluentBuilder| query.projection_expression("#id");
        self.blocks(account, sieve, range, wanted, project, |item| user_item::id(&item).map(Some))
    }

    fn blocks<T: Send + 'static>(
        &self,
        account: AccountId,
        sieve: Sieve,
        ids: RangeInclusive<UserId>,
        wanted: u64,
        project: fn(QueryFluentBuilder) -> QueryFluentBuilder,
        read: impl Fn(Item) -> Result<Option<T>, StoreError> + Send + Sync + 'static,
    ) -> BoxStream<'static, Result<Batch<T>, StoreError>> {
        let (store, sieve, read, start) = (self.clone(), Arc::new(sieve), Arc::new(read), *ids.start());
        let read_block = move |number| {
            let (store, sieve, read) = (store.clone(), Arc::clone(&sieve), Arc::clone(&read));
            async move {
                let query = project(store.block_from(account, number, start, &sieve));
                let found = all(query).await?.into_iter().map(|item| read(item));
                let found: Vec<_> = found.collect::<Result<_, _>>()?;
                Ok(Batch { found: found.into_iter().flatten().collect(), next: user_item::block_start(number + 1) })
            }
            .boxed()
        };
        let numbers = user_item::block_number(start)..=user_item::block_number(*ids.end());
        let blocks = Blocks {
            numbers,
            read: Box::new(read_block),
            under_way: FuturesOrdered::new(),
            width: AT_FIRST,
            wanted,
            found: 0,
            ids: 0,
            start,
        };
        blocks.stream()
    }

    /// The users of a block from the id `start` on who pass a sieve.
    fn block_from(&self, account: AccountId, number: u64, start: UserId, sieve: &Sieve) -> QueryFluentBuilder {
        let mut query = self
            .client
            .query()
            .table_name(&self.tables.users)
            .key_condition_expression("#block = :block AND #id >= :start")
            .filter_expression(&sieve.text)
            .consistent_read(true);
        let keys =
            [("#block", "block"), ("#id", "id")].map(|(name, attribute)| (name.to_owned(), attribute.to_owned()));
        for (name, attribute) in keys.into_iter().chain(sieve.names.clone()) {
            query = query.expression_attribute_names(name, attribute);
        }
        let block = AttributeValue::S(user_item::block(account, number));
        let start = AttributeValue::N(start.to_string());
        let keys = [(":block".to_owned(), block), (":start".to_owned(), start)];
        for (name, value) in keys.into_iter().chain(sieve.values.clone()) {
            query = query.expression_attribute_values(name, value);
        }
        query
    }
}

type Reading<T> = BoxFuture<'static, Result<Batch<T>, StoreError>>;

/// Blocks being read, to be had in their order.
struct Blocks<T> {
    numbers: RangeInclusive<u64>,
    read: Box<dyn Fn(u64) -> Reading<T> + Send>,
    under_way: FuturesOrdered<Reading<T>>,
    /// How many may be under way; doubles with each block that was read.
    width: u64,
    wanted: u64,
    found: u64,
    /// How many ids the blocks have that were read.
    ids: u64,
    /// From where on the first of them was read.
    start: UserId,
}

impl<T: Send + 'static> Blocks<T> {
    fn stream(self) -> BoxStream<'static, Result<Batch<T>, StoreError>> {
        stream::unfold(self, |mut blocks| async move {
            let next = blocks.next().await?;
            Some((next, blocks))
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<Result<Batch<T>, StoreError>> {
        while (self.under_way.len() as u64) < self.likely_needed().clamp(1, self.width) {
            let Some(number) = self.numbers.next() else { break };
            self.under_way.push_back((self.read)(number));
        }
        let read = self.under_way.next().await?;
        if let Ok(batch) = &read {
            self.found += batch.found.len() as u64;
            self.ids = batch.next.get() - self.start.get();
            self.width = (self.width * 2).min(AT_MOST);
        }
        Some(read)
    }

    /// How many blocks still hold what is wanted, if those to come are like those that were read.
    fn likely_needed(&self) -> u64 {
        let missing = self.wanted.saturating_sub(self.found);
        if self.found == 0 { self.width } else { missing.saturating_mul(self.ids).div_ceil(self.found * BLOCK) }
    }
}

/// Bytes that a filter may have at the store: DynamoDB takes 4,096 of an expression, and at most 300 operators.
const MAX_TEXT: usize = 3_000;
const MAX_OPERATORS: usize = 200;

/// A filter as the store evaluates it.
struct Sieve {
    text: String,
    /// Whether it keeps the same users as the filter, or perhaps more.
    is_exact: bool,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Sieve {
    fn of(filter: &UserFilter) -> Self {
        // Plugs are no users.
        let mut sieve = Self {
            text: "attribute_exists(rev)".to_owned(),
            is_exact: true,
            names: HashMap::new(),
            values: HashMap::new(),
        };
        for condition in filter.conditions() {
            let (names, values) = (sieve.names.clone(), sieve.values.clone());
            match sieve.condition(condition).filter(|text| sieve.has_room_for(text)) {
                Some(text) => {
                    sieve.text.push_str(" AND ");
                    sieve.text.push_str(&text);
                }
                // It is left to those who read the users; the store refuses placeholders that are not used.
                None => (sieve.is_exact, sieve.names, sieve.values) = (false, names, values),
            }
        }
        sieve
    }

    fn has_room_for(&self, text: &str) -> bool {
        let operators = |text: &str| text.matches([' ', '(']).count() / 2;
        self.text.len() + text.len() <= MAX_TEXT && operators(&self.text) + operators(text) <= MAX_OPERATORS
    }

    fn condition(&mut self, condition: &Condition) -> Option<String> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        Some(match condition {
            Condition::Never => "attribute_not_exists(rev)".to_owned(),
            // These name one user, who is read alone.
            Condition::Id(_) | Condition::Code(_) | Condition::Email(_) | Condition::Login(_) => return None,
            Condition::NoEmail => "attribute_not_exists(email)".to_owned(),
            Condition::FirstName(name) => self.equal("first_name", text(name)),
            Condition::LastName(name) => self.equal("last_name", text(name)),
            Condition::FullName(name) => self.equal("full_name", text(name)),
            Condition::Role(role) => self.equal("role", text(user_item::role_name(*role))),
            Condition::Active(active) => self.equal("active", AttributeValue::Bool(*active)),
            Condition::Created(span) => self.within("created_on", span),
            Condition::Updated(span) => self.within("updated_on", span),
            Condition::Profile(name, test) => self.profile(name, test),
            // Where any of them is left to those who read the users, so are all.
            Condition::Any(conditions) => {
                let texts: Option<Vec<_>> = conditions.iter().map(|condition| self.condition(condition)).collect();
                // The store refuses parentheses that are not needed.
                match texts?.as_slice() {
                    [] => "attribute_not_exists(rev)".to_owned(),
                    [text] => text.clone(),
                    texts => format!("({})", texts.join(" OR ")),
                }
            }
        })
    }

    fn profile(&mut self, name: &str, test: &ProfileTest) -> String {
        let path = format!("{}.{}", self.name(PROFILE), self.name(name));
        let absent_or = |value: String| format!("(attribute_not_exists({path}) OR {path} = {value})");
        match test {
            ProfileTest::Blank => absent_or(self.profile_value(&ProfileValue::Text(String::new()))),
            ProfileTest::No => absent_or(self.profile_value(&ProfileValue::Boolean(false))),
            ProfileTest::Is(value) => format!("{path} = {}", self.profile_value(value)),
            ProfileTest::Within(span) => self.within_path(&path, span),
        }
    }

    fn equal(&mut self, attribute: &str, value: AttributeValue) -> String {
        let (name, value) = (self.name(attribute), self.value(value));
        format!("{name} = {value}")
    }

    fn within<T: ToString>(&mut self, attribute: &str, span: &Span<T>) -> String {
        let name = self.name(attribute);
        self.within_path(&name, span)
    }

    fn within_path<T: ToString>(&mut self, path: &str, span: &Span<T>) -> String {
        let ends = [(">=", &span.from), ("<", &span.before)];
        let ends = ends.into_iter().filter_map(|(sign, end)| end.as_ref().map(|end| (sign, end.to_string())));
        let ends: Vec<_> =
            ends.map(|(sign, end)| format!("{path} {sign} {}", self.value(AttributeValue::S(end)))).collect();
        if ends.is_empty() { format!("attribute_exists({path})") } else { ends.join(" AND ") }
    }

    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn profile_value(&mut self, value: &ProfileValue) -> String {
        self.value(user_item::profile_value(value))
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }
}
