import type { Module } from "@guildhall/sdk";

/** Where a module came from. */
export type ModuleOrigin = "hall" | "bundled" | "folder" | "package";

/** Whether a module comes with the hall, so that it need not be held in check. */
export function isOurs(origin: ModuleOrigin): boolean {
  return origin === "hall" || origin === "bundled";
}

/** A module as it was found, or a place where one should be and why none could be had. */
export type FoundModule = {
  readonly origin: ModuleOrigin;
  /** Its folder, for a person; absent for what is part of the hall. */
  readonly place?: string;
  readonly version?: string;
} & (
  | { readonly module: Module }
  /** `name` is a guess by the folder's or package's name. */
  | { readonly name: string; readonly fault: string }
);

/** How a module is. */
export interface ModuleReport {
  readonly name: string;
  readonly summary: string;
  readonly state: "starting" | "started" | "failed" | "disabled";
  /** How long its last start took. */
  readonly milliseconds: number;
  /** Why it failed, or still starts after a while; null otherwise. Free of secrets. */
  readonly reason: string | null;
  readonly startedAt: Date | null;
  readonly dependencies: readonly string[];
  readonly origin: ModuleOrigin;
  readonly version: string | null;
  readonly place: string | null;
}
