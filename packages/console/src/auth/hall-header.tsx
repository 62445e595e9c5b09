import { useMutation } from "@tanstack/react-query";
import { Link } from "react-router";
import { signOut } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { Wordmark } from "../design/wordmark.tsx";
import { useUser } from "./session.tsx";

/** The bar on top of every page inside the hall. */
export function HallHeader() {
  const user = useUser();
  const name = user.display_name || user.email;
  const leaving = useMutation({
    mutationFn: signOut,
    // A full load leaves nothing of the person in this page's memory.
    onSuccess: () => window.location.assign("/login"),
  });
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-13 max-w-4xl items-center gap-2 px-3 sm:px-4">
        <Link to="/threads" className="flex shrink-0 rounded-md py-1" aria-label="Guildhall, all threads">
          <Wordmark />
        </Link>
        <span className="ml-auto min-w-0 truncate text-sm text-muted" title={user.email}>
          <span className="sr-only">Signed in as </span>
          {name}
        </span>
        <Button
          look="quiet"
          className="shrink-0"
          disabled={leaving.isPending}
          onClick={() => leaving.mutate()}
        >
          Sign out
        </Button>
      </div>
      {leaving.isError && (
        <p role="alert" className="mx-auto max-w-4xl px-4 pb-2 text-sm text-danger">
          You are still signed in: {leaving.error.message}
        </p>
      )}
    </header>
  );
}
