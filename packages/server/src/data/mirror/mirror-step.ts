/** How far a run is: so many, of so many where all are known. */
export interface MirrorStep {
  readonly label: string;
  readonly done: number;
  readonly total?: number;
}

/** Is told of every step; there may be thousands a second. */
export type ShowStep = (step: MirrorStep) => void;

const PAUSE_MILLISECONDS = 2000;

/** Shows a step now and then: none in the first two seconds, and none within two after another. */
export function nowAndThen(show: ShowStep, now: () => Date): ShowStep {
  let last = now().getTime();
  return (step) => {
    const at = now().getTime();
    if (at - last < PAUSE_MILLISECONDS) return;
    last = at;
    show(step);
  };
}

/** A step as one sentence. */
export function stepSentence({ label, done, total }: MirrorStep): string {
  return `${label}: ${done}${total === undefined ? "" : ` of ${total}`}`;
}
