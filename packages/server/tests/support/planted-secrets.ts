/** Secrets of the halls and people of the tests, that nobody may ever be told. */
export const PLANTED = {
  secretKey: "a key for tests that is long enough",
  password: "correct horse battery staple",
  slackSigningSecret: "8f742231b10e8888abcd99yyyzzz85a5",
  slackClientSecret: "planted-slack-client-secret",
  slackStateSecret: "planted-slack-state-secret",
  slackBotToken: "xoxb-planted-slack-bot-token",
  discordToken: "planted-discord-token",
} as const;

const found: string[] = [];

/** Notes the planted secrets in something that was told: an answer, a line of the log, what a program printed. */
export function watch(where: string, told: string): void {
  for (const [name, secret] of Object.entries(PLANTED)) {
    if (told.includes(secret)) found.push(`${name} in ${where}: ${around(told, secret)}`);
  }
}

/** What was noted since the last time. */
export function takeFound(): readonly string[] {
  return found.splice(0);
}

function around(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return text.slice(Math.max(at - 150, 0), at + secret.length + 30);
}
