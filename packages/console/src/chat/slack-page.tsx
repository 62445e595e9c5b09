import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState, type ReactNode } from "react";
import { readChatSetUp, sendTestMessage } from "../api/chat-set-up.ts";
import { explain } from "../api/client.ts";
import type { ChatSetUp } from "../api/schemas.ts";
import { copyText } from "../chunks/copy-text.ts";
import { Button, buttonClass } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { Notice } from "../design/notice.tsx";
import { Page, Section } from "../design/page.tsx";
import { Spinner } from "../design/spinner.tsx";

const SET_UP_KEY = ["chat-set-up", "slack"];
const APPS_PAGE = "https://api.slack.com/apps";

/** Leads administrators through the installation in Slack, from the app's manifest to a test message. */
export function SlackPage() {
  const setUp = useQuery({ queryKey: SET_UP_KEY, queryFn: ({ signal }) => readChatSetUp("slack", signal) });
  return (
    <Page title="Slack">
      <p className="-mt-4 text-muted">From nothing to the first answer, in four steps.</p>
      {setUp.isPending && <Spinner label="Loading how far Slack is set up" />}
      {setUp.isError && <Notice level="error">{explain(setUp.error)}</Notice>}
      {setUp.data && (
        <>
          <AppStep setUp={setUp.data} />
          <SecretsStep setUp={setUp.data} />
          <InstallStep setUp={setUp.data} />
          <TestStep setUp={setUp.data} />
        </>
      )}
    </Page>
  );
}

interface StepProps {
  readonly setUp: ChatSetUp;
}

function AppStep({ setUp: { manifest, public_url } }: StepProps) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Section title="1. Make the app at Slack">
      {public_url === null ? (
        <p>
          This hall has no public <code>https</code> address, so the app opens a socket from here (Socket
          Mode). With an address that Slack can reach, set <Variable name="GUILDHALL_HTTP__PUBLIC_URL" />{" "}
          first: then the hall can also be installed by a link.
        </p>
      ) : (
        <p>
          Slack reaches this hall at <code className="[overflow-wrap:anywhere]">{public_url}</code>.
        </p>
      )}
      <p>
        Open{" "}
        <a className="text-accent underline" href={APPS_PAGE} target="_blank" rel="noreferrer">
          Slack&apos;s page of apps
        </a>
        , choose Create New App, From a manifest, and your workspace; choose JSON, and paste this. Do so again
        when modules were added: Slack has no other way to add a command.
      </p>
      <div>
        <Button look="primary" onClick={() => void copyText(manifest).then(setIsCopied)}>
          {isCopied ? "Copied" : "Copy the manifest"}
        </Button>
      </div>
      <details className="min-w-0">
        <summary className="w-fit rounded text-sm text-muted">Show the manifest</summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys */}
        <pre tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-md bg-sunken p-3 text-xs">
          {manifest}
        </pre>
      </details>
    </Section>
  );
}

function SecretsStep({ setUp: { settings, why_off } }: StepProps) {
  return (
    <Section
      title="2. Give the hall the app's secrets"
      hint="On the app's pages at Slack. They are never shown here."
    >
      <ul className="grid divide-y divide-line">
        {settings.map(({ variable, purpose, is_set, is_needed }) => (
          <li key={variable} className="flex flex-wrap items-start gap-x-4 gap-y-1 py-2">
            <div className="min-w-0 flex-1 basis-40">
              <Variable name={variable} />
              <p className="text-sm text-muted">{purpose}</p>
            </div>
            <State
              isGood={is_set}
              words={is_set ? "set" : is_needed ? "missing" : "not set"}
              isPending={!is_needed}
            />
          </li>
        ))}
      </ul>
      <p className="text-sm text-muted">
        Set them in the hall&apos;s environment, or name a file by the same variable with <code>_FILE</code>{" "}
        behind it, and start the hall again.
      </p>
      {why_off === null ? (
        <Notice level="info">The hall listens to Slack.</Notice>
      ) : (
        <Notice level="warning">
          The hall does not listen to Slack yet: the signing secret is missing, or the app token for Socket
          Mode.
        </Notice>
      )}
    </Section>
  );
}

function InstallStep({ setUp: { install_path, workspaces } }: StepProps) {
  const queries = useQueryClient();
  return (
    <Section title="3. Install it in a workspace">
      {install_path === null ? (
        <p>
          On the app&apos;s page Install App, choose Install to Workspace, and copy the Bot User OAuth Token
          into <Variable name="GUILDHALL_SLACK__BOT_TOKENS" />. With the client id and secret set, the hall is
          installed by a link instead.
        </p>
      ) : (
        <>
          <p>
            Allow what Slack shows, and come back here. The same link is for whoever installs the hall in
            another workspace.
          </p>
          <div className="flex flex-wrap gap-2">
            <a className={buttonClass("primary")} href={install_path} target="_blank" rel="noreferrer">
              Install in Slack
            </a>
            <Button onClick={() => void queries.invalidateQueries({ queryKey: SET_UP_KEY })}>
              See whether it is installed
            </Button>
          </div>
        </>
      )}
      {workspaces.length === 0 ? (
        <p className="text-sm text-muted">The hall is in no workspace yet.</p>
      ) : (
        <ul className="grid divide-y divide-line" aria-label="Workspaces">
          {workspaces.map(({ id, state }) => (
            <li key={id} className="flex items-center gap-4 py-2">
              <code className="flex-1">{id}</code>
              <State isGood={state === "answers"} words={state} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function TestStep({ setUp: { why_off, workspaces } }: StepProps) {
  const [channel, setChannel] = useState("general");
  const test = useMutation({ mutationFn: () => sendTestMessage("slack", channel.trim()) });
  const isReady = why_off === null && workspaces.length > 0;
  return (
    <Section title="4. Write a test message">
      <form
        className="grid max-w-lg gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <Field
          label="Channel"
          name="channel"
          required
          hint="The name of a public channel."
          value={channel}
          onChange={(event) => setChannel(event.target.value)}
        />
        {test.isError && <Notice level="error">{explain(test.error)}</Notice>}
        {test.isSuccess && (
          <Notice level="info">
            The message stands in #{channel.trim().replace(/^#/, "")}. Type <code>/hall</code> in Slack to go
            on.
          </Notice>
        )}
        <div>
          <Button type="submit" look="primary" disabled={!isReady || test.isPending}>
            {test.isPending ? "Writing" : "Write it"}
          </Button>
        </div>
        {!isReady && <p className="text-sm text-muted">First the steps above.</p>}
      </form>
    </Section>
  );
}

/** Where it has no room in one line, it is broken behind an underscore. */
function Variable({ name }: { name: string }): ReactNode {
  return (
    <code className="text-sm font-semibold [overflow-wrap:anywhere]">
      {name.split(/(?<=_)(?!_)/).map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  );
}

function State(props: { readonly isGood: boolean; readonly words: string; readonly isPending?: boolean }) {
  const colour = props.isGood ? "bg-good" : props.isPending === true ? "bg-edge" : "bg-danger";
  return (
    <span className="flex items-center gap-1.5 text-sm text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
      {props.words}
    </span>
  );
}
