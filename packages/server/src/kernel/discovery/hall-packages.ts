import { registerHooks } from "node:module";

const isSource = import.meta.url.endsWith(".ts");
let isRegistered = false;

/**
 * Lets modules from elsewhere, which have no `node_modules` of their own, import the hall's own `@guildhall/...`
 * packages and `zod`, and their tests what `guildhall` itself exports. The hall's packages are always its own, so that
 * there is one of each.
 */
export function shareHallPackages(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const here = isSource
        ? { ...context, conditions: ["guildhall-source", ...(context.conditions ?? [])] }
        : context;
      const fromHall = () => next(specifier, { ...here, parentURL: import.meta.url });
      if (specifier.startsWith("@guildhall/") || specifier.startsWith("guildhall/")) {
        try {
          return fromHall();
        } catch {
          // One that the hall does not have: the module may have brought it.
          return next(specifier, here);
        }
      }
      if (specifier !== "zod" && !specifier.startsWith("zod/")) return next(specifier, context);
      try {
        return next(specifier, here);
      } catch {
        return fromHall();
      }
    },
  });
}
