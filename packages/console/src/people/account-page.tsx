import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../api/client.ts";
import { changePassword, endSession, listSessions } from "../api/people.ts";
import type { Session } from "../api/schemas.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { PasswordField } from "../design/field.tsx";
import { Instant } from "../design/instant.tsx";
import { NewPasswordField } from "../design/new-password-field.tsx";
import { Notice } from "../design/notice.tsx";
import { Page, Section } from "../design/page.tsx";
import { Spinner } from "../design/spinner.tsx";
import { deviceName } from "./device-name.ts";

const SESSIONS_KEY = ["sessions"];

/** One's own account: who one is, the password, and where one is signed in. */
export function AccountPage() {
  const user = useUser();
  return (
    <Page title="Your account">
      <Section title={user.display_name || user.email} hint={user.email}>
        <p className="text-sm text-muted">
          {user.is_administrator
            ? "You are an administrator of this hall."
            : "You are a member of this hall."}
        </p>
      </Section>
      <PasswordSection />
      <SessionsSection />
    </Page>
  );
}

function PasswordSection() {
  const queries = useQueryClient();
  const user = useUser();
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword({ current_password: current, new_password: wanted }),
    onSuccess: async () => {
      setCurrent("");
      setWanted("");
      await queries.invalidateQueries({ queryKey: SESSIONS_KEY });
    },
  });
  return (
    <Section title="Password" hint="A new password signs you out everywhere else.">
      <form
        className="grid max-w-sm gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        {/* Tells password managers whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <NewPasswordField label="New password" value={wanted} onValue={setWanted} />
        {change.isError && <Notice level="error">{explain(change.error)}</Notice>}
        {change.isSuccess && <Notice level="info">The password is changed.</Notice>}
        <div>
          <Button type="submit" look="primary" disabled={change.isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </Section>
  );
}

function SessionsSection() {
  const queries = useQueryClient();
  const sessions = useQuery({ queryKey: SESSIONS_KEY, queryFn: ({ signal }) => listSessions(signal) });
  const ending = useMutation({
    mutationFn: endSession,
    onSettled: () => queries.invalidateQueries({ queryKey: SESSIONS_KEY }),
  });
  return (
    <Section title="Where you are signed in" hint="End what you do not know or need no more.">
      {sessions.isPending && <Spinner label="Loading the sessions" />}
      {sessions.isError && <Notice level="error">{explain(sessions.error)}</Notice>}
      <ul className="grid divide-y divide-line">
        {sessions.data?.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            isBusy={ending.isPending}
            onEnd={() => ending.mutate(session.id)}
          />
        ))}
      </ul>
      {ending.isError && <Notice level="error">{explain(ending.error)}</Notice>}
    </Section>
  );
}

function SessionRow(props: {
  readonly session: Session;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}) {
  const { session } = props;
  const device = deviceName(session.user_agent);
  return (
    <li className="flex flex-wrap items-center gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium" title={session.user_agent}>
          {device}
        </p>
        <p className="text-sm text-muted">
          Since <Instant at={session.created_at} />, last used <Instant at={session.last_used_at} />
        </p>
      </div>
      {session.is_current ? (
        <p className="text-sm text-good">This one</p>
      ) : (
        <Button look="danger" disabled={props.isBusy} onClick={props.onEnd}>
          End<span className="sr-only"> the session of {device}</span>
        </Button>
      )}
    </li>
  );
}
