// Opens the landing page and the documentation in a real browser, on a desk and on a phone: they render, without errors, without
// a request to anywhere else and without violations of the accessibility rules, and a call made in them creates a user.
// node browser.mjs http://127.0.0.1:3000 ros_1_… [directory for screenshots]
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [url, key, pictures] = process.argv.slice(2);
// The tools stand elsewhere.
const tools = createRequire(`${process.env.NODE_TOOLS}/`);
const { chromium } = tools("playwright-core");
const axe = tools.resolve("axe-core/axe.min.js");
const screens = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...flags] });
for (const [screen, viewport] of Object.entries(screens)) {
  const context = await browser.newContext({ viewport, permissions: ["clipboard-read", "clipboard-write"], bypassCSP: false });
  const page = await context.newPage();
  const wrong = [];
  await context.route("**", (route) => {
    if (new URL(route.request().url()).origin === url) return route.continue();
    wrong.push(`asked ${route.request().url()}`);
    return route.abort();
  });
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));

  // Holds what is to be seen now.
  const check = async (what) => {
    await page.waitForTimeout(300);
    // Run as the tools of the browser are: the page's own policy would refuse it.
    const session = await context.newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: (await import("node:fs")).readFileSync(axe, "utf8") });
    const found = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
    const violations = found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 150)}`));
    assert.deepEqual(violations, [], `${screen}, ${what}`);
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.scrollingElement;
      const boxes = [...document.querySelectorAll("body *")].filter((box) => box.getBoundingClientRect().right > clientWidth);
      return scrollWidth > clientWidth ? boxes.map((box) => `${box.tagName} ${box.className}`) : [];
    });
    assert.deepEqual(wide, [], `${screen}, ${what}: it scrolls sideways`);
    assert.deepEqual(wrong, [], `${screen}, ${what}`);
  };
  const picture = async (name) => {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${screen}.png` });
  };

  await page.goto(`${url}/`);
  await check("landing page");
  await picture("landing");
  await page.getByRole("button", { name: "Copy" }).nth(1).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -sS http:\/\/.*\/api\/users/);
  await page.getByRole("link", { name: "Read and try the Admin API" }).click();
  await page.locator("#operations-Admin_API-adminListUsers").waitFor();
  await check("admin API");

  await page.goto(`${url}/docs`);
  await page.locator(".opblock").first().waitFor();
  await check("member API");
  await picture("docs");

  await page.locator(".auth-wrapper .btn.authorize").click();
  await check("keys");
  const scheme = page.locator(".auth-container", { hasText: "memberKey" });
  await scheme.locator("input").fill(key);
  await scheme.locator("button.authorize").click();
  await page.locator(".btn-done").click();
  const create = page.locator("#operations-Member_API-memberCreateUser");
  await create.locator(".opblock-summary-control").click();
  await create.locator(".try-out__btn").click();
  const address = `${screen}-${Date.now()}@example.com`;
  await create.locator("textarea").fill(JSON.stringify({ email: address, first_name: "Ada" }));
  await create.locator(".execute").click();
  const answer = create.locator(".live-responses-table tr.response").first();
  await answer.locator(".response-col_status", { hasText: "201" }).waitFor();
  await check("a call that was made");
  await picture("docs-call");
  const found = await fetch(`${url}/api/users/find`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ email: address }),
  });
  assert.equal(found.status, 200, "the user who was created in the browser is there");

  for (const [name, operation] of [["admin", "Admin_API-adminUpdateUser"], ["exceed", "Exceed_API-exceedCreateUser"]]) {
    await page.locator(".topbar select").selectOption(`/docs/${name}.json`);
    const opened = page.locator(`#operations-${operation}`);
    await opened.locator(".opblock-summary-control").click();
    await opened.locator(".opblock-body").waitFor();
    await check(`${name} API, an operation`);
  }
  await context.close();
  console.log(`${screen}: fine`);
}
await browser.close();
