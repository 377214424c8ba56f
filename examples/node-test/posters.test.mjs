// Tests of a program that calls the API, under Node's own test runner: node --test

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Emulator, startEmulator } from "./emulator.mjs";
import { look, order } from "./posters.mjs";

let server, emulator, api, slept;

before(async () => {
  server = await startEmulator();
});

after(() => server?.stop());

beforeEach(() => {
  emulator = new Emulator(server.url);
  slept = [];
  const sleep = async (milliseconds) => slept.push(milliseconds);
  api = { url: `${emulator.url}/api/v1`, key: emulator.key, sleep };
});

test("a poster is ordered and opens", async () => {
  const task = await order(api, "a lighthouse at dusk");
  const { status, links } = await look(api, task);
  const picture = await fetch(links[0]);

  assert.equal(status, "SUCCEEDED");
  assert.equal(picture.headers.get("Content-Type"), "image/png");
});

test("a busy service is asked again after the time that it names", async () => {
  await emulator.fault("throttled", { times: 1, retry_after_seconds: 7 });

  assert.ok(await order(api, "a red kite"));
  assert.deepEqual(slept, [7000]);
});

test("a refusal is not tried again", async () => {
  await emulator.fault("create-inspection");

  await assert.rejects(order(api, "a red kite"), /DataInspectionFailed/);
  assert.equal((await emulator.control("GET", "requests")).body.requests.length, 1);
});

test("a link does not open any more a day later", async () => {
  const task = await order(api, "a red kite");
  const { links } = await look(api, task);
  await emulator.advance(25 * 3600);

  assert.equal((await fetch(links[0])).status, 403);
  assert.equal((await look(api, task)).status, "UNKNOWN");
});

test("another test's tasks are not seen", async () => {
  const task = await order(api, "a red kite");
  const other = new Emulator(server.url);

  assert.equal((await look({ ...api, key: other.key }, task)).status, "UNKNOWN");
});
