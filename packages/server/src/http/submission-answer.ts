import type { FastifyReply } from "fastify";
import { z } from "zod";
import { askedDocument } from "../commands/asked-line.ts";
import { renderHelpHtml } from "../commands/help/render-html.ts";
import { renderHelpText } from "../commands/help/render-text.ts";
import type { HelpPage } from "../commands/help/layout.ts";
import type { Submission } from "../hall/actions.ts";
import { actionDocument } from "../hall/documents.ts";
import { Problem } from "./problem.ts";

/** The headers that a request for an action may carry. */
export const ActionHeaders = z.object({
  "idempotency-key": z.string().min(1).max(255).optional(),
  "x-guildhall-adapter": z.literal("console").optional(),
});

/** What of the headers goes into the request for an action. */
export function actionRequestOf(headers: z.infer<typeof ActionHeaders>) {
  return {
    adapter: headers["x-guildhall-adapter"] ?? "rest",
    idempotencyKey: headers["idempotency-key"],
  };
}

/** The answer to a typed line or typed arguments: the action, or what help the person gets instead. */
export function answerSubmission(reply: FastifyReply, submission: Submission) {
  switch (submission.kind) {
    case "action":
    case "repeated": {
      const { action } = submission;
      void reply.code(action.is_completed ? 200 : 202).header("location", `/api/v1/actions/${action.id}`);
      return actionDocument(action);
    }
    case "help":
      return { help: renderings(submission) };
    case "line_invalid": {
      const { asked, ...error } = submission.error;
      throw new Problem("line_invalid", error.message, {
        error: { ...error, ...(asked ? { asked: askedDocument(asked) } : {}) },
        help: renderings(submission),
      });
    }
  }
}

function renderings(page: HelpPage): { text: string; html: string } {
  return { text: renderHelpText(page), html: renderHelpHtml(page) };
}
