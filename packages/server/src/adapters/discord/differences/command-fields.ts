import { ApplicationIntegrationType, InteractionContextType } from "discord-api-types/v10";
import { differing, type Compared, type ComparedCommand, type Difference } from "./command-value.ts";

type Commands = Compared<ComparedCommand>;

/** One line under the command's name. */
export function descriptionDifference({ place, held, wanted }: Commands): readonly Difference[] {
  return differing({
    place: `${place}.description`,
    held: held.description ?? "",
    wanted: wanted.description ?? "",
  });
}

/** Who may use it before an administrator of a guild says otherwise; null lets everybody. */
export function permissionsDifference({ place, held, wanted }: Commands): readonly Difference[] {
  return differing({
    place: `${place}.default_member_permissions`,
    held: held.default_member_permissions ?? null,
    wanted: wanted.default_member_permissions ?? null,
  });
}

/** Whether it is for places of adults only. */
export function ageDifference({ place, held, wanted }: Commands): readonly Difference[] {
  return differing({ place: `${place}.nsfw`, held: held.nsfw ?? false, wanted: wanted.nsfw ?? false });
}

const ascending = (one: number, other: number) => one - other;

const EVERY_CONTEXT = [
  InteractionContextType.Guild,
  InteractionContextType.BotDM,
  InteractionContextType.PrivateChannel,
];

/** Where it can be used; in any order. A command of one guild has none. */
export function contextsDifference({ place, held, wanted }: Commands): readonly Difference[] {
  return differing({
    place: `${place}.contexts`,
    held: (held.contexts ?? EVERY_CONTEXT).toSorted(ascending),
    wanted: (wanted.contexts ?? EVERY_CONTEXT).toSorted(ascending),
  });
}

/** Where it can be installed; in any order. A command of one guild has none. */
export function installationDifference({ place, held, wanted }: Commands): readonly Difference[] {
  return differing({
    place: `${place}.integration_types`,
    held: (held.integration_types ?? [ApplicationIntegrationType.GuildInstall]).toSorted(ascending),
    wanted: (wanted.integration_types ?? [ApplicationIntegrationType.GuildInstall]).toSorted(ascending),
  });
}
