// An emulator for Node's own test runner: one server, and a key of its own for each test.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";

/** Gives the address of the emulator that KAIGA_EMULATOR_URL names, or of one that ends with us. */
export async function startEmulator() {
  if (process.env.KAIGA_EMULATOR_URL) {
    return { url: process.env.KAIGA_EMULATOR_URL, stop: () => {} };
  }
  const options = ["serve", "--emulator", "--memory", "--port", "0", "--until-stdin-ends"];
  const server = spawn("kaiga", options, { stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    const told = line.match(/^Base URL: (.*)\/api\/v1$/);
    if (told) {
      server.stdout.resume();
      return { url: told[1], stop: () => server.stdin.end() };
    }
  }
  throw new Error("the emulator did not start");
}

/** The emulator as one key sees it: calls of the API, and control over what it does. */
export class Emulator {
  constructor(url, key = `sk-${randomBytes(16).toString("hex")}`) {
    this.url = url;
    this.key = key;
  }

  async call(method, path, body, headers = {}) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  control(method, path, body) {
    return this.call(method, `/kaiga/v1/emulator/${path}`, body);
  }

  advance(seconds) {
    return this.control("PATCH", "clock", { advance_seconds: seconds });
  }

  fault(kind, values = {}) {
    return this.control("POST", "faults", { kind, ...values });
  }
}
