import { MemoryObjects } from "@guildhall/sdk/testing";
import type { Objects } from "@guildhall/sdk";

type Operation = "put" | "get" | "list" | "delete";

/** Objects in memory that do as a test says: a fault before any operation, and a record of what travelled. */
export class FaultyObjects implements Objects {
  readonly inner: Objects;
  /** Runs before each operation, and may throw or wait. */
  before: (operation: Operation, key: string, signal?: AbortSignal) => void | Promise<void> = () => undefined;
  /** Runs after each operation that has changed something, and may throw. */
  after: () => void = () => undefined;
  readonly puts: { key: string; size: number }[] = [];

  constructor(inner: Objects = new MemoryObjects({ now: () => new Date() })) {
    this.inner = inner;
  }

  put: Objects["put"] = async (key, content, options) => {
    await this.before("put", key, options?.signal);
    const put = await this.inner.put(key, content, options);
    this.puts.push({ key, size: put.size });
    this.after();
    return put;
  };

  get: Objects["get"] = async (key, options) => {
    await this.before("get", key, options?.signal);
    return await this.inner.get(key, options);
  };

  delete: Objects["delete"] = async (key, options) => {
    await this.before("delete", key, options?.signal);
    await this.inner.delete(key, options);
    this.after();
  };

  list: Objects["list"] = (prefix, options) => this.#listed(prefix, options);

  async *#listed(prefix: string, options: Parameters<Objects["list"]>[1]) {
    await this.before("list", prefix, options?.signal);
    yield* this.inner.list(prefix, options);
  }
}
