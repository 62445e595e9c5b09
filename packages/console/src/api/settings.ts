import { answerOf, done, hall, signalled } from "./client.ts";
import type { HallModule, JsonRecord, OfferedSettings } from "./schemas.ts";

/** Without what is undefined, as JSON has no such value. */
function asJson(values: Readonly<Record<string, unknown>>): JsonRecord {
  const given: JsonRecord = JSON.parse(JSON.stringify(values));
  return given;
}

/** What one can choose for each module, and has chosen. */
export async function listSettings(signal: AbortSignal): Promise<readonly OfferedSettings[]> {
  return (await answerOf(hall.GET("/api/v1/settings", signalled(signal)))).items;
}

/** Replaces one's settings of a module; what is left out goes back to its default. */
export async function saveSettings(
  handler_name: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const params = { path: { handler_name } };
  await done(hall.PUT("/api/v1/settings/{handler_name}", { params, body: asJson(values) }));
}

/** Every module of the hall. For administrators. */
export async function listModules(signal: AbortSignal): Promise<readonly HallModule[]> {
  return (await answerOf(hall.GET("/api/v1/modules", signalled(signal)))).modules;
}

/** What can be done with a module as a whole. */
export type ModuleVerb = "enable" | "disable" | "restart";

/** Starts, ends or restarts a module. For administrators. */
export async function changeModule(name: string, verb: ModuleVerb): Promise<void> {
  const call = { params: { path: { name } } };
  switch (verb) {
    case "enable":
      return await done(hall.POST("/api/v1/modules/{name}/enable", call));
    case "disable":
      return await done(hall.POST("/api/v1/modules/{name}/disable", call));
    case "restart":
      return await done(hall.POST("/api/v1/modules/{name}/restart", call));
  }
}

/** Saves some settings of a module, which count from its next start. For administrators. */
export async function saveModuleConfig(
  name: string,
  changed: Readonly<Record<string, unknown>>,
): Promise<void> {
  // An empty box takes back what was saved here.
  const body = asJson(
    Object.fromEntries(Object.entries(changed).map(([key, value]) => [key, value ?? null])),
  );
  await done(hall.PATCH("/api/v1/modules/{name}/config", { params: { path: { name } }, body }));
}
