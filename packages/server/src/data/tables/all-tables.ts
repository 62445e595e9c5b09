import type { RowOf, Table } from "../schema/table.ts";
import {
  actionHandlerConfigurations,
  actionResponseChunks,
  actions,
  idempotencyKeys,
  runners,
} from "./actions.ts";
import { identities, sessions, setupLinks, users } from "./people.ts";
import { counters, documents, setMembers, updatedTimes } from "./state.ts";
import { homeThreads, threadActions, threadEvents, threadMembers, threads } from "./threads.ts";

/** Every table of the hall's own, each after those that it refers to. */
export const ALL_TABLES: readonly Table[] = [
  users,
  identities,
  sessions,
  setupLinks,
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
  documents,
  counters,
  setMembers,
  updatedTimes,
];

/** The hall's tables as the query builder knows them. */
export interface Tables {
  "people.users": RowOf<typeof users>;
  "people.identities": RowOf<typeof identities>;
  "people.sessions": RowOf<typeof sessions>;
  "people.setup_links": RowOf<typeof setupLinks>;
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
  "state.documents": RowOf<typeof documents>;
  "state.counters": RowOf<typeof counters>;
  "state.set_members": RowOf<typeof setMembers>;
  "state.updated_times": RowOf<typeof updatedTimes>;
}
