import { defineModule, moduleRef, type Logger, type Module } from "@guildhall/sdk";
import { startModule, TestClock } from "@guildhall/sdk/testing";
// oxlint-disable-next-line import/no-unassigned-import -- it adds to Reflect what decorators write to
import "reflect-metadata";
import { Inject, Injectable, Module as NestModule } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import fastify, { type FastifyInstance } from "fastify";
import { HallMetrics } from "../../../packages/server/src/hall/hall-metrics.ts";
import { Config } from "../../../packages/server/src/kernel/config.ts";
import { ModuleKernel } from "../../../packages/server/src/kernel/module-kernel.ts";
import type { ModuleOrigin } from "../../../packages/server/src/kernel/module-report.ts";

/*
 * Starts a chain of trivial modules by the kernel alone, without a store, a chain of plugins of the HTTP framework, and a
 * chain of Nest's providers, in turns; and counts runs of commands as the hall does. Prints the processor time of each round.
 */

const CHAIN = 100;
const COUNTED = 20_000;
const rounds = Number(process.argv[2]);

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const clock = new TestClock();
const bare = await startModule(defineModule({ name: "bare", summary: "x", initialize: () => ({}) }));

const chain = Array.from({ length: CHAIN }, (_, index): Module => {
  const before = `m${index - 1}`;
  return defineModule({
    name: `m${index}`,
    summary: "One of a chain",
    dependencies: index === 0 ? {} : { before: moduleRef(before) },
    initialize: () => ({ api: index }),
  });
});

/** The processor time of the whole process so far, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds that the kernel takes for the chain. */
async function startModules(origin: ModuleOrigin): Promise<number> {
  const kernel = new ModuleKernel({
    config: new Config({ environment: {}, filePath: undefined }),
    clock,
    logFor: () => silent,
    surround: async () => bare.context,
    install: () => undefined,
    threadSeconds: 10,
  });
  const found = chain.toReversed().map((module) => ({ origin, module }));
  const begun = processorTime();
  await kernel.start(found);
  const elapsed = processorTime() - begun;
  if (kernel.loadOrder.length !== CHAIN) throw new Error("not all modules started");
  await kernel.dispose();
  return elapsed;
}

/** Milliseconds that the framework takes for a chain of plugins, each within the one before. */
async function startPlugins(): Promise<number> {
  let started = 0;
  const plugin = (left: number) => async (app: FastifyInstance) => {
    started += 1;
    if (left > 1) await app.register(plugin(left - 1));
  };
  const app = fastify();
  const begun = processorTime();
  app.register(plugin(CHAIN));
  await app.ready();
  const elapsed = processorTime() - begun;
  if (started !== CHAIN) throw new Error("not all plugins started");
  await app.close();
  return elapsed;
}

/** Classes as the decorators of Nest make them, each in need of the one before. */
const [providers, root] = nestChain();

function nestChain(): [readonly (new (...needs: never[]) => object)[], new () => object] {
  const chained: (new (...needs: never[]) => object)[] = [];
  for (let index = 0; index < CHAIN; index += 1) {
    class Provider {
      readonly before: unknown;
      constructor(before?: unknown) {
        this.before = before;
      }
    }
    const before = chained.at(-1);
    if (before) Inject(before)(Provider, undefined, 0);
    Injectable()(Provider);
    chained.push(Provider);
  }
  // oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest is a class with a decorator
  class Root {}
  NestModule({ providers: chained })(Root);
  return [chained, Root];
}

/** Milliseconds that Nest takes for a chain of providers. */
async function startProviders(): Promise<number> {
  const begun = processorTime();
  const context = await NestFactory.createApplicationContext(root, { logger: false });
  const elapsed = processorTime() - begun;
  const last = providers.at(-1);
  if (last === undefined || !(context.get(last) instanceof last))
    throw new Error("not all providers started");
  await context.close();
  return elapsed;
}

/** Nanoseconds that it takes to count one run of a command. */
function countRuns(): number {
  const metrics = new HallMetrics();
  const begun = processorTime();
  for (let index = 0; index < COUNTED; index += 1) {
    metrics.commandEnded({ module: "dice", command: "roll", state: "completed", seconds: index / 1e6 });
  }
  return ((processorTime() - begun) * 1e6) / COUNTED;
}

const times: Record<"modules" | "elsewhere" | "plugins" | "providers" | "metrics", number[]> = {
  modules: [],
  elsewhere: [],
  plugins: [],
  providers: [],
  metrics: [],
};
for (let round = -3; round < rounds; round += 1) {
  const one = {
    modules: await startModules("bundled"),
    elsewhere: await startModules("folder"),
    plugins: await startPlugins(),
    providers: await startProviders(),
    metrics: countRuns(),
  };
  if (round < 0) continue;
  times.modules.push(one.modules);
  times.elsewhere.push(one.elsewhere);
  times.plugins.push(one.plugins);
  times.providers.push(one.providers);
  times.metrics.push(one.metrics);
}
process.stdout.write(`${JSON.stringify(times)}\n`);
