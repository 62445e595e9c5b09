import { readPasswordLink, setNewPassword } from "../api/people.ts";
import { LinkPage, type OnceLink } from "./link-page.tsx";

const PASSWORD_LINK: OnceLink = {
  title: "Set a new password",
  lacks: "This address lacks the token of the link: copy the whole link.",
  reading: "Reading the link",
  asksName: false,
  passwordLabel: "New password",
  consequence: "You are signed out everywhere else.",
  button: "Set it and sign in",
  busy: "Setting it",
  read: readPasswordLink,
  use: ({ token, password }) => setNewPassword({ token, password }),
};

/** Sets a new password with an administrator's link. */
export function NewPasswordPage() {
  return <LinkPage link={PASSWORD_LINK} />;
}
