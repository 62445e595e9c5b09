import { PermissionFlagsBits } from "discord-api-types/v10";
import { describe, expect, it } from "vitest";
import { inviteLink, invitePermissions, leastPermissions } from "./invite-link.ts";

describe("the invite link", () => {
  it("asks for the promised permissions (F-6, S001-1, S001-2)", () => {
    const ask = invitePermissions;
    expect(ask("production")).toBe(2147559488n);
    expect(ask("development")).toBe(2147559488n);
    expect(ask("staging")).toBe(2147493952n);
    expect(ask("production") ^ ask("staging")).toBe(PermissionFlagsBits.ReadMessageHistory);
  });

  it("has the promised form", () => {
    expect(inviteLink({ applicationId: "505120997658329108", permissions: 2147559488n })).toBe(
      "https://discord.com/api/oauth2/authorize?client_id=505120997658329108&permissions=2147559488&scope=bot%20applications.commands",
    );
  });

  it("asks for what the adapter needs and the modules declare with --least, and for nothing else", () => {
    const own =
      PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages | PermissionFlagsBits.AttachFiles;
    expect(leastPermissions([])).toBe(own);
    expect(leastPermissions(["ManageMessages", "SendMessages", "AddReactions"])).toBe(
      own | PermissionFlagsBits.ManageMessages | PermissionFlagsBits.AddReactions,
    );
    for (const name of ["manageMessages", "toString", "MANAGE_MESSAGES"]) {
      expect(() => leastPermissions([name])).toThrow(name);
    }
  });
});
