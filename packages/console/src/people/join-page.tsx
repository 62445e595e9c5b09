import { join, readInvitation } from "../api/people.ts";
import { LinkPage, type OnceLink } from "./link-page.tsx";

const INVITATION: OnceLink = {
  title: "Join this hall",
  lacks: "This address lacks the token of the invitation: copy the whole link.",
  reading: "Reading the invitation",
  asksName: true,
  passwordLabel: "Password",
  button: "Join and sign in",
  busy: "Joining",
  read: readInvitation,
  use: ({ token, password, name }) => join({ token, password, display_name: name }),
};

/** Makes an account with the link of an invitation. */
export function JoinPage() {
  return <LinkPage link={INVITATION} />;
}
