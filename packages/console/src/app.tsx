import { lazy, Suspense } from "react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Link, Navigate, Outlet, Route, Routes } from "react-router";
import { ApiError } from "./api/client.ts";
import { LoginPage } from "./auth/login-page.tsx";
import { EntryPage } from "./auth/entry-page.tsx";
import { SetupPage } from "./auth/setup-page.tsx";
import { SignedInPages } from "./auth/session.tsx";
import { HallHeader } from "./auth/hall-header.tsx";
import { buttonClass } from "./design/button.tsx";
import { Spinner } from "./design/spinner.tsx";
import { ThreadPage } from "./threads/thread-page.tsx";
import { ThreadsPage } from "./threads/threads-page.tsx";

const RETRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => error instanceof ApiError && error.isPassing && failures < RETRIES,
    },
  },
});

const AccountPage = lazy(async () => ({
  default: (await import("./people/account-page.tsx")).AccountPage,
}));
const PeoplePage = lazy(async () => ({ default: (await import("./people/people-page.tsx")).PeoplePage }));
const SettingsPage = lazy(async () => ({
  default: (await import("./settings/settings-page.tsx")).SettingsPage,
}));
const ModulesPage = lazy(async () => ({
  default: (await import("./settings/modules-page.tsx")).ModulesPage,
}));
const NewPasswordPage = lazy(async () => ({
  default: (await import("./people/new-password-page.tsx")).NewPasswordPage,
}));
const ServicesPage = lazy(async () => ({
  default: (await import("./services/services-page.tsx")).ServicesPage,
}));
const SlackPage = lazy(async () => ({ default: (await import("./chat/slack-page.tsx")).SlackPage }));
const JoinPage = lazy(async () => ({ default: (await import("./people/join-page.tsx")).JoinPage }));

/** The console: its pages and what they share. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Routes>
          <Route path="/setup" element={<SetupPage />} />
          <Route path="/login" element={<LoginPage />} />
          <Route
            path="/join"
            element={
              <Suspense fallback={null}>
                <JoinPage />
              </Suspense>
            }
          />
          <Route
            path="/new-password"
            element={
              <Suspense fallback={null}>
                <NewPasswordPage />
              </Suspense>
            }
          />
          <Route element={<SignedInPages />}>
            <Route path="/" element={<Navigate to="/threads" replace />} />
            <Route path="/threads" element={<ThreadsPage />} />
            <Route path="/threads/:id" element={<ThreadPage />} />
            <Route element={<LaterPages />}>
              <Route path="/account" element={<AccountPage />} />
              <Route path="/settings" element={<SettingsPage />} />
              <Route path="/modules" element={<ModulesPage />} />
              <Route path="/services" element={<ServicesPage />} />
              <Route path="/slack" element={<SlackPage />} />
              <Route path="/people" element={<PeoplePage />} />
            </Route>
          </Route>
          <Route path="*" element={<NoSuchPage />} />
        </Routes>
      </BrowserRouter>
    </QueryClientProvider>
  );
}

/** Pages that are loaded when they are first opened, below the hall's bar. */
function LaterPages() {
  return (
    <div className="flex min-h-full flex-col">
      <HallHeader />
      <Suspense
        fallback={
          <main className="p-6">
            <Spinner label="Loading the page" />
          </main>
        }
      >
        <Outlet />
      </Suspense>
    </div>
  );
}

function NoSuchPage() {
  return (
    <EntryPage title="No such page">
      <p className="mb-4">There is nothing at this address.</p>
      <Link className={buttonClass("plain")} to="/threads">
        All threads
      </Link>
    </EntryPage>
  );
}
