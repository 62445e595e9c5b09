import { DiscordRefusal } from "./discord-refusal.ts";

/** How many requests a bucket takes in a window. */
export interface BucketLimit {
  readonly requests: number;
  readonly milliseconds: number;
}

interface Bucket {
  used: number;
  resetsAt: number;
}

/**
 * Discord's rate limits: one bucket for each route and its major id, each answer telling how much is left
 * (https://discord.com/developers/docs/topics/rate-limits). Time is the machine's, since clients wait by it.
 */
export class RateBuckets {
  readonly #limit: BucketLimit;
  readonly #buckets = new Map<string, Bucket>();
  #refusals = 0;

  constructor(limit: BucketLimit) {
    this.#limit = limit;
  }

  /** How many requests were refused. */
  get refusals(): number {
    return this.#refusals;
  }

  /**
   * Counts a request and gives the headers that tell of its bucket.
   *
   * @throws DiscordRefusal 429 when the bucket is empty
   */
  take(key: string, now: number): Readonly<Record<string, string>> {
    const { requests, milliseconds } = this.#limit;
    let bucket = this.#buckets.get(key);
    if (!bucket || bucket.resetsAt <= now) {
      bucket = { used: 0, resetsAt: now + milliseconds };
      this.#buckets.set(key, bucket);
    }
    const seconds = Math.max(0.001, (bucket.resetsAt - now) / 1000);
    const headers = {
      "x-ratelimit-limit": String(requests),
      "x-ratelimit-remaining": String(Math.max(0, requests - bucket.used - 1)),
      "x-ratelimit-reset": String(bucket.resetsAt / 1000),
      "x-ratelimit-reset-after": seconds.toFixed(3),
      "x-ratelimit-bucket": Buffer.from(key).toString("hex").slice(0, 32),
    };
    if (bucket.used >= requests) {
      this.#refusals += 1;
      throw new DiscordRefusal(
        429,
        // Discord's own body has `retry_after` and `global` besides.
        Object.assign(
          { code: 0, message: "You are being rate limited." },
          { retry_after: seconds, global: false },
        ),
        { ...headers, "retry-after": String(Math.ceil(seconds)), "x-ratelimit-scope": "user" },
      );
    }
    bucket.used += 1;
    return headers;
  }
}
