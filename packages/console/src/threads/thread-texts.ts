/** The title of a thread that was given none. */
export const NO_TITLE = "no title";

/** How long a title may be typed. */
export const LONGEST_TITLE = 200;

/** How long a description may be typed. */
export const LONGEST_DESCRIPTION = 10_000;
