//! `POST /api/users/find`

use roster_shared::{
    Directory,
    dialect::member::{self, Access, Refusal},
    http::{Answer, Call},
};

roster_shared::endpoint!("member-find", member, find);

async fn find(call: &Call, directory: &Directory) -> Result<Answer, Refusal> {
    let key = member::key(call)?;
    // Read before the key is verified, told only after: both cost one trip.
    let email = member::lookup(call);
    let reading = member::email_user(&email, directory, key.account());
    let user = member::authorize_while(call, directory, &key, Access::Read, reading).await?;
    email?;
    member::found(user.as_ref())
}
