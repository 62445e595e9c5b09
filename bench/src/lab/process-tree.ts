import { readdir, readFile } from "node:fs/promises";

const CLOCK_TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Seconds of processor time, with those of its ended children. */
  readonly seconds: number;
}

/** Memory in MiB: resident; shared pages divided among those who share them; and its own alone. */
export interface Memory {
  readonly rss: number;
  readonly pss: number;
  readonly own: number;
}

/** The most that a process ever had resident, in MiB. */
export async function peakOf(pid: number): Promise<number> {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** The ids of all processes below one, without itself. */
export async function descendants(pid: number): Promise<number[]> {
  const stats = await readStats();
  const below: number[] = [];
  const queue = [pid];
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    const children = stats.filter((stat) => stat.parent === parent).map((stat) => stat.pid);
    below.push(...children);
    queue.push(...children);
  }
  return below;
}

/** Processor seconds that a process has used, and all those below it. */
export async function processorSeconds(pid: number): Promise<{ self: number; below: number }> {
  const stats = new Map((await readStats()).map((stat) => [stat.pid, stat.seconds]));
  const below = await descendants(pid);
  return {
    self: stats.get(pid) ?? 0,
    below: below.reduce((sum, id) => sum + (stats.get(id) ?? 0), 0),
  };
}

/**
 * The memory of some processes together. The pages of the Node program count whole, because the runner of the
 * benchmarks, which shares them here, is not there in life.
 */
export async function memoryOf(pids: readonly number[]): Promise<Memory> {
  const all = await Promise.all(pids.map(readMemory));
  const sum = (part: (one: Memory) => number) => all.reduce((total, one) => total + part(one), 0);
  return { rss: sum((one) => one.rss), pss: sum((one) => one.pss), own: sum((one) => one.own) };
}

async function readMemory(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps`, "utf8").catch(() => "");
  let isNodeProgram = false;
  const total = { rss: 0, pss: 0, own: 0 };
  for (const line of text.split("\n")) {
    const field = /^(Rss|Pss|Private_Clean|Private_Dirty): +(\d+) kB$/.exec(line);
    if (!field) {
      if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isNodeProgram = line.endsWith(process.execPath);
      continue;
    }
    const mebibytes = Number(field[2]) / 1024;
    if (field[1] === "Rss") {
      total.rss += mebibytes;
      if (isNodeProgram) total.pss += mebibytes;
    } else if (field[1] === "Pss") {
      if (!isNodeProgram) total.pss += mebibytes;
    } else {
      total.own += mebibytes;
    }
  }
  return total;
}

async function readStats(): Promise<ProcessStat[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
      // The name stands in brackets and may hold anything; the fields are counted from behind it.
      const fields = text
        .slice(text.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
      return { pid: Number(name), parent: fields[1] ?? 0, seconds: ticks / CLOCK_TICKS_PER_SECOND };
    }),
  );
  return stats.filter((stat) => stat.parent > 0);
}
