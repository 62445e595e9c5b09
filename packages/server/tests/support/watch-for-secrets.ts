import { ServerResponse } from "node:http";
import { afterAll, expect } from "vitest";
import { WebSocket } from "ws";
import { takeFound, watch } from "./planted-secrets.ts";

/*
 * Runs before every test file: looks for planted secrets in whatever a server of this process answers. The log of the
 * tests and the runs of the program watch for themselves.
 */

function watchCalls(owner: object, name: string, where: string): void {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== "function") throw new TypeError(`there is no ${name} to watch`);
  const watched = new Proxy(method, {
    apply(target, self, given: unknown[]) {
      const [told] = given;
      if (typeof told === "string") watch(where, told);
      else if (told instanceof Uint8Array) watch(where, Buffer.from(told).toString());
      return Reflect.apply(target, self, given);
    },
  });
  Reflect.set(owner, name, watched);
}

watchCalls(ServerResponse.prototype, "write", "an answer");
watchCalls(ServerResponse.prototype, "end", "an answer");
watchCalls(WebSocket.prototype, "send", "a message");

afterAll(() => {
  expect(takeFound()).toEqual([]);
});
