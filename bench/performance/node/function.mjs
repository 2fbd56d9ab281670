// The member dialect's get and create as one would write them in Node.js: the same requests to the same tables, the same
// answers. `HANDLER` says which. esbuild makes one file of it, as is usual for Lambda, and only that is measured.

import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import http from "node:http";
import {
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";

const TABLES = { users: "roster-users", claims: "roster-claims", keys: "roster-keys", accounts: "roster-accounts" };
const BLOCK = 1024;

const client = new DynamoDBClient({});
const json = { "content-type": "application/json", "cache-control": "no-store" };
const answer = (statusCode, body) => ({ statusCode, headers: json, body: JSON.stringify(body) });

/** `ros_{account}_{id}_{secret}{checksum}`; the checksum is of six characters. */
function parseKey(event) {
  const [, account, id, rest] = (event.headers.authorization ?? "").replace("Bearer ", "").split("_");
  return rest && { account: Number(account), id, secret: rest.slice(0, -6) };
}

const readKey = ({ id }) =>
  client.send(new GetItemCommand({ TableName: TABLES.keys, Key: { key: { S: `api-key#${id}` } }, ConsistentRead: true }));

function isAllowed(key, { Item: item }) {
  if (!item || item.revoked_at || Number(item.account.N) !== key.account) return false;
  const digest = createHash("sha256").update(key.secret).digest();
  return timingSafeEqual(digest, item.digest.B) && item.scopes.L.some((scope) => scope.S === "member");
}

async function get(event) {
  const key = parseKey(event);
  const id = Number(event.pathParameters.user_id);
  if (!key || !Number.isSafeInteger(id)) return answer(403, { message: "Invalid API key" });
  const user = { block: { S: `${key.account}#${Math.floor(id / BLOCK)}` }, id: { N: String(id) } };
  const [keyItem, found] = await Promise.all([
    readKey(key),
    client.send(new GetItemCommand({ TableName: TABLES.users, Key: user, ConsistentRead: true })),
  ]);
  if (!isAllowed(key, keyItem)) return answer(403, { message: "Invalid API key" });
  const item = found.Item;
  if (!item || item.void) return answer(404, { message: "User not found" });
  return answer(200, {
    id,
    user_id: id,
    email: item.email?.S ?? null,
    first_name: item.first_name.S,
    last_name: item.last_name.S,
    external_id: item.external_id ? Number(item.external_id.S) : null,
    source: item.source?.S ?? null,
    phone_number: item.phone_number?.S ?? null,
    live_scanner: item.live_scanner.BOOL,
    role: "Member",
    created_at: item.created_on.S,
    updated_at: item.updated_on.S,
  });
}

async function create(event) {
  const { hash } = await import("@node-rs/argon2");
  const key = parseKey(event);
  if (!key || !isAllowed(key, await readKey(key))) return answer(403, { message: "Invalid API key" });
  const asked = JSON.parse(event.body);
  const { account } = key;
  const [leased, password] = await Promise.all([
    client.send(
      new UpdateItemCommand({
        TableName: TABLES.accounts,
        Key: { part: { S: `${account}#counter` }, sort: { S: "counter" } },
        UpdateExpression: "ADD leased :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
        ReturnValues: "UPDATED_NEW",
      }),
    ),
    // Argon2id, as the package's default is.
    hash(asked.password, { memoryCost: 19456, timeCost: 2, parallelism: 1 }),
  ]);
  const id = Number(leased.Attributes.leased.N);
  const email = asked.email.toLowerCase();
  const now = new Date().toISOString();
  const user = {
    block: { S: `${account}#${Math.floor(id / BLOCK)}` },
    id: { N: String(id) },
    rev: { N: "1" },
    email: { S: asked.email },
    email_key: { S: `${account}#${email}` },
    login: { S: asked.email },
    code: { S: `i-${id}` },
    code_key: { S: `${account}#i-${id}` },
    first_name: { S: asked.first_name },
    last_name: { S: asked.last_name },
    full_name: { S: `${asked.first_name} ${asked.last_name}`.toLowerCase() },
    role: { S: "regular" },
    active: { BOOL: true },
    source: { S: "api" },
    live_scanner: { BOOL: false },
    auth: { N: "0" },
    profile: { M: { locale: { S: "en" } } },
    created_on: { S: now },
    updated_on: { S: now },
    changes: { S: `${account}#${id % 4}` },
    password: { S: password },
  };
  const claim = (name) => ({
    Put: {
      TableName: TABLES.claims,
      Item: { claim: { S: `${account}#${name}` }, user: { N: String(id) } },
      ConditionExpression: "attribute_not_exists(claim)",
    },
  });
  await client.send(
    new TransactWriteItemsCommand({
      ClientRequestToken: randomUUID(),
      TransactItems: [
        { Put: { TableName: TABLES.users, Item: user, ConditionExpression: "attribute_not_exists(id)" } },
        ...[`email#${email}`, `login#${email}`, `code#i-${id}`].map(claim),
      ],
    }),
  );
  return answer(201, { message: "User created successfully", user_id: id });
}

// Lambda's runtime API with nothing around it: less than AWS's own runtime client does at its start.
const handler = { get, create }[process.env.HANDLER];
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/invocation/${path}`, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
for (;;) {
  const next = await ask("GET", "next");
  const id = next.headers["lambda-runtime-aws-request-id"];
  await ask("POST", `${id}/response`, JSON.stringify(await handler(JSON.parse(next.body))));
}
