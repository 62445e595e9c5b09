import { characters } from "@guildhall/characters";
import { dice } from "@guildhall/dice";
import type { User } from "../../../src/data/models.ts";
import { afterAll, beforeAll } from "vitest";
import { createServer, type ServerOptions } from "../../../src/http/create-server.ts";
import type { App } from "../../../src/http/route-context.ts";
import { ActionSchema, SignedInSchema, ThreadSummarySchema } from "../../../src/http/schemas.ts";
import type { z } from "zod";
import { PLANTED } from "../../support/planted-secrets.ts";
import { sampleModule } from "../../support/sample-module.ts";
import { silentLog } from "../../support/silent-log.ts";
import type { TestDatabase, TestStore } from "../../support/stores.ts";
import { freshEmail, openTestHall, type TestHall, type TestHallOptions } from "../../support/test-hall.ts";
import { ApiClient, bodyOf, sessionCookie } from "./api-client.ts";
import { Contract } from "./contract.ts";

/** The password of everybody in these tests. */
export const PASSWORD: string = PLANTED.password;

/** How to serve a hall for a test. */
export interface ServeOptions extends TestHallOptions {
  readonly server?: Partial<ServerOptions>;
}

/** A person who has signed in over HTTP. */
export interface SignedInPerson {
  readonly user: User;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
  /** The session cookie, as a request sends it. */
  readonly cookie: string;
  /** Asks by bearer token. */
  readonly api: ApiClient;
  /** Asks as the hall's own pages do: by cookie, from their Origin. */
  readonly browser: ApiClient;
}

/** A hall that listens on a port of this machine. */
export interface ServedHall extends TestHall {
  readonly origin: string;
  readonly app: App;
  readonly contract: Contract;
  /** Asks without being signed in. */
  readonly api: ApiClient;
  signIn(email: string): Promise<SignedInPerson>;
  /** Makes an account and signs in. */
  join(options?: { admin?: boolean; name?: string }): Promise<SignedInPerson>;
}

/** Opens a hall and serves it on a free port. */
export async function serveHall({ server, ...options }: ServeOptions): Promise<ServedHall> {
  const test = await openTestHall({ modules: [sampleModule, characters, dice], ...options });
  const app = await createServer({
    hall: test.hall,
    log: options.log ?? silentLog,
    options: { publicUrl: undefined, allowedHosts: [], requestsPerMinute: 1_000_000, ...server },
  });
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  const contract = await Contract.read(origin);
  const api = new ApiClient({ origin, contract });
  const signIn: ServedHall["signIn"] = async (email) => {
    const answer = await api.post("/api/v1/auth/login", { email, password: PASSWORD });
    const { access_token, refresh_token, user } = bodyOf(answer, 200, SignedInSchema);
    const { cookie } = sessionCookie(answer);
    return {
      user: { ...user, created_at: new Date(user.created_at) },
      email,
      token: access_token,
      refreshToken: refresh_token,
      cookie,
      api: api.withToken(access_token),
      browser: api.with({ cookie, origin }),
    };
  };
  return {
    ...test,
    origin,
    app,
    contract,
    api,
    signIn,
    join: async ({ admin = false, name = "person" } = {}) => {
      const email = freshEmail(name);
      await test.createPerson(email, { admin, password: PASSWORD });
      return await signIn(email);
    },
    stop: async () => {
      await app.close();
      await test.stop();
    },
  };
}

/** A database and a served hall for all tests of a describe block; taken away at its end. */
export function useServedHall(
  store: TestStore,
  options: Omit<ServeOptions, "url"> = {},
): { readonly served: () => ServedHall } {
  let opened: ServedHall | undefined;
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await store.createDatabase();
    opened = await serveHall({ url: database.url, ...options });
  });
  afterAll(async () => {
    await opened?.stop();
    await database?.drop();
  });
  return {
    served: () => {
      if (!opened) throw new Error("the hall is served only while tests run");
      return opened;
    },
  };
}

/** Makes a thread and gives its id. */
export async function newThread(api: ApiClient, title = "Table talk"): Promise<string> {
  return bodyOf(await api.post("/api/v1/threads", { title }), 201, ThreadSummarySchema).id;
}

/** The action once it has ended. */
export async function finished(api: ApiClient, actionId: string): Promise<z.output<typeof ActionSchema>> {
  const action = bodyOf(await api.get(`/api/v1/actions/${actionId}?wait=20`), 200, ActionSchema);
  if (!action.is_completed) throw new Error(`the action "${action.raw_text}" is still ${action.state}`);
  return action;
}
