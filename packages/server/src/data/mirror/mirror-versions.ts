import { createHash } from "node:crypto";
import { ObjectStoreError, type Objects } from "@guildhall/sdk";
import type { z } from "zod";
import { isDamage } from "./mirror-blobs.ts";
import { MirrorError } from "./mirror-error.ts";

const DIGITS = 12;
const DAY_MILLISECONDS = 86_400_000;

/** Which versions are kept: the newest ones, and of each day before them the newest. */
export interface Retention {
  readonly newest: number;
  readonly days: number;
}

/** The versions of one data set. A version is stored last, after all that it names, and under the next number. */
export class MirrorVersions<Version extends { readonly sequence: number; readonly taken_at: string }> {
  readonly #objects: Objects;
  readonly #folder: string;
  readonly #schema: z.ZodType<Version>;

  constructor(given: {
    readonly objects: Objects;
    readonly folder: string;
    readonly schema: z.ZodType<Version>;
  }) {
    this.#objects = given.objects;
    this.#folder = `${given.folder}/versions/`;
    this.#schema = given.schema;
  }

  /** The numbers of all versions, newest first. */
  async sequences(signal: AbortSignal): Promise<number[]> {
    const found: number[] = [];
    for await (const { key } of this.#objects.list(this.#folder, { signal })) {
      const name = key.slice(this.#folder.length);
      if (/^\d{12}$/.test(name)) found.push(Number(name));
    }
    return found.toSorted((one, other) => other - one);
  }

  /** @throws MirrorError with the code `mirror_damaged` when there is no such version, or it is not whole */
  async read(sequence: number, signal: AbortSignal): Promise<Version> {
    const content = await this.#objects.get(this.#key(sequence), { signal });
    const damaged = new MirrorError(
      "mirror_damaged",
      `Version ${sequence} of the mirror is missing or damaged.`,
    );
    if (!content) throw damaged;
    const text = Buffer.concat(await Array.fromAsync(content)).toString();
    const [sum, body = ""] = text.split("\n", 2);
    if (sumOf(body) !== sum) throw damaged;
    const parsed = this.#schema.safeParse(JSON.parse(body));
    if (!parsed.success) {
      throw new MirrorError(
        "mirror_damaged",
        `Version ${sequence} of the mirror was written by a newer Guildhall: use that one.`,
      );
    }
    return parsed.data;
  }

  /** The newest version that is whole, the highest number there is, and the numbers of damaged ones above it. */
  async newest(
    signal: AbortSignal,
  ): Promise<{ version: Version | undefined; last: number; damaged: readonly number[] }> {
    const sequences = await this.sequences(signal);
    const damaged: number[] = [];
    for (const sequence of sequences) {
      try {
        return { version: await this.read(sequence, signal), last: sequences[0] ?? 0, damaged };
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged.push(sequence);
      }
    }
    return { version: undefined, last: sequences[0] ?? 0, damaged };
  }

  /** Stores a version. @throws MirrorError with the code `mirror_of_another` when its number is taken */
  async add(version: Version, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(version);
    try {
      const content = new TextEncoder().encode(`${sumOf(body)}\n${body}`);
      await this.#objects.put(this.#key(version.sequence), content, { ifAbsent: true, signal });
    } catch (error) {
      if (!(error instanceof ObjectStoreError) || error.code !== "exists") throw error;
      throw new MirrorError(
        "mirror_of_another",
        "Another hall writes into this mirror at the same time: give each its own GUILDHALL_OBJECTS__URL.",
        { cause: error },
      );
    }
  }

  /** Removes the versions that the rule does not keep. Returns those that are left, as far as they are whole. */
  async prune(
    { newest, days }: Retention,
    { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
  ): Promise<{ kept: Version[]; removed: number; isWhole: boolean }> {
    const kept: Version[] = [];
    let removed = 0;
    let isWhole = true;
    const seenDays = new Set<string>();
    for (const [place, sequence] of (await this.sequences(signal)).entries()) {
      let version: Version;
      try {
        version = await this.read(sequence, signal);
      } catch (error) {
        if (!isDamage(error)) throw error;
        isWhole = false;
        continue;
      }
      const day = version.taken_at.slice(0, 10);
      const isOld = now.getTime() - new Date(version.taken_at).getTime() > days * DAY_MILLISECONDS;
      if (place < newest || (!isOld && !seenDays.has(day))) {
        kept.push(version);
        seenDays.add(day);
      } else {
        await this.#objects.delete(this.#key(sequence), { signal });
        removed += 1;
      }
    }
    return { kept, removed, isWhole };
  }

  #key(sequence: number): string {
    return `${this.#folder}${String(sequence).padStart(DIGITS, "0")}`;
  }
}

function sumOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
