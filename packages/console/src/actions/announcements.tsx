import { useEffect, useRef, useState } from "react";
import { noticeOf } from "../chunks/chunk-kind.ts";
import { stripAnsi } from "../chunks/ansi-text.ts";
import type { Entry } from "../threads/thread-reducer.ts";

const LONGEST_READ = 300;

/** Reads the end of each action aloud to screen readers, once and in short; a whole stream would drown the reader. */
export function Announcements({ entries }: { entries: readonly Entry[] }) {
  const running = useRef<Set<string> | null>(null);
  const known = useRef(0);
  const [words, setWords] = useState("");
  useEffect(() => {
    const before = running.current;
    const newest = entries.slice(-20);
    running.current = new Set(entries.flatMap(({ action }) => (action.is_completed ? [] : [action.id])));
    const isOneMore = entries.length === known.current + 1;
    known.current = entries.length;
    if (!before) return;
    const ended = newest.findLast(
      ({ action }, index) =>
        action.is_completed && (before.has(action.id) || (isOneMore && index === newest.length - 1)),
    );
    if (ended) setWords(spoken(ended));
  }, [entries]);
  return <output className="sr-only">{words}</output>;
}

function spoken({ action, output }: Entry): string {
  const texts = [...output.head, ...output.tail].flatMap((chunk) => {
    const notice = noticeOf(chunk);
    if (notice) return [notice.message];
    const isProse = chunk.mime === "text/plain" || chunk.mime === "text/markdown";
    return isProse && chunk.text_content ? [stripAnsi(chunk.text_content.slice(0, LONGEST_READ))] : [];
  });
  const answer = action.error?.message ?? texts.join(" ").slice(0, LONGEST_READ);
  return `${action.raw_text.slice(0, 80)}: ${action.state}. ${answer}`;
}
