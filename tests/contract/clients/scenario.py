"""What a client that is generated from the document does: a user is made through one API, seen through the others, changed, deleted."""

import sys
import time

from roster_client import AuthenticatedClient
from roster_client.api.admin_api import admin_delete_user, admin_get_user
from roster_client.api.exceed_api import exceed_list_users, exceed_update_user
from roster_client.api.member_api import member_create_user, member_get_user
from roster_client.models import (
    AdminUserAnswer,
    ExceedUserChange,
    ExceedUserChangeWrapped,
    MemberCreated,
    MemberError,
    MemberInvalid,
    MemberNewUser,
)

url, key = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)
email = f"py-{time.time_ns()}@example.com"
new = MemberNewUser(email=email, first_name="Ada", external_id=1815)

made = member_create_user.sync(client=client, body=new, idempotency_key=email)
assert isinstance(made, MemberCreated), made
again = member_create_user.sync(client=client, body=new, idempotency_key=email)
assert again == made, again
taken = member_create_user.sync(client=client, body=new)
assert isinstance(taken, MemberInvalid), taken
assert taken.to_dict()["errors"] == {"email": ["The email has already been taken."]}

shown = admin_get_user.sync(made.user_id, client=client)
assert isinstance(shown, AdminUserAnswer) and shown.data.username == email, shown

change = ExceedUserChangeWrapped(user=ExceedUserChange(city="London"))
changed = exceed_update_user.sync_detailed(str(made.user_id), client=client, body=change)
assert changed.status_code == 200, changed
listed = exceed_list_users.sync(client=client, useremail=email, fields="id,city")
assert isinstance(listed, list), listed
assert [user.to_dict() for user in listed] == [{"city": "London", "id": made.user_id}], listed

deleted = admin_delete_user.sync_detailed(made.user_id, client=client)
assert deleted.status_code == 200, deleted
gone = member_get_user.sync(made.user_id, client=client)
assert isinstance(gone, MemberError) and gone.error == "User not found", gone
print("the Python client works")
