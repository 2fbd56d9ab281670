//! The ids that a file contains.

use anyhow::Context as _;
use roster_domain::UserId;

use super::row::Rows;
use crate::record::{Cell, Column};

/// The maximum number of unused ids for each used one. Each unused id takes a bit of the census.
const MAX_GAP: u64 = 10;

/// The highest id that an import may use. The other half of all ids is left for users created later.
const MAX_ID: u64 = 1 << 52;

/// The range from the lowest id to the highest.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdRange {
    pub(super) lowest: UserId,
    pub(super) highest: UserId,
}

impl IdRange {
    /// Reads the ids of a file, which must be in ascending order.
    pub(super) fn read(mut rows: Rows) -> anyhow::Result<Self> {
        let mut range: Option<Self> = None;
        let mut users: u64 = 0;
        while let Some(row) = rows.next()? {
            let Some(id) = row.cells.ok().and_then(|cells| id(&cells)) else { continue };
            users += 1;
            let lowest = match range {
                Some(range) if id <= range.highest => {
                    anyhow::bail!("row {}: with --keep-ids, users are in order of their ids", row.number)
                }
                Some(range) => range.lowest,
                None => id,
            };
            range = Some(Self { lowest, highest: id });
        }
        let range = range.context("no row has an id from 1 to 2^52; without --keep-ids they are given new ones")?;
        let span = range.highest.get() - range.lowest.get();
        anyhow::ensure!(
            span / MAX_GAP < users,
            "the ids span {span} for {users} users: more than ten for each cannot be kept; without --keep-ids they are given new ones"
        );
        Ok(range)
    }
}

fn id(cells: &[(Column, Cell)]) -> Option<UserId> {
    cells.iter().find_map(|(column, cell)| match (column, cell) {
        (Column::Id, Cell::Text(text)) => UserId::parse(text.trim()).filter(|id| id.get() <= MAX_ID),
        _ => None,
    })
}
