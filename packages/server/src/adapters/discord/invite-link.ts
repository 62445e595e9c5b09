import { PermissionFlagsBits } from "discord-api-types/v10";
import type { InviteEnvironment } from "./discord-settings.ts";

const STAGING_PERMISSIONS =
  PermissionFlagsBits.AddReactions |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.ManageMessages |
  PermissionFlagsBits.UseApplicationCommands;

/**
 * The promised permissions (F-6): 2147559488 for production and development, 2147493952 for staging, which lacks
 * the reading of a channel's history.
 */
const PERMISSIONS: Readonly<Record<InviteEnvironment, bigint>> = {
  production: STAGING_PERMISSIONS | PermissionFlagsBits.ReadMessageHistory,
  staging: STAGING_PERMISSIONS,
  development: STAGING_PERMISSIONS | PermissionFlagsBits.ReadMessageHistory,
};

/**
 * The least that the adapter itself needs: to see a channel, and to write into it, with files, when an answer takes
 * longer than an interaction lives.
 */
const LEAST_PERMISSIONS =
  PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages | PermissionFlagsBits.AttachFiles;

/** The promised permissions of an environment, as the integer of Discord's documentation. */
export function invitePermissions(environment: InviteEnvironment): bigint {
  return PERMISSIONS[environment];
}

/** A module asks for a permission that Discord does not have. */
export class UnknownPermissionError extends Error {
  constructor(name: string) {
    super(
      `A module asks for the Discord permission "${name}", which does not exist: see the names in Discord's documentation, such as ManageMessages.`,
    );
    this.name = "UnknownPermissionError";
  }
}

/**
 * The least permissions that the hall works with: the adapter's own, and those that the modules declare by their names.
 *
 * @throws UnknownPermissionError
 */
export function leastPermissions(declared: readonly string[]): bigint {
  return declared.reduce((all, name) => all | bitOf(name), LEAST_PERMISSIONS);
}

function bitOf(name: string): bigint {
  const [, bit] = Object.entries(PermissionFlagsBits).find(([known]) => known === name) ?? [];
  if (bit === undefined) throw new UnknownPermissionError(name);
  return bit;
}

/** The link by which an administrator of a guild adds the bot and its commands. */
export function inviteLink({
  applicationId,
  permissions,
}: {
  readonly applicationId: string;
  readonly permissions: bigint;
}): string {
  return `https://discord.com/api/oauth2/authorize?client_id=${applicationId}&permissions=${permissions}&scope=bot%20applications.commands`;
}
