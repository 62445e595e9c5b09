import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { explain, listThreads } from "../api/client.ts";
import { addAction } from "../api/thread-changes.ts";
import type { ThreadSummary } from "../api/schemas.ts";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { NO_TITLE } from "./thread-texts.ts";

/** Puts an action into one more thread; it stays the same action in both. */
export function AddElsewhereDialog(props: {
  readonly actionId: string;
  readonly threadId: string;
  readonly onClose: () => void;
}) {
  const [search, setSearch] = useState("");
  const [added, setAdded] = useState<ThreadSummary | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const threads = useQuery({
    queryKey: ["threads", "add-to", search],
    queryFn: ({ signal }) => listThreads({ before: null, search, signal }),
    placeholderData: (before) => before,
  });
  const choices = threads.data?.items.filter(({ id, role }) => id !== props.threadId && role !== "reader");
  const add = async (thread: ThreadSummary) => {
    setFault(null);
    try {
      await addAction(thread.id, props.actionId);
      setAdded(thread);
    } catch (error) {
      setFault(explain(error));
    }
  };
  return (
    <Dialog title="Add to another thread" onClose={props.onClose}>
      <div className="grid gap-4">
        {added ? (
          <p>
            It is in{" "}
            <Link className="text-accent underline" to={`/threads/${added.id}`}>
              {added.title || NO_TITLE}
            </Link>{" "}
            as well now.
          </p>
        ) : (
          <>
            <Field
              label="Find a thread"
              type="search"
              autoComplete="off"
              value={search}
              maxLength={200}
              onChange={(event) => setSearch(event.target.value)}
            />
            <ul className="grid max-h-64 gap-1 overflow-y-auto">
              {choices?.map((thread) => (
                <li key={thread.id}>
                  <button
                    type="button"
                    className="w-full truncate rounded-md px-3 py-2 text-start -outline-offset-2 hover:bg-sunken"
                    onClick={() => void add(thread)}
                  >
                    {thread.title || NO_TITLE}
                  </button>
                </li>
              ))}
            </ul>
            {choices?.length === 0 && <p className="text-sm text-muted">No other thread takes it.</p>}
            {threads.isError && <Notice level="error">{explain(threads.error)}</Notice>}
            {fault && <Notice level="error">{fault}</Notice>}
          </>
        )}
        <div className="flex justify-end">
          <Button onClick={props.onClose}>{added ? "Close" : "Cancel"}</Button>
        </div>
      </div>
    </Dialog>
  );
}
