import type { CommandUser, FreshTokens, Tokens } from "@guildhall/sdk";
import { commandUser } from "../action-runner.ts";
import { HallError } from "../hall-error.ts";
import type { People } from "../people.ts";

/** The hall's tokens, as modules may use them. */
export class ModuleTokens implements Tokens {
  readonly #people: People;

  constructor({ people }: { readonly people: People }) {
    this.#people = people;
  }

  async verify(accessToken: string): Promise<CommandUser | undefined> {
    const principal = await this.#people.getUserFromJwtToken(accessToken);
    return principal && commandUser(principal.user);
  }

  async refresh(refreshToken: string): Promise<FreshTokens | undefined> {
    try {
      const fresh = await this.#people.refresh(refreshToken);
      return {
        accessToken: fresh.access_token,
        refreshToken: fresh.refresh_token,
        expiresIn: fresh.expires_in,
      };
    } catch (error) {
      if (error instanceof HallError && error.code === "refresh_token_invalid") return undefined;
      throw error;
    }
  }
}
