import path from "node:path";
import type { Objects } from "@guildhall/sdk";
import { FolderObjects } from "./folder-objects.ts";
import { assertObjectPrefix } from "./object-prefix.ts";
import { RemoteObjects } from "./remote-objects.ts";

const REMOTE = /^(azure|s3):\/\/([A-Za-z0-9.-]+)(?:\/(.*))?$/;

/** Where objects are kept, as a URL says it. */
export type ObjectsPlace =
  | { readonly kind: "folder"; readonly folder: string }
  | {
      readonly kind: "azure" | "s3";
      /** The container or bucket. */
      readonly name: string;
      /** In front of every key; empty or ending with `/`. */
      readonly prefix: string;
    };

/**
 * Reads `file://FOLDER`, `azure://CONTAINER/PREFIX` or `s3://BUCKET/PREFIX`; a relative folder is one of the working
 * folder.
 *
 * @throws RangeError with a sentence that says what it must be
 */
export function objectsPlace(url: string): ObjectsPlace {
  if (url.startsWith("file://") && url.length > "file://".length) {
    return { kind: "folder", folder: path.resolve(decodeURIComponent(url.slice("file://".length))) };
  }
  const [, kind, name, rest = ""] = REMOTE.exec(url) ?? [];
  if ((kind !== "azure" && kind !== "s3") || name === undefined) {
    throw new RangeError("it must be file://FOLDER, azure://CONTAINER/PREFIX or s3://BUCKET/PREFIX");
  }
  const prefix = rest === "" || rest.endsWith("/") ? rest : `${rest}/`;
  assertObjectPrefix(prefix);
  return { kind, name, prefix };
}

/** How to open the objects at a place. */
export interface OpenObjectsOptions {
  readonly place: ObjectsPlace;
  /** Has the store's credentials, under the names that its own tools read. */
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

/** The objects at a place. An object store's SDK is loaded, and its credentials are looked for, at the first use. */
export function openObjects(options: OpenObjectsOptions): Objects {
  let opening: Promise<Objects> | undefined;
  const opened = () => (opening ??= openNow(options));
  return {
    put: async (...given) => await (await opened()).put(...given),
    get: async (...given) => await (await opened()).get(...given),
    delete: async (...given) => await (await opened()).delete(...given),
    async *list(...given) {
      yield* (await opened()).list(...given);
    },
  };
}

async function openNow({ place, environment, now }: OpenObjectsOptions): Promise<Objects> {
  switch (place.kind) {
    case "folder":
      return new FolderObjects({ folder: place.folder, now });
    case "azure": {
      const { AzureStore } = await import("./azure-store.ts");
      const store = await AzureStore.open({ container: place.name, environment });
      return new RemoteObjects({ store, prefix: place.prefix });
    }
    case "s3": {
      const { S3Store } = await import("./s3-store.ts");
      const store = await S3Store.open({ bucket: place.name, environment });
      return new RemoteObjects({ store, prefix: place.prefix });
    }
  }
}
