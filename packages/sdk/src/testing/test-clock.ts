import type { Clock } from "../surroundings.ts";

/** A clock that moves only when told. It begins on 1 March 2026 at noon, UTC, unless told otherwise. */
export class TestClock implements Clock {
  #time: number;

  constructor(start: Date = new Date("2026-03-01T12:00:00Z")) {
    this.#time = start.getTime();
  }

  now(): Date {
    return new Date(this.#time);
  }

  advance(milliseconds: number): void {
    this.#time += milliseconds;
  }
}
