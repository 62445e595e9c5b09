import type { Chunk, Command, JsonValue } from "@guildhall/sdk";
import type { CommandRegistry } from "../commands/command-registry.ts";
import type { ActionRuns } from "../data/action-runs.ts";
import type { DataAccessor } from "../data/data-accessor.ts";
import { notFound } from "../data/data-error.ts";
import type {
  Action,
  ActionHandlerConfiguration,
  Thread,
  ThreadAction,
  ThreadMember,
  ThreadSummary,
  User,
} from "../data/models.ts";
import type { LiveSession } from "../data/accounts.ts";
import type { ThreadActionPatch } from "../data/thread-actions.ts";
import type { MemberRole, ThreadMembers } from "../data/thread-members.ts";
import type { MoveTo, ThreadOrder } from "../data/thread-order.ts";
import type { ThreadPage } from "../data/thread-rows.ts";
import type { ActionRequest, Actions, Submission } from "./actions.ts";
import type { People, Principal, SignedIn } from "./people.ts";
import type { FeedReader, ThreadFeeds } from "./thread-feeds.ts";

/**
 * The hall's promised operations (requirements S004-17 to S004-26), over which every way in stands. What changes a
 * thread also tells those who watch it.
 */
export class HallService {
  readonly #data: DataAccessor;
  readonly #members: ThreadMembers;
  readonly #order: ThreadOrder;
  readonly #runs: ActionRuns;
  readonly #people: People;
  readonly #actions: Actions;
  readonly #feeds: ThreadFeeds;
  readonly #registry: CommandRegistry;

  constructor(options: {
    data: DataAccessor;
    members: ThreadMembers;
    order: ThreadOrder;
    runs: ActionRuns;
    people: People;
    actions: Actions;
    feeds: ThreadFeeds;
    registry: CommandRegistry;
  }) {
    this.#data = options.data;
    this.#members = options.members;
    this.#order = options.order;
    this.#runs = options.runs;
    this.#people = options.people;
    this.#actions = options.actions;
    this.#feeds = options.feeds;
    this.#registry = options.registry;
  }

  async createAllTables(): Promise<void> {
    await this.#data.createAllTables();
  }

  async createUser(user: Parameters<People["createUser"]>[0]): Promise<User> {
    return await this.#people.createUser(user);
  }

  async loginUser(request: { email: string; password: string; user_agent: string }): Promise<SignedIn> {
    return await this.#people.loginUser(request);
  }

  async generateUserJwtToken(session: LiveSession): Promise<string> {
    return await this.#people.generateUserJwtToken(session);
  }

  async getUserFromJwtToken(token: string): Promise<Principal | undefined> {
    return await this.#people.getUserFromJwtToken(token);
  }

  async listThreads(userId: string, page: Parameters<DataAccessor["listThreads"]>[1]) {
    return await this.#data.listThreads(userId, page);
  }

  async createThread(userId: string, thread: { title: string; description: string }): Promise<ThreadSummary> {
    return await this.#data.createThread(userId, thread);
  }

  async getThread(userId: string, threadId: string, page: ThreadPage): Promise<Thread> {
    return await this.#data.getThread(userId, threadId, page);
  }

  async patchThread(
    userId: string,
    threadId: string,
    patch: { title?: string | undefined; description?: string | undefined },
  ): Promise<ThreadSummary> {
    return await this.#telling([threadId], this.#data.patchThread(userId, threadId, patch));
  }

  async deleteThread(userId: string, threadId: string): Promise<void> {
    await this.#data.deleteThread(userId, threadId);
  }

  /** Creates an action from a typed line and puts it into a thread. */
  async createThreadAction(request: ActionRequest & { line: string }): Promise<Submission> {
    return await this.#actions.submitLine(request);
  }

  async removeActionFromThread(userId: string, threadId: string, actionId: string): Promise<void> {
    await this.#telling([threadId], this.#data.removeActionFromThread(userId, threadId, actionId));
  }

