import { moduleRef, type JsonValue, type ModuleRef } from "@guildhall/sdk";

/** A record as it is kept. */
export interface StoredRecord {
  readonly id: string;
  readonly data: JsonValue;
  /** The module that keeps it. */
  readonly module: string;
  readonly createdAt: Date;
}

/** What is to be kept. */
export interface NewRecord {
  readonly data: JsonValue;
  /** Whose it is; nobody's in particular when left out. */
  readonly userId?: string | undefined;
}

/**
 * A module's records (requirements C-15). A fault of the store is logged and thrown on.
 */
export interface Records {
  /** The active records, newest first: a person's, or without `userId` those that are nobody's. At most `limit`, 100 when left out. */
  list(which?: { readonly userId?: string | undefined; readonly limit?: number }): Promise<StoredRecord[]>;
  /** Keeps a record and returns its id. */
  create(record: NewRecord): Promise<string>;
  /** Takes a record out of every list; false when there is none of that id, or it is somebody else's. */
  deactivate(which: { readonly id: string; readonly userId?: string | undefined }): Promise<boolean>;
}

/** What the module `connection_api` offers to others. */
export interface ConnectionApi {
  /** Whether the store answers, within two seconds. */
  isConnected(): Promise<boolean>;
  /** The records of a module, by its name. */
  records(module: string): Records;
}

/** The module `connection_api`, for those that depend on it. */
export const connectionApiRef: ModuleRef<ConnectionApi> = moduleRef<ConnectionApi>("connection_api");
