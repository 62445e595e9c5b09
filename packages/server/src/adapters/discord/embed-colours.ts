/** The colours of embeds (F-17). */
export const COLOURS = { success: 0x00ffde, error: 0xff0000, warning: 0xffaa00 } as const;
