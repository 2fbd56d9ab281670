//! What clients ask for, how often, and what that costs.

/// One kind of request.
pub(super) struct Operation {
    pub(super) name: &'static str,
    /// Percent of all requests.
    pub(super) share: u32,
    /// Units without those that grow with the account.
    pub(super) read: f64,
    pub(super) write: f64,
    /// Within Lambda: trips of 4 ms each, and the hash where there is one.
    pub(super) milliseconds: f64,
    /// Megabytes of its function.
    pub(super) memory: f64,
    pub(super) kind: Kind,
}

/// Which keys it touches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Get,
    List,
    Deletions,
    Changes,
    Login,
    Create,
    Update,
    Delete,
}

const fn operation(
    name: &'static str,
    share: u32,
    units: (f64, f64),
    milliseconds: f64,
    memory: f64,
    kind: Kind,
) -> Operation {
    Operation { name, share, read: units.0, write: units.1, milliseconds, memory, kind }
}

pub(super) const OPERATIONS: &[Operation] = &[
    operation("get by id", 40, (2.0, 0.0), 6.0, 256.0, Kind::Get),
    operation("find by e-mail, read by code", 20, (2.5, 0.0), 10.0, 256.0, Kind::Get),
    operation("list, 15 a page", 15, (7.0, 0.0), 15.0, 512.0, Kind::List),
    operation("deletions", 2, (15.0, 0.0), 15.0, 512.0, Kind::Deletions),
    operation("changes of a day", 3, (12.0, 0.0), 15.0, 512.0, Kind::Changes),
    operation("login", 7, (2.0, 6.0), 50.0, 1024.0, Kind::Login),
    operation("create", 4, (1.0, 12.0), 50.0, 1024.0, Kind::Create),
    operation("update", 8, (2.0, 3.0), 12.0, 1024.0, Kind::Update),
    operation("delete", 1, (2.0, 15.0), 15.0, 512.0, Kind::Delete),
];

/// The operation at a point from 0 to below 1.
pub(super) fn pick(point: f64) -> &'static Operation {
    let mut left = point * 100.0;
    let picked = OPERATIONS.iter().find(|operation| {
        left -= f64::from(operation.share);
        left < 0.0
    });
    picked.unwrap_or(&OPERATIONS[0])
}
