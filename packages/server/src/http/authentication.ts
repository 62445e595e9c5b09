import "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Hall } from "../hall/open-hall.ts";
import type { Principal, SignedIn } from "../hall/people.ts";
import { Problem } from "./problem.ts";
import { isOwnOrigin, type AllowedPlaces } from "./request-guards.ts";

/** The session cookie's name. */
export const SESSION_COOKIE = "guildhall_session";

const REMEMBERED_MILLISECONDS = 10_000;
const REMEMBERED_LIMIT = 10_000;
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

interface Found {
  readonly principal: Principal;
  readonly byCookie: boolean;
}

/** Finds out who makes a request: session cookie first, then bearer token. */
export class Authentication {
  readonly #hall: Hall;
  readonly #places: AllowedPlaces;
  readonly #remembered = new Map<string, Found & { readonly until: number }>();

  constructor({ hall, places }: { hall: Hall; places: AllowedPlaces }) {
    this.#hall = hall;
    this.#places = places;
    hall.onRevoked(() => this.forget());
  }

  /** Who asks, checked against the store. @throws Problem `signed_out`, `origin_refused` */
  async require(request: FastifyRequest): Promise<Principal> {
    const found = await this.find(request);
    if (!found) throw signedOut();
    return found;
  }

  /** As `require`, and an administrator. @throws Problem `permission_denied` */
  async requireAdministrator(request: FastifyRequest): Promise<Principal> {
    const principal = await this.require(request);
    if (!principal.user.is_administrator) {
      throw new Problem("permission_denied", "Only administrators may do this.");
    }
    return principal;
  }

  /** Who asks, or undefined for nobody. @throws Problem `origin_refused` */
  async find(request: FastifyRequest): Promise<Principal | undefined> {
    return (await this.#look(request))?.principal;
  }

  /** Whether nobody signed in makes the request, nor the holder of an action. @throws Problem `origin_refused` */
  async isSignedOut(request: FastifyRequest): Promise<boolean> {
    if (await this.find(request)) return false;
    const token = bearer(request);
    return token === undefined || (await this.#hall.tokens.readHandOver(token)) === undefined;
  }

  /**
   * Who asks, by the signature and what was known seconds ago: for work whose record checks the claim again in its
   * own statement, so that nothing is stored or answered for somebody who has been signed out.
   */
  async requireClaim(request: FastifyRequest): Promise<Principal> {
    // Both together: a dead cookie beside a good token must not stand for anybody by itself.
    const credentials = `${request.cookies[SESSION_COOKIE] ?? ""} ${bearer(request) ?? ""}`;
    const known = this.#remembered.get(credentials);
    if (known && known.until > performance.now()) {
      if (known.byCookie) this.#checkOrigin(request);
      return known.principal;
    }
    const found = await this.#look(request);
    if (!found) throw signedOut();
    if (this.#remembered.size >= REMEMBERED_LIMIT) this.#remembered.clear();
    this.#remembered.set(credentials, { ...found, until: performance.now() + REMEMBERED_MILLISECONDS });
    return found.principal;
  }

  /** Asks the store again for everybody, because what is known of a person has changed. */
  forget(): void {
    this.#remembered.clear();
  }

  async #look(request: FastifyRequest): Promise<Found | undefined> {
    const cookie = request.cookies[SESSION_COOKIE];
    if (cookie !== undefined) {
      const principal = await this.#hall.people.principalOfCookie(cookie);
      if (principal) {
        this.#checkOrigin(request);
        return { principal, byCookie: true };
      }
    }
    const token = bearer(request);
    const principal = token === undefined ? undefined : await this.#hall.people.getUserFromJwtToken(token);
    return principal && { principal, byCookie: false };
  }

  #checkOrigin(request: FastifyRequest): void {
    if (SAFE_METHODS.has(request.method) || isOwnOrigin(request, this.#places)) return;
    throw new Problem(
      "origin_refused",
      "A request with the session cookie must come from the hall's own pages.",
    );
  }
}

/** The answer to whoever is not signed in. */
export function signedOut(): Problem {
  return new Problem("signed_out", "You are signed out: sign in first.");
}

/** The token of an Authorization header. */
export function bearer(request: FastifyRequest): string | undefined {
  const [scheme = "", token] = (request.headers.authorization ?? "").split(" ");
  return scheme.toLowerCase() === "bearer" && token ? token : undefined;
}

/** Gives the session's secret to the browser: not to scripts, not to other sites, and over TLS only where there is TLS. */
export function setSessionCookie(reply: FastifyReply, signedIn: SignedIn, secure: boolean): void {
  if (signedIn.cookie === undefined) return;
  void reply.setCookie(SESSION_COOKIE, signedIn.cookie, {
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    secure,
    expires: signedIn.session_expires_at,
  });
}

/** Takes the session's secret back. */
export function clearSessionCookie(reply: FastifyReply): void {
  void reply.clearCookie(SESSION_COOKIE, { path: "/" });
}
