import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../api/client.ts";
import type { HallModule } from "../api/schemas.ts";
import { changeModule, listModules, saveModuleConfig, type ModuleVerb } from "../api/settings.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { Instant } from "../design/instant.tsx";
import { Notice } from "../design/notice.tsx";
import { Page } from "../design/page.tsx";
import { Spinner } from "../design/spinner.tsx";
import { SchemaForm } from "./schema-form.tsx";

const SOURCES: Readonly<Record<HallModule["config"]["values"][number]["source"], string>> = {
  default: "The default.",
  file: "From the configuration file.",
  console: "Saved here.",
  environment: "From the environment.",
  "secret file": "From a secret file.",
};

const MODULES_KEY = ["modules"];
const STARTING_POLL_MILLISECONDS = 2000;

/** The hall's modules: how each is, and its settings. For administrators. */
export function ModulesPage() {
  const user = useUser();
  return (
    <Page title="Modules">
      {user.is_administrator ? (
        <Modules />
      ) : (
        <p className="text-muted">Only administrators of the hall see its modules.</p>
      )}
    </Page>
  );
}

function Modules() {
  const modules = useQuery({
    queryKey: MODULES_KEY,
    queryFn: ({ signal }) => listModules(signal),
    refetchInterval: ({ state }) =>
      state.data?.some((module) => module.state === "starting") ? STARTING_POLL_MILLISECONDS : false,
  });
  return (
    <>
      {modules.isPending && <Spinner label="Loading the modules" />}
      {modules.isError && <Notice level="error">{explain(modules.error)}</Notice>}
      <ul className="grid gap-3">
        {modules.data?.map((module) => (
          <ModuleCard key={module.name} module={module} />
        ))}
      </ul>
    </>
  );
}

function ModuleCard({ module }: { module: HallModule }) {
  const { name, summary, state, reason, health, dependencies, config } = module;
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: MODULES_KEY });
  const change = useMutation({
    mutationFn: (verb: ModuleVerb) => changeModule(name, verb),
    onSettled: refresh,
  });
  const [isOpen, setIsOpen] = useState(false);
  const isPartOfHall = module.origin === "hall";
  return (
    <li className="grid gap-3 rounded-lg border border-line bg-surface p-4 shadow-card">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="flex flex-wrap items-center gap-x-3 font-semibold">
            {name}
            <StateSign state={state} status={health.status} />
          </h2>
          <p className="text-sm text-muted">{summary}</p>
          <p className="text-sm text-muted">
            {module.version !== null && `Version ${module.version}, `}
            {isPartOfHall ? "part of the hall" : module.origin}
            {dependencies.length > 0 && `, needs ${dependencies.join(", ")}`}
          </p>
          {module.started_at !== null && (
            <p className="text-sm text-muted">
              Started at <Instant at={module.started_at} /> in {module.start_milliseconds} ms
            </p>
          )}
        </div>
        {!isPartOfHall && (
          <div className="flex gap-2">
            {state !== "disabled" && (
              <Button disabled={change.isPending} onClick={() => change.mutate("restart")}>
                Restart<span className="sr-only"> {name}</span>
              </Button>
            )}
            <Button
              look={state === "disabled" ? "primary" : "quiet-danger"}
              disabled={change.isPending}
              onClick={() => change.mutate(state === "disabled" ? "enable" : "disable")}
            >
              {state === "disabled" ? "Enable" : "Disable"}
              <span className="sr-only"> {name}</span>
            </Button>
          </div>
        )}
      </div>
      {reason !== null && <Notice level={state === "starting" ? "info" : "error"}>{reason}</Notice>}
      {config.fault !== null && <Notice level="warning">{config.fault}</Notice>}
      {change.isError && <Notice level="error">{explain(change.error)}</Notice>}
      {config.schema !== null && config.values.length > 0 && (
        <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
          <summary className="w-fit rounded text-sm text-muted">
            Settings<span className="sr-only"> of {name}</span>
          </summary>
          {isOpen && (
            <div className="mt-3">
              <SchemaForm
                schema={config.schema}
                values={Object.fromEntries(config.values.map(({ key, value }) => [key, value]))}
                fixed={fixedFields(module)}
                sources={new Map(config.values.map(({ key, source }) => [key, SOURCES[source]]))}
                saveLabel="Save; counts from the next start"
                onSave={async (changed) => {
                  await saveModuleConfig(name, changed);
                  await refresh();
                }}
              />
            </div>
          )}
        </details>
      )}
    </li>
  );
}

function fixedFields({ config }: HallModule): ReadonlyMap<string, string> {
  const fixed = config.values.filter(({ is_fixed }) => is_fixed);
  return new Map(fixed.map(({ key, variable }) => [key, `Set by ${variable} in the environment.`]));
}

function StateSign({ state, status }: { state: HallModule["state"]; status: string }) {
  const isWell = state === "started" && status === "healthy";
  const isAway = state === "disabled" || state === "starting";
  const colour = isWell ? "bg-good" : isAway ? "bg-edge" : "bg-danger";
  const words = state === "started" ? status.replace("_", " ") : state;
  return (
    <span className="flex items-center gap-1.5 text-sm font-normal text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
      {words}
    </span>
  );
}
