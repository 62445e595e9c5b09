import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { explain } from "../api/client.ts";
import { EntryPage } from "../auth/entry-page.tsx";
import { useSessionRefresh } from "../auth/session.tsx";
import { SignInEmailField } from "../auth/sign-in-email-field.tsx";
import { Button, buttonClass } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { NewPasswordField } from "../design/new-password-field.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";

/** What a link that works once is for. */
export interface OnceLink {
  readonly title: string;
  /** What the address lacks when it ends too early. */
  readonly lacks: string;
  readonly reading: string;
  readonly asksName: boolean;
  readonly passwordLabel: string;
  readonly consequence?: string;
  readonly button: string;
  readonly busy: string;
  /** Whom the link is for. */
  read(token: string): Promise<{ readonly email: string }>;
  /** Uses the link; the person is signed in then. */
  use(given: { readonly token: string; readonly password: string; readonly name: string }): Promise<unknown>;
}

/** The page of a link that works once; its token stands behind the hash and so in no server's log. */
export function LinkPage({ link }: { link: OnceLink }) {
  const token = useLocation().hash.slice(1);
  const found = useQuery({
    queryKey: ["link", link.title, token],
    queryFn: () => link.read(token),
    enabled: token !== "",
  });
  return (
    <EntryPage title={link.title}>
      {token === "" && <p>{link.lacks}</p>}
      {found.isLoading && <Spinner label={link.reading} />}
      {found.isError && (
        <div className="grid gap-3">
          <Notice level="error">{explain(found.error)}</Notice>
          <Link className={buttonClass("plain")} to="/login">
            Sign in instead
          </Link>
        </div>
      )}
      {found.data && <LinkForm link={link} token={token} email={found.data.email} />}
    </EntryPage>
  );
}

function LinkForm({ link, token, email }: { link: OnceLink; token: string; email: string }) {
  const navigate = useNavigate();
  const refreshSession = useSessionRefresh();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const using = useMutation({
    mutationFn: async () => {
      await link.use({ token, password, name: name.trim() });
      await refreshSession();
    },
    onSuccess: () => navigate("/threads", { replace: true }),
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        using.mutate();
      }}
    >
      <SignInEmailField readOnly value={email} />
      {link.asksName && (
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
      )}
      <NewPasswordField
        label={link.passwordLabel}
        consequence={link.consequence}
        value={password}
        onValue={setPassword}
      />
      {using.isError && <Notice level="error">{explain(using.error)}</Notice>}
      <Button type="submit" look="primary" disabled={using.isPending}>
        {using.isPending ? link.busy : link.button}
      </Button>
    </form>
  );
}
