export { DiscordSigner, type SignedHeaders } from "./discord/discord-signer.ts";
export {
  DiscordTestServer,
  type DiscordTestOptions,
  type Fault,
  type LoggedRequest,
} from "./discord/discord-test-server.ts";
export {
  testUser,
  TOKEN_MILLISECONDS,
  type DiscordWorld,
  type HeldMessage,
} from "./discord/discord-world.ts";
export type {
  Actor,
  GivenOptions,
  InteractionSender,
  SentInteraction,
} from "./discord/interaction-sender.ts";
export type { SentFile } from "./discord/message-rules.ts";
export { SlackHistory, type SlackAnswer, type SlackRawMessage } from "./slack/slack-history.ts";
export { deliveryId, SlackSender, type Acknowledged, type SlackActor } from "./slack/slack-sender.ts";
export { SlackSigner, type SlackHeaders } from "./slack/slack-signer.ts";
export {
  RESPONSE_URL_MILLISECONDS,
  RESPONSE_URL_POSTS,
  SlackTestServer,
  type ApiCall,
  type ResponsePost,
  type SlackFaultScript,
} from "./slack/slack-test-server.ts";
