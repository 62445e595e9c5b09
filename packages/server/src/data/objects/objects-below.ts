import { assertObjectKey, type Objects } from "@guildhall/sdk";
import { assertObjectPrefix } from "./object-prefix.ts";

/** The objects whose keys begin with `prefix`, by the rest of their keys. @param options.prefix ends with `/` */
export function objectsBelow({
  objects,
  prefix,
}: {
  readonly objects: Objects;
  readonly prefix: string;
}): Objects {
  const whole = (key: string) => {
    assertObjectKey(key);
    return `${prefix}${key}`;
  };
  return {
    put: async (key, content, options) => await objects.put(whole(key), content, options),
    get: async (key, options) => await objects.get(whole(key), options),
    delete: async (key, options) => await objects.delete(whole(key), options),
    async *list(below, options) {
      assertObjectPrefix(below);
      for await (const found of objects.list(`${prefix}${below}`, options)) {
        yield { ...found, key: found.key.slice(prefix.length) };
      }
    },
  };
}
