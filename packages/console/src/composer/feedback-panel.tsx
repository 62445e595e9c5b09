import { RichText } from "../chunks/rich-text.tsx";
import { Button } from "../design/button.tsx";
import { Notice } from "../design/notice.tsx";
import type { Feedback } from "./use-submission.ts";

/** Help for the line, or why it was refused, under the composer; the typed text stays above it. */
export function FeedbackPanel({ feedback, onDismiss }: { feedback: Feedback; onDismiss: () => void }) {
  return (
    <div className="mt-2 border-t border-line pt-2">
      <div className="flex items-start gap-2">
        {/* Focusable, so that long help can be scrolled by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <output tabIndex={0} className="block max-h-[45dvh] min-w-0 flex-1 overflow-y-auto text-sm">
          {feedback.help ? (
            // The help of a refused line begins with the reason.
            <RichText kind="html" text={feedback.help.html} />
          ) : (
            feedback.kind === "refused" && <Notice level="error">{feedback.message}</Notice>
          )}
        </output>
        <Button look="quiet" className="shrink-0" onClick={onDismiss}>
          Close
        </Button>
      </div>
    </div>
  );
}
