import { dice } from "@guildhall/dice";
import type { Module } from "@guildhall/sdk";

/** The modules that come with the hall. */
export const bundledModules: readonly Module[] = [dice];
