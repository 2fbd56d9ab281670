//! `GET /api/users` and `DELETE /api/users/{user_id}`: switched off, and hidden from strangers

use roster_shared::{
    Directory,
    dialect::member::{self, Refusal},
    http::{Answer, Call},
};

roster_shared::endpoint!("member-disabled", member, disabled);

async fn disabled(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    member::authorize(call, directory, &key, member::access(call)).await?;
    Err(Refusal::Disabled)
}
