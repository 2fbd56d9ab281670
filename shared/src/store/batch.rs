use crate::domain::UserId;

/// Some of what a reading in order of ids finds.
#[derive(Debug)]
pub(crate) struct Batch<T> {
    pub(crate) found: Vec<T>,
    /// Where the reading goes on: all before has been looked at.
    pub(crate) next: UserId,
}
