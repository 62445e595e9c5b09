import { answerOf, done, hall, signalled } from "./client.ts";
import type { HallService, ServiceRun } from "./schemas.ts";

/** Everything that the hall does by itself. */
export async function listServices(signal: AbortSignal): Promise<readonly HallService[]> {
  return (await answerOf(hall.GET("/api/v1/services", signalled(signal)))).items;
}

/** The newest runs of a service, newest first, at most 50. */
export async function listRuns(service_name: string, signal: AbortSignal): Promise<readonly ServiceRun[]> {
  const params = { path: { service_name } };
  return (await answerOf(hall.GET("/api/v1/services/{service_name}", { params, signal }))).runs;
}

/** What can be done with a service. */
export type ServiceVerb = "run" | "pause" | "resume";

/** Begins a run, which goes on after the answer, or changes whether a service runs by itself. For administrators. */
export async function changeService(service_name: string, verb: ServiceVerb): Promise<void> {
  const call = { params: { path: { service_name } } };
  switch (verb) {
    case "run":
      return await done(hall.POST("/api/v1/services/{service_name}/run", call));
    case "pause":
      return await done(hall.POST("/api/v1/services/{service_name}/pause", call));
    case "resume":
      return await done(hall.POST("/api/v1/services/{service_name}/resume", call));
  }
}
