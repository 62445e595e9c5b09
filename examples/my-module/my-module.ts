import { connectionApiRef } from "@guildhall/connection-api";
import { defineModule } from "@guildhall/sdk";
import { Items } from "./items.ts";
import { noteCommand } from "./note-command.ts";
import { routes } from "./routes.ts";
import { Settings } from "./settings.ts";

/** The module of the guide: items over HTTP, notes as a command. */
export const myNewModule = defineModule({
  name: "my_new_module",
  summary: "Keeps items and notes; the guide's example",
  dependencies: { connectionApi: connectionApiRef },
  config: Settings,
  initialize({ config, dependencies, cache, metrics, clock, log }) {
    log.info({ features: config.features }, "my_new_module is starting");
    const { connectionApi } = dependencies;
    if (!connectionApi) {
      log.error({}, "Missing dependencies: connection_api");
      return false;
    }
    const startedAt = clock.now();
    const records = connectionApi.records("my_new_module");
    const items = new Items({
      records,
      cache,
      settings: config,
      requests: metrics.counter({ name: "requests_total", help: "How often the items were asked for" }),
      duration: metrics.timer({ name: "request_duration", help: "How long that took" }),
    });
    log.info({}, "my_new_module has started");
    return {
      commands: [noteCommand(records)],
      routes: routes({ items, startedAt, dependencies: ["connection_api"] }),
      healthCheck: async () => {
        const isConnected = await connectionApi.isConnected();
        return {
          status: isConnected ? "healthy" : "unhealthy",
          database_connection: isConnected,
          dependencies_available: true,
          uptime_seconds: Math.floor((clock.now().getTime() - startedAt.getTime()) / 1000),
        };
      },
    };
  },
});
