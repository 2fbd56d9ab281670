//! Users that match a filter, in order of their ids: read partition by partition, several at a time, filtered by
//! DynamoDB.

use std::{collections::HashMap, ops::RangeInclusive, sync::Arc};

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, FuturesOrdered},
};

use roster_directory::ports::{Batch, BatchStream, StoreError, UserFilterStore};
use roster_domain::{AccountId, Condition, ProfileTest, ProfileValue, Span, Timestamp, User, UserFilter, UserId};

use super::{
    DynamoDbStore, Item,
    query::all,
    user_item::{self, PARTITION, PROFILE},
};

/// Partitions read concurrently at first, before it is known how many users match.
const FIRST_CONCURRENCY: u64 = 2;
/// The maximum number of partitions read concurrently.
const MAX_CONCURRENCY: u64 = 16;

impl UserFilterStore for DynamoDbStore {
    async fn user_changed_ids(
        &self,
        account: AccountId,
        span: &Span<Timestamp>,
        max: usize,
    ) -> Result<Option<Vec<UserId>>, StoreError> {
        self.changed_ids(account, span, max).await
    }

    fn user_match(
        &self,
        account: AccountId,
        filter: &UserFilter,
        ids: RangeInclusive<UserId>,
        wanted: u64,
    ) -> BatchStream<User> {
        let expression = FilterExpression::of(filter);
        let rest = (!expression.is_exact).then(|| filter.clone());
        let read = move |item| {
            let user = user_item::read(account, item)?.map(|stored| stored.user);
            Ok(user.filter(|user| rest.as_ref().is_none_or(|rest| rest.keeps(user))))
        };
        self.partitions(account, expression, ids, wanted, |query| query, read)
    }

    fn user_match_ids(
        &self,
        account: AccountId,
        filter: &UserFilter,
        range: RangeInclusive<UserId>,
        wanted: u64,
    ) -> BatchStream<UserId> {
        let expression = FilterExpression::of(filter);
        if !expression.is_exact {
            let ids = |batch: Batch<User>| Batch {
                found: batch.found.iter().map(|user| user.id).collect(),
                next: batch.next,
            };
            return self.user_match(account, filter, range, wanted).map_ok(ids).boxed();
        }
        let project = |query: QueryFluentBuilder| query.projection_expression("#id");
        self.partitions(account, expression, range, wanted, project, |item| user_item::id(&item).map(Some))
    }
}

impl DynamoDbStore {
    fn partitions<T: Send + 'static>(
        &self,
        account: AccountId,
        expression: FilterExpression,
        ids: RangeInclusive<UserId>,
        wanted: u64,
        project: fn(QueryFluentBuilder) -> QueryFluentBuilder,
        read: impl Fn(Item) -> Result<Option<T>, StoreError> + Send + Sync + 'static,
    ) -> BatchStream<T> {
        let (store, expression, read, start) = (self.clone(), Arc::new(expression), Arc::new(read), *ids.start());
        let read_partition = move |number| {
            let (store, expression, read) = (store.clone(), Arc::clone(&expression), Arc::clone(&read));
            async move {
                let query = project(store.filter_query(account, number, start, &expression));
                let found = all(query).await?.into_iter().map(|item| read(item));
                let found: Vec<_> = found.collect::<Result<_, _>>()?;
                Ok(Batch { found: found.into_iter().flatten().collect(), next: user_item::partition_start(number + 1) })
            }
            .boxed()
        };
        let numbers = user_item::partition_number(start)..=user_item::partition_number(*ids.end());
        let partitions = Partitions {
            numbers,
            read: Box::new(read_partition),
            under_way: FuturesOrdered::new(),
            width: FIRST_CONCURRENCY,
            wanted,
            found: 0,
            ids: 0,
            start,
        };
        partitions.stream()
    }

    /// The users of a partition from the id `start` on that match an expression.
    fn filter_query(
        &self,
        account: AccountId,
        number: u64,
        start: UserId,
        expression: &FilterExpression,
    ) -> QueryFluentBuilder {
        let mut query = self
            .client
            .query()
            .table_name(&self.tables.users)
            .key_condition_expression("#block = :block AND #id >= :start")
            .filter_expression(&expression.text)
            .consistent_read(true);
        let keys =
            [("#block", "block"), ("#id", "id")].map(|(name, attribute)| (name.to_owned(), attribute.to_owned()));
        for (name, attribute) in keys.into_iter().chain(expression.names.clone()) {
            query = query.expression_attribute_names(name, attribute);
        }
        let block = AttributeValue::S(user_item::partition(account, number));
        let start = AttributeValue::N(start.to_string());
        let keys = [(":block".to_owned(), block), (":start".to_owned(), start)];
        for (name, value) in keys.into_iter().chain(expression.values.clone()) {
            query = query.expression_attribute_values(name, value);
        }
        query
    }
}

