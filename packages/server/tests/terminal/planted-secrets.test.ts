import { createServer, type Server } from "node:http";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { api, environment, runProgram, serve, setUp, type ServedHall } from "./program.ts";

/** One for every secret that the hall or a module takes; the words are found nowhere else. */
const PLANTED = {
  secretKey: "planted-hall-key-4f1c8a2e9d7b-4f1c8a2e9d7b",
  databasePassword: "planted-database-71",
  signingSecret: "planted-signing-82",
  clientSecret: "planted-client-93",
  stateSecret: "planted-state-14",
  appToken: "xapp-planted-app-25",
  botToken: "xoxb-planted-bot-36",
  discordToken: "planted-discord-47",
  byVariable: "planted-variable-58",
  byFile: 'planted-"file"-69',
  bySetting: "planted-setting-70",
  refused: "planted-refused-92",
  password: "planted password of a person 81",
};

/** A module that tells its secrets wherever it can. */
const leaky = `
import { CommandError, answer, defineCommand, defineModule, defineRoute, defineService, plainText } from "@guildhall/sdk";
import { z } from "zod";

const secrets = z.object({
  byVariable: z.string().meta({ secret: true }),
  byFile: z.string().meta({ secret: true }),
  bySetting: z.string().meta({ secret: true }),
});
const all = (config) => Object.values(config).join(" and ");
const failing = (name, config) =>
  defineCommand({ name, summary: "Fail", async *run() { throw new Error("cannot sign in with " + all(config)); } });

export const leaky = defineModule({
  name: "leaky",
  summary: "Tells its secrets",
  config: secrets,
  initialize({ config, log }) {
    log.info({ settings: config, all: all(config) }, "starts with " + all(config));
    return {
      commands: [failing("leak", config)],
      routes: [
        defineRoute({ method: "GET", path: "/leaky/fail", summary: "Fail", handle() { throw new Error(all(config)); } }),
      ],
      healthCheck: async () => { throw new Error("not well: " + all(config)); },
    };
  },
});
`;

/** A module that tells a secret which it cannot use. */
const refusing = `
import { defineModule } from "@guildhall/sdk";
import { z } from "zod";
export const refusing = defineModule({
  name: "refusing",
  summary: "Refuses its key",
  config: z.object({
    key: z.string().meta({ secret: true }).refine(() => false, { error: ({ input }) => "the key " + input + " is of no use" }),
  }),
  initialize: () => ({}),
});
`;

const failing = leaky
  .replaceAll("leaky", "leaky_too")
  .replace('"leak"', '"leak-too"')
  .replace("return {", "throw new Error(all(config)); return {");

const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

