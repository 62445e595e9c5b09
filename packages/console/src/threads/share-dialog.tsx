import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { explain } from "../api/client.ts";
import type { ThreadMember, ThreadSummary } from "../api/schemas.ts";
import { changeMember, listMembers, removeMember, shareThread } from "../api/thread-changes.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Field, SELECT_CLASS } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";

const isRole = (word: string): word is "reader" | "writer" => word === "reader" || word === "writer";

/** With whom a thread is shared; its owner shares it with more people and takes it back. */
export function ShareDialog({ thread, onClose }: { thread: ThreadSummary; onClose: () => void }) {
  const { id, role } = thread;
  const queries = useQueryClient();
  const members = useQuery({
    queryKey: ["members", id],
    queryFn: ({ signal }) => listMembers(id, signal),
    staleTime: 0,
  });
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    onSettled: () => queries.invalidateQueries({ queryKey: ["members", id] }),
  });
  return (
    <Dialog title="People in this thread" onClose={onClose}>
      <div className="grid gap-4">
        {members.isPending && <Spinner label="Loading the people" />}
        {members.isError && <Notice level="error">{explain(members.error)}</Notice>}
        <ul className="grid gap-2">
          {members.data?.map((member) => (
            <Member
              key={member.user_id}
              member={member}
              isOwner={role === "owner"}
              isBusy={change.isPending}
              onRole={(next) => change.mutate(() => changeMember(id, member.user_id, next))}
              onRemove={() => change.mutate(() => removeMember(id, member.user_id))}
            />
          ))}
        </ul>
        {role === "owner" ? (
          <ShareForm onShare={(person) => change.mutateAsync(() => shareThread(id, person))} />
        ) : (
          <LeaveButton threadId={id} />
        )}
        {change.isError && <Notice level="error">{explain(change.error)}</Notice>}
        <div className="flex justify-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Member(props: {
  readonly member: ThreadMember;
  readonly isOwner: boolean;
  readonly isBusy: boolean;
  readonly onRole: (role: "reader" | "writer") => void;
  readonly onRemove: () => void;
}) {
  const { member, isOwner, isBusy } = props;
  const name = member.display_name || member.email;
  return (
    <li className="flex flex-wrap items-center gap-2">
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate font-medium">{name}</p>
        {member.display_name && <p className="truncate text-sm text-muted">{member.email}</p>}
      </div>
      {isOwner && member.role !== "owner" ? (
        <div className="flex items-center gap-2">
          <select
            aria-label={`What ${name} may do`}
            className={SELECT_CLASS}
            value={member.role}
            disabled={isBusy}
            onChange={({ target }) => isRole(target.value) && props.onRole(target.value)}
          >
            <option value="reader">May read</option>
            <option value="writer">May write</option>
          </select>
          <Button look="quiet-danger" disabled={isBusy} onClick={props.onRemove}>
            Remove<span className="sr-only"> {name}</span>
          </Button>
        </div>
      ) : (
        <p className="text-sm text-muted">
          {member.role === "owner" ? "Owner" : member.role === "writer" ? "May write" : "May read"}
        </p>
      )}
    </li>
  );
}

function ShareForm({
  onShare,
}: {
  onShare: (person: { email: string; role: "reader" | "writer" }) => Promise<void>;
}) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"reader" | "writer">("reader");
  return (
    <form
      className="grid gap-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        // What went wrong is told by the dialog.
        onShare({ email: email.trim(), role }).then(
          () => setEmail(""),
          () => undefined,
        );
      }}
    >
      <Field
        label="Share with"
        type="email"
        required
        autoComplete="off"
        hint="The e-mail address with which they sign in to this hall."
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <div className="flex gap-2">
        <select
          aria-label="What they may do"
          className={SELECT_CLASS}
          value={role}
          onChange={({ target }) => isRole(target.value) && setRole(target.value)}
        >
          <option value="reader">May read</option>
          <option value="writer">May write</option>
        </select>
        <Button type="submit" look="primary">
          Share
        </Button>
      </div>
    </form>
  );
}

function LeaveButton({ threadId }: { threadId: string }) {
  const user = useUser();
  const navigate = useNavigate();
  const leaving = useMutation({
    mutationFn: () => removeMember(threadId, user.id),
    onSuccess: () => navigate("/threads"),
  });
  return (
    <div className="border-t border-line pt-4">
      <Button look="danger" disabled={leaving.isPending} onClick={() => leaving.mutate()}>
        Leave this thread
      </Button>
      {leaving.isError && <Notice level="error">{explain(leaving.error)}</Notice>}
    </div>
  );
}
