import { PROBLEM_CODES } from "../src/http/problem-codes.ts";
import { markdownTable } from "./markdown-table.ts";

/** The reference's page of error codes. */
export function errorsPage(): string {
  const rows = Object.entries(PROBLEM_CODES).map(([code, [status, title, remedy]]) => [
    `\`${code}\``,
    String(status),
    title,
    remedy,
  ]);
  return `# Error codes

Made by \`npm run generate\` from \`packages/server/src/http/problem-codes.ts\`. Every error under \`/api/v1\` is a problem
document (RFC 9457) whose \`code\` is one of these.

${markdownTable(["code", "status", "meaning", "what to do"], rows)}
`;
}
