import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { explain } from "../api/client.ts";
import { join, readInvitation } from "../api/people.ts";
import { EntryPage } from "../auth/entry-page.tsx";
import { useSessionRefresh } from "../auth/session.tsx";
import { Button, buttonClass } from "../design/button.tsx";
import { Field, PasswordField } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";

const SHORTEST_PASSWORD = 8;

/** Makes an account with the link of an invitation; its token stands behind the hash and so in no server's log. */
export function JoinPage() {
  const token = useLocation().hash.slice(1);
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => readInvitation(token),
    enabled: token !== "",
  });
  return (
    <EntryPage title="Join this hall">
      {token === "" && <p>This address lacks the token of the invitation: copy the whole link.</p>}
      {invitation.isLoading && <Spinner label="Reading the invitation" />}
      {invitation.isError && (
        <div className="grid gap-3">
          <Notice level="error">{explain(invitation.error)}</Notice>
          <Link className={buttonClass("plain")} to="/login">
            Sign in instead
          </Link>
        </div>
      )}
      {invitation.data && <JoinForm token={token} email={invitation.data.email} />}
    </EntryPage>
  );
}

function JoinForm({ token, email }: { token: string; email: string }) {
  const navigate = useNavigate();
  const refreshSession = useSessionRefresh();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const joining = useMutation({
    mutationFn: async () => {
      await join({ token, password, display_name: name.trim() });
      await refreshSession();
    },
    onSuccess: () => navigate("/threads", { replace: true }),
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        joining.mutate();
      }}
    >
      <Field
        label="E-mail address"
        type="email"
        name="email"
        autoComplete="username"
        readOnly
        value={email}
      />
      <Field
        label="Your name"
        name="name"
        autoComplete="name"
        required
        maxLength={100}
        hint="As others in the hall see it."
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        minLength={SHORTEST_PASSWORD}
        hint={`At least ${SHORTEST_PASSWORD} characters.`}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {joining.isError && <Notice level="error">{explain(joining.error)}</Notice>}
      <Button type="submit" look="primary" disabled={joining.isPending}>
        {joining.isPending ? "Joining" : "Join and sign in"}
      </Button>
    </form>
  );
}
