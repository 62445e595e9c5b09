import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, type ReactNode } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { explain, getMe, onSignedOut } from "../api/client.ts";
import type { User } from "../api/schemas.ts";
import { Button } from "../design/button.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";

const ME_KEY = ["me"];

const SignedInUser = createContext<User | null>(null);

/** The person who is signed in. Only for pages inside {@link SignedInPages}. */
export function useUser(): User {
  const user = useContext(SignedInUser);
  if (!user) throw new Error("useUser stands outside of SignedInPages");
  return user;
}

/** Who is signed in, asked once and kept: a user, null, or not yet known. */
export function useSession() {
  const queries = useQueryClient();
  useEffect(() => onSignedOut(() => queries.setQueryData(ME_KEY, null)), [queries]);
  return useQuery({
    queryKey: ME_KEY,
    queryFn: ({ signal }) => getMe(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Asks anew who is signed in, after signing in or setting up. */
export function useSessionRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return () =>
    queries.fetchQuery({ queryKey: ME_KEY, queryFn: () => getMe(), staleTime: 0 }).then(() => undefined);
}

/** Shows its pages to whoever is signed in, and leads others to the sign-in page and back. */
export function SignedInPages() {
  const { data: user, error, refetch, isFetching } = useSession();
  const { pathname, search, hash } = useLocation();
  if (user)
    return (
      <SignedInUser value={user}>
        <Outlet />
      </SignedInUser>
    );
  if (user === null) {
    const next = encodeURIComponent(pathname + search + hash);
    return <Navigate to={pathname === "/threads" ? "/login" : `/login?next=${next}`} replace />;
  }
  return (
    <Centred>
      {error && !isFetching ? (
        <div className="grid gap-3">
          <Notice level="error">{explain(error)}</Notice>
          <Button onClick={() => void refetch()}>Try again</Button>
        </div>
      ) : (
        <Spinner label="Opening the hall" />
      )}
    </Centred>
  );
}

function Centred({ children }: { children: ReactNode }) {
  return <main className="grid min-h-full place-items-center p-4">{children}</main>;
}
