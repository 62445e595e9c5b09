import swaggerUi from "@fastify/swagger-ui";
import { PROBLEM_CODES } from "../problem-codes.ts";
import { describeApi } from "../openapi.ts";
import type { App, RouteContext } from "../route-context.ts";

// Not the page's own: it would send people on plain HTTP to TLS, and let other sites in.
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/** The API's human pages, served from the program itself: its routes, and its error codes. */
export async function registerDocs(app: App, { hall }: RouteContext): Promise<void> {
  app.get("/docs/errors", { schema: { hide: true } }, async (_request, reply) => {
    const rows = Object.entries(PROBLEM_CODES)
      .map(
        ([code, [status, title, remedy]]) =>
          `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td><td>${remedy.replaceAll("`", "")}</td></tr>`,
      )
      .join("\n");
    return await reply.type("text/html; charset=utf-8").send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Guildhall: error codes</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.3rem .7rem;text-align:left;border-bottom:1px solid #8884}tr:target{background:#8883}</style></head>
<body><h1>Error codes</h1><p>Every error under <code>/api/v1</code> is a problem document (RFC 9457) with one of these codes.</p>
<table><thead><tr><th>code</th><th>status</th><th>meaning</th><th>what to do</th></tr></thead><tbody>
${rows}
</tbody></table></body></html>`);
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { docExpansion: "list", deepLinking: true },
    staticCSP: CONTENT_SECURITY_POLICY,
    transformSpecification: () => describeApi(app, hall.registry),
  });
}
