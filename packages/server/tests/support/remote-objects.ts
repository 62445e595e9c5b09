import type { Objects } from "@guildhall/sdk";
import { vi } from "vitest";
import { objectsPlace, openObjects } from "../../src/data/objects/open-objects.ts";

/** Opens the objects of an emulator, or of a server that stands in for one. */
export async function openRemote(kind: "azure" | "s3", environment: NodeJS.ProcessEnv): Promise<Objects> {
  // The SDK of S3 reads its variables itself.
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return openObjects({
    place: objectsPlace(`${kind}://test/some/where`),
    environment,
    now: () => new Date(),
  });
}