  async patchAction(userId: string, actionId: string, patch: { title: string }): Promise<Action> {
    const action = await this.#data.patchAction(userId, actionId, patch);
    this.#feeds.hint(await this.#data.getThreadIdsForAction(actionId));
    return action;
  }

  async appendActionToThread(userId: string, threadId: string, actionId: string): Promise<ThreadAction> {
    return await this.#telling([threadId], this.#data.appendActionToThread(userId, threadId, actionId));
  }

  async completeAction(userId: string, actionId: string): Promise<Action> {
    const action = await this.#data.completeAction(userId, actionId);
    this.#feeds.hint(await this.#data.getThreadIdsForAction(actionId));
    return action;
  }

  async appendResponseToAction(userId: string, actionId: string, chunk: Chunk) {
    const stored = await this.#data.appendResponseToAction(userId, actionId, chunk);
    this.#feeds.hint(await this.#data.getThreadIdsForAction(actionId));
    return stored;
  }

  async patchThreadAction(
    userId: string,
    threadId: string,
    actionId: string,
    patch: ThreadActionPatch,
  ): Promise<ThreadAction> {
    return await this.#telling([threadId], this.#data.patchThreadAction(userId, threadId, actionId, patch));
  }

  /** Moves an action within its thread (requirements L-10); gives its display order. */
  async moveThreadAction(
    userId: string,
    threadId: string,
    move: { actionId: string; to: MoveTo },
  ): Promise<number> {
    return await this.#telling([threadId], this.#order.move(userId, threadId, move));
  }

  async listThreadMembers(userId: string, threadId: string): Promise<ThreadMember[]> {
    return await this.#members.list(userId, threadId);
  }

  async shareThread(
    userId: string,
    threadId: string,
    given: { email: string; role: MemberRole },
  ): Promise<ThreadMember> {
    return await this.#telling([threadId], this.#members.share(userId, threadId, given));
  }

  async changeThreadMember(
    userId: string,
    threadId: string,
    change: { memberId: string; role: MemberRole },
  ): Promise<ThreadMember> {
    return await this.#telling([threadId], this.#members.changeRole(userId, threadId, change));
  }

  async removeThreadMember(userId: string, threadId: string, memberId: string): Promise<void> {
    await this.#telling([threadId], this.#members.remove(userId, threadId, memberId));
  }

  async getActionHandlerUserConfig(userId: string, name: string): Promise<ActionHandlerConfiguration> {
    return await this.#data.getActionHandlerUserConfig(userId, name);
  }

  async setActionHandlerUserConfig(
    userId: string,
    name: string,
    configuration: JsonValue,
  ): Promise<ActionHandlerConfiguration> {
    return await this.#data.setActionHandlerUserConfig(userId, name, configuration);
  }

  /** The owner of an action that the asking user may read. @throws DataError `not_found` */
  async getActionUser(userId: string, actionId: string): Promise<User> {
    const action = await this.#data.getAction(userId, actionId);
    return await this.#data.getUser(action.user_id);
  }

  /**
   * Delivers a thread's events after `after` to a socket, in order, until the returned function is called.
   *
   * @throws DataError `not_found`
   */
  async websocketEndpoint(
    userId: string,
    { threadId, after, reader }: { threadId: string; after: number; reader: FeedReader },
  ): Promise<() => void> {
    if (!(await this.#runs.mayRead(userId, threadId))) throw notFound("thread");
    return await this.#feeds.read({ threadId, userId, after, reader });
  }

  /** The command registered under these words, such as `init join`; undefined when there is none. */
  getActionHandler(name: string): Command | undefined {
    return this.#registry.find(name.split(" "))?.command;
  }

  async #telling<Result>(threadIds: readonly string[], work: Promise<Result>): Promise<Result> {
    const result = await work;
    this.#feeds.hint(threadIds);
    return result;
  }
}
