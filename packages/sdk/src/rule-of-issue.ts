import type { z } from "zod";

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** What a value must be that a schema refuses, as words behind its name: "must be 9 or less". */
export function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small") {
    if (issue.origin === "array") return `must have ${issue.minimum} entries or more`;
    if (issue.origin !== "string") return `must be ${issue.minimum} or more`;
    return issue.minimum === 1 ? "must not be empty" : `must have ${issue.minimum} characters or more`;
  }
  if (issue.code === "too_big") {
    if (issue.origin === "array") return `must have ${issue.maximum} entries or fewer`;
    if (issue.origin !== "string") return `must be ${issue.maximum} or less`;
    return `must have ${issue.maximum} characters or fewer`;
  }
  return `is not valid: ${issue.message.replace(/\.$/, "")}`;
}
