import type { CommandUser } from "./command.ts";

/** Tokens that were given for a refresh token. */
export interface FreshTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** How long the access token is good, in seconds. */
  readonly expiresIn: number;
}

/** The hall's own tokens, for modules that have a way in of their own. */
export interface Tokens {
  /** Whom an access token stands for, checked against the store; undefined when it is no good. */
  verify(accessToken: string): Promise<CommandUser | undefined>;
  /** Exchanges a refresh token, which works once; undefined when it is no good. */
  refresh(refreshToken: string): Promise<FreshTokens | undefined>;
}
