import { createServer } from "node:http";
import { once } from "node:events";
import { z } from "zod";
import { expect, it } from "vitest";
import { environment, runProgram } from "./terminal/program.ts";
import { PLANTED, takeFound } from "./support/planted-secrets.ts";
import { silentLog } from "./support/silent-log.ts";

it("every test file fails when somebody is told a planted secret", async () => {
  const server = createServer((_request, response) => {
    response.write(Buffer.from(`it is ${PLANTED.password}`));
    response.end(JSON.stringify({ key: PLANTED.secretKey }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  await (await fetch(`http://127.0.0.1:${port}`)).text();
  server.close();
  silentLog.warn({ settings: { token: PLANTED.discordToken } }, "a careless line");
  await runProgram([PLANTED.slackStateSecret], { env: environment("/nowhere") });
  expect(takeFound().map((found) => found.split(":")[0])).toEqual([
    "password in an answer",
    "secretKey in an answer",
    "discordToken in the log",
    "slackStateSecret in what the program printed",
  ]);
});
