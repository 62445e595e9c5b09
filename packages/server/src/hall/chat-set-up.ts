/** A setting of a chat platform: whether it is there, never what it is. */
export interface ChatSetting {
  /** The environment variable that sets it. */
  readonly variable: string;
  /** What it is, and where the platform shows it. */
  readonly purpose: string;
  readonly isSet: boolean;
  /** Whether the platform's way in stays off without it, as the other settings are. */
  readonly isNeeded: boolean;
}

/** A workspace that the hall has a token for. */
export interface ConnectedWorkspace {
  readonly id: string;
  /** `answers`, or the platform's code of what is wrong. */
  readonly state: string;
}

/** How far the hall is set up on a chat platform, and the test of it; what the console's set-up page shows. */
export interface ChatSetUp {
  readonly adapter: string;
  /** One sentence on what is missing; undefined when the way in is on. */
  readonly whyOff: string | undefined;
  /** Where an administrator of a workspace installs the hall; undefined when that is not set up. */
  readonly installPath: string | undefined;
  /**
   * What is pasted at the platform to make the hall's app there.
   *
   * @param publicUrl where the platform reaches the hall; without it the hall calls the platform
   */
  manifest(publicUrl: string | undefined): string;
  settings(): readonly ChatSetting[];
  workspaces(): Promise<readonly ConnectedWorkspace[]>;
  /**
   * Writes a test message into the channel of this name, in every workspace that has one.
   *
   * @returns the ids of those workspaces
   * @throws CommandError saying why it cannot be written
   */
  sendTestMessage(channelName: string): Promise<readonly string[]>;
}
