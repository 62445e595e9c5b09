/** A workspace of a chat platform, as a command's `place` names it. */
export interface WorkspaceName {
  /** "slack", "discord", ... */
  readonly adapter: string;
  /** The platform's id of the Slack team or Discord guild. */
  readonly workspaceId: string;
}

/**
 * What people and workspaces have chosen for a module, by its declared schemas. What was stored before a schema
 * changed and no longer fits counts as not chosen.
 */
export interface Settings<UserValues, WorkspaceValues> {
  /** A person's choices, with defaults for the rest. */
  ofUser(userId: string): Promise<UserValues>;
  /** Changes some of a person's choices and keeps the others. @throws CommandError `setting_invalid` */
  changeForUser(userId: string, changes: Partial<UserValues>): Promise<UserValues>;
  /** A workspace's choices, with defaults for the rest; the defaults for one that the hall does not know. */
  ofWorkspace(workspace: WorkspaceName): Promise<WorkspaceValues>;
  /** @throws CommandError `setting_invalid`, or `workspace_not_found` for one that the hall does not know */
  changeForWorkspace(workspace: WorkspaceName, changes: Partial<WorkspaceValues>): Promise<WorkspaceValues>;
}
