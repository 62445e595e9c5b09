import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@guildhall/sdk";
import type { InstallProvider, InstallURLOptions } from "@slack/oauth";
import { clientOptions } from "./slack-api.ts";
import type { SlackInstallations } from "./slack-installations.ts";
import { botScopes } from "./slack-scopes.ts";
import type { SlackSettings } from "./slack-settings.ts";

/** Slack's library for installing, set up; undefined without a client id and secret. */
export async function openInstallProvider(given: {
  readonly settings: SlackSettings;
  readonly installations: SlackInstallations;
  /** Signs the state when the settings name no secret for that. */
  readonly stateSecret: string;
  readonly fetch: typeof globalThis.fetch;
}): Promise<InstallProvider | undefined> {
  const { settings, installations, fetch } = given;
  const { clientId, clientSecret, apiUrl } = settings;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const library = await import("@slack/oauth");
  const { logger, ...client } = await clientOptions({ apiUrl, fetch });
  return new library.InstallProvider({
    clientId,
    clientSecret,
    stateSecret: settings.stateSecret ?? given.stateSecret,
    installationStore: installations,
    clientOptions: client,
    authorizationUrl: new URL("/oauth/v2/authorize", apiUrl).href,
    directInstall: true,
    ...(logger ? { logger } : {}),
  });
}

/** Sends a browser to Slack's page of consent, with a state that comes back by cookie and by address. */
export async function startInstall(
  provider: InstallProvider,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly redirectUri: string;
    /** The bot scopes that the running modules declare. */
    readonly declaredScopes: readonly string[];
  },
): Promise<void> {
  const { request, response, redirectUri, declaredScopes } = exchange;
  const options: InstallURLOptions = { scopes: botScopes(declaredScopes), redirectUri };
  await provider.handleInstallPath(request, response, {}, options);
}

/** Takes the code that Slack sends back, keeps the tokens, and says how it went. */
export async function finishInstall(
  provider: InstallProvider,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly redirectUri: string;
    readonly log: Logger;
    readonly onInstalled: (teamId: string) => void;
  },
): Promise<void> {
  const { request, response, redirectUri, log, onInstalled } = exchange;
  await provider.handleCallback(
    request,
    response,
    {
      success: (installation, _options, _request, answer) => {
        const name = installation.team?.name ?? installation.enterprise?.name ?? "your workspace";
        log.info(
          { teamId: installation.team?.id ?? installation.enterprise?.id },
          "the app was installed in Slack",
        );
        onInstalled(installation.team?.id ?? installation.enterprise?.id ?? "");
        page(answer, {
          status: 200,
          title: "Success!",
          text: `The hall is installed in ${name}. Type /hall in Slack.`,
        });
      },
      failure: (error, _options, _request, answer) => {
        log.warn({ code: error.code, reason: error.message }, "an installation in Slack failed");
        page(answer, { status: 400, title: "Not installed", text: reason(error) });
      },
    },
    // What was asked for comes back in the state.
    { scopes: [], redirectUri },
  );
}

function reason(error: { readonly code: string; readonly message: string }): string {
  switch (error.code) {
    case "organisation_install":
      return error.message;
    case "slack_oauth_missing_state":
    case "slack_oauth_invalid_state":
      return "This installation was not begun here, or is older than ten minutes: begin again at /slack/install.";
    case "slack_oauth_missing_code":
    case "access_denied":
    case "slack_oauth_installer_authorization_error":
      return "Slack sent no permission: begin again at /slack/install and allow it there.";
    default:
      return "Slack did not accept the permission: begin again at /slack/install. The hall's log says more.";
  }
}

function page(
  response: ServerResponse,
  { status, title, text }: { status: number; title: string; text: string },
): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.end(
    `<!doctype html><html lang="en"><title>${escapeHtml(title)}</title><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></html>\n`,
  );
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