describe("planted secrets", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  let hall: ServedHall;
  let echo: Server;
  /** Everything that anybody was told, by where. */
  const told: { readonly where: string; readonly text: string }[] = [];
  const ask = async (where: string, request: RequestInit = {}) => {
    const answered = await fetch(`${hall.url}${where}`, request);
    const text = `${JSON.stringify([...answered.headers])} ${await answered.text()}`;
    told.push({ where, text });
    return answered.status;
  };

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), "guildhall secrets "));
    // What it is asked it tells again, as a careless service may do.
    echo = createServer((request, response) => {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(`refused: ${request.headers.authorization}`);
    });
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.number() }).parse(echo.address());
    for (const [name, content] of [
      ["leaky", leaky],
      ["leaky_too", failing],
    ] as const) {
      await mkdir(path.join(home, "modules", name), { recursive: true });
      await writeFile(path.join(home, "modules", name, "index.ts"), content);
    }
    const section = (name: string) => `${name}:\n  bySetting: ${PLANTED.bySetting}\n`;
    await writeFile(path.join(home, "guildhall.yaml"), section("leaky") + section("leaky_too"));
    await writeFile(path.join(home, "secret"), `${PLANTED.byFile}\n`);
    const given = Object.fromEntries(
      ["LEAKY", "LEAKY_TOO"].flatMap((name) => [
        [`GUILDHALL_${name}__BY_VARIABLE`, PLANTED.byVariable],
        [`GUILDHALL_${name}__BY_FILE_FILE`, path.join(home, "secret")],
      ]),
    );
    env = environment(path.join(home, "data"), {
      ...given,
      GUILDHALL_CONFIG: path.join(home, "guildhall.yaml"),
      GUILDHALL_MODULES__PATHS: path.join(home, "modules"),
      GUILDHALL_LOG__LEVEL: "debug",
      GUILDHALL_SECRET_KEY: PLANTED.secretKey,
      GUILDHALL_SLACK__SIGNING_SECRET: PLANTED.signingSecret,
      GUILDHALL_SLACK__CLIENT_ID: "1234.5678",
      GUILDHALL_SLACK__CLIENT_SECRET: PLANTED.clientSecret,
      GUILDHALL_SLACK__STATE_SECRET: PLANTED.stateSecret,
      GUILDHALL_SLACK__APP_TOKEN: PLANTED.appToken,
      GUILDHALL_SLACK__BOT_TOKENS: `T12345678=${PLANTED.botToken}`,
      GUILDHALL_SLACK__API_URL: `http://127.0.0.1:${port}/api/`,
      GUILDHALL_DISCORD__APPLICATION_ID: "505120997658329108",
      GUILDHALL_DISCORD__TOKEN: PLANTED.discordToken,
      GUILDHALL_DISCORD__API_URL: `http://127.0.0.1:${port}/api`,
    });
    hall = await serve({ env });
  });
  afterAll(async () => {
    await hall?.stop();
    await new Promise((resolve) => echo.close(resolve));
    await rm(home, { recursive: true, force: true });
  });

  it("are in no answer and no line of the log", { timeout: 300_000 }, async () => {
    const token = await setUp(hall, { email: "ann@example.org", password: PLANTED.password });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const { paths } = Paths.parse((await api(hall, "/openapi.json")).body);
    const plain = Object.entries(paths).filter(
      ([place, methods]) => !place.includes("{") && "get" in methods,
    );
    expect(plain.length).toBeGreaterThan(10);
    for (const [place] of plain) {
      // The live events have no end.
      if (place.endsWith("/events")) continue;
      await ask(place, { headers });
    }
    for (const place of ["/health", "/metrics", "/modules/status", "/modules/leaky/health", "/leaky/fail"]) {
      await ask(place);
    }
    for (const name of ["leaky", "leaky_too", "hall"]) {
      await ask(`/api/v1/modules/${name}`, { headers });
      await ask(`/api/v1/modules/${name}/restart`, { method: "POST", headers });
    }
    const body = JSON.stringify({ bySetting: 7 });
    await ask("/api/v1/modules/leaky/config", { method: "PATCH", headers, body });
    for (const line of [
      "leak",
      "leak-too",
      "modules",
      "slack check",
      "discord register --dry-run",
      "status",
    ]) {
      const words = line.split(" ");
      const { status, out, err } = await runProgram(words, { env });
      told.push({ where: line, text: `${out}${err}` });
      expect({ line, status }).toEqual({ line, status: expect.any(Number) });
    }
    await ask("/slack/commands", { method: "POST", body: "command=/hall&text=ping" });
    await ask("/slack/install");
    await ask("/api/v1/auth/login", {
      method: "POST",
      headers,
      body: JSON.stringify({ email: "ann@example.org", password: `${PLANTED.password}!` }),
    });
    for (const verb of [["config"], ["doctor"], ["doctor", "--json"]]) {
      const { out, err } = await runProgram(verb, { env });
      told.push({ where: verb.join(" "), text: `${out}${err}` });
    }
    const url = `postgresql://ann:${PLANTED.databasePassword}@127.0.0.1:1/none`;
    const away = { ...env, GUILDHALL_DATABASE__URL: url, GUILDHALL_DATA: path.join(home, "away") };
    for (const verb of [["config"], ["ping"], ["doctor"]]) {
      const { out, err } = await runProgram(verb, { env: away });
      told.push({ where: `${verb.join(" ")}, store away`, text: `${out}${err}` });
    }
    const useless = {
      ...env,
      GUILDHALL_DATA: path.join(home, "useless"),
      GUILDHALL_MODULES__PATHS: path.join(home, "useless modules"),
      GUILDHALL_REFUSING__KEY: PLANTED.refused,
    };
    await mkdir(path.join(home, "useless modules/refusing"), { recursive: true });
    await writeFile(path.join(home, "useless modules/refusing/index.ts"), refusing);
    for (const verb of [["modules"], ["config"], ["doctor"]]) {
      const { out, err } = await runProgram(verb, { env: useless });
      told.push({ where: `${verb.join(" ")}, with a key of no use`, text: `${out}${err}` });
      expect(`${out}${err}`).toContain("the key ******** is of no use");
    }
    const { out, err } = await hall.stop();
    told.push({ where: "what start says", text: out }, { where: "the log", text: err });

    const leaks = told.flatMap(({ where, text }) =>
      Object.entries(PLANTED)
        .filter(([, secret]) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))
        .map(([name, secret]) => `${name} in ${where}: ${around(text, secret)}`),
    );
    expect(leaks).toEqual([]);
    // What was to be told was told, without them.
    expect(err).toContain("cannot sign in with ******** and ******** and ********");
    expect(err).toContain("not well: ********");
    expect(told.find(({ where }) => where === "/leaky/fail")?.text).toContain('"reference"');
  });
});

function around(text: string, secret: string): string {
  const at = Math.max(text.indexOf(secret), 0);
  return text.slice(Math.max(at - 150, 0), at + 60);
}