type PartitionRead<T> = BoxFuture<'static, Result<Batch<T>, StoreError>>;

/// Partitions being read; their results are returned in order.
struct Partitions<T> {
    numbers: RangeInclusive<u64>,
    read: Box<dyn Fn(u64) -> PartitionRead<T> + Send>,
    under_way: FuturesOrdered<PartitionRead<T>>,
    /// How many may be read concurrently; doubles with each partition that was read.
    width: u64,
    wanted: u64,
    found: u64,
    /// How many ids the partitions read so far have.
    ids: u64,
    /// The id from which the first partition was read.
    start: UserId,
}

impl<T: Send + 'static> Partitions<T> {
    fn stream(self) -> BatchStream<T> {
        stream::unfold(self, |mut partitions| async move {
            let next = partitions.next().await?;
            Some((next, partitions))
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
            self.width = (self.width * 2).min(MAX_CONCURRENCY);
        }
        Some(read)
    }

    /// An estimate of how many more partitions are needed, if the next ones are like those that were read.
    fn likely_needed(&self) -> u64 {
        let missing = self.wanted.saturating_sub(self.found);
        if self.found == 0 { self.width } else { missing.saturating_mul(self.ids).div_ceil(self.found * PARTITION) }
    }
}

/// The maximum size of a filter, in bytes: DynamoDB accepts expressions of 4,096 bytes and at most 300 operators.
const MAX_LENGTH: usize = 3_000;
const MAX_OPERATORS: usize = 200;

/// A filter as DynamoDB evaluates it.
struct FilterExpression {
    text: String,
    /// Whether it matches exactly the users of the filter; otherwise it may match more.
    is_exact: bool,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl FilterExpression {
    fn of(filter: &UserFilter) -> Self {
        // Excludes void markers.
        let mut expression = Self {
            text: "attribute_exists(rev)".to_owned(),
            is_exact: true,
            names: HashMap::new(),
            values: HashMap::new(),
        };
        for condition in filter.conditions() {
            let (names, values) = (expression.names.clone(), expression.values.clone());
            match expression.condition(condition).filter(|text| expression.has_room_for(text)) {
                Some(text) => {
                    expression.text.push_str(" AND ");
                    expression.text.push_str(&text);
                }
                // The caller filters the users instead. DynamoDB rejects placeholders that are not used.
                None => (expression.is_exact, expression.names, expression.values) = (false, names, values),
            }
        }
        expression
    }

    fn has_room_for(&self, text: &str) -> bool {
        let operators = |text: &str| text.matches([' ', '(']).count() / 2;
        self.text.len() + text.len() <= MAX_LENGTH && operators(&self.text) + operators(text) <= MAX_OPERATORS
    }

    fn condition(&mut self, condition: &Condition) -> Option<String> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        Some(match condition {
            Condition::Never => "attribute_not_exists(rev)".to_owned(),
            // These conditions name one user, which is read by itself.
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
            // If the caller must check one alternative, it must check all.
            Condition::Any(conditions) => {
                let texts: Option<Vec<_>> = conditions.iter().map(|condition| self.condition(condition)).collect();
                // DynamoDB rejects parentheses that are not needed.
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
