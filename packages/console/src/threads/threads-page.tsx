import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { createThread, deleteThread, explain, listThreads } from "../api/client.ts";
import type { ThreadSummary } from "../api/schemas.ts";
import { HallHeader } from "../auth/hall-header.tsx";
import { Button, buttonClass } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field, INPUT_CLASS } from "../design/field.tsx";
import { Instant } from "../design/instant.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";
import { LONGEST_TITLE, NO_TITLE } from "./thread-texts.ts";

const THREADS_KEY = ["threads"];

/** The list of the person's threads, newest first. */
export function ThreadsPage() {
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get("search") ?? "";
  const wanted = useDeferredValue(search.trim());
  const threads = useInfiniteQuery({
    queryKey: [...THREADS_KEY, wanted],
    queryFn: ({ pageParam, signal }) => listThreads({ before: pageParam, search: wanted, signal }),
    placeholderData: (before) => before,
    initialPageParam: ((): string | null => null)(),
    getNextPageParam: (page) => page.next,
  });
  const [isMaking, setIsMaking] = useState(false);
  const [doomed, setDoomed] = useState<ThreadSummary | null>(null);
  const items = threads.data?.pages.flatMap((page) => page.items);
  const isEmpty = items?.length === 0 && wanted === "";
  return (
    <div className="flex min-h-full flex-col">
      <title>Threads - Guildhall</title>
      <HallHeader />
      <main className="mx-auto w-full max-w-4xl flex-1 px-3 py-5 sm:px-4">
        <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <h1 className="text-2xl font-semibold">Threads</h1>
          {!isEmpty && (
            <Button look="primary" onClick={() => setIsMaking(true)}>
              New thread
            </Button>
          )}
        </div>
        {!isEmpty && (
          <div className="mb-4">
            <label htmlFor="thread-search" className="sr-only">
              Search in titles, descriptions and lines
            </label>
            <input
              id="thread-search"
              type="search"
              className={INPUT_CLASS}
              placeholder="Search titles, descriptions, lines"
              maxLength={200}
              value={search}
              onChange={({ target }) =>
                setParameters(target.value ? { search: target.value } : {}, { replace: true })
              }
            />
          </div>
        )}
        {threads.isPending && <Spinner label="Loading the threads" />}
        {threads.isError && (
          <div className="mb-4 grid justify-items-start gap-3">
            <Notice level="error">{explain(threads.error)}</Notice>
            <Button disabled={threads.isFetching} onClick={() => void threads.refetch()}>
              Try again
            </Button>
          </div>
        )}
        {isEmpty && <NoThreads onCreate={() => setIsMaking(true)} />}
        {items?.length === 0 && !isEmpty && (
          <p className="rounded-lg border border-dashed border-edge p-6 text-muted">
            No thread has “{wanted}” in its title, its description or its lines.
          </p>
        )}
        {items && items.length > 0 && (
          <ul className="grid gap-3">
            {items.map((thread) => (
              <ThreadCard key={thread.id} thread={thread} onDelete={() => setDoomed(thread)} />
            ))}
          </ul>
        )}
        {threads.hasNextPage && (
          <div className="mt-4 text-center">
            <Button disabled={threads.isFetchingNextPage} onClick={() => void threads.fetchNextPage()}>
              {threads.isFetchingNextPage ? "Loading" : "Load more"}
            </Button>
          </div>
        )}
      </main>
      {isMaking && <NewThreadDialog onClose={() => setIsMaking(false)} />}
      {doomed && <DeleteDialog thread={doomed} onClose={() => setDoomed(null)} />}
    </div>
  );
}

function NoThreads({ onCreate }: { onCreate: () => void }) {
  return (
    <div className="rounded-lg border border-dashed border-edge p-6">
      <h2 className="mb-2 text-lg font-semibold">No threads yet</h2>
      <p className="mb-3 max-w-prose text-muted">
        A thread keeps the commands that you run, and what they answer, in order. Create one, then type{" "}
        <kbd className="rounded bg-sunken px-1.5 py-0.5 font-mono text-sm text-ink">help</kbd> to see what can
        be typed in this hall, or{" "}
        <kbd className="rounded bg-sunken px-1.5 py-0.5 font-mono text-sm text-ink">roll 4d6kh3</kbd> to roll
        some dice.
      </p>
      <Button look="primary" onClick={onCreate}>
        New thread
      </Button>
    </div>
  );
}

function ThreadCard({ thread, onDelete }: { thread: ThreadSummary; onDelete: () => void }) {
  const title = thread.title || NO_TITLE;
  return (
    <li className="relative rounded-lg border border-line bg-surface p-4 focus-within:border-edge hover:border-edge">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="font-semibold [overflow-wrap:anywhere]">
            <Link to={`/threads/${thread.id}`} className="after:absolute after:inset-0 after:rounded-lg">
              {title}
            </Link>
          </h2>
          {thread.description && (
            <p className="line-clamp-3 text-sm text-muted [overflow-wrap:anywhere]">{thread.description}</p>
          )}
          <p className="mt-1 text-sm text-muted">
            Created <Instant at={thread.created_at} />
            {thread.role !== "owner" &&
              (thread.role === "reader" ? ", shared for reading" : ", shared with you")}
          </p>
        </div>
        <div className="relative z-10 flex gap-2">
          <Link
            to={`/threads/${thread.id}`}
            className={buttonClass("plain")}
            tabIndex={-1}
            aria-hidden="true"
          >
            Open
          </Link>
          {thread.role === "owner" && (
            <Button look="quiet-danger" aria-label={`Delete ${title}`} onClick={onDelete}>
              Delete
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}

function NewThreadDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [title, setTitle] = useState(suggestedTitle);
  const creation = useMutation({
    mutationFn: () => createThread(title.trim() || NO_TITLE),
    onSuccess: (thread) => {
      void queries.invalidateQueries({ queryKey: THREADS_KEY });
      return navigate(`/threads/${thread.id}`);
    },
  });
  return (
    <Dialog title="New thread" onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          creation.mutate();
        }}
      >
        <Field
          label="Title"
          hint="You can change it later."
          value={title}
          maxLength={LONGEST_TITLE}
          placeholder={NO_TITLE}
          autoComplete="off"
          onFocus={(event) => event.target.select()}
          onChange={(event) => setTitle(event.target.value)}
        />
        {creation.isError && <Notice level="error">{explain(creation.error)}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={creation.isPending}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function suggestedTitle(): string {
  return `Thread of ${new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" }).format()}`;
}

function DeleteDialog({ thread, onClose }: { thread: ThreadSummary; onClose: () => void }) {
  const queries = useQueryClient();
  const deletion = useMutation({
    mutationFn: () => deleteThread(thread.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: THREADS_KEY });
      onClose();
    },
  });
  return (
    <Dialog title={`Delete "${thread.title || NO_TITLE}"?`} onClose={onClose}>
      <p className="mb-4 text-muted">
        The thread and its order of actions are removed for everyone who sees it. This cannot be undone.
      </p>
      {deletion.isError && (
        <div className="mb-4">
          <Notice level="error">{explain(deletion.error)}</Notice>
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={deletion.isPending} onClick={() => deletion.mutate()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
