// Prints "N passed, N failed, N skipped" of a report in vitest's JSON form; fails when there is none or a test failed.
import { readFileSync } from "node:fs";

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], "utf8"));
} catch (error) {
  process.stderr.write(`The test runner left no report: ${error.message}\n`);
  report = { testResults: [], success: false, numPassedTests: 0, numFailedTests: 0 };
}
const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
// A file that could not be loaded has no tests of its own to fail.
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);
const failed = Math.max(report.numFailedTests + unloaded.length, report.success ? 0 : 1);
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
if (failed > 0) process.exitCode = 1;
