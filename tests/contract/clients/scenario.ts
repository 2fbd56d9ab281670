// What a client that is generated from the document does: a user is made through one API, seen through the others, changed, deleted.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [url, key] = process.argv.slice(2);
assert(url && key);
const client = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
const email = `ts-${Date.now()}@example.com`;

const made = await client.POST("/api/users", {
  params: { header: { "Idempotency-Key": email } },
  body: { email, first_name: "Ada", external_id: 1815 },
});
assert(made.data, JSON.stringify(made.error));
const id: number = made.data.user_id;

const again = await client.POST("/api/users", {
  params: { header: { "Idempotency-Key": email } },
  body: { email, first_name: "Ada", external_id: 1815 },
});
assert.equal(again.data?.user_id, id);

const taken = await client.POST("/api/users", { body: { email } });
assert.equal(taken.response.status, 422);
assert(taken.error && "errors" in taken.error);
assert.deepEqual(taken.error.errors.email, ["The email has already been taken."]);

const shown = await client.GET("/api/v1/users/{id}", { params: { path: { id } } });
assert.equal(shown.data?.data.username, email);

const changed = await client.PUT("/api/v2/users/{id}", { params: { path: { id } }, body: { user: { city: "London", hired_on: "1843-09-01" } } });
assert.equal(changed.response.status, 200);

const listed = await client.GET("/api/v2/users", { params: { query: { "user[email]": email, fields: "id,city,hired_on" } } });
assert.deepEqual(listed.data, [{ id, city: "London", hired_on: "1843-09-01" }]);

const deleted = await client.DELETE("/api/v1/users/{id}", { params: { path: { id } } });
assert.equal(deleted.data?.message, "User deleted successfully");
const gone = await client.GET("/api/users/{user_id}", { params: { path: { user_id: id } } });
assert.deepEqual(gone.error, { error: "User not found" });
console.log("the TypeScript client works");
