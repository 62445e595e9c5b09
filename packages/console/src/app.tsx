import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Link, Navigate, Route, Routes } from "react-router";
import { ApiError } from "./api/client.ts";
import { LoginPage } from "./auth/login-page.tsx";
import { EntryPage } from "./auth/entry-page.tsx";
import { SetupPage } from "./auth/setup-page.tsx";
import { SignedInPages } from "./auth/session.tsx";
import { buttonClass } from "./design/button.tsx";
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

/** The console: its pages and what they share. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Routes>
          <Route path="/setup" element={<SetupPage />} />
          <Route path="/login" element={<LoginPage />} />
          <Route element={<SignedInPages />}>
            <Route path="/" element={<Navigate to="/threads" replace />} />
            <Route path="/threads" element={<ThreadsPage />} />
            <Route path="/threads/:id" element={<ThreadPage />} />
          </Route>
          <Route path="*" element={<NoSuchPage />} />
        </Routes>
      </BrowserRouter>
    </QueryClientProvider>
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
