import { answer, defineModule, defineRoute } from "@guildhall/sdk";
import { z } from "zod";
import type { ConnectionApi } from "./ref.ts";
import { StoredRecords } from "./stored-records.ts";
import { records } from "./tables.ts";

const VERSION = "2.0";

/**
 * The module `connection_api` (requirements C-18): keeps records for other modules, and exchanges refresh tokens at the
 * path that clients of the earlier system know.
 */
export const connectionApi = defineModule<ConnectionApi>({
  name: "connection_api",
  summary: "Keeps records for other modules, and gives fresh tokens",
  tables: [records],
  initialize({ store, clock, log, tokens }) {
    log.debug({}, "connection_api is starting");
    const api: ConnectionApi = {
      isConnected: () => store.isConnected(),
      records: (module) => new StoredRecords({ module, store, clock, log }),
    };
    return {
      api,
      routes: [
        defineRoute({
          method: "GET",
          path: "/connection-api/info",
          summary: "What this module is",
          handle: () =>
            answer(200, { message: "Connection API", version: VERSION, module: "connection_api" }),
        }),
        defineRoute({
          method: "POST",
          path: "/auth/refresh",
          summary: "Exchange a refresh token, which works once",
          body: z.object({ refresh_token: z.string().min(1).max(1000) }),
          handle: async ({ body }) => {
            const fresh = await tokens.refresh(body.refresh_token);
            if (!fresh) return answer(401, { error: "Invalid refresh token" });
            return answer(200, {
              access_token: fresh.accessToken,
              refresh_token: fresh.refreshToken,
              expires_in: fresh.expiresIn,
            });
          },
        }),
      ],
      healthCheck: async () => {
        const isConnected = await store.isConnected();
        return { status: isConnected ? "healthy" : "unhealthy", database_connection: isConnected };
      },
    };
  },
});
