import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { explain, signIn } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { PasswordField } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { useFocusOnOpen } from "../design/use-focus-on-open.ts";
import { EntryPage } from "./entry-page.tsx";
import { nextPath } from "./next-path.ts";
import { useSession, useSessionRefresh } from "./session.tsx";
import { SignInEmailField } from "./sign-in-email-field.tsx";

/** Sign in with e-mail address and password. */
export function LoginPage() {
  const { data: user } = useSession();
  const refreshSession = useSessionRefresh();
  const [parameters] = useSearchParams();
  const first = useFocusOnOpen<HTMLInputElement>();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: async () => {
      await signIn({ email: email.trim(), password });
      await refreshSession();
    },
  });
  if (user) return <Navigate to={nextPath(parameters.get("next"))} replace />;
  return (
    <EntryPage title="Sign in">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate();
        }}
      >
        {parameters.has("next") && !login.isError && (
          <p className="text-sm text-muted">Sign in to go on where you were.</p>
        )}
        <SignInEmailField
          required
          ref={first}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {login.isError && <Notice level="error">{explain(login.error)}</Notice>}
        <Button type="submit" look="primary" disabled={login.isPending}>
          {login.isPending ? "Signing in" : "Sign in"}
        </Button>
      </form>
      <details className="mt-4 text-sm text-muted">
        <summary>No account, or the password is lost?</summary>
        <p className="mt-2">
          In a new hall, open the set-up link that its start printed. In a hall that is in use, ask an
          administrator for a link: on the page People they invite somebody, or let them set a new password.
          On the hall&apos;s own machine <code className="font-mono">guildhall password-link</code> prints
          one.
        </p>
      </details>
    </EntryPage>
  );
}
