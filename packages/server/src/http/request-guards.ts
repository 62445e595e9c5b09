import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

/** By which names the hall may be asked for, and from which pages. */
export interface AllowedPlaces {
  readonly publicUrl: string | undefined;
  readonly allowedHosts: readonly string[];
}

/**
 * Refuses requests for a name that is not the hall's: a page elsewhere may have its own name resolve to this
 * machine (DNS rebinding). Addresses and localhost are always the hall's.
 */
export function checkHost(request: FastifyRequest, places: AllowedPlaces): void {
  const name = hostName(request.headers.host ?? "");
  const isKnown =
    name === "localhost" ||
    name.endsWith(".localhost") ||
    isIP(name.replace(/^\[|\]$/g, "")) !== 0 ||
    places.allowedHosts.includes(name) ||
    (places.publicUrl !== undefined && hostName(new URL(places.publicUrl).host) === name);
  if (!isKnown) {
    throw new Problem("host_refused", `This hall is not known by the name "${name.slice(0, 100)}".`);
  }
}

/** Whether the page that made the request is the hall's own. Without an Origin only a browser's word counts. */
export function isOwnOrigin(request: FastifyRequest, places: AllowedPlaces): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return request.headers["sec-fetch-site"] === "same-origin";
  if (places.publicUrl !== undefined && new URL(places.publicUrl).origin === origin) return true;
  const own = URL.canParse(origin) ? new URL(origin).host : undefined;
  return own !== undefined && own === host;
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
