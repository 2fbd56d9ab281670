use super::{AccountId, Code, Timestamp, UserId};

/// That a user was deleted: a tombstone. Holds nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The account the user belonged to.
    pub account: AccountId,
    /// The user's id.
    pub id: UserId,
    /// The user's code.
    pub code: Code,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
