import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { explain } from "../api/client.ts";
import type { HallService } from "../api/schemas.ts";
import { changeService, listServices, type ServiceVerb } from "../api/services.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { Instant } from "../design/instant.tsx";
import { Notice } from "../design/notice.tsx";
import { Page } from "../design/page.tsx";
import { Spinner } from "../design/spinner.tsx";
import { RunOutcome, ServiceRuns } from "./service-runs.tsx";

const SERVICES_KEY = ["services"];
/** While something runs its progress is asked for this often, else for what began by itself. In milliseconds. */
const ASK_AGAIN = { running: 1000, resting: 15_000 } as const;

/** What the hall does by itself: when it did, how that went, and when it does again. Administrators steer it. */
export function ServicesPage() {
  const services = useQuery({
    queryKey: SERVICES_KEY,
    queryFn: ({ signal }) => listServices(signal),
    refetchInterval: ({ state }) =>
      state.data?.some(({ current_run }) => current_run) ? ASK_AGAIN.running : ASK_AGAIN.resting,
  });
  return (
    <Page title="Services">
      <p className="-mt-4 text-muted">What the hall does by itself, at its times.</p>
      {services.isPending && <Spinner label="Loading the services" />}
      {services.isError && <Notice level="error">{explain(services.error)}</Notice>}
      {services.data?.length === 0 && (
        <p className="rounded-lg border border-dashed border-edge p-6 text-center text-muted">
          Nothing here yet: no module of this hall brings a service.
        </p>
      )}
      <ul className="grid gap-3">
        {services.data?.map((service) => (
          <ServiceCard key={service.name} service={service} />
        ))}
      </ul>
    </Page>
  );
}

function ServiceCard({ service }: { service: HallService }) {
  const { name, summary, module, schedule, current_run, last_run, failures, is_paused } = service;
  const user = useUser();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li className="grid gap-3 rounded-lg border border-line bg-surface p-4 shadow-card">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="flex flex-wrap items-center gap-x-3 font-semibold [overflow-wrap:anywhere]">
            {name}
            <StateSign service={service} />
          </h2>
          <p className="text-sm text-muted">
            {summary} <span className="whitespace-nowrap">(module {module})</span>
          </p>
        </div>
        {user.is_administrator && <Steering service={service} />}
      </div>
      <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-3">
        <Fact label="When">{schedule}</Fact>
        <Fact label="Last run">
          {last_run ? (
            <>
              <Instant at={last_run.started_at} />, <RunOutcome run={last_run} />
            </>
          ) : (
            "Never yet"
          )}
        </Fact>
        <Fact label="Next run">
          {service.next_run_at && !is_paused ? (
            <Instant at={service.next_run_at} />
          ) : is_paused ? (
            "Paused"
          ) : (
            "Not by itself"
          )}
        </Fact>
      </dl>
      {current_run && <Spinner label={service.progress ? `Running: ${service.progress}` : "Running"} />}
      {failures > 0 && (
        <Notice level="error">
          Failed {failures === 1 ? "once" : `${failures} times in a row`}
          {last_run?.note && `: ${last_run.note}`}
        </Notice>
      )}
      <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded text-sm text-muted">
          Earlier runs<span className="sr-only"> of {name}</span>
        </summary>
        {isOpen && <ServiceRuns name={name} newest={last_run?.id ?? null} />}
      </details>
    </li>
  );
}

function Steering({ service: { name, current_run, is_paused } }: { service: HallService }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (verb: ServiceVerb) => changeService(name, verb),
    onSettled: () => queries.invalidateQueries({ queryKey: SERVICES_KEY }),
  });
  return (
    <>
      <div className="flex gap-2">
        <Button disabled={change.isPending || current_run !== null} onClick={() => change.mutate("run")}>
          Run now<span className="sr-only"> {name}</span>
        </Button>
        <Button
          look={is_paused ? "primary" : "quiet"}
          disabled={change.isPending}
          onClick={() => change.mutate(is_paused ? "resume" : "pause")}
        >
          {is_paused ? "Resume" : "Pause"}
          <span className="sr-only"> {name}</span>
        </Button>
      </div>
      {change.isError && (
        <div className="basis-full">
          <Notice level="error">{explain(change.error)}</Notice>
        </div>
      )}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted">{label}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

function StateSign({ service }: { service: HallService }) {
  const { colour, words } = stateOf(service);
  return (
    <span className="flex items-center gap-1.5 text-sm font-normal text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
      {words}
    </span>
  );
}

function stateOf({ current_run, is_paused, failures, last_run }: HallService) {
  if (current_run) return { colour: "animate-pulse bg-accent", words: "running" };
  if (is_paused) return { colour: "bg-edge", words: "paused" };
  if (failures > 0) return { colour: "bg-danger", words: "failing" };
  return last_run ? { colour: "bg-good", words: "well" } : { colour: "bg-edge", words: "waiting" };
}
