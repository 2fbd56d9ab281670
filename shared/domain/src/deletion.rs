use super::{AccountId, Code, Timestamp, UserId};

/// The record of a user's deletion: a tombstone. Holds no personal data.
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
