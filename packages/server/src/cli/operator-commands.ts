import { choice, CommandError, defineCommand, flag, integer, option, text } from "@guildhall/sdk";
import { CommandRegistry } from "../commands/command-registry.ts";
import { SHELLS } from "./completion/completion-scripts.ts";

const createUserArguments = {
  email: option(undefined, text("the person's e-mail address")),
  admin: flag(undefined, "make them an administrator"),
  passwordStdin: flag(undefined, "read the password from standard input instead of asking for it"),
};
const passwordLinkArguments = {
  email: option(undefined, text("the e-mail address with which they sign in")),
};
const migrateArguments = {
  from: option(undefined, text("the store to copy: a data folder, or a postgresql:// URL")),
  to: option(undefined, text("the empty store to copy into: a data folder, or a postgresql:// URL")),
};

const restoreArguments = {
  version: option(undefined, integer("the version to bring back; the newest when left out", { min: 1 })),
  force: flag(undefined, "also over a hall that is newer than the version; what was there is laid aside"),
};

/** Where the state can be kept. */
export const STATE_BACKENDS = ["table", "redis"] as const;
const moveStateArguments = {
  to: option(undefined, choice("where the state is to be: table (in the store) or redis", STATE_BACKENDS)),
};

const newModuleArguments = {
  name: text("the module's name: lower-case words joined by hyphens or underscores", { maxLength: 50 }),
  path: option(undefined, text("the module's own folder; modules/NAME when left out")),
};
const checkModuleArguments = { path: text("the module's folder") };
const completionArguments = { shell: choice("the shell", SHELLS) };
const completeLineArguments = { line: text("the line up to the cursor, with the program in front") };

/** Verbs do their work in `runOperatorVerb`; the command model gives them parsing, help and errors. */
function nothing(): never {
  throw new CommandError("operator verbs run in the terminal only");
}

const VERBS = [
  defineCommand({ name: "start", summary: "Open the hall and serve it", run: nothing }),
  defineCommand({
    name: "create-user",
    summary: "Make an account",
    arguments: createUserArguments,
    examples: ["create-user --email ada@example.org --admin"],
    run: nothing,
  }),
  defineCommand({
    name: "password-link",
    summary: "Print a link by which somebody who lost their password sets a new one",
    description: "It works once, for a day, and is to be given to that person alone.",
    arguments: passwordLinkArguments,
    examples: ["password-link --email ada@example.org"],
    run: nothing,
  }),
  defineCommand({
    name: "migrate",
    summary: "Bring the store's tables up to date, or copy a store into another",
    arguments: migrateArguments,
    examples: ["migrate", "migrate --from ./hall-data --to postgresql://localhost/guildhall"],
    run: nothing,
  }),
  defineCommand({
    name: "mirror",
    summary: "Bring a hall back from its mirror",
    commands: [
      defineCommand({
        name: "restore",
        summary: "Make the data folder's hall what the mirror has",
        description:
          "The hall must not run. The secret key is not in the mirror. What the data folder had is laid aside.",
        arguments: restoreArguments,
        examples: ["mirror restore", "mirror restore --version 12"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({
    name: "state",
    summary: "See to where the hall's state is kept",
    commands: [
      defineCommand({
        name: "move",
        summary: "Move the state of a closed hall between its store and Redis",
        description: "GUILDHALL_STATE__URL names the Redis server, whichever way it goes.",
        arguments: moveStateArguments,
        examples: ["state move --to redis", "state move --to table"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({
    name: "config",
    summary: "Show every setting, its value and where it comes from",
    run: nothing,
  }),
  defineCommand({
    name: "doctor",
    summary: "Say what is wrong with this installation, and how to mend it",
    description: "Ends with 1 when something does not work. With --json it prints one document.",
    examples: ["doctor"],
    run: nothing,
  }),
  defineCommand({
    name: "completion",
    summary: "Print the completion for a shell",
    description:
      "For bash, in ~/.bashrc: source <(guildhall completion bash). For zsh, in ~/.zshrc after compinit: source <(guildhall completion zsh). For fish: guildhall completion fish > ~/.config/fish/completions/guildhall.fish",
    arguments: completionArguments,
    examples: ["completion bash"],
    run: nothing,
  }),
  defineCommand({
    name: "complete-line",
    summary: "Print what could stand at the end of a line; the shells' completion asks this",
    arguments: completeLineArguments,
    run: nothing,
  }),
  defineCommand({
    name: "new",
    summary: "Write something new",
    commands: [
      defineCommand({
        name: "module",
        summary: "Write a module that works, with a test and documentation",
        arguments: newModuleArguments,
        examples: ["new module weather", "new module weather --path ../weather"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({
    name: "check",
    summary: "Check something",
    commands: [
      defineCommand({
        name: "module",
        summary: "Run the twelve points of a good module on a folder, and say how to mend what fails",
        description: "Ends with 0 when all twelve hold, else with 1.",
        arguments: checkModuleArguments,
        examples: ["check module ./modules/weather"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({ name: "shell", summary: "Type one line after another", run: nothing }),
  defineCommand({
    name: "batch",
    summary: "Run one command a line of standard input, and print one JSON document a line",
    examples: ["batch --json < lines.txt"],
    run: nothing,
  }),
] as const;

/** The verbs of whoever runs the program, beside the hall's commands. */
export const operatorVerbs = new CommandRegistry();
for (const verb of VERBS) operatorVerbs.add(verb, { module: "guildhall" });

/** Groups of which some verbs need the hall closed and the others are commands of it. */
export const SHARED_GROUPS: ReadonlySet<string> = new Set(["mirror"]);

/** The first words that a terminal takes for its own, so that no command of the hall can have them. */
export const TERMINAL_COMMANDS: readonly string[] = VERBS.map(({ name }) => name).filter(
  (name) => !SHARED_GROUPS.has(name),
);
