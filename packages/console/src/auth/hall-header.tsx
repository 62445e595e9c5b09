import { useMutation } from "@tanstack/react-query";
import { Link, NavLink, useNavigate } from "react-router";
import { signOut } from "../api/client.ts";
import { Menu } from "../design/menu.tsx";
import { Wordmark } from "../design/wordmark.tsx";
import { useUser } from "./session.tsx";

/** Beside the threads. A narrow bar has no room for them: there they are in the person's menu. */
const PAGES = [
  { to: "/people", label: "People", isForAdministrators: true },
  { to: "/modules", label: "Modules", isForAdministrators: true },
  { to: "/services", label: "Services", isForAdministrators: false },
  { to: "/slack", label: "Slack", isForAdministrators: true },
] as const;

/** The bar on top of every page inside the hall. */
export function HallHeader() {
  const user = useUser();
  const navigate = useNavigate();
  const name = user.display_name || user.email;
  const pages = PAGES.filter((page) => user.is_administrator || !page.isForAdministrators);
  const leaving = useMutation({
    mutationFn: signOut,
    // A full load leaves nothing of the person in this page's memory.
    onSuccess: () => window.location.assign("/login"),
  });
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-13 max-w-4xl items-center gap-2 px-3 sm:px-4">
        <Link to="/threads" className="flex shrink-0 rounded-md py-1">
          <Wordmark isSignOnlyWhenNarrow />
        </Link>
        <nav aria-label="Hall" className="flex min-w-0 items-center gap-1">
          <NavLink to="/threads" className={navClass}>
            Threads
          </NavLink>
          {pages.map(({ to, label }) => (
            <NavLink key={to} to={to} className={(link) => `max-sm:hidden ${navClass(link)}`}>
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="ml-auto flex min-w-0 items-center">
          <Menu
            label={`Signed in as ${name}`}
            className="flex min-w-0 items-center gap-2 rounded-md px-2 py-1.5 text-sm hover:bg-sunken"
            items={[
              { label: "Your account", onChoose: () => void navigate("/account") },
              { label: "Your settings", onChoose: () => void navigate("/settings") },
              ...pages.map(({ to, label }) => ({
                label,
                isOnlyWhenNarrow: true,
                onChoose: () => void navigate(to),
              })),
              { label: "Sign out", onChoose: () => leaving.mutate() },
            ]}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true" className="size-6 shrink-0 text-accent">
              <circle cx="12" cy="12" r="11" fill="none" stroke="currentColor" strokeWidth="1.5" />
              <circle cx="12" cy="9.500" r="3.500" fill="currentColor" />
              <path d="M5.500 18.500a6.500 5.500 0 0 1 13 0" fill="currentColor" />
            </svg>
            <span className="truncate text-muted max-sm:hidden">{name}</span>
          </Menu>
        </div>
      </div>
      {leaving.isError && (
        <p role="alert" className="mx-auto max-w-4xl px-4 pb-2 text-sm text-danger">
          You are still signed in: {leaving.error.message}
        </p>
      )}
    </header>
  );
}

function navClass({ isActive }: { isActive: boolean }): string {
  return `rounded-md px-2 py-1.5 text-sm hover:bg-sunken ${isActive ? "font-semibold" : "text-muted"}`;
}
