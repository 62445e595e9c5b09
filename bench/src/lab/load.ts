import { z } from "zod";
import { benchProgram } from "./places.ts";
import type { Workshop } from "./workshop.ts";

const LoadResult = z.object({
  requests: z.number(),
  failures: z.number(),
  perSecond: z.number(),
  p50: z.number(),
  p99: z.number(),
});

/** What a run of requests came to; times in milliseconds. */
export type LoadResult = z.infer<typeof LoadResult>;

/** Requests to be made over and over, each connection one at a time. */
export interface Load {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly connections: number;
  readonly seconds: number;
}

/** Makes requests from a process of its own. @throws Error when an answer was no success */
export async function putLoad(workshop: Workshop, load: Load): Promise<LoadResult> {
  const client = new URL("../clients/request-load.ts", import.meta.url);
  const line = await workshop.run({
    args: [...benchProgram(client), JSON.stringify(load)],
    ready: /^\{.*\}$/,
  });
  const result = LoadResult.parse(JSON.parse(line));
  if (result.failures > 0 || result.requests === 0) {
    throw new Error(`${load.url}: ${result.failures} of ${result.requests} requests failed`);
  }
  return result;
}
