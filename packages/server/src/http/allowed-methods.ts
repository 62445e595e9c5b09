import type { FastifyInstance } from "fastify";

/** Notes the routes that are registered from now on; the returned function tells which methods a path takes. */
export function noteMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { readonly segments: readonly string[]; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    // It stands for the routes of modules, which come and go.
    if (url === "/*") return;
    routes.push({ segments: url.split("/"), methods: [method].flat() });
  });
  return (path) => {
    const [place = ""] = path.split("?");
    const segments = place.split("/");
    const methods = routes
      .filter((route) => matches(route.segments, segments))
      .flatMap((route) => route.methods);
    return [...new Set(methods)];
  };
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === "*";
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, index) => {
    if (part === "*") return true;
    return part.startsWith(":") ? segments[index] !== "" : part === segments[index];
  });
}
