import { useContext, useState } from "react";
import { Button } from "../design/button.tsx";
import { LineSubmission } from "./line-submission.ts";

/** Buttons in an answer; each runs its line as whoever presses it. */
export function LineButtons({ buttons }: { buttons: readonly { label: string; line: string }[] }) {
  const submit = useContext(LineSubmission);
  const [isSending, setIsSending] = useState(false);
  const press = async (line: string) => {
    if (!submit) return;
    setIsSending(true);
    await submit(line);
    setIsSending(false);
  };
  return (
    <fieldset className="flex flex-wrap gap-2" aria-label="Choices">
      {buttons.map(({ label, line }, index) => (
        <Button
          key={index}
          title={`Runs: ${line}`}
          disabled={!submit || isSending}
          onClick={() => void press(line)}
        >
          {label}
        </Button>
      ))}
    </fieldset>
  );
}
