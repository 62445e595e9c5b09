import { RichText } from "../chunks/rich-text.tsx";
import { Button } from "../design/button.tsx";
import { Notice } from "../design/notice.tsx";
import { QuestionForm } from "./question-form.tsx";
import type { Feedback } from "./use-submission.ts";

/** Help for the line, or why it was refused, under the composer; the typed text stays above it. */
export function FeedbackPanel(props: {
  readonly feedback: Feedback;
  readonly isPending: boolean;
  readonly onDismiss: () => void;
  /** Called with the line that a person's answers made whole. */
  readonly onLine: (line: string) => void;
}) {
  const { feedback, isPending, onDismiss, onLine } = props;
  return (
    <div className="mx-auto max-w-4xl px-3 pb-2 sm:px-4">
      <div className="flex items-start gap-2 border-t border-line pt-2">
        {feedback.kind === "asked" ? (
          <QuestionForm asked={feedback.asked} isPending={isPending} onLine={onLine} />
        ) : (
          <Told feedback={feedback} />
        )}
        <Button look="quiet" className="shrink-0" onClick={onDismiss}>
          Close
        </Button>
      </div>
    </div>
  );
}

function Told({ feedback }: { feedback: Exclude<Feedback, { kind: "asked" }> }) {
  return (
    <>
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
    </>
  );
}
