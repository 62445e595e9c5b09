import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { explain } from "../api/client.ts";
import { readPasswordLink, setNewPassword } from "../api/people.ts";
import { EntryPage } from "../auth/entry-page.tsx";
import { useSessionRefresh } from "../auth/session.tsx";
import { Button, buttonClass } from "../design/button.tsx";
import { Field, PasswordField } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";

const SHORTEST_PASSWORD = 8;

/** Sets a new password with an administrator's link; its token stands behind the hash and so in no server's log. */
export function NewPasswordPage() {
  const token = useLocation().hash.slice(1);
  const link = useQuery({
    queryKey: ["password-link", token],
    queryFn: () => readPasswordLink(token),
    enabled: token !== "",
  });
  return (
    <EntryPage title="Set a new password">
      {token === "" && <p>This address lacks the token of the link: copy the whole link.</p>}
      {link.isLoading && <Spinner label="Reading the link" />}
      {link.isError && (
        <div className="grid gap-3">
          <Notice level="error">{explain(link.error)}</Notice>
          <Link className={buttonClass("plain")} to="/login">
            Sign in instead
          </Link>
        </div>
      )}
      {link.data && <NewPasswordForm token={token} email={link.data.email} />}
    </EntryPage>
  );
}

function NewPasswordForm({ token, email }: { token: string; email: string }) {
  const navigate = useNavigate();
  const refreshSession = useSessionRefresh();
  const [password, setPassword] = useState("");
  const setting = useMutation({
    mutationFn: async () => {
      await setNewPassword({ token, password });
      await refreshSession();
    },
    onSuccess: () => navigate("/threads", { replace: true }),
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setting.mutate();
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
      <PasswordField
        label="New password"
        name="password"
        autoComplete="new-password"
        required
        minLength={SHORTEST_PASSWORD}
        hint={`At least ${SHORTEST_PASSWORD} characters. You are signed out everywhere else.`}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {setting.isError && <Notice level="error">{explain(setting.error)}</Notice>}
      <Button type="submit" look="primary" disabled={setting.isPending}>
        {setting.isPending ? "Setting it" : "Set it and sign in"}
      </Button>
    </form>
  );
}
