import { buttons, escapeMarkdown, forAsker, markdown, type ButtonContent, type Chunk } from "@guildhall/sdk";
import { currentIndex, type Combatant, type Tracker } from "./tracker.ts";
import { turnsLeft, type EndedEffect } from "./turns.ts";

// The tracker that comes takes the place of the one whose button was pressed.
const JOIN: ButtonContent = { label: "\u{2795} Join", line: "init join", replaces: true };

/**
 * A tracker for the whole channel, with its buttons; then, for the asker alone, the hit points of those whom they
 * brought in.
 */
export function* showTracker(
  tracker: Tracker,
  { userId, lead }: { readonly userId: string; readonly lead?: readonly string[] },
): Generator<Chunk> {
  const paragraphs = [...(lead ?? []), describeTracker(tracker)];
  yield markdown(paragraphs.join("\n\n"));
  yield buttons(tracker.combatants.length === 0 ? [JOIN] : [JOIN, nextButton(tracker)]);
  const secret = tracker.combatants.flatMap(({ ownerId, name, hitPoints }) =>
    ownerId === userId && hitPoints
      ? [`${escapeMarkdown(name)}: ${hitPoints.current}/${hitPoints.maximum} hit points`]
      : [],
  );
  if (secret.length > 0) yield forAsker(markdown(secret.join("  \n")));
}

/** Sentences for effects that have come to their end. */
export function describeEnded(ended: readonly EndedEffect[]): readonly string[] {
  return ended.map(({ bearer, effect }) => `${escapeMarkdown(effect)} ends on ${escapeMarkdown(bearer)}.`);
}

// The line carries the turn that the button was shown for, so that of two people who press it at once one does.
function nextButton({ turn }: Tracker): ButtonContent {
  return { label: "\u{2694}\u{FE0F} Next", line: `init next --turn ${turn}`, replaces: true };
}

function describeTracker(tracker: Tracker): string {
  const title = "**\\[ Initiative \\]**";
  if (tracker.combatants.length === 0) return `${title}\n\nNo characters in initiative.`;
  const now = currentIndex(tracker);
  const lines = tracker.combatants.map((combatant, index) => {
    const told = describeCombatant(tracker, combatant);
    return index === now ? `\u2192 **${told.headline}**${told.more}` : `${told.headline}${told.more}`;
  });
  return `${title}\n\n${lines.join("  \n")}\n\nRound: ${tracker.round}`;
}

function describeCombatant(tracker: Tracker, combatant: Combatant): { headline: string; more: string } {
  const { name, value, hitPoints, effects, note, delaying, skipping } = combatant;
  const facts = [
    ...(delaying ? ["delays"] : []),
    ...(skipping ? ["is skipped next"] : []),
    ...(hitPoints ? [condition(hitPoints)] : []),
    ...effects.map((effect) => {
      const left = turnsLeft(tracker, { bearer: combatant, untilRound: effect.untilRound });
      return (
        escapeMarkdown(effect.name) + (left === null ? "" : ` for ${left} ${left === 1 ? "turn" : "turns"}`)
      );
    }),
    ...(note === "" ? [] : [escapeMarkdown(note)]),
  ];
  const more = facts.length === 0 ? "" : `, ${facts.join(", ")}`;
  return { headline: `${escapeMarkdown(name)}: ${escapeMarkdown(String(value))}`, more };
}

/** What everybody can see of hidden hit points. */
function condition({ current, maximum }: { readonly current: number; readonly maximum: number }): string {
  if (current === 0) return "down";
  if (current >= maximum) return "unhurt";
  return current * 2 <= maximum ? "bloodied" : "hurt";
}
