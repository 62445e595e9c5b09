import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "./problem.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
].join("; ");

/**
 * For the page that draws diagrams from foreign text: no origin, no address but its own scripts. Those are fetched
 * without credentials and from an origin that is none, hence the header below.
 */
const DIAGRAM_POLICY = [
  "sandbox allow-scripts",
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Where the built console is: beside the sources in the workspace, inside the package when it was packed. */
const PLACES = ["../../../console/dist", "../console"].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);

/** Serves the web console: its files, and its page for every path that nothing else takes. */
export async function serveConsole(
  app: FastifyInstance,
  methodsOf: (path: string) => readonly string[],
): Promise<void> {
  const root = PLACES.find((place) => existsSync(path.join(place, "index.html")));
  if (root !== undefined) {
    await app.register(fastifyStatic, {
      root,
      serve: false,
      maxAge: "1y",
      immutable: true,
      setHeaders: (reply) => void reply.header("access-control-allow-origin", "*"),
    });
    // One route, since the plugin's own for each file are work at every start. What was not there then is not given out.
    const assets = new Set(await readdir(path.join(root, "assets")));
    app.get<{ Params: { name: string } }>(
      "/assets/:name",
      { schema: { hide: true } },
      async ({ params: { name } }, reply) => {
        return assets.has(name) ? await reply.sendFile(`assets/${name}`) : reply.callNotFound();
      },
    );
    app.get("/diagram.html", { schema: { hide: true } }, async (_request, reply) => {
      void reply.header("content-security-policy", DIAGRAM_POLICY);
      return await reply.sendFile("diagram.html", { maxAge: 0, immutable: false });
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    const isPage =
      (request.method === "GET" || request.method === "HEAD") &&
      !request.url.startsWith("/api/") &&
      (request.headers.accept ?? "").includes("text/html");
    if (!isPage) {
      const methods = methodsOf(request.url);
      if (methods.length === 0 || methods.includes(request.method))
        return sendProblem(reply, { code: "not_found", detail: "There is nothing at this path." });
      void reply.header("allow", methods.join(", "));
      const detail = `This path takes ${methods.join(", ")}, not ${request.method}.`;
      return sendProblem(reply, { code: "method_not_allowed", detail });
    }
    if (root === undefined) {
      return await reply
        .code(503)
        .type("text/plain")
        .send('The console is not built: run "npm run build:console".\n');
    }
    void reply
      .header("content-security-policy", CONTENT_SECURITY_POLICY)
      .header("x-frame-options", "DENY")
      .header("cross-origin-opener-policy", "same-origin");
    return await reply.sendFile("index.html", { maxAge: 0, immutable: false });
  });
}
