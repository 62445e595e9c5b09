import { useCallback, useEffect, useRef, useState } from "react";
import { completeLine, explain } from "../api/client.ts";
import type { Completion } from "../api/schemas.ts";

/** A list that is open for a line, with the candidate that Enter would take. */
export interface OpenList {
  readonly line: string;
  readonly completion: Completion;
  readonly active: number;
}

/** A line with a candidate put in, and where the cursor then stands. */
export interface Completed {
  readonly line: string;
  readonly cursor: number;
}

/** Puts the candidate in the place it completes; at the end of the line a space follows, for the next word. */
export function insertCandidate(line: string, completion: Completion, index: number): Completed | undefined {
  const value = completion.candidates[index]?.value;
  if (value === undefined) return undefined;
  const rest = line.slice(completion.end);
  const head = line.slice(0, completion.start) + value + (rest === "" ? " " : "");
  return { line: head + rest, cursor: head.length };
}

/** The candidates for the line that is being typed. */
export function useCompletion() {
  const [list, setList] = useState<OpenList | null>(null);
  /** What to say when there is nothing to choose from. */
  const [message, setMessage] = useState("");
  const request = useRef<AbortController | null>(null);

  const close = useCallback(() => {
    request.current?.abort();
    setList(null);
    setMessage("");
  }, []);
  useEffect(() => () => request.current?.abort(), []);

  /** Asks for candidates. With `takeSingle`, the only one is handed back instead of listed. */
  const open = useCallback(
    async (line: string, cursor: number, takeSingle: boolean): Promise<Completed | undefined> => {
      request.current?.abort();
      const abort = new AbortController();
      request.current = abort;
      try {
        const completion = await completeLine({ line, cursor, signal: abort.signal });
        if (abort.signal.aborted) return undefined;
        const isSingle = completion.candidates.length === 1;
        if (isSingle && takeSingle) {
          setList(null);
          setMessage("");
          return insertCandidate(line, completion, 0);
        }
        setList(completion.candidates.length === 0 ? null : { line, completion, active: 0 });
        setMessage(completion.candidates.length === 0 ? "Nothing to complete here." : "");
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        setList(null);
        setMessage(explain(error));
      }
      return undefined;
    },
    [],
  );

  const move = useCallback((step: number) => {
    setList((now) => {
      if (!now) return now;
      const count = now.completion.candidates.length;
      return { ...now, active: (now.active + step + count) % count };
    });
  }, []);

  return { list, message, open, close, move };
}
