import type { ModuleHealth } from "@guildhall/sdk";
import { z } from "zod";

const LONGEST_ANSWER = 16 * 1024;

const Health = z
  .object({
    status: z.enum(["healthy", "degraded", "unhealthy"], {
      error: "the health check gave no status: healthy, degraded or unhealthy",
    }),
    detail: z.string().optional(),
  })
  .catchall(z.json());

/** Reads what a health check gave; a module without types may give anything. @throws Error that says what is wrong */
export function readHealth(said: unknown): ModuleHealth {
  const parsed = Health.safeParse(said);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      issue?.path[0] === "status" || issue?.path.length === 0
        ? "the health check gave no status: healthy, degraded or unhealthy"
        : `the health check gave what is no JSON under "${String(issue?.path[0])}"`,
    );
  }
  if (JSON.stringify(parsed.data).length > LONGEST_ANSWER) {
    throw new Error(`the health check gave more than ${LONGEST_ANSWER / 1024} KiB`);
  }
  const { detail, ...facts } = parsed.data;
  return { ...facts, ...(detail === undefined ? {} : { detail }) };
}
