import type { RowOf, Table } from "../schema/table.ts";
import {
  actionHandlerConfigurations,
  actionResponseChunks,
  actions,
  idempotencyKeys,
  runners,
} from "./actions.ts";
import { chatInstallations } from "./chat-installations.ts";
import { chatChannelMembers, chatChannels, chatLinkCodes, chatRequests, chatWorkspaces } from "./chat.ts";
import { lineage, positions } from "./mirror.ts";
import { moduleMigrations } from "./modules.ts";
import { identities, invitations, passwordLinks, sessions, setupLinks, users } from "./people.ts";
import { schedules, serviceRuns } from "./services.ts";
import { counters, countParcels, documents, setMembers, statePlaces, updatedTimes } from "./state.ts";
import { homeThreads, threadActions, threadEvents, threadMembers, threads } from "./threads.ts";

/** Every table of the hall's own, each after those that it refers to. */
export const ALL_TABLES: readonly Table[] = [
  users,
  identities,
  sessions,
  setupLinks,
  invitations,
  passwordLinks,
  threads,
  threadMembers,
  homeThreads,
  actions,
  threadActions,
  threadEvents,
  actionResponseChunks,
  actionHandlerConfigurations,
  idempotencyKeys,
  runners,
  chatWorkspaces,
  chatChannels,
  chatChannelMembers,
  chatLinkCodes,
  chatRequests,
  chatInstallations,
  documents,
  counters,
  setMembers,
  updatedTimes,
  statePlaces,
  countParcels,
  moduleMigrations,
  schedules,
  serviceRuns,
  lineage,
  positions,
];

/** Tables and columns that are true of one store alone: they are left out of its copies. */
export const LOCAL_TABLES: ReadonlySet<string> = new Set(["mirror.positions"]);
export const LOCAL_COLUMNS: ReadonlySet<string> = new Set(["state.updated_times.changed_in"]);

/** The hall's tables as the query builder knows them. */
export interface Tables {
  "people.users": RowOf<typeof users>;
  "people.identities": RowOf<typeof identities>;
  "people.sessions": RowOf<typeof sessions>;
  "people.setup_links": RowOf<typeof setupLinks>;
  "people.invitations": RowOf<typeof invitations>;
  "people.password_links": RowOf<typeof passwordLinks>;
  "threads.threads": RowOf<typeof threads>;
  "threads.thread_members": RowOf<typeof threadMembers>;
  "threads.thread_actions": RowOf<typeof threadActions>;
  "threads.thread_events": RowOf<typeof threadEvents>;
  "threads.home_threads": RowOf<typeof homeThreads>;
  "actions.actions": RowOf<typeof actions>;
  "actions.action_response_chunks": RowOf<typeof actionResponseChunks>;
  "actions.action_handler_configurations": RowOf<typeof actionHandlerConfigurations>;
  "actions.idempotency_keys": RowOf<typeof idempotencyKeys>;
  "actions.runners": RowOf<typeof runners>;
  "chat.workspaces": RowOf<typeof chatWorkspaces>;
  "chat.channels": RowOf<typeof chatChannels>;
  "chat.channel_members": RowOf<typeof chatChannelMembers>;
  "chat.link_codes": RowOf<typeof chatLinkCodes>;
  "chat.requests": RowOf<typeof chatRequests>;
  "chat.installations": RowOf<typeof chatInstallations>;
  "state.documents": RowOf<typeof documents>;
  "state.counters": RowOf<typeof counters>;
  "state.set_members": RowOf<typeof setMembers>;
  "state.updated_times": RowOf<typeof updatedTimes>;
  "state.places": RowOf<typeof statePlaces>;
  "state.count_parcels": RowOf<typeof countParcels>;
  "modules.migrations": RowOf<typeof moduleMigrations>;
  "services.schedules": RowOf<typeof schedules>;
  "services.runs": RowOf<typeof serviceRuns>;
  "mirror.lineage": RowOf<typeof lineage>;
  "mirror.positions": RowOf<typeof positions>;
}
