//! Rows in hand turned into verdicts: under ids that are noted before they are used, so that it can be done
//! again.

use std::collections::HashSet;

use roster_shared::{
    directory::ImportBegun,
    domain::{User, UserId},
    store::Ahead,
};

use super::{
    desk::{Desk, Key, Placed, freed_values, record_values},
    row::Row,
    verdict::Verdict,
};
use crate::record::{Plans, Record};

/// Hands rows in; the verdict on each, in their order. `None` where some of them give up what others
/// want: they have to be handed in one by one.
pub(super) async fn hand_in(
    desk: &Desk,
    begun: &mut ImportBegun,
    upsert: Option<Key>,
    rows: &[Row],
    plans: &Plans,
) -> anyhow::Result<Option<Vec<Verdict>>> {
    let hand = Hand::new(rows);
    let (mut verdicts, mut records) = (Vec::new(), Vec::new());
    for (place, row) in rows.iter().enumerate() {
        match row.record(plans) {
            Ok(record) => records.push((place, record)),
            Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
        }
    }
    match upsert {
        None => verdicts.extend(create(desk, begun, &hand, records).await?),
        Some(key) => match update(desk, begun, &hand, key, records).await? {
            Some(updated) => verdicts.extend(updated),
            None => return Ok(None),
        },
    }
    verdicts.sort_by_key(|(place, _)| *place);
    Ok(Some(verdicts.into_iter().map(|(_, verdict)| verdict).collect()))
}

/// Which rows are in hand.
struct Hand {
    numbers: Vec<u64>,
    digest: String,
}

impl Hand {
    fn new(rows: &[Row]) -> Self {
        let digest = rows.last().map(|row| row.digest.clone()).unwrap_or_default();
        Self { numbers: rows.iter().map(|row| row.number).collect(), digest }
    }

    fn number(&self, place: usize) -> u64 {
        self.numbers.get(place).copied().unwrap_or(0)
    }

    /// The ids that these very rows had when they were in hand before.
    fn standing(&self, begun: &mut ImportBegun) -> Option<Ahead> {
        begun.job.ahead.take().filter(|ahead| ahead.digest == self.digest)
    }

    /// Notes which ids are for which rows, before they are used.
    async fn note(
        &self,
        desk: &Desk,
        begun: &mut ImportBegun,
        first: Option<UserId>,
        rows: Vec<u64>,
    ) -> anyhow::Result<()> {
        let until = self.numbers.last().copied().unwrap_or(0);
        begun.job.ahead = Some(Ahead { until, digest: self.digest.clone(), first, rows });
        desk.note(begun).await
    }
}

/// The id that is noted for a row.
fn noted(ahead: &Ahead, number: u64) -> Option<UserId> {
    let place = ahead.rows.iter().position(|row| *row == number);
    ahead.first.zip(place).map(|(first, place)| UserId::new(first.get() + place as u64))
}

async fn create(
    desk: &Desk,
    begun: &mut ImportBegun,
    hand: &Hand,
    records: Vec<Placed<Record>>,
) -> anyhow::Result<Vec<Placed<Verdict>>> {
    let standing = hand.standing(begun);
    // An import that keeps its ids begins anew where it was killed at its very end.
    let again = standing.is_some() || desk.keeps;
    let first = match standing {
        Some(ahead) => ahead.first,
        None if desk.keeps => None,
        // One for each row, whatever becomes of it: so they do not depend on what is refused.
        None => desk.directory.user_lease_many(desk.account, hand.numbers.len() as u64).await?.next(),
    };
    hand.note(desk, begun, first, Vec::new()).await?;
    let (mut verdicts, mut new) = (Vec::new(), Vec::new());
    for (place, record) in records {
        let id = if desk.keeps { record.id } else { first.map(|first| UserId::new(first.get() + place as u64)) };
        match (desk.new_user(record), id) {
            (Ok(user), Some(id)) => new.push((place, (id, user))),
            (Ok(_), None) => verdicts.push((place, Verdict::Refused("has no id to keep".to_owned()))),
            (Err(reason), _) => verdicts.push((place, Verdict::Refused(reason))),
        }
    }
    verdicts.extend(desk.create(new, again).await?);
    Ok(verdicts)
}

async fn update(
    desk: &Desk,
    begun: &mut ImportBegun,
    hand: &Hand,
    key: Key,
    records: Vec<Placed<Record>>,
) -> anyhow::Result<Option<Vec<Placed<Verdict>>>> {
    let found = desk.find_all(key, &records).await?;
    if records.len() > 1 && change_hands(&records, &found) {
        return Ok(None);
    }
    let standing = hand.standing(begun);
    let own = |place: usize| standing.as_ref().and_then(|ahead| noted(ahead, hand.number(place)));
    let (mut verdicts, mut new, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for ((place, record), found) in records.into_iter().zip(found) {
        match found {
            Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
            // Made of this very row, before the import was broken off.
            Ok(Some(user)) if own(place) == Some(user.id) => verdicts.push((place, Verdict::Created(user.id))),
            Ok(Some(user)) => changes.push((place, (record, user))),
            Ok(None) => match desk.new_user(record) {
                Ok(user) => new.push((place, user)),
                Err(reason) => verdicts.push((place, Verdict::Refused(reason))),
            },
        }
    }
    let has_ids = new.iter().all(|(place, _)| own(*place).is_some());
    let ids: Vec<_> = match &standing {
        Some(ahead) if has_ids => {
            let ids = new.iter().filter_map(|(place, _)| own(*place)).collect();
            hand.note(desk, begun, ahead.first, ahead.rows.clone()).await?;
            ids
        }
        _ => {
            let ids: Vec<_> = desk.directory.user_lease_many(desk.account, new.len() as u64).await?.collect();
            let rows = new.iter().map(|(place, _)| hand.number(*place)).collect();
            hand.note(desk, begun, ids.first().copied(), rows).await?;
            ids
        }
    };
    let new = new.into_iter().zip(ids).map(|((place, user), id)| (place, (id, user)));
    verdicts.extend(desk.create(new.collect(), standing.is_some()).await?);
    verdicts.extend(desk.change_all(changes).await?);
    Ok(Some(verdicts))
}

/// Whether a row gives up what another wants: then it matters who comes first.
fn change_hands(records: &[Placed<Record>], found: &[Result<Option<User>, String>]) -> bool {
    let wanted: HashSet<_> = records.iter().flat_map(|(_, record)| record_values(record)).collect();
    records.iter().zip(found).any(|((_, record), found)| match found {
        Ok(Some(user)) => freed_values(record, user).iter().any(|value| wanted.contains(value)),
        _ => false,
    })
}
