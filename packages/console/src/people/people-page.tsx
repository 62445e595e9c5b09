import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { copyText } from "../chunks/copy-text.ts";
import { explain } from "../api/client.ts";
import {
  changePerson,
  invite,
  listInvitations,
  listPeople,
  makePasswordLink,
  takeInvitationBack,
} from "../api/people.ts";
import type { User } from "../api/schemas.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { Instant } from "../design/instant.tsx";
import { Menu } from "../design/menu.tsx";
import { MoreIcon } from "../design/more-icon.tsx";
import { Notice } from "../design/notice.tsx";
import { Page, Section } from "../design/page.tsx";
import { Spinner } from "../design/spinner.tsx";

const PEOPLE_KEY = ["people"];
const INVITATIONS_KEY = ["invitations"];

/** Everybody who has an account, and invitations to more. For administrators. */
export function PeoplePage() {
  const user = useUser();
  return (
    <Page title="People">
      {user.is_administrator ? (
        <>
          <InviteSection />
          <PeopleSection />
        </>
      ) : (
        <p className="text-muted">Only administrators of the hall see its people.</p>
      )}
    </Page>
  );
}

function InviteSection() {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [isAdministrator, setIsAdministrator] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: INVITATIONS_KEY });
  const inviting = useMutation({
    mutationFn: () => invite({ email: email.trim(), is_administrator: isAdministrator }),
    onSuccess: async () => {
      setEmail("");
      setIsAdministrator(false);
      await refresh();
    },
  });
  const takingBack = useMutation({ mutationFn: takeInvitationBack, onSettled: refresh });
  const invitations = useQuery({
    queryKey: INVITATIONS_KEY,
    queryFn: ({ signal }) => listInvitations(signal),
  });
  return (
    <Section title="Invite somebody" hint="They make their own account with a link that works once.">
      <form
        className="grid max-w-lg gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          inviting.mutate();
        }}
      >
        <Field
          label="E-mail address"
          type="email"
          name="invited"
          required
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={isAdministrator}
            onChange={(event) => setIsAdministrator(event.target.checked)}
          />
          They are to be an administrator
        </label>
        {inviting.isError && <Notice level="error">{explain(inviting.error)}</Notice>}
        <div>
          <Button type="submit" look="primary" disabled={inviting.isPending}>
            Make the link
          </Button>
        </div>
      </form>
      {inviting.data && (
        <OneTimeLink words="Give them this link. It is shown only now." path={inviting.data.path} />
      )}
      {invitations.data && invitations.data.length > 0 && (
        <div>
          <h3 className="mb-1 text-sm font-semibold">Not used yet</h3>
          <ul className="grid divide-y divide-line">
            {invitations.data.map((invitation) => (
              <li key={invitation.id} className="flex flex-wrap items-center gap-3 py-2">
                <p className="min-w-0 flex-1 basis-40">
                  <span className="block truncate">{invitation.email}</span>
                  <span className="text-sm text-muted">
                    {invitation.is_administrator && "As an administrator, "}until{" "}
                    <Instant at={invitation.expires_at} />
                  </span>
                </p>
                <Button
                  look="quiet-danger"
                  disabled={takingBack.isPending}
                  onClick={() => takingBack.mutate(invitation.id)}
                >
                  Take back<span className="sr-only"> the invitation of {invitation.email}</span>
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {invitations.isError && <Notice level="error">{explain(invitations.error)}</Notice>}
      {takingBack.isError && <Notice level="error">{explain(takingBack.error)}</Notice>}
    </Section>
  );
}

function OneTimeLink({ words, path }: { words: string; path: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const link = window.location.origin + path;
  return (
    <output className="grid gap-2 rounded-md bg-sunken p-3">
      <span className="text-sm font-medium [overflow-wrap:anywhere]">{words}</span>
      <code className="text-sm [overflow-wrap:anywhere]">{link}</code>
      <span>
        <Button onClick={() => void copyText(link).then(setIsCopied)}>
          {isCopied ? "Copied" : "Copy the link"}
        </Button>
      </span>
    </output>
  );
}

function PeopleSection() {
  const queries = useQueryClient();
  const people = useInfiniteQuery({
    queryKey: PEOPLE_KEY,
    queryFn: ({ pageParam, signal }) => listPeople({ after: pageParam, signal }),
    initialPageParam: ((): string | null => null)(),
    getNextPageParam: (page) => page.next,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; is_active?: boolean; is_administrator?: boolean }) =>
      changePerson(id, body),
    onSettled: () => queries.invalidateQueries({ queryKey: PEOPLE_KEY }),
  });
  const linking = useMutation({
    mutationFn: async ({ id, email }: User) => ({ email, path: (await makePasswordLink(id)).path }),
  });
  const everybody = people.data?.pages.flatMap(({ items }) => items).filter(({ kind }) => kind === "person");
  return (
    <Section title="Accounts">
      {people.isPending && <Spinner label="Loading the people" />}
      {people.isError && <Notice level="error">{explain(people.error)}</Notice>}
      {change.isError && <Notice level="error">{explain(change.error)}</Notice>}
      {linking.isError && <Notice level="error">{explain(linking.error)}</Notice>}
      {linking.data && (
        <OneTimeLink
          key={linking.data.path}
          words={`With this link ${linking.data.email} sets a new password, once, within a day. It is shown only now.`}
          path={linking.data.path}
        />
      )}
      <ul className="grid divide-y divide-line">
        {everybody?.map((person) => (
          <Person
            key={person.id}
            person={person}
            onChange={(body) => change.mutate({ id: person.id, ...body })}
            onNewPassword={() => linking.mutate(person)}
          />
        ))}
      </ul>
      {people.hasNextPage && (
        <div>
          <Button disabled={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Section>
  );
}

function Person(props: {
  readonly person: User;
  readonly onChange: (body: { is_active?: boolean; is_administrator?: boolean }) => void;
  readonly onNewPassword: () => void;
}) {
  const { person, onChange, onNewPassword } = props;
  const isOneself = useUser().id === person.id;
  const name = person.display_name || person.email;
  return (
    <li className="flex items-center gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        <p className="truncate text-sm text-muted">{person.email}</p>
      </div>
      <p className={`text-sm ${person.is_active ? "text-muted" : "text-danger"}`}>
        {person.is_active ? (person.is_administrator ? "Administrator" : "Member") : "Deactivated"}
      </p>
      <Menu
        label={`Change ${name}`}
        className="inline-grid size-9 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
        items={[
          person.is_administrator
            ? { label: "Make a member", onChoose: () => onChange({ is_administrator: false }) }
            : { label: "Make an administrator", onChoose: () => onChange({ is_administrator: true }) },
          ...(person.is_active && !isOneself
            ? [{ label: "Make a link for a new password", onChoose: onNewPassword }]
            : []),
          person.is_active
            ? { label: "Deactivate", isDangerous: true, onChoose: () => onChange({ is_active: false }) }
            : { label: "Reactivate", onChoose: () => onChange({ is_active: true }) },
        ]}
      >
        <MoreIcon />
      </Menu>
    </li>
  );
}
