import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { ApiError, explain, setUp } from "../api/client.ts";
import { Button, buttonClass } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { NewPasswordField } from "../design/new-password-field.tsx";
import { Notice } from "../design/notice.tsx";
import { useFocusOnOpen } from "../design/use-focus-on-open.ts";
import { EntryPage } from "./entry-page.tsx";
import { useSessionRefresh } from "./session.tsx";
import { SignInEmailField } from "./sign-in-email-field.tsx";

/** Makes the first administrator of a new hall; the link's token stands behind the hash and so in no server's log. */
export function SetupPage() {
  const token = useLocation().hash.slice(1);
  if (token === "") {
    return (
      <EntryPage title="Set up this hall">
        <p className="mb-3">This address lacks the token of the set-up link.</p>
        <p className="mb-4 text-sm text-muted">
          The hall prints the link when it starts, as long as nobody has an account. Copy the whole line, with
          everything behind the #.
        </p>
        <Link className={buttonClass("plain")} to="/login">
          Sign in instead
        </Link>
      </EntryPage>
    );
  }
  return <SetupForm token={token} />;
}

function SetupForm({ token }: { token: string }) {
  const navigate = useNavigate();
  const refreshSession = useSessionRefresh();
  const first = useFocusOnOpen<HTMLInputElement>();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const setup = useMutation({
    mutationFn: async () => {
      await setUp({ token, email: email.trim(), password, display_name: name.trim() });
      await refreshSession();
    },
    onSuccess: () => navigate("/threads", { replace: true }),
  });
  const isLinkUsed = setup.error instanceof ApiError && setup.error.code === "setup_link_used";
  return (
    <EntryPage title="Set up this hall">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setup.mutate();
        }}
      >
        <p className="text-sm text-muted">You become the hall's first administrator.</p>
        <Field
          label="Your name"
          name="name"
          autoComplete="name"
          required
          ref={first}
          hint="As others in the hall see it."
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SignInEmailField
          required
          hint="You sign in with it; the hall sends nothing there."
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <NewPasswordField label="Password" value={password} onValue={setPassword} />
        {setup.isError && <Notice level="error">{explain(setup.error)}</Notice>}
        {isLinkUsed && (
          <p className="text-sm text-muted">
            Each start prints a new link while nobody has an account. Do you have one?{" "}
            <Link className="text-accent underline" to="/login">
              Sign in
            </Link>
          </p>
        )}
        <Button type="submit" look="primary" disabled={setup.isPending}>
          {setup.isPending ? "Setting up" : "Set up and sign in"}
        </Button>
      </form>
    </EntryPage>
  );
}
