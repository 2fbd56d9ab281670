//! Imports a batch of rows and returns their outcomes. The ids are recorded before they are used, so that a batch can
//! be repeated after an interruption.

use std::collections::HashSet;

use roster_directory::{
    Import,
    ports::{Pending, StoredUser},
};
use roster_domain::UserId;

use super::{
    importer::{Importer, Indexed, Key, freed_values, record_values},
    outcome::Outcome,
    row::Row,
};
use crate::record::{Plans, Record};

/// Imports rows; returns the outcome of each, in their order. `None` where a row frees a value that another row wants:
/// such rows must be imported one by one.
pub(super) async fn import_batch(
    importer: &Importer,
    import: &mut Import,
    upsert: Option<Key>,
    rows: &[Row],
    plans: &Plans,
) -> anyhow::Result<Option<Vec<Outcome>>> {
    let batch = Batch::new(rows);
    let (mut outcomes, mut records) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        match row.record(plans) {
            Ok(record) => records.push((index, record)),
            Err(reason) => outcomes.push((index, Outcome::Refused(reason))),
        }
    }
    match upsert {
        None => outcomes.extend(create(importer, import, &batch, records).await?),
        Some(key) => match update(importer, import, &batch, key, records).await? {
            Some(updated) => outcomes.extend(updated),
            None => return Ok(None),
        },
    }
    outcomes.sort_by_key(|(index, _)| *index);
    Ok(Some(outcomes.into_iter().map(|(_, outcome)| outcome).collect()))
}

/// The rows in progress.
struct Batch {
    numbers: Vec<u64>,
    digest: String,
}

impl Batch {
    fn new(rows: &[Row]) -> Self {
        let digest = rows.last().map(|row| row.digest.clone()).unwrap_or_default();
        Self { numbers: rows.iter().map(|row| row.number).collect(), digest }
    }

    fn number(&self, index: usize) -> u64 {
        *self.numbers.get(index).expect("an index of a row of this batch")
    }

    /// The ids that were recorded for exactly these rows before an interruption.
    fn standing(&self, import: &mut Import) -> Option<Pending> {
        import.job.pending.take().filter(|pending| pending.digest == self.digest)
    }

    /// Records which ids are for which rows, before they are used.
    async fn note(
        &self,
        importer: &Importer,
        import: &mut Import,
        first: Option<UserId>,
        rows: Vec<u64>,
    ) -> anyhow::Result<()> {
        let until = *self.numbers.last().expect("a batch has rows");
        import.job.pending = Some(Pending { until, digest: self.digest.clone(), first, rows });
        importer.note(import).await
    }
}

/// The id that is recorded for a row.
fn noted(pending: &Pending, number: u64) -> Option<UserId> {
    let index = pending.rows.iter().position(|row| *row == number);
    pending.first.zip(index).map(|(first, index)| UserId::new(first.get() + index as u64))
}

async fn create(
    importer: &Importer,
    import: &mut Import,
    batch: &Batch,
    records: Vec<Indexed<Record>>,
) -> anyhow::Result<Vec<Indexed<Outcome>>> {
    let standing = batch.standing(import);
    // An import that keeps its ids starts again if it was killed at the very end.
    let is_repeated = standing.is_some() || importer.keeps_ids;
    let first = match standing {
        Some(pending) => pending.first,
        None if importer.keeps_ids => None,
        // One id for each row, also for a rejected one, so that the ids do not depend on rejected rows.
        None => importer.directory.user_reserve_ids(importer.account, batch.numbers.len() as u64).await?.next(),
    };
    batch.note(importer, import, first, Vec::new()).await?;
    let (mut outcomes, mut new) = (Vec::new(), Vec::new());
    for (index, record) in records {
        let id =
            if importer.keeps_ids { record.id } else { first.map(|first| UserId::new(first.get() + index as u64)) };
        match (importer.new_user(record), id) {
            (Ok(user), Some(id)) => new.push((index, (id, user))),
            (Ok(_), None) => outcomes.push((index, Outcome::Refused("has no id to keep".to_owned()))),
            (Err(reason), _) => outcomes.push((index, Outcome::Refused(reason))),
        }
    }
    outcomes.extend(importer.create(new, is_repeated).await?);
    Ok(outcomes)
}

async fn update(
    importer: &Importer,
    import: &mut Import,
    batch: &Batch,
    key: Key,
    records: Vec<Indexed<Record>>,
) -> anyhow::Result<Option<Vec<Indexed<Outcome>>>> {
    let found = importer.find_all(key, &records).await?;
    if records.len() > 1 && exchange_values(&records, &found) {
        return Ok(None);
    }
    let standing = batch.standing(import);
    let own = |index: usize| standing.as_ref().and_then(|pending| noted(pending, batch.number(index)));
    let (mut outcomes, mut new, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for ((index, record), found) in records.into_iter().zip(found) {
        match found {
            Err(reason) => outcomes.push((index, Outcome::Refused(reason))),
            // Created from this row before the import was interrupted.
            Ok(Some(user)) if own(index) == Some(user.id) => outcomes.push((index, Outcome::Created(user.id))),
            Ok(Some(user)) => changes.push((index, (record, user))),
            Ok(None) => match importer.new_user(record) {
                Ok(user) => new.push((index, user)),
                Err(reason) => outcomes.push((index, Outcome::Refused(reason))),
            },
        }
    }
    let has_ids = new.iter().all(|(index, _)| own(*index).is_some());
    let ids: Vec<_> = match &standing {
        Some(pending) if has_ids => {
            let ids = new.iter().filter_map(|(index, _)| own(*index)).collect();
            batch.note(importer, import, pending.first, pending.rows.clone()).await?;
            ids
        }
        _ => {
            let ids: Vec<_> = importer.directory.user_reserve_ids(importer.account, new.len() as u64).await?.collect();
            let rows = new.iter().map(|(index, _)| batch.number(*index)).collect();
            batch.note(importer, import, ids.first().copied(), rows).await?;
            ids
        }
    };
    let new = new.into_iter().zip(ids).map(|((index, user), id)| (index, (id, user)));
    outcomes.extend(importer.create(new.collect(), standing.is_some()).await?);
    outcomes.extend(importer.change_all(changes).await?);
    Ok(Some(outcomes))
}

/// Whether a row frees a value that another row wants: then their order matters.
fn exchange_values(records: &[Indexed<Record>], found: &[Result<Option<StoredUser>, String>]) -> bool {
    let wanted: HashSet<_> = records.iter().flat_map(|(_, record)| record_values(record)).collect();
    records.iter().zip(found).any(|((_, record), found)| match found {
        Ok(Some(user)) => freed_values(record, user).iter().any(|value| wanted.contains(value)),
        _ => false,
    })
}
