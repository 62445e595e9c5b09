import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { UserSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { newThread, PASSWORD, useServedHall } from "./support/serve-hall.ts";
import { sendRaw } from "./support/wire.ts";

const ME = "/api/v1/users/me";
const store = stores().slice(0, 1);

describe.each(store)("writes by cookie", (embedded) => {
  const { served } = useServedHall(embedded);
  const foreign = [
    "https://evil.example",
    "null",
    "http://127.0.0.1:1",
    "http://127.0.0.1.evil.example",
    "http://localhost",
    "nonsense",
  ];

  it("are refused from a foreign page, and from nowhere", async () => {
    const person = await served().join();
    const threadId = await newThread(person.api);
    const writes = [
      { method: "POST", path: `/api/v1/threads/${threadId}/actions`, body: '{"raw_text":"ping"}' },
      { method: "POST", path: "/api/v1/commands/ping", body: "{}" },
      { method: "POST", path: "/api/v1/threads", body: '{"title":"x"}' },
      { method: "PATCH", path: `/api/v1/threads/${threadId}`, body: '{"title":"x"}' },
      { method: "DELETE", path: `/api/v1/threads/${threadId}` },
      { method: "PUT", path: "/api/v1/settings/roll", body: "{}" },
      { method: "POST", path: "/api/v1/auth/logout" },
      {
        method: "POST",
        path: "/api/v1/auth/password",
        body: JSON.stringify({ current_password: PASSWORD, new_password: "another password" }),
      },
    ];
    const byCookie = served().api.with({ cookie: person.cookie });
    // Once from home, so that the person is remembered.
    expect((await person.browser.post("/api/v1/commands/ping", {})).status).toBe(200);
    for (const write of writes) {
      const type = write.body === undefined ? {} : { "content-type": "application/json" };
      for (const origin of foreign) {
        const answer = await byCookie.send({ ...write, headers: { ...type, origin } });
        expectProblem(answer, "origin_refused");
      }
      expectProblem(await byCookie.send({ ...write, headers: type }), "origin_refused");
      const site = { ...type, "sec-fetch-site": "cross-site" };
      expectProblem(await byCookie.send({ ...write, headers: site }), "origin_refused");
    }
    const { rows } = await served().hall.database.pool.query("select title from threads.threads");
    expect(rows).toContainEqual({ title: "Table talk" });
    expect(rows).not.toContainEqual({ title: "x" });
    expect((await person.browser.get(ME)).status).toBe(200);
  });

  it("are taken from the hall's own pages", async () => {
    const person = await served().join();
    const threadId = await newThread(person.browser);
    const answer = await person.browser.post(`/api/v1/threads/${threadId}/actions`, { raw_text: "ping" });
    expect(answer.status).toBe(200);
    const same = { cookie: person.cookie, "sec-fetch-site": "same-origin" };
    expect((await served().api.post("/api/v1/commands/ping", {}, same)).status).toBe(200);
  });

  it("do not concern reads, nor bearer tokens", async () => {
    const person = await served().join();
    const origin = "https://evil.example";
    const read = await served().api.get(ME, { cookie: person.cookie, origin });
    expect(read.status).toBe(200);
    expect(read.headers["access-control-allow-origin"]).toBeUndefined();
    const written = await person.api.with({ origin }).post("/api/v1/commands/ping", {});
    expect(written.status).toBe(200);
  });

  it("cannot sign a visitor in from a foreign page", async () => {
    const person = await served().join();
    const login = { email: person.email, password: PASSWORD };
    for (const origin of foreign) {
      const answer = await served().api.post("/api/v1/auth/login", login, { origin });
      expectProblem(answer, "origin_refused");
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
    const { origin } = served();
    expect((await served().api.post("/api/v1/auth/login", login, { origin })).status).toBe(200);
  });
});

describe.each(store)("names of the hall", (embedded) => {
  const { served } = useServedHall(embedded, {
    server: { publicUrl: "https://hall.example.org", allowedHosts: ["hall.lan"] },
  });

  it("that are unknown are refused on every path", async () => {
    const person = await served().join();
    const port = new URL(served().origin).port;
    const hosts = ["evil.example", `evil.example:${port}`, "hall.lan.evil.example", "127.0.0.1.nip.io"];
    for (const host of [...hosts, "localhost.evil.example", "user@127.0.0.1", "0x7f000001", "127.1"]) {
      for (const path of ["/", "/health", "/metrics", "/docs", "/nowhere", ME, "/api/v1/openapi.json"]) {
        expectProblem(
          await sendRaw(served().origin, { method: "GET", path, headers: { host } }),
          "host_refused",
        );
      }
      const write = await person.browser.post(
        "/api/v1/commands/ping",
        {},
        { host, origin: `http://${host}` },
      );
      expectProblem(write, "host_refused");
    }
  });

  it("that are known are taken, in any case and with any port", async () => {
    const person = await served().join();
    const hosts = [
      "localhost",
      "LOCALHOST:80",
      "x.localhost:3152",
      "127.0.0.1",
      "192.168.7.7:3152",
      "[::1]:3152",
    ];
    for (const host of [...hosts, "[::1]", "hall.lan", "Hall.LAN:8080", "hall.example.org"]) {
      expect((await person.api.get(ME, { host })).status, host).toBe(200);
    }
  });

  it("make pages of the public address the hall's own", async () => {
    const person = await served().join();
    const by = { cookie: person.cookie, host: "hall.example.org" };
    const own = { ...by, origin: "https://hall.example.org" };
    expect((await served().api.post("/api/v1/commands/ping", {}, own)).status).toBe(200);
    const other = { ...by, origin: "https://hall.example.org.evil.example" };
    expectProblem(await served().api.post("/api/v1/commands/ping", {}, other), "origin_refused");
  });
});

describe.each(store)("headers that keep browsers safe", (embedded) => {
  const { served } = useServedHall(embedded);
  const hasConsole = existsSync(fileURLToPath(new URL("../../../console/dist/index.html", import.meta.url)));

  it("stand on every answer, also on refusals", async () => {
    const person = await served().join();
    expect(bodyOf(await person.api.get(ME), 200, UserSchema).email).toBe(person.email);
    for (const path of [
      ME,
      "/nowhere",
      "/docs",
      "/health",
      "/metrics",
      "/api/v1/%zz",
      "/api/v1/openapi.json",
    ]) {
      const { headers } = await sendRaw(served().origin, { method: "GET", path });
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      expect(headers["referrer-policy"], path).toBe("same-origin");
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });

  it("let the console run its own scripts only, or say how to build it", async () => {
    const headers = { accept: "text/html" };
    const page = await sendRaw(served().origin, { method: "GET", path: "/threads/anything", headers });
    if (!hasConsole) {
      expect(page.status).toBe(503);
      expect(page.text).toContain("npm run build:console");
      return;
    }
    expect(page.status).toBe(200);
    const policy = page.headers["content-security-policy"] ?? "";
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:/);
    expect(page.headers["x-frame-options"]).toBe("DENY");
    // No script in the page itself, and none from elsewhere: the policy would stop it.
    const scripts = [...page.text.matchAll(/<script\b([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes = "", content = ""] of scripts) {
      const source = /src="(\/[^/][^"]*)"/.exec(attributes)?.[1] ?? "";
      expect(content.trim()).toBe("");
      const script = await sendRaw(served().origin, { method: "GET", path: source });
      expect(script.status).toBe(200);
      expect(script.headers["content-type"]).toMatch(/javascript/);
      expect(script.headers["cache-control"]).toContain("immutable");
    }
  });
});
